"""User-supplied seeker: it says what it likes; whether it accepts is seen from what was recommended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.dialogue import Conversation, Reply, Turn, Usage
from usbrec.errors import UnusableAnswer
from usbrec.lexicon.detection import mask_of
from usbrec.llm.controls import without_controls
from usbrec.llm.reasoning import ReasoningMarks, separate
from usbrec.llm.recorded import Recorder
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.own.calls import OwnObject
from usbrec.play.own.recommender import OPEN, asked_of, one_call, printable
from usbrec.play.preferences.record import Preferences
from usbrec.play.seekers.base import Seeker, SeekerAnswer
from usbrec.play.targets import Targets


@dataclass(frozen=True)
class OwnSimulator:
    """Asks an object with ``reply(conversation, targets)`` for the seeker's words, and records them, thoughts
    between `marks` apart: a model's thoughts may name the targets.

    `own` is None where a replay answers.
    """

    name: str
    own: OwnObject | None
    recorder: Recorder
    rounds: int | None = None
    marks: ReasoningMarks = "auto"

    async def say(
        self, turns: Sequence[Turn], targets: Targets | None, profile: str | None, seed: int, played: int
    ) -> SeekerAnswer:
        """The seeker's next words after `turns`, of which `played` recommendations were made here. Raises
        ModelError."""
        conversation = Conversation(tuple(turns), played, self.rounds, profile=profile)
        asked = {
            **asked_of(conversation),
            "seed": seed,
            "targets": None if targets is None else list(targets.titles),
        }
        answer = await self.recorder.answer(
            "seeker", self.name, asked, lambda: self._asked(conversation, targets)
        )
        return SeekerAnswer(str(answer["text"]), reasoning=str(answer.get("reasoning", "")))

    async def _asked(self, conversation: Conversation, targets: Targets | None) -> Mapping[str, Any]:
        assert self.own is not None, "a replay answers before anybody is asked"
        answer, seconds = await self.own.call(conversation, targets)
        text = answer.text if isinstance(answer, Reply) else answer
        if not isinstance(text, str):
            raise self.own.returned(answer, "a text")
        said, removed = without_controls(printable(text.strip()))
        found = separate(said, self.marks)
        if found.open:
            raise UnusableAnswer(f"{self.own.who}: {OPEN}")
        if not found.text.strip():
            raise UnusableAnswer(f"{self.own.who}: the seeker's reply is empty.")
        usage = one_call(seconds) + Usage(removed_characters=removed)
        # Thoughts are left out where there are none, so that recorded answers keep their bytes.
        thought = {"reasoning": found.reasoning} if found.reasoning else {}
        return {"text": found.text, "usage": usage.to_json(), **thought}


@dataclass(frozen=True)
class OwnTargetSimulator:
    """Seats seekers who know their targets."""

    base: OwnSimulator
    languages: Languages = ENGLISH

    def seat(self, targets: Targets) -> Seeker:
        return _TargetSeeker(self.base, targets, self.languages)


class _TargetSeeker:
    """As with a model in this seat, a named target is accepted, patience is lost, and a target that slips
    out is masked; nothing is drawn again, because the same object would say the same."""

    def __init__(self, base: OwnSimulator, targets: Targets, languages: Languages) -> None:
        self._base = base
        self._targets = targets
        self._languages = languages
        self._heard = _Heard()

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        targets = self._targets
        accepted = targets.named_by_turn(turns[-1])
        secret = targets.unsaid(turns)
        left = not accepted and targets.lose_patience(turns)
        said = await self._base.say(turns, targets, None, seed, self._heard.round_of(turns))
        said = replace(said, accepted=accepted, left=left)
        if secret.betrayed(said.text):
            mask = mask_of(self._languages.told(turns))
            return replace(said, text=secret.mask(said.text, mask), leaked=1)
        return said


@dataclass(frozen=True)
class OwnInternalSimulator:
    """Seats seekers who know a profile alone: `targets` is None, the profile stands in the conversation."""

    base: OwnSimulator

    def seat(self, preferences: Preferences) -> Seeker:
        return _ProfileSeeker(self.base, preferences.to_text())


class _ProfileSeeker:
    def __init__(self, base: OwnSimulator, profile: str) -> None:
        self._base = base
        self._profile = profile
        self._heard = _Heard()

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        round_ = self._heard.round_of(turns)
        return await self._base.say(turns, None, self._profile, seed, round_)


class _Heard:
    """Counts rounds: the first dialogue that a seeker is asked about ends with the first reply."""

    def __init__(self) -> None:
        self._before: int | None = None

    def round_of(self, turns: Sequence[Turn]) -> int:
        replies = sum(turn.role == "recommender" for turn in turns)
        if self._before is None:
            self._before = replies - 1
        return replies - self._before
