"""A process of a run in several (`--workers`): plays its share of the rows into a journal of its own.

Run by processes.py: it reads its job from standard input, tells of each row in a line of JSON on standard
output, and ends when its standard input is closed, be it that the run was stopped or that its process died.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from usbrec.engine import Silent, Unit, run_units
from usbrec.errors import UsbRecError
from usbrec.event_loop import run as run_coroutine
from usbrec.journal import Journal
from usbrec.stages.processes import Job, share_of

Tell = Callable[[Mapping[str, Any]], None]


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
        job: Job = pickle.load(sys.stdin.buffer)
        threading.Thread(target=_until_closed, daemon=True).start()
        _work(job, tell)
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


def _work(job: Job, tell: Tell) -> None:
    from usbrec.stages.evaluating import prepared, work_of
    from usbrec.stages.run_folder import recorded, working
    from usbrec.stages.wiring import seat_participants

    given = job.given
    # The run's process has told what there is to tell of files and settings.
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config, inputs, _ = prepared(given.config, given.samples, given.catalogue, given.interactions)
    models = config.models
    assert models.concurrency is not None, "settings are resolved"
    # Together they ask a server for no more at once than one process would.
    config = config.filled(
        models=models.filled(concurrency=share_of(models.concurrency, job.processes, job.number)),
        servers={
            name: server
            if server.concurrency is None
            else server.filled(concurrency=share_of(server.concurrency, job.processes, job.number))
            for name, server in config.servers.items()
        },
    )
    journal = Journal(job.part)
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
    samples = {sample.id: sample for sample in inputs.samples}
    units = [Unit(key, samples[key.partition("/")[2]]) for key in job.keys]

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
                working(work_of(config, inputs), participants, config, inputs),
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
        run_coroutine(all_of_them())
