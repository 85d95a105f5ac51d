"""Addresses with the wrong scheme, and certificates that nobody vouches for: told at once."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator

import pytest

from support.servers import LocalServer, completion
from usbrec.config import Models
from usbrec.dialogue import Conversation, Turn
from usbrec.errors import ModelRefused, ModelUnavailable
from usbrec.llm import ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.play.own.http import HttpRecommender

ASKED = ChatRequest((Message("user", "A book?"),))


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a server needs whose certificate nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "made.pem"
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*making, "-keyout", key, "-out", made], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


@contextlib.asynccontextmanager
async def tls(context: ssl.SSLContext) -> AsyncIterator[int]:
    """The port of a server that speaks TLS and then says nothing."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@contextlib.asynccontextmanager
async def silent(answer: bytes = b"") -> AsyncIterator[int]:
    """The port of a server that answers a line with `answer`, and nothing else with nothing."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def ask(url: str, **setup: float) -> str:
    model = OpenAIModel("m", base_url=url, max_retries=3, timeout=setup.get("timeout", 20.0))
    try:
        return (await model.chat(ASKED)).text
    finally:
        await model.aclose()


async def test_http_at_a_port_that_speaks_https_is_told(self_signed: ssl.SSLContext) -> None:
    async with tls(self_signed) as port:
        with pytest.raises(ModelRefused, match=rf"{port} speaks https, not http: write https://.*--base-url"):
            await ask(f"http://127.0.0.1:{port}/v1")


def test_https_at_a_port_that_speaks_http_is_told() -> None:
    with (
        LocalServer([completion("Try Dracula")]) as server,
        pytest.raises(ModelRefused, match="speaks plain http, not https: write http://"),
    ):
        asyncio.run(ask(server.url.replace("http:", "https:"), timeout=1.0))


async def test_https_at_a_port_that_waits_for_a_line_of_http_is_told() -> None:
    async with silent(b"HTTP/1.1 404 Not Found\r\n\r\n") as port:
        with pytest.raises(ModelRefused, match="speaks plain http, not https"):
            await ask(f"https://127.0.0.1:{port}/v1", timeout=0.6)


@pytest.mark.parametrize(
    "words",
    [
        b"Client sent an HTTP request to an HTTPS server.\n",
        b"<html><center>The plain HTTP request was sent to HTTPS port</center></html>",
    ],
)
async def test_a_refusal_in_http_that_asks_for_https_is_told(words: bytes) -> None:
    head = b"HTTP/1.0 400 Bad Request\r\ncontent-length: %d\r\n\r\n" % len(words)
    async with silent(head + words) as port:
        with pytest.raises(ModelRefused, match="speaks https, not http"):
            await ask(f"http://127.0.0.1:{port}/v1")


async def test_a_port_that_speaks_neither_is_a_connection_that_failed() -> None:
    async with silent() as port:
        for scheme in ("http", "https"):
            with pytest.raises(ModelUnavailable) as told:
                await ask(f"{scheme}://127.0.0.1:{port}/v1", timeout=0.4)
            assert "speaks" not in str(told.value)


async def test_a_recommender_over_http_is_told_likewise(self_signed: ssl.SSLContext) -> None:
    async with tls(self_signed) as port:
        seat = HttpRecommender(f"http://127.0.0.1:{port}/reply", Models(timeout=20.0))
        with pytest.raises(ModelRefused, match="speaks https, not http"):
            await seat.ask(Conversation((Turn("seeker", "A book?"),)))
        await seat.aclose()


async def test_a_certificate_that_nobody_vouches_for_is_told(self_signed: ssl.SSLContext) -> None:
    async with tls(self_signed) as port:
        with pytest.raises(ModelRefused, match=r"certificate is not trusted \(self.signed.*SSL_CERT_FILE"):
            await ask(f"https://127.0.0.1:{port}/v1")
