"""Failure responses: the answer that a failure of a model or of the service is to its request."""

from __future__ import annotations

from usbrec.errors import (
    CannotDo,
    ModelRefused,
    ModelUnavailable,
    PromptTooLong,
    StoreFailed,
    UnknownLanguage,
    UsbRecError,
)
from usbrec.serve.http.errors import ServiceError


def failure_of(error: BaseException) -> ServiceError:
    """The answer to a request whose model failed. What no one foresaw says nothing of itself: it could hold
    what is none of the caller's business, and stands in the log."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, PromptTooLong):
        return ServiceError(400, str(error), param="messages", code="context_length_exceeded")
    if isinstance(error, CannotDo):
        return ServiceError(400, str(error), code="unsupported_parameter")
    if isinstance(error, UnknownLanguage):
        return ServiceError(400, str(error), param="messages", code="language_not_known")
    if isinstance(error, ModelUnavailable):
        return ServiceError(503, str(error), code="model_unavailable", retry_after=1)
    if isinstance(error, ModelRefused):
        return ServiceError(502, str(error), code="model_refused")
    if isinstance(error, StoreFailed):
        # Where the file lies is for who runs the service, and stands in the log.
        return ServiceError(
            500,
            "The service's store cannot be read or written now, so this is not done; its log says why.",
            code="store_failed",
            reason=str(error),
        )
    if isinstance(error, UsbRecError):
        return ServiceError(502, str(error), code="model_error")
    return ServiceError(500, "The service failed at this request; its log says why.", code="internal_error")
