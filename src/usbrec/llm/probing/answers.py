"""Answer checks: which model answers, counts, log-probabilities, votes, thoughts, choices, streams."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from usbrec.llm.choices import read_first_token, read_option, why_untold
from usbrec.llm.probing.asking import CLOSED_ALONE, DIGITS, ROOM_TO_THINK, Answered, Declined, Trial, user
from usbrec.llm.probing.findings import Finding
from usbrec.llm.reasoning import reads_like_thought

#: Names that are listed in one line.
_MOST_NAMES = 8
#: How a server may say how long a prompt can be.
_LIMITS = ("max_model_len", "context_length", "max_context_length", "context_window", "n_ctx")
#: Where all digits together hold less, a judge does not read log-probabilities (judging.mass_floor).
_FLOOR = 0.5
#: Log-probabilities that are asked for; some servers allow only the smaller number.
_TOP, _TOP_SMALL = 20, 5

HELLO = user("Say hello in a few words.")
_JUDGED = user(
    "A person asked for a quiet mystery and was told: How about And Then There Were None (1939)?\n"
    "How well does that fit? 0 is not at all, 1 is partly, 2 is well. Answer with the digit 0, 1 or 2 alone."
)
#: Nobody says these of their own accord.
_ODD = ("violet seven", "ochre nine")


async def check_model(trial: Trial, name: str) -> Finding:
    """Whether the model answers at all, and which ones the server lists. Raises what the first call does."""
    answer = await trial.say(HELLO)
    seconds = answer.seconds if isinstance(answer, Answered) else 0.0
    listed = await trial.asker.models()
    seen = f"it answers, in {seconds:.1f} s"
    if listed is None:
        if trial.asker.is_server:
            seen += "; the server lists no models"
        return Finding("model", "yes", seen)
    names = list(listed)
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    seen += f"; the server lists {', '.join(names[:_MOST_NAMES]) or 'none'}{more}"
    limit = _stated_limit(listed.get(name, {}))
    if limit:
        seen += f", this one with a context of {limit} tokens"
    if names and name not in names:
        return Finding(
            "model",
            "yes",
            f"{seen}; {name} is not among them and answers all the same",
            "Another model than the one you mean may sit in the seat",
            "Compare the name with those listed",
        )
    return Finding("model", "yes", seen)


def _stated_limit(row: Mapping[str, Any]) -> int | None:
    meta = row.get("meta")
    places = (row, meta) if isinstance(meta, dict) else (row,)
    found = (place.get(name) for place in places for name in _LIMITS)
    return next((value for value in found if isinstance(value, int) and value > 0), None)


def usage_finding(trial: Trial) -> Finding:
    """Whether the answers of before had counts."""
    counted = sum(answer.prompt is not None for answer in trial.answers if answer.stream is None)
    asked = sum(answer.stream is None for answer in trial.answers)
    if counted and counted == asked:
        return Finding("usage", "yes", "every answer counts its tokens")
    wrong = "Tokens count as 0 in the results, search.max_tokens bounds nothing, a cut prompt goes unnoticed"
    if counted:
        return Finding("usage", "no", f"{counted} of {asked} answers count their tokens", wrong)
    return Finding("usage", "no", "no answer counts its tokens", wrong)


async def check_log_probabilities(trial: Trial) -> Finding:
    """Whether the first token's alternatives are given, with the digits a judge reads among them."""
    answer: Answered | Declined = Declined("")
    asked = _TOP
    for asked in (_TOP, _TOP_SMALL) if trial.asker.is_server else (_TOP,):
        answer = await trial.ask(_JUDGED, max_tokens=1, temperature=1.0, top_logprobs=asked)
        if isinstance(answer, Answered):
            break
    if isinstance(answer, Declined):
        if answer.gone:
            return Finding("log-probabilities", "unknown", answer.reason)
        return Finding("log-probabilities", "no", f"they are refused ({answer.reason})", _VOTES)
    if answer.untold:
        return Finding("log-probabilities", "no", answer.untold, _VOTES, _REMEDY)
    if not answer.tokens:
        return Finding("log-probabilities", "no", "they were asked for and are not given", _VOTES)
    if answer.said and answer.first.reasoning:
        return Finding(
            "log-probabilities", "no", "they are of the thoughts before the answer", _VOTES, _REMEDY
        )
    found = read_first_token(answer.tokens, DIGITS)
    listed = sum(bool(token) for token, _ in answer.tokens)
    if trial.asker.is_server:
        seen = f"{asked} tokens were asked for, {listed} {'is' if listed == 1 else 'are'} listed"
    else:
        seen = "they are given"
    if found is None:
        return Finding("log-probabilities", "no", f"{seen}; {why_untold(answer.tokens)}", _VOTES, _REMEDY)
    if not found.listed:
        return Finding("log-probabilities", "no", f"{seen}, and no digit is among them", _VOTES, _REMEDY)
    missing = [digit for digit in DIGITS if digit not in found.listed]
    seen += f"; the digits hold {found.mass:.2g} of the probability"
    if missing:
        seen += f", {' and '.join(missing)} not listed"
    if found.mass < _FLOOR:
        return Finding("log-probabilities", "yes", seen, _VOTES, _REMEDY)
    if max((found.least if missing else 0.0, *found.hidden.values())) > 0.02:
        what = "a digit which is" if missing else "a further form of a digit (' 0' beside '0') which is"
        wrong = f"Scores that {what} not listed could move are unreadable, and many rows lost"
        remedy = 'Let the server list more (vLLM: --max-logprobs 20), or judging.way = "votes"'
        return Finding("log-probabilities", "no", seen, wrong, remedy)
    return Finding("log-probabilities", "yes", seen)


