"""OpenAI's Responses over real sockets: with the real SDK, whole and streamed, held against its types."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from support.films import CATALOGUE
from support.servers import Answer, LocalServer, completion
from support.service import DRAFTS, WISH, Running, replies, twins_on
from usbrec.config import load_config
from usbrec.errors import ModelUnavailable
from usbrec.llm import ChatReply, ChatRequest, ScriptedModel
from usbrec.serve.models import ServedModels, seat_models

SAID = WISH[0]["content"]
TOOL: Any = {"type": "function", "name": "look_up", "parameters": {"type": "object"}, "strict": False}
CALL = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"title": "Casino"}'}}


class Film(BaseModel):
    title: str
    year: int


def _upstream(server: LocalServer) -> ServedModels:
    given = {"seats": {"recommender": "openai:m"}, "models": {"base_url": server.url, "max_retries": 0}}
    return seat_models(load_config(None, given), CATALOGUE)


def _calling(server: LocalServer) -> Running:
    return Running(_upstream(server))


def _called() -> Answer:
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    return Answer(body={"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})


def test_a_response_is_the_reply_with_its_usage_and_its_items() -> None:
    model = ScriptedModel(replies)
    with Running(twins_on(model)) as service, service.client() as client:
        answer = client.responses.create(
            model="scripted", instructions="You sell films.", input=SAID, metadata={"a": "b"}
        )
    assert (answer.output_text, answer.status, answer.model) == (DRAFTS[0], "completed", "scripted")
    assert (answer.store, answer.metadata, answer.instructions) == (False, {"a": "b"}, "You sell films.")
    assert answer.usage is not None
    assert (answer.usage.output_tokens, answer.usage.total_tokens > 3) == (3, True)
    assert (answer.model_extra or {})["usbrec"]["items"][0]["title"] == "Finding Nemo"
    assert [message.content for message in model.requests[0].messages] == ["You sell films.", SAID]


def test_the_enhanced_model_searches_here_too_and_heeds_our_own_field() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service, service.client() as client:
        answer = client.responses.create(
            model="scripted:ses", input=SAID, extra_body={"usbrec": {"drafts": 3, "rounds": 1}}
        )
    assert answer.output_text == "Casino (1995)!"
    assert len((answer.model_extra or {})["usbrec"]["trace"]["drafts"]) == 3


def test_a_stream_has_openais_events_in_their_order() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service, service.client() as client:
        events = list(client.responses.create(model="scripted", input=SAID, stream=True))
        body = {"model": "scripted", "input": SAID, "stream": True}
        _, text, _ = service.send("POST", "/v1/responses", body)
    kinds = [event.type for event in events]
    deltas = kinds.count("response.output_text.delta")
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        *["response.output_text.delta"] * deltas,
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == DRAFTS[0]
    last = events[-1]
    assert last.type == "response.completed"
    assert last.response.output_text == DRAFTS[0]
    assert last.response.usage is not None
    named = [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]
    assert named == kinds
    assert "[DONE]" not in text


def test_the_sdks_own_stream_puts_a_response_together() -> None:
    with (
        Running(twins_on(ScriptedModel(replies))) as service,
        service.client() as client,
        client.responses.stream(model="scripted:ses", input=SAID) as heard,
    ):
        heard.until_done()
        answer = heard.get_final_response()
    assert (answer.output_text, answer.status) == ("Casino (1995)!", "completed")


def test_the_documents_are_what_openais_types_say() -> None:
    answers = [_called(), _called(), completion("Casino (1995)!")]
    with LocalServer(answers) as server, _calling(server) as service:
        strict = TypeAdapter(ResponseStreamEvent)
        for more in ({"tools": [TOOL]}, {}):
            for streamed in (False, True):
                asked = {"model": "openai:m", "input": SAID, "stream": streamed, **more}
                _, found, _ = service.send("POST", "/v1/responses", asked)
                if not streamed:
                    Response.model_validate(found)
                    continue
                for line in found.splitlines():
                    if line.startswith("data: "):
                        strict.validate_python(json.loads(line.removeprefix("data: ")))


def test_a_conversation_is_read_from_its_items() -> None:
    model = ScriptedModel(replies)
    items: list[Any] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_text", "text": SAID}]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Let me look.", "annotations": []}],
        },
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "look_up", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "Alien (1979)"},
        {"role": "user", "content": "Well?"},
    ]
    with Running(twins_on(model)) as service, service.client() as client:
        client.responses.create(model="scripted", input=items)
    assert [(message.role, message.content) for message in model.requests[0].messages] == [
        ("system", "Be brief."),
        ("user", SAID),
        ("assistant", "Let me look."),
        ("user", "Result of the tool look_up:\nAlien (1979)\n\nWell?"),
    ]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_call_of_a_tool_is_an_item_and_its_result_goes_back(streamed: bool) -> None:
    with LocalServer([_called(), completion("It is long.")]) as server, _calling(server) as service:
        with service.client() as client:
            asked: Any = {"model": "openai:m:ses", "tools": [TOOL], "tool_choice": "required"}
            if streamed:
                with client.responses.stream(input=SAID, **asked) as heard:
                    heard.until_done()
                    answer = heard.get_final_response()
            else:
                answer = client.responses.create(input=SAID, **asked)
            (call,) = answer.output
            assert call.type == "function_call"
            assert (call.call_id, call.name, call.arguments) == ("c1", "look_up", '{"title": "Casino"}')
            result = {"type": "function_call_output", "call_id": "c1", "output": "178 min"}
            again: Any = [{"role": "user", "content": SAID}, call.to_dict(), result]
            asked["tool_choice"] = "auto"
            assert client.responses.create(input=again, **asked).output_text == "It is long."
        first, second = (seen.body for seen in server.requests)
    function = {"name": "look_up", "parameters": {"type": "object"}, "strict": False}
    assert first["tools"] == [{"type": "function", "function": function}]
    assert second["messages"] == [
        {"role": "user", "content": SAID},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "178 min", "tool_call_id": "c1"},
    ]


def test_json_by_a_schema_is_parsed_by_the_sdk() -> None:
    answers = [completion('{"title": "Casino", "year": 1995}')]
    with LocalServer(answers) as server, _calling(server) as service, service.client() as client:
        answer = client.responses.parse(model="openai:m", input=SAID, text_format=Film)
        sent = server.requests[0].body["response_format"]
    assert answer.output_parsed == Film(title="Casino", year=1995)
    assert (sent["type"], sent["json_schema"]["name"]) == ("json_schema", "Film")


def test_a_cut_reply_is_incomplete() -> None:
    with Running(twins_on(ScriptedModel(lambda _: "one two three"))) as service, service.client() as client:
        answer = client.responses.create(model="scripted", input=SAID, max_output_tokens=2)
        events = list(client.responses.create(model="scripted", input=SAID, max_output_tokens=2, stream=True))
    assert (answer.status, answer.output_text) == ("incomplete", "one two")
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == "max_output_tokens"
    assert events[-1].type == "response.incomplete"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": SAID, "previous_response_id": "resp_1"}, "previous_response_id"),
        ({"input": SAID, "conversation": "conv_1"}, "conversation"),
        ({"input": SAID, "prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"input": SAID, "background": True}, "background"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input.0"),
        ({"input": [{"type": "web_search_call", "id": "ws_1"}]}, "input.0"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input.0.content"),
        ({"input": [{"role": "nobody", "content": "x"}]}, "input.0.role"),
        ({"input": [{"role": "user", "content": 7}]}, "input.0.content"),
        ({"input": []}, "input"),
        ({"input": 7}, "input"),
        ({}, "input"),
        ({"input": SAID, "tools": [TOOL], "tool_choice": {"type": "web_search"}}, "tool_choice"),
        ({"input": SAID, "text": {"format": {"type": "json_object"}}}, "response_format"),
        ({"input": SAID, "model": "gpt-9"}, "model"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name(body: Any, param: str) -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        status, answer, _ = service.send("POST", "/v1/responses", body)
    assert status == (404 if param == "model" else 400)
    assert answer["error"]["param"].startswith(param)


class _Late(ScriptedModel):
    """Fails after the headers have gone out, with or without a word before."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        if "word" in request.messages[-1].content and request.on_delta is not None:
            request.on_delta("One ")
        await asyncio.sleep(1.1)
        raise ModelUnavailable("It is away.")


