"""Worker of a run in several processes: plays its share of the rows into a journal of its own.

Run by processes.py, here or on a machine of a cluster (ray_relay.py): it reads what it is given from standard
input, tells of each row in a line of JSON on standard output, and ends when its standard input is closed, be
it that the run was stopped or that its process died.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import platform
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usbrec.config import Config
from usbrec.engine import Silent, Units, run_units
from usbrec.errors import ConfigError, UsbRecError
from usbrec.event_loop import run as run_coroutine
from usbrec.journal import Journal, UnitRecord
from usbrec.keys import canonical_json, leaves
from usbrec.long_lists import picked
from usbrec.stages.shares import Given, Job, share_of

if TYPE_CHECKING:
    from usbrec.stages.asking import Work
    from usbrec.stages.inputs import Inputs

Tell = Callable[[Mapping[str, Any]], None]
#: Files by what they are for, each with its name; those of a database lie beside it.
Files = Mapping[str, Mapping[str, bytes]]


class _Told(Silent):
    """Progress that is told to the run's process."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def advance(self, *, failed: bool) -> None:
        self._tell({"failed": failed})


class _Lines(logging.Handler):
    """Warnings of the log, told to the run's process."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell({"warning": record.getMessage()})


class _TellingJournal(Journal):
    """A journal that tells of each row once it is recorded: the record, or, where `whole`, all that is
    recorded of it."""

    def __init__(self, path: Path, tell: Tell, *, whole: bool) -> None:
        super().__init__(path)
        self._tell, self._whole_rows = tell, whole

    async def commit_unit(self, unit: UnitRecord) -> UnitRecord:
        stored = await super().commit_unit(unit)
        if self._whole_rows:
            self._tell({"row": self.row(unit.key), "calls": self.calls(unit.key)})
        elif stored.record is not None:
            self._tell({"record": stored.record})
        return stored


def main() -> None:
    """Do the job on standard input."""
    # What anybody prints goes to standard error: lines on standard output are for the run's process.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lock = threading.Lock()

    def tell(told: Mapping[str, Any]) -> None:
        with lock:
            lines.write(json.dumps(told) + "\n")
            lines.flush()

    status = 0
    try:
        given: Given = pickle.load(sys.stdin.buffer)
        job: Job = pickle.load(sys.stdin.buffer)
        files: Files = pickle.load(sys.stdin.buffer)
        threading.Thread(target=_until_closed, daemon=True).start()
        os.environ.update(given.variables)
        # Gone when this process ends, unless it is killed.
        with tempfile.TemporaryDirectory(prefix="usbrec-") as folder:
            _work(_unpacked(given, files, Path(folder)), job, Path(job.part or f"{folder}/run.db"), tell)
    except (KeyboardInterrupt, EOFError, BrokenPipeError):
        # The run was stopped, or its process has died.
        status = 130
    except UsbRecError as error:
        tell({"error": type(error).__name__, "text": str(error)})
        status = 1
    # Threads of libraries are not waited for; the journal is closed, and each line was flushed.
    os._exit(status)


def _until_closed() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGINT)


def _unpacked(given: Given, files: Files, folder: Path) -> Given:
    """`given` with the files that were sent along, where some were."""
    placed: dict[str, Any] = {}
    for purpose, named in files.items():
        home = folder / purpose
        home.mkdir()
        for name, content in named.items():
            (home / name).write_bytes(content)
        placed[purpose] = str(home if purpose in ("replay", "reuse") else home / next(iter(named)))
    return replace(given, **placed)


def _prepared(given: Given) -> tuple[Config, Inputs, Work]:
    """The resolved settings, what is read, and what is done with a row, as in the run's own process."""
    if given.stage == "pairs":
        from usbrec.stages import pairing

        return pairing.prepared(given.config, given.samples, given.catalogue, given.interactions)
    from usbrec.stages import evaluating

    config, inputs, _ = evaluating.prepared(given.config, given.samples, given.catalogue, given.interactions)
    return config, inputs, evaluating.work_of(config, inputs)


def _in_share(config: Config, job: Job) -> Config:
    """The settings of one of several: together they ask a server for no more at once than they may."""
    servers = {
        name: server
        if server.concurrency is None
        else server.filled(concurrency=share_of(server.concurrency, job.of, job.number))
        for name, server in config.servers.items()
    }
    return config.filled(models=config.models.filled(concurrency=job.concurrency), servers=servers)


def _check_same(decides: Mapping[str, Any], job: Job) -> None:
    """Raises ConfigError where this process reads or runs something else than the run's own process."""
    here, there = leaves(json.loads(canonical_json(decides))), leaves(json.loads(canonical_json(job.decides)))
    if differ := sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name)):
        raise ConfigError(
            f"On {platform.node()} the same command would give other answers ({', '.join(differ)}). Each "
            "machine needs the same version of usbrec, and in the same places the files that settings name."
        )


def _work(given: Given, job: Job, part: Path, tell: Tell) -> None:
    from usbrec.stages.run_folder import decides, recorded, working
    from usbrec.stages.wiring import seat_participants

    # The run's process has told what there is to tell of files, settings and models.
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config, inputs, work = _prepared(given)
    config = _in_share(config, job)
    journal = (
        Journal(part) if job.tells == "nothing" else _TellingJournal(part, tell, whole=job.tells == "row")
    )
    source, other = recorded(given.replay), recorded(given.reuse)
    participants = seat_participants(
        config,
        inputs.prompts,
        inputs.catalogue,
        journal,
        replay=source,
        reuse=other,
        languages=inputs.languages,
    )
    _check_same(decides(given.stage, config, inputs, participants.identities), job)
    places = {sample.id: place for place, sample in enumerate(inputs.samples)}
    mine = picked(inputs.samples, sorted(places[key.partition("/")[2]] for key in job.keys))
    stage = job.keys[0].partition("/")[0] if job.keys else ""
    units = Units(mine, lambda sample: f"{stage}/{sample.id}")

    async def all_of_them() -> None:
        from usbrec.stages.probing import find_scoring

        try:
            if participants.seated:
                from usbrec.stages.probing_seats import probe_servers

                before = [one for one in (source, other) if one is not None]
                await probe_servers(participants, inputs.samples, config, journal, before)
            if participants.judges:
                await find_scoring(participants, inputs.samples, config, journal)
            logging.disable(logging.NOTSET)
            logging.getLogger().addHandler(_Lines(tell))

            await run_units(
                units,
                working(work, participants, config, inputs),
                journal=journal,
                workers=job.workers,
                restart_whole=job.restart_whole,
                label="",
                progress=_Told(tell),
                batch_size=job.batch_size,
                retry_lost=job.retry_lost,
                # Whether anybody answers at all is for the run's process to tell, which hears of all.
                answered=True,
            )
        finally:
            await participants.aclose()

    with source or nullcontext(), other or nullcontext(), journal:
        for key, calls, record in job.begin:
            journal.put_back(key, calls)
            if record is not None:
                journal.record_unit(record)
        run_coroutine(all_of_them())
