"""Service state that all routes share: the models and their queue, the store, metrics and spans."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from usbrec.config import Config
from usbrec.serve.answering import Answerer
from usbrec.serve.catalogue import CatalogueStatus
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.queue import RequestQueue
from usbrec.serve.models import ServedModels
from usbrec.serve.observe.metrics import Metrics
from usbrec.serve.observe.telemetry import Spans
from usbrec.serve.openai.schema import Ours
from usbrec.serve.storage.store import Store

T = TypeVar("T")


class Service:
    """One service. It closes models, store and spans when it ends."""

    def __init__(self, served: ServedModels, config: Config, store: Store | None, spans: Spans) -> None:
        self.queue = RequestQueue(served.at_once, config.serving.waiting)
        #: Both are replaced when a changed catalogue is taken up; a request keeps those it began with.
        self.served = served
        self.catalogue = CatalogueStatus.of(served)
        self.config = config
        self.settings = config.serving
        self.metrics = Metrics(self.queue, lambda: self.catalogue)
        self.spans = spans
        self.created = int(time.time())
        self.answerer = Answerer(self.queue)
        self._store = store
        # SQLite has one connection and one thread, and the event loop does not wait for the disk.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="store")

    @property
    def stores(self) -> bool:
        return self._store is not None

    @property
    def names(self) -> list[tuple[str, bool]]:
        """Each model's name, and whether it is enhanced."""
        return [(model.name, model.enhanced) for model in self.served.models.values()]

    async def on_store(self, what: Callable[[Store], T]) -> T:
        """Raises ServiceError (404) without a store."""
        if self._store is None:
            raise ServiceError(
                404, "Nothing is stored here: the service runs without --store FILE.", code="no_store"
            )
        return await asyncio.get_running_loop().run_in_executor(self._disk, what, self._store)

    async def session_of(self, ours: Ours | None, key: str | None) -> str | None:
        """The session that a request is stored with (None: nowhere), begun if it asks for one. Raises
        ServiceError (404) for one that is not this key's."""
        if ours is None or ours.store is False:
            return None
        if ours.session is not None:
            if not await self.on_store(lambda store: store.has(str(ours.session), key)):
                raise no_session()
            return ours.session
        return await self.on_store(lambda store: store.begin(ours.user, key)) if ours.store else None

    async def aclose(self) -> None:
        await self.answerer.aclose()
        await self.served.aclose()
        if self._store is not None:
            await self.on_store(Store.close)
        self._disk.shutdown()
        await self.spans.aclose()


def no_session() -> ServiceError:
    return ServiceError(404, "There is no such session.", param="session", code="no_session")
