"""Execution of units of work: bounded concurrency, order, progress, and a stop that loses nothing.

A unit is one episode or one sample's drafts. Units are handed to *workers*, one unit at a time each; worker
and unit are known to whoever is called inside (`current_scope`), so that an in-process model can give each
worker an instance of its own and start every unit in the same state, and so that recorded calls belong to
their unit. Results come back in the order of the units, however many workers ran.

For a model that answers many requests in hardly more time than one, a worker takes several units at a time: a
*lockstep batch* (lockstep.py).
"""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

from usbrec.errors import ModelError, ModelRefused, ModelUnavailable
from usbrec.garbage import rare_collections
from usbrec.journal import Journal, UnitRecord
from usbrec.lockstep import LockstepBatch, Scope, current_scope, side_by_side
from usbrec.stored_units import StoredUnits

T = TypeVar("T")

#: So many units failing before any succeeds means that the server is not there at all. Later, as many for
#: each worker in a row, with no connection or answer to be had, mean that it is gone for good.
GIVE_UP_AFTER = 5


@dataclass(frozen=True, slots=True)
class Unit(Generic[T]):
    """Work under a key that is the same in every attempt, e.g. ``evaluate/16162:2``."""

    key: str
    payload: T


class Units(Sequence[Unit[T]]):
    """A unit for each payload, made when it is asked for, so that not all are held."""

    def __init__(self, payloads: Sequence[T], key: Callable[[T], str]) -> None:
        self._payloads = payloads
        self._key = key

    def __len__(self) -> int:
        return len(self._payloads)

    def __iter__(self) -> Iterator[Unit[T]]:
        return (Unit(self._key(payload), payload) for payload in self._payloads)

    @overload
    def __getitem__(self, index: int) -> Unit[T]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Unit[T]]: ...

    def __getitem__(self, index: int | slice) -> Unit[T] | Sequence[Unit[T]]:
        if isinstance(index, slice):
            return [Unit(self._key(payload), payload) for payload in self._payloads[index]]
        payload = self._payloads[index]
        return Unit(self._key(payload), payload)


class Progress(Protocol):
    """Receives the progress of work, and shows it or not.

    A `total` of 0 says that work has begun whose parts cannot be counted (:func:`step`).
    """

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None: ...

    def advance(self, *, failed: bool) -> None: ...

    def finish(self) -> None: ...


class Silent:
    """Progress that is shown nowhere."""

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None:
        return

    def advance(self, *, failed: bool) -> None:
        return

    def finish(self) -> None:
        return


@contextmanager
def step(progress: Progress, label: str) -> Iterator[None]:
    """Tells `progress` of work that may take long and whose parts cannot be counted."""
    progress.start(label, 0, 0, "steps")
    try:
        yield
    finally:
        progress.finish()


class Standing:
    """How far each of a run's units is, by its place: a byte each, however many there are."""

    def __init__(self, units: Sequence[Unit[Any]], journal: Journal, *, retry_lost: bool) -> None:
        self._ended = bytearray(len(units))
        #: Of units that ended and failed, why.
        self.failures: dict[int, str] = {}
        #: Units that had ended well when this began, but lost calls.
        self.lost: set[int] = set()
        for place, unit in enumerate(units):
            record = journal.unit(unit.key)
            if record is not None and record.failure is None:
                self._ended[place] = 1
                if retry_lost and journal.lost_calls(unit.key):
                    self.lost.add(place)

    def has_ended(self, place: int) -> bool:
        """Whether a unit has a record that counts: as it was when this began, or by :meth:`end`."""
        return bool(self._ended[place])

    def is_owed(self, place: int) -> bool:
        """Whether something is to be done for a unit, as it was when this began."""
        return not self._ended[place] or place in self.lost

    def end(self, place: int, failure: str | None) -> None:
        self._ended[place] = 1
        if failure is None:
            self.failures.pop(place, None)
        else:
            self.failures[place] = failure

    @property
    def ended(self) -> int:
        return sum(self._ended)

    def waiting(self, batch_size: int) -> Sequence[int]:
        """The lockstep batches in which something is to be done, each as the place of its first unit."""
        starts = range(0, len(self._ended), batch_size)
        return array("q", (at for at in starts if any(map(self.is_owed, self.batch(at, batch_size)))))

    def batch(self, start: int, batch_size: int) -> range:
        """The places of a batch's units; the last one may be smaller."""
        return range(start, min(start + batch_size, len(self._ended)))


