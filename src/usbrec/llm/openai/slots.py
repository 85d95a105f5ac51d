"""Slots: how many requests are in flight to a server, never more than is set, and fewer where it bears fewer.

A server that answers 429 or 503, or does not answer in time, is asked by a third fewer at once, at most once
a second; each answer after that lets a little more in again, one more in flight for as many answers as are
in flight. Which requests go out first decides no answer, so a run's words do not depend on it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

#: What is left of the requests in flight where the server bears fewer.
_CUT = 2 / 3
#: Seconds after a cut in which no other one is made: answers to what was sent before it still come in.
_HOLD = 1.0
#: Statuses that say that there are too many requests.
TOO_MANY = frozenset({429, 503, 529})

_log = logging.getLogger(__name__)


class Slots:
    """A bound of `most` requests at once; an async context manager around each."""

    def __init__(self, most: int) -> None:
        self.most = most
        #: How many may be in flight at present.
        self.bound = float(most)
        self.taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._held_until = 0.0
        self._told = False

    async def __aenter__(self) -> None:
        if self.taken < int(self.bound) and not self._waiting:
            self.taken += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # It was let in and will not go: the next one may.
                self.taken -= 1
            self._let_in()
            raise

    async def __aexit__(self, *_: object) -> None:
        self.taken -= 1
        self._let_in()

    def bears(self) -> None:
        """An answer has come."""
        if self.bound < self.most:
            self.bound = min(self.most, self.bound + 1 / self.bound)
            self._let_in()

    def bears_less(self, name: str | None, why: str) -> None:
        """The server called `name` could not take a request; `why` in words."""
        now = time.monotonic()
        if now < self._held_until or self.bound <= 1:
            return
        self._held_until = now + _HOLD
        # What is in flight was too much, however much more would have been allowed.
        self.bound = max(1.0, _CUT * min(self.bound, max(1, self.taken)))
        if not self._told:
            self._told = True
            _log.warning(
                "%s %s with %d requests in flight: fewer are sent at once, and more again as it bears them.",
                name,
                why,
                self.taken,
            )

    def _let_in(self) -> None:
        while self._waiting and self.taken < int(self.bound):
            place = self._waiting.popleft()
            if not place.done():
                self.taken += 1
                place.set_result(None)
