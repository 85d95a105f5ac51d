"""What servers say of a request they refuse, in their own words, is read for what it is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.llm import ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.errors import Complaint
from usbrec.llm.openai.statuses import true_status

ASKED = (Message("system", "You recommend books."), Message("user", "A book?"))


def read(text: str) -> Complaint:
    return Complaint.read(400, {"message": text}, ())


@pytest.mark.parametrize(
    "said",
    [
        "Developer instruction is not enabled for models/some-model",
        "System instructions are not supported for this model",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "`system` role not allowed",
        "role 'system' is not one of ['user', 'assistant']",
        "Invalid value for messages[0].role: 'system'",
        "messages[0].role must be one of: user, assistant",
        "Please ensure that role is one of user, model",
        "Only user and model roles are supported",
        "First message must be user",
    ],
)
def test_a_refused_system_message_is_known_and_goes_before_the_first_message(said: str) -> None:
    assert read(said).refuses_system or read(said).wants_turns

    def answer(seen: Seen) -> Answer:
        roles = [message["role"] for message in seen.body["messages"]]
        return complaint(said) if "system" in roles else completion("Yes")

    with LocalServer(answer) as server:
        assert asyncio.run(_say(server)) == "Yes"


PAGE = "<!doctype html><title>400 Bad Request</title><body><h1>Bad Request</h1><p>{}</p></body>"
NESTED = '{"error": {"code": 400, "message": "System role not supported"}}'


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"code": 500, "message": "at row 1: raise_exception('System role not supported')"}),
        (500, {"error": {"code": 500, "message": "Conversation roles must alternate user/assistant"}}),
        (500, {"error": {"message": "litellm.BadRequestError: System role not supported"}}),
        (500, "Internal Server Error: TemplateError: System role not supported"),
        (502, {"error": {"type": "x", "code": 400, "message": "System role not supported"}}),
        (502, {"error": {"code": "400", "message": "System role not supported"}}),
        (503, {"error": {"message": f"upstream said {NESTED}", "code": None}}),
        (400, PAGE.format("System role not supported")),
        (400, PAGE.format("System role <b>not</b>&nbsp;supported")),
        (500, PAGE.format("System role not supported")),
    ],
)
def test_a_refused_system_message_is_known_in_whatever_it_is_wrapped(status: int, body: Any) -> None:
    def answer(seen: Seen) -> Answer:
        roles = [message["role"] for message in seen.body["messages"]]
        return Answer(status, body) if "system" in roles else completion("Yes")

    with LocalServer(answer) as server:
        assert asyncio.run(_say(server)) == "Yes"
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"litellm.BadRequestError: no", 400),
        (b"openai.AuthenticationError: no", 401),
        (b"litellm.NotFoundError: no", 404),
        (b"litellm.UnprocessableEntityError: no", 422),
        (b'{"error": {"code": 413}}', 413),
        (b"ModuleNotFoundError: no module", 500),
        (b"litellm.RateLimitError: later", 500),
        (b'{"error": {"code": 503}}', 500),
        (b"The system is not available: out of memory", 500),
    ],
)
def test_a_fault_that_is_about_a_refusal_is_the_refusal(said: bytes, status: int) -> None:
    assert true_status(500, said, answered=True) == status


def test_an_echoed_request_refuses_no_system_message() -> None:
    echoed = {"detail": [{"msg": "Extra inputs are not permitted", "loc": ["body", "seed"], "input": 3}]}
    echo = {**echoed, "body": {"messages": [message.to_json() for message in ASKED]}}
    said = Complaint.read(422, echo, ())
    assert not said.refuses_system
    assert said.names("seed")
    assert not said.too_long


@pytest.mark.parametrize(
    "said",
    [
        "Input length 5000 exceeds maximum length 4096",
        "Input tokens exceed the configured limit of 4096 tokens",
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096",
        "`inputs` must have less than 4095 tokens",
        "inputs tokens + `max_new_tokens` must be <= 4096",
        "max_tokens must be at least 1, got -904",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "Please reduce the length of the messages or completion.",
    ],
)
def test_a_prompt_that_is_too_long_is_known_in_any_words(said: str) -> None:
    assert read(said).too_long
    assert not read(said).refuses_system


@pytest.mark.parametrize(
    "said", ["top_logprobs exceeds the maximum of 5", "Too many stop sequences", "temperature exceeds 2"]
)
def test_another_value_that_is_too_large_is_no_prompt_that_is_too_long(said: str) -> None:
    assert not read(said).too_long


@pytest.mark.parametrize(
    "said",
    [
        "x-1 is not a valid model ID",
        "The requested model is not supported",
        "Invalid model: x-1",
        "The model `x-1` has been decommissioned and is no longer supported",
        "key not allowed to access model",
    ],
)
def test_a_refused_model_is_known_in_any_words(said: str) -> None:
    assert read(said).refuses_model
    assert not read("logprobs with this model is not supported").refuses_model


@pytest.mark.parametrize(
    ("said", "left_out"),
    [
        ("invalid temperature: only 1 is allowed for this model", {"temperature"}),
        ("`temperature` is deprecated for this model.", {"temperature"}),
        ("`temperature` and `top_p` cannot both be specified for this model.", {"top_p"}),
        ("additional properties are not allowed: seed", {"seed"}),
        ("seed: not implemented", {"seed"}),
        ("Penalty is not enabled for this model", {"frequency_penalty"}),
    ],
)
def test_a_parameter_that_is_refused_in_any_words_is_left_out(said: str, left_out: set[str]) -> None:
    def answer(seen: Seen) -> Answer:
        return complaint(said) if left_out <= seen.body.keys() else completion("Yes")

    with LocalServer(answer) as server:
        assert asyncio.run(_say(server)) == "Yes"
        assert {"temperature", "top_p", "seed", "frequency_penalty"} - server.requests[
            -1
        ].body.keys() == left_out


@pytest.mark.parametrize(
    "said",
    [
        "Unsupported parameter: n",
        "n: Extra inputs are not permitted",
        "Multiple candidates is not enabled here",
    ],
)
def test_several_replies_that_are_refused_in_any_words_are_asked_for_one_by_one(said: str) -> None:
    def answer(seen: Seen) -> Answer:
        return complaint(said) if seen.body.get("n", 1) > 1 else completion("Yes")

    with LocalServer(answer) as server:
        assert asyncio.run(_say(server, n=3)) == "Yes"
        assert [seen.body.get("n") for seen in server.requests] == [3, None, None, None]


async def _say(server: LocalServer, **more: Any) -> str:
    model = OpenAIModel("m", base_url=server.url, max_retries=0)
    try:
        return (await model.chat(ChatRequest(ASKED, seed=1, frequency_penalty=0.1, **more))).text
    finally:
        await model.aclose()
