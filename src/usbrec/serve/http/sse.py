"""Server-sent events: a pipe that is written to while the reply comes, and the response that sends it.

The response ends the work when the client goes away, and says `: keep-alive` where nothing else is to be
said, because browsers and proxies take a silent connection for a dead one. A stream never ends in silence:
its last event is what its work wrote last, or the error that the work died of.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from usbrec.serve.http.errors import ServiceError

#: A stream's headers go out after so many seconds at the latest: until then an error still has a status.
_GRACE = 1.0
_KEEP_ALIVE = b": keep-alive\n\n"


def dumps(document: Any) -> bytes:
    """JSON in ASCII: half a surrogate pair, which a model may say, could not be written otherwise."""
    return json.dumps(document, separators=(",", ":")).encode("ascii")


class Json(Response):
    """A JSON document."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return dumps(content)


class Pipe:
    """Events on their way to a client. `close` ends them. Once it has `begun`, by its first event or by its
    headers alone, there is no status any more to tell an error by."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.begun = asyncio.Event()

    def event(self, document: Mapping[str, Any]) -> None:
        """Add an event; one that has a `type` is named by it."""
        name = document.get("type")
        named = b"" if name is None else b"event: " + str(name).encode("ascii") + b"\n"
        self._put(named + b"data: " + dumps(document) + b"\n\n")

    def done(self) -> None:
        """The event that ends a complete stream."""
        self._put(b"data: [DONE]\n\n")

    def close(self) -> None:
        self._put(None)

    async def get(self) -> bytes | None:
        """All there is, at least one event; None at the end."""
        first = await self._queue.get()
        if first is None:
            return None
        pieces = [first]
        while not self._queue.empty():
            piece = self._queue.get_nowait()
            if piece is None:
                self._queue.put_nowait(None)
                break
            pieces.append(piece)
        return b"".join(pieces)

    def _put(self, piece: bytes | None) -> None:
        self.begun.set()
        self._queue.put_nowait(piece)


class EventStream(Response):
    """Sends a pipe's events while `work` fills it; `work` is cancelled when the client goes away. Raises what
    it died of once all is sent, for the log."""

    media_type = "text/event-stream"

    def __init__(self, pipe: Pipe, work: asyncio.Task[None], keep_alive: float) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._pipe = pipe
        self._work = work
        self._keep_alive = keep_alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watch = asyncio.create_task(self._watch(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while (piece := await self._next()) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()
            await end(self._work)
        if not self._work.cancelled() and (error := self._work.exception()) is not None:
            raise error

    async def _next(self) -> bytes | None:
        try:
            async with asyncio.timeout(self._keep_alive):
                return await self._pipe.get()
        except TimeoutError:
            return _KEEP_ALIVE

    async def _watch(self, receive: Receive) -> None:
        await _hung_up(receive)
        self._work.cancel()
        self._pipe.close()


async def event_stream(
    fill: Callable[[Pipe], Awaitable[None]],
    keep_alive: float,
    failure_of: Callable[[BaseException], ServiceError],
    failed: Callable[[ServiceError], Mapping[str, Any]] = ServiceError.body,
) -> EventStream:
    """The response that sends what `fill` writes. Raises what `fill` raises before anything was written and
    before a second is over; later it becomes the event that `failed` writes, because there is no status any
    more to tell it by."""
    pipe = Pipe()
    work = asyncio.create_task(_filled(pipe, fill, failure_of, failed))
    begun = asyncio.create_task(pipe.begun.wait())
    try:
        await asyncio.wait({work, begun}, timeout=_GRACE, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await end(work)
        raise
    finally:
        begun.cancel()
    if work.done() and not pipe.begun.is_set():
        await work
    # From here on the headers go out, whatever comes.
    pipe.begun.set()
    return EventStream(pipe, work, keep_alive)


async def _filled(
    pipe: Pipe,
    fill: Callable[[Pipe], Awaitable[None]],
    failure_of: Callable[[BaseException], ServiceError],
    failed: Callable[[ServiceError], Mapping[str, Any]],
) -> None:
    try:
        await fill(pipe)
    except BaseException as error:
        if not pipe.begun.is_set():
            raise
        # Clients of OpenAI look for this.
        failure = failure_of(error)
        pipe.event(failed(failure))
        pipe.close()
        if failure.status == 500 and failure is not error:
            raise
    else:
        pipe.close()


async def unless_gone(request: Request, work: asyncio.Task[Any]) -> bool:
    """Wait for `work`; False when the client went away first, and the work is then ended."""
    watch = asyncio.create_task(_hung_up(request.receive))
    try:
        await asyncio.wait({watch, work}, return_when=asyncio.FIRST_COMPLETED)
        if watch.done() and not work.done():
            await end(work)
            return False
        return True
    except asyncio.CancelledError:
        await end(work)
        raise
    finally:
        watch.cancel()


async def end(work: asyncio.Task[Any]) -> None:
    """Cancel and wait; what it died of is no concern any more."""
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await work


async def _hung_up(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
