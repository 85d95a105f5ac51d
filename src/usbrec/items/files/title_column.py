"""Title column: which column of a catalogue holds the titles, by its name and, where names leave it open, by
its cells.

A wrong choice spoils everything that is linked later, so cells decide only where one column alone can be it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.items.files.amounts import money, number_of, stars_of
from usbrec.items.files.cells import text_of
from usbrec.items.files.column_names import (
    column_key,
    ends_like_a_title,
    named_with_kind,
    names_a_kind,
    of_something_else,
    title_language,
    usual_names,
)
from usbrec.items.titles import plausible_year

#: So many rows are needed for cells to decide.
_ENOUGH = 5
#: Shares of the rows with a cell, of different cells, and of cells that can be titles, from which on cells
#: decide.
_FILLED, _DIFFERENT, _TITLES = 0.95, 0.95, 0.8
#: A column that could nearly be it leaves two, and so none.
_NEARLY = 0.6
#: The share of different cells below which a column that is called a title is none, where another can be it.
_SAME = 0.5
_LONGEST, _USUALLY = 200, 60
_NOTHING: frozenset[str] = frozenset()
_SPOKEN = re.compile(r"[^\W\d_]{2}")
# Article numbers, addresses of the web and of files, times, mail, e-mail: in one word, with a digit or a
# mark.
_CODE = re.compile(
    r"(?:https?://|www\.|/|\\\\|[A-Za-z]:\\)\S*|\S+@\S+\.\S+|\S+\.(?:jpe?g|png|webp|gif|svg|pdf|html?|csv|json)"
    r"|(?=\S*\d)[\w\-.:/#+]+|[a-z0-9]+(?:[-_][a-z0-9]+)+|[0-9a-f]{16,}|#?[0-9A-F-]{8,}",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class TitleColumn:
    """The column taken for titles, none where it cannot be known; `passed_over` could have been it by name.
    `further` hold the titles in other languages. `by_cells` says that cells decided, and `could_be` lists the
    columns among which they could not."""

    column: str | None
    passed_over: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    by_cells: bool = False
    could_be: tuple[str, ...] = ()


def title_column(
    header: Sequence[str], rows: Sequence[Mapping[str, Any]], others: Container[str]
) -> TitleColumn:
    """The column of titles among a header's; `rows` are the first ones, `others` columns that mean something
    else."""
    cells = _Cells(rows)
    keys = {name: column_key(name) for name in reversed(header)}
    actual = {key: name for name, key in keys.items()}
    free = [name for name in header if name not in others]
    usual = [actual[key] for key in usual_names()["title"] if key in actual]
    named = usual + [name for name in free if named_with_kind(keys[name], "title") and name not in usual]
    fitting = list(filter(cells.can_be, named))
    if fitting:
        return TitleColumn(fitting[0], tuple(fitting[1:]))
    if languages := [name for name in free if title_language(name) and cells.can_be(name)]:
        return TitleColumn(languages[0], further=tuple(languages[1:]))
    alone = [name for name in free if names_a_kind(keys[name]) and cells.are_titles(name, _NEARLY, enough=1)]
    if len(alone) == 1:
        return TitleColumn(alone[0])
    if usual:
        return TitleColumn(usual[0])
    originals = [actual[key] for key in usual_names()["also"] if key in actual and cells.can_be(actual[key])]
    if len(originals) == 1:
        return TitleColumn(originals[0])
    for names in (alone, filter(ends_like_a_title, free), free):
        chosen = _by_cells(names, cells)
        if chosen.column or chosen.could_be:
            return chosen
    return TitleColumn(None)


def _by_cells(names: Iterable[str], cells: _Cells) -> TitleColumn:
    could_be = [name for name in names if not of_something_else(name) and cells.are_titles(name, _NEARLY)]
    if len(could_be) == 1 and cells.are_titles(could_be[0], _DIFFERENT):
        return TitleColumn(could_be[0], by_cells=True)
    return TitleColumn(None, could_be=tuple(could_be))


class _Cells:
    """What the cells of the first rows say of a column."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    def _texts(self, name: str) -> list[str]:
        return [text for row in self._rows if (text := text_of(row.get(name), unknown=_NOTHING))]

    def can_be(self, name: str) -> bool:
        """Whether a column that is called a title may be one: not nearly empty, not all numbers or the
        same."""
        texts = self._texts(name)
        if len(self._rows) < _ENOUGH:
            return not self._rows or bool(texts)
        filled = len(texts) >= len(self._rows) * (1 - _SAME)
        return (
            filled
            and len(set(texts)) >= len(texts) * _SAME
            and not all(number_of(text) is not None for text in texts)
        )

    def are_titles(self, name: str, different: float, *, enough: int = _ENOUGH) -> bool:
        """Whether cells alone show titles: short texts with words, each another."""
        texts = self._texts(name)
        if len(self._rows) < enough or not texts or len(texts) < len(self._rows) * min(_FILLED, different):
            return False
        lengths = sorted(map(len, texts))
        return (
            len(set(texts)) >= len(texts) * different
            and lengths[-1] <= _LONGEST
            and lengths[len(lengths) // 2] <= _USUALLY
            and sum(map(_is_title, texts)) >= len(texts) * _TITLES
            and not any(isinstance(row.get(name), list | Mapping) for row in self._rows)
        )


def _is_title(text: str) -> bool:
    """Whether a text can be a title: words, and no number, amount, date, code or address."""
    if number_of(text) is not None or money(text) is not None or stars_of(text) is not None:
        return False
    if _CODE.fullmatch(text) is not None or text[0] in "[{":
        return False
    dated = plausible_year(text) is not None and sum(map(str.isdigit, text)) * 2 > len(text)
    return _SPOKEN.search(text) is not None and not dated