_VOTES = "A judge draws ten votes a row in place of one call, and its scores have the noise of drawing"
_REMEDY = "Limit answers to the digits where the server can (models.constrain), or see play.prompts"


async def check_votes(trial: Trial) -> Finding:
    """Whether a judge's answer in text can be read as a digit."""
    answer = await trial.ask(_JUDGED, max_tokens=trial.room if trial.reasoning else 8, vote=True)
    if isinstance(answer, Declined):
        return Finding("votes", "unknown", answer.reason)
    said = answer.first.text.strip()
    read = read_option(said, DIGITS)
    if read is not None:
        return Finding("votes", "yes", f"a judge's answer {_quoted(said)} is read as {read}")
    if answer.first.place or not said:
        return Finding(
            "votes",
            "unknown",
            "the answer had not begun when its tokens ran out",
            "A judge that reasons needs tokens enough to end",
            "judging.max_tokens says how many; or switch the reasoning off",
        )
    return Finding(
        "votes",
        "no",
        f"a judge's answer {_quoted(said)} cannot be read as a digit",
        "Votes like this are lost, and a row with more than half of them lost has no score",
        _REMEDY,
    )


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 40 else f"{line[:37]}...")


#: What switches reasoning off or shortens it, by who understands it.
_SWITCHES: tuple[Mapping[str, Any], ...] = (
    {"chat_template_kwargs": {"enable_thinking": False}},
    {"reasoning_effort": "none"},
    {"think": False},
    {"reasoning": {"enabled": False}},
    {"reasoning_effort": "low"},
)


async def check_reasoning_briefly(trial: Trial) -> Finding | None:
    """Whether thoughts end with a closing mark alone, which answers that the limit cuts do not show. Asks
    only where cut answers read like thoughts; None where nothing is to be told."""
    begun = any(
        said.cut and reads_like_thought(said.text) for answer in trial.answers for said in answer.said
    )
    if trial.asker.is_server and not trial.reasoning and begun:
        longest = await trial.ask(HELLO, max_tokens=ROOM_TO_THINK)
        if not trial.reasoning and isinstance(longest, Answered) and longest.first.cut:
            return Finding(
                "reasoning",
                "unknown",
                f"answers begin like thoughts and do not end within {ROOM_TO_THINK} tokens, without a mark",
                "Where they are thoughts, replies that the limit cuts are taken for what is said",
                "Give the server a parser for reasoning, switch the reasoning off, or allow more "
                "(play.max_tokens)",
            )
    if trial.reasoning != CLOSED_ALONE:
        return None
    return Finding("reasoning", "yes", f"the model thinks before it answers, {CLOSED_ALONE}")


async def check_reasoning(trial: Trial) -> Finding:
    """Whether the model thinks before it answers, where, and what switches that off."""
    place = trial.reasoning
    if not place:
        if trial.room > 100:
            place = "where nobody sees it (the first tokens are counted and empty)"
        else:
            return Finding("reasoning", "no", "answers come without thoughts before them")
    wrong = "Thoughts are told apart and never scored, but their tokens count: replies need more of them"
    remedy = "play.max_tokens and judging.max_tokens say how many"
    if trial.asker.is_server:
        for switch in _SWITCHES:
            answer = await trial.say(HELLO, extra=switch)
            if isinstance(answer, Answered) and answer.first.text and not answer.first.place:
                written = _toml(switch)
                remedy = f"{trial.asker.settings}.extra_body = {written} switches it off, as was tried"
                break
    return Finding("reasoning", "yes", f"the model thinks before it answers, {place}", wrong, remedy)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + " }"
    return json.dumps(value)


