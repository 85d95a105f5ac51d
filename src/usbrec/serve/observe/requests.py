"""Request notes: a line of the log for each, and its count and latency for Prometheus."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from usbrec.serve.observe.logs import log
from usbrec.serve.observe.metrics import Metrics


class RequestObserver:
    """Writes to the log and to one service's metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def request(
        self, route: str, method: str, status: int, seconds: float, line: Mapping[str, object]
    ) -> None:
        self._metrics.request(route, method, status, seconds)
        log("request", line)

    def failure(self, id_: str, error: Exception) -> None:
        log("failure", {"id": id_}, level=logging.ERROR, error=error)
