"""A small real HTTP server for tests: every request is answered as the test says, over real sockets.

    with LocalServer([Answer(429, headers={"retry-after-ms": "10"}), completion("1")]) as server:
        model = OpenAIModel("m", base_url=server.url)

A list is served in order and its last entry again and again; a function is asked for each request.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it. `body` is the parsed JSON, `at` seconds on the server's clock."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at: float


@dataclass(frozen=True)
class Answer:
    """What the server does with one request.

    `body`: a string goes out as it is, anything else as JSON. `chunks` replace it with pieces, sent
    `pause` seconds apart. `drop` closes the connection: "silently" without a byte, "midway" after half
    of the body was sent. `delay` is in seconds; None never answers.
    """

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float | None = 0.0
    drop: Literal["silently", "midway"] | None = None
    chunks: tuple[str, ...] = ()
    pause: float = 0.0


def completion(
    *texts: str | None, finish: str = "stop", usage: Any = None, logprobs: Any = None, **more: Any
) -> Answer:
    """A chat completion with one choice for each text."""
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": text},
            "finish_reason": finish,
            "logprobs": logprobs,
        }
        for index, text in enumerate(texts)
    ]
    body = {"id": "c", "object": "chat.completion", "model": "m", "choices": choices}
    return Answer(body=body if usage is None else {**body, "usage": usage}, **more)


def complaint(message: str, status: int = 400, **fields: Any) -> Answer:
    """An error in OpenAI's envelope."""
    return Answer(status, {"error": {"message": message, **fields}})


def stream(
    *events: Any, done: bool = True, pause: float = 0.0, drop: Literal["midway"] | None = None
) -> Answer:
    """Server-sent events, one chunk each, then [DONE]."""
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    chunks = tuple(f"data: {line}\n\n" for line in [*lines, *(["[DONE]"] if done else [])])
    return Answer(chunks=chunks, headers={"content-type": "text/event-stream"}, pause=pause, drop=drop)


class LocalServer:
    """The server, in a thread of its own on a free port of 127.0.0.1. Use it as a context manager.

    `requests` are those seen so far (`arrived` is set by the first), `most_in_flight` the highest number
    open at once, `hung_up` how many the client closed before they were answered (`left`: the first).
    """

    def __init__(self, script: Sequence[Answer] | Callable[[Seen], Answer]) -> None:
        self._script = script
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self.arrived, self.left = threading.Event(), threading.Event()
        self.requests: list[Seen] = []
        self.most_in_flight = 0
        self.hung_up = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self) -> asyncio.Server:
        def protocol() -> asyncio.StreamReaderProtocol:
            reader = _Reader(self._loop)
            return asyncio.StreamReaderProtocol(
                reader, lambda _, writer: self._connected(reader, writer), loop=self._loop
            )

        return await self._loop.create_server(protocol, "127.0.0.1", 0)

    async def _shut(self) -> None:
        self._server.close()
        open_connections = list(self._connections)
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)
        # One turn of the loop lets the transports finish closing.
        await asyncio.sleep(0)

    def _connected(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                while await self._exchange(reader, writer):
                    pass
            finally:
                writer.close()
                await writer.wait_closed()

    async def _exchange(self, reader: _Reader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; True when the connection may carry another."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        seen = Seen(method, path, headers, json.loads(raw) if raw else None, self._loop.time())
        self.requests.append(seen)
        self.arrived.set()
        answer = self._answer(seen)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        gone = self._loop.create_task(reader.ended.wait())
        work = self._loop.create_task(self._send(answer, writer))
        try:
            await asyncio.wait({gone, work}, return_when=asyncio.FIRST_COMPLETED)
            # A write that fails says it, too, sometimes first.
            if not work.done() or work.exception() is not None:
                self.hung_up += 1
                self.left.set()
                return False
            return answer.drop is None
        finally:
            self._in_flight -= 1
            for task in (gone, work):
                task.cancel()
            await asyncio.gather(gone, work, return_exceptions=True)

    def _answer(self, seen: Seen) -> Answer:
        if callable(self._script):
            return self._script(seen)
        return self._script[min(len(self.requests), len(self._script)) - 1]

    async def _send(self, answer: Answer, writer: asyncio.StreamWriter) -> None:
        if answer.delay is None:
            await asyncio.Event().wait()
        elif answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.drop == "silently":
            return
        chunked = bool(answer.chunks)
        kind = "text/html" if isinstance(answer.body, str) else "application/json"
        body = (answer.body if isinstance(answer.body, str) else json.dumps(answer.body)).encode()
        length = {"transfer-encoding": "chunked"} if chunked else {"content-length": str(len(body))}
        headers = {"content-type": kind, **length, **answer.headers}
        lines = [
            f"HTTP/1.1 {answer.status} Scripted",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        if not chunked:
            writer.write(body[: len(body) // 2] if answer.drop else body)
            await writer.drain()
            return
        for chunk in answer.chunks:
            data = chunk.encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
            await asyncio.sleep(answer.pause)
        if answer.drop is None:
            writer.write(b"0\r\n\r\n")
            await writer.drain()


class _Reader(asyncio.StreamReader):
    """A reader that says when the client has closed its side, without reading into the next request."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.ended = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.ended.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.ended.set()
