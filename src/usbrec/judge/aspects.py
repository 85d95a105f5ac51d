"""Aspects of recorded dialogues: a model judge asked one question for each, of a turn or of the whole.

The aspects and their scales are those that people rated in CRSArena-Eval (FACE), the words of the questions
are our own. Each is read like the iEval score: the expectation over the digits of its scale, exactly where
log-probabilities are to be had, else by votes. All questions about a dialogue begin with the same words and
the conversation, and those about a turn with the conversation up to it, so that a server that keeps what it
has computed reads each turn once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from usbrec.dialogue import Score, Turn
from usbrec.judge.model import ModelJudge, Question
from usbrec.play.seats import transcript

Level = Literal["turn", "dialogue"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is asked: of each turn of the recommender, or of the dialogue; the scale goes from 0 to `top`."""

    name: str
    level: Level
    top: int

    @property
    def digits(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.top + 1)))


#: By name, in the order in which they are asked.
ASPECTS: Mapping[str, Aspect] = {
    one.name: one
    for one in (
        Aspect("relevance", "turn", 2),
        Aspect("interestingness", "turn", 2),
        Aspect("understanding", "dialogue", 2),
        Aspect("task_completion", "dialogue", 2),
        Aspect("interest_arousal", "dialogue", 2),
        Aspect("preference_elicitation", "dialogue", 2),
        Aspect("explanation", "dialogue", 2),
        Aspect("efficiency", "dialogue", 1),
        Aspect("overall", "dialogue", 4),
    )
}
#: What the ratings of a file are called here, where that is something else.
_RENAMED = {"dialogue_overall": "overall"}
#: What a judge of the user's own gives of a dialogue.
OWN = Aspect("score", "dialogue", 2)


def people_rated(ratings: Mapping[str, float]) -> dict[str, float]:
    """People's ratings under the names of :data:`ASPECTS`; what is rated beside these is left out."""
    renamed = {_RENAMED.get(name, name): value for name, value in ratings.items()}
    return {name: value for name, value in renamed.items() if name in ASPECTS}


def rated_twice(ratings: Mapping[str, float]) -> str | None:
    """What is wrong where two ratings are of one aspect and differ; None for nothing."""
    for name, other in _RENAMED.items():
        if name in ratings and ratings.get(other, ratings[name]) != ratings[name]:
            return (
                f"{name} is {ratings[name]:g} and {other} is {ratings[other]:g}, which are two names of one "
                "rating. Keep one of them."
            )
    return None


def aspect_of(rating: str) -> Aspect | None:
    """The aspect that a file's rating of this name is of."""
    return ASPECTS.get(_RENAMED.get(rating, rating))


@dataclass(frozen=True)
class AspectJudge:
    """A model judge that answers the questions of `aspects`."""

    base: ModelJudge
    aspects: tuple[Aspect, ...]

    def of(self, level: Level) -> Iterator[Aspect]:
        return (aspect for aspect in self.aspects if aspect.level == level)

    def question(self, aspect: Aspect, turns: Sequence[Turn]) -> Question:
        """What the judge is asked about `turns`, or about the last of them."""
        prompts = self.base.prompts
        asked = prompts.render(f"aspect_{aspect.name}")
        text = prompts.render("judge_recorded", conversation=transcript(turns), question=asked)
        return Question(text, aspect.digits)

    async def rate(self, aspect: Aspect, turns: Sequence[Turn], *, seed: int) -> Score:
        """Raises ModelError."""
        return await self.base.ask(self.question(aspect, turns), seed=seed)
