"""HTTP transport under the SDK: each answer gets the status that its body speaks of.

Routers answer 200 with an error of the provider behind them or with half an answer, proxies turn the
upstream's refusal into a 500 with the refusal inside, and some servers ask to be left alone for a year. The
SDK, which alone tries again, goes by status and Retry-After; so these are set right here, and nowhere else.
"""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import functools
import json
import re
import ssl
from collections.abc import Mapping
from typing import Any

import httpx2
import openai

#: The longest wait that a server may ask for, in seconds; the SDK would give up on a longer one.
LONGEST_WAIT = 60.0
#: A refusal of the upstream in a proxy's own words.
_WRAPPED = re.compile(
    r"(?:error code|status(?:[ _]code)?|HTTP(?:/[\d.]+)?)\W{0,4}(400|401|403|404|413|422)\b", re.IGNORECASE
)
#: An error inside a 200 that names no status of its own is one of the provider behind.
_BEHIND = 502


class StatusClient(openai.DefaultAsyncHttpxClient):
    """The SDK's HTTP client, whose answers have the status that their bodies speak of.

    Once the server has given a completion, a body that is none (a proxy's page, half an answer) is a fault
    behind it and tried again; before that it is a wrong address, which is told at once.
    """

    _answered = False

    def __init__(self, *, base_url: str) -> None:
        super().__init__(base_url=base_url, verify=_certificates())

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        response = await super().send(request, **options)
        _cap_wait(response)
        kind = response.headers.get("content-type", "")
        if response.status_code == 200 and (
            "json" in kind or (self._answered and "event-stream" not in kind)
        ):
            body = await response.aread()
            if b'"error"' in body and (status := status_within(_parsed(body))) is not None:
                response.status_code = status
            elif b'"choices"' in body and body.rstrip().endswith(b"}"):
                self._answered = True
            elif self._answered:
                response.status_code = _BEHIND
        elif response.status_code == 200 and "event-stream" in kind:
            self._answered = True
        elif response.status_code >= 500:
            found = _WRAPPED.search((await response.aread()).decode("utf-8", "replace"))
            if found is not None:
                response.status_code = int(found[1])
        return response


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than all else that opening a model does."""
    return httpx2.create_ssl_context()


def status_within(body: Any) -> int | None:
    """The status of an error that stands in place of an answer; None where none does."""
    if not isinstance(body, Mapping) or not body.get("error") or body.get("choices"):
        return None
    error = body["error"]
    named = (
        (error.get(name) for name in ("code", "status", "status_code")) if isinstance(error, Mapping) else ()
    )
    for value in (*named, body.get("code"), body.get("status")):
        number = int(value) if isinstance(value, str) and value.isdigit() else value
        if isinstance(number, int) and not isinstance(number, bool) and 400 <= number <= 599:
            return number
    return _BEHIND


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _cap_wait(response: httpx2.Response) -> None:
    """Shorten a wait that would end the attempt; in seconds or, as HTTP allows, as a date."""
    for name, scale in (("retry-after", 1.0), ("retry-after-ms", 1000.0)):
        seconds = _seconds(response.headers.get(name, ""), scale)
        if seconds is not None and seconds > LONGEST_WAIT:
            response.headers[name] = f"{LONGEST_WAIT * scale:g}"


def _seconds(asked: str, scale: float) -> float | None:
    with contextlib.suppress(ValueError):
        return float(asked) / scale
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except (TypeError, ValueError, IndexError):
        return None
    return (until - datetime.datetime.now(until.tzinfo)).total_seconds()
