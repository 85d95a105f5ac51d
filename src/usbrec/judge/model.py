"""A model as judge: the expectation of its 0, 1 or 2.

The paper samples ten answers at temperature 0.7 and averages. Where log-probabilities are to be had,
the same quantity is the expectation over the tempered probabilities of "0", "1" and "2", without the
noise of sampling; else it is the mean of the readable votes. No readable answer is no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Score, Turn
from usbrec.llm.protocol import ChatModel, Choice, ChoiceRequest, Message
from usbrec.play.preferences.profile import Profile
from usbrec.play.seats import transcript
from usbrec.play.seekers.facts import describe_items
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

DIGITS = ("0", "1", "2")


@dataclass(frozen=True)
class ModelJudge:
    """A ChatModel asked for one digit."""

    model: ChatModel
    prompts: Prompts
    temperature: float = 0.7
    votes: int = 10

    async def ask(self, text: str, *, seed: int) -> Score:
        choice = await self.model.choose(
            ChoiceRequest(
                (Message("user", text),), DIGITS, temperature=self.temperature, votes=self.votes, seed=seed
            )
        )
        return score_of(choice)


@dataclass(frozen=True)
class ModelTargetJudge:
    base: ModelJudge

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, *, seed: int
    ) -> Score:
        text = self.base.prompts.render(
            "judge_targets",
            targets="; ".join(targets.titles),
            facts=describe_items(targets.items) or "nothing more is known",
            conversation=transcript((*context, *played)),
        )
        return await self.base.ask(text, seed=seed)


@dataclass(frozen=True)
class ModelProfileJudge:
    base: ModelJudge

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], profile: Profile, *, seed: int
    ) -> Score:
        text = self.base.prompts.render(
            "judge_profile", profile=profile.to_text(), conversation=transcript((*context, *played))
        )
        return await self.base.ask(text, seed=seed)


def score_of(choice: Choice) -> Score:
    """The expected digit, or value None when nothing could be read."""
    probabilities = choice.probabilities
    value = None if probabilities is None else sum(int(digit) * p for digit, p in probabilities.items())
    return Score(
        value=None if value is None else round(value, 6),
        method=choice.method,
        distribution={digit: round(p, 6) for digit, p in (probabilities or {}).items()},
        votes=choice.votes,
        unreadable=choice.unreadable,
        mass=None if choice.mass is None else round(choice.mass, 6),
    )
