"""Prometheus metrics: requests, latency, drafts, calls, tokens, and what keys have used.

What each key has used, and so who has one, is for a key of the service's own people; to others it is one sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from usbrec.dialogue import Usage
from usbrec.serve.answering import Finished
from usbrec.serve.catalogue import CatalogueStatus
from usbrec.serve.http.queue import RequestQueue

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0)


class _CatalogueGauges(Collector):
    """What is served now: the digest is a label, which a gauge of its own would keep for ever."""

    def __init__(self, catalogue: Callable[[], CatalogueStatus | None]) -> None:
        self._catalogue = catalogue

    def collect(self) -> Iterator[Metric]:
        now = self._catalogue()
        if now is None:
            return
        items = GaugeMetricFamily("usbrec_catalogue_items", "Items of the catalogue.", labels=("digest",))
        items.add_metric((now.digest[:16],), now.items)
        yield items
        yield GaugeMetricFamily(
            "usbrec_catalogue_loaded_timestamp_seconds", "When the catalogue was read.", value=now.loaded
        )
        yield GaugeMetricFamily(
            "usbrec_catalogue_stale",
            "1 where a changed catalogue could not be taken up.",
            value=float(now.problem is not None),
        )


class Metrics:
    """One service's, in a registry of its own."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, queue: RequestQueue, catalogue: Callable[[], CatalogueStatus | None]) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "usbrec_requests", "Requests answered.", ("route", "method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "usbrec_request_seconds",
            "From a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._first = Histogram(
            "usbrec_first_text_seconds",
            "From a request to the first text of its reply.",
            ("model",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._replies = Counter(
            "usbrec_replies", "Replies by how they ended.", ("model", "end"), registry=registry
        )
        self._drafts = Counter("usbrec_drafts", "Drafts of searches.", ("model",), registry=registry)
        self._calls = Counter("usbrec_model_calls", "Calls of models.", ("model",), registry=registry)
        self._removed = Counter(
            "usbrec_removed_characters",
            "Control characters taken out of answers.",
            ("model",),
            registry=registry,
        )
        self._tokens = Counter("usbrec_tokens", "Tokens by kind.", ("model", "kind"), registry=registry)
        self._keys = CollectorRegistry()
        self._budget = Counter(
            "usbrec_budget_used_tokens", "Tokens that a key has used.", ("key",), registry=self._keys
        )
        self._spent = Counter(
            "usbrec_budget_used_by_all_tokens", "Tokens that all keys have used.", registry=registry
        )
        working = Gauge("usbrec_replies_in_progress", "Replies being worked on.", registry=registry)
        working.set_function(lambda: queue.working)
        waiting = Gauge("usbrec_replies_waiting", "Requests that wait for the model.", registry=registry)
        waiting.set_function(lambda: queue.waiting)
        self._reloads = Counter(
            "usbrec_catalogue_reloads",
            "Changed catalogues by what became of them.",
            ("end",),
            registry=registry,
        )
        registry.register(_CatalogueGauges(catalogue))

    def reload(self, end: Literal["taken", "refused"]) -> None:
        """A changed catalogue was taken up, or was not."""
        self._reloads.labels(end).inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def first_text(self, model: str, seconds: float) -> None:
        self._first.labels(model).observe(seconds)

    def reply(self, model: str, finished: Finished) -> None:
        self._replies.labels(model, "late" if finished.late else finished.said[0].finish).inc()
        self._drafts.labels(model).inc(0 if finished.trace is None else len(finished.trace["drafts"]))
        self._used(model, finished.usage)

    def failed(self, model: str, usage: Usage) -> None:
        """A reply that did not come; `usage` is what it had cost by then."""
        self._replies.labels(model, "failed").inc()
        self._used(model, usage)

    def _used(self, model: str, usage: Usage) -> None:
        self._calls.labels(model).inc(usage.calls)
        self._removed.labels(model).inc(usage.removed_characters)
        self._tokens.labels(model, "prompt").inc(usage.prompt_tokens)
        self._tokens.labels(model, "completion").inc(usage.completion_tokens)
        self._tokens.labels(model, "cached").inc(usage.cached_tokens)

    def budget(self, key: str, tokens: int) -> None:
        self._budget.labels(key).inc(tokens)
        self._spent.inc(tokens)

    def text(self, *, by_key: bool) -> bytes:
        """What Prometheus reads; `by_key` with what each key has used."""
        found = generate_latest(self._registry)
        return found + generate_latest(self._keys) if by_key else found
