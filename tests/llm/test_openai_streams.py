"""Streams of completions that go wrong before their first words, on a real socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from support.servers import Answer, LocalServer, completion, stream
from usbrec.errors import ModelRefused, ModelUnavailable, PromptTooLong, UnusableAnswer, UsbRecError
from usbrec.llm import ChatReply, ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel

ASKED = (Message("user", "A book?"),)
KIND = {"content-type": "text/event-stream", "retry-after-ms": "5"}
ROLE = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}


def said(*words: str) -> list[Any]:
    pieces = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in words]
    return [*pieces, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]


GOOD = stream(ROLE, *said("Try ", "Dracula"))


def raw(*chunks: str) -> Answer:
    return Answer(chunks=chunks, headers=KIND)


def events(*which: Any) -> Answer:
    return raw(*(f"data: {json.dumps(event)}\n\n" for event in which), "data: [DONE]\n\n")


def hear(server: LocalServer, times: int = 1, **setup: Any) -> tuple[ChatReply, str]:
    """The last reply, and all that was heard of it."""

    async def ask() -> tuple[ChatReply, str]:
        model = OpenAIModel("m", **{"base_url": server.url, "max_retries": 2, **setup})
        try:
            for _ in range(times):
                heard: list[str] = []
                reply = await model.chat(ChatRequest(ASKED, on_delta=heard.append))
            return reply, "".join(heard)
        finally:
            await model.aclose()

    return asyncio.run(ask())


BUSY = {"error": {"message": "Rate limit reached", "code": 429}}
PASSING: dict[str, Answer] = {
    "an error of 429": events(BUSY),
    "an error whose code is a text": events({"error": {"message": "x", "code": "503"}}),
    "an error without a code": events({"error": {"message": "the provider failed"}}),
    "an error that is a text": events({"error": "overloaded"}),
    "an error by a name": events({"error": {"message": "x", "type": "rate_limit_error"}}),
    "an error of vLLM": events({"object": "error", "message": "x", "code": 500}),
    "an error in a list": events([{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}]),
    "an event called error": raw('event: error\ndata: {"message": "busy", "code": 429}\n\n'),
    "an event called error, in words": raw("event: error\ndata: overloaded\n\n"),
    "an event called error, without words": raw("event: error\n\n"),
    "an event called error with an error in it": raw(
        'event: error\r\ndata: {"error": {"code": 503}}\r\n\r\n'
    ),
    "keep-alives before it": raw(": OPENROUTER PROCESSING\n\n", ":\n\n", f"data: {json.dumps(BUSY)}\n\n"),
    "a retry hint and an id before it": raw(f"retry: 3000\nid: 1\n\ndata: {json.dumps(BUSY)}\n\n"),
    "pings before it": raw('event: ping\ndata: {"type": "ping"}\n\n', f"data: {json.dumps(BUSY)}\n\n"),
    "a role before it": events(ROLE, BUSY),
    "a role of null words before it": events(
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}, BUSY
    ),
    "an event without choices before it": events({"choices": [], "prompt_filter_results": []}, BUSY),
    "a first finish that says error": events({"choices": [{"delta": {}, "finish_reason": "error"}]}),
    "a detail with a code": events({"detail": "try later", "status": 429}),
    "an error cut in two": raw('data: {"error": {"mess', 'age": "x", "code": 429}}\n', "\n"),
    "a connection that closes after a role": Answer(
        chunks=(f"data: {json.dumps(ROLE)}\n\n",), headers=KIND, drop="midway"
    ),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_stream_that_fails_before_its_first_words_is_tried_again(name: str) -> None:
    with LocalServer([PASSING[name], PASSING[name], GOOD]) as server:
        reply, heard = hear(server)
        assert reply.text == heard == "Try Dracula"
        assert len(server.requests) == 3


@pytest.mark.parametrize("nothing", [raw(": wait\n\n"), raw("data: [DONE]\n\n"), events(ROLE)])
def test_a_stream_without_a_word_is_tried_again_of_a_server_that_has_answered(nothing: Answer) -> None:
    with LocalServer([GOOD, nothing, GOOD]) as server:
        reply, heard = hear(server, times=2)
        assert reply.text == heard == "Try Dracula"
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("error", "told", "words"),
    [
        ({"message": "no credits", "code": 401}, ModelRefused, "key"),
        ({"message": "bad", "code": "invalid_api_key"}, ModelRefused, "key"),
        ({"message": "no such", "code": "model_not_found"}, ModelRefused, "no such"),
        ({"message": "maximum context length is 4096 tokens", "code": 400}, PromptTooLong, "4096"),
        (
            {"message": "maximum context length is 4096", "type": "invalid_request_error"},
            PromptTooLong,
            "4096",
        ),
    ],
)
def test_a_refusal_as_first_event_is_not_tried_again(error: Any, told: type[UsbRecError], words: str) -> None:
    with LocalServer([events({"error": error})]) as server:
        with pytest.raises(told, match=words):
            hear(server)
        assert len(server.requests) == 1


def test_an_error_that_stays_is_told_in_the_servers_words_without_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    busy = events({"error": {"message": "sk-very-secret is over its quota", "code": 429}})
    with LocalServer([busy]) as server, pytest.raises(ModelUnavailable, match=r"429 .*\[key\] is over"):
        hear(server)


def test_what_a_refused_field_teaches_is_learnt_from_a_stream_too() -> None:
    refusal = events({"error": {"message": "Unsupported parameter: 'temperature'", "code": 400}})
    with LocalServer(lambda seen: refusal if "temperature" in seen.body else GOOD) as server:
        assert hear(server)[0].text == "Try Dracula"
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "late",
    [
        "data: {}\n\n".replace("{}", json.dumps(BUSY)),
        'event: error\ndata: {"message": "Rate limit reached"}\n\n',
        'data: {"object": "error", "message": "Rate limit reached", "code": 429}\n\n',
        'data: {"choices": [{"delta": {}}], "error": {"message": "Rate limit reached"}}\n\n',
    ],
)
@pytest.mark.parametrize(
    "first",
    [
        {"choices": [{"delta": {"content": "Try"}}]},
        {"choices": [{"delta": {"reasoning_content": "A castle?"}}]},
    ],
)
def test_what_was_said_is_never_said_again(first: Any, late: str) -> None:
    with LocalServer([raw(f"data: {json.dumps(first)}\n\n", late), GOOD]) as server:
        with pytest.raises(UnusableAnswer, match="Rate limit reached"):
            hear(server)
        assert len(server.requests) == 1


def test_words_about_the_progress_are_no_error() -> None:
    queued = {"status": "queued", "message": "place 3 in the queue"}
    with LocalServer([events(queued, ROLE, *said("Try Dracula"))]) as server:
        assert hear(server)[0].text == "Try Dracula"
        assert len(server.requests) == 1


def test_a_stream_that_ends_without_a_completion_is_told_in_the_servers_words() -> None:
    with (
        LocalServer([events({"status": "queued", "message": "no worker is free"})]) as server,
        pytest.raises(UnusableAnswer, match="no worker is free"),
    ):
        hear(server)


async def test_a_server_that_streams_unasked_is_heard() -> None:
    pieces = [
        {"choices": [{"index": index, "delta": {"content": word}, "finish_reason": end}]}
        for index, word, end in (
            (1, "Emma", None),
            (0, "Dra", None),
            (0, "cula", "stop"),
            (1, " (1815)", "stop"),
        )
    ]
    with LocalServer([events(*pieces)]) as server:
        model = OpenAIModel("m", base_url=server.url)
        reply = await model.chat(ChatRequest(ASKED, n=2))
        await model.aclose()
        assert [one.text for one in reply.completions] == ["Dracula", "Emma (1815)"]
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"detail": "Not authenticated: buy a plan"}, "Not authenticated: buy a plan"),
        ({"message": "Please sign in"}, "Please sign in"),
        ({"msg": "no such route", "data": None}, "no such route"),
        ({"success": False, "errors": [{"code": 7003, "message": "no route"}]}, "no route"),
        ("the tunnel is closed", "the tunnel is closed"),
        ({"detail": "x" * 500}, "x" * 190),
        ({"detail": "your key sk-very-secret is unknown"}, r"\[key\] is unknown"),
    ],
)
@pytest.mark.parametrize("streamed", [True, False])
def test_a_first_answer_that_is_no_completion_is_told_in_the_servers_words(
    body: Any, words: str, *, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")

    async def ask(url: str) -> None:
        model = OpenAIModel("m", base_url=url, max_retries=2)
        try:
            await model.chat(ChatRequest(ASKED, on_delta=(lambda _: None) if streamed else None))
        finally:
            await model.aclose()

    with LocalServer([Answer(200, body)]) as server:
        with pytest.raises(UnusableAnswer, match=words) as told:
            asyncio.run(ask(server.url))
        assert len(server.requests) == 1
    assert "--base-url" in str(told.value)
    assert "sk-very" not in str(told.value)
    assert len(str(told.value)) < 450


@pytest.mark.parametrize(
    ("body", "requests"),
    [
        ({"message": "Too many", "statusCode": 429}, 3),
        ({"message": "Too many", "code": 429}, 3),
        ({"object": "error", "message": "Too many", "code": 429}, 3),
        ({"detail": "Too many", "status": "503"}, 3),
    ],
)
def test_a_status_that_a_body_names_beside_its_words_is_heeded(body: Any, requests: int) -> None:
    busy = Answer(200, body, {"retry-after-ms": "5"})

    async def ask(url: str) -> str:
        model = OpenAIModel("m", base_url=url, max_retries=2)
        try:
            return (await model.chat(ChatRequest(ASKED))).text
        finally:
            await model.aclose()

    with LocalServer([busy, busy, completion("Try Dracula")]) as server:
        assert asyncio.run(ask(server.url)) == "Try Dracula"
        assert len(server.requests) == requests


def test_where_the_time_ends_while_trying_again_the_last_fault_is_told() -> None:
    busy = Answer(503, {"error": {"message": "all workers are busy"}}, {"retry-after-ms": "60"})
    with LocalServer([busy]) as server, pytest.raises(ModelUnavailable, match=r"within.*workers are busy"):
        hear(server, timeout=0.5, max_retries=50)


END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
WORDS = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in ("Try ", "Dracula")]


@pytest.mark.parametrize(
    "behind",
    [
        stream(*WORDS, END, "no JSON"),
        stream(*WORDS, END, {"choices": 7}),
        stream(*WORDS, END, '{"cho', done=False, drop="midway"),
    ],
    ids=["no JSON", "no chunk", "a lost connection"],
)
def test_what_comes_behind_the_end_of_a_reply_takes_nothing_back(behind: Answer) -> None:
    with LocalServer([GOOD, behind]) as server:
        reply, heard = hear(server, 2)
    assert (reply.text, heard) == ("Try Dracula", "Try Dracula")


DIED = {"error": {"message": "the provider died", "code": 502}}


@pytest.mark.parametrize(
    "late",
    [
        f"data: {json.dumps(DIED)}\n\n",
        f"{json.dumps(DIED)}\n",
        f"{json.dumps(DIED)}\n\n",
        f"data: {json.dumps({'choices': [{'delta': {}, 'finish_reason': 'stop', **DIED}]})}\n\n",
    ],
    ids=["an event", "a line", "a line and an empty one", "in a choice"],
)
def test_an_error_before_the_end_of_a_reply_is_one_and_behind_it_takes_nothing_back(
    late: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = [f"data: {json.dumps(event)}\n\n" for event in WORDS]
    with LocalServer([raw(*before, late, "data: [DONE]\n\n")]) as server:
        with pytest.raises(UnusableAnswer, match="the provider died"):
            hear(server)
        assert len(server.requests) == 1
    end = f"data: {json.dumps(END)}\n\n"
    with LocalServer([raw(*before, end, late, "data: [DONE]\n\n")]) as server:
        reply, heard = hear(server, 2)
        assert (reply.text, heard) == ("Try Dracula", "Try Dracula")
        assert len(server.requests) == 2
    assert [line for line in caplog.messages if "the provider died" in line] == [
        "openai:m: behind the end of a reply its stream holds an error, and the reply counts as whole. "
        "It says: the provider died"
    ]


@pytest.mark.parametrize(
    "error",
    [
        {"message": "withheld", "code": "content_filter"},
        {"message": "withheld", "type": "content_policy_violation", "code": 400},
        {"message": "withheld", "type": "guardrail_violation"},
        {"message": "withheld", "code": "SAFETY"},
    ],
)
def test_an_error_behind_the_end_that_withholds_the_reply_is_one(error: Any) -> None:
    answer = events(*WORDS, END, {"error": error})
    with LocalServer([answer]) as server, pytest.raises(UsbRecError, match="withheld"):
        hear(server)


@pytest.mark.parametrize("line", [f"{json.dumps(DIED)}\n", f"{json.dumps(DIED)}\n\n"])
def test_an_error_on_a_line_before_the_first_words_is_tried_again(line: str) -> None:
    with LocalServer([raw(line, "data: [DONE]\n\n"), GOOD]) as server:
        assert hear(server)[0].text == "Try Dracula"
        assert len(server.requests) == 2


def test_words_that_are_streamed_as_messages_are_heard() -> None:
    def event(word: str, end: str | None = None) -> dict[str, Any]:
        told = {"role": "assistant", "content": word}
        return {"choices": [{"index": 0, "message": told, "finish_reason": end}]}

    with LocalServer([stream(event("Try "), event("Dracula", "stop"))]) as server:
        reply, heard = hear(server)
    assert (reply.text, heard) == ("Try Dracula", "Try Dracula")


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream"])
def test_a_stream_of_events_by_another_type_is_one(kind: str) -> None:
    chunks = tuple(f"data: {json.dumps(event)}\n\n" for event in (*WORDS, END))
    odd = Answer(chunks=(*chunks, "data: [DONE]\n\n"), headers={"content-type": kind})
    busy = Answer(chunks=(f"data: {json.dumps(BUSY)}\n\n",), headers={"content-type": kind})
    with LocalServer([GOOD, busy, odd]) as server:
        reply, heard = hear(server, 2)
    assert (reply.text, heard) == ("Try Dracula", "Try Dracula")


TRY = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in ("Try ", "Dracula")]


def test_done_behind_words_is_an_end_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with LocalServer([events(ROLE, *TRY)]) as server:
        reply, heard = hear(server, times=2)
    assert reply.text == heard == "Try Dracula"
    assert reply.completions[0].finish == "stop"
    assert caplog.text.count("end without a finish_reason") == 1


def test_a_stream_without_a_reason_that_holds_all_tokens_allowed_was_cut() -> None:
    counted = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 128}}
    with LocalServer([events(*TRY, counted)]) as server:
        assert hear(server)[0].completions[0].finish == "length"
    fewer = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 127}}
    with LocalServer([events(*TRY, fewer)]) as server:
        assert hear(server)[0].completions[0].finish == "stop"


@pytest.mark.parametrize(
    "broken",
    [
        raw(*(f"data: {json.dumps(event)}\n\n" for event in TRY)),
        events(*TRY, {"message": "the worker was stopped"}),
        events(*TRY, {"error": "the worker was stopped"}),
        events({"choices": [{"delta": {"reasoning_content": "A castle?"}}]}),
        events({"choices": [{"delta": {"content": " "}}]}),
    ],
)
def test_a_stream_without_a_reason_that_broke_off_is_no_reply(broken: Answer) -> None:
    with LocalServer([broken]) as server, pytest.raises(UnusableAnswer):
        hear(server)


LINES = [*TRY, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("application/x-ndjson", "{}\n"),
        ("application/jsonl; charset=utf-8", "{}\r\n"),
        ("application/json-seq", "\x1e{}\n"),
        ("application/stream+json", "data: {}\n"),
        ("application/json", "{}\n"),
        ("text/plain", "{}\n\n"),
    ],
)
def test_a_stream_of_lines_of_json_is_heard(kind: str, form: str) -> None:
    chunks = tuple(form.replace("{}", json.dumps(event)) for event in LINES)
    with LocalServer([Answer(chunks=chunks, headers={"content-type": kind})]) as server:
        reply, heard = hear(server)
    assert reply.text == heard == "Try Dracula"


def test_a_stream_of_lines_that_fails_first_is_tried_again_and_one_that_breaks_off_is_no_reply() -> None:
    kind = {"content-type": "application/x-ndjson", "retry-after-ms": "5"}
    busy = Answer(chunks=(f"{json.dumps(BUSY)}\n",), headers=kind)
    whole = Answer(chunks=tuple(f"{json.dumps(event)}\n" for event in LINES), headers=kind)
    half = Answer(chunks=tuple(f"{json.dumps(event)}\n" for event in TRY), headers=kind)
    with LocalServer([busy, whole, half]) as server:
        assert hear(server)[0].text == "Try Dracula"
        assert len(server.requests) == 2
        with pytest.raises(UnusableAnswer, match="broke off"):
            hear(server)


@pytest.mark.parametrize("streamed", [True, False])
def test_parts_that_nobody_knows_are_told_once(streamed: bool, caplog: pytest.LogCaptureFixture) -> None:
    parts = [{"type": "hunch", "text": "Emma?"}, {"type": "text", "text": "Try Dracula"}]
    choice = {"index": 0, "delta" if streamed else "message": {"content": parts}, "finish_reason": "stop"}
    answer = events({"choices": [choice]}) if streamed else Answer(body={"choices": [choice]})
    with LocalServer([answer]) as server:
        reply, heard = hear(server, times=2)
    assert reply.text == heard == "Try Dracula"
    assert caplog.text.count("'hunch'") == 1


LONG = "Try Dracula (1897), an old house."
LAST = {"index": 0, "delta": {}, "finish_reason": "stop"}


def deltas(*words: str) -> list[Any]:
    return [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in words]


@pytest.mark.parametrize("thinks", [True, False])
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            [*deltas("Try ", "Dracula"), {"choices": [{**LAST, "message": {"content": "Try Dracula"}}]}],
            "Try Dracula",
        ),
        (
            [
                *deltas("Try ", "Dracula"),
                {
                    "choices": [
                        {
                            **LAST,
                            "delta": {"role": "assistant", "content": ""},
                            "message": {"content": "Try Dracula"},
                        }
                    ]
                },
            ],
            "Try Dracula",
        ),
        (
            [*deltas("Try ", "Dra"), {"choices": [{**LAST, "message": {"content": "Try Dracula"}}]}],
            "Try Dracula",
        ),
        ([*deltas(LONG[:9], LONG[9:]), {"choices": [{**LAST, "delta": {"content": LONG}}]}], LONG),
        ([*deltas(LONG[:9], LONG[9:], LONG), {"choices": [LAST]}], LONG),
        ([*deltas(LONG[:9], LONG[9:], LONG, " Yes."), {"choices": [LAST]}], f"{LONG}{LONG} Yes."),
        ([*deltas("Try", "Try Dra", "Try Dracula"), {"choices": [LAST]}], "Try Dracula"),
        ([*deltas("", "Try", "Try Dra", "Try Dracula", "Try Dracula"), {"choices": [LAST]}], "Try Dracula"),
        (
            [*deltas("Try", "Try Dra"), {"choices": [{**LAST, "delta": {"content": "Try Dracula"}}]}],
            "Try Dracula",
        ),
        (
            [*deltas("Try", "Try Dra"), {"choices": [{**LAST, "message": {"content": "Try Dracula"}}]}],
            "Try Dracula",
        ),
        # Models say words twice, too.
        ([*deltas("no", " no"), {"choices": [LAST]}], "no no"),
        ([*deltas("no ", "no "), {"choices": [LAST]}], "no no "),
        ([*deltas("ha", "ha", "ha"), {"choices": [LAST]}], "hahaha"),
        ([*deltas("ha", "haha"), {"choices": [LAST]}], "hahaha"),
        ([*deltas("ha", "haha", "!"), {"choices": [LAST]}], "hahaha!"),
        ([*deltas("1", "11", "111", " is"), {"choices": [LAST]}], "111111 is"),
        ([*deltas("Yes. "), {"choices": [{**LAST, "delta": {"content": "Yes. "}}]}], "Yes. Yes. "),
        (
            [*deltas("Try ", "Dracula, ", "Try ", "Dracula, "), {"choices": [LAST]}],
            "Try Dracula, Try Dracula, ",
        ),
    ],
)
def test_a_stream_that_repeats_its_words_says_them_once(told: Any, expected: str, thinks: bool) -> None:
    events_ = told
    if thinks:
        # The same happens to thoughts in a field of their own.
        text = json.dumps(told).replace('"content"', '"reasoning_content"')
        events_ = [*json.loads(text)[:-1], *deltas("Emma"), *json.loads(text)[-1:]]
    with LocalServer([events(*events_)]) as server:
        reply, heard = hear(server)
    if thinks:
        assert (reply.completions[0].reasoning, reply.text, heard) == (expected, "Emma", "Emma")
    else:
        assert reply.text == heard == expected


def test_a_call_of_a_tool_that_a_last_message_repeats_is_one() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    first = {"choices": [{"index": 0, "delta": {"tool_calls": [{**call, "index": 0}]}}]}
    last = {"choices": [{**LAST, "message": {"content": None, "tool_calls": [call]}}]}
    with LocalServer([events(first, last)]) as server:
        assert len(hear(server)[0].completions[0].tool_calls) == 1


def test_an_event_of_nothing_between_the_others_takes_nothing_back() -> None:
    with LocalServer([events(ROLE, None, *said("Try ", "Dracula")[:2], None, said()[-1], None)]) as server:
        reply, heard = hear(server)
    assert (reply.text, heard) == ("Try Dracula", "Try Dracula")


def test_an_error_in_a_list_of_errors_is_tried_again_where_its_status_says_so() -> None:
    listed = {"errors": [{"message": "slow down", "code": 429}]}
    with LocalServer([Answer(body=listed, headers={"retry-after-ms": "5"}), completion("Dracula")]) as server:
        reply, _ = hear(server)
    assert (reply.text, len(server.requests)) == ("Dracula", 2)
