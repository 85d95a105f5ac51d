"""A stream never ends in silence: a whole reply and [DONE], or an error that OpenAI's SDK raises.

USBREC_FAULTS sets how many streams with a fault at a random place are made (`make soak`: 10,000).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from test_serve import WISH, Running, replies, twins_on

from usbrec.dialogue import Usage
from usbrec.errors import ModelError, ModelRefused, ModelUnavailable, PromptTooLong, UnusableAnswer
from usbrec.llm import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion, ScriptedModel

FAULTS = int(os.environ.get("USBREC_FAULTS", "300"))
WORDS = ["One", "may", "well", "like", "Casino", "(1995)", "for", "its", "people."]
#: What can go wrong, and how a client is told.
ENDS: Mapping[str, tuple[Callable[[], BaseException], str]] = {
    "model": (lambda: ModelError("It fails."), "model_error"),
    "unusable": (lambda: UnusableAnswer("It says nothing."), "model_error"),
    "away": (lambda: ModelUnavailable("It is away."), "model_unavailable"),
    "refused": (lambda: ModelRefused("No."), "model_refused"),
    "long": (lambda: PromptTooLong("Too long."), "context_length_exceeded"),
    "bug": (lambda: ZeroDivisionError("secret text"), "internal_error"),
    "cancelled": (asyncio.CancelledError, "model_error"),
}


@dataclass(frozen=True)
class Fault:
    """`how` a model fails: so many `seconds` after its word number `at`; None: not at all."""

    how: str | None
    at: int = 0
    seconds: float = 0.0


class Failing:
    """Says its words one by one, and fails where the last message says."""

    name = "failing"
    identity: Mapping[str, Any] = {"backend": "failing"}
    parallel = True

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self._faults = faults

    async def chat(self, request: ChatRequest) -> ChatReply:
        fault = self._faults[request.messages[-1].content]
        for place, word in enumerate(WORDS):
            if place == fault.at:
                await asyncio.sleep(fault.seconds)
                if fault.how is not None:
                    raise ENDS[fault.how][0]()
            if request.on_delta is not None:
                request.on_delta(word if place == 0 else f" {word}")
            await asyncio.sleep(0)
        return ChatReply(tuple(Completion(" ".join(WORDS)) for _ in range(request.n)), Usage(calls=1))

    async def choose(self, request: ChoiceRequest) -> Choice:
        raise NotImplementedError

    async def aclose(self) -> None:
        return


@dataclass(frozen=True)
class Heard:
    """What a client got of a stream: its text, why it ended (None: in silence), and the error's code."""

    text: str
    finish: str | None
    code: str | None


async def _listen(client: openai.AsyncOpenAI, word: str, **request: Any) -> Heard:
    text, finish, code = "", None, None
    try:
        async for chunk in await client.chat.completions.create(
            model="failing", messages=[{"role": "user", "content": word}], stream=True, **request
        ):
            for choice in chunk.choices:
                if choice.index == 0:
                    text += choice.delta.content or ""
                    finish = choice.finish_reason or finish
    except openai.APIError as error:
        code = "told a secret" if "secret" in str(error) else error.code or type(error).__name__
    return Heard(text, finish, code)


def _all_heard(faults: Mapping[str, Fault], **serving: Any) -> dict[str, Heard]:
    """What comes of a stream for each fault, side by side."""

    async def listen(url: str) -> dict[str, Heard]:
        some = asyncio.Semaphore(48)
        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=300) as client:

            async def one(word: str) -> tuple[str, Heard]:
                async with some:
                    return word, await _listen(client, word)

            return dict(await asyncio.gather(*(one(word) for word in faults)))

    with Running(twins_on(Failing(faults)), serving=serving) as service:
        return asyncio.run(listen(service.url))


