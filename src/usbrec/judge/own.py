"""User-supplied judge: an object that gives a number from 0 to 2, or None for what it cannot score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Conversation, Score, Turn
from usbrec.llm.recorded import Recorder
from usbrec.play.own.calls import OwnObject
from usbrec.play.own.recommender import asked_of, one_call
from usbrec.play.preferences.record import Preferences
from usbrec.play.targets import Targets

_WANTED = "a number from 0 to 2, or None for an episode that it cannot score"


@dataclass(frozen=True)
class OwnJudge:
    """Asks an object with ``score(conversation, targets)`` and records what it says.

    The conversation holds the whole dialogue; its `round` is how many replies were played, the last ones.
    `own` is None where a replay answers.
    """

    name: str
    own: OwnObject | None
    recorder: Recorder
    rounds: int | None = None

    async def judge(
        self,
        context: Sequence[Turn],
        played: Sequence[Turn],
        targets: Targets | None,
        profile: str | None,
        seed: int,
    ) -> Score:
        """Raises ModelError."""
        replies = sum(turn.role == "recommender" for turn in played)
        conversation = Conversation((*context, *played), replies, self.rounds, profile=profile)
        asked = {
            **asked_of(conversation),
            "seed": seed,
            "targets": None if targets is None else list(targets.titles),
        }
        answer = await self.recorder.answer(
            "score", self.name, asked, lambda: self._asked(conversation, targets)
        )
        if answer["value"] is None:
            return Score(None, "own", unreadable=1, detail={"why": "the judge gave no score"})
        return Score(answer["value"], "own")

    async def _asked(self, conversation: Conversation, targets: Targets | None) -> Mapping[str, Any]:
        assert self.own is not None, "a replay answers before anybody is asked"
        answer, seconds = await self.own.call(conversation, targets)
        return {"value": read_score(self.own, answer), "usage": one_call(seconds).to_json()}


def read_score(own: OwnObject, answer: object) -> float | None:
    """What an object returned, if it is a score. Raises SeatFailed."""
    if answer is None:
        return None
    # Numbers of numpy and torch say by __float__ that they are numbers; texts and truths are none.
    truth = isinstance(answer, bool) or "bool" in str(getattr(answer, "dtype", ""))
    if truth or isinstance(answer, str | bytes) or not hasattr(answer, "__float__"):
        raise own.returned(answer, _WANTED)
    try:
        value = float(answer)
    except (TypeError, ValueError, RuntimeError):
        raise own.returned(answer, _WANTED) from None
    # Scores have six digits: a sum of probabilities that ends a hair above 2 is 2.
    if not (math.isfinite(value) and 0 <= round(value, 6) <= 2):
        short = f"{value:g}"
        raise own.failed(f"returned {short if float(short) == value else repr(value)}, not {_WANTED}")
    return abs(round(value, 6))


@dataclass(frozen=True)
class OwnTargetJudge:
    """Judges with knowledge of the targets."""

    base: OwnJudge

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, *, seed: int
    ) -> Score:
        return await self.base.judge(context, played, targets, None, seed)


@dataclass(frozen=True)
class OwnProfileJudge:
    """Judges with knowledge of a profile, which stands in the conversation; `targets` is None."""

    base: OwnJudge

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, *, seed: int
    ) -> Score:
        return await self.base.judge(context, played, None, preferences.to_text(), seed)
