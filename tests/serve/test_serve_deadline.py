"""A deadline holds whatever the model's speed: enhanced as far as it got, or what was said so far.

How much was said tells how long it took: a scripted model never speaks faster than its rate. What is left of
the deadline when the answer arrives is measured by bench/serve_deadline.py.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import openai
import pytest

from support.films import CATALOGUE, KNOWLEDGE
from support.servers import Answer, LocalServer, stream
from support.service import WISH, Running, replies, twins_on
from usbrec.config import load_config
from usbrec.dialogue import Item, Turn
from usbrec.items import Linker
from usbrec.items.linking.reading import LinkedText
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.record import Preferences
from usbrec.serve.models import seat_models

LONG = " ".join(f"word{number}" for number in range(200))


def _answer(service: Running, **request: Any) -> Any:
    with service.client(timeout=20) as client:
        return client.chat.completions.create(messages=WISH, **request)


@pytest.mark.parametrize("name", ["scripted", "scripted:ses"])
def test_a_model_too_slow_for_one_reply_is_cut_off_in_time(name: str) -> None:
    slow = twins_on(ScriptedModel(lambda _: LONG, tokens_per_second=10.0))
    with Running(slow, serving={"deadline": 1.0}) as service:
        choice = _answer(service, model=name).choices[0]
    assert choice.finish_reason == "length"
    assert choice.message.content.startswith("word0 word1")
    assert LONG.startswith(choice.message.content)
    assert len(choice.message.content.split()) < 10


@pytest.mark.parametrize("name", ["scripted", "scripted:ses"])
def test_a_stream_ends_in_time_too(name: str) -> None:
    slow = twins_on(ScriptedModel(lambda _: LONG, tokens_per_second=10.0))
    with Running(slow, serving={"deadline": 1.0}) as service, service.client() as client:
        chunks = list(client.chat.completions.create(model=name, messages=WISH, stream=True))
    assert chunks[-1].choices[0].finish_reason == "length"
    heard = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert heard.startswith("word0 word1")
    assert len(heard.split()) < 10


def test_a_search_says_the_best_draft_it_has_when_the_time_is_up() -> None:
    # Drafts are there after a second; playing all of them forward would take five more.
    slow = twins_on(ScriptedModel(replies, tokens_per_second=5.0), rounds=5)
    with Running(slow) as service:
        answer = _answer(service, model="scripted:ses", extra_body={"usbrec": {"deadline": 1.6}})
    trace = answer.model_extra["usbrec"]["trace"]
    assert trace["stopped"] == "deadline"
    assert len(trace["drafts"]) == 3
    assert answer.choices[0].message.content == trace["drafts"][trace["chosen"]]["text"]
    assert answer.choices[0].finish_reason == "stop"


def test_a_request_can_ask_for_less_time_and_not_for_more() -> None:
    slow = twins_on(ScriptedModel(lambda _: LONG, tokens_per_second=10.0))
    with Running(slow, serving={"deadline": 0.8}) as service:
        for asked, most in ((0.4, 4), (30.0, 8)):
            answer = _answer(service, model="scripted", extra_body={"usbrec": {"deadline": asked}})
            assert len(answer.choices[0].message.content.split()) <= most
            assert answer.choices[0].finish_reason == "length"


def test_a_model_that_says_nothing_at_all_is_not_waited_for() -> None:
    with LocalServer([Answer(delay=None)]) as server:
        given = {"seats": {"recommender": "openai:m"}, "models": {"base_url": server.url, "max_retries": 0}}
        config = load_config(None, given)
        with Running(seat_models(config, None), serving={"deadline": 0.5}) as service:
            answer = _answer(service, model="openai:m")
            assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("", "length")
        assert server.left.wait(5)
        # With candidates there is something real to say without it.
        with Running(seat_models(config, CATALOGUE), serving={"deadline": 0.5}) as service:
            for name in ("openai:m", "openai:m:ses"):
                answer = _answer(service, model=name)
                assert answer.choices[0].finish_reason == "length"
                (item,) = answer.model_extra["usbrec"]["items"]
                assert item["title"] in answer.choices[0].message.content


def test_a_model_somewhere_else_is_heard_until_the_time_is_up() -> None:
    piece = {"id": "c", "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}
    with LocalServer(lambda _: stream(*[piece] * 400, pause=0.05)) as server:
        given = {"seats": {"recommender": "openai:m"}, "models": {"base_url": server.url, "max_retries": 0}}
        with Running(seat_models(load_config(None, given), None), serving={"deadline": 4.0}) as service:
            for name in ("openai:m", "openai:m:ses"):
                answer = _answer(service, model=name)
                assert answer.choices[0].message.content.startswith("word word")
                assert len(answer.choices[0].message.content.split()) < 90
                assert answer.choices[0].finish_reason == "length"


def test_whoever_waits_for_their_turn_until_the_deadline_is_told_so() -> None:
    def slow(request: ChatRequest) -> str:
        return LONG if "Goodfellas" in request.messages[-1].content else "Hi."

    twins = replace(twins_on(ScriptedModel(slow, tokens_per_second=10.0)), at_once=1)
    with Running(twins) as service, service.client() as client:
        first = client.chat.completions.create(model="scripted", messages=WISH, stream=True, max_tokens=20)
        next(iter(first))
        with pytest.raises(openai.InternalServerError) as busy:
            client.chat.completions.create(
                model="scripted",
                messages=[{"role": "user", "content": "Hello?"}],
                extra_body={"usbrec": {"deadline": 0.3}},
            )
        assert (busy.value.status_code, busy.value.code) == (503, "busy")
        first.close()


def test_a_long_message_is_read_beside_everybody_else_and_not_beyond_the_deadline() -> None:
    reading, on = threading.Event(), threading.Event()

    class Slow:
        def read_turn(self, turn: Turn) -> LinkedText:
            if len(turn.text) > 10_000:
                reading.set()
                on.wait(20)
            return KNOWLEDGE.linker.read_turn(turn)

    knowledge = replace(KNOWLEDGE, linker=cast(Linker, Slow()))
    twins = replace(twins_on(ScriptedModel(replies)), knowledge=knowledge)
    long = [{"role": "user", "content": "Goodfellas (1990) " * 1000}]
    with Running(twins, serving={"deadline": 0.8}) as service, service.client(timeout=20) as client:
        try:
            with pytest.raises(openai.InternalServerError) as busy:
                client.chat.completions.create(model="scripted", messages=long)
            assert busy.value.code == "busy"
            # It is still being read, and others are answered.
            assert reading.is_set()
            assert client.chat.completions.create(model="scripted", messages=WISH).choices
        finally:
            on.set()


async def test_candidates_and_tastes_of_a_long_message_are_read_beside_the_event_loop() -> None:
    threads: dict[str, int] = {}

    class Noting:
        def candidates(self, turns: Sequence[Turn]) -> tuple[Item, ...]:
            threads["candidates"] = threading.get_ident()
            return ()

        def read_turn(self, turn: Turn) -> LinkedText:
            threads["tastes"] = threading.get_ident()
            return KNOWLEDGE.linker.read_turn(turn)

    twins = twins_on(ScriptedModel(replies))
    seat = replace(twins.seat, grounding=cast(Grounding, Noting()))
    turns = (Turn("seeker", "I loved Goodfellas (1990). " * 200),)
    await replace(twins, seat=seat).read(turns)
    extractor = RulesExtractor(replace(KNOWLEDGE, linker=cast(Linker, Noting())))
    fresh = (Turn("seeker", turns[0].text),)
    tastes = await extractor.preferences(fresh, seed=0)
    assert threads["tastes"] != threading.get_ident()
    assert tastes == extractor.read(turns) != Preferences()
    here = threading.get_ident()
    assert threads["candidates"] != here
    assert (await extractor.preferences((Turn("seeker", "Hm."),), seed=0)) is not None
    assert threads["tastes"] == here, "a short one is read at once"
