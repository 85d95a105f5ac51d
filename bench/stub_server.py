"""Stub of an OpenAI-compatible server: each answer takes a set time and next to no processor time.

    python bench/stub_server.py [--latency 0.2]

What is said depends on messages, seed and place among the choices alone. GET /stats counts; POST /reset
starts counting anew; POST /set {"latency": .., "logprobs": .., "n": ..} changes what it does. It prints its
port.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import hashlib
import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:  # What the server takes is no part of what is measured, but it takes it from the same cores.
    import orjson

    _loads: Any = orjson.loads
    _dumps: Any = orjson.dumps
except ImportError:
    _loads = json.loads

    def _dumps(value: Any) -> bytes:
        return json.dumps(value).encode()


_CATALOGUE = Path(__file__).parent.parent / "src/usbrec/data/demo/catalogue.csv"
_OPENERS = ("You may enjoy", "I would suggest", "How about", "Have you seen", "Perhaps try", "Many love")
_TAILS = (
    "It is quite funny.",
    "It has a slow start.",
    "The cast is great.",
    "What do you think?",
    "Or older?",
)
_SAID = (
    "I have not seen that one.",
    "Something lighter.",
    "Do you have more action?",
    "A newer film, please.",
)
_GENRES = ("comedy", "horror", "drama", "war", "romance", "thriller", "western", "family")


def _titles() -> list[str]:
    with _CATALOGUE.open(encoding="utf-8") as file:
        return [f"{row['Title']} ({row['Year']})" for row in csv.DictReader(file)]


TITLES = _titles()


class State:
    """What the server does, and what it has counted since the last reset."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.logprobs = self.n = True
        self.reset()

    def reset(self) -> None:
        self.calls = self.tokens = self.flying = self.peak = self.chain = self.answered = 0
        self.first = self.last = 0.0
        self.kinds: dict[str, int] = {}

    def stats(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "prompt_tokens": self.tokens,
            "span": self.last - self.first,
            "peak": self.peak,
            "chain": self.chain,
            "kinds": self.kinds,
        }


def _kind(given: Mapping[str, Any], text: str) -> str:
    if given.get("logprobs"):
        return "logprobs"
    if "answer with the digit alone" in text[-600:].lower():
        return "vote"
    if "you play a person" in text[:1500].lower():
        return "seeker"
    return "profile" if "liked genres:" in text.lower() else "recommender"


def _said(kind: str, drawn: bytes) -> str:
    a, b, c, title = drawn[0], drawn[1], drawn[2], TITLES[int.from_bytes(drawn[4:8], "big") % len(TITLES)]
    if kind in ("vote", "logprobs"):
        return str(a % 3)
    if kind == "profile":
        liked, disliked = _GENRES[a % 8], _GENRES[b % 8]
        rest = "none" if liked == disliked else disliked
        return (
            f"Liked genres: {liked}\nLiked styles: none\nLiked items: {title}\nLiked people: none\n"
            f"Disliked genres: {rest}\nDisliked styles: none\nDisliked items: none\nDisliked people: none"
        )
    if kind == "seeker":
        return f"{_SAID[a % 4]} I am in the mood for {_GENRES[b % 8]}."
    if c % 4 == 0:
        return f"What kind of films do you like, {_GENRES[a % 8]} or {_GENRES[b % 8]}?"
    return f"{_OPENERS[a % 6]} {title}. {_TAILS[b % 5]}"


def _logprobs(drawn: bytes) -> dict[str, Any]:
    weights = [1 + drawn[place] for place in range(3)]
    top = [
        {"token": str(digit), "logprob": math.log(0.97 * weight / sum(weights)), "bytes": None}
        for digit, weight in enumerate(weights)
    ]
    top.sort(key=lambda one: -one["logprob"])
    return {"content": [{**top[0], "top_logprobs": top}]}


class Http(asyncio.Protocol):
    """One connection; requests come one after the other."""

    state: State

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (cut := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:cut].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < cut + 4 + length:
                return
            body, self.buffer = self.buffer[cut + 4 : cut + 4 + length], self.buffer[cut + 4 + length :]
            self.handle(head.split(b" ", 2)[1], body)

    def handle(self, path: bytes, body: bytes) -> None:
        state = self.state
        if path.endswith(b"/chat/completions"):
            self.complete(_loads(body))
        elif path == b"/stats":
            self.reply(200, _dumps(state.stats()))
        elif path == b"/reset":
            state.reset()
            self.reply(200, b"{}")
        elif path == b"/set":
            for name, value in _loads(body).items():
                setattr(state, name, value)
            self.reply(200, b"{}")
        elif path.endswith(b"/models"):
            self.reply(200, b'{"object": "list", "data": [{"id": "stub", "object": "model"}]}')
        else:
            self.reply(404, b'{"error": {"message": "no such path"}}')

    def complete(self, given: dict[str, Any]) -> None:
        state, n = self.state, int(given.get("n") or 1)
        for name, asked in (("logprobs", given.get("logprobs")), ("n", n > 1)):
            if asked and not getattr(state, name):
                said = {"message": f"{name} is not supported", "param": name, "code": "unsupported_parameter"}
                self.reply(400, _dumps({"error": said}))
                return
        state.first = state.first or time.monotonic()
        state.calls += 1
        state.flying += 1
        state.peak = max(state.peak, state.flying)
        text = "\n".join(str(message["content"]) for message in given["messages"])
        kind = _kind(given, text)
        state.kinds[kind] = state.kinds.get(kind, 0) + 1
        state.tokens += len(text) // 4
        # Of one row alone: a request that comes after an answer has waited for it.
        depth = state.answered + 1
        state.chain = max(state.chain, depth)
        seed = given.get("seed") if given.get("temperature", 1.0) else None
        key = f"{text}|{seed}".encode("utf-8", "replace")
        choices = []
        for index in range(n):
            drawn = hashlib.blake2b(key + bytes([index]), digest_size=16).digest()
            message = {"role": "assistant", "content": _said(kind, drawn)}
            probabilities = _logprobs(drawn) if kind == "logprobs" else None
            choices.append(
                {"index": index, "message": message, "finish_reason": "stop", "logprobs": probabilities}
            )
        usage = {"prompt_tokens": len(text) // 4, "completion_tokens": 12 * n}
        usage["total_tokens"] = sum(usage.values())
        made = {"object": "chat.completion", "model": "stub", "choices": choices, "usage": usage}
        loop = asyncio.get_running_loop()
        loop.call_later(state.latency, self.done, _dumps(made), depth)

    def done(self, body: bytes, depth: int) -> None:
        self.state.flying -= 1
        self.state.answered = max(self.state.answered, depth)
        self.state.last = time.monotonic()
        self.reply(200, body)

    def reply(self, status: int, body: bytes) -> None:
        if not self.transport.is_closing():
            head = f"HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\n"
            self.transport.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)


async def serve(latency: float) -> None:
    Http.state = State(latency)
    server = await asyncio.get_running_loop().create_server(Http, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--latency", type=float, default=0.2, help="seconds that an answer takes")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.latency))


if __name__ == "__main__":
    main()
