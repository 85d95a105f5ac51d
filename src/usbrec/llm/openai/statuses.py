"""Statuses of answers: what a body says of itself, and how long a server asks to be left alone.

Routers answer 200 with an error of the provider behind them or with half an answer, proxies turn the
upstream's refusal into a 500 with the refusal inside, and some servers ask to be left alone for a year.
Whoever tries again goes by status and wait; so both are set right here, and nowhere else.
"""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import json
import math
import re
from collections.abc import Mapping
from typing import Any

#: The longest wait asked for that is heeded, in seconds.
LONGEST_WAIT = 60.0
#: A refusal of the upstream in a proxy's own words.
_WRAPPED = re.compile(
    rb"(?:error code|status(?:[ _]code)?|HTTP(?:/[\d.]+)?)\W{0,4}(400|401|403|404|413|422)\b", re.IGNORECASE
)
#: An error inside a 200 that names no status of its own is one of the provider behind.
_BEHIND = 502
#: How servers say that they broke a reply off in the middle (OpenRouter, Mistral; vLLM and SGLang; DeepSeek):
#: what came is no reply, however much of it there is.
BROKEN_OFF = frozenset({"error", "abort", "insufficient_system_resource"})
_BROKEN_OFF = re.compile(
    rb'"finish_reason"\s*:\s*"(?:%s)"' % "|".join(sorted(BROKEN_OFF)).encode(), re.IGNORECASE
)
#: Worth another try, beside all from 500.
_PASSING = (408, 409, 429)


def true_status(status: int, body: bytes, *, answered: bool) -> int:
    """The status that `body` speaks of. A body that is no completion is a fault behind a server that has
    `answered` before; before that it is a wrong address, which is told at once."""
    if status == 200:
        speaks = b'"error"' in body or _BROKEN_OFF.search(body) is not None
        if speaks and (within := status_within(_parsed(body))) is not None:
            return within
        return _BEHIND if answered and not is_whole(body) else status
    if status >= 500 and (found := _WRAPPED.search(body)) is not None:
        return int(found[1])
    return status


def is_whole(body: bytes) -> bool:
    """Whether a body looks like a whole completion, at a glance."""
    return b'"choices"' in body and body.rstrip().endswith(b"}")


def is_passing(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer of this status may be another one soon."""
    said = headers.get("x-should-retry", "")
    return said == "true" or (said != "false" and (status in _PASSING or status >= 500))


def status_within(body: Any) -> int | None:
    """The status of an error that stands in place of an answer, or broke one of its choices off; None where
    none does."""
    if not isinstance(body, Mapping):
        return None
    if body.get("choices"):
        error = _broken_off(body["choices"])
    else:
        error = body.get("error") or (body if body.get("object") == "error" else None)
    if not error:
        return None
    named = (
        (error.get(name) for name in ("code", "status", "status_code")) if isinstance(error, Mapping) else ()
    )
    for value in (*named, body.get("code"), body.get("status")):
        number = int(value) if isinstance(value, str) and value.isdigit() else value
        if isinstance(number, int) and not isinstance(number, bool) and 400 <= number <= 599:
            return number
    return _BEHIND


def wait_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to be left alone, in seconds, milliseconds or, as HTTP allows, until a date.
    None where it asks for none."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        seconds = _seconds(headers.get(name, ""), scale)
        if seconds is not None and math.isfinite(seconds) and seconds > 0:
            return seconds
    return None


def error_in(text: str) -> Any:
    """What a server says of a failure: the error of its body, else the body, as JSON where it is some."""
    parsed = _parsed(text)
    if parsed is None:
        return text.strip()
    if not isinstance(parsed, Mapping):
        return parsed
    return parsed.get("error") or _broken_off(parsed.get("choices")) or parsed


def _broken_off(choices: Any) -> Any:
    """What is said of the first choice that the server broke off; None where there is none."""
    for choice in choices if isinstance(choices, list) else ():
        reason = choice.get("finish_reason") if isinstance(choice, Mapping) else None
        if isinstance(reason, str) and reason.lower() in BROKEN_OFF:
            return choice.get("error") or f"it broke the reply off (finish_reason {reason!r})"
    return None


def _parsed(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _seconds(asked: str, scale: float) -> float | None:
    with contextlib.suppress(ValueError):
        return float(asked) / scale
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except (TypeError, ValueError, IndexError):
        return None
    return (until - datetime.datetime.now(until.tzinfo)).total_seconds()
