"""Probe of a judge's way of scoring, made on its own prompts before the first row.

Log-probabilities and votes give different numbers for the same dialogue, so that a mean over both says
nothing. A few of the run's own prompts show whether the digits hold enough of the probability, and whether
the answers are these digits: one that goes on behind its first ("2/10", "1. The seeker ...") counts by what
it says as a whole. Where that is not so, or where there are no log-probabilities, the votes of these rows
show which share can be read, if need be with tokens enough for a model that reasons first. A judge of which
not one vote can be read ends the run with what helps; one that loses most of them is told of, because its
rows are unreadable where they lose that many.
"""

from __future__ import annotations

import logging
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.errors import ModelRefused
from usbrec.judge.model import DIGITS, LEAST_READABLE, WHOLE, ModelJudge, Question, Scoring, Way, score_of
from usbrec.llm.protocol import Choice

_log = logging.getLogger(__name__)


#: Tokens of a vote with a few words, where a grammar limits shorter ones to the digits.
_A_SENTENCE = 32
_HELPS = (
    'What helps: limit its answers to the digits (models.constrain = "grammar" for llama.cpp, "structured" '
    "for vLLM), give a model that reasons more tokens (judging.max_tokens) or switch its reasoning off "
    "(servers.NAME.extra_body), a prompt of your own (play.prompts), another --judge, or --judge rules."
)


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found: the way, the median mass of the digits (None: not to be had), the longest vote in
    tokens (None: a digit's length), and the share of votes that could be read (None: none was drawn).
    `doubt` is why log-probabilities of which the digits hold enough, or votes, gave no score, `singly` says
    that each vote took a request of its own, and `forced` that a grammar limits the votes. `why`
    log-probabilities that are there are not read."""

    way: Way
    mass: float | None
    max_tokens: int | None = None
    readable: float | None = None
    doubt: str | None = None
    singly: bool = False
    why: str = ""
    forced: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "way": self.way,
            "mass": self.mass,
            "max_tokens": self.max_tokens,
            "readable_votes": self.readable,
            **({"why": self.why} if self.why else {}),
        }


async def probe(
    judge: ModelJudge, prompts: Sequence[str | Question], *, way: Way = "auto", max_tokens: int, seed: int
) -> Probed:
    """Find out how `judge` scores, by at least one of its prompts, and have it score so from now on.

    `way` other than "auto" is tried alone; `max_tokens` is how long a vote of a model that reasons may be.
    Raises ModelRefused where no way gives a score, ModelError where the model fails.
    """
    found = None if way == "votes" else await _exact(judge, prompts, max_tokens, seed)
    if found is None or (found.mass or 0.0) < judge.mass_floor or found.doubt is not None:
        mass, doubt = (None, None) if found is None else (found.mass, found.doubt)
        if way == "exact":
            raise ModelRefused(_no_score(judge, prompts, mass, doubt, None))
        low = mass is not None and mass < judge.mass_floor
        went_on = doubt is not None and not low
        found = await _votes(
            judge, prompts, mass, max_tokens, seed, free=low or went_on, in_sentences=went_on
        )
        hidden = _hidden_by_a_grammar(judge, prompts, mass) if low and found.forced else ""
        found = replace(found, why=doubt if went_on and doubt else hidden)
        if not found.readable:
            raise ModelRefused(_no_score(judge, prompts, mass, doubt, found))
        if found.why:
            how = "votes that a grammar limits" if low else "votes, not by log-probabilities"
            _log.warning("%s is scored by %s: %s.", judge.model.name, how, found.why)
        if found.readable < LEAST_READABLE:
            _log.warning(
                "%s: of its votes %.0f%% could be read as a digit when it was tried out. A row of which more "
                "than half are lost has no score. %s",
                judge.model.name,
                100 * found.readable,
                _HELPS,
            )
    scoring = judge.scoring
    scoring.way, scoring.max_tokens, scoring.singly = found.way, found.max_tokens, found.singly
    return found


async def _exact(
    judge: ModelJudge, prompts: Sequence[str | Question], max_tokens: int, seed: int
) -> Probed | None:
    """By log-probabilities; None where the model gives none."""
    asking = replace(judge, scoring=Scoring("exact"))
    masses, doubts, untold = [], [], ""
    for prompt in prompts:
        request = replace(asking.request(prompt, seed=seed), ends_within=min(max_tokens, WHOLE))
        choice = await asking.model.choose(request)
        if choice.mass is None and choice.probabilities is None:
            return Probed("exact", None, doubt=choice.untold) if choice.untold else None
        # A backend that does not see the mass reads the options' own probabilities in full.
        masses.append(1.0 if choice.mass is None else choice.mass)
        score = score_of(choice, temperature=judge.temperature, mass_floor=judge.mass_floor)
        doubts.append(score.detail.get("why") if score.value is None else None)
        # One answer that is another than its first token shows that those of other rows may be.
        untold = untold or choice.untold
    # Servers that list one or two tokens leave the other digits open, however much the first one holds.
    doubt = untold or (None if any(one is None for one in doubts) else doubts[0])
    return Probed("exact", statistics.median(masses), doubt=doubt)


async def _votes(
    judge: ModelJudge,
    prompts: Sequence[str | Question],
    mass: float | None,
    max_tokens: int,
    seed: int,
    *,
    free: bool,
    in_sentences: bool,
) -> Probed:
    """By votes: short ones, unless the model reasons before it answers. `free`: its answers are no digits, so
    that those which a grammar limits to digits count only where no others are to be had. `in_sentences`: they
    begin with one."""
    best, limited = Probed("votes", mass), True
    for longest in (None, min(max_tokens, _A_SENTENCE), max_tokens) if free else (None, max_tokens):
        if longest == _A_SENTENCE and not (in_sentences or limited):
            # It thinks before it says anything, or answers in words.
            continue
        asking = replace(judge, scoring=Scoring("votes", longest))
        choices = [await asking.model.choose(asking.request(prompt, seed=seed)) for prompt in prompts]
        readable = _readable(choices)
        forced = free and all(choice.method == "forced" for choice in choices)
        if longest == _A_SENTENCE and forced:
            continue
        # Longer votes than are needed cost time, but one that reasons may need more for another prompt.
        reasoned = any(choice.reasoned for choice in choices)
        more = best.readable is None or readable > best.readable or (reasoned and readable == best.readable)
        if more or (limited and not forced):
            singly = all(choice.usage.calls >= choice.votes > 1 for choice in choices)
            untold = next((choice.untold for choice in choices if choice.untold), None)
            best = Probed("votes", mass, longest, readable, untold, singly, forced=forced)
            limited = forced
        if readable >= LEAST_READABLE and not forced and not reasoned:
            break
    return best


def _hidden_by_a_grammar(judge: ModelJudge, prompts: Sequence[str | Question], mass: float | None) -> str:
    """Why votes that are digits are not what the model would have said."""
    return (
        f"without it the digits {_named(prompts)} hold {mass:.2g} of the probability (floor: "
        f"{judge.mass_floor:g}), so that the scores are not what it would have said"
    )


def _readable(choices: Sequence[Choice]) -> float:
    drawn = sum(choice.votes for choice in choices)
    return 1.0 - sum(choice.unreadable for choice in choices) / drawn if drawn else 0.0


def _named(prompts: Sequence[str | Question]) -> str:
    """The digits of the scales that were tried."""
    scales = {DIGITS if isinstance(prompt, str) else prompt.digits for prompt in prompts}
    return " or of ".join(f"{', '.join(scale[:-1])} and {scale[-1]}" for scale in sorted(scales))


def _no_score(
    judge: ModelJudge,
    prompts: Sequence[str | Question],
    mass: float | None,
    doubt: str | None,
    votes: Probed | None,
) -> str:
    tried = (
        doubt or "it gives no log-probabilities"
        if mass is None
        else doubt
        if doubt is not None and mass >= judge.mass_floor
        else f"the digits {_named(prompts)} hold {mass:.2g} of the probability (floor: {judge.mass_floor:g})"
    )
    if votes is not None:
        tried += f", and of its votes {votes.readable or 0.0:.0%} could be read as a digit"
        tried += f" ({votes.doubt})" if votes.doubt else ""
    return f"{judge.model.name} cannot score: {tried}. {_HELPS}"
