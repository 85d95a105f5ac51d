"""Execution of units of work: bounded concurrency, order, progress, and a stop that loses nothing.

A unit is one episode or one sample's drafts. Units are handed to *workers*, one unit at a time each; worker
and unit are known to whoever is called inside (`current_scope`), so that an in-process model can give each
worker an instance of its own and start every unit in the same state, and so that recorded calls belong to
their unit. Results come back in the order of the units, however many workers ran.

For a model that answers many requests in hardly more time than one, a worker takes several units at a time: a
*lockstep batch* (lockstep.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from usbrec.errors import ModelError, ModelRefused, ModelUnavailable
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


def waiting_batches(
    units: Sequence[Unit[T]], journal: Journal, batch_size: int, *, retry_lost: bool
) -> tuple[list[Sequence[Unit[T]]], dict[str, bool]]:
    """The lockstep batches of `units` in which something is to be done, and the units that have ended well,
    each with whether it is to be done again because it lost calls (:func:`run_units`)."""
    done: dict[str, bool] = {}
    for unit in units:
        record = journal.unit(unit.key)
        if record is not None and record.failure is None:
            done[unit.key] = retry_lost and journal.lost_calls(unit.key) > 0
    batches = [units[start : start + batch_size] for start in range(0, len(units), batch_size)]
    return [batch for batch in batches if any(done.get(unit.key, True) for unit in batch)], done


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
    waiting, done = waiting_batches(units, journal, batch_size, retry_lost=retry_lost)
    #: Of each unit that has ended, why it failed, if it did.
    finished: dict[str, str | None] = dict.fromkeys(done)
    lost = {key for key, is_lost in done.items() if is_lost}
    again = sum(unit.key in finished for lockstep in waiting for unit in lockstep)
    progress.start(label, len(units), len(finished) - again)
    kept: dict[str, list[tuple[Any, ...]]] = {}
    failures = 0
    gone = 0
    answered = answered or bool(finished)

    async def one(unit: Unit[T], scope: Scope) -> None:
        nonlocal failures, gone, answered
        token = current_scope.set(scope)
        stands = False
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
            if unit.key in kept and not stands:
                journal.put_back(unit.key, kept[unit.key])
        if stands or unit.key not in kept:
            # What counts is what was stored: a resumed run exports the same bytes as this one.
            finished[unit.key] = (await journal.commit_unit(record)).failure
        progress.advance(failed=finished[unit.key] is not None)
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

    async def worker(number: int, queue: Iterator[Sequence[Unit[T]]]) -> None:
        for members in queue:
            for unit in members:
                if unit.key in finished:
                    kept[unit.key] = journal.calls(unit.key)
                journal.forget_calls(unit.key, failed_only=not restart_whole)
            if batch_size == 1:
                await one(members[0], Scope(members[0].key, number))
                continue
            lockstep = LockstepBatch([unit.key for unit in members])
            await side_by_side(one(unit, Scope(unit.key, number, lockstep)) for unit in members)

    async def play(waiting: Sequence[Sequence[Unit[T]]]) -> None:
        queue = iter(waiting)
        await side_by_side(worker(number, queue) for number in range(max(1, min(workers, len(waiting)))))

    try:
        await play(waiting)
    finally:
        progress.finish()
    poorer = [
        [unit]
        for unit in units
        if retry_lost and unit.key not in lost and finished[unit.key] is None and journal.lost_calls(unit.key)
    ]
    if poorer:
        progress.start(f"{label}: rows that lost calls, again", len(poorer), 0)
        try:
            # Each has a record; where the server is gone by now, that one stays.
            with suppress(ModelRefused):
                await play(poorer)
        finally:
            progress.finish()
    return StoredUnits(journal, [unit.key for unit in units], finished)
