"""How much the service itself delays a stream, with many of them at once.

    python bench/serve_load.py [--clients 500] [--seconds 60] [--rate 5]

A stub model says `rate` words a second in the service's process; clients in another process read the
streams over real sockets. Each word carries the moment at which the model said it (time.monotonic() is one
clock for all processes), so what is measured is the service's own delay of a chunk: from there, through the
event loop and the socket, until the client has read it. Printed is JSON: streams, failures, chunks, and
the delay's percentiles in milliseconds. Exit 1 when a stream failed or the 99th is 50 ms or more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import re
import socket
import sys
import time
from typing import Any

import uvicorn

from usbrec.config import load_config
from usbrec.dialogue import Usage
from usbrec.llm import ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest, Completion
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.recommender import RecommenderSeat
from usbrec.serve.app import make_app
from usbrec.serve.models import ServedModel, ServedModels

#: The moment at which the model said a word, in nanoseconds.
_MARK = re.compile(rb"@(\d+)")


class Stub:
    """Says the time, so many times a second."""

    name = "stub"
    identity: dict[str, Any] = {"backend": "stub"}  # noqa: RUF012
    parallel = True

    def __init__(self, rate: float) -> None:
        self._pause = 1.0 / rate

    async def chat(self, request: ChatRequest) -> ChatReply:
        assert request.on_delta is not None
        start = time.monotonic()
        for count in range(1, request.max_tokens + 1):
            await asyncio.sleep(start + count * self._pause - time.monotonic())
            request.on_delta(f"@{time.monotonic_ns()} ")
        return ChatReply((Completion("Done."),), Usage(1, 1, request.max_tokens))

    async def choose(self, request: ChoiceRequest) -> Choice:
        return Choice(None, "votes")

    async def aclose(self) -> None:
        return


def serve(listening: socket.socket, rate: float) -> None:
    """The service, until the process is ended."""
    model: ChatModel = Stub(rate)
    config = load_config(None, {"serving": {"longest_reply": 100_000, "at_once": 4096}})
    speaks = LanguageModel(model, PromptTemplate("S", "Hello!"))
    served = ServedModels(
        {"stub": ServedModel("stub", speaks, enhanced=False)},
        RecommenderSeat(speaks, speaks.template),
        at_once=4096,
    )
    server = uvicorn.Server(uvicorn.Config(make_app(served, config), log_config=None, access_log=False))
    server.run([listening])


async def listen(port: int, words: int, late: float) -> tuple[bool, list[float]]:
    """One stream: whether it came to its end, and each word's delay in milliseconds."""
    delays: list[float] = []
    await asyncio.sleep(late)
    body = json.dumps(
        {"messages": [{"role": "user", "content": "Hi"}], "stream": True, "max_tokens": words}
    ).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    rest = b""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        while piece := await reader.read(65536):
            now = time.monotonic_ns()
            rest += piece
            *events, rest = rest.split(b"\n\n")
            delays += [(now - int(found[1])) / 1e6 for event in events if (found := _MARK.search(event))]
            if any(b"[DONE]" in event for event in events):
                writer.close()
                return len(delays) == words, delays
    except OSError:
        pass
    return False, delays


async def crowd(port: int, clients: int, words: int, rate: float) -> dict[str, Any]:
    # Arrivals are spread over a second, as no crowd asks in the same moment.
    ends = await asyncio.gather(*(listen(port, words, index / clients) for index in range(clients)))
    delays = sorted(delay for _, found in ends for delay in found)
    return {
        "streams": clients,
        "failed": sum(not done for done, _ in ends),
        "chunks": len(delays),
        "chunks_a_second": round(clients * rate),
        "delay_ms": {
            name: round(delays[min(len(delays) - 1, int(share * len(delays)))], 2)
            for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=5.0, help="words a second of each stream")
    given = parser.parse_args()
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        listening.listen(2048)
        service = multiprocessing.get_context("fork").Process(
            target=serve, args=(listening, given.rate), daemon=True
        )
        service.start()
        try:
            words = round(given.seconds * given.rate)
            found = uvicorn_loop(crowd(listening.getsockname()[1], given.clients, words, given.rate))
        finally:
            service.terminate()
            service.join(15)
    print(json.dumps(found, indent=2))
    return 0 if not found["failed"] and found["delay_ms"]["p99"] < 50 else 1


def uvicorn_loop(work: Any) -> dict[str, Any]:
    """Run on the same kind of loop as the service, so that the clients are not what is slow."""
    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        result: dict[str, Any] = runner.run(work)
        return result


if __name__ == "__main__":
    sys.exit(main())