@pytest.mark.parametrize("said", ["Nothing.", "A word first."])
def test_a_stream_that_fails_late_ends_in_an_error_that_the_sdk_raises(said: str) -> None:
    with Running(twins_on(_Late(replies))) as service, service.client() as client:
        chunks = client.responses.create(model="scripted", input=said, stream=True)
        with pytest.raises(openai.APIError, match="It is away") as told:
            list(chunks)
        assert told.value.code == "model_unavailable"
        with pytest.raises(openai.APIError), client.responses.stream(model="scripted", input=said) as heard:
            heard.until_done()
        with pytest.raises(openai.InternalServerError):
            client.responses.create(model="scripted", input=said)


EMPTY = [
    ({"role": "assistant", "content": ""}, "stop"),
    ({"role": "assistant", "content": None}, "stop"),
    ({"role": "assistant", "content": "  \n"}, "stop"),
    ({"role": "assistant", "content": "", "reasoning_content": "Hm, a film."}, "stop"),
    ({"role": "assistant", "content": None, "refusal": "I cannot."}, "stop"),
    ({"role": "assistant", "content": ""}, "content_filter"),
    ({"role": "assistant", "content": ""}, "length"),
]


@pytest.mark.parametrize(("message", "finish"), EMPTY)
def test_an_empty_reply_is_an_error_whole_and_streamed_as_in_chat_completions(
    message: dict[str, Any], finish: str
) -> None:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    whole = Answer(body={"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 0}})
    with LocalServer([whole]) as server, _calling(server) as service:
        errors = []
        for path, asked in (
            ("/v1/responses", {"input": SAID}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": SAID}]}),
        ):
            for streamed in (False, True):
                body = {"model": "openai:m", "stream": streamed, **asked}
                status, found, _ = service.send("POST", path, body)
                assert status == 502
                errors.append(found if isinstance(found, dict) else json.loads(found))
    assert {one["error"]["code"] for one in errors} == {"model_error"}
    assert all(one == errors[0] for one in errors)


def test_a_model_of_this_process_that_says_nothing_is_an_error_here_too() -> None:
    with Running(twins_on(ScriptedModel(lambda _: "  "))) as service, service.client() as client:
        with pytest.raises(openai.APIError, match=r"empty|without"):
            client.responses.create(model="scripted", input=SAID)
        with pytest.raises(openai.APIError, match=r"empty|without"):
            list(client.responses.create(model="scripted", input=SAID, stream=True))


@pytest.mark.parametrize("given", ["", "  ", [], [{"role": "user", "content": ""}]])
@pytest.mark.parametrize("more", [{}, {"instructions": "You sell films."}])
def test_an_input_without_words_is_named_as_such(given: Any, more: dict[str, str]) -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        status, answer, _ = service.send("POST", "/v1/responses", {"input": given, **more})
    assert (status, answer["error"]["param"]) == (400, "input")


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/chat/completions"])
def test_broken_json_is_told_without_a_field(path: str) -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        status, answer, _ = service.send("POST", path, b'{"input": secret')
    assert (status, answer["error"]["param"]) == (400, None)
    assert answer["error"]["message"].startswith("JSON decode error: ")
    assert "secret" not in answer["error"]["message"]


def test_usage_that_nobody_counts_is_null_whole_and_streamed() -> None:
    with LocalServer(lambda _: completion("How about Casino?")) as server, _calling(server) as service:
        whole = service.send("POST", "/v1/responses", {"model": "openai:m", "input": SAID})[1]
        body = {"model": "openai:m", "messages": [{"role": "user", "content": SAID}]}
        chat = service.send("POST", "/v1/chat/completions", body)[1]
        with service.client() as client:
            asked: Any = {**body, "stream": True, "stream_options": {"include_usage": True}}
            chunks = list(client.chat.completions.create(**asked))
    assert whole["usage"] is None
    assert chat["usage"] is None
    assert chat["choices"][0]["message"]["content"] == "How about Casino?"
    assert (chunks[-1].choices, chunks[-1].usage) == ([], None)


def test_usage_of_a_server_that_counts_is_told() -> None:
    counted = {"prompt_tokens": 9, "completion_tokens": 4}
    with LocalServer([completion("How about Casino?", usage=counted)]) as server, _calling(server) as service:
        body = {"model": "openai:m", "messages": [{"role": "user", "content": SAID}]}
        chat = service.send("POST", "/v1/chat/completions", body)[1]
    assert chat["usage"]["total_tokens"] == 13
