"""ASGI application of the service: routes, errors, and who is let in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from usbrec import __version__
from usbrec.config import Config
from usbrec.errors import StoreFailed
from usbrec.serve.failures import failure_of
from usbrec.serve.http.api_keys import ApiKeys
from usbrec.serve.http.errors import ServiceError, field_path
from usbrec.serve.http.middleware import AccessMiddleware, visit_of
from usbrec.serve.http.sse import Json
from usbrec.serve.models import ServedModels
from usbrec.serve.observe.requests import RequestObserver
from usbrec.serve.observe.telemetry import Spans
from usbrec.serve.reload import CatalogueReloader
from usbrec.serve.routes.openai import PATHS, add_openai
from usbrec.serve.routes.page import add_page
from usbrec.serve.routes.responses import add_responses
from usbrec.serve.routes.usbrec import add_usbrec
from usbrec.serve.service import Service
from usbrec.serve.storage.store import Store

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": text}
    for status, text in {
        400: "The request cannot be used.",
        401: "A key is needed.",
        403: "Not from there.",
        404: "There is no such thing.",
        408: "The body did not come in time.",
        413: "The body is too large.",
        429: "Too much at once.",
        500: "The service failed.",
        502: "The model failed.",
        503: "The model is not to be had now.",
    }.items()
}


def make_app(
    served: ServedModels,
    config: Config,
    *,
    api_keys: ApiKeys | None = None,
    store: Store | None = None,
    spans: Spans | None = None,
    reloader: CatalogueReloader | None = None,
) -> ASGIApp:
    """The service as an ASGI application. It closes models and store when it ends. A `reloader` takes changed
    catalogues up meanwhile."""
    service = Service(served, config, store, spans or Spans())

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        reloading = None if reloader is None else asyncio.create_task(reloader.run(service))
        try:
            yield
        finally:
            if reloading is not None:
                reloading.cancel()
                await asyncio.wait({reloading})
            await service.aclose()

    app = FastAPI(
        title="usbrec",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        responses=_ERRORS,
        default_response_class=Json,
    )
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(StoreFailed, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _no_route)
    # What no one foresaw is answered here and raised again; the middleware logs it.
    app.add_exception_handler(Exception, _refused)
    add_openai(app, service)
    add_responses(app, service)
    add_usbrec(app, service)
    add_page(app, pictures=served.has_pictures)
    return AccessMiddleware(
        app,
        realm="usbrec",
        limits=config.serving,
        api_keys=api_keys,
        observer=RequestObserver(service.metrics),
        failure_of=failure_of,
    )


def _answer(request: Request, failure: ServiceError, headers: Mapping[str, str] | None = None) -> Response:
    """The error as it is sent; the log's line of the request says why, too."""
    visit_of(request.scope).notes["reason"] = failure.reason
    return Json(failure.body(), failure.status, failure.headers if headers is None else headers)


async def _refused(request: Request, error: Exception) -> Response:
    return _answer(request, failure_of(error))


def _encoded(request: Request) -> ServiceError | None:
    """What is told of a body that cannot be read because it is compressed; None of any other."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return None
    message = f"A body with Content-Encoding: {encoding[:100]} is not read: send it as it is."
    return ServiceError(400, message, code="content_encoding")


async def _unreadable(request: Request, error: Exception) -> Response:
    """The first thing that is wrong with a body, without repeating what it says."""
    assert isinstance(error, RequestValidationError)
    if (encoded := _encoded(request)) is not None:
        return _answer(request, encoded)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (kind.startswith("application/") and kind.endswith("json")):
        told = "The body is read as JSON alone: send it with Content-Type: application/json"
        given = f", not {kind[:100]}" if kind else ""
        return _answer(request, ServiceError(400, f"{told}{given}.", code="content_type"))
    problem = error.errors()[0]
    if problem["type"] == "json_invalid":
        # Its place is a character's, and no field.
        told = str(problem.get("ctx", {}).get("error", problem["msg"]))[:100]
        return _answer(request, ServiceError(400, f"JSON decode error: {told}."))
    place = field_path(problem["loc"][1:])
    message = problem["msg"] if not place else f"{place}: {problem['msg']}"
    return _answer(request, ServiceError(400, message, param=place or None))


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and (encoded := _encoded(request)) is not None:
        return _answer(request, encoded)
    message, code = str(error.detail), str(error.detail).lower().replace(" ", "_")
    if error.status_code == 404 and not request.url.path.startswith("/static"):
        message = f"There is no such path here. There are {PATHS}, and what lies under /v1/usbrec."
    return _answer(request, ServiceError(error.status_code, message, code=code), error.headers)
