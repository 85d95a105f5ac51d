"""Records of finished units, read from the journal one at a time, so that a long run is never held whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from usbrec.journal import Journal, UnitRecord


class StoredUnits(Sequence[UnitRecord]):
    """The records of units that have one, in the order of `keys`. The journal has to be open when a record is
    asked for; `failures`, why those that failed did, by their places, are known without it."""

    def __init__(self, journal: Journal, keys: Sequence[str], failures: Mapping[int, str]) -> None:
        self._journal = journal
        self.keys = keys
        self.failures = failures

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[UnitRecord]:
        return map(self._record, self.keys)

    @overload
    def __getitem__(self, index: int) -> UnitRecord: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[UnitRecord]: ...

    def __getitem__(self, index: int | slice) -> UnitRecord | Sequence[UnitRecord]:
        if isinstance(index, slice):
            return [self._record(key) for key in self.keys[index]]
        return self._record(self.keys[index])

    def _record(self, key: str) -> UnitRecord:
        record = self._journal.unit(key)
        if record is None:
            raise KeyError(f"{key} has no record")
        return record
