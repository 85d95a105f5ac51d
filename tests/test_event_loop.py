"""Coroutines run from a script, beside a running loop and from an async program, and end on Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from contextvars import ContextVar

import pytest

from usbrec.event_loop import EventLoop, LoopThread, at_home, in_thread, run


async def _where() -> threading.Thread:
    await asyncio.sleep(0)
    return threading.current_thread()


def test_in_a_script_a_coroutine_runs_in_the_calling_thread() -> None:
    assert run(_where()) is threading.current_thread()


async def test_beside_a_running_loop_a_coroutine_runs_in_a_thread_of_its_own() -> None:
    assert run(_where()) is not threading.current_thread()


async def test_what_belongs_to_a_loop_lives_from_one_coroutine_to_the_next() -> None:
    async def make() -> asyncio.Future[str]:
        return asyncio.get_running_loop().create_future()

    async def use(future: asyncio.Future[str]) -> str:
        asyncio.get_running_loop().call_soon(future.set_result, "there")
        return await future

    with EventLoop() as loop:
        assert loop.run(use(loop.run(make()))) == "there"


async def test_beside_a_running_loop_an_error_arrives_and_the_callers_context_holds() -> None:
    shown: ContextVar[str] = ContextVar("shown")
    shown.set("in this cell")

    async def fail() -> None:
        raise TimeoutError(shown.get())

    with pytest.raises(TimeoutError, match="in this cell"):
        run(fail())


class _Endless:
    """A coroutine that ends when it is cancelled, and says that it cleaned up."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.clean = False

    async def __call__(self) -> None:
        try:
            self.begun.set()
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.01)
            self.clean = True

    def press_ctrl_c(self) -> None:
        self.begun.wait(10)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_in_a_script_ends_a_coroutine_once_it_has_cleaned_up() -> None:
    endless = _Endless()
    threading.Thread(target=endless.press_ctrl_c).start()
    with pytest.raises(KeyboardInterrupt):
        run(endless())
    assert endless.clean


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_beside_a_running_loop_ends_a_coroutine_once_it_has_cleaned_up() -> None:
    endless = _Endless()

    def cell() -> None:
        # A notebook's kernel calls a cell from its own loop.
        threading.Thread(target=endless.press_ctrl_c).start()
        with pytest.raises(KeyboardInterrupt):
            run(endless())

    async def kernel() -> None:
        cell()

    loop = asyncio.new_event_loop()
    with contextlib.closing(loop):
        loop.run_until_complete(kernel())
    assert endless.clean


async def test_long_work_leaves_the_callers_loop_free() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.create_task(tick())
    assert await in_thread(lambda: time.sleep(0.2) or "done") == "done"
    ticking.cancel()
    assert ticks > 3


async def test_an_error_of_long_work_is_raised_where_it_is_awaited() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 / 0)


async def test_whoever_is_cancelled_while_it_waits_interrupts_the_coroutine_that_runs() -> None:
    endless = _Endless()
    waiting = asyncio.create_task(in_thread(lambda: run(endless())))
    assert await asyncio.to_thread(endless.begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert endless.clean


async def test_whoever_is_cancelled_while_it_waits_interrupts_plain_code_too() -> None:
    heard: list[type[BaseException]] = []
    begun = threading.Event()

    def plain() -> None:
        try:
            while True:
                begun.set()
                time.sleep(0.01)
        except KeyboardInterrupt as error:
            heard.append(type(error))
            raise

    waiting = asyncio.create_task(in_thread(plain))
    assert await asyncio.to_thread(begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert heard == [KeyboardInterrupt]


async def test_what_belongs_to_the_callers_loop_is_awaited_there() -> None:
    home = asyncio.get_running_loop()

    async def theirs() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def ours() -> tuple[bool, bool]:
        return asyncio.get_running_loop() is home, await at_home(theirs()) is home

    assert await in_thread(lambda: run(ours())) == (False, True)
    assert await at_home(theirs()) is home


async def test_a_loop_in_a_thread_answers_several_callers_at_once() -> None:
    met = asyncio.Barrier(2)

    async def meet(name: str) -> str:
        await met.wait()
        return name

    thread = LoopThread()
    assert await asyncio.gather(thread.call(meet("one")), thread.call(meet("other"))) == ["one", "other"]
    thread.close()
    thread.close()


async def test_whoever_is_cancelled_cancels_what_it_asked_of_another_loop() -> None:
    endless, thread = _Endless(), LoopThread()
    waiting = asyncio.create_task(thread.call(endless()))
    assert await asyncio.to_thread(endless.begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert endless.clean
    thread.close()


async def test_what_still_runs_when_a_loop_is_closed_cleans_up() -> None:
    endless, thread = _Endless(), LoopThread()
    waiting = asyncio.create_task(thread.call(endless()))
    assert await asyncio.to_thread(endless.begun.wait, 10)
    await asyncio.to_thread(thread.close)
    assert endless.clean
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_an_answer_of_the_callers_own_is_awaited_in_its_loop_from_another() -> None:
    home, thread = asyncio.get_running_loop(), LoopThread()

    async def theirs() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def ours() -> asyncio.AbstractEventLoop:
        return await at_home(theirs())

    assert await thread.call(ours()) is home
    thread.close()
