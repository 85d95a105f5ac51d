"""Catalogue reload: a changed catalogue is read beside the service and takes the place of the old one.

A request keeps what it began with, and what comes in after the swap gets the new catalogue: nobody waits, and
nobody is refused. The models stay as they are. Whatever is wrong with a changed file, the catalogue of before
stays, and the log, /health and the metrics say so.

A file that is watched is read once it has stood still from one look to the next. What looks half written all
the same, because its last row is torn or, of a watched one, because more than half of the items are gone, is
left alone until it changes, or until somebody says by SIGHUP (a second one) that it is meant as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from usbrec.config import Config
from usbrec.errors import ModelError, UsbRecError
from usbrec.serve.catalogue import CatalogueSource, CatalogueStatus, Ending, Problem, Stamp, Why
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.models import ServedModels, seat_models
from usbrec.serve.observe.logs import log
from usbrec.stages.inputs import read_catalogue_anew

if TYPE_CHECKING:
    from usbrec.serve.service import Service

T = TypeVar("T")

#: A file that changes while it is read is read again at once, so often.
_TRIES = 3
#: A watched catalogue with fewer than this share of the items served looks half written, where these are no
#: handful.
_SHRUNK = 0.5
_HANDFUL = 20
#: Said of a catalogue that looks half written.
_IF_FINISHED = "If it is whole, send SIGHUP (once more); write another file and rename it into place."


class _Refused(Exception):
    """The changed catalogue is not taken up."""

    def __init__(self, code: Why, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class CatalogueReloader:
    """Takes changes of `source` up for one service: when :meth:`ask` is called, and by a look every
    `config.serving.watch` seconds (0: none). `settings` of the service are not read again."""

    def __init__(self, config: Config, source: CatalogueSource) -> None:
        self._config = config
        self._source = source
        self._asked = asyncio.Event()
        #: How the files stood when they were last read, whatever became of it.
        self._read = source.stamps()
        self._doubted: tuple[Stamp, ...] | None = None
        self._ending = source.ending()

    def ask(self) -> None:
        """Read the files again. To be called in the event loop; asked while they are read, they are read once
        more."""
        self._asked.set()

    async def run(self, service: Service) -> None:
        """Until it is cancelled."""
        seen, watch = self._read, self._config.serving.watch
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(watch or None):
                    await self._asked.wait()
            if self._asked.is_set():
                self._asked.clear()
                await self._take_up(service, "SIGHUP")
                continue
            now = await asyncio.to_thread(self._source.stamps)
            if now != self._read and now == seen:
                await self._take_up(service, "watch")
            seen = now

    async def _take_up(self, service: Service, by: str) -> None:
        if service.catalogue is None:
            return
        started = time.monotonic()
        service.catalogue = replace(service.catalogue, loading=True)
        try:
            served = await self._opened(service.served)
            ending = await asyncio.to_thread(self._source.ending)
            self._check(service.served, served, ending, asked=by == "SIGHUP")
            if not served.seat.recommender.parallel:
                # A model here reads what its prompts begin with from now on, in its turn among those who ask.
                with contextlib.suppress(ModelError, ServiceError):
                    async with service.queue.turn():
                        await served.prefill()
        except _Refused as refused:
            self._keep(service, refused, by)
        except UsbRecError as error:
            missing = self._source.missing()
            self._keep(service, _Refused("unusable" if missing is None else "vanished", str(error)), by)
        except Exception as error:  # noqa: BLE001 - whatever a file may do to a library, the service goes on
            log("failure", {"while": "a changed catalogue was read"}, level=logging.ERROR, error=error)
            self._keep(service, _Refused("failed", f"{type(error).__name__}; the log says where."), by)
        else:
            self._ending, self._doubted = ending, None
            self._swap(service, served, time.monotonic() - started, by)

    async def _opened(self, before: ServedModels) -> ServedModels:
        """Everything anew but the models, read and built in a thread. Raises _Refused, and InputError and the
        like for what cannot be used."""
        for _ in range(_TRIES):
            self._read = await asyncio.to_thread(self._source.stamps)
            if (missing := self._source.missing()) is not None:
                raise _Refused("vanished", f"{missing}: the file is gone. Put it back, or a new one.")
            served = await _in_a_thread(lambda: self._open(before))
            if self._read == await asyncio.to_thread(self._source.stamps):
                return served
        raise _Refused(
            "changing",
            f"{self._source.catalogue}: the file changes while it is read. Write another file and rename it.",
        )

    def _open(self, before: ServedModels) -> ServedModels:
        source = self._source
        with without_collections():
            items = read_catalogue_anew(source.catalogue, source.interactions, self._config.catalogue)
            served = seat_models(self._config, items, before)
            served.build()
            # Computed here: it reads every item.
            _ = items.digest
        return served

    def _check(self, before: ServedModels, now: ServedModels, ending: Ending, *, asked: bool) -> None:
        """Raises _Refused for a catalogue that looks half written, unless it is `asked` for once more as it
        is."""
        if before.catalogue is None or now.catalogue is None or (asked and self._read == self._doubted):
            return
        path, was, found = self._source.catalogue, len(before.catalogue), len(now.catalogue)
        if ending > self._ending:
            self._doubted = self._read
            what = "the last row is torn" if ending is Ending.TORN else "the last line does not end"
            raise _Refused("unfinished", f"{path}: {what}, so it may be half written. {_IF_FINISHED}")
        if not asked and was >= _HANDFUL and found < _SHRUNK * was:
            self._doubted = self._read
            raise _Refused(
                "shrunk", f"{path}: {found} items, {was} before, so it may be half written. {_IF_FINISHED}"
            )

    def _keep(self, service: Service, refused: _Refused, by: str) -> None:
        """Go on with the catalogue of before, and say why."""
        assert service.catalogue is not None
        problem = Problem(refused.code, refused.message, time.time())
        service.catalogue = replace(service.catalogue, loading=False, problem=problem)
        service.metrics.reload("refused")
        told = {
            "by": by,
            "reason": refused.code,
            "message": refused.message,
            "items": service.catalogue.items,
        }
        log("catalogue kept", told, level=logging.WARNING)

    def _swap(self, service: Service, served: ServedModels, seconds: float, by: str) -> None:
        assert service.catalogue is not None
        status = CatalogueStatus.of(served, seconds, service.catalogue.reloads + 1)
        assert status is not None
        service.served, service.catalogue = served, status
        service.metrics.reload("taken")
        told = {"by": by, "items": status.items, "left_out": status.left_out, "digest": status.digest}
        log("catalogue taken up", {**told, "seconds": round(seconds, 3)})


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """No collections of garbage meanwhile: each stops every thread, with 100,000 items for some tenths of a
    second of processor time, and where so many are made there are many. Later ones pass over what is there
    now, which is free all the same once nobody uses it."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if on:
            gc.enable()


async def _in_a_thread(work: Callable[[], T]) -> T:
    """What `work` returns or raises. Its thread is not waited for when the service ends: one that reads a
    large catalogue may take minutes."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if ended.cancelled():
            return
        if error is not None:
            ended.set_exception(error)
        else:
            ended.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where the work is awaited
            error = raised
        # The loop may be gone by now.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="catalogue", daemon=True).start()
    return await ended