@pytest.mark.parametrize("at", [0, 4], ids=["before any text", "in the middle of the text"])
def test_a_model_that_fails_after_the_headers_went_out_ends_its_stream_with_an_error(at: int) -> None:
    faults = {how: Fault(how, at, seconds=1.3) for how in ENDS}
    heard = _all_heard(faults, keep_alive=0.2)
    assert {how: one.code for how, one in heard.items()} == {how: code for how, (_, code) in ENDS.items()}
    assert {one.text for one in heard.values()} == {" ".join(WORDS[:at])}
    assert {one.finish for one in heard.values()} == {None}


def test_the_error_is_the_last_event_and_the_connection_closes_behind_it() -> None:
    with Running(twins_on(Failing({"late": Fault("away", 0, 1.2)})), serving={"keep_alive": 0.2}) as service:
        body = {"messages": [{"role": "user", "content": "late"}], "stream": True}
        status, text, headers = service.send("POST", "/v1/chat/completions", body)
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    (event,) = [line for line in text.splitlines() if line and not line.startswith(":")]
    error = {"message": "It is away.", "type": "server_error", "param": None, "code": "model_unavailable"}
    assert json.loads(event.removeprefix("data: ")) == {"error": error}


def test_an_enhanced_search_that_fails_late_is_told_as_well() -> None:
    def failing(request: ChatRequest) -> str:
        raise ModelUnavailable("It is away.")

    class Slow(ScriptedModel):
        async def chat(self, request: ChatRequest) -> ChatReply:
            await asyncio.sleep(1.2)
            return await super().chat(request)

    with Running(twins_on(Slow(failing))) as service, service.client() as client:
        for ours in ({}, {"usbrec": {"progress": True}}):
            chunks = client.chat.completions.create(
                model="scripted:ses", messages=WISH, stream=True, extra_body=ours
            )
            with pytest.raises(openai.APIError) as told:
                list(chunks)
            assert told.value.code == "model_unavailable"


def test_what_no_one_foresaw_in_a_stream_is_in_the_log_with_its_place_and_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from usbrec.serve.observe.logs import Lines

    caplog.set_level(logging.INFO, "usbrec.serve")
    _all_heard({"bug": Fault("bug", 3, 0.1), "away": Fault("away", 3, 0.1)})
    lines = [Lines().format(record) for record in caplog.records if record.name == "usbrec.serve"]
    failures = [line for line in lines if '"failure"' in line]
    assert len(failures) == 1
    assert "ZeroDivisionError" in failures[0]
    assert "test_serve_streams.py" in failures[0]
    assert "secret" not in "".join(lines)


def test_no_stream_with_a_fault_at_a_random_place_ends_in_silence() -> None:
    chance = random.Random(21)
    faults = {
        f"number {number}": Fault(
            chance.choice([None, *ENDS]), chance.randrange(len(WORDS)), chance.choice([0.0] * 8 + [0.02, 1.1])
        )
        for number in range(FAULTS)
    }
    whole = " ".join(WORDS)
    heard = _all_heard(faults)
    for word, fault in faults.items():
        one = heard[word]
        if fault.how is None:
            assert one == Heard(whole, "stop", None), fault
        else:
            said = " ".join(WORDS[: fault.at])
            assert one == Heard(said, None, ENDS[fault.how][1]), fault
    assert len(heard) == FAULTS


def test_a_call_that_a_library_cancels_is_an_error_without_a_stream_too() -> None:
    with Running(twins_on(Failing({"now": Fault("cancelled")}))) as service:
        body = {"messages": [{"role": "user", "content": "now"}]}
        status, answer, _ = service.send("POST", "/v1/chat/completions", body)
    assert (status, answer["error"]["code"]) == (502, "model_error")


def test_what_is_answered_is_what_openais_types_say() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        body = {"model": "scripted", "messages": WISH, "n": 2}
        _, whole, _ = service.send("POST", "/v1/chat/completions", body)
        ChatCompletion.model_validate(whole)
        asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
        _, text, _ = service.send("POST", "/v1/chat/completions", asked)
    events = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: {")]
    chunks = [ChatCompletionChunk.model_validate_json(event) for event in events]
    assert {choice.index for chunk in chunks for choice in chunk.choices} == {0, 1}
    assert chunks[-1].usage is not None
