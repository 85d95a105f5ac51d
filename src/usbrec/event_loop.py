"""Event loops for plain functions: coroutines run from a script, from a notebook and from an async program.

In a script a coroutine runs in the calling thread, as :func:`asyncio.run` has it. Where a loop is running
already, as in a notebook, it cannot; it then runs in a loop in a thread of its own, while the caller waits.
In both, Ctrl-C cancels the coroutine, waits until it has cleaned up, and is raised as KeyboardInterrupt.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import ctypes
import functools
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")

#: Seconds between two looks whether a thread has ended: the longest that Ctrl-C is not heard.
_GLANCE = 0.2


class EventLoop:
    """A loop that coroutines are run in one after the other; as a context manager, closed at its end.

    What belongs to a loop, such as connections to a server, lives from one :meth:`run` to the next.
    """

    def __init__(self) -> None:
        self._here: asyncio.Runner | None = None
        self._there: LoopThread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._here is not None:
            self._here.close()
        if self._there is not None:
            self._there.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns. Raises what it raises, and KeyboardInterrupt after Ctrl-C."""
        if self._here is None and self._there is None:
            if _is_running():
                self._there = LoopThread()
            else:
                self._here = asyncio.Runner()
        if self._here is None:
            assert self._there is not None
            return self._there.run(coroutine)
        context, stop = contextvars.copy_context(), _stop.get()
        if stop is None:
            return self._here.run(coroutine, context=context)
        try:
            return self._here.run(_stoppable(coroutine, stop), context=context)
        except asyncio.CancelledError:
            if stop.asked:
                raise KeyboardInterrupt from None
            raise


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine from plain code, whether or not a loop is running; as :meth:`EventLoop.run`."""
    with EventLoop() as loop:
        return loop.run(coroutine)


class LoopThread:
    """A loop that runs in a thread of its own until it is closed; any number of coroutines at once.

    They see the context of their caller, such as where a notebook shows output.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live, name="usbrec", daemon=True)
        self._thread.start()
        self._ready.wait()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns, waited for. Raises what it raises, KeyboardInterrupt after Ctrl-C."""
        call = _Call(coroutine)
        interrupted = False
        while True:
            try:
                if not call.begun:
                    self._begin(call)
                return call.answer.result(timeout=_GLANCE)
            except TimeoutError:
                if call.answer.done():
                    # It ended just now, or the error is the coroutine's own.
                    return call.answer.result()
            except concurrent.futures.CancelledError:
                raise (KeyboardInterrupt if interrupted else asyncio.CancelledError) from None
            except KeyboardInterrupt:
                if call.answer.done():
                    raise
                interrupted = call.begun = True
                self._soon(call.cancel)

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The same, awaited in another loop. Whoever is cancelled cancels the coroutine and waits for it."""
        token = _home.set(asyncio.get_running_loop())
        call = _Call(coroutine)
        try:
            self._begin(call)
        finally:
            _home.reset(token)
        answer = asyncio.wrap_future(call.answer)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            if not answer.done():
                self._soon(call.cancel)
                await asyncio.wait([answer])
            if not answer.cancelled():
                # Looked at, so that nobody complains of an error that nobody saw.
                answer.exception()
            raise

    def close(self) -> None:
        """Cancel what still runs, let it clean up, and end the thread."""
        if self._closing is not None and self._thread.is_alive():
            self._soon(self._closing.set)
            self._thread.join()

    def _begin(self, call: _Call[Any]) -> None:
        self._soon(call.begin)
        call.begun = True

    def _soon(self, work: Callable[[], object]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(work)

    def _live(self) -> None:
        async def live() -> None:
            self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
            self._ready.set()
            await self._closing.wait()

        with asyncio.Runner() as runner:
            runner.run(live())


class _Call(Generic[T]):
    """A coroutine on its way to another thread's loop. All but `answer` and `begun` is for that loop."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self.answer: concurrent.futures.Future[T] = concurrent.futures.Future()
        self.begun = False
        self._coroutine = coroutine
        self._task: asyncio.Task[T] | None = None

    def begin(self) -> None:
        if not self.answer.done():
            self._task = asyncio.get_running_loop().create_task(self._coroutine)
            self._task.add_done_callback(self._ended)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        elif not self.answer.done():
            # Ctrl-C came while it was handed over.
            self._coroutine.close()
            self.answer.cancel()

    def _ended(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.answer.cancel()
        elif (error := task.exception()) is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(task.result())


async def in_thread(work: Callable[[], T]) -> T:
    """What plain, long `work` returns, done in a thread of its own so that the caller's loop stays free.

    When the caller is cancelled, `work` is interrupted as by Ctrl-C, and waited for. Coroutines of objects
    that belong to the caller's loop run there (:func:`at_home`).
    """
    stop = Stop()
    context = contextvars.copy_context()
    context.run(_stop.set, stop)
    context.run(_home.set, asyncio.get_running_loop())
    ended: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    thread = threading.Thread(
        target=context.run, args=(_work, work, stop, ended, asyncio.get_running_loop()), daemon=True
    )
    thread.start()
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        stop.interrupt()
        await asyncio.to_thread(thread.join)
        if ended.done():
            # Looked at, so that nobody complains of an error that nobody saw.
            ended.exception()
        raise


async def at_home(answer: Awaitable[T]) -> T:
    """Await what a user's object answers: in the loop of their program, where that is another than this."""
    home = _home.get()
    if home is None or home is asyncio.get_running_loop():
        return await answer
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(answer), home))


class Stop:
    """Interrupts what another thread does: the coroutine that runs there, else the plain code."""

    def __init__(self) -> None:
        self.asked = False
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._cancel: Callable[[], object] | None = None

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """While this thread can be interrupted."""
        with self._lock:
            self._thread = threading.get_ident()
        try:
            yield
        finally:
            with self._lock:
                self._thread = None

    @contextlib.contextmanager
    def cancelling(self, task: asyncio.Task[Any]) -> Iterator[None]:
        """While interrupting means to cancel `task`, of the loop that is running."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._cancel = functools.partial(loop.call_soon_threadsafe, task.cancel)
            if self.asked:
                self._cancel()
        try:
            yield
        finally:
            with self._lock:
                self._cancel = None

    def interrupt(self) -> None:
        with self._lock:
            self.asked = True
            if self._cancel is not None:
                self._cancel()
            elif self._thread is not None:
                # Code that does not ask can be told in no gentler way; Ctrl-C does the same to a main thread.
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(KeyboardInterrupt)
                )


_stop: ContextVar[Stop | None] = ContextVar("usbrec_stop", default=None)
_home: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("usbrec_home", default=None)


def _is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _stoppable(coroutine: Coroutine[Any, Any, T], stop: Stop) -> T:
    task = asyncio.current_task()
    assert task is not None
    with stop.cancelling(task):
        return await coroutine


async def _awaited(answer: Awaitable[T]) -> T:
    return await answer


def _work(
    work: Callable[[], T], stop: Stop, ended: asyncio.Future[T], loop: asyncio.AbstractEventLoop
) -> None:
    def tell(method: Callable[[Any], None], value: Any) -> None:
        loop.call_soon_threadsafe(lambda: None if ended.done() else method(value))

    try:
        with stop.working():
            result = work()
    except BaseException as error:  # noqa: BLE001 - it is raised again where it is awaited
        tell(ended.set_exception, error)
    else:
        tell(ended.set_result, result)
