"""The service speaks OpenAI's protocol over real sockets: with the real SDK, streaming and not."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import http.client
import json
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import openai
import pytest

from support.films import CATALOGUE
from support.servers import Answer, LocalServer, completion, stream
from support.service import DRAFTS, WISH, Running, replies, twins_on
from usbrec.config import Config, load_config
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.serve.models import ServedModels, seat_models


@pytest.fixture
def running() -> Iterator[Callable[..., Running]]:
    with contextlib.ExitStack() as stack:
        yield lambda twins, **options: stack.enter_context(Running(twins, **options))


Start = Callable[..., Running]


def test_both_models_are_listed_and_health_says_what_runs(running: Start) -> None:
    service = running(twins_on(ScriptedModel(replies)))
    with service.client() as client:
        listed = client.models.list().data
        assert [model.id for model in listed] == ["scripted", "scripted:ses"]
        assert [(model.model_extra or {})["usbrec"]["enhanced"] for model in listed] == [False, True]
        assert client.models.retrieve("scripted:ses").id == "scripted:ses"
        with pytest.raises(openai.NotFoundError) as missing:
            client.models.retrieve("gpt-9")
    assert missing.value.code == "model_not_found"
    status, health, _ = service.send("GET", "/health")
    assert (status, health["status"], health["model"], health["enhanced"]) == (200, "ok", "scripted", False)


def test_a_plain_reply_names_its_items_beside_the_text(running: Start) -> None:
    with running(twins_on(ScriptedModel(replies))).client() as client:
        answer = client.chat.completions.create(model="scripted", messages=WISH)
    assert answer.choices[0].message.content == DRAFTS[0]
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3
    ours = (answer.model_extra or {})["usbrec"]
    assert ours["items"][0] == {
        "id": "f16",
        "title": "Finding Nemo",
        "year": 2003,
        "genres": ["Animation", "Family"],
        "people": ["Andrew Stanton", "Albert Brooks"],
        "text": "",
    }
    assert (ours["enhanced"], ours["trace"], ours["session"]) == (False, None, None)


def test_the_enhanced_twin_says_the_best_draft_and_shows_the_search(running: Start) -> None:
    with running(twins_on(ScriptedModel(replies))).client() as client:
        answer = client.chat.completions.create(model="scripted:ses", messages=WISH)
    assert answer.choices[0].message.content == "Casino (1995)!"
    trace = (answer.model_extra or {})["usbrec"]["trace"]
    assert [draft["text"] for draft in trace["drafts"]] == DRAFTS
    assert trace["chosen"] == 1
    leaf = trace["drafts"][1]["leaves"][0]
    assert leaf["value"] == leaf["score"]["value"] > trace["drafts"][0]["leaves"][0]["value"]
    assert leaf["turns"][0]["role"] == "seeker"
    assert trace["drafts"][1]["unfinished"] is False
    assert "Liked items: Goodfellas (1990)" in trace["profile"]


def test_a_stream_has_the_chunks_that_clients_expect(running: Start) -> None:
    service = running(twins_on(ScriptedModel(replies)))
    with service.client() as client:
        chunks = list(
            client.chat.completions.create(
                model="scripted", messages=WISH, stream=True, stream_options={"include_usage": True}
            )
        )
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == DRAFTS[0]
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]][-2:] == [None, "stop"]
    assert (chunks[-2].model_extra or {})["usbrec"]["items"][0]["title"] == "Finding Nemo"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    body = {"model": "scripted", "messages": WISH, "stream": True}
    status, text, headers = service.send("POST", "/v1/chat/completions", body)
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert text.rstrip().splitlines()[-1] == "data: [DONE]"
    assert '"choices":[]' not in text


def test_an_enhanced_stream_reports_its_progress_only_when_asked(running: Start) -> None:
    with running(twins_on(ScriptedModel(replies))).client() as client:
        asked = {"model": "scripted:ses", "messages": WISH, "stream": True}
        plain = list(client.chat.completions.create(**asked))
        told = list(client.chat.completions.create(**asked, extra_body={"usbrec": {"progress": True}}))
    assert not any("progress" in ((chunk.model_extra or {}).get("usbrec") or {}) for chunk in plain)
    news = [
        chunk.model_extra["usbrec"]["progress"]
        for chunk in told
        if chunk.model_extra and "progress" in (chunk.model_extra.get("usbrec") or {})
    ]
    assert news[0] == {"stage": "drafting", "drafts": 0, "of": 4}
    assert {one["stage"] for one in news} == {"drafting", "playing", "judging"}
    assert news[-1] == {"stage": "playing", "drafts": 3, "of": 3}
    assert "".join(chunk.choices[0].delta.content or "" for chunk in told) == "Casino (1995)!"


def test_a_silent_stream_is_kept_alive_while_the_search_runs(running: Start) -> None:
    service = running(
        twins_on(ScriptedModel(replies, tokens_per_second=1.2), rounds=1), serving={"keep_alive": 0.1}
    )
    body = {"model": "scripted:ses", "messages": WISH, "stream": True}
    _, text, _ = service.send("POST", "/v1/chat/completions", body)
    assert text.count(": keep-alive\n\n") >= 2
    assert text.index(": keep-alive") < text.index("Casino")


def test_the_applications_system_message_stands_in_place_of_ours(running: Start) -> None:
    model = ScriptedModel(replies)
    service = running(twins_on(model))
    with service.client() as client:
        for system in ("You sell films.", None):
            own = [] if system is None else [{"role": "system", "content": system}]
            client.chat.completions.create(model="scripted", messages=[*own, *WISH])
        client.chat.completions.create(
            model="scripted:ses", messages=[{"role": "developer", "content": "You sell films."}, *WISH]
        )
    systems = [request.messages[0].content for request in model.requests]
    assert systems[:2] == ["You sell films.", "S"]
    assert set(systems[2:]) == {"You sell films."}


def test_a_request_has_its_own_budget_and_profile(running: Start) -> None:
    model = ScriptedModel(lambda request: [f"Casino (1995) {number}!" for number in range(request.n)])
    with running(twins_on(model), serving={"most_drafts": 6}).client() as client:
        asked = {"model": "scripted:ses", "messages": WISH}
        taste = "Liked genres: Horror\nDisliked items: Casino (1995)"
        extra = {"drafts": 6, "rounds": 1, "profile": taste}
        answer = client.chat.completions.create(**asked, extra_body={"usbrec": extra})
        trace = (answer.model_extra or {})["usbrec"]["trace"]
        # Six were asked for; the first of the others is the greedy one again.
        assert len(trace["drafts"]) == 5
        assert all(draft["leaves"][0]["turns"] == [] for draft in trace["drafts"])
        assert "Liked genres: Horror" in trace["profile"]
        assert "Goodfellas" not in trace["profile"]
        own_words = {"profile": "I only want scary horror films.", "drafts": 1}
        answer = client.chat.completions.create(**asked, extra_body={"usbrec": own_words})
        trace = (answer.model_extra or {})["usbrec"]["trace"]
        assert "Liked genres: horror" in trace["profile"]
        assert len(trace["drafts"]) == 1
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(**asked, extra_body={"usbrec": {"drafts": 7}})
    assert refused.value.param == "usbrec.drafts"


def test_the_setting_against_going_in_circles_holds_where_the_request_says_nothing(running: Start) -> None:
    model = ScriptedModel(replies)
    with running(twins_on(model)).client() as client:
        for own in ({}, {"frequency_penalty": 0.0}, {"frequency_penalty": 1.5}, {"frequency_penalty": -1.0}):
            client.chat.completions.create(model="scripted", messages=WISH, **own)
    asked = [request.frequency_penalty for request in model.requests if isinstance(request, ChatRequest)]
    assert asked == [Config().play.frequency_penalty, 0.0, 1.5, 0.0]


def test_both_names_of_the_length_limit_hold_and_a_cut_reply_says_so(running: Start) -> None:
    with running(twins_on(ScriptedModel(lambda _: "one two three four"))).client() as client:
        for name in ("max_tokens", "max_completion_tokens"):
            answer = client.chat.completions.create(model="scripted", messages=WISH, **{name: 2})
            assert answer.choices[0].message.content == "one two"
            assert answer.choices[0].finish_reason == "length"
        answer = client.chat.completions.create(model="scripted", messages=WISH, stop=" three", n=2)
    assert [choice.message.content for choice in answer.choices] == ["one two", "one two"]


def test_unusable_requests_get_openais_errors(running: Start) -> None:
    service = running(twins_on(ScriptedModel(replies)))
    picture = [{"type": "image_url", "image_url": {"url": "data:,"}}]
    for body, status, param in (
        ({"messages": WISH, "model": "gpt-9"}, 404, "model"),
        ({"messages": []}, 400, "messages"),
        ({"messages": WISH, "temperature": 9}, 400, "temperature"),
        ({"messages": [{"role": "user", "content": picture}]}, 400, "messages.0.content"),
        ({"messages": [{"role": "user", "content": "  "}]}, 400, "messages"),
        ({"messages": WISH, "logprobs": True}, 400, "logprobs"),
        (b"{", 400, None),
        (b"[" * 100_000, 400, None),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', 400, None),
        (b'{"messages": 1, "seed": ' + b"9" * 9000 + b"}", 400, None),
    ):
        found, answer, _ = service.send("POST", "/v1/chat/completions", body)
        assert found == status, answer
        assert set(answer["error"]) == {"message", "type", "param", "code"}
        assert param is None or answer["error"]["param"] == param
    assert service.send("GET", "/nowhere")[0] == 404
    status, answer, _ = service.send("PUT", "/v1/models")
    assert (status, answer["error"]["type"]) == (405, "invalid_request_error")


def test_a_path_that_is_not_there_says_which_are(running: Start) -> None:
    service = running(twins_on(ScriptedModel(replies)))
    for path in ("/v1/completions", "/v1/embeddings", "/chat/completions"):
        status, answer, _ = service.send("POST", path, {"model": "scripted", "prompt": "x"})
        assert (status, answer["error"]["code"]) == (404, "not_found")
        assert "POST /v1/chat/completions" in answer["error"]["message"]
    with service.client() as client, pytest.raises(openai.NotFoundError, match="/v1/chat/completions"):
        client.embeddings.create(model="scripted", input="x")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
def test_a_body_in_json_is_read_whatever_its_content_type_and_another_is_told(
    running: Start, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "usbrec.serve")
    service = running(twins_on(ScriptedModel(replies)))
    body = json.dumps({"messages": WISH, "input": WISH[0]["content"]}).encode()
    for kind, sent, status in (
        (None, body, 200),
        ("application/json; charset=utf-8", body, 200),
        ("text/plain", body, 200),
        ("application/x-www-form-urlencoded", body, 200),
        ("", body, 200),
        ("text/plain", b"a film", 400),
        ("application/x-www-form-urlencoded", b"messages=film", 400),
        ("text/plain", body[:-1], 400),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("POST", path, sent, {} if kind is None else {"content-type": kind})
            answer = connection.getresponse()
            said = json.loads(answer.read())
        assert answer.status == status, kind
        if status == 400:
            assert "Content-Type: application/json" in said["error"]["message"]
    lines = [getattr(record, "fields", {}) for record in caplog.records]
    assert {line.get("reason") for line in lines if line.get("status") == 400} == {"content_type"}


def test_several_replies_differ_or_say_why_not(running: Start) -> None:
    model = ScriptedModel(lambda request: DRAFTS if request.temperature else DRAFTS[0])
    with running(twins_on(model)).client() as client:
        several = client.chat.completions.create(model="scripted", messages=WISH, n=3)
        assert len({choice.message.content for choice in several.choices}) == 3
        assert (several.model_extra or {})["usbrec"]["note"] is None
        same = client.chat.completions.create(model="scripted", messages=WISH, n=3, temperature=0)
        assert len({choice.message.content for choice in same.choices}) == 1
        assert "temperature 0" in (same.model_extra or {})["usbrec"]["note"]
        chunks = list(
            client.chat.completions.create(model="scripted", messages=WISH, n=2, temperature=0, stream=True)
        )
        (note,) = [(chunk.model_extra or {})["usbrec"]["note"] for chunk in chunks if chunk.model_extra]
        assert "temperature 0" in note
        ranked = client.chat.completions.create(model="scripted:ses", messages=WISH, n=3, temperature=0)
        assert len({choice.message.content for choice in ranked.choices}) == 3


def test_models_are_listed_with_a_slash_at_the_end_as_well(running: Start) -> None:
    service = running(twins_on(ScriptedModel(replies)))
    status, listed, _ = service.send("GET", "/v1/models/")
    assert status == 200
    assert listed == service.send("GET", "/v1/models")[1]


def test_parts_tools_and_unknown_fields_are_taken_as_clients_send_them(running: Start) -> None:
    model = ScriptedModel(replies)
    with running(twins_on(model)).client() as client:
        answer = client.chat.completions.create(
            model="scripted",
            messages=[
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "Hi."}, {"type": "text", "text": "Well?"}],
                },
                {"role": "assistant", "content": None, "tool_calls": []},
                {"role": "user", "content": "A film."},
            ],
            tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
            extra_body={"chat_id": "x", "metadata": {"a": 1}, "usbrec": {"other": 1}},
            presence_penalty=0.1,
            top_p=0,
            seed=-5,
        )
    assert answer.choices[0].message.content
    assert [message.content for message in model.requests[0].messages] == ["S", "Hi.\nWell?\nA film."]


def _failing(request: ChatRequest) -> str:
    from usbrec.errors import ModelRefused, ModelUnavailable, PromptTooLong

    text = request.messages[-1].content
    if "long" in text:
        raise PromptTooLong("The prompt does not fit.")
    if "refuse" in text:
        raise ModelRefused("No.")
    if "bug" in text:
        raise ZeroDivisionError("secret text")
    raise ModelUnavailable("It is away.")


@pytest.mark.parametrize("streamed", [False, True])
def test_a_models_failure_is_an_openai_error_with_a_status(running: Start, streamed: bool) -> None:
    service = running(twins_on(ScriptedModel(_failing)))
    for word, status, code in (
        ("long", 400, "context_length_exceeded"),
        ("refuse", 502, "model_refused"),
        ("away", 503, "model_unavailable"),
        ("bug", 500, "internal_error"),
    ):
        body = {"messages": [{"role": "user", "content": word}], "stream": streamed}
        found, answer, _ = service.send("POST", "/v1/chat/completions", body)
        assert (found, answer["error"]["code"]) == (status, code)
        assert "secret" not in str(answer)
    assert service.send("GET", "/health")[0] == 200


def _upstream(server: LocalServer, **settings: Any) -> ServedModels:
    overrides = {
        "seats": {"recommender": "openai:m"},
        "models": {"base_url": server.url, "max_retries": 0, "timeout": 10.0},
        **settings,
    }
    return seat_models(load_config(None, overrides), None)


def _piece(text: str | None, finish: str | None = None) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_a_backend_that_dies_in_the_middle_ends_the_stream_with_an_error(running: Start) -> None:
    broken = stream(_piece("Half a "), _piece("reply"), done=False, drop="midway")
    with LocalServer([broken]) as server:
        service = running(_upstream(server))
        with service.client() as client:
            heard = []

            def listen() -> None:
                chunks = client.chat.completions.create(model="openai:m", messages=WISH, stream=True)
                heard.extend(chunk.choices[0].delta.content or "" for chunk in chunks)

            with pytest.raises(openai.APIError) as broken_off:
                listen()
            assert broken_off.value.code in ("model_error", "model_unavailable")
            assert "".join(heard) == "Half a reply"
            with pytest.raises(openai.InternalServerError):
                client.chat.completions.create(model="openai:m", messages=WISH)


@pytest.mark.parametrize("streamed", [False, True])
def test_when_the_client_goes_away_the_models_call_is_ended(running: Start, streamed: bool) -> None:
    # Nothing is being written at the moment of going away: it would fail before it is noticed who is gone.
    slow = stream(*(_piece("word ") for _ in range(40)), pause=0.5) if streamed else Answer(delay=None)
    with LocalServer([slow]) as server:
        service = running(_upstream(server))
        body = json.dumps({"messages": WISH, "stream": streamed}).encode()
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n"
            connection.sendall(head.encode() + b"content-type: application/json\r\n\r\n" + body)
            assert server.arrived.wait(5)
            if streamed:
                assert connection.recv(100)
        assert server.left.wait(5)


def test_candidates_go_before_the_model_where_a_catalogue_is_there() -> None:
    with LocalServer([completion("Casino (1995)!")]) as server:
        config = load_config(
            None, {"seats": {"recommender": "openai:m"}, "models": {"base_url": server.url, "max_retries": 0}}
        )
        twins = seat_models(config, CATALOGUE)
        assert list(twins.models) == ["openai:m", "openai:m:ses"]
        assert twins.candidates == 10
        with Running(twins) as service, service.client() as client:
            answer = client.chat.completions.create(model="openai:m", messages=WISH)
            assert (answer.model_extra or {})["usbrec"]["items"][0]["title"] == "Casino"
            _, info, _ = service.send("GET", "/v1/usbrec/info")
        assert (info["catalogue"], info["store"]) == (20, False)
        assert "Collateral (2004)" in server.requests[0].body["messages"][-1]["content"]


async def test_a_first_token_that_is_no_word_does_not_keep_the_service_from_starting() -> None:
    class Here(ScriptedModel):
        parallel = False

    model = Here(lambda _: " ")
    await twins_on(model).warm_up()
    assert len(model.requests) == 1


async def test_what_candidates_are_looked_up_in_is_built_before_anybody_asks() -> None:
    given = {"seats": {"recommender": "openai:m"}, "models": {"base_url": "http://127.0.0.1:9/v1"}}
    twins = seat_models(load_config(None, given), CATALOGUE)
    lookups = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            lookups.append(name)
            return getattr(twins.seat.grounding, name)

    await replace(twins, seat=replace(twins.seat, grounding=Watched())).warm_up()
    assert "candidates" in lookups
    await twins.aclose()


def test_the_enhanced_twin_comes_first_when_asked_for_and_controls_have_none() -> None:
    script = {"seats": {"recommender": "rules:popular"}}
    assert list(seat_models(load_config(None, script), CATALOGUE).models) == ["rules:popular"]
    with LocalServer([completion("x")]) as server:
        given = {
            "enhanced": True,
            "seats": {"recommender": "openai:m"},
            "models": {"base_url": server.url},
        }
        assert list(seat_models(load_config(None, given), None).models) == ["openai:m:ses", "openai:m"]


def test_too_many_requests_are_sent_away_and_the_others_wait_their_turn() -> None:
    twins = replace(twins_on(ScriptedModel(lambda _: "one two", tokens_per_second=8.0)), at_once=1)
    with Running(twins, serving={"waiting": 2}) as service:

        async def crowd() -> list[str]:
            async with openai.AsyncOpenAI(base_url=service.url, api_key="none", max_retries=0) as client:

                async def one() -> str:
                    try:
                        answer = await client.chat.completions.create(model="scripted", messages=WISH)
                    except openai.RateLimitError as error:
                        return str(error.code)
                    return str(answer.choices[0].message.content)

                return await asyncio.gather(*(one() for _ in range(6)))

        assert sorted(asyncio.run(crowd())) == ["one two"] * 3 + ["queue_full"] * 3
        # Whoever was sent away left no place taken.
        with service.client() as client:
            assert client.chat.completions.create(model="scripted", messages=WISH).choices


def test_settings_of_the_service_decide_no_answer() -> None:
    quick = load_config(None, {"serving": {"deadline": 2.0, "waiting": 1}})
    assert quick.decides() == Config().decides()


def test_a_stop_text_at_the_replys_beginning_leaves_an_empty_reply_and_no_error(running: Start) -> None:
    """The model did what was asked of it: OpenAI's answer there is "" and "stop"."""
    with running(twins_on(ScriptedModel(lambda _: "Try Heat (1995)."))).client() as client:
        answer = client.chat.completions.create(model="scripted", messages=WISH, stop="T")
        assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("", "stop")
        chunks = list(client.chat.completions.create(model="scripted", messages=WISH, stop="T", stream=True))
        assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == ""
    with running(twins_on(ScriptedModel(lambda _: ""))).client() as client:
        with pytest.raises(openai.APIStatusError) as failed:
            client.chat.completions.create(model="scripted", messages=WISH)
        assert failed.value.status_code == 502


def test_a_compressed_body_is_told_with_what_to_do(running: Start) -> None:
    service = running(twins_on(ScriptedModel(replies)))
    body = gzip.compress(json.dumps({"messages": WISH}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, said, _ = service.send("POST", "/v1/chat/completions", body, headers=headers)
    assert (status, said["error"]["code"]) == (400, "content_encoding")
    assert "Content-Encoding: gzip is not read" in said["error"]["message"]
