"""Item store: a catalogue's items in memory, or on disk where a million of them are opened at once.

On disk an item is a line of JSON in one file, found by its row. Two tables of sorted 64-bit hashes lead
from ids and from normal forms of titles to rows. Everything is mapped into memory, so opening reads
almost nothing, an item is made when somebody asks for it, and processes share the pages.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np

from usbrec.dialogue import Item
from usbrec.errors import InputError
from usbrec.items.titles import normalise_title
from usbrec.keys import canonical_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 1_000
_DIGESTS = "digests"


class ItemStore(Protocol):
    """Items in the order of the file, n of them, each id once."""

    items: Sequence[Item]

    def row(self, item_id: str) -> int | None: ...

    def titled(self, key: str) -> list[Item]:
        """The items that have a title of this normal form, in order of rows."""

    def popularity(self) -> Iterable[tuple[str, float]]:
        """(id, popularity) of the items that have any, in order of rows."""

    def recounted(self, counts: Mapping[str, float]) -> ItemStore:
        """The same items with the popularity `counts` gives by id, 0 where it has none."""

    def digests(self) -> tuple[str, str]:
        """SHA-256 over popularity and over everything else, whatever the order of the items."""


class MemoryItemStore:
    """Items in memory. Raises InputError when there are none or an id stands twice."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: Sequence[Item] = tuple(items)
        self._rows: dict[str, int] = {}
        self._titled: dict[str, list[Item]] = {}
        for row, item in enumerate(self.items):
            if item.id in self._rows:
                raise InputError(f"catalogue: id {item.id!r} stands twice. Ids must be unique.")
            self._rows[item.id] = row
            for key in title_keys(item):
                self._titled.setdefault(key, []).append(item)
        if not self.items:
            raise InputError("catalogue: no items. It needs at least one.")

    def row(self, item_id: str) -> int | None:
        return self._rows.get(item_id)

    def titled(self, key: str) -> list[Item]:
        return self._titled.get(key, [])

    def popularity(self) -> Iterator[tuple[str, float]]:
        return ((item.id, item.popularity) for item in self.items if item.popularity)

    def recounted(self, counts: Mapping[str, float]) -> ItemStore:
        return MemoryItemStore(
            replace(item, popularity=float(counts.get(item.id, 0.0))) for item in self.items
        )

    def digests(self) -> tuple[str, str]:
        in_order = sorted(self.items, key=lambda item: item.id)
        return _popularity_digest(self), _digest(_record(item) for item in in_order)


class DiskItemStore:
    """Items in a folder that :func:`write_store` made; whoever opens it has checked that it is whole."""

    def __init__(self, folder: Path) -> None:
        self._ids = _HashTable.open(folder, "ids")
        self._titles = _HashTable.open(folder, "titles")
        self._records = _Records(folder)
        self.items: Sequence[Item] = self._records
        popularity, others = (folder / _DIGESTS).read_text(encoding="ascii").split()
        self._digests = (popularity, others)

    def row(self, item_id: str) -> int | None:
        return next((row for row in self._ids.rows(item_id) if self.items[row].id == item_id), None)

    def titled(self, key: str) -> list[Item]:
        found = (self.items[row] for row in self._titles.rows(key))
        return [item for item in found if key in title_keys(item)]

    def popularity(self) -> Iterator[tuple[str, float]]:
        popularity_n = self._records.popularity_n
        return (
            (self.items[row].id, float(popularity_n[row])) for row in np.flatnonzero(popularity_n).tolist()
        )

    def recounted(self, counts: Mapping[str, float]) -> ItemStore:
        return RecountedItemStore(self, counts)

    def digests(self) -> tuple[str, str]:
        return self._digests


class RecountedItemStore:
    """An item store whose items have another popularity: what `counts` gives by id, else 0."""

    def __init__(self, store: ItemStore, counts: Mapping[str, float]) -> None:
        rows = {store.row(item_id): float(count) for item_id, count in counts.items()}
        self._counts = dict(sorted((row, count) for row, count in rows.items() if row is not None))
        self._store = store
        self.items: Sequence[Item] = _Recounted(store.items, self._counts)

    def row(self, item_id: str) -> int | None:
        return self._store.row(item_id)

    def titled(self, key: str) -> list[Item]:
        found = self._store.titled(key)
        rows = [row for item in found if (row := self._store.row(item.id)) is not None]
        return [self.items[row] for row in rows]

    def popularity(self) -> Iterator[tuple[str, float]]:
        return ((self._store.items[row].id, count) for row, count in self._counts.items() if count)

    def recounted(self, counts: Mapping[str, float]) -> ItemStore:
        return RecountedItemStore(self._store, counts)

    def digests(self) -> tuple[str, str]:
        return _popularity_digest(self), self._store.digests()[1]


