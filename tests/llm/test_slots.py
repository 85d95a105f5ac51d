"""Fewer requests at once where a server bears fewer, more again as it answers, never more than is set."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.llm import ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.slots import Slots


async def _hold(slots: Slots, held: list[int], number: int, go: asyncio.Event) -> None:
    async with slots:
        held.append(number)
        await go.wait()


async def test_never_more_at_once_than_the_bound_and_in_the_order_of_asking() -> None:
    slots, held, go = Slots(3), [], asyncio.Event()
    tasks = [asyncio.create_task(_hold(slots, held, number, go)) for number in range(8)]
    await asyncio.sleep(0)
    assert held == [0, 1, 2]
    go.set()
    await asyncio.gather(*tasks)
    assert held == list(range(8))
    assert slots.taken == 0


async def test_a_refusal_lets_fewer_in_once_and_answers_let_all_in_again() -> None:
    slots, held, go = Slots(9), [], asyncio.Event()
    tasks = [asyncio.create_task(_hold(slots, held, number, go)) for number in range(20)]
    await asyncio.sleep(0)
    assert len(held) == 9
    for _ in range(5):  # the refusals of requests that were in flight together are one refusal
        slots.bears_less("host", "answered 429")
    assert int(slots.bound) == 6
    go.set()
    await asyncio.gather(*tasks)
    answers = 0
    while slots.bound < 9:
        slots.bears()
        answers += 1
    assert 18 < answers < 30  # 6 + 7 + 8, about
    slots.bears()
    assert slots.bound == 9


async def test_one_is_always_let_in() -> None:
    slots = Slots(2)
    for _ in range(5):
        slots._held_until = 0.0
        slots.bears_less("host", "answered 503")
    assert slots.bound == 1
    async with slots:
        assert slots.taken == 1


async def test_who_is_cancelled_while_waiting_or_when_let_in_takes_no_place() -> None:
    slots, held, go = Slots(1), [], asyncio.Event()
    first = asyncio.create_task(_hold(slots, held, 0, go))
    await asyncio.sleep(0)
    others = [asyncio.create_task(_hold(slots, held, number, go)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    others[0].cancel()
    go.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others[1].cancel()  # just let in, and not there yet
    await asyncio.gather(first, *others, return_exceptions=True)
    assert slots.taken == 0
    async with slots:
        assert slots.taken == 1


async def test_a_server_that_takes_four_at_once_is_soon_asked_for_no_more_and_every_row_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def answer(_: Seen) -> Answer:
        if server._in_flight > 4:
            return replace(complaint("slow down", 429), headers={"retry-after-ms": "1"})
        return completion("hi", delay=0.005)

    with LocalServer(answer) as server, caplog.at_level(logging.WARNING):
        model = OpenAIModel("m", base_url=server.url, concurrency=32, max_retries=200)
        replies = await asyncio.gather(
            *(model.chat(ChatRequest((Message("user", str(number)),))) for number in range(60))
        )
        await model.aclose()
    assert [reply.text for reply in replies] == ["hi"] * 60
    assert len(server.requests) > 60
    assert model.connection.slots.bound < 32
    told = [record.message for record in caplog.records if "fewer are sent at once" in record.message]
    assert len(told) == 1
    assert "answered 429" in told[0]
