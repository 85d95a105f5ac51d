r"""Scripted model: answers from a script, for tests, demonstrations and trying out a run.

A script is a JSONL file. Each line is a rule, and the first rule that matches a request answers it::

    {"when": "(?i)comedy", "say": ["Have you seen Airplane! (1980)?", "Try Super Troopers (2001)."]}
    {"seat": "You play a person", "say": "Something funnier, please."}
    {"when": "Answer with the digit", "choose": {"0": 0.1, "1": 0.2, "2": 0.7}}
    {"error": "unavailable"}

========== ==========================================================================================
``when``   regular expression, searched in the last message; every request if left out
``seat``   regular expression, searched in the system message (in "" where there is none)
``say``    a reply, or several of which each request gets one
``choose`` weights of options; those the request does not offer are passed over
``error``  instead of the two: "unavailable", "empty", "garbage" (this request fails) or "refused"
========== ==========================================================================================

Which of several replies is said depends on the request alone, never on the order of requests; at
temperature 0 it is the first. A rule without ``choose`` is asked for votes where a choice is wanted,
and only a reply that is an option counts as one. A request that no rule matches fails.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from usbrec.dialogue import Usage
from usbrec.errors import BadLines, InputError, ModelRefused, ModelUnavailable, UnusableAnswer, UsbRecError
from usbrec.keys import digest
from usbrec.llm.choices import read_option
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion, Message, temper
from usbrec.llm.reasoning import separate
from usbrec.llm.stops import ended_at_once

Failure = Literal["unavailable", "empty", "garbage", "refused"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a script; see the head of this module. `say` is empty where the rule says nothing."""

    when: re.Pattern[str] | None = None
    seat: re.Pattern[str] | None = None
    say: tuple[str, ...] = ()
    choose: Mapping[str, float] = field(default_factory=dict)
    error: Failure | None = None

    def matches(self, messages: Sequence[Message]) -> bool:
        last = messages[-1].content if messages else ""
        system = next((message.content for message in messages if message.role == "system"), "")
        return (self.when is None or self.when.search(last) is not None) and (
            self.seat is None or self.seat.search(system) is not None
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "when": self.when and self.when.pattern,
            "seat": self.seat and self.seat.pattern,
            "say": list(self.say),
            "choose": dict(self.choose),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Script:
    """Rules in the order in which they are tried."""

    rules: tuple[Rule, ...]

    @property
    def digest(self) -> str:
        return digest([rule.to_json() for rule in self.rules])

    def rule(self, messages: Sequence[Message]) -> Rule:
        """The first rule that matches and does not fail; raises what a failing one stands for."""
        for rule in self.rules:
            if rule.matches(messages):
                if rule.error is not None:
                    raise _failure(rule.error)
                return rule
        last = messages[-1].content if messages else ""
        raise UnusableAnswer(f"The script has no rule for a request that ends with {last[:80]!r}.")


#: Words of a vote where the request does not say.
_LONGEST_VOTE = 128


class ScriptedModel:
    """A ChatModel that says what `script` says: rules, or a function from the request to its replies.

    A function gives one reply for all `n`, or a sequence that is repeated to `n`; `choose` may give
    weights of options, or None to have votes drawn from the replies. What functions raise is raised.
    `tokens_per_second` makes it take its time, by the word, in which case a deadline cuts it off.
    Words count as tokens. `requests` are all that it was asked, in order.
    """

    parallel = True

    def __init__(
        self,
        script: Script | Callable[[ChatRequest], str | Sequence[str]],
        *,
        choose: Callable[[ChoiceRequest], Mapping[str, float] | None] | None = None,
        name: str = "scripted",
        tokens_per_second: float | None = None,
    ) -> None:
        self._script = script
        self._choose = choose
        self._name = name
        self._rate = tokens_per_second
        self.requests: list[ChatRequest | ChoiceRequest] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> Mapping[str, Any]:
        """Rules by their digest; a function by its name, so a changed body is not noticed."""
        return {
            "backend": "scripted",
            "model": self._name,
            "script": self._script.digest if isinstance(self._script, Script) else _called(self._script),
            "choose": None if self._choose is None else _called(self._choose),
        }

    async def chat(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        return await self._chat(request)

    async def choose(self, request: ChoiceRequest) -> Choice:
        self.requests.append(request)
        weights = self._weights(request)
        offered = {option: weights.get(option, 0.0) for option in request.options}
        mass = sum(offered.values())
        if request.way == "exact" and mass <= 0.0:
            return Choice(None, "exact", usage=Usage(calls=1, prompt_tokens=_words(request.messages)))
        if mass > 0.0 and request.way != "votes":
            usage = Usage(calls=1, prompt_tokens=_words(request.messages), completion_tokens=1)
            shares = {option: weight / mass for option, weight in offered.items()}
            return Choice(temper(shares, request.temperature), "exact", mass=min(mass, 1.0), usage=usage)
        votes = ChatRequest(
            request.messages,
            n=request.votes,
            temperature=request.temperature,
            max_tokens=request.max_tokens or _LONGEST_VOTE,
            seed=request.seed,
            deadline=request.deadline,
        )
        reply = await self._chat(votes)
        answers = [separate(completion.text) for completion in reply.completions]
        read = [read_option(answer.text, request.options) for answer in answers]
        chosen = [option for option in read if option is not None]
        return Choice(
            {option: chosen.count(option) / len(chosen) for option in request.options} if chosen else None,
            "votes",
            votes=len(read),
            unreadable=len(read) - len(chosen),
            reasoned=any(answer.open or answer.reasoning for answer in answers),
            usage=reply.usage,
        )

    async def aclose(self) -> None:
        """Nothing to close."""

    def _weights(self, request: ChoiceRequest) -> Mapping[str, float]:
        weights = None if self._choose is None else self._choose(request)
        if weights is None and isinstance(self._script, Script):
            return self._script.rule(request.messages).choose
        return weights or {}

    def _replies(self, request: ChatRequest) -> list[str]:
        if isinstance(self._script, Script):
            lines: Sequence[str] = self._script.rule(request.messages).say
            first = _place(request, len(lines)) if request.temperature > 0.0 else 0
            step = 1 if request.temperature > 0.0 else 0
        else:
            said = self._script(request)
            lines = (said,) if isinstance(said, str) else said
            first, step = 0, 1
        if not lines:
            raise UnusableAnswer("The script has no words for this request.")
        return [lines[(first + step * index) % len(lines)] for index in range(request.n)]

    async def _chat(self, request: ChatRequest) -> ChatReply:
        allowed = request.max_tokens
        if self._rate is not None and request.deadline is not None:
            allowed = min(allowed, int(max(request.deadline, 0.0) * self._rate))
        replies = [_cut(text, request.stop, allowed) for text in self._replies(request)]
        if self._rate is not None and allowed < min(1, request.max_tokens):
            await asyncio.sleep(max(request.deadline or 0.0, 0.0))
            raise ModelUnavailable(f"{self._name} did not say a word within {request.deadline} seconds.")
        stopped = any(ended_at_once(request.stop, finish, "") for _, finish in replies)
        if not stopped and not any("".join(pieces).strip() for pieces, _ in replies):
            raise UnusableAnswer(f"{self._name} gave an answer without text.")
        longest = max(len(pieces) for pieces, _ in replies)
        on_delta = request.on_delta if request.n == 1 else None
        if on_delta is not None:
            await self._speak(replies[0][0], on_delta)
        elif self._rate is not None:
            await asyncio.sleep(longest / self._rate)
        usage = Usage(
            calls=1,
            prompt_tokens=_words(request.messages),
            completion_tokens=sum(len(pieces) for pieces, _ in replies),
            seconds=longest / self._rate if self._rate is not None else 0.0,
        )
        return ChatReply(tuple(Completion("".join(pieces), finish) for pieces, finish in replies), usage)

    async def _speak(self, pieces: Sequence[str], on_delta: Callable[[str], None]) -> None:
        started = time.monotonic()
        for count, piece in enumerate(pieces, start=1):
            # Sleeping until a point in time, not for a time, keeps small delays from adding up.
            until = started + count / self._rate if self._rate is not None else started
            await asyncio.sleep(max(0.0, until - time.monotonic()))
            on_delta(piece)


def load_script(path: str | os.PathLike[str]) -> ScriptedModel:
    """Read a script. Raises BadLines for lines that are no rules, InputError for a file without any."""
    where = os.fspath(path)
    try:
        lines = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise InputError(f"{where}: cannot read this script ({error.strerror or error}).") from None
    rules: list[Rule] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rules.append(_parse(line))
            except InputError as problem:
                problems.append(f"line {number}: {problem}")
    if problems:
        raise BadLines(where, problems, 'A rule looks like {"when": "comedy", "say": ["Airplane! (1980)"]}.')
    if not rules:
        raise InputError(f'{where}: no rule in this script; a line such as {{"say": "Hello."}} is one.')
    return ScriptedModel(Script(tuple(rules)), name=f"scripted:{Path(path).name}")


def _parse(line: bytes) -> Rule:
    try:
        data = json.loads(line.decode("utf-8"))
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeError:
        raise InputError("not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise InputError("not valid JSON") from None
    if not isinstance(data, dict):
        raise InputError("a rule is a JSON object")
    unknown = sorted(set(data) - {"when", "seat", "say", "choose", "error"})
    if unknown:
        raise InputError(f"unknown field {unknown[0]!r}; a rule has when, seat, say, choose, error")
    say, choose, error = data.get("say"), data.get("choose"), data.get("error")
    if error is not None and (say is not None or choose is not None):
        raise InputError("error stands alone, without say and choose")
    if error is None and say is None and choose is None:
        raise InputError("needs say, choose or error")
    if error is not None and error not in get_args(Failure):
        raise InputError(f"error is one of {', '.join(get_args(Failure))}")
    return Rule(
        when=_pattern("when", data.get("when")),
        seat=_pattern("seat", data.get("seat")),
        say=_parse_say(say),
        choose=_parse_weights(choose),
        error=error,
    )


def _pattern(name: str, value: object) -> re.Pattern[str] | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"{name} is a regular expression in quotes")
    try:
        return re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"{name} is no regular expression ({error})") from None


def _parse_say(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    lines = [value] if isinstance(value, str) else value
    if isinstance(lines, list) and lines:
        said = tuple(line for line in lines if isinstance(line, str) and line.strip())
        if len(said) == len(lines):
            return said
    raise InputError("say is a text or a list of texts, none of them empty")


def _parse_weights(value: object) -> dict[str, float]:
    if value is None:
        return {}
    weights: dict[str, float] = {}
    for option, weight in value.items() if isinstance(value, dict) else ():
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        # Compared before it is turned into a float, which a very long integer cannot be.
        if number and 0 <= weight <= 1e100:
            weights[option] = float(weight)
    if not isinstance(value, dict) or len(weights) < len(value) or not math.fsum(weights.values()) > 0.0:
        raise InputError('choose gives options weights of 0 or more, such as {"0": 0.2, "1": 0.8}')
    return weights


def _failure(error: Failure) -> UsbRecError:
    match error:
        case "unavailable":
            return ModelUnavailable("The script says that the model is unavailable.")
        case "empty":
            return UnusableAnswer("The script says that the answer is without text.")
        case "garbage":
            return UnusableAnswer("The script says that the answer is no chat completion.")
        case "refused":
            return ModelRefused("The script says that the server refuses every request.")


def _place(request: ChatRequest, count: int) -> int:
    """Where in `count` lines this request begins. Without `n`, so that more replies only add to fewer."""
    return int(digest({**request.to_json(), "n": None})[:8], 16) % max(count, 1)


def _cut(text: str, stop: Iterable[str], most: int) -> tuple[list[str], Literal["stop", "length"]]:
    """The text in pieces of one word each with the space before it, at most `most` of them."""
    ends = [place for mark in stop if mark and (place := text.find(mark)) >= 0]
    text = text[: min(ends, default=len(text))].rstrip()
    pieces = re.findall(r"\s*\S+", text)
    return list(itertools.islice(pieces, max(most, 0))), "length" if len(pieces) > most else "stop"


def _words(messages: Iterable[Message]) -> int:
    return sum(len(message.content.split()) for message in messages)


def _called(function: Callable[..., Any]) -> str:
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(type(function)))}"
