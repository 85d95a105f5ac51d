"""Relay on a machine of a Ray cluster: an actor that runs one worker and passes on what it tells.

The worker is a process of its own, as on the run's own machine (processes.py). It ends when this one does,
which Ray ends when the run's process is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import platform
import sys
from collections.abc import Mapping
from typing import Any

from usbrec.stages.processes import ShareProcess, started_process

#: Seconds in which what is told is gathered, so that many rows go in one message.
_GATHER = 0.05
#: Of what a worker that ended by itself had printed, so many characters are told.
_SHOWN = 200


class Relay:
    """What runs on a machine of the cluster."""

    def __init__(self) -> None:
        self._told: list[Mapping[str, Any]] = []
        self._news = asyncio.Event()
        self._process: ShareProcess | None = None
        self._reading: asyncio.Task[str | None] | None = None
        self._printed = b""

    async def begin(
        self, given: bytes, job: bytes, files: Mapping[str, Mapping[str, bytes]], cwd: str
    ) -> str:
        """Start the worker, in the folder `cwd` where there is one; returns the name of this machine."""
        # Ray sets it in its processes; threads are as in the run's own process, which sends its value.
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        started = await started_process(
            cwd=cwd if os.path.isdir(cwd) else None,  # noqa: ASYNC240, PTH112 - once, before anything runs
            env=environment,
            stderr=asyncio.subprocess.PIPE,
        )
        self._process = ShareProcess(started)
        self._process.give(given, job, pickle.dumps(dict(files)))
        assert started.stderr is not None
        self._reading = asyncio.create_task(self._read(started.stderr))
        return platform.node()

    async def _read(self, errors: asyncio.StreamReader) -> str | None:
        assert self._process is not None
        printing = asyncio.create_task(self._print(errors))
        try:
            ending = await self._process.ended(self._hear)
            await printing
        finally:
            self._news.set()
        last = self._printed.decode(errors="replace").strip().rpartition("\n")[2]
        return f"{ending}: {last[:_SHOWN]}" if ending and last else ending

    async def _print(self, errors: asyncio.StreamReader) -> None:
        """What the worker prints goes where this process prints, and its end is kept."""
        while block := await errors.read(4096):
            sys.stderr.buffer.write(block)
            sys.stderr.flush()
            self._printed = (self._printed + block)[-4096:]

    async def _hear(self, told: Mapping[str, Any]) -> None:
        self._told.append(told)
        self._news.set()

    async def told(self) -> tuple[list[Mapping[str, Any]], bool, str | None]:
        """What was told since it was last asked, once there is something; whether the worker has ended, and
        how, None for well."""
        assert self._reading is not None
        await self._news.wait()
        if not self._reading.done():
            await asyncio.wait([self._reading], timeout=_GATHER)
        self._news.clear()
        told, self._told = self._told, []
        if self._reading.done():
            self._news.set()
            return told, True, self._reading.result()
        return told, False, None

    async def stop(self) -> None:
        """End the worker."""
        if self._process is not None:
            await self._process.stop()
        if self._reading is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([self._reading])
