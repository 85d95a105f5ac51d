"""Request queue: bounded, with places for those who ask the model and those who wait.

A model in this process answers one request at a time; without a bound, those who wait would wait longer
and longer, and all in vain.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from usbrec.serve.http.errors import ServiceError


class RequestQueue:
    """Bounded queue: `at_once` requests run, `waiting` wait, first come, first served."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._bound = waiting
        self.working = 0
        self.waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises ServiceError (429) when too many wait already."""
        if self._slots.locked() and self.waiting >= self._bound:
            raise ServiceError(
                429,
                "Too many requests wait for the model; try again in a moment.",
                code="queue_full",
                retry_after=2,
            )
        self.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.waiting -= 1
        self.working += 1
        try:
            yield
        finally:
            self.working -= 1
            self._slots.release()
