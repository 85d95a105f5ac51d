"""Recorded model: answers stored before they count, and served again from the record.

The key of a call is its unit, who is asked and everything that decides the answer. An identical
call inside a unit is therefore asked once. Replay is the same class without a model behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from usbrec import errors
from usbrec.errors import InputError, ModelError
from usbrec.journal import Journal
from usbrec.keys import canonical_json, digest_of
from usbrec.llm.protocol import Around, ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest
from usbrec.lockstep import current_scope

_FAILURES: Mapping[str, type[ModelError]] = {
    "ModelUnavailable": errors.ModelUnavailable,
    "UnusableAnswer": errors.UnusableAnswer,
    "PromptTooLong": errors.PromptTooLong,
    "SeatFailed": errors.SeatFailed,
}


class Unreachable:
    """A model that is only a name: replay puts it in a seat, and it is never asked."""

    parallel = False

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"backend": "replay", "model": self.name}

    async def chat(self, request: ChatRequest) -> ChatReply:
        raise InputError(f"{self.name}: there is no model behind a replay.")

    async def choose(self, request: ChoiceRequest) -> Choice:
        raise InputError(f"{self.name}: there is no model behind a replay.")

    async def aclose(self) -> None:
        return


class Recorder:
    """Calls of whoever sits in a seat, kept in a journal.

    With `replay` given, answers come from that journal alone and nobody is asked; a call it does not hold
    raises InputError. `reuse` is another run's journal: what was answered there is not asked again. Outside a
    unit (no current scope), and without a journal, nothing is recorded.
    """

    def __init__(
        self, journal: Journal | None, *, replay: Journal | None = None, reuse: Journal | None = None
    ) -> None:
        self._journal = journal
        self._replay = replay
        self._reuse = reuse
        #: Calls that are answered and not on the disk yet, by unit and key.
        self._under_way: dict[tuple[str, str], asyncio.Future[None]] = {}

    async def answer(
        self,
        kind: str,
        name: str,
        request: Mapping[str, Any],
        ask: Callable[[], Awaitable[Mapping[str, Any]]],
    ) -> Mapping[str, Any]:
        """The answer of `name` to a call, JSON both; it has what it cost as "usage". Raises ModelError."""
        scope = current_scope.get()
        if scope is None or self._journal is None:
            return await ask()
        asked = {"kind": kind, "model": name, **request}
        request_text = canonical_json(asked)
        key = digest_of(request_text)
        # Another strand of the unit may have its answer already: whether this one asks is not for the disk
        # to decide.
        while (answered := self._under_way.get((scope.unit, key))) is not None:
            await asyncio.wait([answered])
        known = (self._replay or self._journal).call(scope.unit, key)
        elsewhere = self._replay is not None
        if known is None and self._reuse is not None:
            known, elsewhere = self._reuse.call(scope.unit, key), True
            # What failed there may be answered here.
            known = None if known is not None and known.failure is not None else known
        if known is not None and elsewhere:
            await self._journal.commit_call(
                scope.unit, key, seat=name, request=request_text, answer=known.answer, failure=known.failure
            )
        if known is not None and known.failure is not None:
            failure, message = known.failure
            raise _FAILURES.get(failure, ModelError)(message)
        if known is not None and known.answer is not None:
            return known.answer
        if self._replay is not None:
            raise InputError(
                f"{self._replay.path}: the recorded run holds no answer of {name} for a call of "
                f"{scope.unit}. Replay with exactly the recorded run's command and version."
            )
        try:
            answer = await ask()
        except ModelError as error:
            await self._commit(scope.unit, key, name, request_text, None, (type(error).__name__, str(error)))
            raise
        await self._commit(scope.unit, key, name, request_text, answer, None)
        return answer

    async def _commit(
        self,
        unit: str,
        key: str,
        seat: str,
        request: str,
        answer: Mapping[str, Any] | None,
        failure: tuple[str, str] | None,
    ) -> None:
        assert self._journal is not None
        done = self._under_way[unit, key] = asyncio.get_running_loop().create_future()
        try:
            await self._journal.commit_call(
                unit, key, seat=seat, request=request, answer=answer, failure=failure
            )
        finally:
            done.set_result(None)
            if self._under_way.get((unit, key)) is done:
                del self._under_way[unit, key]


class RecordedModel(Around):
    """Wraps a ChatModel with a journal; is a ChatModel. `replay` and `reuse` as for :class:`Recorder`."""

    def __init__(
        self,
        inner: ChatModel,
        journal: Journal,
        *,
        replay: Journal | None = None,
        reuse: Journal | None = None,
    ) -> None:
        super().__init__(inner)
        self._recorder = Recorder(journal, replay=replay, reuse=reuse)

    async def chat(self, request: ChatRequest) -> ChatReply:
        answer = await self._recorder.answer(
            "chat", self.name, request.to_json(), lambda: self._chat(request)
        )
        return ChatReply.from_json(answer)

    async def choose(self, request: ChoiceRequest) -> Choice:
        answer = await self._recorder.answer(
            "choose", self.name, request.to_json(), lambda: self._choose(request)
        )
        return Choice.from_json(answer)

    async def _chat(self, request: ChatRequest) -> Mapping[str, Any]:
        return (await self.inner.chat(request)).to_json()

    async def _choose(self, request: ChoiceRequest) -> Mapping[str, Any]:
        return (await self.inner.choose(request)).to_json()
