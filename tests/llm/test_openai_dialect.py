"""A server is asked in the fields and roles that it takes, and nothing is changed that it has not refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, complaint, completion, stream
from usbrec.llm import ChatReply, ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.errors import Complaint
from usbrec.llm.protocol import AsWritten

Turns = list[dict[str, Any]]


def say(server: LocalServer, *requests: ChatRequest) -> list[ChatReply]:
    async def ask() -> list[ChatReply]:
        model = OpenAIModel("m", base_url=server.url, max_retries=0)
        try:
            return [await model.chat(request) for request in requests]
        finally:
            await model.aclose()

    return asyncio.run(ask())


def request(*turns: tuple[str, str], **more: Any) -> ChatRequest:
    return ChatRequest(tuple(Message(role, text) for role, text in turns), **more)  # type: ignore[arg-type]


SYSTEM = ("system", "You recommend books.")
TWICE = (("user", "Hello."), ("user", "A book?"))


def turns(*, system: bool) -> Callable[[Seen], Answer]:
    """A template that wants a user and an assistant in turns, behind a system message or without one."""

    def answer(seen: Seen) -> Answer:
        roles = [message["role"] for message in seen.body["messages"]]
        if system and roles[0] == "system":
            del roles[0]
        if roles != ["user", "assistant", "user", "assistant", "user"][: len(roles)]:
            return complaint("Conversation roles must alternate user/assistant/user/assistant/...")
        return completion("Yes")

    return answer


def sent(server: LocalServer) -> list[tuple[str, Any]]:
    return [(message["role"], message["content"]) for message in server.requests[-1].body["messages"]]


def test_neighbours_of_one_role_are_joined_and_the_system_message_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with LocalServer(turns(system=True)) as server:
        say(server, request(SYSTEM, *TWICE), request(SYSTEM, *TWICE))
        assert sent(server) == [SYSTEM, ("user", "Hello.\nA book?")]
        assert len(server.requests) == 3
    assert caplog.text.count("joined") == 1
    assert "system role" not in caplog.text


def test_a_template_that_counts_the_system_message_as_a_turn_gets_it_before_the_first_message() -> None:
    with LocalServer(turns(system=False)) as server:
        say(server, request(SYSTEM, ("user", "A book?")))
        assert sent(server) == [("user", "You recommend books.\n\nA book?")]
        say(server, request(SYSTEM, ("assistant", "Hi."), *TWICE))
        assert sent(server) == [
            ("user", "You recommend books.\n\nHello!"),
            ("assistant", "Hi."),
            ("user", "Hello.\nA book?"),
        ]


def test_messages_that_are_as_they_should_be_are_sent_as_they_are_after_others_were_joined() -> None:
    plain = (SYSTEM, ("user", "A book?"), ("assistant", "Emma"), ("user", "Another?"))
    with LocalServer(turns(system=True)) as server:
        say(server, request(SYSTEM, *TWICE), request(*plain))
        assert sent(server) == list(plain)


def test_results_of_tools_are_never_joined() -> None:
    calls: Turns = [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    written: Turns = [
        {"role": "user", "content": "Hello."},
        {"role": "user", "content": "A book?"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "content": "1", "tool_call_id": "a"},
        {"role": "tool", "content": "2", "tool_call_id": "b"},
    ]

    def answer(seen: Seen) -> Answer:
        roles = [message["role"] for message in seen.body["messages"]]
        if roles[:2] == ["user", "user"]:
            return complaint("messages must alternate between user and assistant")
        return completion("Yes")

    with LocalServer(answer) as server:
        say(server, request(("user", "A book?"), as_written=AsWritten(tuple(written), {"tools": []})))
        assert server.requests[-1].body["messages"] == [
            {"role": "user", "content": "Hello.\nA book?"},
            *written[2:],
        ]


REFUSED = [
    "Unsupported parameter: 'stop' is not supported with this model.",
    "stop: Extra inputs are not permitted",
    "Unknown parameter: stop",
    "Stop sequences are not supported by this model",
]


@pytest.mark.parametrize("said", REFUSED)
def test_a_stop_text_that_is_refused_is_left_out_told_once_and_heeded_here(
    said: str, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(seen: Seen) -> Answer:
        return complaint(said) if "stop" in seen.body else completion("Try Dracula.\nUser: And?")

    asked = request(*TWICE, stop=("\nUser:",))
    with LocalServer(answer) as server:
        replies = say(server, asked, asked)
        assert len(server.requests) == 3
    assert [reply.text for reply in replies] == ["Try Dracula."] * 2
    assert caplog.text.count("does not take 'stop'") == 1


@pytest.mark.parametrize(
    "said",
    [
        "Unsupported value: 'temperature'. Stop and think about the allowed ones.",
        "unknown finish reason: the server had to stop",
        "unexpected field; please stop sending it",
    ],
)
def test_the_word_stop_in_a_complaint_refuses_no_stop_text(said: str) -> None:
    assert not Complaint.read(400, {"message": said}, ()).names("stop")


def test_a_stop_text_that_is_not_heeded_ends_a_stream_all_the_same() -> None:
    words = ("Try ", "Dracula.\n", "\nUs", "ed ones?", "\n", "Us", "er", ": And?", " Emma")
    events = [{"choices": [{"delta": {"content": word}}]} for word in words]
    end = {"choices": [{"delta": {}, "finish_reason": "length"}]}
    heard: list[str] = []
    with LocalServer([stream(*events, end)]) as server:
        (reply,) = say(server, request(*TWICE, stop=("\nUser:",), on_delta=heard.append))
    assert reply.text == "".join(heard) == "Try Dracula.\n\nUsed ones?"
    assert reply.completions[0].finish == "stop"
    assert heard[:2] == ["Try ", "Dracula."]


def test_what_begins_like_a_stop_text_and_is_none_is_told_at_the_end() -> None:
    events = [{"choices": [{"delta": {"content": word}}]} for word in ("Try ", "Emma\nUse")]
    heard: list[str] = []
    with LocalServer([stream(*events, {"choices": [{"delta": {}, "finish_reason": "stop"}]})]) as server:
        say(server, request(*TWICE, stop=("\nUser:",), on_delta=heard.append))
    assert "".join(heard) == "Try Emma\nUse"
