"""Connections: how many there may be, and how long one may take to say what it wants.

A web server that waits for ever is closed to everybody by a hundred clients who send half a request and then
nothing. Here the head of a request has to come within a time, its body within another (middleware.py), and a
reply that nobody reads ends as late. Where all places are taken, who has asked for nothing yet makes room for
who comes, the oldest first; so whoever asks at once is heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque
from typing import Any, Protocol

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if sys.platform != "win32":
    import resource

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n"
)
#: Files that a service has open beside its connections, and connections that wait to be taken up.
_OTHER_FILES = 256
#: Seconds that a connection stays open on which nothing is asked. Longer than clients keep theirs (httpx 5,
#: aiohttp 15, load balancers 60): a request on one that the server just closed fails. Where places are short,
#: idle ones make room.
IDLE_SECONDS = 75
_BACKLOG = 2048


class ConnectionLimits(Protocol):
    """What `guarded_protocol` is told: how many connections, and seconds for a head, and for a body or a
    reply that waits to be read."""

    @property
    def connections(self) -> int: ...
    @property
    def head_seconds(self) -> float: ...
    @property
    def body_seconds(self) -> float: ...


def room_for(connections: int) -> tuple[int, int]:
    """How many connections there is room for, and how many may wait to be taken up, given how many files this
    process may have open: that limit is raised as far as the system lets it be."""
    if sys.platform == "win32":
        return connections, _BACKLOG
    wanted = connections + _BACKLOG + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < most:
        # Some systems have a lower limit that they do not tell.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections, _BACKLOG
    # The server takes up all that wait at once, before it looks at one of them.
    return max(1, min(connections, soft // 2)), max(1, soft // 4)


def guarded_protocol(limits: ConnectionLimits, most: int | None = None) -> type[asyncio.Protocol]:
    """The web server's protocol within these limits, for one service; `most` connections where the system
    allows no more."""
    guard = _Guard(limits, limits.connections if most is None else most)

    class Guarded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        """A connection that is closed when its client is too slow, or when there are too many."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._heard: Any = None
            self._cycles: deque[Any] = deque()
            guard.came(self)

        def on_headers_complete(self) -> None:
            """One parser calls this for each head; the other takes up one request after the other."""
            super().on_headers_complete()
            while self._cycles and self._cycles[0].response_complete:
                self._cycles.popleft()
            self._cycles.append(self.cycle)

        def write_nothing_more(self) -> None:
            """The loop tells of a connection's end only later, and of several requests the last one alone."""
            getattr(self, "pipeline", deque()).clear()
            for cycle in (*self._cycles, self.cycle):
                if cycle is not None:
                    cycle.disconnected = True

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            # A cycle is a request whose head is complete, with its response.
            cycle = self.cycle
            if cycle is not self._heard:
                self._heard = cycle
                guard.asked(self)
            elif cycle is None or cycle.response_complete:
                guard.begins(self)

        def pause_writing(self) -> None:
            super().pause_writing()
            guard.unread(self)

        def resume_writing(self) -> None:
            super().resume_writing()
            guard.asked(self)

        def connection_lost(self, exc: Exception | None) -> None:
            guard.gone(self)
            self.write_nothing_more()
            super().connection_lost(exc)

    protocol: type[asyncio.Protocol] = Guarded
    return protocol


def server_options(limits: ConnectionLimits, most: int | None = None) -> dict[str, Any]:
    """What the web server (uvicorn) is told for a service within these limits."""
    return {
        "log_config": None,
        "access_log": False,
        "http": guarded_protocol(limits, most),
        "ws": "none",
        "timeout_keep_alive": IDLE_SECONDS,
    }


class _Guard:
    """The connections of one service, each with the clock that will end it, if one runs."""

    def __init__(self, limits: ConnectionLimits, most: int) -> None:
        self._limits = limits
        self._most = most
        #: In the order in which they came.
        self._clocks: dict[Any, asyncio.TimerHandle | None] = {}

    def came(self, connection: Any) -> None:
        if len(self._clocks) >= self._most and not self._made_room():
            connection.transport.write(_FULL)
            connection.transport.close()
            return
        self._clocks[connection] = None
        self.begins(connection)

    def begins(self, connection: Any) -> None:
        """A head is to come; how long it takes in all counts, whatever comes of it meanwhile."""
        if self._clocks.get(connection, connection) is None:
            self._start(connection, self._limits.head_seconds, self._slow_head)

    def asked(self, connection: Any) -> None:
        """Nothing is waited for any more."""
        self._stop(connection)

    def unread(self, connection: Any) -> None:
        """A reply waits for its client to read."""
        self._stop(connection)
        if connection in self._clocks:
            self._start(connection, self._limits.body_seconds, self._end)

    def gone(self, connection: Any) -> None:
        self._stop(connection)
        self._clocks.pop(connection, None)

    def _made_room(self) -> bool:
        """Close the oldest connection that has asked for nothing yet, or whose requests are all answered."""
        idle = (one for one in self._clocks if one.cycle is None or one.cycle.response_complete)
        oldest = next((one for one in idle if self._clocks[one] is not None), None) or next(
            (one for one in self._clocks if one.cycle is not None and one.cycle.response_complete), None
        )
        if oldest is None:
            return False
        self._end(oldest)
        return True

    def _slow_head(self, connection: Any) -> None:
        connection.transport.write(_TOO_SLOW)
        self.gone(connection)
        connection.transport.close()

    def _end(self, connection: Any) -> None:
        self.gone(connection)
        connection.write_nothing_more()
        connection.transport.abort()

    def _start(self, connection: Any, seconds: float, then: Any) -> None:
        self._clocks[connection] = connection.loop.call_later(seconds, then, connection)

    def _stop(self, connection: Any) -> None:
        clock = self._clocks.get(connection)
        if clock is not None:
            clock.cancel()
            self._clocks[connection] = None
