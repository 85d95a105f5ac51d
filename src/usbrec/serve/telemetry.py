"""Spans by OpenTelemetry's conventions for generative AI, where they are asked for.

A reply is one span, `chat MODEL`, with what was asked for, what it cost and how it ended; never with what
was said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from usbrec.errors import ConfigError
from usbrec.serve.answering import Asked
from usbrec.serve.failures import failure_of
from usbrec.serve.protocol import Finished


class Spans:
    """Writes spans with a tracer of OpenTelemetry, or nothing without one."""

    def __init__(self, tracer: Any = None, shutdown: Callable[[], None] = lambda: None) -> None:
        self._tracer = tracer
        self.shutdown = shutdown

    def reply(self, asked: Asked, id_: str, finished: Finished | None, error: Exception | None) -> None:
        """Record a reply that is over."""
        if self._tracer is None:
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode

        request = asked.request
        started = time.time_ns() - int((time.monotonic() - asked.came) * 1e9)
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "usbrec",
            "gen_ai.request.model": asked.twin.name,
            "gen_ai.response.model": asked.twin.name,
            "gen_ai.response.id": id_,
            "gen_ai.output.type": "text",
            "gen_ai.request.max_tokens": request.max_tokens,
            "gen_ai.request.temperature": request.temperature,
            "gen_ai.request.top_p": request.top_p,
            "gen_ai.request.seed": request.seed,
            "gen_ai.request.choice.count": request.n,
            "usbrec.enhanced": asked.twin.enhanced,
        }
        if finished is not None:
            attributes |= {
                "gen_ai.response.finish_reasons": [said.finish for said in finished.said],
                "gen_ai.usage.input_tokens": finished.usage.prompt_tokens,
                "gen_ai.usage.output_tokens": finished.usage.completion_tokens,
                "usbrec.calls": finished.usage.calls,
                "usbrec.drafts": 0 if finished.trace is None else len(finished.trace["drafts"]),
            }
        if error is not None:
            attributes["error.type"] = failure_of(error).code or type(error).__name__
        span = self._tracer.start_span(
            f"chat {asked.twin.name}", kind=SpanKind.SERVER, attributes=attributes, start_time=started
        )
        if error is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end()


def collected_spans() -> Spans:
    """Spans that go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. Raises ConfigError."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigError("Spans need the extra 'telemetry': pip install 'usbrec[telemetry]'.") from None
    provider = TracerProvider(resource=Resource.create({"service.name": "usbrec"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Spans(provider.get_tracer("usbrec"), provider.shutdown)
