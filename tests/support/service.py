"""The service itself on a free port of this machine, on a model that runs here."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import openai
import uvicorn

from support.films import KNOWLEDGE
from usbrec.config import Search, load_config
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.judge.rules import RulesProfileJudge
from usbrec.llm import ChatModel, ChatRequest
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.seekers.rules import RulesInternalSimulator
from usbrec.serve.app import make_app
from usbrec.serve.http.api_keys import ApiKeys
from usbrec.serve.http.connections import server_options
from usbrec.serve.models import ServedModel, ServedModels
from usbrec.serve.observe.telemetry import Spans
from usbrec.serve.reload import CatalogueReloader
from usbrec.serve.storage.store import Store

WISH = [{"role": "user", "content": "I loved Goodfellas (1990), more crime please."}]
DRAFTS = ["Finding Nemo (2003)!", "Casino (1995)!", "Alien (1979)!"]


def replies(request: ChatRequest) -> Sequence[str]:
    """The greedy reply is the worst; of the drafts the second is the best."""
    return DRAFTS[0] if request.temperature == 0.0 else DRAFTS[1:]


def twins_on(model: ChatModel, **search: Any) -> ServedModels:
    """Plain and enhanced on one model that runs here, with the films and rules inside the search."""
    base = LanguageModel(MeteredModel(model), PromptTemplate("S", "Hello!"))
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE), RulesInternalSimulator(KNOWLEDGE, "Why?"), RulesProfileJudge(KNOWLEDGE)
    )
    enhanced = SelfEnhanced(base, seats, Search(**search), opening="Hello!")
    twins = [
        ServedModel(base.name, base, enhanced=False),
        ServedModel(enhanced.name, enhanced, enhanced=True),
    ]
    return ServedModels({twin.name: twin for twin in twins}, RecommenderSeat(base, base.template), KNOWLEDGE)


class Running:
    """The service on a free port, in a thread of its own. Use it as a context manager."""

    def __init__(
        self,
        twins: ServedModels,
        *,
        serving: dict[str, Any] | None = None,
        api_keys: ApiKeys | None = None,
        store: Path | None = None,
        spans: Spans | None = None,
        reloader: CatalogueReloader | None = None,
    ) -> None:
        config = load_config(None, {"serving": serving or {}})
        opened = None if store is None else Store(store)
        self._reloader = reloader
        self.app = make_app(twins, config, api_keys=api_keys, store=opened, spans=spans, reloader=reloader)
        self.server = uvicorn.Server(
            uvicorn.Config(self.app, timeout_graceful_shutdown=2, **server_options(config.serving))
        )
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self.server.serve(sockets=[self._socket])

        with asyncio.Runner(loop_factory=self.server.config.get_loop_factory()) as runner:
            runner.run(serve())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def client(self, **options: Any) -> openai.OpenAI:
        return openai.OpenAI(**{"base_url": self.url, "api_key": "none", "max_retries": 0, **options})

    def __enter__(self) -> Self:
        self._thread.start()
        end = time.monotonic() + 20
        while not self.server.started:
            assert time.monotonic() < end
            assert self._thread.is_alive()
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self._thread.join(20)
        self._socket.close()
        assert not self._thread.is_alive()

    def hang_up(self) -> None:
        """What SIGHUP does to a process of its own."""
        assert self._reloader is not None
        # A task of its own loop has the event that is set; the loop is in another thread.
        self._loop.call_soon_threadsafe(self._reloader.ask)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON (or text) and headers of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            kind = {} if raw is None else {"content-type": "application/json"}
            connection.request(method, path, raw, {**kind, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
            found = {name.lower(): value for name, value in answer.getheaders()}
        with contextlib.suppress(ValueError):
            return answer.status, json.loads(text), found
        return answer.status, text, found
