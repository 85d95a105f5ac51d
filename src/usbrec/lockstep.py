"""Lockstep batches: units of work whose requests are answered together, and the strands a unit splits into.

They are for a model that answers many requests in hardly more time than one. A batch is answered once each
of its units has asked or ended, so that what stands in a batch depends on the units alone and never on the
clock. A unit that has several things to ask splits into *strands* (`in_strands`), each of which then asks or
ends like a unit of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from usbrec.errors import ModelError

#: Answers requests in one batch: for each, in order, its answer or the error that it alone met.
AnswerAll = Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]

#: So many requests a unit of a lockstep batch are answered in one go; further ones come after them.
REQUESTS_A_UNIT = 4


class Strand:
    """A part of a unit's work that asks beside other parts of it; `path` says which (the whole unit: ``()``).

    Whoever is asked keeps under its own name what the strand's next request can use, such as a prompt cache.
    A strand begins with what its parent has, and once all have ended the parent goes on with what the first
    of them has: never with what depends on which of them was quicker.
    """

    def __init__(self, path: tuple[int, ...] = (), parent: Strand | None = None) -> None:
        self.path = path
        self._parent = parent
        self._kept: dict[object, Any] = {}

    def kept(self, who: object) -> Any:
        """What `who` kept last here or, before that, in the strand this one comes from; None at first."""
        strand: Strand | None = self
        while strand is not None:
            if who in strand._kept:
                return strand._kept[who]
            strand = strand._parent
        return None

    def keep(self, who: object, what: Any) -> None:
        self._kept[who] = what

    def split(self, parts: int) -> list[Strand]:
        return [Strand((*self.path, place), self) for place in range(parts)]

    def take_over(self, parts: Sequence[Strand]) -> None:
        for part in reversed(parts):
            self._kept.update(part._kept)


@dataclass(frozen=True, slots=True)
class Scope:
    """The unit being worked on, its worker (from 0), its lockstep batch, if any, and which strand of it."""

    unit: str
    worker: int
    lockstep: LockstepBatch | None = None
    strand: Strand = field(default_factory=Strand)


class LockstepBatch:
    """Units whose requests are answered in lockstep: `members`, in the same order in every attempt.

    A member asks by :meth:`ask` and, when it has ended, goes by :meth:`leave`. It may split into strands
    (:func:`in_strands`), and then each of them asks or ends.
    """

    def __init__(self, members: Sequence[str]) -> None:
        self._places = {unit: place for place, unit in enumerate(members)}
        self._live: set[_Asker] = {(unit, ()) for unit in members}
        self._open: dict[_Asker, int] = {}
        self._asking: list[_Asked] = []
        self._answering: asyncio.Task[None] | None = None
        self._stopped = False

    async def ask(self, unit: str, answer_all: AnswerAll, request: Any, strand: tuple[int, ...] = ()) -> Any:
        """The answer to one member's request, given by `answer_all` in one batch with the others'.

        Requests of one `answer_all` make a batch, in the order of the members and of their strands. Where
        strands of one member ask for the same, that is asked once.
        """
        asked = _Asked((unit, strand), answer_all, request, asyncio.get_running_loop().create_future())
        self._asking.append(asked)
        self._go_on()
        try:
            return await asked.answer
        finally:
            if asked in self._asking:
                self._asking.remove(asked)

    def leave(self, unit: str) -> None:
        self._live = {asker for asker in self._live if asker[0] != unit}
        self._go_on()

    def stop(self) -> None:
        """Answer nobody any more: all of them are about to be cancelled."""
        self._stopped = True
        if self._answering is not None:
            self._answering.cancel()

    def split(self, unit: str, parent: tuple[int, ...], strands: Iterable[Strand]) -> None:
        """Wait for these strands in place of the one that they come from."""
        parts = [(unit, strand.path) for strand in strands]
        self._live.discard((unit, parent))
        self._live.update(parts)
        self._open[unit, parent] = len(parts)

    def end(self, unit: str, strand: tuple[int, ...]) -> None:
        """Wait for a strand no more; after the last one, for the one that they come from."""
        parent = (unit, strand[:-1])
        if (unit, strand) in self._live and parent in self._open:
            self._live.discard((unit, strand))
            self._open[parent] -= 1
            if not self._open[parent]:
                del self._open[parent]
                self._live.add(parent)
            self._go_on()

    def _go_on(self) -> None:
        """Answer the batch once every live strand of it has asked."""
        waiting = {asked.asker for asked in self._asking if not asked.answer.done()}
        if waiting and self._live <= waiting and not self._stopped:
            asking, self._asking = self._asking, []
            self._answering = asyncio.get_running_loop().create_task(self._answer(asking))

    async def _answer(self, asking: Sequence[_Asked]) -> None:
        # Who stopped waiting since asks for nothing.
        asking = [asked for asked in asking if not asked.answer.done()]
        asking.sort(key=lambda asked: (self._places[asked.asker[0]], asked.asker[1]))
        most = REQUESTS_A_UNIT * len(self._places)
        for answer_all in dict.fromkeys(asked.answer_all for asked in asking):
            wanted = _told_apart([asked for asked in asking if asked.answer_all == answer_all])
            for start in range(0, len(wanted), most):
                batch = wanted[start : start + most]
                try:
                    answers = await answer_all([same[0].request for same in batch])
                except Exception as error:  # noqa: BLE001 - it is raised again where the answer is awaited
                    answers = [error] * len(batch)
                for same, answer in zip(batch, answers, strict=True):
                    for asked in same:
                        asked.take(answer)


#: A unit and the path of a strand of it.
_Asker = tuple[str, tuple[int, ...]]


@dataclass(eq=False, slots=True)
class _Asked:
    asker: _Asker
    answer_all: AnswerAll
    request: Any
    answer: asyncio.Future[Any]

    def take(self, answer: Any) -> None:
        if self.answer.done():
            return
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


def _told_apart(asking: Sequence[_Asked]) -> list[list[_Asked]]:
    """Those of one unit that ask for the same together."""
    found: list[list[_Asked]] = []
    for asked in asking:
        for same in found:
            if same[0].asker[0] == asked.asker[0] and same[0].request == asked.request:
                same.append(asked)
                break
        else:
            found.append([asked])
    return found


current_scope: ContextVar[Scope | None] = ContextVar("usbrec_scope", default=None)


async def side_by_side(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run coroutines at once. The first error cancels the others, waits for them, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for coroutine in work:
                group.create_task(coroutine)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


def in_lockstep() -> bool:
    """Whether the current unit is one of a lockstep batch, so that it may ask several things at once."""
    scope = current_scope.get()
    return scope is not None and scope.lockstep is not None


async def in_strands(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run coroutines side by side, those of a unit in a lockstep batch as strands of it.

    In a lockstep batch one that raises ModelError ends alone and the others go on; then the error of the
    first of them, in their order, is raised: so that neither what is asked nor what is raised depends on the
    clock. Any other error cancels the others, as in :func:`side_by_side`.
    """
    scope, parts = current_scope.get(), list(work)
    lockstep = None if scope is None else scope.lockstep
    if scope is None or lockstep is None:
        return await side_by_side(parts)
    strands = scope.strand.split(len(parts))
    failed: dict[int, ModelError] = {}

    async def one(place: int) -> None:
        # A task has a context of its own.
        current_scope.set(replace(scope, strand=strands[place]))
        try:
            await parts[place]
        except ModelError as error:
            failed[place] = error
        except asyncio.CancelledError:
            lockstep.end(scope.unit, strands[place].path)
            raise
        # Any other error ends the run: until all of it is cancelled, the batch goes on waiting.
        lockstep.end(scope.unit, strands[place].path)

    if parts:
        lockstep.split(scope.unit, scope.strand.path, strands)
    try:
        await side_by_side(one(place) for place in range(len(parts)))
        scope.strand.take_over(strands)
    finally:
        for part, strand in zip(parts, strands, strict=True):
            # Also of one that was cancelled, and before it began.
            part.close()
            lockstep.end(scope.unit, strand.path)
    if failed:
        raise failed[min(failed)]
    return None
