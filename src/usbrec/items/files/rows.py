"""Rows of catalogue files as they come, whatever their format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """`place` says where it is in its file; `key` is its id where that stands outside the row."""

    place: str
    columns: Mapping[str, Any]
    key: str | None = None


class Unreadable(str):
    """A line that is no JSON: the file is refused whole."""

    __slots__ = ()


@dataclass(frozen=True)
class Table:
    """All columns there are, and the rows in order; a row that cannot be used is the problem as a text."""

    header: tuple[str, ...]
    rows: Iterator[Row | str]
    keyed: bool = False
    """Whether the file gives each row's id outside the row."""
    again: Callable[[], Iterable[object]] | None = None
    """Gives the columns of all rows once more, for names that only some rows have inside an object."""
