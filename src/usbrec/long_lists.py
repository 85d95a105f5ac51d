"""Long lists on the disk: a run reads a few entries at a time, so that its memory does not grow
with its rows.

Up to `HELD` entries a sequence is in memory, as any other. What is longer lies in a temporary file without a
name, which is gone with the process. Whoever goes through it in order reads each block once.
"""

from __future__ import annotations

import bisect
import contextlib
import io
import pickle
import tempfile
import threading
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar, overload

from usbrec.errors import InputError
from usbrec.garbage import without_collections

T = TypeVar("T")

#: So many entries are held.
HELD = 2000
#: The size in bytes that a block on the disk should have, the most entries in one, and the blocks that are
#: kept in memory.
_BLOCK = 1 << 18
_MOST = 256
_KEPT = 3


class LongList(Sequence[T]):
    """What was given, in order; equal parts of the entries of a block stay one object where they were one.

    An entry that is asked for again may be another object, equal to the first. Reading is safe from several
    threads.
    """

    def __init__(self, entries: Iterable[T] = (), *, held: int | None = None) -> None:
        self._most_held = HELD if held is None else held
        self._held: list[T] = []
        self._file: io.BufferedRandom | None = None
        #: Of each block, where it begins in the file, and its first entry.
        self._places = array("q", [0])
        self._firsts = array("q", [0])
        self._block_entries = _MOST
        self._blocks: OrderedDict[int, list[T]] = OrderedDict()
        self._lock = threading.Lock()
        for entry in entries:
            self.append(entry)

    def append(self, entry: T) -> None:
        self._held.append(entry)
        if self._file is None:
            if len(self._held) > self._most_held:
                with _told():
                    self._file = tempfile.TemporaryFile(prefix="usbrec-")  # noqa: SIM115 - it ends with its list
                weakref.finalize(self, self._file.close)
                held, self._held = self._held, []
                while held:
                    part, held = held[: self._block_entries], held[self._block_entries :]
                    self._write(part)
        elif len(self._held) >= self._block_entries:
            held, self._held = self._held, []
            self._write(held)

    def _write(self, entries: list[T]) -> None:
        """Put a block behind the others; the next has as many entries as make a block of the usual size."""
        assert self._file is not None
        text = pickle.dumps(self._prepared(entries), protocol=pickle.HIGHEST_PROTOCOL)
        with self._lock, _told():
            self._file.seek(self._places[-1])
            self._file.write(text)
            self._file.flush()
        self._places.append(self._places[-1] + len(text))
        self._firsts.append(self._firsts[-1] + len(entries))
        self._block_entries = max(1, min(_MOST, _BLOCK * len(entries) // len(text)))

    def _prepared(self, entries: list[T]) -> list[T]:
        return entries

    @property
    def on_disk(self) -> bool:
        """Whether there were more than are held."""
        return self._file is not None

    def __len__(self) -> int:
        return self._firsts[-1] + len(self._held)

    def __iter__(self) -> Iterator[T]:
        for number in range(len(self._firsts) - 1):
            yield from self._block(number)
            # Who reads in order does not come back to it.
            with self._lock:
                self._blocks.pop(number, None)
        yield from self._held

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        place = range(len(self))[index]
        if place >= self._firsts[-1]:
            return self._held[place - self._firsts[-1]]
        number = _last_at_most(self._firsts, place)
        return self._block(number)[place - self._firsts[number]]

    def _block(self, number: int) -> list[T]:
        with self._lock:
            known = self._blocks.get(number)
            if known is not None:
                self._blocks.move_to_end(number)
                return known
            assert self._file is not None
            self._file.seek(self._places[number])
            text = self._file.read(self._places[number + 1] - self._places[number])
            # What this process wrote itself, into a file that nobody else can open.
            with without_collections():
                block: list[T] = pickle.loads(text)
            self._blocks[number] = block
            while len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
            return block


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What is wrong with the folder of temporary files, as an InputError."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{tempfile.tempdir or 'temporary files'}: rows cannot be put aside ({error.strerror or error}). "
            "Make room there, or name another folder in the variable TMPDIR; then the same command goes on."
        ) from None


def picked(entries: Sequence[T], places: Sequence[int]) -> Sequence[T]:
    """The entries in these places, which grow: what was given where these are all, and on the disk where
    that is."""
    if len(places) == len(entries):
        return entries
    found = (entries[place] for place in places)
    return like(entries, found)


def like(entries: Iterable[T], others: Iterable[T]) -> Sequence[T]:
    """Other entries, on the disk where the first are and there are as many; else a tuple."""
    if not isinstance(entries, LongList):
        return tuple(others)
    listed = type(entries)(others)
    return listed if listed.on_disk else tuple(listed)


def _last_at_most(numbers: Sequence[int], wanted: int) -> int:
    return bisect.bisect_right(numbers, wanted) - 1
