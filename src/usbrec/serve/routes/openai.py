"""OpenAI's routes: chat completions and models, and beside them /health and /metrics."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import Response

from usbrec import __version__
from usbrec.serve.answering import GenerationRequest
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.middleware import visit_of
from usbrec.serve.http.sse import Json
from usbrec.serve.openai.completions import CompletionWriter, model_json, models_json
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.request import CompletionRequest
from usbrec.serve.service import Service

#: What is said of a path that is not there.
PATHS = "POST /v1/chat/completions, POST /v1/responses, GET /v1/models, GET /v1/models/MODEL"


def add_openai(app: FastAPI, service: Service) -> None:
    @app.get("/health")
    async def health() -> Response:
        served, catalogue = service.served, service.catalogue
        return Json(
            {
                "status": "ok",
                "model": served.seat.name,
                "enhanced": served.first.enhanced,
                "version": __version__,
                "catalogue": None if catalogue is None else catalogue.to_json(whole=False),
            }
        )

    @app.get("/v1/models")
    @app.get("/v1/models/", include_in_schema=False)
    async def models() -> Response:
        return Json(models_json(service.names, service.served.candidates, service.created))

    @app.get("/v1/models/{model:path}")
    async def model(model: str) -> Response:
        served = service.served
        found = served.models.get(model)
        if found is None:
            raise ServiceError(
                404, "There is no model of this name here.", param="model", code="model_not_found"
            )
        return Json(model_json(found.name, found.enhanced, served.candidates, service.created))

    @app.post("/v1/chat/completions")
    async def chat(request: Request, body: ChatBody) -> Response:
        usage = body.stream_options is not None and bool(body.stream_options.include_usage)

        def writer(number: str, created: int, generation: GenerationRequest) -> CompletionWriter:
            return CompletionWriter(f"chatcmpl-{number}", created, generation, usage)

        completion = await CompletionRequest.receive(service, request, body, writer)
        return await completion.respond(request, stream=bool(body.stream))

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        text = service.metrics.text(by_key=visit_of(request.scope).caller.admin)
        return Response(text, media_type=service.metrics.content_type)
