"""Calls of an object's method, plain or async, with failures that say who failed.

Plain methods run in one thread, one after the other in the order in which they are asked, because code that
was written without others in mind may keep what it likes between two lines; ``concurrent = True`` on the
object says that it may be asked several things at once. Async methods run in the caller's own loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import logging
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from usbrec.errors import ConfigError, Interrupted, SeatFailed
from usbrec.event_loop import at_home
from usbrec.keys import canonical_json, digest
from usbrec.play.own.state import code_of, digest_of, held_by, is_plain

_log = logging.getLogger(__name__)


class CallQueue:
    """Plain calls in at most `threads` threads of their own, begun in the order in which they come.

    The threads end with the program, whatever they are doing: nobody waits for a call that was given up.
    """

    def __init__(self, threads: int = 1) -> None:
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._waiting = 0
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    async def call(
        self, function: Callable[..., Any], *arguments: Any
    ) -> tuple[Any, BaseException | None, float]:
        """What the function returns, what it raised, and the seconds that it took, without those in which
        others were served: not raised, because a StopIteration cannot pass through a coroutine."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[tuple[Any, BaseException | None, float]] = loop.create_future()
        context = contextvars.copy_context()

        def work() -> None:
            if ended.cancelled():
                return
            result, error = None, None
            started = time.monotonic()
            try:
                result = context.run(function, *arguments)
            except BaseException as raised:  # noqa: BLE001 - it is raised again where the call is awaited
                error = raised
            took = time.monotonic() - started
            # The loop may be gone by now, and with it whoever asked.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, ended, (result, error, took))

        self._waiting += 1
        try:
            if self._waiting > len(self._threads) < self._most:
                thread = threading.Thread(target=self._serve, name="usbrec-own", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._calls.put(work)
            return await ended
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the threads end once they have done what they are at."""
        for _ in self._threads:
            self._calls.put(None)
        self._threads = []

    def _serve(self) -> None:
        while (work := self._calls.get()) is not None:
            work()


def _settle(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)


@dataclass(frozen=True)
class OwnObject:
    """An object of the user's own in a seat.

    `seat` is where it sits ("recommender"), `text` how that is written, `method` what is called; `calls` runs
    plain methods.
    """

    thing: object
    seat: str
    text: str
    method: str
    calls: CallQueue

    @classmethod
    def seated(cls, thing: object, seat: str, text: str, method: str, calls: CallQueue) -> OwnObject:
        """Raises ConfigError when the object lacks the method, or has an identity that is no mapping."""
        if not callable(attribute(thing, method, text, seat)):
            form = (
                "reply(self, conversation)"
                if seat == "recommender"
                else (f"{method}(self, conversation, targets)")
            )
            raise ConfigError(
                f"{text} cannot be the {seat}: {type_name(thing)} has no method {method}. "
                f"Give it `def {form}`, plain or async."
            )
        found = cls(thing, seat, text, method, calls)
        _, opaque = found._compared()
        if opaque:
            # At every run: a finished one may be given out for another object.
            _log.warning(
                "%s: what it holds in %s cannot be compared, so that two runs with other contents would pass "
                "for the same. Give it an identity that says what decides its answers, such as "
                'identity = {"version": 1}.',
                found.who,
                ", ".join(opaque),
            )
        return found

    @property
    def who(self) -> str:
        return f"{self.seat} {self.text} ({type_name(self.thing)})"

    @property
    def identified(self) -> bool:
        """Whether the object says what decides its answers."""
        return self._told() is not None

    @property
    def identity(self) -> Mapping[str, Any]:
        """What decides the answers, as the object says; without that, its type, how that is written, and
        digests of what it holds (play/own/state.py)."""
        return self._compared()[0]

    def _compared(self) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """The identity, and what the object holds that has no part in it because nobody can compare it."""
        told = self._told()
        about = {"backend": "own", "type": type_name(self.thing)}
        if told is None:
            source, untold = code_of(self.thing if isinstance(self.thing, type) else type(self.thing))
            state, opaque = digest_of(held_by(self.thing))
            found = {"source": source, "attributes": _attributes_of(self.thing)}
            return {**about, **found, **({} if state is None else {"state": state})}, (*untold, *opaque)
        try:
            canonical_json(dict(told))
        except (TypeError, ValueError):
            raise ConfigError(
                f"{self.who}: identity has to be a mapping of JSON values, such as "
                '{"name": "mine", "version": 1}.'
            ) from None
        return {**about, **told}, ()

    async def call(self, *arguments: Any) -> tuple[Any, float]:
        """What the method returns, awaited, and the seconds that it took. Raises SeatFailed, which says who
        failed and how, and Interrupted where the object itself asks to stop."""
        try:
            method = getattr(self.thing, self.method)
            if inspect.iscoroutinefunction(method):
                return await self._awaited(method(*arguments))
            answer, error, took = await self.calls.call(method, *arguments)
            if error is not None:
                raise self._failure_of(error) from error
            if inspect.isawaitable(answer):
                answer, more = await self._awaited(answer)
                took += more
            return answer, took
        except Exception as error:
            if isinstance(error, SeatFailed | Interrupted):
                raise
            raise self._failure_of(error) from error

    async def _awaited(self, answer: Awaitable[Any]) -> tuple[Any, float]:
        """As a task of its own: what cancels that from inside, or ends it by more than an error, fails one
        row and not the run."""
        started = time.monotonic()
        task = asyncio.ensure_future(at_home(_ended(answer)))
        try:
            result, error = await task
        except asyncio.CancelledError as cancelled:
            here = asyncio.current_task()
            if here is None or here.cancelling():
                raise
            result, error = None, cancelled
        if error is not None:
            raise self._failure_of(error) from error
        return result, time.monotonic() - started

    def _failure_of(self, error: BaseException) -> SeatFailed | Interrupted:
        if isinstance(error, KeyboardInterrupt):
            return Interrupted(f"Stopped: {self.who} raised KeyboardInterrupt. What is finished is kept.")
        return self.failed(f"raised {first_line(error)}")

    def _told(self) -> Any:
        return attribute(self.thing, "identity", self.text, self.seat)

    def returned(self, answer: object, wanted: str) -> SeatFailed:
        """The failure of an answer that is none."""
        return self.failed(f"returned {type_name(answer)}, not {wanted}")

    def failed(self, what: str) -> SeatFailed:
        return SeatFailed(f"{self.who} {what}")


async def _ended(answer: Awaitable[Any]) -> tuple[Any, BaseException | None]:
    """What is answered, or what was raised: more than an error would end the loop that it is raised in."""
    try:
        return await answer, None
    except (Exception, asyncio.CancelledError):
        raise
    except BaseException as error:  # noqa: BLE001 - it is raised again where the call is awaited
        return None, error


def attribute(thing: object, name: str, text: str, seat: str) -> Any:
    """An object's attribute, None where it has none. Raises ConfigError where asking for it raises."""
    try:
        return getattr(thing, name, None)
    except Exception as error:
        raise ConfigError(
            f"{text} cannot be the {seat}: asked for its {name}, it raised {first_line(error)}."
        ) from error


def type_name(thing: object) -> str:
    """The name of an object's type; of a class or function, its own."""
    if isinstance(thing, type):
        return f"class {thing.__qualname__}"
    if inspect.isroutine(thing):
        return f"function {thing.__name__}"
    return type(thing).__qualname__


def first_line(error: BaseException) -> str:
    """An exception's type and the first line that it says."""
    try:
        said = str(error).strip().splitlines()
    except Exception:  # noqa: BLE001 - code of others, too
        said = []
    return f"{type(error).__name__}: {said[0][:300]}" if said else type(error).__name__


def _attributes_of(thing: object) -> str | None:
    """A digest of the numbers and texts that an object holds: two of one class with other parameters are not
    the same. None where it holds none. They are not kept themselves: some are secrets."""
    held = {name: repr(value) for name, value in sorted(held_by(thing).items()) if is_plain(value)}
    return digest(held)[:16] if held else None
