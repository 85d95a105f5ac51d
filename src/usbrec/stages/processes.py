"""Workers of a run in processes of this machine (`--workers`).

A process lives no longer than its standard input is open, so that none stays behind, however the run's own
process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import sys
from collections.abc import Iterator

from usbrec.config import Config
from usbrec.stages.shares import Given, Hear, Job, Workers

#: Seconds that a process has to end once it is told to.
TO_END = 30.0
#: Bytes of a line that a process may tell: an error may have a server's or an object's words in it.
LONGEST_LINE = 2**26
#: The child reads who it is from its standard input, and finds the modules that its parent finds.
_CHILD = "import sys; sys.path[:] = {path!r}; from usbrec.stages.worker import main; main()"


@contextlib.contextmanager
def local_workers(config: Config) -> Iterator[Workers]:
    """As many processes as the settings say."""
    yield _Here(config.models.processes)


class _Here:
    name = "--workers"
    advice = "With fewer workers there is more memory for each."
    # Here it is memory, of which there is no more the second time.
    patience = 0
    sends_rows = False

    def __init__(self, number: int) -> None:
        self.number = number

    def at_once(self, units: int, *, in_process: bool) -> int:
        return 0

    async def started(self, given: Given, job: Job) -> ShareProcess:
        process = ShareProcess(await started_process())
        process.give(pickle.dumps(given), pickle.dumps(job), pickle.dumps({}))
        return process


async def started_process(**options: object) -> asyncio.subprocess.Process:
    """A process that plays a share once it is given one, with further `options` of asyncio's subprocesses."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _CHILD.format(path=sys.path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        # Ctrl-C is for the run's process, which then ends the others.
        start_new_session=os.name == "posix",
        **options,  # type: ignore[arg-type]
    )


class ShareProcess:
    """A process that plays a share."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def give(self, *pickled: bytes) -> None:
        """Tell it what to do: what it is given, its job, and files by what they are for, all pickled."""
        assert self._process.stdin is not None
        for one in pickled:
            self._process.stdin.write(one)

    async def ended(self, hear: Hear) -> str | None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            await hear(json.loads(line))
        return how_it_ended(await self._process.wait())

    async def stop(self) -> None:
        if self._process.returncode is not None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), TO_END)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def how_it_ended(status: int) -> str | None:
    """The end of a process in words; None for a good one."""
    if status == 0:
        return None
    return f"signal {-status}" if status < 0 else f"exit status {status}"