async def check_choices(trial: Trial) -> Finding:
    """Which of the ways to limit an answer to given words is heeded (models.constrain)."""
    words = " | ".join(json.dumps(word) for word in _ODD)
    ways: Mapping[str, Mapping[str, Any]] = {
        "grammar": {"grammar": f"root ::= {words}"},
        "structured": {"structured_outputs": {"choice": list(_ODD)}},
        "guided": {"guided_choice": list(_ODD)},
    }
    seen = []
    heeded = []
    for way, extra in ways.items():
        answer = await trial.say(HELLO, extra=extra)
        if isinstance(answer, Declined):
            seen.append(f"{way} is refused")
        elif answer.first.text.strip() in _ODD:
            seen.append(f"{way} is heeded")
            heeded.append(way)
        else:
            seen.append(f"{way} is taken and not heeded")
    told = ", ".join(seen)
    if heeded:
        # Not a fault: where log-probabilities tell, nothing has to be limited.
        return Finding(
            "choices", "yes", told, "", f'models.constrain = "{heeded[0]}" limits votes to the digits'
        )
    return Finding(
        "choices", "no", told, "Votes cannot be limited to the digits: those that are no digit are lost"
    )


async def check_schema(trial: Trial) -> Finding:
    """Whether an answer can be held to a JSON schema (response_format)."""
    schema = {
        "type": "object",
        "properties": {"shade": {"type": "string", "enum": list(_ODD)}},
        "required": ["shade"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "shade", "strict": True, "schema": schema}}
    answer = await trial.say(HELLO, extra={"response_format": form})
    if isinstance(answer, Declined):
        return Finding("structured output", "no", f"response_format is refused ({answer.reason})")
    try:
        heeded = json.loads(answer.first.text)["shade"] in _ODD
    except (ValueError, TypeError, KeyError, RecursionError):
        heeded = False
    if heeded:
        return Finding("structured output", "yes", "an answer is held to a JSON schema (response_format)")
    seen = "response_format is taken, and the answer is not held to it"
    wrong = "Programs that ask `usbrec serve` for JSON through this model get prose"
    return Finding("structured output", "no", seen, wrong)


async def check_stream(trial: Trial) -> Finding:
    """Whether an answer streams, with its counts, and ends as a stream should."""
    answer = await trial.say(HELLO, stream=True)
    wrong = "`usbrec chat` and `usbrec serve` show a reply only when it is whole"
    if isinstance(answer, Declined):
        if answer.gone:
            return Finding("streaming", "unknown", answer.reason)
        return Finding("streaming", "no", answer.reason, wrong)
    stream = answer.stream
    if stream is None:
        return Finding("streaming", "unknown", "no stream came")
    parts = f"{stream.pieces} pieces came"
    if stream.repeats:
        parts += ", which repeat words (they are told once)"
    if not stream.finish and not stream.done:
        wrong = "`usbrec chat` and `usbrec serve` take it for a reply that broke off: it fails"
        return Finding("streaming", "no", f"{parts} and no finish_reason", wrong)
    there = {"a finish_reason": stream.finish, "usage": stream.usage, "[DONE]": stream.done}
    lacking = [name for name in there if not there[name]]
    if stream.pieces < 2:
        return Finding("streaming", "no", f"{parts}: the whole reply is one", wrong)
    if lacking:
        cost = ["Tokens of streamed replies count as 0"] if "usage" in lacking else []
        cost += [] if stream.finish else ["A reply that the limit cut may be taken for a whole one"]
        return Finding("streaming", "yes", f"{parts}, without {' and '.join(lacking)}", "; ".join(cost))
    return Finding("streaming", "yes", f"{parts}, then usage and [DONE]")


def latency_finding(trial: Trial) -> Finding:
    """What a call took."""
    slowest = max((answer.seconds for answer in trial.answers), default=0.0)
    seen = (
        f"half of {len(trial.answers)} calls took at most {trial.median:.2f} s, the slowest {slowest:.2f} s"
    )
    return Finding("latency", "yes", seen)
