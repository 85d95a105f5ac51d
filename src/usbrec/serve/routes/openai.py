"""OpenAI's routes: chat completions and models, and beside them /health and /metrics."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI, Request
from starlette.responses import Response

from usbrec import __version__
from usbrec.serve.failures import failure_of
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.sse import Json, event_stream, unless_gone
from usbrec.serve.openai.completions import model_json, models_json
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.request import CompletionRequest
from usbrec.serve.service import Service

#: What is said of a path that is not there.
PATHS = "POST /v1/chat/completions, GET /v1/models, GET /v1/models/MODEL"


def add_openai(app: FastAPI, service: Service) -> None:
    served = service.served

    @app.get("/health")
    async def health() -> Response:
        return Json(
            {
                "status": "ok",
                "model": served.seat.name,
                "enhanced": served.first.enhanced,
                "version": __version__,
            }
        )

    @app.get("/v1/models")
    @app.get("/v1/models/", include_in_schema=False)
    async def models() -> Response:
        return Json(models_json(service.names, served.candidates, service.created))

    @app.get("/v1/models/{model:path}")
    async def model(model: str) -> Response:
        found = served.models.get(model)
        if found is None:
            raise ServiceError(
                404, "There is no model of this name here.", param="model", code="model_not_found"
            )
        return Json(model_json(found.name, found.enhanced, served.candidates, service.created))

    @app.post("/v1/chat/completions")
    async def chat(request: Request, body: ChatBody) -> Response:
        completion = await CompletionRequest.receive(service, request, body)
        if body.stream:
            return await event_stream(completion.stream, service.settings.keep_alive, failure_of)
        work = asyncio.create_task(completion.run())
        if not await unless_gone(request, work):
            return Response(status_code=499)
        return Json(await work)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=service.metrics.content_type)
