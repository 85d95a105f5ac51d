"""A retriever that ranks what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from usbrec.dialogue import Turn
from usbrec.items.knowledge import Knowledge

Ranked = str | tuple[str, float]


class ScriptedRetriever:
    """Ranks the items given, or those that a function gives for a dialogue: ids, best first, or (id, score).

    `read` has the dialogues it was shown. What a dialogue names is left out where `knowledge` reads it.
    """

    def __init__(
        self,
        items: Sequence[Ranked] | Callable[[Sequence[Turn]], Sequence[Ranked]] = (),
        *,
        knowledge: Knowledge | None = None,
    ) -> None:
        self._items = items
        self._knowledge = knowledge
        self.read: list[tuple[Turn, ...]] = []

    def rank(
        self, turns: Sequence[Turn], k: int, *, keep_named: bool = False
    ) -> tuple[tuple[str, float], ...]:
        self.read.append(tuple(turns))
        items = self._items(turns) if callable(self._items) else self._items
        scored = [
            (item, -float(place)) if isinstance(item, str) else item for place, item in enumerate(items)
        ]
        if not keep_named and self._knowledge is not None:
            named = self._knowledge.named_in(turns)
            scored = [(item_id, score) for item_id, score in scored if item_id not in named]
        return tuple(scored[:k])
