"""Cost estimate of a run, before any model is asked.

A few rows are played by stand-ins: each counts what its model would be asked, and answers with words of half
the length allowed, the recommender with a candidate where it is shown some. So prompts, rounds, drafts and
votes are those of the settings; no tokens are taken for cached. Several drafts or votes are one call here,
whose prompt is read once; a server that gives one answer a call reads it for each, which the most that a run
may cost holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.data import limit_samples
from usbrec.dialogue import Sample, Usage
from usbrec.errors import ConfigError, ModelError
from usbrec.event_loop import run as run_coroutine
from usbrec.items.scripts import UNSPACED, has_unspaced
from usbrec.llm import ChatModel, model_name, read_seat
from usbrec.llm.choices import VOTE_TOKENS
from usbrec.llm.prices import Prices, prices_of
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion, Message
from usbrec.patterns import LazyPattern
from usbrec.stages.asking import Work
from usbrec.stages.evaluating import work_of
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, Inputs, read_inputs
from usbrec.stages.pairing import draw, to_pair
from usbrec.stages.resolve import in_mode, resolve
from usbrec.stages.wiring import Participants, seat_participants

#: So many rows stand for all.
ROWS = 20
#: Characters of a text that are about a token, and tokens that a message has beside its text.
_CHARACTERS, _AROUND = 4, 4
#: The first candidate as the prompt lists it, without what stands beside its name.
_FIRST = LazyPattern(r"^1\. ([^|\n]+)", re.MULTILINE)
#: What has about a token a character.
_RUNS = LazyPattern(f"[{UNSPACED}]+")


@dataclass
class _Counted:
    """What a model would be asked. `prompts` are the tokens of prompts, and `repeated` those where each
    answer takes a call of its own; `answers` are the tokens of answers of half the length allowed, and
    `longest` those of whole ones."""

    calls: int = 0
    prompts: int = 0
    repeated: int = 0
    answers: float = 0.0
    longest: int = 0


@dataclass(frozen=True)
class Counted:
    """The same of one model for all rows. `cost` and `most` are in money: about, and with answers as long as
    they may be, each by a call of its own; None without prices."""

    calls: int
    prompt_tokens: int
    most_prompt_tokens: int
    completion_tokens: int
    most_completion_tokens: int
    cost: float | None
    most: float | None

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.most_prompt_tokens + other.most_prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.most_completion_tokens + other.most_completion_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
            None if self.most is None or other.most is None else self.most + other.most,
        )


@dataclass(frozen=True)
class Estimate:
    """What a run will ask and cost: `models` by name, from `rows` of all `of` rows; `also` is said beside."""

    rows: int
    of: int
    models: Mapping[str, Counted]
    currency: str | None
    also: str = ""

    @property
    def how(self) -> str:
        return (
            f"Estimated from {self.rows} of {self.of} rows, without asking a model: {_CHARACTERS} characters "
            "of a prompt as a token (one where words have no blanks between them), answers of half the "
            "length allowed and several drafts or votes in one call (at most: the whole length, and the "
            "prompt read again for each), judges by log-probabilities unless votes are set, no tokens "
            "cached, no thoughts, no further draws, and without the calls before the first row that find out "
            "how servers and judges answer."
            f"{' ' if self.also else ''}{self.also}"
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"how": self.how}


class _StandIn:
    """A ChatModel that only counts."""

    parallel = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.counted = _Counted()

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"backend": "estimate", "model": self.name}

    async def chat(self, request: ChatRequest) -> ChatReply:
        self._count(request.messages, request.n, request.max_tokens)
        words = self._words(request)
        return ChatReply(tuple(Completion(f"{words} {place}.") for place in range(request.n)), Usage(calls=1))

    async def choose(self, request: ChoiceRequest) -> Choice:
        longest = max(math.ceil(len(option) / _CHARACTERS) for option in request.options)
        if request.way == "votes":
            self._count(request.messages, request.votes, max(VOTE_TOKENS, longest + 1), said=longest)
        else:
            self._count(request.messages, 1, request.max_tokens or longest)
        even = dict.fromkeys(request.options, 1.0 / len(request.options))
        return Choice(even, "exact", mass=1.0, usage=Usage(calls=1))

    async def aclose(self) -> None:
        return

    def _count(
        self, messages: tuple[Message, ...], answers: int, longest: int, said: float | None = None
    ) -> None:
        """`answers` of at most `longest` tokens, which are `said`, by default the half."""
        counted = self.counted
        prompt = sum(_tokens(message.content) + _AROUND for message in messages)
        counted.calls += 1
        counted.prompts += prompt
        counted.repeated += answers * prompt
        counted.longest += answers * longest
        counted.answers += answers * (longest / 2 if said is None else said)

    def _words(self, request: ChatRequest) -> str:
        """Words of half the length allowed, which no two answers share."""
        shown = _FIRST.search(request.messages[-1].content)
        begin = f"I would take {shown[1].strip()}." if shown else "Let me think about what you said."
        said = f"{begin} This is answer {self.counted.calls} of somebody who only counts."
        missing = _CHARACTERS * request.max_tokens // 2 - len(said)
        return said + " and so on" * max(0, missing // len(" and so on"))


def _tokens(text: str) -> int:
    """About the tokens of a text. In scripts without blanks between words a character is about one."""
    unspaced = sum(map(len, _RUNS.findall(text))) if has_unspaced(text) else 0
    return unspaced + math.ceil((len(text) - unspaced) / _CHARACTERS)


def estimate(
    samples: GivenSamples,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    rows: int = ROWS,
) -> Estimate:
    """What `usbrec evaluate` with these settings will ask and cost. Nothing is written and no model asked.

    Raises as :func:`usbrec.stages.evaluate` for what cannot be used, and ConfigError for systems of the
    user's own, which nobody but they could stand in for.
    """
    config = in_mode(config or Config())
    inputs = read_inputs(config, samples, catalogue, interactions)
    config = resolve(config, inputs.catalogue)
    return summed([count_evaluation(config, inputs, rows)])


def estimate_pairs(
    samples: GivenSamples,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    rows: int = ROWS,
) -> Estimate:
    """The same of `usbrec pairs`."""
    config = config or Config()
    inputs = read_inputs(config, samples, catalogue, interactions)
    return summed([count_pairs(to_pair(config, inputs), inputs, rows)])


@dataclass(frozen=True)
class Asked:
    """What one part of a run would ask its models, by their seats: counted over `rows` of `of` rows."""

    config: Config
    models: Mapping[str, _StandIn]
    rows: int
    of: int


def count_evaluation(config: Config, inputs: Inputs, rows: int = ROWS) -> Asked:
    """Play a few rows of an evaluation with resolved settings by stand-ins. Raises ConfigError."""
    if config.mode == "retrieval":
        return Asked(config, {}, len(inputs.samples), len(inputs.samples))
    _check_tools(config)
    asked = _count(config, inputs, work_of(config, inputs), rows)
    return replace(asked, of=asked.of * config.trials)


def _check_tools(config: Config) -> None:
    if config.play.tools:
        raise ConfigError("--estimate: nobody can tell which tools a model will call; leave --tools out.")


def count_pairs(config: Config, inputs: Inputs, rows: int = ROWS) -> Asked:
    """The same of drawing pairs."""

    async def work(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        return await draw(participants, sample, config.pairs)

    return _count(config, inputs, work, rows)


def _count(config: Config, inputs: Inputs, work: Work, rows: int) -> Asked:
    own = [seat for seat in _seats(config) if read_seat(seat, config.servers).is_own]
    if own:
        raise ConfigError(f"--estimate: nobody can stand in for {own[0]}, a system of your own.")
    seated: dict[str, _StandIn] = {}
    few = limit_samples(inputs.samples, rows)

    def stand_in(seat: str) -> ChatModel:
        return seated.setdefault(seat, _StandIn(model_name(seat, config.servers)))

    participants = seat_participants(config, inputs.prompts, inputs.catalogue, opener=stand_in)
    if config.judging.way == "votes":
        # Else the first answer, which is a stand-in's, decides how judges score.
        for judge in participants.judges.values():
            judge.scoring.way = "votes"

    async def play() -> None:
        for sample in few:
            try:
                await work(participants, sample)
            except ModelError:
                # An answer of a stand-in that a seat has no use for: what was asked has been counted.
                continue

    run_coroutine(play())
    return Asked(config, seated, len(few), len(inputs.samples))


def summed(parts: Sequence[Asked], also: str = "") -> Estimate:
    """The estimate of all parts together; `also` is said of how it was found."""
    models: dict[str, Counted] = {}
    currency = None
    for part in parts:
        scale = part.of / max(1, part.rows)
        for seat, model in part.models.items():
            price = prices_of(seat, part.config.servers)
            currency = currency or (None if price is None else price.currency)
            found = _counted(model.counted, scale, price)
            before = models.get(model.name)
            models[model.name] = found if before is None else before + found
    rows = sum(part.rows for part in parts)
    return Estimate(rows, sum(part.of for part in parts), models, currency, also)


def _counted(counted: _Counted, scale: float, price: Prices | None) -> Counted:
    total = Counted(
        calls=round(scale * counted.calls),
        prompt_tokens=round(scale * counted.prompts),
        most_prompt_tokens=round(scale * counted.repeated),
        completion_tokens=round(scale * counted.answers),
        most_completion_tokens=round(scale * counted.longest),
        cost=None,
        most=None,
    )
    if price is None:
        return total
    about, most = (
        price.cost(Usage(total.calls, prompts, answers)) or 0.0
        for prompts, answers in (
            (total.prompt_tokens, total.completion_tokens),
            (total.most_prompt_tokens, total.most_completion_tokens),
        )
    )
    return replace(total, cost=about, most=most)


def _seats(config: Config) -> list[str]:
    inside = [config.search.simulator, config.search.judge] if config.enhanced else []
    return [*config.seats.settings().values(), *(seat for seat in inside if seat is not None)]
