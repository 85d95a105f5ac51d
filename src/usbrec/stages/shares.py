"""Shares of a run: its rows divided among workers, which are processes here or on a cluster.

The run's process alone holds the run folder. It hands out whole lockstep batches, so that a model answers
what it would answer alone, and what a worker that ended by itself left undone goes to others. A worker here
records its share in a part of its own, which is taken over when it has ended, or when a run that was killed
goes on; one on a cluster sends each row as it is finished.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from usbrec import errors
from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.engine import GIVE_UP_AFTER, Progress, Standing, Unit, UnitKeys
from usbrec.errors import ConfigError, ModelRefused, RunFolderError, UsbRecError
from usbrec.journal import Journal, UnitRecord
from usbrec.stored_units import StoredUnits

_log = logging.getLogger(__name__)

#: Where the parts lie in a run folder.
FOLDER = "workers"
#: Seconds between two looks whether anybody answers.
_GLANCE = 0.2

#: Hears what a worker tells: a row that has ended, a warning, an error.
Hear = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Given:
    """What a worker has to be given to play rows of a run: the stage, the files to read and the settings to
    read them with, before anything was resolved. `variables` are set in its environment."""

    stage: Literal["evaluate", "pairs"]
    config: Config
    samples: str
    catalogue: str | None
    interactions: str | None
    replay: str | None
    reuse: str | None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Job:
    """The share of one worker: the units to be done, in order, and how many of them at once (lockstep batches
    of `batch_size`).

    `begin` is what the run has recorded of units, which the worker's journal begins with; `decides` what
    decides the run's answers; `part` where the journal is, in a folder of the worker's own where it is None.
    `tells` says what a worker tells of a row beside its end: its record, or the row with its calls.
    """

    keys: tuple[str, ...]
    begin: tuple[tuple[str, tuple[tuple[Any, ...], ...], UnitRecord | None], ...]
    decides: Mapping[str, Any]
    part: str | None
    tells: Literal["nothing", "record", "row"]
    number: int
    of: int
    workers: int
    concurrency: int
    batch_size: int
    restart_whole: bool
    retry_lost: bool


class Worker(Protocol):
    """A process that plays a share."""

    async def ended(self, hear: Hear) -> str | None:
        """Passes on what it tells until it has ended; returns how it ended, None for well."""

    async def stop(self) -> None:
        """Have it end, gently at first. It may have ended already."""


class Workers(Protocol):
    """Where workers are started. `name` is the option that asks for them, `advice` what may help when they
    end by themselves, and `patience` how often they may before any has finished a row; `sends_rows` says that
    they cannot leave a part in the run folder."""

    name: str
    advice: str
    patience: int
    sends_rows: bool
    number: int

    def at_once(self, units: int, *, in_process: bool) -> int:
        """How many units each works on at once where the settings say nothing of it, `units` being what one
        process would; 0 for a share of these."""

    async def started(self, given: Given, job: Job) -> Worker: ...


#: Workers of a run, for as long as they are needed. Raises ConfigError.
MakeWorkers = Callable[[Config], AbstractContextManager[Workers]]


def given_files(
    stage: Literal["evaluate", "pairs"],
    config: Config,
    samples: object,
    catalogue: object,
    *others: object,
    objects: Mapping[str, object] | None,
) -> Given | None:
    """What workers are given; None where there is to be one process. `others` are the files or folders of
    interactions, replay and reuse. Raises ConfigError for what cannot be given to another process."""
    if config.models.processes == 1 and config.engine.kind == "processes":
        return None
    setting, option = (
        ("engine.kind", "--engine") if config.engine.kind == "ray" else ("models.processes", "--workers")
    )
    if objects:
        raise ConfigError(f"{setting}: objects sit in this process alone; leave {option} out.")
    if not isinstance(samples, str | Path) or not isinstance(catalogue, str | Path | None):
        raise ConfigError(
            f"{setting}: each process reads samples and items for itself, so these must be files, as "
            f"for `usbrec {stage}`; in Python leave it out."
        )
    interactions, replay, reuse = (None if one is None else str(one) for one in others)
    named = None if catalogue is None else str(catalogue)
    return Given(stage, config, str(samples), named, interactions, replay, reuse)


def take_over_parts(journal: Journal, out: Path) -> None:
    """Bring into the journal what workers of an earlier attempt have committed."""
    folder = out / FOLDER
    for part in sorted(folder.glob("*/run.db")):
        journal.take_over(part)
    shutil.rmtree(folder, ignore_errors=True)


def share_of(whole: int, parts: int, number: int) -> int:
    """The part `number` (from 0) of so many at once, 1 at least: together no more than the whole."""
    return max(1, whole // parts + (number < whole % parts))


async def run_shared(
    given: Given,
    units: Sequence[Unit[Sample]],
    among: Workers,
    *,
    decides: Mapping[str, Any],
    journal: Journal,
    out: Path,
    workers: int,
    concurrency: int,
    restart_whole: bool,
    retry_lost: bool,
    batch_size: int,
    first: Sequence[str],
    label: str,
    progress: Progress,
    hear_record: Callable[[Mapping[str, Any]], None] | None = None,
) -> StoredUnits:
    """As :func:`usbrec.engine.run_units`, by several workers, each of which works on its share of `workers`
    units at once. `first` are units that each journal begins with, done already; `hear_record` is told the
    record of each row that ended well.

    Raises what a worker raised, once all have ended and what they recorded is kept; RunFolderError where they
    end again and again without having finished a row.
    """
    left: list[_Share] = []
    in_vain = 0
    while True:
        standing = Standing(units, journal, retry_lost=retry_lost)
        waiting, done = standing.waiting(batch_size), standing.ended
        _tell_of_ended(left, journal, among)
        if not waiting:
            break
        each = among.at_once(workers, in_process=restart_whole)
        # One that may ask for nothing would have nothing to do.
        number = min(among.number, len(waiting), *(() if each else (workers,)))
        progress.start(label, len(units), done)
        tells: Literal["nothing", "record", "row"] = "record" if hear_record else "nothing"
        shares: list[_Share] = []
        try:
            for place in range(number):
                keys = tuple(
                    units[at].key
                    for start in waiting[place::number]
                    for at in standing.batch(start, batch_size)
                )
                job = Job(
                    keys=keys,
                    begin=_recorded([*first, *keys], journal),
                    decides=decides,
                    part=None if among.sends_rows else str(out / FOLDER / str(place) / "run.db"),
                    tells="row" if among.sends_rows else tells,
                    number=place,
                    of=number,
                    workers=each or share_of(workers, number, place),
                    concurrency=each or share_of(concurrency, number, place),
                    batch_size=batch_size,
                    restart_whole=restart_whole,
                    retry_lost=retry_lost,
                )
                worker = await among.started(given, job)
                shares.append(_Share(keys, worker, journal, progress, hear_record))
            await _all_ended(shares, answered=done > 0)
        finally:
            # All, and they are waited for even where the run itself is being cancelled.
            await asyncio.shield(asyncio.gather(*(one.worker.stop() for one in shares)))
            progress.finish()
            take_over_parts(journal, out)
        for one in shares:
            if one.error is not None:
                raise one.error
        if _nobody_answers(shares, done > 0):
            failure = next(record.failure for unit in units if (record := journal.unit(unit.key)) is not None)
            rows = sum(one.failed for one in shares)
            raise ModelRefused(
                f"The first {rows} rows all failed, the first one with: {failure}\n"
                "Check the server or object that it names, then run the same command again."
            )
        left = [one for one in shares if one.ending is not None]
        in_vain = 0 if any(one.finished for one in shares) else in_vain + 1
        if left and in_vain > among.patience:
            raise RunFolderError(
                f"{out}: a process of {among.name} ended before it had finished a row ({left[0].ending}). "
                f"{among.advice} What is finished is kept: the same command goes on from there."
            )
        if not left:
            break
    failures: dict[int, str] = {}
    for at, unit in enumerate(units):
        record = journal.unit(unit.key)
        assert record is not None, f"a row without a record: {unit.key}"
        if record.failure is not None:
            failures[at] = record.failure
    return StoredUnits(journal, UnitKeys(units), failures)


def _recorded(
    keys: Sequence[str], journal: Journal
) -> tuple[tuple[str, tuple[tuple[Any, ...], ...], UnitRecord | None], ...]:
    """What the run has recorded of these units, where it has anything."""
    found = ((key, tuple(journal.calls(key)), journal.unit(key)) for key in keys)
    return tuple((key, calls, record) for key, calls, record in found if calls or record is not None)


def _tell_of_ended(left: Sequence[_Share], journal: Journal, among: Workers) -> None:
    """A line for each worker that ended by itself, with how many rows of it others play."""
    for one in left:
        rows = sum(journal.unit(key) is None for key in one.keys)
        again = f"The {rows} rows that it had not finished are played by others." if rows else ""
        _log.warning("A process of %s ended by itself (%s). %s", among.name, one.ending, again)


class _Share:
    """What a worker has told of its share. `ending` is how it ended where that was not well."""

    def __init__(
        self,
        keys: Sequence[str],
        worker: Worker,
        journal: Journal,
        progress: Progress,
        hear_record: Callable[[Mapping[str, Any]], None] | None,
    ) -> None:
        self.keys = keys
        self.worker = worker
        self.finished = self.failed = 0
        self.error: UsbRecError | None = None
        self.ending: str | None = None
        self._journal = journal
        self._progress = progress
        self._hear_record = hear_record

    async def ended(self) -> None:
        self.ending = await self.worker.ended(self._hear)

    async def _hear(self, told: Mapping[str, Any]) -> None:
        if "row" in told:
            await self._journal.commit_row(told["row"], told["calls"])
            if told["row"][1] is not None:
                self._hear_one(json.loads(told["row"][1]))
        elif "record" in told:
            self._hear_one(told["record"])
        elif "failed" in told:
            self.finished += 1
            self.failed += bool(told["failed"])
            self._progress.advance(failed=told["failed"])
        elif "warning" in told:
            _log.warning("%s", told["warning"])
        elif "error" in told:
            kind = getattr(errors, told["error"], RunFolderError)
            self.error = UsbRecError.__new__(kind)
            self.error.args = (told["text"],)

    def _hear_one(self, record: Mapping[str, Any]) -> None:
        if self._hear_record is not None:
            self._hear_record(record)


async def _all_ended(shares: Sequence[_Share], *, answered: bool) -> None:
    """Waits until all have ended, one has told of an error, or the first rows of all together have failed."""
    tasks = {asyncio.create_task(one.ended()) for one in shares}
    try:
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=_GLANCE, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
            if any(one.error is not None for one in shares) or _nobody_answers(shares, answered):
                return
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _nobody_answers(shares: Sequence[_Share], answered: bool) -> bool:
    failed, finished = sum(one.failed for one in shares), sum(one.finished for one in shares)
    return not answered and failed == finished and failed >= GIVE_UP_AFTER
