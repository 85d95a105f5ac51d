"""Seekers: what a seat that answers as the user can do, and what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from usbrec.dialogue import Turn
from usbrec.play.preferences.record import Preferences
from usbrec.play.targets import Targets


@dataclass(frozen=True, slots=True)
class SeekerAnswer:
    """What the seeker says; `leaked` is 1 when the reply first drawn named a target.

    `left` says that they lost patience and nothing more is to be heard from them; `reasoning` is what a model
    thought before it spoke, and `ran_on` says that it went on with the recommender's turn, which was cut off.
    """

    text: str
    accepted: bool = False
    leaked: int = 0
    left: bool = False
    reasoning: str = ""
    ran_on: bool = False


class Seeker(Protocol):
    """One person in the seeker's seat, for one episode."""

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        """Answer the recommender's last turn; with `explain` also ask why that was recommended."""
        ...


class TargetSimulator(Protocol):
    """Seats a seeker who knows the targets."""

    def seat(self, targets: Targets) -> Seeker: ...


class InternalSimulator(Protocol):
    """Seats a seeker who knows only a profile."""

    def seat(self, preferences: Preferences) -> Seeker: ...