def write_store(folder: Path, items: Iterable[Item]) -> None:
    """Write items with ids that stand once, one after the other, so that they need not fit in memory."""
    ends, popularity, id_hashes, title_hashes, title_rows = [0], [], [], [], []
    ids: list[str] = []
    with (folder / "items.jsonl").open("wb") as file:
        for item in items:
            ends.append(ends[-1] + file.write(_record(item)))
            popularity.append(item.popularity)
            id_hashes.append(_hash(item.id))
            for key in title_keys(item):
                title_hashes.append(_hash(key))
                title_rows.append(len(ids))
            ids.append(item.id)
    np.save(folder / "ends.npy", np.array(ends, dtype=np.int64))
    np.save(folder / "popularity.npy", np.array(popularity, dtype=np.float64))
    _HashTable.write(folder, "ids", id_hashes)
    _HashTable.write(folder, "titles", title_hashes, title_rows)
    records = _Records(folder)
    in_order = sorted(range(len(ids)), key=ids.__getitem__)
    others = _digest(records.line(row) for row in in_order)
    counted = _digest(_count(ids[row], popularity[row]) for row in in_order if popularity[row])
    (folder / _DIGESTS).write_text(f"{counted}\n{others}\n", encoding="ascii")


class _Lines(Sequence[Item]):
    """A sequence that makes its items; subclasses give length, one item and iteration."""

    @abstractmethod
    def one(self, row: int) -> Item: ...

    @overload
    def __getitem__(self, row: int) -> Item: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, row: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(row, slice):
            return tuple(self.one(number) for number in range(*row.indices(len(self))))
        number = row + len(self) if row < 0 else row
        if not 0 <= number < len(self):
            raise IndexError(f"row {row} of {len(self)} items")
        return self.one(number)


class _Records(_Lines):
    def __init__(self, folder: Path) -> None:
        self._ends = _column(folder / "ends.npy")
        self.popularity_n = _column(folder / "popularity.npy")
        with (folder / "items.jsonl").open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self.popularity_n)

    def line(self, row: int) -> bytes:
        return self._lines[self._ends[row] : self._ends[row + 1]]

    def one(self, row: int) -> Item:
        return _item(json.loads(self.line(row)), float(self.popularity_n[row]))

    def __iter__(self) -> Iterator[Item]:
        # Many lines in one call of the parser are twice as fast as one by one.
        for first in range(0, len(self), _AT_ONCE):
            last = min(first + _AT_ONCE, len(self))
            lines = self._lines[self._ends[first] : self._ends[last] - 1].replace(b"\n", b",")
            yield from map(_item, json.loads(b"[%b]" % lines), self.popularity_n[first:last].tolist())


class _Recounted(_Lines):
    def __init__(self, items: Sequence[Item], counts: Mapping[int, float]) -> None:
        self._items, self._counts = items, counts

    def __len__(self) -> int:
        return len(self._items)

    def one(self, row: int) -> Item:
        return replace(self._items[row], popularity=self._counts.get(row, 0.0))

    def __iter__(self) -> Iterator[Item]:
        for row, item in enumerate(self._items):
            yield replace(item, popularity=self._counts.get(row, 0.0))


class _HashTable:
    """From a hash of a text to the rows that have it. Another text may have it, too: compare."""

    def __init__(self, hashes_n: NDArray[np.uint64], rows_n: NDArray[np.int32]) -> None:
        self._hashes_n, self._rows_n = hashes_n, rows_n

    def rows(self, text: str) -> list[int]:
        wanted = np.uint64(_hash(text))
        first = int(self._hashes_n.searchsorted(wanted))
        last = int(self._hashes_n.searchsorted(wanted, side="right"))
        return [int(row) for row in self._rows_n[first:last]]

    @staticmethod
    def write(folder: Path, name: str, hashes: Sequence[int], rows: Sequence[int] | None = None) -> None:
        """`rows` are those of the hashes; by default the n-th hash is of row n."""
        hashes_n = np.array(hashes, dtype=np.uint64)
        order_n = np.argsort(hashes_n, kind="stable")
        rows_n = order_n if rows is None else np.array(rows)[order_n]
        np.save(folder / f"{name}.hashes.npy", hashes_n[order_n])
        np.save(folder / f"{name}.rows.npy", rows_n.astype(np.int32))

    @classmethod
    def open(cls, folder: Path, name: str) -> _HashTable:
        return cls(_column(folder / f"{name}.hashes.npy"), _column(folder / f"{name}.rows.npy"))


def _column(path: Path) -> NDArray[Any]:
    # A plain array over the mapped pages: the memmap class costs a microsecond at every access.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)).view(np.ndarray)


def title_keys(item: Item) -> tuple[str, ...]:
    """The normal forms of an item's titles, that of `title` first, each once."""
    if not item.also:
        return (normalise_title(item.title),)
    return tuple(dict.fromkeys(map(normalise_title, item.titles)))


def _hash(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


def _record(item: Item) -> bytes:
    """All of an item but its popularity, as one line of canonical JSON."""
    genres, people = list(item.genres), list(item.people)
    fields = [item.id, item.title, item.year, genres, people, item.text, dict(item.extra)]
    # Left out where there are none, so that catalogues of before keep their digests.
    if item.also:
        fields.append(list(item.also))
    return canonical_json(fields).encode("ascii") + b"\n"


def _item(fields: Sequence[Any], popularity: float) -> Item:
    item_id, title, year, genres, people, text, extra, *also = fields
    further = tuple(also[0]) if also else ()
    return Item(item_id, title, year, tuple(genres), tuple(people), text, popularity, extra, further)


def _count(item_id: str, popularity: float) -> bytes:
    return canonical_json([item_id, float(popularity)]).encode("ascii") + b"\n"


def _popularity_digest(store: ItemStore) -> str:
    return _digest(_count(*entry) for entry in sorted(store.popularity()))


def _digest(records: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for record in records:
        total.update(record)
    return total.hexdigest()
