"""Processor time of a call to a server, by HTTP client and requests in flight.

    python bench/http_clients.py [--calls 1500] [--in-flight 64 1000]

A child process answers each request after 0.2 s with a fixed completion. Measured are our client as it is
(retries, messages, reading the answer), the SDK alone, and the libraries below it; aiohttp where it is
installed. One line each: milliseconds of processor time of this process a call, the median of three rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from multiprocessing.connection import Connection

import httpx2
import openai

from usbrec.llm import ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel

LATENCY = 0.2
ASKED = {"model": "m", "messages": [{"role": "user", "content": "A film? " * 60}], "max_tokens": 64}
ANSWER = json.dumps(
    {
        "id": "c",
        "object": "chat.completion",
        "model": "m",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "Heat."}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 130, "completion_tokens": 3},
    }
).encode()
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(ANSWER)


async def _serve(told: Connection) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().splitlines()
                    if line.startswith(b"content-length")
                )
                await reader.readexactly(length)
                await asyncio.sleep(LATENCY)
                writer.write(HEAD + ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=2048)
    told.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def _server(told: Connection) -> None:
    asyncio.run(_serve(told))


Call = Callable[[], Awaitable[object]]


async def ours(url: str, at_once: int, stack: AsyncExitStack) -> Call:
    model = OpenAIModel("m", base_url=url, concurrency=at_once)
    stack.push_async_callback(model.aclose)
    request = ChatRequest((Message("user", "A film? " * 60),), max_tokens=64)
    return lambda: model.chat(request)


async def sdk(url: str, at_once: int, stack: AsyncExitStack) -> Call:
    client = await stack.enter_async_context(openai.AsyncOpenAI(base_url=url, api_key="none"))
    return lambda: client.chat.completions.create(**ASKED)


async def bare_httpx(url: str, at_once: int, stack: AsyncExitStack) -> Call:
    limits = httpx2.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    client = await stack.enter_async_context(httpx2.AsyncClient(limits=limits, timeout=60))
    return lambda: client.post(f"{url}/chat/completions", json=ASKED)


async def bare_aiohttp(url: str, at_once: int, stack: AsyncExitStack) -> Call:
    import aiohttp

    connector = aiohttp.TCPConnector(limit=at_once)
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))

    async def call() -> bytes:
        async with session.post(f"{url}/chat/completions", json=ASKED) as answer:
            return await answer.read()

    return call


async def measure(make: Callable[..., Awaitable[Call]], url: str, calls: int, at_once: int) -> float:
    """Milliseconds of processor time a call."""
    async with AsyncExitStack() as stack:
        call = await make(url, at_once, stack)
        left = iter(range(calls))

        async def worker() -> None:
            for _ in left:
                await call()

        await call()
        started = time.process_time()
        await asyncio.gather(*(worker() for _ in range(at_once)))
        return (time.process_time() - started) / calls * 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 1000])
    asked = parser.parse_args()
    os.environ.setdefault("OPENAI_API_KEY", "none")
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_server, args=(there,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}/v1"
    clients = {"ours": ours, "the SDK": sdk, "httpx2": bare_httpx}
    if importlib.util.find_spec("aiohttp"):
        clients["aiohttp"] = bare_aiohttp
    for at_once in asked.in_flight:
        for name, make in clients.items():
            taken = [asyncio.run(measure(make, url, asked.calls, at_once)) for _ in range(3)]
            print(f"{at_once:>5} in flight  {name:<8} {statistics.median(taken):6.2f} ms a call")
    server.terminate()


if __name__ == "__main__":
    main()
