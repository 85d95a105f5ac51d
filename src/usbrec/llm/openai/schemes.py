"""Schemes of addresses: whether a port that gives no answer speaks the other of http and https.

Either way round the connection just fails, or hangs, and trying again does not help. So a port is asked once.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl

#: A record of TLS, a handshake's or an alert's, of whatever version.
_RECORD = re.compile(rb"[\x15\x16]\x03")
#: How servers of https say, in plain http, that this is what they were asked in.
_SAID = re.compile(rb"plain HTTP request|HTTP request to an? (?:HTTPS|TLS|SSL)", re.IGNORECASE)
#: Seconds that a port may take to show what it speaks.
_LONGEST = 1.0


def says_tls(body: bytes) -> bool:
    """Whether a refusal in plain http says that https is spoken there."""
    return _SAID.search(body) is not None


async def wrong_scheme(scheme: str, host: str, port: int) -> str:
    """What is wrong with asking this port in this scheme, in words; "" where it is not that."""
    if scheme == "http" and _RECORD.match(await _first_words(host, port, _hello())):
        return f"port {port} speaks https, not http: write https:// in the address"
    asked = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii", "replace")
    if scheme == "https":
        said = await _first_words(host, port, asked)
        if said.startswith(b"HTTP/") and not says_tls(said):
            return f"port {port} speaks plain http, not https: write http:// in the address"
    return ""


def wrong_certificate(error: BaseException | None) -> str:
    """What is wrong with a server's certificate, in words; "" where a connection failed otherwise."""
    said = ""
    while error is not None and not said:
        said = getattr(error, "verify_message", "")
        error = getattr(error, "certificate_error", None) or error.__cause__
    if not said:
        return ""
    return (
        f"its certificate is not trusted ({said}): name the file of its authority in the "
        "environment variable SSL_CERT_FILE, or use the name that the certificate is for"
    )


async def _first_words(host: str, port: int, said: bytes) -> bytes:
    """What a port answers first, b"" for nothing."""
    with contextlib.suppress(OSError, ssl.SSLError):
        async with asyncio.timeout(_LONGEST):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(said)
                await writer.drain()
                return await reader.read(4096)
            finally:
                writer.close()
    return b""


def _hello() -> bytes:
    """The first message of a TLS client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    out = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    return out.read()
