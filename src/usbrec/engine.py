"""Runs units of work: a bound, an order, progress, and an end that loses nothing.

A unit is one episode or one sample's drafts. Units are handed to *lanes*, one unit at a time each; the
lane and the unit are known to whoever is called inside (`current_scope`), so that an in-process model
can give each lane an instance of its own and start every unit in the same state, and so that recorded
calls belong to their unit. Results come back in the order of the units, however many lanes ran.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from usbrec.errors import ModelError, ModelRefused
from usbrec.journal import Journal, UnitRecord

T = TypeVar("T")

#: So many units failing before any succeeds means that the server is not there at all.
GIVE_UP_AFTER = 5


@dataclass(frozen=True, slots=True)
class Scope:
    """The unit being worked on, and in which lane (from 0)."""

    unit: str
    lane: int


current_scope: ContextVar[Scope | None] = ContextVar("usbrec_scope", default=None)


@dataclass(frozen=True, slots=True)
class Unit(Generic[T]):
    """Work under a key that is the same in every attempt, e.g. ``evaluate/16162:2``."""

    key: str
    payload: T


class Progress(Protocol):
    """Told what happens; draws it or not."""

    def start(self, label: str, total: int, done: int) -> None: ...

    def advance(self, *, failed: bool) -> None: ...

    def finish(self) -> None: ...


class Silent:
    """Progress that nobody watches."""

    def start(self, label: str, total: int, done: int) -> None:
        return

    def advance(self, *, failed: bool) -> None:
        return

    def finish(self) -> None:
        return


async def run_units(
    units: Sequence[Unit[T]],
    work: Callable[[T], Awaitable[Mapping[str, Any]]],
    *,
    journal: Journal,
    lanes: int,
    restart_whole: bool,
    label: str,
    progress: Progress,
) -> list[UnitRecord]:
    """Do what is not done yet and return the record of every unit, in order.

    A unit that raises ModelError is recorded as failed and the rest go on; when the same command runs
    again it is tried again. `restart_whole` says that an unfinished unit may not use the calls it
    recorded before it was interrupted, because the model's next answer depends on having computed
    them (in-process models).

    Raises ModelRefused as soon as the server refuses everything, or when the first few units all fail.
    """
    finished: dict[str, UnitRecord] = {}
    waiting: list[Unit[T]] = []
    for unit in units:
        record = journal.unit(unit.key)
        if record is not None and record.failure is None:
            finished[unit.key] = record
        else:
            waiting.append(unit)
    progress.start(label, len(units), len(finished))
    queue = iter(waiting)
    failures = 0
    answered = bool(finished)

    async def lane(number: int) -> None:
        nonlocal failures, answered
        for unit in queue:
            journal.forget_calls(unit.key, failed_only=not restart_whole)
            token = current_scope.set(Scope(unit.key, number))
            try:
                record = UnitRecord(unit.key, await work(unit.payload), None)
                answered = True
            except ModelError as error:
                failures += 1
                record = UnitRecord(unit.key, None, f"{type(error).__name__}: {error}")
            finally:
                current_scope.reset(token)
            # What counts is what was stored: a resumed run exports the same bytes as this one.
            finished[unit.key] = journal.record_unit(record)
            progress.advance(failed=record.failure is not None)
            if not answered and failures >= GIVE_UP_AFTER:
                raise ModelRefused(
                    f"The first {failures} rows all failed, the last one with: {record.failure}\n"
                    "Check the model's server, then run the same command again."
                )

    try:
        await side_by_side(lane(number) for number in range(max(1, min(lanes, len(waiting)))))
    finally:
        progress.finish()
    return [finished[unit.key] for unit in units]


async def side_by_side(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run coroutines at once. The first error cancels the others, waits for them, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for coroutine in work:
                group.create_task(coroutine)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
