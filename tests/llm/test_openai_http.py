"""Answers of routers, proxies and templates that say one thing and mean another, on a real socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, completion
from usbrec.errors import ConfigError, ModelRefused, ModelUnavailable, PromptTooLong, UsbRecError
from usbrec.llm import ChatReply, ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.statuses import status_within, wait_asked

ASKED = (Message("system", "You recommend books."), Message("user", "A book?"))


def chat(server: LocalServer, **setup: Any) -> ChatReply:
    async def ask() -> ChatReply:
        model = OpenAIModel("m", **{"base_url": server.url, "max_retries": 2, **setup})
        try:
            return await model.chat(ChatRequest(ASKED))
        finally:
            await model.aclose()

    return asyncio.run(ask())


def inside_200(code: Any, message: str = "Provider returned error") -> Answer:
    return Answer(200, {"error": {"message": message, "code": code}}, {"retry-after": "0.01"})


@pytest.mark.parametrize("code", [429, 503, "429"])
def test_an_error_inside_a_200_is_tried_again_like_its_code_says(code: Any) -> None:
    with LocalServer([inside_200(code), inside_200(code), completion("Dracula")]) as server:
        assert chat(server).text == "Dracula"
        assert len(server.requests) == 3


def test_an_error_inside_a_200_that_stays_is_told_in_the_servers_words() -> None:
    with LocalServer([inside_200(429, "slow down, friend")]) as server:
        with pytest.raises(ModelUnavailable, match=r"429.*slow down, friend"):
            chat(server)
        assert len(server.requests) == 3


def test_a_refusal_inside_a_200_is_not_tried_again() -> None:
    with LocalServer([inside_200(401, "no credits")]) as server:
        with pytest.raises(ModelRefused, match="key"):
            chat(server)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": "boom"}, 502),
        ({"error": {"message": "x", "code": "rate_limited"}}, 502),
        ({"error": {"code": 404}}, 404),
        ({"error": {"status": 503}}, 503),
        ({"error": {"code": 7}, "code": 429}, 429),
        ({"error": None, "choices": [{}]}, None),
        ({"error": {"code": 429}, "choices": [{"message": {}}]}, 429),
        ({"choices": []}, None),
        ([1], None),
        (None, None),
    ],
)
def test_the_status_of_an_error_is_read_beside_an_answer_and_in_place_of_one(
    body: Any, status: int | None
) -> None:
    assert status_within(body) == status


@pytest.mark.parametrize(
    ("inside", "error"),
    [
        ("Error code: 404 - {'error': {'message': 'The model `m` does not exist'}}", ModelRefused),
        ("upstream said: Error code: 401 - invalid key", ModelRefused),
        ("HTTP 400: this model's maximum context length is 4096 tokens", PromptTooLong),
    ],
)
def test_a_refusal_that_a_proxy_wraps_into_a_500_is_read_for_what_it_is(
    inside: str, error: type[UsbRecError]
) -> None:
    with LocalServer([Answer(500, {"error": inside})]) as server:
        with pytest.raises(error):
            chat(server)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    ["Invalid model name passed in model=m", "model 'm' not found, try pulling it first", "Unknown model: m"],
)
def test_a_models_name_that_is_refused_with_a_400_ends_the_run(said: str) -> None:
    refused = Answer(400, {"error": {"message": said, "code": "400"}})
    with LocalServer([refused]) as server, pytest.raises(ModelRefused, match="no model 'm'"):
        chat(server)


@pytest.mark.parametrize("wait", ["31536000", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_wait_of_years_is_shortened_and_tried(wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usbrec.llm.openai.statuses.LONGEST_WAIT", 0.05)
    busy = Answer(429, {"error": {"message": "later"}}, {"retry-after": wait})
    started = time.monotonic()
    with LocalServer([busy, completion("Dracula")]) as server:
        assert chat(server).text == "Dracula"
    assert time.monotonic() - started < 20


def no_system(message: str) -> Callable[[Seen], Answer]:
    def answer(seen: Seen) -> Answer:
        roles = [one["role"] for one in seen.body["messages"]]
        if "system" in roles or roles[0] != "user":
            return Answer(400, {"object": "error", "message": message, "code": 400})
        return completion(seen.body["messages"][0]["content"])

    return answer


@pytest.mark.parametrize(
    "message",
    [
        "System role not supported",
        "The model does not support system messages.",
        "Only user and assistant roles are supported!",
        "Conversation roles: system message is not allowed here",
        "unexpected role 'system' in messages",
    ],
)
def test_where_there_is_no_system_role_its_text_stands_before_the_first_user_message(
    message: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def twice(server: LocalServer) -> list[str]:
        model = OpenAIModel("m", base_url=server.url)
        try:
            return [(await model.chat(ChatRequest(ASKED))).text for _ in range(2)]
        finally:
            await model.aclose()

    with LocalServer(no_system(message)) as server:
        assert asyncio.run(twice(server)) == ["You recommend books.\n\nA book?"] * 2
        assert len(server.requests) == 3
    told = [record.getMessage() for record in caplog.records if "system role" in record.getMessage()]
    assert len(told) == 1


def test_a_wait_of_a_year_leaves_time_for_another_try_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    later = Answer(429, {"error": {"message": "not now"}}, {"retry-after": "31536000"})
    with LocalServer([later, completion("Try Dracula")]) as server:
        assert chat(server, timeout=0.6).text == "Try Dracula"
    assert "asks to be left alone for 31536000 seconds" in caplog.text


def test_a_proxy_named_without_its_scheme_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalServer([completion("Try Dracula")]) as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        reply = chat(proxy, base_url="http://model.example/v1")
    assert reply.text == "Try Dracula"


def test_a_proxy_that_does_not_speak_http_is_told_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://user:secret@127.0.0.1:1080")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="socks5 proxy") as told:
        OpenAIModel("m", base_url="http://model.example/v1")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"message": "litellm.RateLimitError: Error code: 429 - slow down"}}),
        (400, {"detail": "upstream returned status code 503: Service Unavailable"}),
        (425, {"error": "too early"}),
        (499, {"error": "the provider hung up"}),
    ],
)
def test_a_passing_fault_in_a_refusals_clothes_is_tried_again(status: int, body: Any) -> None:
    with LocalServer([Answer(status, body, {"retry-after": "10ms"}), completion("Yes")]) as server:
        assert chat(server).text == "Yes"
        assert len(server.requests) == 2


def test_a_completion_with_another_status_of_success_is_one() -> None:
    with LocalServer([Answer(201, completion("Yes").body)]) as server:
        assert chat(server).text == "Yes"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("1s", 1), ("1m30s", 90), ("20 seconds", 20), ("350ms", 0.35), ("2h", 7200), ("m", None)],
)
def test_a_wait_with_its_units_is_read(asked: str, seconds: float | None) -> None:
    assert wait_asked({"retry-after": asked}) == (None if seconds is None else pytest.approx(seconds))
