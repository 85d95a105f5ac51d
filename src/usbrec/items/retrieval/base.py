"""Retriever interface: ranks the items of a catalogue for a dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from usbrec.dialogue import Turn
from usbrec.items.constraints.column_table import Allowed


@runtime_checkable
class Retriever(Protocol):
    """Ranks a catalogue for a dialogue."""

    def rank(
        self, turns: Sequence[Turn], k: int, *, keep_named: bool = False, allowed: Allowed | None = None
    ) -> tuple[tuple[str, float], ...]:
        """The `k` best (id, score), best first; ties go by id.

        Items that the turns name are left out, unless `keep_named`: who evaluates against recorded
        dialogues, where people repeat themselves, keeps them. With `allowed`, only items in it.
        """
        ...


@runtime_checkable
class RequestReader(Protocol):
    """A retriever that reads what a seeker asks for in words, and says what it did not understand."""

    def not_understood(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """Words of the seeker's last turn that describe something and that no item has, as they are written,
        each once, a few at most."""
        ...
