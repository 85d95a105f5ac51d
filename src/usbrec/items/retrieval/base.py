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
