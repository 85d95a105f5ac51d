"""Server-sent events read: bytes in, the data of each event out."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterable, AsyncIterator


async def data_of_events(pieces: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """The data of each event; comments, names and ids are left out, and so is an event without data.

    Lines end in any of the three ways that the format allows, also across pieces. An event that the stream's
    end cuts off before its empty line is given all the same: servers forget that line.
    """
    data: list[str] = []
    async for line in _lines(pieces):
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
        elif data:
            yield "\n".join(data)
            data = []
    if data:
        yield "\n".join(data)


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
