"""OpenTelemetry spans by the conventions for generative AI, where they are asked for.

A reply is one span, `chat MODEL`, with what was asked for, what it cost and how it ended; never with what
was said. It belongs to the trace that the request's `traceparent` names, if there is one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from usbrec.extras import extra
from usbrec.serve.answering import Finished, GenerationRequest
from usbrec.serve.failures import failure_of

#: Seconds in which the last spans have to reach their collector.
_LAST_SPANS = 2.0


class Spans:
    """Writes spans with a tracer of OpenTelemetry, or nothing without one."""

    def __init__(self, tracer: Any = None, shutdown: Callable[[], None] = lambda: None) -> None:
        self._tracer = tracer
        self._shutdown = shutdown

    async def aclose(self) -> None:
        """Send the last spans. A collector that does not answer is not waited for."""
        if self._tracer is None:
            return
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def work() -> None:
            self._shutdown()
            # The loop may be gone by now.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(over.set)

        # A thread that nobody waits for, as those of the loop would be at its end.
        threading.Thread(target=work, daemon=True).start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SPANS):
                await over.wait()

    def reply(
        self,
        request: GenerationRequest,
        id_: str,
        finished: Finished | None,
        error: Exception | None,
        *,
        session: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Record a reply that is over; without a reply and an error, one that was cancelled."""
        if self._tracer is None:
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind, Status, StatusCode

        sampling = request.sampling
        started = time.time_ns() - int((time.monotonic() - request.arrived) * 1e9)
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "usbrec",
            "gen_ai.request.model": request.model.name,
            "gen_ai.response.model": request.model.name,
            "gen_ai.response.id": id_,
            "gen_ai.output.type": "text",
            "gen_ai.request.max_tokens": sampling.max_tokens,
            "gen_ai.request.temperature": sampling.temperature,
            "gen_ai.request.top_p": sampling.top_p,
            "gen_ai.request.seed": sampling.seed,
            "gen_ai.request.choice.count": sampling.n,
            "gen_ai.request.frequency_penalty": sampling.frequency_penalty,
            "gen_ai.request.stop_sequences": list(sampling.stop),
            "usbrec.enhanced": request.model.enhanced,
        }
        if session is not None:
            attributes["gen_ai.conversation.id"] = session
        if finished is not None:
            attributes |= {
                "gen_ai.response.finish_reasons": [said.finish for said in finished.said],
                "gen_ai.usage.input_tokens": finished.usage.prompt_tokens,
                "gen_ai.usage.output_tokens": finished.usage.completion_tokens,
                "gen_ai.usage.cache_read.input_tokens": finished.usage.cached_tokens,
                "usbrec.calls": finished.usage.calls,
                "usbrec.drafts": 0 if finished.trace is None else len(finished.trace["drafts"]),
            }
        elif error is not None:
            attributes["error.type"] = failure_of(error).code or type(error).__name__
        else:
            attributes["error.type"] = "cancelled"
        # By the conventions: a model in this process is INTERNAL, one somewhere else is called as a CLIENT.
        span = self._tracer.start_span(
            f"chat {request.model.name}",
            context=extract(headers or {}),
            kind=SpanKind.CLIENT if request.model.recommender.parallel else SpanKind.INTERNAL,
            attributes=attributes,
            start_time=started,
        )
        if finished is None:
            span.set_status(Status(StatusCode.ERROR))
        span.end()


def collected_spans() -> Spans:
    """Spans that go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. Raises ConfigError."""
    with extra("telemetry", "Sending spans"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    # Shut down by the service: at the end of the process nobody would bound it.
    name = os.environ.get("OTEL_SERVICE_NAME", "usbrec")
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Spans(provider.get_tracer("usbrec"), provider.shutdown)
