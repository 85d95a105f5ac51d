"""Catalogue: every item that can be recommended, found by id and by title."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from usbrec.dialogue import Item
from usbrec.items.constraints.column_types import ColumnTypes, TypedColumn
from usbrec.items.files.report import ReadingReport
from usbrec.items.further_titles import read_titles
from usbrec.items.store import ItemStore, MemoryItemStore
from usbrec.items.titles import normalise_title, split_title
from usbrec.keys import digest


class Catalogue:
    """An immutable collection of items, in the order they were given.

    Raises InputError when it is empty or an id stands twice.
    """

    folder: Path | None = None
    """Where what is derived from the items may be kept: only a catalogue that has an index has one."""
    report: ReadingReport | None = None
    """What was taken and left where the items were read from a file or a table."""

    @functools.cached_property
    def kept(self) -> dict[str, object]:
        """What is derived from the items and lives as long as they do, by name."""
        return {}

    def __init__(self, items: Iterable[Item]) -> None:
        self._store: ItemStore = MemoryItemStore(items)

    @classmethod
    def from_items(cls, items: Iterable[Item]) -> Catalogue:
        return cls(items)

    @classmethod
    def on_store(cls, store: ItemStore, folder: Path | None = None) -> Self:
        """The items of a store, without reading them."""
        catalogue = cls.__new__(cls)
        catalogue._store = store
        catalogue.folder = folder
        return catalogue

    @property
    def items(self) -> Sequence[Item]:
        """All items, by row. Those of a large catalogue are read when asked for: keep what you need twice."""
        return self._store.items

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __contains__(self, item_id: object) -> bool:
        return isinstance(item_id, str) and self._store.row(item_id) is not None

    def get(self, item_id: str) -> Item | None:
        row = self._store.row(item_id)
        return None if row is None else self.items[row]

    def row(self, item_id: str) -> int | None:
        """The place of an item in `items`."""
        return self._store.row(item_id)

    def find(self, title: str) -> tuple[Item, ...]:
        """The items of that title, most popular first, ties by id.

        With "(year)" only those of the year; when there are none, those of no known year. Of items that
        have it as their title and others that have it as a further one, the former alone. A title with
        another in brackets, as a catalogue may write it, is found by either.
        """
        bare, year = split_title(title)
        found = self._titled(bare, year)
        if found or bare[-1:] not in {")", "]"}:
            return found
        name, also, year = read_titles(title)
        return next((found for part in (name, *also) if (found := self._titled(part, year))), ())

    def _titled(self, title: str, year: int | None) -> tuple[Item, ...]:
        key = normalise_title(title)
        found = sorted(self._store.titled(key), key=by_popularity)
        years = [None] if year is None else [year, None]
        for wanted in years:
            there = [item for item in found if year is None or item.year == wanted]
            first = [item for item in there if not item.also or normalise_title(item.title) == key]
            if there:
                return tuple(first or there)
        return ()

    def resolve(self, titles: Iterable[str]) -> tuple[Item, ...]:
        """All items of the given titles, in their order, each once. A shared title gives all its items."""
        found = {item.id: item for title in titles for item in self.find(title)}
        return tuple(found.values())

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over all items, whatever their order."""
        return digest(list(self._store.digests()))

    @functools.cached_property
    def types(self) -> tuple[TypedColumn, ...]:
        """What the further columns hold, as reading told it or as the items' cells do."""
        if self.report is not None and self.report.columns:
            return self.report.types
        found = ColumnTypes()
        for item in self:
            found.add(item.extra)
        return found.columns()

    @functools.cached_property
    def has_popularity(self) -> bool:
        return any(popularity > 0 for _, popularity in self._store.popularity())

    def with_popularity(self, counts: Mapping[str, float]) -> Catalogue:
        """The same items with the popularity `counts` gives by id, 0 where it has none."""
        return Catalogue.on_store(self._store.recounted(counts), self.folder).reported(self.report)

    def reported(self, report: ReadingReport | None) -> Self:
        """The same catalogue, with what its reading took and left."""
        self.report = report
        return self


def by_popularity(item: Item) -> tuple[float, str]:
    """The sort key that puts the most popular first, ties by id."""
    return (-item.popularity, item.id)