async def run_units(
    units: Sequence[Unit[T]],
    work: Callable[[T], Awaitable[Mapping[str, Any]]],
    *,
    journal: Journal,
    workers: int,
    restart_whole: bool,
    label: str,
    progress: Progress,
    batch_size: int = 1,
    retry_lost: bool = False,
    answered: bool = False,
) -> StoredUnits:
    """Do what is not done yet and return the record of every unit, in order.

    A unit that raises ModelError is recorded as failed and the rest go on; when the same command runs
    again it is tried again. With `retry_lost` so is a unit that ended although calls of it were lost to
    faults (a draft less, say): once at the end of this run, and when the same command runs again; what was
    answered is not asked again. `restart_whole` says that an unfinished unit may not use the calls it
    recorded before it was interrupted, because the model's next answer depends on having computed
    them (in-process models). `batch_size` neighbouring units make a lockstep batch, and when one of
    them is to be done again, all are, because a batch has to be the same to give the same answers; what was
    finished before and fails then stays as it was.

    Raises ModelRefused as soon as the server refuses everything, when the first few units all fail, and when
    the server is gone later; what was finished stays.
    """
    standing = Standing(units, journal, retry_lost=retry_lost)
    waiting = standing.waiting(batch_size)
    again = sum(standing.has_ended(at) for start in waiting for at in standing.batch(start, batch_size))
    progress.start(label, len(units), standing.ended - again)
    kept: dict[str, list[tuple[Any, ...]]] = {}
    failures = 0
    gone = 0
    answered = answered or standing.ended > 0

    async def one(place: int, unit: Unit[T], scope: Scope) -> None:
        nonlocal failures, gone, answered
        token = current_scope.set(scope)
        stands = False
        before = kept.pop(unit.key, None)
        try:
            record = UnitRecord(unit.key, await work(unit.payload), None)
            answered = stands = True
            gone = 0
        except ModelError as error:
            record = UnitRecord(unit.key, None, f"{type(error).__name__}: {error}")
            failures += 1
            gone = gone + 1 if isinstance(error, ModelUnavailable) else 0
        except BaseException:
            # It ends the run: the others are cancelled next, and ask for nothing any more.
            if scope.lockstep is not None:
                scope.lockstep.stop()
            raise
        finally:
            current_scope.reset(token)
            if scope.lockstep is not None:
                scope.lockstep.leave(unit.key)
            # What was finished before stays as it was, whatever ended this attempt, Ctrl-C included.
            if before is not None and not stands:
                journal.put_back(unit.key, before)
        if stands or before is None:
            # What counts is what was stored: a resumed run exports the same bytes as this one.
            standing.end(place, (await journal.commit_unit(record)).failure)
        progress.advance(failed=place in standing.failures)
        if not answered and failures >= GIVE_UP_AFTER:
            raise ModelRefused(
                f"The first {failures} rows all failed, the last one with: {record.failure}\n"
                "Check the server or object that it names, then run the same command again."
            )
        if gone >= GIVE_UP_AFTER * workers:
            raise ModelRefused(
                f"The last {gone} rows all failed, though rows before them did not; the last one with: "
                f"{record.failure}\nWhat is finished stays: run the same command again when it is back."
            )

    async def worker(number: int, queue: Iterator[int], size: int) -> None:
        for start in queue:
            members = [(place, units[place]) for place in standing.batch(start, size)]
            for place, unit in members:
                if standing.has_ended(place):
                    kept[unit.key] = journal.calls(unit.key)
                journal.forget_calls(unit.key, failed_only=not restart_whole)
            if batch_size == 1:
                await one(*members[0], Scope(members[0][1].key, number))
                continue
            lockstep = LockstepBatch([unit.key for _, unit in members])
            await side_by_side(one(*member, Scope(member[1].key, number, lockstep)) for member in members)

    async def play(waiting: Sequence[int], size: int) -> None:
        queue = iter(waiting)
        number = max(1, min(workers, len(waiting)))
        with rare_collections():
            await side_by_side(worker(place, queue, size) for place in range(number))

    try:
        await play(waiting, batch_size)
    finally:
        progress.finish()
    poorer = [
        place
        for place, unit in enumerate(units)
        if retry_lost
        and place not in standing.lost
        and place not in standing.failures
        and journal.lost_calls(unit.key)
    ]
    if poorer:
        progress.start(f"{label}: rows that lost calls, again", len(poorer), 0)
        try:
            # Each has a record; where the server is gone by now, that one stays.
            with suppress(ModelRefused):
                await play(poorer, 1)
        finally:
            progress.finish()
    return StoredUnits(journal, UnitKeys(units), standing.failures)


class UnitKeys(Sequence[str]):
    """The keys of units, in their order."""

    def __init__(self, units: Sequence[Unit[Any]]) -> None:
        self._units = units

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[str]:
        return (unit.key for unit in self._units)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [unit.key for unit in self._units[index]]
        return self._units[index].key
