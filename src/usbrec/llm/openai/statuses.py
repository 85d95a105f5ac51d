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
#: The same in the JSON of its error, be that in a text; and in the names that Python's clients give it.
_WRAPPED_CODE = re.compile(
    rb'"(?:code|status|status_?code)\\*"\s*:\s*\\*"?(400|401|403|404|413|422)\b', re.IGNORECASE
)
_WRAPPED_NAME = re.compile(
    rb"\b(?:(?P<s400>BadRequest|InvalidRequest|ContextWindowExceeded)|(?P<s401>Authentication)"
    rb"|(?P<s403>PermissionDenied)|(?P<s404>NotFound)|(?P<s422>UnprocessableEntity))Error\b"
)
#: And of its faults that may pass.
_WRAPPED_PASSING = re.compile(
    rb"(?:error code|status(?:[ _]code)?|HTTP(?:/[\d.]+)?)\W{0,4}(408|409|429|5\d\d)\b", re.IGNORECASE
)
#: An error inside a 200 that names no status of its own is one of the provider behind.
BEHIND = 502
#: A wait with its units, as those that count tokens by the minute write it ("1m30s", "20 seconds", "350ms").
_DURATION = re.compile(
    r"\s*(?:(?P<hours>\d+)\s*h(?:ours?)?)?\s*(?:(?P<minutes>\d+)\s*m(?:in(?:utes?)?)?(?!s))?"
    r"\s*(?:(?P<seconds>\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?)?\s*(?:(?P<thousandths>\d+(?:\.\d+)?)\s*ms)?\s*",
    re.IGNORECASE,
)
#: How servers say that they broke a reply off in the middle (OpenRouter, Mistral; vLLM and SGLang; DeepSeek;
#: Zhipu): what came is no reply, however much of it there is. So does whatever ends in "error".
_BROKEN_OFF = frozenset(
    {
        *("error", "abort", "aborted", "cancel", "cancelled", "canceled", "interrupted", "failed", "failure"),
        *("timeout", "insufficient_system_resource"),
    }
)
#: And that a filter withheld the rest of a reply, or all (OpenAI; Zhipu; Google; Anthropic; Bedrock).
WITHHELD = frozenset(
    {
        *("content_filter", "content_filtered", "sensitive", "safety", "recitation"),
        *("refusal", "blocked", "blocklist", "prohibited_content", "spii", "image_safety"),
        *("guardrail", "guardrail_intervened", "moderation", "policy_violation"),
    }
)
#: How errors begin that say so.
_WITHHOLDS = ("content_filter", "content_policy", "guardrail", "moderation", "policy_violation")
#: What a body has in it, at a glance, that speaks of an error or a reply broken off.
_SPEAKS = re.compile(
    rb'"(?:finish_reason_|finishreason\.)?(?:\w{0,40}error|%s)"' % "|".join(sorted(_BROKEN_OFF)).encode(),
    re.IGNORECASE,
)
#: What errors are called that name no number, by OpenAI and those who answer like it; Google's names, too.
_NAMED = {
    "authentication_error": 401,
    "invalid_api_key": 401,
    "unauthenticated": 401,
    "permission_error": 403,
    "permission_denied": 403,
    "model_not_found": 404,
    "not_found_error": 404,
    "context_length_exceeded": 400,
    "invalid_argument": 400,
    "invalid_request_error": 400,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "resource_exhausted": 429,
    "server_error": 500,
    "unavailable": 503,
    "overloaded_error": 529,
}
#: Where they name one.
_NUMBERS = ("code", "status", "status_code", "statusCode")
#: What a body without choices says in place of an error.
_SAID = ("message", "detail", "error_message", "msg", "errors")
#: Worth another try, beside all from 500.
_PASSING = (408, 409, 425, 429, 499)


def true_status(status: int, body: bytes, *, answered: bool) -> int:
    """The status that `body` speaks of. A body that is no completion is a fault behind a server that has
    `answered` before; before that it is a wrong address, which is told at once."""
    if status == 200:
        whole = is_whole(body)
        speaks = not whole or _SPEAKS.search(body) is not None
        parsed = _parsed(body) if speaks else None
        if (within := status_within(parsed)) is not None:
            return within
        words = None if whole else words_of(parsed)
        # One error in a list of them says its status itself.
        if words is not None and (named := _status_of(_only(words), _only(parsed))) != BEHIND:
            return named
        return BEHIND if answered and not whole else status
    if status >= 500:
        return _wrapped(body) or status
    if status in (400, 422) and (found := _WRAPPED_PASSING.search(body)) is not None:
        return int(found[1])
    return status


def _wrapped(body: bytes) -> int | None:
    """The status of a refusal that a fault is about; None where it is about none."""
    if (found := _WRAPPED.search(body) or _WRAPPED_CODE.search(body)) is not None:
        return int(found[1])
    if (found := _WRAPPED_NAME.search(body)) is not None:
        return int(str(found.lastgroup)[1:])
    from usbrec.llm.openai.roles import refuses_roles

    # A chat template that fails is the request's fault, whatever its server makes of that.
    return 400 if refuses_roles(body.decode("utf-8", "replace"), _parsed(body)) else None


def is_whole(body: bytes) -> bool:
    """Whether a body looks like a whole completion, at a glance."""
    return b'"choices"' in body and body.rstrip().endswith(b"}")


