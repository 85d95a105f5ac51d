"""Chat completion under way: from the request to its document, or to its stream of events."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from starlette.requests import Request
from starlette.responses import Response

from usbrec.errors import UsbRecError
from usbrec.play.protocol import SearchProgress
from usbrec.serve.answering import Finished, GenerationRequest, Update, UsageSoFar, understand
from usbrec.serve.failures import failure_of
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.middleware import Visit, visit_of
from usbrec.serve.http.sse import Json, Pipe, event_stream, unless_gone
from usbrec.serve.openai.completions import items_json
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.service import Service
from usbrec.serve.storage.store import Exchange


class Writer(Protocol):
    """Writes the documents of one completion in one of OpenAI's two protocols."""

    @property
    def id(self) -> str: ...

    @property
    def says_done(self) -> bool:
        """Whether a complete stream ends with [DONE]."""
        ...

    def whole(self, finished: Finished) -> dict[str, Any]: ...

    def begin(self) -> Iterable[Mapping[str, Any]]: ...

    def piece(self, text: str) -> Iterable[Mapping[str, Any]]: ...

    def progress(self, progress: SearchProgress) -> Iterable[Mapping[str, Any]]: ...

    def end(self, finished: Finished, *, told: bool) -> Iterable[Mapping[str, Any]]: ...

    def failed(self, failure: ServiceError) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class CompletionRequest:
    """A request that was let in and understood: `run` answers it whole, `stream` event by event. A reply is
    stored, where it is to be, before its end is said. Both raise ServiceError where the model fails."""

    service: Service
    visit: Visit
    headers: Mapping[str, str]
    generation: GenerationRequest
    #: What is said is stored with it; None: nowhere.
    session: str | None
    writer: Writer
    #: Whether the stream says how far the search is.
    progress: bool

    @classmethod
    async def receive(
        cls,
        service: Service,
        request: Request,
        body: ChatBody,
        writer: Callable[[str, int, GenerationRequest], Writer],
    ) -> Self:
        """`writer` makes the documents of the completion with a number (32 hexadecimal digits) that begins at
        a time. Raises ServiceError for what cannot be done, or not now, or not with this key."""
        visit = visit_of(request.scope)
        if visit.caller.rate_limit is not None:
            visit.caller.rate_limit.check_budget()
        config = service.config
        generation = understand(body, service.served, service.settings, config.play, config.seed)
        model = generation.model
        visit.notes |= {"model": model.name, "stream": bool(body.stream)}
        session = None
        if generation.passed_on is None:
            session = await service.session_of(body.usbrec, visit.caller.key)
        else:
            # What no person said, or no model in words, is nothing to learn from, so it is not stored.
            visit.notes["passed_on"] = generation.passed_on
        return cls(
            service=service,
            visit=visit,
            headers=request.headers,
            generation=generation,
            session=session,
            writer=writer(uuid.uuid4().hex, int(time.time()), generation),
            progress=body.usbrec is not None and bool(body.usbrec.progress),
        )

    async def respond(self, request: Request, *, stream: bool) -> Response:
        """The answer to the request, which ends the work when the client goes away."""
        if stream:
            keep_alive = self.service.settings.keep_alive
            return await event_stream(self.stream, keep_alive, failure_of, self.writer.failed)
        work = asyncio.create_task(self.run())
        if not await unless_gone(request, work):
            return Response(status_code=499)
        return Json(await work)

    async def run(self) -> dict[str, Any]:
        """The whole completion."""
        return self.writer.whole(await self._reply(lambda _: None))

    async def stream(self, pipe: Pipe) -> None:
        """Write the whole stream."""
        writer = self.writer
        begun = told = False

        def write(events: Iterable[Mapping[str, Any]]) -> None:
            for event in events:
                pipe.event(event)

        def begin() -> None:
            nonlocal begun
            if not begun:
                begun = True
                write(writer.begin())

        def tell(update: Update) -> None:
            nonlocal told
            if not isinstance(update, str):
                if self.progress:
                    begin()
                    write(writer.progress(update))
                return
            # A reply begins with its first word.
            if piece := update if told else update.lstrip():
                begin()
                told = True
                write(writer.piece(piece))

        finished = await self._reply(tell)
        begin()
        write(writer.end(finished, told=told))
        if writer.says_done:
            pipe.done()

    async def _reply(self, tell: Callable[[Update], None]) -> Finished:
        finished: Finished | None = None
        failed: Exception | None = None
        used = UsageSoFar()
        try:
            finished = await self.service.answerer.answer(self.generation, self._timed(tell), used)
            if self.session is not None:
                finished = await self._stored(self.session, finished)
            return finished
        except Exception as error:
            failed = error
            failure = failure_of(error)
            # A stream has no status by which the log could tell it.
            self.visit.notes["reason"] = failure.reason
            # What no one foresaw is raised as it is, up to where it is logged.
            if failure is error or not isinstance(error, UsbRecError):
                raise
            raise failure from error
        finally:
            self._account(finished, failed, used)

    def _timed(self, tell: Callable[[Update], None]) -> Callable[[Update], None]:
        """`tell` that notes when the first text comes."""
        generation, begun = self.generation, False

        def told(update: Update) -> None:
            nonlocal begun
            if isinstance(update, str) and not begun:
                begun = True
                seconds = time.monotonic() - generation.arrived
                self.service.metrics.first_text(generation.model.name, seconds)
            tell(update)

        return told

    async def _stored(self, session: str, finished: Finished) -> Finished:
        conversation = self.generation.conversation
        exchange = Exchange(
            system=self.generation.served.system(conversation),
            turns=conversation.turns,
            reply=finished.said[0].text,
            model=self.generation.model.name,
            finish=finished.said[0].finish,
            items=tuple(items_json(finished)),
            profile=conversation.profile,
        )
        turn = await self.service.on_store(lambda store: store.add(session, exchange))
        # A session that was deleted meanwhile stays deleted.
        return finished if turn is None else replace(finished, session=session, turn=turn)

    def _account(self, finished: Finished | None, failed: Exception | None, used: UsageSoFar) -> None:
        """Spans, metrics, the key's budget and the line of the log, however it ended."""
        service, caller, notes = self.service, self.visit.caller, self.visit.notes
        model = self.generation.model.name
        service.spans.reply(
            self.generation, self.writer.id, finished, failed, session=self.session, headers=self.headers
        )
        usage = used.usage if finished is None else finished.usage
        tokens = usage.prompt_tokens + usage.completion_tokens
        if caller.rate_limit is not None and caller.key is not None:
            caller.rate_limit.charge(tokens)
            service.metrics.budget(caller.key, tokens)
        if finished is None:
            service.metrics.failed(model, usage)
            notes["error"] = "cancelled" if failed is None else type(failed).__name__
            return
        service.metrics.reply(model, finished)
        notes |= {"finish": finished.said[0].finish, "tokens": tokens, "calls": usage.calls}
        if service.settings.log_texts:
            turns = self.generation.conversation.turns
            notes |= {"said": turns[-1].text if turns else "", "reply": finished.said[0].text}
