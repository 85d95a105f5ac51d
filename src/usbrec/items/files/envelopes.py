"""Rows that keep what they say of an item in an object of their own: Google Books' "volumeInfo", JSON:API's
"attributes", a search engine's "_source". Its fields are read as columns; those beside it stay, and go first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from usbrec.items.files.cells import text_of
from usbrec.items.files.column_names import (
    column_key,
    may_name_a_person,
    named_with_kind,
    of_something_else,
    usual_names,
)

#: The share of the first rows that need such an object with a title.
_MOST = 0.5


def names_inside(rows: Iterable[object], name: str) -> tuple[str, ...]:
    """The names in the objects that rows have in this column, in the order of their first."""
    cells = (row.get(name) for row in rows if isinstance(row, Mapping))
    return tuple(dict.fromkeys(str(key) for cell in cells if isinstance(cell, Mapping) for key in cell))


def envelope(
    header: Sequence[str], rows: Sequence[Mapping[str, Any]], wanted: str | None = None
) -> str | None:
    """The one column whose objects hold the titles, where no column is called a title; None for none, or for
    several. `rows` are the first ones, `wanted` is what the user calls the title's column."""
    keys = {column_key(name) for name in header}
    titles = {column_key(wanted)} if wanted is not None else frozenset(usual_names()["title"])
    if not titles.isdisjoint(keys) or (wanted is None and any(named_with_kind(key, "title") for key in keys)):
        return None
    meant = {name for use in usual_names().values() for name in use}
    found = [
        name
        for name in header
        if column_key(name) not in meant
        and not of_something_else(name)
        and sum(_has_title(row, name, titles) for row in rows) >= max(1, len(rows) * _MOST)
    ]
    return found[0] if len(found) == 1 else None


def opened(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A row with the fields of the object in this column as columns of its own."""
    inner = row.get(name)
    beside = {key: value for key, value in row.items() if key != name}
    return {**_by_text(inner), **beside} if isinstance(inner, Mapping) else beside


def _by_text(fields: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in fields.items()}


def _has_title(row: Mapping[str, Any], name: str, titles: Iterable[str]) -> bool:
    inner = row.get(name)
    if not isinstance(inner, Mapping):
        return False
    named = [key for key in map(str, inner) if column_key(key) in titles and text_of(inner[key])]
    # {"publisher": {"name": …}} is somebody's name: an item's object says more than the row around it.
    return any(not may_name_a_person(column_key(key)) or len(inner) >= len(row) for key in named)
