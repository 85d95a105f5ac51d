"""Model judge: the expectation of a language model's 0, 1 or 2.

The paper samples ten answers at temperature 0.7 and averages. Where log-probabilities are to be had,
the same quantity is the expectation over the tempered probabilities of "0", "1" and "2", without the
noise of sampling; else it is the mean of the readable votes. No readable answer is no score, and neither are
log-probabilities of which the digits hold next to nothing, or which leave a digit out that could change the
score.

A judge scores all rows in one way. Which one is found out on its own prompts before the first row (judge/
probe.py), because the two ways do not give the same numbers.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from usbrec.dialogue import Score, Turn
from usbrec.llm.protocol import ChatModel, Choice, ChoiceRequest, Message, one_by_one_seed, temper
from usbrec.play.preferences.record import Preferences
from usbrec.play.seats import transcript
from usbrec.play.seekers.facts import describe_items
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

DIGITS = ("0", "1", "2")
#: A score from 0 to 2 that an unlisted digit could move further than this is none; on other scales, the same
#: part of the scale.
MOST_DOUBT = 0.05
#: The share of a row's votes that has to be readable.
LEAST_READABLE = 0.5

#: Tokens in which an answer has to end where it is looked at whole: each has its list of log-probabilities.
WHOLE = 256

Way = Literal["auto", "exact", "votes"]


@dataclass
class Scoring:
    """The way in which a judge scores; the same for a whole run.

    `way` is "auto" until somebody has found out (judge/probe.py). `max_tokens` is the longest vote, None for
    a judge that answers at once. `singly` says that the judge was seen to give one vote a request.
    """

    way: Way = "auto"
    max_tokens: int | None = None
    singly: bool = False
    first: asyncio.Lock = field(default_factory=asyncio.Lock, compare=False, repr=False)


class Question(NamedTuple):
    """What a judge is asked, and the digits of its scale."""

    text: str
    digits: tuple[str, ...] = DIGITS


@dataclass(frozen=True)
class ModelJudge:
    """A ChatModel asked for one digit of a scale. All digits have to hold at least `mass_floor` of the
    probability."""

    model: ChatModel
    prompts: Prompts
    temperature: float = 0.7
    votes: int = 10
    mass_floor: float = 0.5
    scoring: Scoring = field(default_factory=Scoring)

    def request(self, asked: str | Question, *, seed: int) -> ChoiceRequest:
        text, digits = Question(asked) if isinstance(asked, str) else asked
        return ChoiceRequest(
            (Message("user", text),),
            digits,
            temperature=self.temperature,
            votes=self.votes,
            seed=seed,
            way=self.scoring.way,
            max_tokens=self.scoring.max_tokens,
        )

    async def ask(self, asked: str | Question, *, seed: int) -> Score:
        """Score by a prompt, from 0 to 2 where no digits are given. Where nobody has found out the way, the
        first answer decides it."""
        if self.scoring.way == "auto":
            async with self.scoring.first:
                if self.scoring.way == "auto":
                    return await self._ask_first(asked, seed)
        return self._score(await self.model.choose(self.request(asked, seed=seed)))

    async def vote(self, asked: str | Question, place: int, *, seed: int) -> Choice:
        """One of the votes that :meth:`ask` draws by the same seed, by its `place`. Raises ModelError."""
        request = self.request(asked, seed=one_by_one_seed(seed, place))
        return await self.model.choose(replace(request, votes=1, way="votes"))

    def score_of_votes(self, choice: Choice) -> Score:
        """The score of votes that were drawn one by one."""
        return self._score(choice)

    async def _ask_first(self, asked: str | Question, seed: int) -> Score:
        choice = await self.model.choose(replace(self.request(asked, seed=seed), ends_within=WHOLE))
        self.scoring.way = "exact"
        if choice.method != "exact" or (choice.mass is not None and choice.mass < self.mass_floor):
            self.scoring.way = "votes"
        if choice.method == "exact" and self.scoring.way == "votes":
            choice = await self.model.choose(self.request(asked, seed=seed))
        return self._score(choice)

    def _score(self, choice: Choice) -> Score:
        return score_of(choice, temperature=self.temperature, mass_floor=self.mass_floor)


@dataclass(frozen=True)
class ModelTargetJudge:
    base: ModelJudge

    def text(self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets) -> str:
        """What the judge is asked."""
        return self.base.prompts.render(
            "judge_targets",
            targets="; ".join(targets.titles),
            facts=describe_items(targets.items) or "nothing more is known",
            conversation=transcript((*context, *played)),
        )

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, *, seed: int
    ) -> Score:
        return await self.base.ask(self.text(context, played, targets), seed=seed)


@dataclass(frozen=True)
class ModelProfileJudge:
    base: ModelJudge

    def text(self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences) -> str:
        """What the judge is asked."""
        return self.base.prompts.render(
            "judge_profile", profile=preferences.to_text(), conversation=transcript((*context, *played))
        )

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, *, seed: int
    ) -> Score:
        return await self.base.ask(self.text(context, played, preferences), seed=seed)


def score_of(choice: Choice, *, temperature: float = 1.0, mass_floor: float = 0.5) -> Score:
    """The expected digit, or value None with the reason in ``detail["why"]`` where there is none to be read.

    Votes need half of them readable. Log-probabilities need a `mass` of at least `mass_floor` on the digits,
    and a score that no digit which the server did not list could move by more than `MOST_DOUBT`.
    """
    why = _doubt(choice, temperature, mass_floor)
    probabilities = choice.probabilities
    value = None if probabilities is None or why is not None else _expected(probabilities)
    if value is None and why is None:
        exact = choice.method == "exact"
        why = choice.untold or ("no log-probabilities to be had" if exact else "no vote could be read")
    return Score(
        value=None if value is None else round(value, 6),
        method=choice.method,
        distribution={digit: round(p, 6) for digit, p in (probabilities or {}).items()},
        votes=choice.votes,
        unreadable=choice.unreadable,
        mass=None if choice.mass is None else _rounded(choice.mass),
        detail={} if why is None else {"why": why},
    )


def _doubt(choice: Choice, temperature: float, mass_floor: float) -> str | None:
    """Why the answer is not to be read as a score, or None."""
    if choice.method != "exact":
        readable = choice.votes - choice.unreadable
        if readable and readable < LEAST_READABLE * choice.votes:
            return f"only {readable} of {choice.votes} votes could be read"
        return None
    if choice.mass is not None and choice.mass < mass_floor:
        return (
            f"the digits hold {_rounded(choice.mass):g} of the probability, and the floor is {mass_floor:g}"
        )
    if (doubt := _spread(choice, temperature)) > _most_doubt(choice):
        # Where all of them are listed, it is other forms of them that are not.
        all_listed = set(choice.listed or ()) >= set(choice.probabilities or ())
        what = "another form of a digit" if all_listed else "a digit"
        return f"{what} that the server did not list could move the score by {doubt:.2f}"
    return None


def _spread(choice: Choice, temperature: float) -> float:
    """How far the score moves by what the server did not list: each unlisted digit between 0 and the smallest
    listed probability, and each digit by what its unlisted forms may hold."""
    if choice.listed is None or choice.least is None or choice.probabilities is None:
        return 0.0
    open_: dict[str, float] = {}
    for digit in choice.probabilities:
        most = (0.0 if digit in choice.listed else choice.least) + choice.hidden.get(digit, 0.0)
        if most > 0.0:
            open_[digit] = most
    scores = []
    # The score goes up with a digit's share or down with it, whatever the others hold: the ends tell.
    for filled in itertools.product(*((0.0, most) for most in open_.values())):
        more = dict(zip(open_, filled, strict=True))
        raw = {one: choice.listed.get(one, 0.0) + more.get(one, 0.0) for one in choice.probabilities}
        scores.append(_expected(temper(raw, temperature)))
    return max(scores) - min(scores)


def _most_doubt(choice: Choice) -> float:
    return MOST_DOUBT * max(map(int, choice.probabilities or DIGITS)) / int(DIGITS[-1])


def _expected(probabilities: Mapping[str, float]) -> float:
    return sum(int(digit) * share for digit, share in probabilities.items())


def _rounded(mass: float) -> float:
    """Six digits that count: a mass of 9e-7 must not be shown as 0."""
    return float(f"{mass:.6g}")
