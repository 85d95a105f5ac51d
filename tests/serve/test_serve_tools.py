"""Tools, JSON and tasks over real sockets: passed on to the plain model where it can, else a 400."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from support.films import CATALOGUE
from support.servers import Answer, LocalServer, Seen, complaint, completion, stream
from support.service import DRAFTS, WISH, Running, replies, twins_on
from usbrec.config import load_config
from usbrec.llm import ScriptedModel
from usbrec.play.seats import messages_for, transcript
from usbrec.serve.models import ServedModels, seat_models
from usbrec.serve.openai.responses_schema import ResponsesBody
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.storage.store import Store

TOOL: Any = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Looks a film up.",
        "parameters": {"type": "object", "properties": {"title": {"type": "string"}}},
    },
}
CALL = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"title": "Casino"}'}}

SCHEMA = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
NAMED = {"type": "function", "function": {"name": "look_up"}}


class Film(BaseModel):
    title: str
    year: int


def _upstream(server: LocalServer) -> ServedModels:
    given = {"seats": {"recommender": "openai:m"}, "models": {"base_url": server.url, "max_retries": 0}}
    return seat_models(load_config(None, given), CATALOGUE)


@contextlib.contextmanager
def _on(script: Any) -> Iterator[tuple[LocalServer, openai.OpenAI]]:
    """A client of the service with candidates, on a model behind a scripted server."""
    with (
        LocalServer(script) as server,
        Running(_upstream(server)) as service,
        service.client() as client,
    ):
        yield server, client


def _called(*calls: Any, content: str | None = None, finish: str = "tool_calls") -> Answer:
    message = {"role": "assistant", "content": content, "tool_calls": list(calls)}
    return Answer(body={"choices": [{"index": 0, "message": message, "finish_reason": finish}]})


def _piece(delta: Any, finish: str | None = None) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


@pytest.mark.parametrize("model", ["openai:m", "openai:m:ses"])
def test_a_call_of_a_tool_goes_to_the_server_and_comes_back_without_candidates_or_a_search(
    model: str,
) -> None:
    with _on([_called(CALL)]) as (server, client):
        answer = client.chat.completions.create(
            model=model,
            messages=[{"role": "developer", "content": "Be brief."}, *WISH],
            tools=[TOOL],
            tool_choice="required",
            parallel_tool_calls=False,
        )
        (asked,) = (seen.body for seen in server.requests)
    choice = answer.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", None)
    assert choice.message.tool_calls is not None
    assert choice.message.tool_calls[0].model_dump() == CALL
    assert (asked["tools"], asked["tool_choice"], asked["parallel_tool_calls"]) == ([TOOL], "required", False)
    assert asked["messages"] == [{"role": "system", "content": "Be brief."}, *WISH]
    # Neither the setting against going in circles nor that for the length of a reply is for programs.
    assert ("frequency_penalty" in asked, asked["max_tokens"]) == (False, 1024)
    ours = (answer.model_extra or {})["usbrec"]
    assert (answer.model, ours["enhanced"], ours["passed_on"], ours["trace"]) == (
        "openai:m",
        False,
        "tools",
        None,
    )


def test_the_results_of_tools_go_back_to_the_server_as_they_were_written() -> None:
    history: list[Any] = [
        *WISH,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {
            "role": "tool",
            "tool_call_id": "c1",
            "content": [{"type": "text", "text": "Casino, 178 min"}],
        },
    ]
    with _on([completion("It is long.")]) as (server, client):
        answer = client.chat.completions.create(model="openai:m", messages=history, tools=[TOOL])
        (asked,) = (seen.body for seen in server.requests)
    assert answer.choices[0].message.content == "It is long."
    assert answer.choices[0].finish_reason == "stop"
    assert asked["messages"][1:] == [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "Casino, 178 min", "tool_call_id": "c1"},
    ]


def test_a_call_that_is_streamed_in_pieces_arrives_whole() -> None:
    events = [
        _piece({"role": "assistant", "content": None}),
        _piece({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "look_up", "arguments": ""}}]}),
        _piece({"tool_calls": [{"index": 0, "function": {"arguments": '{"title": '}}]}),
        _piece({"tool_calls": [{"index": 0, "function": {"arguments": '"Casino"}'}}]}),
        _piece({"tool_calls": [{"index": 1, "id": "c2", "function": {"name": "look_up", "arguments": {}}}]}),
        _piece({}, "tool_calls"),
    ]
    with (
        _on([stream(*events)]) as (_, client),
        client.chat.completions.stream(model="openai:m", messages=WISH, tools=[TOOL]) as heard,
    ):
        heard.until_done()
        choice = heard.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    calls = choice.message.tool_calls or []
    assert [(call.id, call.function.arguments) for call in calls] == [
        ("c1", '{"title": "Casino"}'),
        ("c2", "{}"),
    ]


@pytest.mark.parametrize("streamed", [False, True])
def test_json_by_a_schema_is_asked_of_the_server_and_parsed_by_the_sdk(streamed: bool) -> None:
    said = '{"title": "Casino", "year": 1995}'
    script = [stream(_piece({"content": said[:9]}), _piece({"content": said[9:]}, "stop"))]
    with (
        LocalServer(script if streamed else [completion(said)]) as server,
        Running(_upstream(server)) as service,
    ):
        with service.client() as client:
            asked: Any = {"model": "openai:m:ses", "messages": WISH, "response_format": Film}
            if streamed:
                with client.chat.completions.stream(**asked) as heard:
                    heard.until_done()
                    film = heard.get_final_completion().choices[0].message.parsed
            else:
                film = client.chat.completions.parse(**asked).choices[0].message.parsed
        assert film == Film(title="Casino", year=1995)
        sent = server.requests[0].body
    assert sent["response_format"]["json_schema"]["name"] == "Film"
    assert sent["messages"] == WISH


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"response_format": {"type": "json_object"}}, "response_format"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}},
            "response_format",
        ),
        ({"tools": [TOOL], "tool_choice": "required"}, "tool_choice"),
        (
            {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look_up"}}},
            "tool_choice",
        ),
        # An object that says nothing: whatever it is, no fault of the service.
        ({"tools": [TOOL], "tool_choice": {}}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": None}}, "tool_choice"),
    ],
)
def test_a_model_that_cannot_is_a_400_that_says_so(asked: Any, param: str, streamed: bool) -> None:
    model = ScriptedModel(replies)
    with Running(twins_on(model)) as service, service.client() as client:
        for name in ("scripted", "scripted:ses"):
            with pytest.raises(openai.BadRequestError) as refused:
                client.chat.completions.create(model=name, messages=WISH, stream=streamed, **asked)
            assert (refused.value.param, refused.value.code) == (param, "unsupported_parameter")
    assert model.requests == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"response_format": {"type": "json_object"}}, completion("Sure! How about Casino?")),
        ({"tools": [TOOL], "tool_choice": "required"}, completion("How about Casino?")),
        ({"tools": [TOOL]}, complaint('"auto" tool choice requires --enable-auto-tool-choice')),
        ({"tools": [TOOL]}, complaint("tools param requires --jinja flag", 500)),
        ({"response_format": {"type": "json_object"}}, complaint("bad response_format", 422)),
    ],
)
def test_a_server_that_does_not_heed_what_was_asked_is_no_200_with_prose(asked: Any, answer: Answer) -> None:
    with _on([answer]) as (_server, client):
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(model="openai:m", messages=WISH, **asked)
        assert refused.value.code == "unsupported_parameter"


FILM = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "year": {"type": "integer"}, "with": {"$ref": "#/$defs/w"}},
    "required": ["title", "year"],
    "additionalProperties": False,
    "$defs": {"w": {"enum": ["De Niro", "Pacino"]}},
}


def _hear(client: openai.OpenAI, streamed: bool, heard: list[str], **asked: Any) -> None:
    """Ask once; the words that came, until an error that is raised, are added to `heard`."""
    asking = client.with_options(max_retries=0).chat.completions
    answer: Any = asking.create(model="openai:m", messages=WISH, stream=streamed, **asked)
    if not streamed:
        heard.append(answer.choices[0].message.content)
        return
    for chunk in answer:
        heard += [choice.delta.content or "" for choice in chunk.choices]


def _by(schema: Any) -> Any:
    return {"type": "json_schema", "json_schema": {"name": "film", "strict": True, "schema": schema}}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "asked",
    [
        {"tools": [TOOL], "tool_choice": "required"},
        {"response_format": {"type": "json_object"}},
        {"response_format": _by(FILM)},
    ],
)
@pytest.mark.parametrize("finish", ["stop", "length"])
def test_prose_in_place_of_a_call_or_of_json_is_an_error_and_nothing_of_it_is_sent(
    asked: Any, streamed: bool, finish: str
) -> None:
    words = [_piece({"content": word}) for word in ("How about ", "Casino?")]
    script = (
        stream(*words, _piece({}, finish)) if streamed else completion("How about Casino?", finish=finish)
    )
    heard: list[str] = []
    with _on([script]) as (_, client), pytest.raises(openai.APIError, match="does not heed"):
        _hear(client, streamed, heard, **asked)
    assert not any(heard)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('{"title": "Casino"}', "it is against 'required'"),
        ('{"title": "Casino", "year": "1995"}', "year is against 'type': \"integer\""),
        ('{"title": "Casino", "year": 1995, "stars": 5}', "it is against 'additionalProperties'"),
        ('{"title": "Casino", "year": 1995, "with": "Pesci"}', "with is against 'enum'"),
        ("[]", "it is against 'type'"),
    ],
)
def test_json_outside_of_the_schema_is_an_error_that_says_where(
    said: str, fault: str, streamed: bool
) -> None:
    half = len(said) // 2
    script = stream(_piece({"content": said[:half]}), _piece({"content": said[half:]}, "stop"))
    heard: list[str] = []
    with (
        _on([script if streamed else completion(said)]) as (_, client),
        pytest.raises(openai.APIError, match=fault),
    ):
        _hear(client, streamed, heard, response_format=_by(FILM))
    assert not any(heard)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (FILM, '```json\n{"title": "Casino", "year": 1995, "with": "Pacino"}\n```'),
        (FILM, '{"title": "Casino", "year": 1995}'),
        ({"type": "object", "properties": {"a": {"pattern": "^(a+)+$"}}}, '{"a": "%sb"}' % ("a" * 40)),
        ({"$ref": "https://example.invalid/film.json"}, '{"title": 7}'),
    ],
    ids=["in a block of code", "as it is", "a pattern is not tried", "nothing is fetched"],
)
def test_json_of_the_schema_comes_as_json_alone(schema: Any, said: str, streamed: bool) -> None:
    heard: list[str] = []
    with _on([stream(_piece({"content": said}, "stop")) if streamed else completion(said)]) as (_, client):
        _hear(client, streamed, heard, response_format=_by(schema))
    assert "".join(heard) == said.removeprefix("```json\n").removesuffix("\n```")


def test_a_schema_that_is_none_is_a_400_that_says_where() -> None:
    with _on([completion("{}")]) as (server, client):
        with pytest.raises(
            openai.BadRequestError, match=r"the schema at properties\.a\.type is none"
        ) as refused:
            client.chat.completions.create(
                model="openai:m",
                messages=WISH,
                response_format=_by({"type": "object", "properties": {"a": {"type": "text"}}}),
            )
        assert (refused.value.param, refused.value.code) == ("response_format", "invalid_json_schema")
        assert not server.requests


@pytest.mark.parametrize("said", ['"Casino"', "[1]", "7", "NaN"])
def test_a_json_object_is_an_object(said: str) -> None:
    with _on([completion(said)]) as (_, client), pytest.raises(openai.BadRequestError, match="does not heed"):
        client.chat.completions.create(
            model="openai:m", messages=WISH, response_format={"type": "json_object"}
        )


def test_json_that_the_limit_cut_says_so_and_prose_in_a_stream_ends_in_an_error() -> None:
    asked: Any = {"model": "openai:m", "messages": WISH, "response_format": {"type": "json_object"}}
    prose = stream(_piece({"content": "Sure!"}), _piece({}, "stop"))
    cut = completion('{"title": "Cas', finish="length")
    with _on([cut, prose]) as (_, client):
        assert client.chat.completions.create(**asked).choices[0].finish_reason == "length"
        with pytest.raises(openai.APIError, match="does not heed response_format"):
            list(client.chat.completions.create(**asked, stream=True))


def test_a_json_reply_in_time_is_none_of_the_fixed_sentences_when_the_clock_ends_it() -> None:
    with _on([Answer(delay=None)]) as (_, client), pytest.raises(openai.InternalServerError) as busy:
        client.chat.completions.create(
            model="openai:m",
            messages=WISH,
            response_format={"type": "json_object"},
            extra_body={"usbrec": {"deadline": 0.4}},
        )
    assert busy.value.status_code == 503


def test_tools_that_may_not_be_called_leave_the_conversation_what_it_is() -> None:
    with _on([completion("Casino (1995)!")]) as (server, client):
        answer = client.chat.completions.create(
            model="openai:m", messages=WISH, tools=[TOOL], tool_choice="none"
        )
        assert "tools" not in server.requests[0].body
        assert "Collateral (2004)" in server.requests[0].body["messages"][-1]["content"]
    assert (answer.model_extra or {})["usbrec"]["passed_on"] is None


def _named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def test_tools_that_open_webui_offers_in_every_chat_do_not_cost_it_the_recommendation() -> None:
    own = [_named(name) for name in ("get_current_timestamp", "calculate_timestamp", "search_chats")]
    for tools, choice, passed_on in (
        (own, None, None),
        (own, "auto", None),
        (own, "required", "tools"),
        ([*own, TOOL], None, "tools"),
        ([_named("search_web")], None, "tools"),
    ):
        call = CALL if choice is None else {**CALL, "function": {"name": "search_chats", "arguments": "{}"}}
        with _on([_called(call) if passed_on else completion("Casino (1995)!")]) as (server, client):
            asked: Any = {} if choice is None else {"tool_choice": choice}
            answer = client.chat.completions.create(model="openai:m", messages=WISH, tools=tools, **asked)
            assert (answer.model_extra or {})["usbrec"]["passed_on"] == passed_on
            assert ("Collateral" in str(server.requests[0].body)) == (passed_on is None)


def test_what_asks_for_nothing_that_there_is_gets_a_400() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        for body, param in (
            ({"response_format": {"type": "xml"}}, "response_format.type"),
            ({"response_format": {}}, "response_format.type"),
            ({"tool_choice": "required"}, "tool_choice"),
            ({"tools": [TOOL], "tool_choice": "look up"}, "tool_choice"),
            (
                {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "buy"}}},
                "tool_choice",
            ),
            ({"functions": [TOOL["function"]], "function_call": {"name": "look_up"}}, "functions"),
            ({"functions": [TOOL["function"]]}, "functions"),
            ({"guided_json": {"type": "object"}}, "guided_json"),
            ({"structured_outputs": {"json": {}}}, "structured_outputs"),
            ({"format": "json"}, "format"),
            (b'{"messages": [{"role": "user", "content": "x"}], "tools": [{"a": "\\ud800"}]}', "tools.0"),
            (b'{"messages": [{"role": "user", "content": "x"}], "tools": [{"a": NaN}]}', "tools.0"),
        ):
            sent = body if isinstance(body, bytes) else {"messages": WISH, **body}
            status, answer, _ = service.send("POST", "/v1/chat/completions", sent)
            assert (status, answer["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ({"type": "auto"}, "auto"),
        ("AUTO", "auto"),
        ({"type": "any"}, "required"),
        ("any", "required"),
        ("look_up", NAMED),
    ],
)
def test_a_tool_choice_in_another_clients_words_is_what_it_means(choice: Any, sent: Any) -> None:
    with LocalServer([_called(CALL)]) as server, Running(_upstream(server)) as service:
        body = {"model": "openai:m", "messages": WISH, "tools": [TOOL], "tool_choice": choice}
        status, answer, _ = service.send("POST", "/v1/chat/completions", body)
        assert (status, server.requests[0].body["tool_choice"]) == (200, sent)
        assert answer["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "look_up"


def test_a_choice_of_auto_or_none_in_an_object_forces_no_call() -> None:
    with LocalServer([completion("Try Casino (1995).")]) as server, Running(_upstream(server)) as service:
        for kind, passed in (("auto", "tools"), ("none", None)):
            body = {"messages": WISH, "model": "openai:m", "tools": [TOOL], "tool_choice": {"type": kind}}
            status, answer, _ = service.send("POST", "/v1/chat/completions", body)
            assert (status, answer["usbrec"].get("passed_on")) == (200, passed)


LOVED = "Result: Alien (1979) and Finding Nemo (2003), which I loved!"
WITH_RESULT: list[Any] = [
    {"role": "developer", "content": "The customer adores Alien (1979)."},
    *WISH,
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": LOVED},
]


def test_a_tools_result_is_data_for_the_model_and_nobodys_taste() -> None:
    model = ScriptedModel(replies)
    with Running(twins_on(model)) as service, service.client() as client:
        answer = client.chat.completions.create(model="scripted:ses", messages=WITH_RESULT)
        trace = (answer.model_extra or {})["usbrec"]["trace"]
    assert "Liked items: Goodfellas (1990)" in trace["profile"]
    assert "Alien" not in trace["profile"]
    assert "Nemo" not in trace["profile"]
    first = model.requests[0].messages
    assert first[0].content == "The customer adores Alien (1979)."
    assert first[-1].content == f"Result of the tool look_up:\n{LOVED}\n\n{WISH[0]['content']}"


def test_a_result_behind_the_recommenders_words_is_no_turn_of_anybody() -> None:
    body = ChatBody.model_validate(
        {
            "messages": [
                *WISH,
                {"role": "assistant", "content": "Let me look.", "tool_calls": [CALL]},
                {"role": "function", "name": "look_up", "content": "Alien (1979)"},
                {"role": "assistant", "content": [{"type": "refusal", "refusal": "I cannot."}]},
                {"role": "user", "content": "Well?"},
            ]
        }
    )
    turns = body.conversation().turns
    assert transcript(turns) == (
        f"Seeker: {WISH[0]['content']}\nRecommender: Let me look.\nRecommender: I cannot.\nSeeker: Well?"
    )
    shown = messages_for("recommender", "", turns, opening="Hello!")
    assert [message.content for message in shown] == [
        WISH[0]["content"],
        "Let me look.",
        "Result of the tool look_up:\nAlien (1979)",
        "I cannot.",
        "Well?",
    ]
    seen_by_the_seeker = messages_for("seeker", "", turns, opening="Hello!")
    assert not any("Alien" in message.content for message in seen_by_the_seeker)


def test_what_was_stored_of_a_conversation_with_tools_keeps_data_apart_and_json_is_not_stored(
    tmp_path: Any,
) -> None:
    kept = Running(twins_on(ScriptedModel(replies)), store=tmp_path / "s.db")
    with kept as service, service.client() as client:
        answer = client.chat.completions.create(
            model="scripted", messages=WITH_RESULT, extra_body={"usbrec": {"store": True}}
        )
        session = (answer.model_extra or {})["usbrec"]["session"]
        task = TASKS[0]
        client.chat.completions.create(
            model="scripted",
            messages=[{"role": "user", "content": task}],
            extra_body={"usbrec": {"session": session}},
        )
    store = Store(tmp_path / "s.db")
    (exchange,) = store.sessions()[0].exchanges.values()
    store.close()
    assert [turn.text for turn in exchange.turns] == [WISH[0]["content"]]
    assert LOVED in exchange.turns[0].data


HISTORY = f"USER: {WISH[0]['content']}\nASSISTANT: Casino (1995)!"
#: As Open WebUI writes them, shortened.
TASKS = [
    "Provide a concise, 5-word-or-less title for the conversation, using its same language.\n\n"
    f"Conversation:\n{HISTORY}",
    '### Task:\nGenerate a concise title summarizing the chat history.\n### Output:\nJSON format: { "title": '
    f'"your concise title here" }}\n### Chat History:\n<chat_history>\n{HISTORY}\n</chat_history>',
    "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history.\n"
    f"### Chat History:\n<chat_history>\n{HISTORY}\n</chat_history>",
    "### Task:\nPredict 3-5 useful messages this user might naturally send next.\n"
    f'### Output:\nJSON format: {{ "follow_ups": [] }}\n<chat_history>\n{HISTORY}\n</chat_history>\n',
    "### Task:\nSummarize the conversation history that will be compacted out of the active chat context.\n"
    f"### Messages Being Compacted:\n{HISTORY}",
    "Your task is to reflect the speaker's likely facial expression through a fitting emoji.\n\n"
    "Message: ```I loved Goodfellas (1990)```",
]


@pytest.mark.parametrize("task", TASKS)
def test_a_front_ends_task_goes_to_the_plain_model_without_candidates_or_a_search(task: str) -> None:
    title = '{ "title": "Crime Films" }'
    with _on([completion(title)]) as (server, client):
        answer = client.chat.completions.create(
            model="openai:m:ses", messages=[{"role": "user", "content": task}], max_tokens=1000
        )
        (asked,) = (seen.body for seen in server.requests)
    assert answer.choices[0].message.content == title
    ours = (answer.model_extra or {})["usbrec"]
    assert (ours["passed_on"], ours["items"], ours["trace"], ours["enhanced"]) == ("task", [], None, False)
    assert asked["messages"] == [{"role": "user", "content": task}]
    assert asked["max_tokens"] == 1000


def test_what_a_person_asks_below_a_heading_or_with_documents_is_a_conversation() -> None:
    answers = [completion("Casino (1995)!")]
    documents = (
        "### Task:\nRespond to the user query using the provided context.\n<context>\nAlien\n</context>\n"
    )
    with _on(answers) as (server, client):
        for said in ("### Task:\nRecommend me a crime film.", documents + WISH[0]["content"]):
            answer = client.chat.completions.create(
                model="openai:m", messages=[{"role": "user", "content": said}]
            )
            assert (answer.model_extra or {})["usbrec"]["passed_on"] is None
        assert all("Collateral" in str(seen.body["messages"]) for seen in server.requests)


def test_a_task_where_no_language_model_answers_is_refused_and_tools_on_offer_are_not() -> None:
    served = seat_models(load_config(None, {"seats": {"recommender": "rules:popular"}}), CATALOGUE)
    with Running(served) as service, service.client() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(
                model="rules:popular", messages=[{"role": "user", "content": TASKS[0]}]
            )
        assert refused.value.code == "no_language_model"
        answer = client.chat.completions.create(model="rules:popular", messages=WISH, tools=[TOOL])
        assert answer.choices[0].message.content


def test_thoughts_before_the_json_are_told_apart() -> None:
    said = '<think>Which one? {"title": "Alien"}</think>{"title": "Casino"}'
    with _on([completion(said)]) as (_server, client):
        answer = client.chat.completions.create(
            model="openai:m", messages=WISH, response_format={"type": "json_object"}
        )
    assert json.loads(answer.choices[0].message.content or "") == {"title": "Casino"}


def test_a_server_without_a_system_role_gets_the_messages_of_a_tool_request_too() -> None:
    def answer(seen: Seen) -> Answer:
        if any(message["role"] == "system" for message in seen.body["messages"]):
            return complaint("System role not supported")
        return _called(CALL)

    with _on(answer) as (server, client):
        messages: list[Any] = [{"role": "system", "content": "Be brief."}, *WISH]
        said = client.chat.completions.create(model="openai:m", messages=messages, tools=[TOOL])
        assert said.choices[0].message.tool_calls
        assert server.requests[-1].body["messages"][0]["content"] == f"Be brief.\n\n{WISH[0]['content']}"


def test_the_plain_reply_is_what_it_was() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service, service.client() as client:
        answer = client.chat.completions.create(
            model="scripted", messages=WISH, response_format={"type": "text"}
        )
    assert answer.choices[0].message.content == DRAFTS[0]


@pytest.mark.model
@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_in_this_process_gives_json_by_a_grammar_and_refuses_calls(streamed: bool) -> None:
    served = seat_models(load_config(None, {"seats": {"recommender": "smollm2-135m"}}), CATALOGUE)
    schema = {"type": "object", "properties": {"year": {"type": "integer"}}, "required": ["year"]}
    json_schema = {"name": "film", "schema": {**schema, "additionalProperties": False}}
    asked: Any = {"model": "smollm2-135m:ses", "messages": WISH, "stream": streamed}
    with Running(served) as service, service.client() as client:
        found = client.chat.completions.create(
            **asked,
            response_format={"type": "json_schema", "json_schema": json_schema},
            max_tokens=100,
        )
        if streamed:
            text = "".join(chunk.choices[0].delta.content or "" for chunk in found)
        else:
            text = found.choices[0].message.content
        assert isinstance(json.loads(text)["year"], int)
        with pytest.raises(openai.BadRequestError, match="smollm2-135m gives no tools"):
            client.chat.completions.create(**asked, tools=[TOOL], tool_choice="required")


@pytest.mark.parametrize(
    "said",
    [
        "<think>Heat (1995)? No.</think>\n\nTry Casino (1995).",
        "Heat (1995)? No.\n</think>\nTry Casino (1995).",
        "[THINK]Heat (1995)? No.[/THINK]Try Casino (1995).",
        '<think time="3">Heat (1995)? No.</think>Try Casino (1995).',
        "<think>Heat (1995)? No.</thinking>\nTry Casino (1995).",
        '<details type="reasoning" done="true" duration="4">\n<summary>Thought for 4 seconds</summary>\n'
        "> Heat (1995)? No.\n</details>\nTry Casino (1995).",
        ":::thinking\nHeat (1995)? No.\n:::\nTry Casino (1995).",
    ],
)
def test_thoughts_that_a_client_sends_back_are_no_part_of_the_dialogue(said: str) -> None:
    messages = [{"role": "user", "content": "A film?"}, {"role": "assistant", "content": said}, *WISH]
    conversation = ChatBody.model_validate({"model": "m", "messages": messages}).conversation()
    assert [turn.text for turn in conversation.turns] == ["A film?", "Try Casino (1995).", WISH[0]["content"]]
    assert "Heat (1995)" in conversation.turns[1].reasoning


def test_a_message_of_thoughts_alone_is_nothing_said() -> None:
    messages = [{"role": "assistant", "content": "<think>Heat (1995), perhaps"}, *WISH]
    conversation = ChatBody.model_validate({"model": "m", "messages": messages}).conversation()
    assert [turn.text for turn in conversation.turns] == [WISH[0]["content"]]


_PARTS: Any = [
    {"type": "thinking", "thinking": "Heat (1995)? No.", "signature": "x"},
    {"type": "reasoning", "text": "Heat (1995)? No."},
    {"type": "text", "text": "Try Casino (1995)."},
]


def test_parts_of_thoughts_that_a_client_sends_back_are_left_out() -> None:
    messages = [*WISH, {"role": "assistant", "content": _PARTS}, {"role": "user", "content": "Another?"}]
    conversation = ChatBody.model_validate({"model": "m", "messages": messages}).conversation()
    assert [turn.text for turn in conversation.turns][1] == "Try Casino (1995)."
    asked = {"input": [{"type": "message", **one} for one in messages]}
    conversation = ResponsesBody.model_validate(asked).to_chat().conversation()
    assert [turn.text for turn in conversation.turns][1] == "Try Casino (1995)."


@pytest.mark.parametrize("thought", [{"type": "text", "thought": True}, {"type": "Reasoning"}])
def test_parts_that_are_marked_as_thoughts_are_left_out_of_the_history(thought: Any) -> None:
    parts = [{**thought, "text": "Heat (1995)? No."}, {"type": "text", "text": "Try Casino (1995)."}]
    messages = [*WISH, {"role": "assistant", "content": parts}, {"role": "user", "content": "Another?"}]
    conversation = ChatBody.model_validate({"model": "m", "messages": messages}).conversation()
    assert conversation.turns[1].text.strip() == "Try Casino (1995)."
    asked = {"input": [{"type": "message", **one} for one in messages]}
    conversation = ResponsesBody.model_validate(asked).to_chat().conversation()
    assert conversation.turns[1].text.strip() == "Try Casino (1995)."


def test_thoughts_in_the_history_of_a_passed_on_request_stay_here() -> None:
    said = '<details type="reasoning" done="true">Heat (1995)? No.</details>\nTry Casino (1995).'
    history: Any = [*WISH, {"role": "assistant", "content": said}, {"role": "user", "content": "Another?"}]
    with _on([completion('{"title": "Casino"}')]) as (server, client):
        client.chat.completions.create(
            model="openai:m", messages=history, response_format={"type": "json_object"}
        )
        (asked,) = (seen.body["messages"] for seen in server.requests)
    assert asked[1] == {"role": "assistant", "content": "Try Casino (1995)."}


def _of(name: str, arguments: str) -> dict[str, Any]:
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize("choice", [NAMED, "required"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *(("buy", "{}"), ("", "{}"), ("functions.look_up", "{}"), ("look_up", '{"title": ')),
        *(("look_up", ""), ("look_up", "null"), ("look_up", "[1]")),
    ],
)
def test_a_forced_call_that_is_not_the_one_asked_for_is_a_502_that_says_so(
    choice: Any, name: str, arguments: str
) -> None:
    bad = _of(name, arguments)
    pieces = stream(_piece({"tool_calls": [{"index": 0, **bad}]}), _piece({}, "tool_calls"))
    for streamed, answer in ((False, _called(bad)), (True, pieces)):
        with _on([answer]) as (_server, client), pytest.raises(openai.APIError) as failed:
            _hear(client, streamed, [], tools=[TOOL], tool_choice=choice)
        assert "a call of" in str(failed.value)
        assert failed.value.code == "model_error"


@pytest.mark.parametrize("model", ["openai:m", "openai:m:ses"])
@pytest.mark.parametrize("asked", [{}, {"tools": [TOOL], "tool_choice": "none"}])
def test_a_call_that_nobody_offered_is_no_empty_reply(model: str, asked: Any) -> None:
    pieces = stream(_piece({"tool_calls": [{"index": 0, **CALL}]}), _piece({}, "tool_calls"))
    for streamed, answer in ((False, _called(CALL)), (True, pieces)):
        with _on([answer] * 40) as (_server, client):
            asking = client.with_options(max_retries=0).chat.completions
            try:
                got: Any = asking.create(model=model, messages=WISH, stream=streamed, **asked)
                parts = [one.choices[0].delta.content or "" for one in got] if streamed else []
                said = "".join(parts) if streamed else got.choices[0].message.content
            except openai.APIError as failed:
                assert failed.code == "model_error"  # noqa: PT017
            else:
                assert said.strip()
