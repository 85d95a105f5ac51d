"""Access middleware: who may come in, how much a request may bring, and what is noted of it.

Without keys the service is for this machine alone. It listens to loopback, and so that a web page cannot
reach it by a name of its own (DNS rebinding), it answers to the names of this machine only. With keys
everything but /health is closed to who has none. A key comes as `Authorization: Bearer KEY`, or from a
browser as the password of `Basic`, whatever the user name. Requests that a browser makes for another site
are refused in either case: no other origin is allowed here, and nothing says otherwise (CORS).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from usbrec.serve.http.api_keys import ApiKeys, Key
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.rate_limit import RateLimit
from usbrec.serve.http.sse import Json

_OPEN_PATHS = frozenset({"/health"})
#: What the page may load, and from where.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


class Limits(Protocol):
    """What a request may bring, and in what time, and how much a key may ask for that has no limits of its
    own."""

    @property
    def body_bytes(self) -> int: ...
    @property
    def body_seconds(self) -> float: ...
    @property
    def requests_per_minute(self) -> int: ...
    @property
    def tokens_per_hour(self) -> int: ...


class Observer(Protocol):
    """Who is told of every request when it is over (`line` is what the log says of it), and of what no one
    foresaw."""

    def request(
        self, route: str, method: str, status: int, seconds: float, line: Mapping[str, object]
    ) -> None: ...

    def failure(self, id_: str, error: Exception) -> None: ...


@dataclass
class Caller:
    """Who asks, for the routes: the key's name (None without keys), what it may still spend, and whether it
    sees what is of all keys."""

    key: str | None = None
    rate_limit: RateLimit | None = None
    admin: bool = False


@dataclass
class Visit:
    """One request on its way, with what the log will say of it."""

    id: str
    caller: Caller = field(default_factory=Caller)
    notes: dict[str, object] = field(default_factory=dict)


def visit_of(scope: Scope) -> Visit:
    visit: Visit = scope["visit"]
    return visit


class AccessMiddleware:
    """An ASGI application in front of another. `realm` is what a browser shows where it asks for a key, and
    `failure_of` says how an exception is answered."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        realm: str,
        limits: Limits,
        api_keys: ApiKeys | None,
        observer: Observer,
        failure_of: Callable[[BaseException], ServiceError],
    ) -> None:
        self._app = app
        self._realm = realm
        self._limits = limits
        self._api_keys = api_keys
        self._observer = observer
        self._failure_of = failure_of
        self._rate_limits: dict[str, RateLimit] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = scope["visit"] = Visit(uuid.uuid4().hex)
        started = time.monotonic()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = visit.id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            try:
                self._let_in(scope, visit)
                receive = await self._with_body(scope, receive)
            except ServiceError as refused:
                visit.notes["reason"] = refused.reason
                response = Json(refused.body(), refused.status, refused.headers)
                if refused.status in (408, 413):
                    # Whatever more comes of the body is not waited for.
                    response.headers["connection"] = "close"
                if refused.status == 401:
                    response.headers["www-authenticate"] = f'Basic realm="{self._realm}", charset="UTF-8"'
                await response(scope, receive, sending)
                return
            try:
                await self._app(scope, receive, sending)
            except Exception as error:  # noqa: BLE001 - the last boundary: nobody sees a traceback
                self._observer.failure(visit.id, error)
                if not status:
                    failure = self._failure_of(error)
                    await Json(failure.body(), failure.status)(scope, receive, sending)
        finally:
            self._note(scope, visit, status, time.monotonic() - started)

    def _let_in(self, scope: Scope, visit: Visit) -> None:
        headers = Headers(scope=scope)
        if len(headers.getlist("host")) > 1:
            # A proxy in front may have gone by the other one.
            raise ServiceError(400, "The request has more than one Host header.", code="host")
        host = headers.get("host", "")
        if self._api_keys is None and not is_this_machine(host_name(host)):
            raise ServiceError(
                403, "Without keys this service answers to the names of its own machine alone.", code="host"
            )
        origin = headers.get("origin")
        # What stands behind "://" is compared as it is: taking it apart as an address can fail.
        if origin is not None and (not host or origin.partition("://")[2].lower() != host.lower()):
            raise ServiceError(403, "Requests from other origins are not allowed.", code="origin")
        if self._api_keys is None or scope["path"] in _OPEN_PATHS:
            return
        secret = _secret(headers.get("authorization", ""))
        key = self._api_keys.find(secret)
        if key is None:
            missing = "A key is needed: Authorization: Bearer KEY."
            wrong = "This key is not known here: it is mistyped, or its line in the file of keys is gone."
            raise ServiceError(
                401,
                wrong if secret else missing,
                code="invalid_api_key",
                reason="unknown API key" if secret else "no API key",
            )
        rate_limit = self._rate_limit(key)
        visit.caller = Caller(key.name, rate_limit, key.admin)
        rate_limit.acquire()

    def _rate_limit(self, key: Key) -> RateLimit:
        if key.name not in self._rate_limits:
            self._rate_limits[key.name] = RateLimit.of(
                key.requests_per_minute or self._limits.requests_per_minute,
                key.tokens_per_hour or self._limits.tokens_per_hour,
            )
        return self._rate_limits[key.name]

    async def _with_body(self, scope: Scope, receive: Receive) -> Receive:
        """`receive` with the whole body read, within bounds of size and time."""
        most = self._limits.body_bytes
        too_large = ServiceError(413, f"The body is larger than {most} bytes.", code="body_too_large")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > most:
            raise too_large
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        pieces, size, more = [], 0, True
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return _after(message, receive)
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > most:
                        raise too_large
                    more = message.get("more_body", False)
        except TimeoutError:
            raise ServiceError(408, "The body did not come in time.", code="body_too_slow") from None
        body = b"".join(pieces)
        kinds = Headers(scope=scope).getlist("content-type")
        if not kinds or (not _is_json(kinds[0]) and _holds_json(body)):
            # Nothing but JSON is read here, and who sends it need not say so. That no page of another origin
            # sends any does not rest on it: `_let_in` has looked at the origin.
            others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
            scope["headers"] = [*others, (b"content-type", b"application/json")]
        return _after({"type": "http.request", "body": body, "more_body": False}, receive)

    def _note(self, scope: Scope, visit: Visit, status: int, seconds: float) -> None:
        # The route and not the path: a path may name a person.
        route = getattr(scope.get("route"), "path", "other")
        method, status = _method(scope), status or 499
        about = {
            "id": visit.id,
            "method": method,
            "route": route,
            "status": status,
            "seconds": round(seconds, 4),
        }
        key = {} if visit.caller.key is None else {"key": visit.caller.key}
        self._observer.request(route, method, status, seconds, {**about, **key, **visit.notes})


def _is_json(kind: str) -> bool:
    kind = kind.partition(";")[0].strip().lower()
    return kind.startswith("application/") and kind.endswith("json")


def _holds_json(body: bytes) -> bool:
    """Whether a body is an object in JSON."""
    if body.lstrip()[:1] != b"{":
        return False
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _method(scope: Scope) -> str:
    """The method, if it is a usual one, so that made-up methods make no new counters."""
    method: str = scope["method"]
    usual = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return method if method in usual else "other"


def _after(first: Message, receive: Receive) -> Receive:
    """`receive` that gives `first` before anything else."""
    waiting = [first]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


def _secret(authorization: str) -> str:
    """The key in the header, "" without one."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            _, _, password = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return ""
        return password
    return ""


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host


def is_this_machine(name: str) -> bool:
    """Whether a name or address can only be this machine."""
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
