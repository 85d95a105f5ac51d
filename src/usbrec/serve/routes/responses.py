"""OpenAI's route of Responses, which several clients turn to where nothing else is said."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import Response

from usbrec.serve.answering import GenerationRequest
from usbrec.serve.openai.responses import ResponseWriter
from usbrec.serve.openai.responses_schema import ResponsesBody
from usbrec.serve.request import CompletionRequest
from usbrec.serve.service import Service


def add_responses(app: FastAPI, service: Service) -> None:
    @app.post("/v1/responses")
    async def respond(request: Request, body: ResponsesBody) -> Response:
        def writer(number: str, created: int, generation: GenerationRequest) -> ResponseWriter:
            return ResponseWriter(number, created, body, generation)

        completion = await CompletionRequest.receive(service, request, body.to_chat(), writer)
        return await completion.respond(request, stream=bool(body.stream))
