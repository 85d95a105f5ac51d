"""Error documents in OpenAI's envelope, so that every client can read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: OpenAI's word for each status, where nothing more particular is said.
_TYPES: Mapping[int, str] = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def field_path(loc: Iterable[str | int]) -> str:
    """Where in a body something is wrong: pydantic's own names for the kinds of a value are left out."""
    return ".".join(str(part) for part in loc if isinstance(part, int) or part.isidentifier())


class ServiceError(Exception):
    """A request that is answered with an error. `retry_after` is in seconds; `reason` is for the log, which
    quotes nothing that a client sent: it is the code, or else the message, where nothing else is given."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str | None = None,
        param: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
        self.param = param
        self.code = code
        self.retry_after = retry_after
        self.reason = reason or code or message

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(max(1, round(self.retry_after)))}

    def body(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": error}
