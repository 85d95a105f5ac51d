"""Rough sets of texts: which may be in, and which are not for sure, in a megabyte however many there are."""

from __future__ import annotations

from collections.abc import Iterable

_BITS = 1 << 23


class RoughSet:
    """A text that was added is in; of a hundred thousand others, one in a hundred is said to be."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        # Pages that nobody writes to take no memory.
        self._bits = bytearray(_BITS >> 3)
        self.update(texts)

    def add(self, text: str) -> None:
        place = hash(text) % _BITS
        self._bits[place >> 3] |= 1 << (place & 7)

    def update(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.add(text)

    def __contains__(self, text: str) -> bool:
        place = hash(text) % _BITS
        return bool(self._bits[place >> 3] & (1 << (place & 7)))
