"""Judge interface: reads a dialogue and says how satisfied the seeker would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from usbrec.dialogue import Score, Turn
from usbrec.play.preferences.record import Preferences
from usbrec.play.targets import Targets


class TargetJudge(Protocol):
    """Judges with knowledge of the targets: training and evaluation."""

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, /, *, seed: int
    ) -> Score:
        """`context` is the recorded dialogue, `played` what came after. Raises ModelError."""
        ...


class ProfileJudge(Protocol):
    """Judges with knowledge of a profile only: self-enhancement."""

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, /, *, seed: int
    ) -> Score: ...
