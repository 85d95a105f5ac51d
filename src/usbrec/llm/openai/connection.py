"""Server connection: address, key and headers, the client that retries, failures without secrets.

The SDK's client is used for every server, whatever it speaks: it alone retries and honours Retry-After. Above
it stand one bound on requests in flight and one deadline.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import openai

from usbrec.errors import ConfigError, ModelUnavailable
from usbrec.llm.openai.errors import Complaint
from usbrec.llm.openai.http import StatusClient

T = TypeVar("T")

OPENAI_KEY = "OPENAI_API_KEY"
_URL = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?:/[!-~]*)?", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
#: Shorter pieces of a header are no secrets, and taking them out of messages would leave holes in words.
_SHORTEST_SECRET = 8


@dataclass(frozen=True)
class Address:
    """Where a server is: its URL, host and port as messages show them, and whether it is this machine."""

    url: str
    host: str
    loopback: bool

    @classmethod
    def read(cls, url: str, what: str = "base URL", key: str = OPENAI_KEY) -> Address:
        """Raises ConfigError, which never repeats what may be a key; `key` is where that belongs."""
        like = "http://HOST:PORT/v1" if what == "base URL" else "http://HOST:PORT/PATH"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise ConfigError(f"The {what} cannot be read; it should look like {like}.") from None
        if "@" in parts.netloc:
            raise ConfigError(f"The {what} holds a user or password; a key belongs in {key}.")
        if (
            parts.scheme.lower() not in ("http", "https")
            or parts.query
            or parts.fragment
            or not _URL.fullmatch(url)
        ):
            raise ConfigError(f"The {what} should look like {like}, without ? and #.")
        try:
            address = ipaddress.ip_address(host)
            loopback = address.is_loopback or address.is_unspecified
        except ValueError:
            loopback = host == "localhost" or host.endswith(".localhost")
        return cls(url, f"{host}:{port}" if port else host, loopback)


def read_key(variable: str) -> str:
    """The key in an environment variable, "" for none. Raises ConfigError on what cannot be sent."""
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"{variable} holds characters that no key has; copy it again.")
    return key


def fill_headers(headers: Mapping[str, str], where: str) -> dict[str, str]:
    """Headers with each ``${NAME}`` in their values replaced by that environment variable.

    Raises ConfigError, which names header and variable and no value.
    """
    filled = {}
    for name, value in headers.items():
        for variable in _VARIABLE.findall(value):
            if not os.environ.get(variable, "").strip():
                raise ConfigError(f"{where}.{name}: the environment variable {variable} is not set.")
        text = _VARIABLE.sub(lambda found: os.environ[found[1]].strip(), value).strip()
        if not (text.isascii() and text.isprintable()):
            raise ConfigError(f"{where}.{name}: its value holds characters that no header may have.")
        filled[name] = text
    return filled


def secrets_in(key: str, headers: Iterable[str]) -> frozenset[str]:
    """What must never be shown: the key, and values of headers, whole and word by word."""
    pieces = (piece for value in headers for piece in (value, *value.split()))
    return frozenset({key, *(piece for piece in pieces if len(piece) >= _SHORTEST_SECRET)}) - {""}


@dataclass
class Connection:
    """A server and how it is asked.

    `slots` bounds requests in flight, `timeout` (seconds) one request with its retries, from the moment it is
    sent; one try has half of it. Without a key none is sent. What the environment holds for OpenAI
    (organisation, project, further headers) goes to `openai` alone (`is_openai`).
    """

    address: Address
    slots: asyncio.Semaphore
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 120.0
    max_retries: int = 5
    is_openai: bool = False

    def __post_init__(self) -> None:
        if not self.timeout > 0 or self.max_retries < 0:
            raise ConfigError("timeout must be above 0, max_retries at least 0.")
        self._secrets = secrets_in(self.key, self.headers.values())
        self._omitted = self._not_sent()
        # A call that stalls leaves time for another try.
        a_try = self.timeout / min(2, 1 + self.max_retries)
        self._client = openai.AsyncOpenAI(
            api_key=self.key or "no-key",
            base_url=self.address.url,
            default_headers=self.headers,
            timeout=openai.Timeout(a_try, connect=min(10.0, a_try)),
            max_retries=self.max_retries,
            http_client=StatusClient(base_url=self.address.url),
        )

    def _not_sent(self) -> dict[str, Any]:
        """Headers that the SDK would send of its own, each to be left out."""
        names = [] if self.key else ["Authorization"]
        if not self.is_openai:
            further = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
            names += ["OpenAI-Organization", "OpenAI-Project"]
            names += [name.strip() for name, colon, _ in (line.partition(":") for line in further) if colon]
        given = {name.lower() for name in self.headers}
        return {name: openai.Omit() for name in names if name.lower() not in given}

    async def post(self, path: str, body: Mapping[str, Any]) -> str:
        """The body of the answer. Raises openai.APIError."""
        return await self._client.post(path, cast_to=str, body=dict(body), options={"headers": self._omitted})

    async def stream(self, path: str, body: Mapping[str, Any]) -> openai.AsyncStream[object]:
        """The events of the answer. Raises openai.APIError."""
        return await self._client.post(
            path,
            cast_to=object,
            body=dict(body),
            options={"headers": self._omitted},
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )

    @property
    def host(self) -> str:
        return self.address.host

    def complaint(self, error: openai.APIError) -> Complaint:
        if isinstance(error, openai.APIConnectionError):
            said = str(error.__cause__ or error.message)
            return Complaint.read(None, said, self._secrets, connected=False)
        status = error.status_code if isinstance(error, openai.APIStatusError) else None
        return Complaint.read(status, error.body or error.message, self._secrets)

    def broken(self, error: Exception) -> Complaint:
        """A failure of the HTTP library underneath, which one that is depends on the SDK's version."""
        return Complaint.read(None, str(error), self._secrets, connected=False)

    async def within(self, seconds: float | None, work: Awaitable[T]) -> T:
        """Raises ModelUnavailable after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            pass
        raise ModelUnavailable(f"No answer from {self.host} within {seconds:g} seconds.")

    async def aclose(self) -> None:
        await self._client.close()
