"""HTTP client of servers: one POST at a time, tried again while the fault may pass.

aiohttp carries it, at a tenth of the processor time of the SDK (bench/http_clients.py; the figures are in
docs/log/speed.md). Nobody else tries again: a request is sent once, and then up to `max_retries` times more,
after the wait that the server asks for, else after a growing one.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import json
import logging
import math
import random
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi

from usbrec.errors import ConfigError
from usbrec.llm.openai import schemes, statuses
from usbrec.llm.openai.events import data_of_events, data_of_lines, holds_lines, is_lines
from usbrec.llm.openai.reach import Reach
from usbrec.llm.openai.slots import TOO_MANY, Slots

#: Waits between tries where the server asks for none, in seconds: the first, and the longest.
_FIRST_WAIT, _LAST_WAIT = 0.5, 8.0
#: Of a wait as long as this that a server asks for, in seconds, the user is told.
_TOLD_WAIT = 10.0
#: The longest time for a connection to be there, in seconds.
_CONNECT = 10.0
#: Connections that are not used close after so many seconds: before most servers close them, since a request
#: on one that just closed fails.
_KEEP = 4.0

#: How a stream of events begins, whatever its type says.
_EVENTS = (b"data:", b"event:", b": ", b":\n", b"id:", b"retry:")
#: Made once: json.dumps makes one for each request.
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_log = logging.getLogger(__name__)


class HttpFailure(Exception):
    """No answer: `status` and what the server said (`said`: JSON or text), or, where `connected` is False,
    why the connection failed. `for_good`: no other try would get there. `no_completion`: it was a success by
    its status, whose body is no completion."""

    def __init__(
        self,
        status: int | None,
        said: Any,
        *,
        connected: bool = True,
        for_good: bool = False,
        no_completion: bool = False,
    ) -> None:
        super().__init__("no answer")
        self.status = status
        self.said = said
        self.connected = connected
        self.for_good = for_good
        self.no_completion = no_completion


class Stream:
    """An answer in pieces. `events`: whether it is a stream of events; else `text` reads it as a whole."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        #: Whether "[DONE]" has come.
        self.done = False
        kind = response.headers.get("content-type", "")
        self.events = "event-stream" in kind.lower() or is_lines(kind)
        read = data_of_lines if is_lines(kind) else data_of_events
        self._coming = read(response.content.iter_any())
        self._begun: list[str] = []

    def have_read(self, body: bytes) -> None:
        """Take `body`, which has been read, for a stream of events."""

        async def pieces() -> AsyncIterator[bytes]:
            yield body

        self.events = True
        self._coming = data_of_lines(pieces()) if holds_lines(body) else data_of_events(pieces())

    async def text(self, *, whole: bool = False) -> str:
        """What is no UTF-8 is replaced in it, unless it is wanted `whole`. Raises HttpFailure."""
        try:
            text, lost = _text_of(await self.response.read(), self.response.charset)
        except (aiohttp.ClientError, OSError) as error:
            raise _broken(error) from None
        if lost and whole:
            raise HttpFailure(self.response.status, _NO_UTF_8)
        return text

    async def begin(self) -> tuple[bool, Any]:
        """Wait for the first event that says something: whether one came, and the error (JSON) that came in
        its place, None without one. `data` gives what was read so far once more. Raises what aiohttp does."""
        async for data in self._coming:
            self._begun.append(data)
            if data.startswith("[DONE]"):
                break
            says, failed = statuses.read_event(data)
            if says:
                return True, failed
        return False, None

    async def data(self) -> AsyncIterator[str]:
        """The data of its events up to "[DONE]", which is not among them. Raises HttpFailure."""
        try:
            async for data in self._all():
                if data.startswith("[DONE]"):
                    self.done = True
                    return
                yield data
        except (aiohttp.ClientError, OSError) as error:
            raise _broken(error) from None

    async def _all(self) -> AsyncIterator[str]:
        for data in self._begun:
            yield data
        async for data in self._coming:
            yield data