def is_passing(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer of this status may be another one soon."""
    said = headers.get("x-should-retry", "")
    return said == "true" or (said != "false" and (status in _PASSING or status >= 500))


def status_within(body: Any) -> int | None:
    """The status of an error that stands in place of an answer or beside it, or broke one of its choices off;
    None where none does."""
    body = _only(body)
    if not isinstance(body, Mapping):
        return None
    error = _error_beside(body) or _broken_off(body.get("choices"))
    if not error and not body.get("choices") and body.get("object") == "error":
        error = body
    return _status_of(error, body) if error else None


def _status_of(error: Any, body: Mapping[str, Any]) -> int:
    fields = error if isinstance(error, Mapping) else {}
    names = [one.get(name) for one in (fields, body) for name in _NUMBERS]
    for value in names:
        number = int(value) if isinstance(value, str) and value.isdecimal() else value
        if isinstance(number, int) and not isinstance(number, bool) and 400 <= number <= 599:
            return number
    for value in (*names, fields.get("type")):
        if isinstance(value, str) and value.lower() in _NAMED:
            return _NAMED[value.lower()]
    return BEHIND


def read_event(data: str) -> tuple[bool, Any]:
    """Whether one event of a stream says something, be it a word, a thought, a call or an end, and the error
    (JSON) where it says that. What is no JSON is left to whoever reads it."""
    event = _only(_parsed(data))
    if not isinstance(event, Mapping):
        return True, None
    if error_of_event(event) is not None:
        return True, event
    choices = event.get("choices")
    return any(map(_says, choices if isinstance(choices, list) else ())), None


def _says(choice: Any) -> bool:
    if not isinstance(choice, Mapping) or choice.get("finish_reason"):
        return True
    delta = choice.get("delta")
    told = delta if isinstance(delta, Mapping) else {}
    return bool(choice.get("text")) or any(value for name, value in told.items() if name != "role")


def error_of_event(event: Any) -> int | None:
    """The status of the error that one event of a stream is; None for one that is none. Without choices, what
    names a status or a detail is one; other words may be about the progress."""
    event = _only(event)
    if not isinstance(event, Mapping):
        return None
    if (status := status_within(event)) is not None or words_of(event) is None:
        return status
    status = _status_of(event, event)
    return status if status != BEHIND or event.get("detail") else None


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
    return text.strip() if parsed is None else error_of(parsed)


def error_of(parsed: Any) -> Any:
    """The same of a body that is read."""
    parsed = _only(parsed)
    if not isinstance(parsed, Mapping):
        return parsed
    return _error_beside(parsed) or _broken_off(parsed.get("choices")) or parsed


def words_of(body: Any) -> Any:
    """What a body without choices says in a field of its own; None where it says nothing."""
    body = _only(body)
    if not isinstance(body, Mapping) or body.get("choices"):
        return None
    return next((body[name] for name in _SAID if body.get(name)), None)


def _only(body: Any) -> Any:
    """What stands alone in a list, as Google's servers wrap their errors."""
    return body[0] if isinstance(body, list) and len(body) == 1 else body


def reason_of(finish: Any) -> str:
    """Why a reply ended, without capitals and what some put around it ("FINISH_REASON_SAFETY")."""
    if isinstance(finish, Mapping):
        finish = finish.get("type") or finish.get("reason")
    name = "" if finish is None else str(finish).lower().rpartition(".")[2]
    return name.removeprefix("finish_reason_").replace("-", "_").replace(" ", "_")


def breaks_off(finish: Any) -> bool:
    """Whether this end of a reply is none."""
    reason = reason_of(finish)
    return reason in _BROKEN_OFF or reason.endswith("error")


def withholds(error: Any) -> bool:
    """Whether an error says by its code or its type that a filter takes back what was said."""
    fields = error if isinstance(error, Mapping) else {}
    names = (reason_of(fields.get(name)) for name in ("code", "type", "status"))
    return any(name in WITHHELD or name.startswith(_WITHHOLDS) for name in names)


def _error_beside(fields: Mapping[str, Any]) -> Any:
    """The error that a body or a choice holds; None for none, and for one that says nothing or that all is
    well."""
    error = fields.get("error")
    if isinstance(error, Mapping):
        code = error.get("code")
        fine = isinstance(code, int) and 200 <= code < 300
        return error if any(error.values()) and not fine else None
    return error or None


def _broken_off(choices: Any) -> Any:
    """What is said of the first choice that failed or that the server broke off; None where there is none."""
    for choice in choices if isinstance(choices, list) else ():
        if not isinstance(choice, Mapping):
            continue
        reason = choice.get("finish_reason")
        if error := _error_beside(choice):
            return error
        if breaks_off(reason):
            return f"it broke the reply off (finish_reason {reason!r})"
    return None


def _parsed(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _seconds(asked: str, scale: float) -> float | None:
    with contextlib.suppress(ValueError):
        return float(asked) / scale
    if (found := _DURATION.fullmatch(asked)) is not None and any(found.groups()):
        parts = (float(found[name] or 0) for name in ("hours", "minutes", "seconds", "thousandths"))
        return sum(part * unit for part, unit in zip(parts, (3600, 60, 1, 0.001), strict=True))
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except (TypeError, ValueError, IndexError):
        return None
    return (until - datetime.datetime.now(until.tzinfo)).total_seconds()
