"""The routes: OpenAI's, ours under /v1/usbrec, and the page."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI, Request
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from usbrec import __version__
from usbrec.config import Config
from usbrec.serve.http.api_keys import ApiKeys
from usbrec.serve.http.errors import ServiceError, failure_of
from usbrec.serve.http.middleware import AccessMiddleware, visit_of
from usbrec.serve.http.queue import RequestQueue
from usbrec.serve.http.sse import EventStream, Json, Pipe, end, unless_gone
from usbrec.serve.models import ServedModels
from usbrec.serve.observe.metrics import Metrics
from usbrec.serve.observe.telemetry import Spans
from usbrec.serve.openai.schema import (
    ChatBody,
    CompletionWriter,
    FeedbackBody,
    Finished,
    Ours,
    SessionBody,
    VoteBody,
    item_json,
    model_json,
    models_json,
)
from usbrec.serve.service import Answerer, Asked, News, RequestUsage, understand
from usbrec.serve.storage.arena import count_votes
from usbrec.serve.storage.store import Exchange, Store

T = TypeVar("T")

#: A stream's headers go out after so many seconds at the latest: until then an error still has a status.
_GRACE = 1.0
_PAGE = Path(__file__).parent / "page"
_Id = Annotated[str, InPath(min_length=1, max_length=200)]
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": text}
    for status, text in {
        400: "The request cannot be used.",
        401: "A key is needed.",
        403: "Not from there.",
        404: "There is no such thing.",
        408: "The body did not come in time.",
        413: "The body is too large.",
        429: "Too much at once.",
        500: "The service failed.",
        502: "The model failed.",
        503: "The model is not to be had now.",
    }.items()
}


def make_app(
    twins: ServedModels,
    config: Config,
    *,
    api_keys: ApiKeys | None = None,
    store: Store | None = None,
    spans: Spans | None = None,
) -> ASGIApp:
    """The service as an ASGI application. It closes models and store when it ends."""
    settings = config.serving
    gate = RequestQueue(twins.at_once, settings.waiting)
    metrics = Metrics(gate)
    service = _Service(twins, config, gate, metrics, store, spans or Spans())

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await service.aclose()

    app = FastAPI(
        title="usbrec",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        responses=_ERRORS,
        default_response_class=Json,
    )
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _no_route)
    # What no one foresaw is answered here and raised again; the door logs it.
    app.add_exception_handler(Exception, _refused)
    _add_openai(app, service)
    _add_ours(app, service)
    _add_page(app)
    return AccessMiddleware(app, settings, api_keys, metrics)


class _Service:
    """What the routes share."""

    def __init__(
        self,
        twins: ServedModels,
        config: Config,
        gate: RequestQueue,
        metrics: Metrics,
        store: Store | None,
        spans: Spans,
    ) -> None:
        self.twins = twins
        self.config = config
        self.settings = config.serving
        self.metrics = metrics
        self.created = int(time.time())
        self._answerer = Answerer(twins, gate)
        self._store = store
        self._spans = spans
        # SQLite has one connection and one thread, and the event loop does not wait for the disk.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="store")

    @property
    def stores(self) -> bool:
        return self._store is not None

    async def on_store(self, what: Callable[[Store], T]) -> T:
        """Raises ServiceError (404) without a store."""
        if self._store is None:
            raise ServiceError(
                404, "Nothing is stored here: the service runs without --store FILE.", code="no_store"
            )
        return await asyncio.get_running_loop().run_in_executor(self._disk, what, self._store)

    async def aclose(self) -> None:
        await self._answerer.aclose()
        await self.twins.aclose()
        if self._store is not None:
            await self.on_store(Store.close)
        self._disk.shutdown()
        await self._spans.aclose()

    async def ask(self, request: Request, body: ChatBody) -> tuple[Asked, str | None]:
        """The request as it is understood, and the session it is stored with (None: nowhere)."""
        visit = visit_of(request.scope)
        if visit.caller.allowance is not None:
            visit.caller.allowance.check_budget()
        asked = understand(body, self.twins, self.settings, self.config.play, self.config.seed)
        visit.notes |= {"model": asked.twin.name, "stream": bool(body.stream)}
        return asked, await self._session(body.usbrec, visit.caller.key)

    async def _session(self, ours: Ours | None, key: str | None) -> str | None:
        if ours is None or ours.store is False:
            return None
        if ours.session is not None:
            if not await self.on_store(lambda store: store.has(str(ours.session), key)):
                raise no_session(ours.session)
            return ours.session
        return await self.on_store(lambda store: store.begin(ours.user, key)) if ours.store else None

    async def reply(
        self, request: Request, asked: Asked, session: str | None, id_: str, tell: Callable[[News], None]
    ) -> Finished:
        """A reply that is stored, where it is to be, when this returns."""
        finished: Finished | None = None
        failed: Exception | None = None
        bill = RequestUsage()
        try:
            finished = await self._answerer.answer(asked, self._timed(asked, tell), bill)
            if session is not None:
                finished = await self._kept(asked, session, finished)
            return finished
        except Exception as error:
            failed = error
            raise
        finally:
            self._account(request, asked, session, id_, finished, failed, bill)

    def _timed(self, asked: Asked, tell: Callable[[News], None]) -> Callable[[News], None]:
        """`tell` that notes when the first text comes."""
        begun = False

        def told(news: News) -> None:
            nonlocal begun
            if isinstance(news, str) and not begun:
                begun = True
                self.metrics.first_text(asked.twin.name, time.monotonic() - asked.came)
            tell(news)

        return told

    async def _kept(self, asked: Asked, session: str, finished: Finished) -> Finished:
        exchange = Exchange(
            system=self.twins.system(asked.conversation),
            turns=asked.conversation.turns,
            reply=finished.said[0].text,
            model=asked.twin.name,
            finish=finished.said[0].finish,
            items=tuple(item_json(item) for item in finished.items),
            profile=asked.conversation.profile,
        )
        turn = await self.on_store(lambda store: store.add(session, exchange))
        # A session that was deleted meanwhile stays deleted.
        return finished if turn is None else replace(finished, session=session, turn=turn)

    def _account(
        self,
        request: Request,
        asked: Asked,
        session: str | None,
        id_: str,
        finished: Finished | None,
        failed: Exception | None,
        bill: RequestUsage,
    ) -> None:
        visit = visit_of(request.scope)
        self._spans.reply(asked, id_, finished, failed, session=session, headers=request.headers)
        usage = bill.usage if finished is None else finished.usage
        tokens = usage.prompt_tokens + usage.completion_tokens
        if visit.caller.allowance is not None and visit.caller.key is not None:
            visit.caller.allowance.charge(tokens)
            self.metrics.budget(visit.caller.key, tokens)
        if finished is None:
            self.metrics.failed(asked.twin.name, usage)
            visit.notes |= {"error": "cancelled" if failed is None else type(failed).__name__}
            return
        self.metrics.reply(asked.twin.name, finished)
        visit.notes |= {"finish": finished.said[0].finish, "tokens": tokens, "calls": usage.calls}
        if self.settings.log_texts:
            visit.notes |= {
                "said": asked.conversation.turns[-1].text if asked.conversation.turns else "",
                "reply": finished.said[0].text,
            }


def _add_openai(app: FastAPI, service: _Service) -> None:
    twins = service.twins

    @app.get("/health")
    async def health() -> Response:
        return Json(
            {
                "status": "ok",
                "model": twins.seat.name,
                "enhanced": twins.first.enhanced,
                "version": __version__,
            }
        )

    @app.get("/v1/models")
    async def models() -> Response:
        return Json(models_json(_named(twins), twins.candidates, service.created))

    @app.get("/v1/models/{model:path}")
    async def model(model: str) -> Response:
        twin = twins.models.get(model)
        if twin is None:
            raise ServiceError(
                404, "There is no model of this name here.", param="model", code="model_not_found"
            )
        return Json(model_json(twin.name, twin.enhanced, twins.candidates, service.created))

    @app.post("/v1/chat/completions")
    async def chat(request: Request, body: ChatBody) -> Response:
        asked, session = await service.ask(request, body)
        id_ = f"chatcmpl-{uuid.uuid4().hex}"
        papers = CompletionWriter(id_, int(time.time()), asked.twin.name, asked.twin.enhanced)
        if body.stream:
            return await _streamed(service, request, body, asked, session, papers)
        answers: list[Finished] = []

        async def reply() -> None:
            answers.append(await service.reply(request, asked, session, id_, lambda _: None))

        work = asyncio.create_task(reply())
        if not await unless_gone(request, work):
            return Response(status_code=499)
        await _raised(work)
        return Json(papers.whole(answers[0]))

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=service.metrics.content_type)


async def _streamed(
    service: _Service,
    request: Request,
    body: ChatBody,
    asked: Asked,
    session: str | None,
    papers: CompletionWriter,
) -> Response:
    pipe = Pipe()
    work = asyncio.create_task(_fill(pipe, service, request, body, asked, session, papers))
    begun = asyncio.create_task(pipe.begun.wait())
    try:
        await asyncio.wait({work, begun}, timeout=_GRACE, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await end(work)
        raise
    finally:
        begun.cancel()
    if work.done():
        await _raised(work)
    return EventStream(pipe, work, service.settings.keep_alive)


async def _fill(
    pipe: Pipe,
    service: _Service,
    request: Request,
    body: ChatBody,
    asked: Asked,
    session: str | None,
    papers: CompletionWriter,
) -> None:
    """Write the whole stream. An error is raised as long as nothing was written, else it is written."""
    n = asked.sampling.n
    progress = body.usbrec is not None and bool(body.usbrec.progress)
    told = False

    def begin() -> None:
        if not pipe.begun.is_set():
            for index in range(n):
                pipe.event(papers.chunk({"role": "assistant", "content": ""}, index=index))

    def tell(news: News) -> None:
        nonlocal told
        if not isinstance(news, str):
            if progress:
                begin()
                pipe.event(papers.progress(news))
            return
        # A reply begins with its first word.
        if piece := news if told else news.lstrip():
            begin()
            told = True
            pipe.event(papers.chunk({"content": piece}))

    try:
        finished = await service.reply(request, asked, session, papers.id, tell)
        begin()
        for index, said in enumerate(finished.said):
            if said.text and not (index == 0 and told):
                pipe.event(papers.chunk({"content": said.text}, index=index))
        for index in range(n):
            pipe.event(papers.last(finished, index))
        if body.stream_options is not None and body.stream_options.include_usage:
            pipe.event(papers.bill(finished))
        pipe.done()
    except Exception as error:
        if not pipe.begun.is_set():
            raise
        # Under way there is no status to tell it by: OpenAI's clients look for this.
        pipe.event(failure_of(error).body())
    finally:
        pipe.close()


def _add_ours(app: FastAPI, service: _Service) -> None:
    on_store = service.on_store
    root = "/v1/usbrec"

    @app.get(f"{root}/info")
    async def info() -> Response:
        twins, settings = service.twins, service.settings
        models = models_json(_named(twins), twins.candidates, service.created)["data"]
        limits = {
            "drafts": settings.most_drafts,
            "rounds": settings.most_rounds,
            "max_tokens": settings.longest_reply,
            "deadline": settings.deadline,
            "body_bytes": settings.body_bytes,
            "requests_per_minute": settings.requests_per_minute,
            "tokens_per_hour": settings.tokens_per_hour,
        }
        catalogue = None if twins.catalogue is None else len(twins.catalogue)
        return Json({"store": service.stores, "catalogue": catalogue, "models": models, "limits": limits})

    @app.post(f"{root}/sessions")
    async def begin(request: Request, body: SessionBody) -> Response:
        key = visit_of(request.scope).caller.key
        return Json({"session": await on_store(lambda store: store.begin(body.user, key))})

    @app.get(f"{root}/sessions/{{session}}")
    async def read(request: Request, session: _Id) -> Response:
        key = visit_of(request.scope).caller.key
        found = await on_store(lambda store: store.session(session, key))
        if found is None:
            raise no_session(session)
        return Json(found.to_json())

    @app.delete(f"{root}/sessions/{{session}}")
    async def delete(request: Request, session: _Id) -> Response:
        key = visit_of(request.scope).caller.key
        if not await on_store(lambda store: store.delete(session, key)):
            raise no_session(session)
        return Json({"deleted": True})

    @app.delete(f"{root}/users/{{user}}")
    async def delete_user(request: Request, user: _Id) -> Response:
        key = visit_of(request.scope).caller.key
        return Json({"deleted": await on_store(lambda store: store.delete_user(user, key))})

    @app.post(f"{root}/sessions/{{session}}/feedback")
    async def feedback(request: Request, session: _Id, body: FeedbackBody) -> Response:
        key = visit_of(request.scope).caller.key
        said, kind, item = body.turn, body.kind, body.item
        if not await on_store(lambda store: store.add_feedback(session, said, kind, item, key)):
            raise ServiceError(404, "There is no such turn in such a session.", param="turn", code="no_turn")
        return Json({"ok": True})

    @app.post(f"{root}/votes")
    async def vote(body: VoteBody) -> Response:
        # Without a store this is said first, whatever the models.
        await on_store(lambda store: None)
        for side in ("left", "right"):
            if getattr(body, side) not in service.twins.models:
                raise ServiceError(400, f"{side} is no model of this service.", param=side)
        if body.left == body.right:
            raise ServiceError(400, "A vote is between two models.", param="right")
        await on_store(lambda store: store.vote(body.left, body.right, body.winner))
        return Json({"ok": True})

    @app.get(f"{root}/votes")
    async def votes() -> Response:
        return Json({"pairs": count_votes(await on_store(Store.votes))})


def _add_page(app: FastAPI) -> None:
    index = _PAGE / "index.html"
    if not index.is_file():
        return

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(index, headers={"cache-control": "no-cache"})

    app.mount("/static", StaticFiles(directory=_PAGE), name="static")


def no_session(session: str) -> ServiceError:
    return ServiceError(404, "There is no such session.", param="session", code="no_session")


def _named(twins: ServedModels) -> Sequence[tuple[str, bool]]:
    return [(twin.name, twin.enhanced) for twin in twins.models.values()]


async def _raised(work: asyncio.Task[None]) -> None:
    """Raise what a finished task died of, as an answer."""
    try:
        await work
    except ServiceError:
        raise
    except Exception as error:
        failure = failure_of(error)
        if failure.status == 500:
            raise
        raise failure from error


async def _refused(_: Request, error: Exception) -> Response:
    failure = failure_of(error)
    return Json(failure.body(), failure.status, failure.headers)


async def _unreadable(_: Request, error: Exception) -> Response:
    """The first thing that is wrong with a body, without repeating what it says."""
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"][1:])
    message = problem["msg"] if not place else f"{place}: {problem['msg']}"
    return Json(ServiceError(400, message, param=place or None).body(), 400)


async def _no_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    failure = ServiceError(
        error.status_code, str(error.detail), code=str(error.detail).lower().replace(" ", "_")
    )
    return Json(failure.body(), failure.status, error.headers)