class HttpClient:
    """Requests to one server. `a_try` seconds may pass between two signs of life of one try, and `longest` in
    one request; `slots` are told what it bears, `reach` whether it was there."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        a_try: float,
        max_retries: int,
        slots: Slots | None = None,
        reach: Reach | None = None,
        longest: float = math.inf,
    ) -> None:
        self._slots = slots or Slots(1)
        self._reach = reach or Reach(str(urlsplit(url).hostname))
        self._longest = longest
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        self._retries = max_retries
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=min(_CONNECT, a_try), sock_read=a_try)
        self._longest_wait = min(a_try, statuses.LONGEST_WAIT)
        self._proxy = _proxy(url)
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        #: Whether a completion has come from there.
        self.answered = False
        #: The last fault that was tried again, and when (seconds, monotonic); None after an answer.
        self.last_fault: tuple[HttpFailure, float] | None = None
        self._wrong_scheme: str | None = None

    async def get(self, path: str) -> str:
        """The body of what lies there. Raises HttpFailure."""
        return await (await self._answer(path, None)).text()

    async def post(self, path: str, body: Mapping[str, Any], *, whole: bool = False) -> str:
        """The body of the answer, refused where it is wanted `whole` and letters of it would be lost. Raises
        HttpFailure."""
        # Read by then, so that its end was tried again, too.
        return await (await self._answer(path, body)).text(whole=whole)

    @asynccontextmanager
    async def stream(self, path: str, body: Mapping[str, Any]) -> AsyncIterator[Stream]:
        """The answer while it comes: a stream of events once the first that says something is there, anything
        else as a whole. Raises HttpFailure."""
        answer = await self._answer(path, body, streamed=True)
        try:
            yield answer
        finally:
            _let_go(answer.response)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _answer(self, path: str, body: Mapping[str, Any] | None, *, streamed: bool = False) -> Stream:
        """The answer to the first try that got one: read, unless it is a stream of events and may be
        `streamed`. Without a body, what lies there."""
        url = path if "://" in path else f"{self._url}{path}"
        # What no server could decode, half a surrogate pair, is sent as "?".
        data = None
        if body is not None:
            data = _written(body).encode("utf-8", "replace")
        started = time.monotonic()
        for tries in itertools.count():
            heard = False
            try:
                response = await self._opened().request(
                    "GET" if data is None else "POST",
                    url,
                    data=data,
                    headers=self._headers,
                    timeout=self._timeout,
                    proxy=self._proxy,
                    # A redirect would carry keys to wherever it points.
                    allow_redirects=False,
                )
                heard, answer = True, Stream(response)
                self._reach.heard()
                try:
                    failure = await self._refusal(answer, streamed=streamed)
                except BaseException:  # a cancelled request among them: its connection goes with it
                    _let_go(response)
                    raise
                if failure is None:
                    self.last_fault = None
                    self._slots.bears()
                    return answer
                _let_go(response)
                passing = not failure.for_good and statuses.is_passing(failure.status or 0, response.headers)
                wait = statuses.wait_asked(response.headers)
                if failure.status in TOO_MANY:
                    self._slots.bears_less(self._reach.name, f"answered {failure.status}")
            except (aiohttp.ClientError, OSError) as error:
                failure, wait = (_broken(error) if heard else await self._cut_off(error)), None
                passing = not failure.for_good
                if isinstance(error, TimeoutError):
                    self._slots.bears_less(self._reach.name, "did not answer in time")
                if passing and not heard and _is_away(error):
                    passing = self._goes_on(failure, tries + 1, time.monotonic() - started)
            self.last_fault = failure, time.monotonic()
            if not passing or tries == self._retries:
                raise failure
            await asyncio.sleep(_pause(tries) if wait is None else self._heeded(wait, failure))
        raise AssertionError("counting has no end")

    async def _cut_off(self, error: Exception) -> HttpFailure:
        """Why there is no answer. Before the first one the address may be wrong, which no other try mends: it
        is asked once whether it is."""
        absent = isinstance(error, aiohttp.ClientConnectorDNSError | ConnectionRefusedError) or isinstance(
            getattr(error, "os_error", None), ConnectionRefusedError
        )
        if absent or self.answered or self._proxy is not None:
            return _broken(error)
        said = schemes.wrong_certificate(error)
        if not said and self._wrong_scheme is None:
            parts = urlsplit(self._url)
            port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
            self._wrong_scheme = await schemes.wrong_scheme(parts.scheme.lower(), parts.hostname or "", port)
        if said or self._wrong_scheme:
            return HttpFailure(None, said or self._wrong_scheme, connected=False, for_good=True)
        return _broken(error)

    def _goes_on(self, failure: HttpFailure, tries: int, seconds: float) -> bool:
        """Whether to try again where a try did not get there; the failure says where that was never so."""
        left = min(sum(map(_longest_pause, range(tries - 1, self._retries))), self._longest - seconds)
        if self._longest - seconds < _longest_pause(tries - 1):
            left = 0.0
        if self._reach.failed(str(failure.said), seconds=seconds, left=left):
            return True
        failure.said = f"{failure.said}{self._reach.never}"
        return False

    def _heeded(self, wait: float, failure: HttpFailure) -> float:
        """The wait that the server asks for, no longer than a try: so that there is a second one in time."""
        heeded = min(wait, self._longest_wait)
        if wait > heeded or heeded >= _TOLD_WAIT:
            _log.warning(
                "%s answered %s and asks to be left alone for %.0f seconds; trying again in %.0f.",
                self._reach.name,
                failure.status,
                wait,
                heeded,
            )
        return heeded

    async def _refusal(self, answer: Stream, *, streamed: bool) -> HttpFailure | None:
        """Why an answer is none, read to its end; None for one that is. Of a stream of events only what comes
        before its first words is read: until then nobody has heard anything, and it may be tried again.
        Raises what aiohttp raises."""
        response = answer.response
        done = 200 <= response.status < 300
        if done and answer.events and streamed:
            return await self._refusal_of_stream(answer)
        body = await response.read()
        whole = not done or answer.events or not streamed
        if not whole and (body.lstrip().startswith(_EVENTS) or holds_lines(body)):
            # Servers and proxies that call a stream of events by another type.
            answer.have_read(body)
            return await self._refusal_of_stream(answer)
        # What lies somewhere is no completion.
        completes = self.answered and response.method == "POST"
        # Whatever number of success it bears, a body is what was asked for.
        said_status = 200 if done and body.strip() else response.status
        status = statuses.true_status(said_status, body, answered=completes)
        if status == 200:
            self.answered = self.answered or statuses.is_whole(body)
            return None
        if 300 <= status < 400:
            where = response.headers.get("location", "nowhere")
            return HttpFailure(status, f"it sends us on to {where}; give that address if it is the right one")
        if status == 400 and self._url.lower().startswith("http:") and schemes.says_tls(body):
            said = "it speaks https, not http: write https:// in the address"
            return HttpFailure(None, said, connected=False, for_good=True)
        said = statuses.error_in(body.decode("utf-8", "replace"))
        # A status that nobody named is not told.
        taken = said_status == 200 and status == statuses.BEHIND
        empty = "nothing at all" if taken else f"status {status}, without a word"
        return HttpFailure(status, said or empty, no_completion=taken)

    async def _refusal_of_stream(self, answer: Stream) -> HttpFailure | None:
        says, failed = await answer.begin()
        if failed is not None:
            return HttpFailure(statuses.error_of_event(failed), statuses.error_of(failed))
        if not says and self.answered:
            return HttpFailure(statuses.BEHIND, "a stream that ended before its first word")
        self.answered = self.answered or says
        return None

    def _opened(self) -> aiohttp.ClientSession:
        """The session of the running loop; connections of another loop cannot be used in it."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._loop = loop
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP, ssl=_certificates()),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _let_go(response: aiohttp.ClientResponse) -> None:
    """Without the rest of what it would have said; a connection with something left on it is closed."""
    if not response.content.at_eof():
        response.close()


