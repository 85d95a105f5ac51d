"""What goes wrong with a request, in OpenAI's envelope, so that every client can read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.errors import ModelError, ModelRefused, ModelUnavailable, PromptTooLong, UsbRecError

#: OpenAI's word for each status, where nothing more particular is said.
_TYPES: Mapping[int, str] = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class ServiceError(Exception):
    """A request that is answered with an error. `retry_after` is in seconds."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str | None = None,
        param: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
        self.param = param
        self.code = code
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(max(1, round(self.retry_after)))}

    def body(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": error}


def failure_of(error: Exception) -> ServiceError:
    """The answer to a request whose model failed. What no one foresaw says nothing of itself: it could hold
    what is none of the caller's business, and stands in the log."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, PromptTooLong):
        return ServiceError(400, str(error), param="messages", code="context_length_exceeded")
    if isinstance(error, ModelUnavailable):
        return ServiceError(503, str(error), code="model_unavailable", retry_after=1)
    if isinstance(error, ModelRefused):
        return ServiceError(502, str(error), code="model_refused")
    if isinstance(error, ModelError | UsbRecError):
        return ServiceError(502, str(error), code="model_error")
    return ServiceError(500, "The service failed at this request; its log says why.", code="internal_error")
