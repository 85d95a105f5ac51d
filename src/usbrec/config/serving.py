"""Settings: the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from usbrec.config.stage import Stage, free


class Serving(Stage):
    """The service (`usbrec serve`)."""

    later: ClassVar[Mapping[str, Any]] = {"show": None}

    host: str = free("127.0.0.1")
    """Address to listen on. Without keys it has to be one of this machine alone."""
    port: int = free(8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    keys: str | None = free(None)
    """File with the hashes of the keys that are let in (`usbrec serve --new-key NAME` adds one)."""
    store: str | None = free(None)
    """SQLite file for conversations, feedback and votes; nothing is stored without one."""
    deadline: float | None = free(None, gt=0)
    """Seconds within which each reply comes, finished or not; a request may ask for fewer."""
    max_tokens: int = free(128, ge=1)
    """Longest reply in tokens, where the request does not say."""
    longest_reply: int = free(1024, ge=1)
    """A request that asks for more tokens gets so many."""
    most_drafts: int = free(8, ge=1, le=32)
    """Most drafts a request may ask for."""
    most_rounds: int = free(5, ge=1, le=20)
    """Most rounds a request may have its drafts played forward."""
    at_once: int | None = free(None, ge=1)
    """Replies worked on at once; by default 1 with a model in this process, 512 with a server's."""
    waiting: int = free(64, ge=0)
    """Requests that may wait for their turn beside these; more are sent away (429)."""
    keep_alive: float = free(5.0, gt=0)
    """Seconds of silence after which a stream gets a comment, so that nobody takes it for dead."""
    connections: int = free(1000, ge=1)
    """Connections at once. Where all are taken, one that has asked for nothing yet is closed for who comes;
    fewer where this process may not have so many files open."""
    head_seconds: float = free(10.0, gt=0)
    """Seconds within which the head of a request has to be here."""
    body_seconds: float = free(60.0, gt=0)
    """Seconds within which the body of a request has to be here, and within which a client reads on in its
    reply."""
    body_bytes: int = free(1_000_000, ge=1024)
    """Largest body of a request."""
    requests_per_minute: int = free(60, ge=1)
    """Requests a minute for each key."""
    tokens_per_hour: int = free(1_000_000, ge=1)
    """Tokens an hour for each key, those of all drafts and of what was played together."""
    watch: float = free(2.0, ge=0)
    """Seconds between looks at the files of the catalogue: one that has changed is taken up while the service
    runs. 0 looks at SIGHUP alone."""
    show: tuple[str, ...] | None = free(None)
    """Columns of the catalogue that are given back with each recommended item and stand on the page's cards;
    by default those that hold a price, an address or a picture."""
    log_texts: bool = free(False)
    """Whether the log has what was said."""
    telemetry: bool = free(False)
    """Whether spans go to the OpenTelemetry collector that OTEL_EXPORTER_OTLP_ENDPOINT names."""
