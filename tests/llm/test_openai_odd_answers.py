"""Answers in forms that servers have beside OpenAI's: ends, counts, orders, characters are read as meant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from support.servers import Answer, LocalServer, stream
from usbrec.errors import ModelUnavailable, UnusableAnswer
from usbrec.llm import ChatReply, ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.responses import Body

ASKED = (Message("user", "A film?"),)


def _reply(answer: Answer, n: int = 1, heard: list[str] | None = None) -> ChatReply:
    async def ask(server: LocalServer) -> ChatReply:
        model = OpenAIModel("m", base_url=server.url, max_retries=0)
        try:
            return await model.chat(ChatRequest(ASKED, n=n, on_delta=None if heard is None else heard.append))
        finally:
            await model.aclose()

    with LocalServer([answer]) as server:
        return asyncio.run(ask(server))


def _choice(text: str = "Heat", index: int = 0, **more: Any) -> dict[str, Any]:
    return {"index": index, "message": {"role": "assistant", "content": text}, **more}


def _whole(*choices: Mapping[str, Any], **more: Any) -> Answer:
    return Answer(body={"choices": list(choices), **more})


def _piece(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


@pytest.mark.parametrize(
    ("ended", "finish"),
    [
        ({"finish_reason": "max_tokens_reached"}, "length"),
        ({"finish_reason": "context_window_exceeded"}, "length"),
        ({"finish_reason": "model_context_window_exceeded"}, "length"),
        ({"finish_reason": "LENGTH_CAPPED"}, "length"),
        ({"finish_reason": "token_limit_exceeded"}, "length"),
        ({"stop_reason": "length"}, "length"),
        ({"finish_reason": None, "stop_reason": "max_tokens"}, "length"),
        ({"finish_reason": "stop", "stop_reason": "length"}, "stop"),
        ({"finish_reason": None, "stop_reason": 128009}, "stop"),
        ({"finish_reason": "eos_token"}, "stop"),
        ({"finish_reason": "stop_token"}, "stop"),
        ({"finish_reason": "end_turn"}, "stop"),
        ({"finish_reason": "stop_sequence"}, "stop"),
        ({"finish_reason": "null"}, "stop"),
    ],
)
def test_a_reply_that_a_limit_cut_is_one_by_whatever_name(ended: dict[str, Any], finish: str) -> None:
    assert _reply(_whole(_choice(**ended))).completions[0].finish == finish


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 7}, (9, 7)),
        ({"prompt_tokens": 9.0, "completion_tokens": 7.0}, (9, 7)),
        ({"prompt_tokens": "9", "completion_tokens": "7"}, (9, 7)),
        ({"input_tokens": 9, "output_tokens": 7}, (9, 7)),
        ({"promptTokens": 9, "completionTokens": 7}, (9, 7)),
        ({"prompt_tokens": None, "input_tokens": 9, "completion_tokens": 0}, (9, 0)),
        ({"prompt_tokens": True, "completion_tokens": 7.5}, (0, 0)),
        ({"prompt_tokens": -1, "completion_tokens": "many"}, (0, 0)),
        ([], (0, 0)),
        (None, (0, 0)),
    ],
)
def test_tokens_are_counted_however_a_server_writes_them(usage: Any, counts: tuple[int, int]) -> None:
    cost = _reply(_whole(_choice(finish_reason="stop"), usage=usage)).usage
    assert (cost.prompt_tokens, cost.completion_tokens) == counts


def test_choices_stand_in_the_order_of_their_numbers() -> None:
    found = _reply(_whole(_choice("two", 1), _choice("one", 0)), n=2)
    assert [one.text for one in found.completions] == ["one", "two"]


@pytest.mark.parametrize("index", [None, "0", 0])
def test_choices_without_numbers_of_their_own_stay_as_they_came(index: Any) -> None:
    choices = [{**_choice(text), "index": index} for text in ("one", "two")]
    assert [one.text for one in Body.read(json.dumps({"choices": choices})).choices] == ["one", "two"]


def test_a_character_that_two_pieces_share_is_put_together_and_half_of_one_is_told_as_such() -> None:
    heard: list[str] = []
    pieces = (r'"A \ud83c"', r'"\udfac B \ud83d"', r'"C\ud83c"')
    events = [f'{{"choices":[{{"index":0,"delta":{{"content":{one}}}}}]}}' for one in pieces]
    text = _reply(stream(*events, _piece("", "stop")), heard=heard).completions[0].text
    assert text == "A 🎬 B ?C?"
    assert "".join(heard) == text


@pytest.mark.parametrize("end", ["null", "", "none"])
def test_a_stream_that_breaks_off_is_no_reply_though_each_piece_says_that_nothing_ended_it(end: str) -> None:
    answer = stream(_piece("Try ", end), _piece("Heat", end), done=False)
    with pytest.raises(UnusableAnswer, match="broke off"):
        _reply(answer, heard=[])


def test_events_that_a_line_alone_ends_are_events() -> None:
    lines = "".join(
        f"data: {json.dumps(one)}\n" for one in (_piece("Try "), _piece("Heat"), _piece("", "stop"))
    )
    answer = Answer(chunks=(f"{lines}data: [DONE]\n",), headers={"content-type": "text/event-stream"})
    heard: list[str] = []
    assert _reply(answer, heard=heard).completions[0].text == "".join(heard) == "Try Heat"


def _streamed_refusal(*pieces: str) -> Answer:
    deltas: list[dict[str, Any]] = [{"refusal": piece} for piece in pieces]
    events = [{"choices": [{"index": 0, "delta": one, "finish_reason": None}]} for one in deltas]
    return stream(*events, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (_streamed_refusal("I cannot help ", "with key-123456789."), True),
        (
            _whole(_choice("", message={"content": None, "refusal": "I cannot help with key-123456789."})),
            False,
        ),
        (
            _whole(
                {
                    "index": 0,
                    "message": {
                        "content": [{"type": "refusal", "refusal": "I cannot help with key-123456789."}]
                    },
                }
            ),
            False,
        ),
    ],
)
def test_a_refusal_is_told_in_the_servers_words_without_secrets(
    answer: Answer, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KEY", "key-123456789")

    async def ask(server: LocalServer) -> None:
        model = OpenAIModel("m", base_url=server.url, max_retries=0, api_key_env="SHOP_KEY")
        try:
            await model.chat(ChatRequest(ASKED, on_delta=[].append if heard else None))
        finally:
            await model.aclose()

    with LocalServer([answer]) as server, pytest.raises(UnusableAnswer) as caught:
        asyncio.run(ask(server))
    assert "a refusal instead of an answer: I cannot help with" in str(caught.value)
    assert "key-123456789" not in str(caught.value)


def test_a_refusal_beside_words_leaves_the_words() -> None:
    found = _reply(
        _whole({"index": 0, "message": {"content": [{"type": "text", "text": "Heat"}], "refusal": ""}})
    )
    assert found.completions[0].text == "Heat"


def test_a_success_that_is_no_completion_is_not_called_a_502() -> None:
    async def ask(server: LocalServer) -> None:
        model = OpenAIModel("m", base_url=server.url, max_retries=0)
        try:
            await model.chat(ChatRequest(ASKED))
            await model.chat(ChatRequest(ASKED))
        finally:
            await model.aclose()

    page = Answer(body="<html><body>Welcome</body></html>")
    with LocalServer([_whole(_choice()), page]) as server, pytest.raises(ModelUnavailable) as told:
        asyncio.run(ask(server))
    assert "answered something else than a completion to the last try: an HTML page" in str(told.value)