_NO_UTF_8 = (
    "its body is no UTF-8, so letters of it would be lost. Send UTF-8, or name the encoding in Content-Type "
    "(application/json; charset=...)"
)


def _text_of(body: bytes, charset: str | None) -> tuple[str, bool]:
    """The text of a body, and whether letters of it are lost: JSON is UTF-8, with or without a mark before
    it, unless it is none and its header names another encoding ("Amélie" in Latin-1)."""
    try:
        return body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            return body.decode(charset or "utf-8"), False
    return body.decode("utf-8", "replace"), True


def _is_away(error: Exception) -> bool:
    """Whether a try ended before anything was sent: refused, no such name, no way there."""
    away = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return away and not isinstance(error, aiohttp.ClientSSLError)


def _broken(error: Exception) -> HttpFailure:
    # Which certificates would have been looked at says nothing of a connection that is not there.
    said = str(error).replace(" ssl:default ", " ") or (
        "it took too long" if isinstance(error, TimeoutError) else type(error).__name__
    )
    return HttpFailure(None, said, connected=False)


def _pause(tries: int) -> float:
    """Seconds before the next try, at most a quarter less, so that not all come back at once."""
    return _longest_pause(tries) * (1 - 0.25 * random.random())


def _longest_pause(tries: int) -> float:
    return min(_FIRST_WAIT * 2.0**tries, _LAST_WAIT)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Authorities of the system and of certifi, read once: that takes longer than all else here."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for an address, with or without its scheme. Raises ConfigError for
    one that does not speak HTTP."""
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or "://" not in proxy:
        return f"http://{proxy}" if proxy else None
    if (speaks := urlsplit(proxy).scheme.lower()) not in ("http", "https"):
        raise ConfigError(
            f"The environment names a {speaks} proxy for {parts.hostname}, which cannot be used here: name "
            "one that speaks HTTP, or except the server by NO_PROXY."
        )
    return proxy
