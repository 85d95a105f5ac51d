"""Streams of events read, server-sent or a line of JSON each: bytes in, the data of each event out."""

from __future__ import annotations

import codecs
import functools
import json
from collections.abc import AsyncIterable, AsyncIterator


async def data_of_events(pieces: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """The data of each event; comments and ids are left out, and so is an event without data. What an event
    of the name "error" says is given as JSON with an `error`, like the errors in events without a name. An
    object on a line of its own is an event, too: so errors come from servers whose stream fails on the way.

    Lines end in any of the three ways that the format allows, also across pieces. An event that the stream's
    end cuts off before its empty line is given all the same: servers forget that line.
    """
    data: list[str] = []
    kind = ""
    async for line in _lines(pieces):
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                if data and _is_object("\n".join(data)):
                    # Servers that end an event with its line alone.
                    yield _event(kind, data)
                    data, kind = [], ""
                data.append(value.removeprefix(" "))
            elif name == "event":
                kind = value.strip()
            elif _is_object(line):
                if data:
                    yield _event(kind, data)
                yield line
                data, kind = [], ""
            continue
        if data or kind == "error":
            yield _event(kind, data)
        data, kind = [], ""
    if data or kind == "error":
        yield _event(kind, data)


async def data_of_lines(pieces: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """The lines of a stream that has a JSON value on each, with or without a mark of records before it."""
    async for line in _lines(pieces):
        if data := line.strip("\x1e \t"):
            yield data.removeprefix("data:").strip()


@functools.lru_cache(maxsize=64)  # asked twice of each answer
def is_lines(kind: str) -> bool:
    """Whether a content type is one of lines of JSON."""
    return any(name in kind.lower() for name in ("ndjson", "jsonl", "json-lines", "json-seq", "stream+json"))


def holds_lines(body: bytes) -> bool:
    """Whether a body is lines of JSON, whatever its type says: several objects, each on a line of its own."""
    lines = [line.strip(b"\x1e \t\r") for line in body.splitlines() if line.strip()]
    return len(lines) > 1 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines)


def _is_object(line: str) -> bool:
    if not line.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _event(kind: str, data: list[str]) -> str:
    text = "\n".join(data)
    if kind != "error":
        return text
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = text.strip() or "an error, without a word"
    return text if isinstance(said, dict) and said.get("error") else json.dumps({"error": said})


async def _lines(pieces: AsyncIterable[bytes]) -> AsyncIterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    async for piece in pieces:
        # A carriage return at the end may be half of a line's end.
        *lines, rest = _split(rest + decoder.decode(piece))
        for line in lines:
            yield line
    *lines, rest = _split(rest + decoder.decode(b"", final=True), final=True)
    for line in lines:
        yield line
    if rest:
        yield rest


def _split(text: str, *, final: bool = False) -> list[str]:
    kept = "" if final or not text.endswith("\r") else "\r"
    whole = text.removesuffix(kept).replace("\r\n", "\n").replace("\r", "\n")
    lines = whole.split("\n")
    lines[-1] += kept
    return lines
