"""Server connection: address, key and headers, bound and deadline, failures without secrets.

Below it one client posts and tries again (http.py), whatever the server speaks; here stand one bound on
requests in flight and one deadline.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import time
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from usbrec import __version__
from usbrec.config import Server
from usbrec.errors import ConfigError, ModelUnavailable
from usbrec.llm.openai.errors import Complaint
from usbrec.llm.openai.http import HttpClient, HttpFailure, Stream
from usbrec.llm.openai.reach import Reach
from usbrec.llm.openai.slots import Slots
from usbrec.patterns import LazyPattern

T = TypeVar("T")

OPENAI_KEY = "OPENAI_API_KEY"
#: Headers that OpenAI knows, with the variables of its SDK.
_OPENAI = {"OpenAI-Organization": "OPENAI_ORG_ID", "OpenAI-Project": "OPENAI_PROJECT_ID"}
_URL = LazyPattern(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?:/[!-~]*)?", re.IGNORECASE)
_VARIABLE = LazyPattern(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
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
        like = "http://HOST:PORT/PATH" if what == "recommender's address" else "http://HOST:PORT/v1"
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


def variables_sent(servers: Iterable[Server]) -> dict[str, str]:
    """The environment variables that are sent to servers, or say where OpenAI's is: what another machine has
    to be told to ask the same servers."""
    names = {OPENAI_KEY, "OPENAI_BASE_URL", "OPENAI_CUSTOM_HEADERS", *_OPENAI.values()}
    for server in servers:
        names |= {server.api_key_env} if server.api_key_env else set()
        names.update(name for value in server.headers.values() for name in _VARIABLE.findall(value))
    return {name: os.environ[name] for name in sorted(names) if name in os.environ}


def secrets_in(key: str, headers: Iterable[str]) -> frozenset[str]:
    """What must never be shown: the key, and values of headers, whole and word by word."""
    pieces = (piece for value in headers for piece in (value, *value.split()))
    return frozenset({key, *(piece for piece in pieces if len(piece) >= _SHORTEST_SECRET)}) - {""}


@dataclass
class Connection:
    """A server and how it is asked.

    `slots` bounds requests in flight, `timeout` (seconds) one request with its retries, from the moment it is
    sent; one try has half of it. Without a key none is sent. What the environment holds for OpenAI
    (organisation, project, further headers) goes to `openai` alone (`is_openai`). `name` is what the settings
    call it; `reach` is what is known of the way there, shared by those who ask the same server.
    """

    address: Address
    slots: Slots
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 120.0
    max_retries: int = 5
    is_openai: bool = False
    name: str = ""
    reach: Reach | None = None

    def __post_init__(self) -> None:
        if not self.timeout > 0 or self.max_retries < 0:
            raise ConfigError("timeout must be above 0, max_retries at least 0.")
        self._secrets = secrets_in(self.key, self.headers.values())
        reach = self.reach or Reach()
        reach.name = self.host
        self._client = HttpClient(
            self.address.url,
            self._sent(),
            # A call that stalls leaves time for another try.
            a_try=self.timeout / min(2, 1 + self.max_retries),
            max_retries=self.max_retries,
            slots=self.slots,
            reach=reach,
            longest=self.timeout,
        )

    def _sent(self) -> dict[str, str]:
        """The headers of every request; those of the settings go before all others."""
        sent = {"User-Agent": f"usbrec/{__version__}"}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if self.is_openai:
            sent |= {name: value for name, variable in _OPENAI.items() if (value := os.environ.get(variable))}
            further = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
            parts = (line.partition(":") for line in further)
            sent |= {name.strip(): value.strip() for name, colon, value in parts if colon and name.strip()}
        given = {name.lower() for name in self.headers}
        return {name: value for name, value in sent.items() if name.lower() not in given} | dict(self.headers)

    async def post(self, path: str, body: Mapping[str, Any], *, whole: bool = False) -> str:
        """The body of the answer, with all its letters where it is wanted `whole`. Raises HttpFailure."""
        return await self._client.post(path, body, whole=whole)

    async def get(self, path: str) -> str:
        """The body of what lies there. Raises HttpFailure."""
        return await self._client.get(path)

    def stream(self, path: str, body: Mapping[str, Any]) -> AbstractAsyncContextManager[Stream]:
        """The answer while it comes. Raises HttpFailure."""
        return self._client.stream(path, body)

    @property
    def host(self) -> str:
        """Where it is, and what the settings call it."""
        return f"{self.address.host} ({self.name})" if self.name else self.address.host

    def complaint(self, failure: HttpFailure) -> Complaint:
        return Complaint.read(
            failure.status,
            failure.said,
            self._secrets,
            connected=failure.connected,
            for_good=failure.for_good,
            no_completion=failure.no_completion,
        )

    def words(self, said: Any) -> str:
        """What a server said, fit for one line of a message: cut, and without secrets."""
        return Complaint.read(None, said, self._secrets).reason

    async def within(self, seconds: float | None, work: Awaitable[T]) -> T:
        """Raises ModelUnavailable after so many seconds, with the last fault that was tried again by then."""
        if seconds is None:
            return await work
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            pass
        fault, at = self._client.last_fault or (None, started)
        last = f" The last fault was: {self._of(fault)}" if fault is not None and at > started else ""
        raise ModelUnavailable(f"No answer from {self.host} within {seconds:g} seconds.{last}")

    def _of(self, fault: HttpFailure) -> str:
        status = "" if fault.status is None else f"status {fault.status}: "
        return status + self.complaint(fault).reason

    async def aclose(self) -> None:
        await self._client.aclose()
