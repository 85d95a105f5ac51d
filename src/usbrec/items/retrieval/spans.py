"""Spans of a text, in which places and words are looked up by bisection: a message may have thousands of
each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable


class Spans:
    """Half-open spans (start, end); overlapping ones are one."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, place: int) -> bool:
        """Whether a place lies in one of them."""
        index = bisect_right(self._starts, place)
        return index > 0 and place < self._ends[index - 1]

    def meet(self, start: int, end: int) -> bool:
        """Whether one of them has a character of text[start:end]."""
        index = bisect_right(self._ends, start)
        return index < len(self._starts) and self._starts[index] < end


def mark_before(text: str, place: int) -> str:
    """The last character before a place that is no blank, "" where there is none."""
    while place and text[place - 1].isspace():
        place -= 1
    return text[place - 1 : place] if place else ""
