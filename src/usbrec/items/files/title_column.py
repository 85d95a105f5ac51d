"""Title column: which column of a catalogue holds the titles, by its name and, where names leave it open, by
its cells.

A wrong choice spoils everything that is linked later, so cells decide only where one column alone can be it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.items.files.amounts import money, number_of, stars_of
from usbrec.items.files.cells import text_of
from usbrec.items.files.column_names import (
    column_key,
    ends_like_a_title,
    is_part_of_a_name,
    may_name_a_kind,
    may_name_a_person,
    named_with_kind,
    names_a_kind,
    names_a_place,
    names_a_work,
    of_something_else,
    title_language,
    usual_names,
)
from usbrec.items.titles import plausible_year
from usbrec.patterns import LazyPattern

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
_SPOKEN = LazyPattern(r"[^\W\d_]{2}")
# Article numbers, addresses of the web and of files, times, mail, e-mail: in one word, with a digit or a
# mark.
_CODE = LazyPattern(
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
    parts = [name for name in header if is_part_of_a_name(keys[name])]
    persons = [name for name in named if parts and may_name_a_person(keys[name])]
    fitting = [name for name in named if name not in persons and cells.can_be(name)]
    somebodys = [name for name in header if of_something_else(name)]
    if len(fitting) > 1 and may_name_a_person(keys[fitting[0]]) and cells.alike(fitting[0], somebodys):
        fitting = fitting[1:]
    if fitting:
        rivals = _rivals(fitting[0], fitting[0] in usual, free, keys, cells)
        passed = [name for name in (*fitting[1:], *rivals) if name not in persons]
        return TitleColumn(fitting[0], tuple(dict.fromkeys(passed)))
    if languages := [name for name in free if title_language(name) and cells.can_be(name)]:
        return TitleColumn(languages[0], further=tuple(languages[1:]))
    kinds = [
        name for name in free if may_name_a_kind(keys[name]) and cells.are_titles(name, _NEARLY, enough=1)
    ]
    alone = [name for name in kinds if names_a_kind(keys[name])]
    free = [name for name in free if name not in persons]
    if persons:
        return _beside_persons(persons, parts, kinds, free, cells)
    if len(alone) == 1:
        return _of_kinds(alone[0], kinds, free, keys, cells)
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


def _rivals(
    taken: str, usual: bool, free: Iterable[str], keys: Mapping[str, str], cells: _Cells
) -> Iterator[str]:
    """The columns that may hold the titles beside one that is called a title: "book" beside "name", which may
    be its author's, and other names beside "podcast_title"."""
    bare = may_name_a_person(keys[taken])
    for name in free:
        kind = names_a_kind(keys[name]) or names_a_work(keys[name])
        by_name = kind if bare else not usual and ends_like_a_title(name)
        if name != taken and by_name and cells.are_titles(name, _NEARLY, enough=1):
            yield name


def _of_kinds(
    alone: str, kinds: Sequence[str], free: Sequence[str], keys: Mapping[str, str], cells: _Cells
) -> TitleColumn:
    """The column that is called what one item is. What takes place at a venue goes before the venue, and
    every other column that may hold the titles is told."""
    events = [name for name in kinds if not names_a_place(keys[name])]
    taken = events[0] if names_a_place(keys[alone]) and events else alone
    rivals = [name for name in free if not of_something_else(name) and cells.are_titles(name, _NEARLY)]
    return TitleColumn(taken, tuple(name for name in dict.fromkeys((*kinds, *rivals)) if name != taken))


def _beside_persons(
    persons: Sequence[str], parts: Sequence[str], kinds: Sequence[str], free: Sequence[str], cells: _Cells
) -> TitleColumn:
    """The column of titles where "name" is a person's: that of a kind of item. Where there is none, the items
    may be people, and any other column that may hold titles is told."""
    if kinds:
        return TitleColumn(kinds[0], tuple(kinds[1:]))
    found = _by_cells(free, cells)
    rivals = (found.column,) if found.column else found.could_be
    return TitleColumn(persons[0], rivals or tuple(name for name in parts if name not in persons))


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

    def alike(self, name: str, others: Iterable[str]) -> bool:
        """Whether another column holds the same: "name" is its author's beside such an "author_name"."""
        texts = self._texts(name)
        return bool(texts) and any(name != other and texts == self._texts(other) for other in others)

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
