"""Records of finished units, read from the journal one at a time, so that a long run is never held whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

from usbrec.journal import Journal, UnitRecord


class StoredUnits(Sequence[UnitRecord]):
    """The records of units that have one, in the order of `keys`. The journal has to be open when a record is
    asked for; `failures` (None for a unit that ended well) are known without it."""

    def __init__(self, journal: Journal, keys: Sequence[str], failures: Mapping[str, str | None]) -> None:
        self._journal = journal
        self.keys = tuple(keys)
        self.failures = tuple(failures[key] for key in keys)

    def __len__(self) -> int:
        return len(self.keys)

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
