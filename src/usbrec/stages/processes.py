"""Several processes on one run (`--workers`): each plays a share of the rows and records it in its own part.

The run's process alone holds the run folder. It hands out whole lockstep batches, so that a model answers
what it would answer alone, and takes the parts over when their processes have ended. What a killed one had
committed is kept, and another is started for the rest. Parts that a killed run left behind are taken over
when it goes on.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec import errors
from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.engine import GIVE_UP_AFTER, Progress, Unit, waiting_batches
from usbrec.errors import ModelRefused, RunFolderError, UsbRecError
from usbrec.journal import Journal
from usbrec.stored_units import StoredUnits

_log = logging.getLogger(__name__)

#: Where the parts lie in a run folder.
FOLDER = "workers"
#: Seconds that a process has to end once it is told to.
_TO_END = 30.0
#: Seconds between two looks whether anybody answers.
_GLANCE = 0.2
#: Bytes of a line that a process may tell: an error may have a server's or an object's words in it.
_LONGEST_LINE = 2**26
#: The child reads who it is from its standard input, and finds the modules that its parent finds.
_CHILD = "import sys; sys.path[:] = {path!r}; from usbrec.stages.worker import main; main()"


@dataclass(frozen=True)
class Given:
    """What a process has to be given to play rows of a run: the files to read and the settings to read them
    with, before anything was resolved."""

    config: Config
    samples: str
    catalogue: str | None
    interactions: str | None
    replay: str | None
    reuse: str | None


@dataclass(frozen=True)
class Job:
    """The share of one process: the units to be done, in order, and how many of them at once (lockstep
    batches of `batch_size`)."""

    given: Given
    part: str
    keys: tuple[str, ...]
    processes: int
    workers: int
    batch_size: int
    restart_whole: bool
    retry_lost: bool
    number: int


def take_over_parts(journal: Journal, out: Path) -> None:
    """Bring into the journal what processes of an earlier attempt have committed."""
    folder = out / FOLDER
    for part in sorted(folder.glob("*/run.db")):
        journal.take_over(part)
    shutil.rmtree(folder, ignore_errors=True)


async def run_in_processes(
    given: Given,
    units: Sequence[Unit[Sample]],
    *,
    journal: Journal,
    out: Path,
    processes: int,
    workers: int,
    batch_size: int,
    restart_whole: bool,
    retry_lost: bool,
    first: Sequence[str],
    label: str,
    progress: Progress,
) -> StoredUnits:
    """As :func:`usbrec.engine.run_units`, in as many processes, each of which works on its share of `workers`
    units at once. `first` are units that each part begins with, done already.

    Raises what a process raised, once all have ended and what they recorded is taken over; RunFolderError
    where one ends again and again without having finished a row.
    """
    while True:
        waiting, done = waiting_batches(units, journal, batch_size, retry_lost=retry_lost)
        if not waiting:
            break
        # One that may ask for nothing would have nothing to do.
        crewed = min(processes, workers, len(waiting))
        shares = [waiting[number::crewed] for number in range(crewed)]
        progress.start(label, len(units), len(done))
        crew: list[_Process] = []
        try:
            for number, share in enumerate(shares):
                part = out / FOLDER / str(number) / "run.db"
                keys = tuple(unit.key for batch in share for unit in batch)
                _begin_part(part, journal, [*first, *keys])
                job = Job(
                    given,
                    str(part),
                    keys,
                    len(shares),
                    share_of(workers, len(shares), number),
                    batch_size,
                    restart_whole,
                    retry_lost,
                    number,
                )
                crew.append(await _Process.started(job, progress))
            await _all_ended(crew, answered=bool(done))
        finally:
            await _stopped(crew)
            progress.finish()
            take_over_parts(journal, out)
        for one in crew:
            if one.error is not None:
                raise one.error
        if _nobody_answers(crew, bool(done)):
            failure = next(record.failure for unit in units if (record := journal.unit(unit.key)) is not None)
            rows = sum(one.failed for one in crew)
            raise ModelRefused(
                f"The first {rows} rows all failed, the first one with: {failure}\n"
                "Check the server or object that it names, then run the same command again."
            )
        failed = [one for one in crew if one.status != 0]
        if not failed:
            break
        if not any(one.finished for one in crew):
            raise RunFolderError(
                f"{out}: a process of --workers {processes} ended before it had finished a row "
                f"({_how_it_ended(failed[0].status)}). With fewer workers there is more memory for each. "
                "What is finished is kept: the same command goes on from there."
            )
        _log.warning(
            "A process of --workers ended by itself (%s). Its unfinished rows are played by another.",
            _how_it_ended(failed[0].status),
        )
    records = {unit.key: journal.unit(unit.key) for unit in units}
    missing = [key for key, record in records.items() if record is None]
    assert not missing, f"rows without a record: {missing[:3]}"
    failures = {key: record.failure for key, record in records.items() if record is not None}
    return StoredUnits(journal, [unit.key for unit in units], failures)


def share_of(whole: int, parts: int, number: int) -> int:
    """The part `number` (from 0) of so many at once, 1 at least: together no more than the whole."""
    return max(1, whole // parts + (number < whole % parts))


def _how_it_ended(status: int | None) -> str:
    return f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"


def _begin_part(path: Path, journal: Journal, keys: Sequence[str]) -> None:
    """A part with what the run has recorded of these units."""
    with Journal(path) as part:
        for key in keys:
            if calls := journal.calls(key):
                part.put_back(key, calls)
            if (record := journal.unit(key)) is not None:
                part.record_unit(record)


class _Process:
    """A process that plays a share; it lives no longer than its standard input is open."""

    def __init__(self, process: asyncio.subprocess.Process, progress: Progress) -> None:
        self._process = process
        self._progress = progress
        self.finished = self.failed = 0
        self.error: UsbRecError | None = None
        self.status: int | None = None

    @classmethod
    async def started(cls, job: Job, progress: Progress) -> _Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _CHILD.format(path=sys.path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            # Ctrl-C is for the run's process, which then ends the others.
            start_new_session=os.name == "posix",
        )
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(job))
        return cls(process, progress)

    async def ended(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._heard(json.loads(line))
        self.status = await self._process.wait()

    def _heard(self, told: Mapping[str, Any]) -> None:
        if "failed" in told:
            self.finished += 1
            self.failed += bool(told["failed"])
            self._progress.advance(failed=told["failed"])
        elif "warning" in told:
            _log.warning("%s", told["warning"])
        elif "error" in told:
            kind = getattr(errors, told["error"], RunFolderError)
            self.error = UsbRecError.__new__(kind)
            self.error.args = (told["text"],)

    async def stop(self) -> None:
        """Have it end, gently at first."""
        if self._process.returncode is not None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _TO_END)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def _all_ended(crew: Sequence[_Process], *, answered: bool) -> None:
    """Waits until all have ended well, one has not, or the first rows of all together have failed."""
    tasks = {asyncio.create_task(one.ended()) for one in crew}
    try:
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=_GLANCE, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
            if any(one.error is not None for one in crew) or _nobody_answers(crew, answered):
                return
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _nobody_answers(crew: Sequence[_Process], answered: bool) -> bool:
    failed, finished = sum(one.failed for one in crew), sum(one.finished for one in crew)
    return not answered and failed == finished and failed >= GIVE_UP_AFTER


async def _stopped(crew: Sequence[_Process]) -> None:
    """End all, and wait for them even where the run itself is being cancelled."""
    await asyncio.shield(asyncio.gather(*(one.stop() for one in crew)))
