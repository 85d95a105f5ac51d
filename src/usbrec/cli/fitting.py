"""Tables that fit a narrow terminal: columns that have no room go below, and no number is cut.

A table of rich cuts what does not fit off with an ellipsis, numbers too ("14,…", "[−0.88, −0.…"). Here the
words in front (names, measures) take further lines instead, and where that does not do, the remaining columns
follow in a further table with the same words in front. With room for everything nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

#: Letters that words in front keep where there is room for one other column.
_LEAST = 12


class FittingTable(Table):
    """A table without lines whose first `words` columns are words, which stand in front of each part."""

    def __init__(self, *headers: Column | str, words: int = 1, **look: Any) -> None:
        super().__init__(*headers, **{"box": None, "padding": (0, 1, 0, 0), "header_style": "bold", **look})
        self.words = words

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        natural = [_natural(column, console) + self._padded for column in self.columns]
        if sum(natural) <= options.max_width or len(natural) <= self.words:
            yield from super().__rich_console__(console, options)
            return
        beside = options.max_width - max(natural[self.words :])
        letters = max(1, min(_LEAST, beside // self.words - self._padded))
        least = [min(width, letters + self._padded) for width in natural[: self.words]]
        for number, places in enumerate(_parts(natural, sum(least), self.words, options.max_width)):
            if number:
                yield Text()
            room = options.max_width - sum(natural[place] for place in places)
            part = self._part(places, _shared(natural[: self.words], least, room), natural)
            part.title = None if number else self.title
            yield from Table.__rich_console__(part, console, options)

    @property
    def _padded(self) -> int:
        _, right, _, left = self.padding
        return right + left

    def _part(self, places: Sequence[int], in_front: Sequence[int], natural: Sequence[int]) -> Table:
        """The words and some of the other columns, all of given widths."""
        shown = [*range(self.words), *places]
        widths = [*in_front, *(natural[place] for place in places)]
        columns = [
            replace(self.columns[place].copy(), width=width - self._padded, min_width=None, max_width=None)
            for place, width in zip(shown, widths, strict=True)
        ]
        for column in columns[: self.words]:
            column.no_wrap, column.overflow = False, "fold"
        part = Table(
            *columns,
            box=self.box,
            padding=self.padding,
            header_style=self.header_style,
            show_header=self.show_header,
            title_justify=self.title_justify,
        )
        for row, cells in zip(
            self.rows, zip(*(self.columns[place].cells for place in shown), strict=True), strict=True
        ):
            part.add_row(*cells, style=row.style)
        return part


def _natural(column: Column, console: Console) -> int:
    """The width at which nothing of a column is cut or wrapped."""
    options = console.options.update(max_width=10_000)
    widest = (Measurement.get(console, options, cell).maximum for cell in (column.header, *column.cells))
    return min(max(widest), column.max_width or 10_000)


def _parts(widths: Sequence[int], in_front: int, words: int, room: int) -> Iterator[list[int]]:
    """The columns behind the words, as many together as have room beside them; at least one."""
    part: list[int] = []
    used = in_front
    for place in range(words, len(widths)):
        if part and used + widths[place] > room:
            yield part
            part, used = [], in_front
        part.append(place)
        used += widths[place]
    yield part


def _shared(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths of the words: what is left goes to the first first, for names have no blank to fold at."""
    widths = list(least)
    for place in range(len(widths)):
        spare = room - sum(widths)
        widths[place] += max(0, min(natural[place] - widths[place], spare))
    return widths
