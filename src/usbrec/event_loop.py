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
from typing import Any, Self, TypeVar

T = TypeVar("T")

#: Seconds between two looks whether a thread has ended: the longest that Ctrl-C is not heard.
_GLANCE = 0.2


class EventLoop:
    """A loop that coroutines are run in one after the other; as a context manager, closed at its end.

    What belongs to a loop, such as connections to a server, lives from one :meth:`run` to the next. With
    `own_thread` it is in a thread of its own in any case, and may be used beside a running loop later.
    """

    def __init__(self, *, own_thread: bool = False) -> None:
        self._runner = asyncio.Runner()
        self._thread = _one_thread() if own_thread else None
        self._begun = own_thread

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let whatever belongs to the loop end. Once closed, it stays so."""
        thread, self._thread = self._thread, None
        if thread is not None:
            # When the program ends, threads have ended before.
            with contextlib.suppress(RuntimeError):
                thread.submit(self._runner.close).result()
            thread.shutdown()
        self._runner.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns. Raises what it raises, and KeyboardInterrupt after Ctrl-C."""
        if not self._begun:
            self._begun = True
            if _is_running():
                self._thread = _one_thread()
        if self._thread is None:
            return self._run_here(coroutine, _stop.get())
        return self._run_there(self._thread, coroutine)

    def _run_there(
        self, thread: concurrent.futures.ThreadPoolExecutor, coroutine: Coroutine[Any, Any, T]
    ) -> T:
        stop = Stop()
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()
        # What the caller has set for its context, such as where a notebook shows output, holds there too.
        context = contextvars.copy_context()

        def work() -> None:
            try:
                answer.set_result(context.run(self._run_here, coroutine, stop))
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                answer.set_exception(error)

        begun = False
        while True:
            try:
                if not begun:
                    thread.submit(work)
                    begun = True
                return answer.result(timeout=_GLANCE)
            except TimeoutError:
                if answer.done():
                    # It ended just now, or the error is the coroutine's own.
                    return answer.result()
            except KeyboardInterrupt:
                if answer.done():
                    raise
                stop.interrupt()
                if not begun:
                    # Ctrl-C came while it was handed over: once the thread does the next thing, it has ended.
                    thread.submit(_nothing).result()
                    if not answer.done():
                        coroutine.close()
                        raise
                    begun = True

    def _run_here(self, coroutine: Coroutine[Any, Any, T], stop: Stop | None) -> T:
        context = contextvars.copy_context()
        if stop is None:
            return self._runner.run(coroutine, context=context)
        try:
            return self._runner.run(_stoppable(coroutine, stop), context=context)
        except asyncio.CancelledError:
            if stop.asked:
                raise KeyboardInterrupt from None
            raise


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine from plain code, whether or not a loop is running; as :meth:`EventLoop.run`."""
    with EventLoop() as loop:
        return loop.run(coroutine)


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


def _one_thread() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="usbrec")


def _nothing() -> None:
    return


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
