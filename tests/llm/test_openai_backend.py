"""The OpenAI backend, on a real local HTTP server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import time
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.servers import Answer, LocalServer, Seen, complaint, completion, stream
from usbrec.dialogue import Usage
from usbrec.errors import (
    ConfigError,
    ModelRefused,
    ModelUnavailable,
    PromptTooLong,
    UnusableAnswer,
    UsbRecError,
)
from usbrec.llm.choices import FirstToken, read_first_token, read_option, why_untold
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.errors import Complaint
from usbrec.llm.option_forms import folded
from usbrec.llm.protocol import ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest, Message

T = TypeVar("T")
KEY = "sk-test-8c1f0e7d"
MESSAGES = (Message("system", "You recommend films."), Message("user", "Hi! A comedy, please."))
SOON = {"retry-after-ms": "10"}
USAGE = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 8}}
DIGITS = ("0", "1", "2")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    # Plain HTTP only: reading the machine's certificates for each client would take most of the time.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(Path(__file__).parent))


def use(server: LocalServer, work: Callable[[OpenAIModel], Coroutine[Any, Any, T]], /, **setup: Any) -> T:
    async def go() -> T:
        model = OpenAIModel("m", base_url=server.url, **{"max_retries": 1, **setup})
        try:
            return await work(model)
        finally:
            await model.aclose()

    return asyncio.run(go())


def chat(server: LocalServer, setup: dict[str, Any] | None = None, /, **request: Any) -> ChatReply:
    return use(server, lambda model: model.chat(ChatRequest(MESSAGES, **request)), **(setup or {}))


def choose(server: LocalServer, setup: dict[str, Any] | None = None, **request: Any) -> Choice:
    asked = ChoiceRequest(MESSAGES, **{"options": DIGITS, **request})
    return use(server, lambda model: model.choose(asked), **(setup or {}))


def probabilities(tokens: dict[str, float]) -> dict[str, Any]:
    """The log-probabilities of a first token, as a server sends them."""
    top = [{"token": token, "logprob": math.log(value)} for token, value in tokens.items()]
    return {"content": [{**top[0], "top_logprobs": top}]}


# --- chat


@pytest.mark.parametrize("text", ["", "Try Airplane!"])
def test_a_stop_text_at_the_replys_beginning_leaves_an_empty_reply(text: str) -> None:
    """Whether the server has heeded it, or only we."""
    with LocalServer([completion(text, usage=USAGE)]) as server:
        reply = chat(server, stop=("T",))
    assert (reply.text, reply.completions[0].finish) == ("", "stop")
    with LocalServer([completion("", usage=USAGE)]) as server, pytest.raises(UnusableAnswer):
        chat(server)


def test_a_request_goes_out_as_it_is_and_the_reply_comes_back_with_its_cost() -> None:
    with LocalServer([completion("Try Airplane!", usage=USAGE)]) as server:
        reply = chat(server, temperature=0.7, top_p=0.9, max_tokens=40, stop=("\n",), seed=5)
        seen = server.requests[0]
    assert (reply.text, reply.completions[0].finish) == ("Try Airplane!", "stop")
    assert (reply.usage.calls, reply.usage.prompt_tokens) == (1, 12)
    assert (reply.usage.completion_tokens, reply.usage.cached_tokens) == (3, 8)
    assert 0.0 < reply.usage.seconds < 10.0
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.body == {
        "model": "m",
        "messages": [message.to_json() for message in MESSAGES],
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 40,
        "stop": ["\n"],
        "seed": 5,
    }


def test_several_replies_come_in_one_request() -> None:
    with LocalServer([completion("a", "b", "c")]) as server:
        reply = chat(server, n=3)
        assert server.requests[0].body["n"] == 3
    assert [completion.text for completion in reply.completions] == ["a", "b", "c"]
    assert reply.usage.calls == 1


def test_a_reply_cut_at_the_token_limit_says_so() -> None:
    with LocalServer([completion("Try", finish="length")]) as server:
        assert chat(server).completions[0].finish == "length"


@pytest.mark.parametrize("usage", [None, "many", {"prompt_tokens": "x"}, {"prompt_tokens_details": 3}, [1]])
def test_missing_or_odd_usage_counts_as_nothing(usage: Any) -> None:
    with LocalServer([completion("Yes", usage=usage)]) as server:
        counted = chat(server).usage
    assert counted == Usage(calls=1, seconds=counted.seconds)


def test_replies_a_server_will_not_give_at_once_are_asked_for_one_by_one_ever_after() -> None:
    with LocalServer(lambda seen: completion(f"seed {seen.body['seed']}")) as server:

        async def thrice(model: OpenAIModel) -> list[ChatReply]:
            request = ChatRequest(MESSAGES, n=3, seed=5)
            return [await model.chat(request) for _ in range(3)]

        first, second, third = use(server, thrice)
        asked = [seen.body.get("n") for seen in server.requests]
    texts = [completion.text for completion in first.completions]
    assert texts[0] == "seed 5"
    assert len(set(texts)) == 3
    assert first.completions == second.completions == third.completions
    # Once may be a fault; twice in a row is how this server is.
    assert asked == [3, None, None, 3, None, None, None, None, None]
    assert [reply.usage.calls for reply in (first, second, third)] == [3, 3, 3]


def test_a_server_that_gave_fewer_replies_once_is_asked_for_all_at_once_again() -> None:
    with LocalServer(
        lambda seen: completion(*"abc"[: 1 if len(server.requests) == 1 else seen.body.get("n", 1)])
    ) as server:

        async def thrice(model: OpenAIModel) -> None:
            for _ in range(3):
                assert len((await model.chat(ChatRequest(MESSAGES, n=3, seed=5))).completions) == 3

        use(server, thrice)
        assert [seen.body.get("n") for seen in server.requests] == [3, None, None, 3, 3]


@pytest.mark.parametrize(
    "refusal",
    [
        complaint("'n' : number must be at most 1", param="n"),
        complaint("Field 'n': Value must be between 1 <= value <= 2, but got 3"),
        complaint("Only one completion choice is allowed"),
        Answer(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "n"], "msg": "Extra inputs"}]}),
    ],
)
def test_a_server_that_refuses_n_is_asked_one_by_one(refusal: Answer) -> None:
    with LocalServer(lambda seen: refusal if "n" in seen.body else completion("Yes")) as server:
        assert len(chat(server, n=3).completions) == 3
        assert len(server.requests) == 4


def test_a_model_told_that_n_is_not_supported_does_not_try_it() -> None:
    with LocalServer([completion("Yes")]) as server:
        chat(server, {"supports_n": False}, n=2)
        assert [seen.body.get("n") for seen in server.requests] == [None, None]


def test_the_first_failure_among_single_requests_is_the_failure() -> None:
    with LocalServer(lambda _: complaint("no such thing", 404)) as server, pytest.raises(ModelRefused):
        chat(server, {"supports_n": False}, n=3)


def test_one_empty_draft_of_several_is_given_as_it_is() -> None:
    with LocalServer([completion("fine", "")]) as server:
        assert [one.text for one in chat(server, n=2).completions] == ["fine", ""]


@pytest.mark.parametrize("texts", [(None,), ("",), (" \n",), ("", None)])
def test_nothing_but_empty_replies_fails_the_request(texts: tuple[str | None, ...]) -> None:
    with LocalServer([completion(*texts)]) as server, pytest.raises(UnusableAnswer, match="without text"):
        chat(server, n=len(texts))


def test_a_model_that_only_reasoned_until_the_limit_is_told_apart() -> None:
    with (
        LocalServer([completion(None, finish="length")]) as server,
        pytest.raises(UnusableAnswer, match="max_tokens"),
    ):
        chat(server)


def test_max_tokens_gets_its_newer_name_where_the_server_wants_it() -> None:
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
    )

    def answer(seen: Seen) -> Answer:
        if "max_tokens" in seen.body:
            return complaint(message, param="max_tokens", code="unsupported_parameter")
        return completion("Yes")

    with LocalServer(answer) as server:

        async def twice(model: OpenAIModel) -> None:
            await model.chat(ChatRequest(MESSAGES, max_tokens=40))
            await model.chat(ChatRequest(MESSAGES, max_tokens=40))

        use(server, twice)
        assert [seen.body.get("max_completion_tokens") for seen in server.requests] == [None, 40, 40]


@pytest.mark.parametrize(
    ("parameter", "refusal"),
    [
        (
            "temperature",
            complaint("Unsupported value: 'temperature' does not support 0.5", param="temperature"),
        ),
        ("seed", complaint('Invalid JSON payload received. Unknown name "seed": Cannot find field.')),
        ("top_p", Answer(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "top_p"]}]})),
    ],
)
def test_a_parameter_the_server_does_not_know_is_left_out_from_then_on(
    parameter: str, refusal: Answer
) -> None:
    with LocalServer(lambda seen: refusal if parameter in seen.body else completion("Yes")) as server:

        async def twice(model: OpenAIModel) -> frozenset[str]:
            await model.chat(ChatRequest(MESSAGES))
            await model.chat(ChatRequest(MESSAGES))
            return model.left_out

        assert use(server, twice) == {parameter}
        assert len(server.requests) == 3


def test_a_wrong_value_is_an_error_and_not_left_out() -> None:
    with LocalServer([complaint("temperature must be at most 1", param="temperature")]) as server:
        with pytest.raises(UnusableAnswer, match="must be at most 1"):
            chat(server, temperature=1.5)
        assert len(server.requests) == 1


# --- streaming


def piece(text: str | None = None, finish: str | None = None) -> dict[str, Any]:
    delta = {"role": "assistant"} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_pieces_arrive_while_the_server_still_writes() -> None:
    events = [piece(), piece("Try "), piece("Airplane!"), piece("", "stop"), {"choices": [], "usage": USAGE}]
    arrived: list[tuple[str, float]] = []
    with LocalServer([stream(*events, pause=0.05)]) as server:
        reply = chat(server, on_delta=lambda text: arrived.append((text, time.monotonic())))
        done = time.monotonic()
        body = server.requests[0].body
    assert [text for text, _ in arrived] == ["Try ", "Airplane!"]
    assert done - arrived[0][1] > 0.1
    assert (reply.text, reply.usage.prompt_tokens, reply.usage.completion_tokens) == ("Try Airplane!", 12, 3)
    assert body["stream_options"] == {"include_usage": True}


def test_a_server_that_does_not_stream_is_one_piece() -> None:
    pieces: list[str] = []
    with LocalServer([completion("Try Airplane!", usage=USAGE)]) as server:
        reply = chat(server, on_delta=pieces.append)
    assert pieces == ["Try Airplane!"] == [reply.text]
    assert reply.usage.prompt_tokens == 12


@pytest.mark.parametrize(
    "broken",
    [
        completion("Try Airplane!", drop="midway"),
        completion("Try Airplane!", headers={"content-encoding": "gzip"}),
    ],
)
def test_an_unstreamed_answer_that_cannot_be_read_to_its_end_is_unavailable(broken: Answer) -> None:
    with (
        LocalServer([broken]) as server,
        pytest.raises(ModelUnavailable, match=r"connection to 127\.0\.0\.1"),
    ):
        chat(server, on_delta=lambda _: pytest.fail("a piece of half an answer"))


def test_several_replies_are_not_streamed() -> None:
    with LocalServer([completion("a", "b")]) as server:
        chat(server, n=2, on_delta=lambda _: pytest.fail("a piece of one of several replies"))
        assert "stream" not in server.requests[0].body


@pytest.mark.parametrize(
    "broken",
    [
        stream(piece("Try "), done=False),
        stream(piece("Try "), "{not json", piece("", "stop")),
        stream(piece("Try "), {"choices": "none"}),
        stream(piece("Try "), {"error": {"message": "out of memory"}}),
        stream(),
    ],
)
def test_a_stream_that_breaks_off_is_no_reply(broken: Answer) -> None:
    with LocalServer([broken]) as server, pytest.raises(UnusableAnswer):
        chat(server, on_delta=lambda _: None)


def test_a_stream_whose_connection_drops_is_unavailable() -> None:
    with (
        LocalServer([stream(piece("Try "), done=False, drop="midway")]) as server,
        pytest.raises(ModelUnavailable),
    ):
        chat(server, on_delta=lambda _: None)


def test_an_error_in_the_callers_callback_is_the_callers() -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError

    with LocalServer([stream(piece("Try "), piece("", "stop"))]) as server, pytest.raises(BrokenPipeError):
        chat(server, on_delta=closed)


# --- choose


def test_probabilities_are_exact_where_the_server_tells_them() -> None:
    logprobs = probabilities({"0": 0.1, "1": 0.2, " 1": 0.1, "2": 0.2, "The": 0.4})
    with LocalServer([completion("1", logprobs=logprobs, usage=USAGE)]) as server:
        choice = choose(server, seed=9)
        body = server.requests[0].body
    assert choice.probabilities == pytest.approx({"0": 1 / 6, "1": 3 / 6, "2": 2 / 6})
    assert (choice.method, choice.votes, choice.unreadable) == ("exact", 0, 0)
    assert choice.mass == pytest.approx(0.6)
    assert choice.usage.prompt_tokens == 12
    assert (body["max_tokens"], body["top_logprobs"], body["temperature"], body["seed"]) == (1, 20, 1.0, 9)


def test_a_temperature_below_one_sharpens_exact_probabilities() -> None:
    with LocalServer([completion("1", logprobs=probabilities({"0": 0.2, "1": 0.4}))]) as server:
        choice = choose(server, temperature=0.5)
    assert choice.probabilities == pytest.approx({"0": 0.2, "1": 0.8, "2": 0.0})
    assert choice.mass == pytest.approx(0.6)


def voting(*votes: str) -> Callable[[Seen], Answer]:
    return lambda seen: (
        completion("x", logprobs=probabilities({"The": 0.9}))
        if "logprobs" in seen.body
        else completion(*votes)
    )


def test_votes_are_drawn_where_no_option_is_among_the_tokens() -> None:
    with LocalServer(voting("1", "Score: 2", "**1**", "I'd say 2", "")) as server:
        choice = choose(server, votes=5, temperature=0.6)
        body = server.requests[1].body
    assert choice.probabilities == pytest.approx({"0": 0.0, "1": 2 / 3, "2": 1 / 3})
    assert (choice.method, choice.votes, choice.unreadable, choice.mass) == ("votes", 5, 2, None)
    assert (body["n"], body["temperature"], body["max_tokens"]) == (5, 0.6, 8)
    assert choice.usage.calls == 2


def test_votes_of_which_none_can_be_read_are_no_score() -> None:
    with LocalServer(voting("Toy Story 2 is great, so 1", "10", "")) as server:
        choice = choose(server, votes=3)
    assert (choice.probabilities, choice.votes, choice.unreadable) == (None, 3, 3)


def silent_about_probabilities(seen: Seen) -> Answer:
    return completion(*["2"] * seen.body.get("n", 1))


def refusing_logprobs(seen: Seen) -> Answer:
    if "logprobs" in seen.body:
        return complaint("This model does not support logprobs", param="logprobs")
    return silent_about_probabilities(seen)


@pytest.mark.parametrize(("script", "looks"), [(silent_about_probabilities, 1), (refusing_logprobs, 2)])
def test_a_server_without_log_probabilities_is_not_asked_again(
    script: Callable[[Seen], Answer], looks: int
) -> None:
    with LocalServer(script) as server:

        async def twice(model: OpenAIModel) -> tuple[Choice, Choice]:
            request = ChoiceRequest(MESSAGES, DIGITS, votes=4)
            return await model.choose(request), await model.choose(request)

        for choice in use(server, twice):
            assert choice.probabilities == {"0": 0.0, "1": 0.0, "2": 1.0}
            assert choice.votes == 4
        assert len([seen for seen in server.requests if "logprobs" in seen.body]) == looks
        assert len(server.requests) == looks + 2


def test_a_server_with_a_low_limit_on_log_probabilities_still_gives_exact_ones() -> None:
    def answer(seen: Seen) -> Answer:
        if seen.body["top_logprobs"] > 5:
            return complaint("Requested sample logprobs of 20, which is greater than max allowed: 5")
        return completion("1", logprobs=probabilities({"1": 0.5}))

    with LocalServer(answer) as server:
        assert choose(server).method == "exact"
        assert [seen.body["top_logprobs"] for seen in server.requests] == [20, 5]


@pytest.mark.parametrize(
    "logprobs",
    [{"content": []}, {"content": None}, [1], {"content": [{"top_logprobs": [{"token": "1"}]}]}, "x"],
)
def test_odd_log_probabilities_count_as_none(logprobs: Any) -> None:
    with LocalServer(lambda seen: completion(*["1"] * seen.body.get("n", 1), logprobs=logprobs)) as server:
        assert choose(server, votes=2).method == "votes"


def test_options_of_several_tokens_are_voted_on() -> None:
    def answer(seen: Seen) -> Answer:
        if "logprobs" in seen.body:
            return completion("Toy", logprobs=probabilities({"Toy": 0.9, "Up": 0.1}))
        return completion("Toy Story 2", "Up", "Up")

    with LocalServer(answer) as server:
        choice = choose(server, options=("Toy Story 2", "Up"), votes=3)
        assert server.requests[1].body["max_tokens"] > 8
    assert choice.method == "votes"
    assert choice.probabilities == pytest.approx({"Toy Story 2": 1 / 3, "Up": 2 / 3})


@pytest.mark.parametrize(
    ("constrain", "field", "value"),
    [
        ("grammar", "grammar", 'root ::= "0" | "a \\"b\\"\\n"'),
        ("structured", "structured_outputs", {"choice": ["0", 'a "b"\n']}),
        ("guided", "guided_choice", ["0", 'a "b"\n']),
    ],
)
def test_votes_are_limited_to_the_options_in_the_servers_dialect(
    constrain: str, field: str, value: Any
) -> None:
    with LocalServer(voting("0", "0")) as server:
        choose(server, {"constrain": constrain}, votes=2, options=("0", 'a "b"\n'))
        assert field not in server.requests[0].body
        assert server.requests[1].body[field] == value


# --- failures


def test_a_busy_server_is_asked_again_when_it_says() -> None:
    busy = Answer(429, {"error": {"message": "slow down"}}, {"retry-after": "0.3"})
    with LocalServer([busy, completion("Yes")]) as server:
        assert chat(server).text == "Yes"
        waited = server.requests[1].at - server.requests[0].at
    assert 0.28 < waited < 0.48


@pytest.mark.parametrize(
    "failure",
    [
        complaint("slow down", 429),
        complaint("overloaded", 503),
        Answer(502, "<html>bad gateway</html>"),
        Answer(500, ""),
        Answer(drop="silently"),
        Answer(body={"choices": []}, drop="midway"),
    ],
)
def test_what_keeps_failing_is_unavailable_after_the_retries(failure: Answer) -> None:
    answer = Answer(failure.status, failure.body, {**failure.headers, **SOON}, drop=failure.drop)
    with LocalServer([answer]) as server:
        with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1"):
            chat(server)
        assert len(server.requests) == 2


def test_nobody_listening_is_unavailable() -> None:
    with LocalServer([]) as server:
        pass
    with pytest.raises(ModelUnavailable, match=rf"127\.0\.0\.1:{server.port}"):
        chat(server, {"max_retries": 0})


@pytest.mark.parametrize("status", [401, 403])
def test_a_rejected_key_refuses_every_request(status: int) -> None:
    with LocalServer([complaint("bad key", status)]) as server:
        with pytest.raises(ModelRefused, match="OPENAI_API_KEY") as caught:
            chat(server)
        assert f"127.0.0.1:{server.port}" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        complaint("The model `m` does not exist", 404),
        complaint("Invalid model", 400, code="model_not_found"),
        Answer(404, "<h1>Not Found</h1>"),
    ],
)
def test_an_unknown_model_or_path_refuses_every_request(answer: Answer) -> None:
    with LocalServer([answer]) as server, pytest.raises(ModelRefused, match="--base-url"):
        chat(server)


@pytest.mark.parametrize(
    "answer",
    [
        complaint("This model's maximum context length is 100 tokens.", code="context_length_exceeded"),
        complaint(
            "'max_tokens' or 'max_completion_tokens' is too large: 128. This model's maximum context length "
            "is 100 tokens and your request has 90 input tokens",
            param="max_tokens",
        ),
        complaint("the request exceeds the available context size", type="exceed_context_size_error"),
        complaint("too big", 413),
    ],
)
def test_a_prompt_beyond_the_context_is_too_long(answer: Answer) -> None:
    with LocalServer([answer]) as server:
        with pytest.raises(PromptTooLong):
            chat(server)
        assert len(server.requests) == 1


def test_another_refusal_gives_the_servers_reason_in_one_short_printable_line() -> None:
    refusal = complaint("bad\x1b[31m\nthing " + "x" * 500, 422)
    with LocalServer([refusal]) as server, pytest.raises(UnusableAnswer, match="422: bad ") as caught:
        chat(server)
    assert len(str(caught.value)) < 280
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "body",
    [
        "<html>welcome</html>",
        '{"choices": [{"message": {"content": "cut',
        "",
        "null",
        [],
        {"choices": []},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{"message": {"content": 5}}]},
        {"choices": [{"text": "an old completion"}]},
        "[" * 5000,
    ],
)
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_body_that_is_no_completion_is_unusable(body: Any, kind: str) -> None:
    with LocalServer([Answer(body=body, headers={"content-type": kind})]) as server:
        with pytest.raises(UnusableAnswer, match="chat completion"):
            chat(server)
        assert len(server.requests) == 1


@settings(max_examples=25, deadline=None)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["choices", "message", "content", "error", "code", "param", "usage", "logprobs", "detail"]
                ),
                inner,
                max_size=4,
            )
        ),
    ),
    status=st.sampled_from([200, 400, 401, 404, 413, 422]),
)
def test_whatever_a_server_says_the_failure_is_one_of_ours(body: Any, status: int) -> None:
    answer = Answer(status, json.dumps(body), {"content-type": "application/json"})
    with LocalServer([answer]) as server, contextlib.suppress(UsbRecError):
        assert chat(server).text
        assert status == 200


def test_the_key_is_in_no_message_even_when_the_server_repeats_it() -> None:
    echo = {"error": {"message": f"Incorrect key {KEY}", "code": KEY, "param": KEY, "type": KEY}}
    bodies: list[Any] = [echo, {"detail": [KEY]}, f"<p>{KEY}</p>", f"key {KEY}", {"message": "x" * 190 + KEY}]
    answers = [Answer(status, body) for status in (200, 400, 401, 404, 413, 418, 500) for body in bodies]

    async def provoke(model: OpenAIModel) -> list[UsbRecError]:
        raised = []
        for on_delta in (None, lambda _: None):
            for _ in answers:
                with pytest.raises(UsbRecError) as caught:
                    await model.chat(ChatRequest(MESSAGES, on_delta=on_delta))
                raised.append(caught.value)
        return raised

    with LocalServer([*answers, *answers]) as server:
        for failure in use(server, provoke, max_retries=0):
            shown = traceback.format_exception(failure)
            error: BaseException | None = failure
            while error is not None:
                shown += [str(error), repr(error)]
                error = error.__cause__ or error.__context__
            # The beginning of a key is as bad: a message may be cut in its middle.
            assert not any(KEY[:8] in text for text in shown)
        assert len(server.requests) == 2 * len(answers)


def test_a_model_shows_no_key() -> None:
    model = OpenAIModel("m", base_url="http://localhost:1/v1")
    assert KEY not in f"{model!r} {model.name} {model.identity}"


# --- time and number


def test_a_server_that_accepts_and_never_answers_is_given_up_at_the_deadline() -> None:
    with LocalServer([Answer(delay=None)]) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match=r"0\.3 seconds"):
            chat(server, deadline=0.3)
        assert 0.25 < time.monotonic() - started < 15.0


def test_the_models_own_timeout_bounds_a_request_with_its_retries() -> None:
    with LocalServer([Answer(503, "", {"retry-after": "0.15"})]) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match=r"0\.3 seconds"):
            chat(server, {"timeout": 0.3, "max_retries": 50}, deadline=60.0)
        assert time.monotonic() - started < 15.0


def test_a_deadline_also_counts_the_wait_for_a_turn_and_the_timeout_does_not() -> None:
    async def crowd(model: OpenAIModel) -> list[Any]:
        requests = [ChatRequest(MESSAGES, deadline=deadline) for deadline in (None, None, None, 0.3)]
        return await asyncio.gather(*map(model.chat, requests), return_exceptions=True)

    with LocalServer([completion("Yes", delay=0.25)]) as server:
        *patient, hasty = use(server, crowd, concurrency=1, timeout=0.7)
    assert [reply.text for reply in patient] == ["Yes"] * 3
    assert isinstance(hasty, ModelUnavailable)


def test_no_more_requests_are_in_flight_than_allowed() -> None:
    async def crowd(model: OpenAIModel) -> None:
        await asyncio.gather(*(model.chat(ChatRequest(MESSAGES)) for _ in range(12)))

    with LocalServer([completion("Yes", delay=0.03)]) as server:
        use(server, crowd, concurrency=3)
        assert server.most_in_flight == 3
        assert len(server.requests) == 12


@pytest.mark.parametrize("on_delta", [None, lambda _: None])
def test_a_cancelled_request_hangs_up(on_delta: Callable[[str], None] | None) -> None:
    async def cancelled(model: OpenAIModel) -> None:
        task = asyncio.create_task(model.chat(ChatRequest(MESSAGES, on_delta=on_delta)))
        await asyncio.to_thread(server.arrived.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.left.wait, 10)

    with LocalServer([Answer(delay=None)]) as server:
        use(server, cancelled)
        assert server.hung_up == 1


# --- settings


def test_a_model_says_who_it_is_and_not_where() -> None:
    model = OpenAIModel("gpt-x", base_url="http://127.0.0.1:9/v1", constrain="grammar")
    assert isinstance(model, ChatModel)
    assert model.name == "openai:gpt-x"
    assert model.identity == {"backend": "openai", "model": "gpt-x", "constrain": "grammar"}
    assert model.parallel is True


def test_the_server_comes_from_the_environment_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalServer([completion("Yes")]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)

        async def ask() -> str:
            model = OpenAIModel("m")
            try:
                return (await model.chat(ChatRequest(MESSAGES))).text
            finally:
                await model.aclose()

        assert asyncio.run(ask()) == "Yes"


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_server_elsewhere_needs_a_key_and_one_here_does_not(
    monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    if key is None:
        monkeypatch.delenv("OPENAI_API_KEY")
    else:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    for here in (
        "http://localhost:8000/v1",
        "http://[::1]:8000/v1",
        "http://127.1.2.3",
        "http://0.0.0.0:8000",
    ):
        OpenAIModel("m", base_url=here)
    for url in (None, "http://10.0.0.5:8000/v1", "https://localhost.example.org/v1"):
        with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
            OpenAIModel("m", base_url=url)


@pytest.mark.parametrize("key", ["sk-ключ", "sk-a\nb"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY") as caught:
        OpenAIModel("m")
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/v1?key=s3cret",
        "localhost:8000",
        "ftp://localhost/v1",
        "http://",
        "http://local host/v1",
        "http://localhost:99999/v1",
        "http://localhost:port/v1",
        "http://[::g]/v1",
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused_without_its_secrets(url: str) -> None:
    with pytest.raises(ConfigError, match="base URL") as caught:
        OpenAIModel("m", base_url=url)
    assert "s3cret" not in str(caught.value)


@given(
    st.text(max_size=30).map("http://{}".format)
    | st.text(alphabet="htps:/[]@.-_:0129ax?#%\n\x00é", max_size=30)
)
def test_any_base_url_is_taken_or_refused_as_configuration(url: str) -> None:
    with contextlib.suppress(ConfigError):
        OpenAIModel("m", base_url=url)


@pytest.mark.parametrize("url", ["http://user:s3cret@localhost:8000/v1", "http://s3cret@localhost/v1"])
def test_a_base_url_with_a_password_is_told_where_keys_belong(url: str) -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY") as caught:
        OpenAIModel("m", base_url=url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("setup", [{"concurrency": 0}, {"timeout": 0.0}, {"max_retries": -1}])
def test_settings_that_make_no_sense_are_refused(setup: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        OpenAIModel("m", base_url="http://localhost", **setup)


# --- reading


@pytest.mark.parametrize(
    "text",
    ["1", " 1\n", "1.", "**1**", "*1.*", "`1`", '"1"', "(1)", "[1].", "Score: 1", "score=1", "**Score:** 1."],
)
def test_an_answer_that_is_the_option_is_read(text: str) -> None:
    assert read_option(text, DIGITS) == "1"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "10", "-1", "1.5", "1/2", "0 1", "1, 2", "01", "one", "3", "Score:", "Score: 10"),
        *("Score: 1: 2", ": 1", "1: 1", "Toy Story 2 is great, so 1", "I give it a 1"),
        "1 because it is funny",
    ],
)
def test_a_text_that_merely_holds_an_option_is_not_read(text: str) -> None:
    assert read_option(text, DIGITS) is None


def test_case_is_looked_past_unless_it_tells_options_apart() -> None:
    assert read_option("Yes.", ("yes", "no")) == "yes"
    assert read_option("yes: no", ("yes", "no")) is None
    assert read_option("YES", ("yes", "YES")) == "YES"
    assert read_option("Yes", ("yes", "YES")) is None


some_options = st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=5, unique_by=str.strip)


@given(some_options, st.data())
def test_every_option_reads_as_itself(options: list[str], data: st.DataObject) -> None:
    option = data.draw(st.sampled_from(options))
    assert read_option(f" {option}\n", options) == option


@given(st.text(max_size=30), some_options)
def test_what_is_read_is_in_the_text(text: str, options: list[str]) -> None:
    option = read_option(text, options)
    told = f"{text} {folded(text)}".casefold()
    bare = folded("" if option is None else option).strip().casefold()
    assert option is None or option in text or bare.strip(" \t\r\n*_`\"'“”‘’()[]{}.") in told


@pytest.mark.parametrize(
    ("text", "option"),
    [
        # signs that are no digits, and digits of other scripts
        *(("²", None), ("₂", None), ("②", None), ("Score: ²", None), ("٢", "2"), ("२", "2"), ("𝟐", "2")),
        # a word that is no score's
        *(("Maximum: 2", None), ("Max = 2", None), ("Scale: 2", None), ("Films: 2", None), ("Turn: 1", None)),
        *(("Rating: 1", "1"), ("Punktzahl: 1", "1"), ("Оценка: 1", "1"), ("점수: 2", "2"), ("अंक: 2", "2")),
        # an object, in a block of code or without
        *(('```json\n{"score": 1}', "1"), ('{"score": 1, "reason": "the', None)),
        *(('```json\n{"score": 1}\n```', "1"), ('```\n{"score": "1"}\n```', "1"), ("{'score': 1}", "1")),
        *(('{"score": 1, "reason": "2 films fit"}', "1"), ('{"score": 1, "max_score": 2}', "1")),
        *(('{"evaluation": {"score": 1}}', "1"), ('{"finalScore": 2.0}', "2"), ('{"score": 1.5}', None)),
        *(('{"maximum": 2}', None), ('{"maximum_score": 2}', None), ('{"score": 1, "rating": 2}', None)),
        *(('{"score": 1, "score": 2}', None), ('{"score": true}', None), ('{"score": [1]}', None)),
        *(('{"score": 3}', None), ('{"score": -1}', None), ('{"score": null}', None), ("[1, 2]", None)),
        # the scale beside the label; a scale is no score
        *(("Score (0-2): 1", "1"), ("**Score (0–2):** 1", "1"), ("Score (1-5): 1", None), ("0-2", None)),
        *(("between 1 and 2", None), ("1 out of 2", "1"), ("Score: 1/2", None), ("Score: 0, 1 or 2", None)),
        # a line of its own, with a reason beside it
        *(("Reason: 2 titles fit.\nScore: 1", "1"), ("Score: 1\nReason: it is fine.", "1")),
        *(("Score: 1\nReason: 2 fit.", "1"), ("Score: 1\nScore: 2", None), ("Score: 2\nNo, score: 1", None)),
        *(("1\n2", None), ("Score: 2\n\nMaximum: 2", "2"), ("I would say 1, not 2", None)),
        *(("+1", None), ("~1", None), ("1?", None), ("2 stars", None), ("Score: one", None)),
    ],
)
def test_a_vote_is_read_where_it_is_one_score_and_says_so(text: str, option: str | None) -> None:
    assert read_option(text, DIGITS) == option


def test_a_label_of_letters_is_any_word_and_a_superscript_is_no_form_of_a_digit() -> None:
    assert read_option("Option: B", ("A", "B")) == "B"
    assert read_first_token([("²", 0.6), ("2", 0.4)], DIGITS) == FirstToken({"2": 0.4}, 0.4)


def test_a_digit_in_full_width_is_read() -> None:
    assert read_option("１", DIGITS) == "1"
    assert read_option("评分：２。", DIGITS) == "2"
    assert read_option("１２", DIGITS) is None


@given(st.text("abcXYZ ,;", min_size=1).filter(str.strip), st.sampled_from(DIGITS), st.booleans())
def test_words_beside_a_digit_without_a_colon_make_it_unreadable(
    words: str, digit: str, before: bool
) -> None:
    assert read_option(f"{words} {digit}" if before else f"{digit} {words}", DIGITS) is None


@given(st.text("0123456789", min_size=2, max_size=9))
def test_a_longer_number_is_no_digit(number: str) -> None:
    assert read_option(number, DIGITS) is None


def test_a_first_token_that_may_begin_an_option_cannot_tell() -> None:
    assert read_first_token([("1", 0.9), ("2", 0.1)], ("1", "10")) is None
    assert "several tokens" in why_untold([("1", 0.9), ("2", 0.1)])
    assert why_untold([]) == ""
    told = read_first_token([("1", 0.6), ("10", 0.2)], ("1", "10"))
    assert told is not None
    assert told.listed == {"1": 0.6, "10": 0.2}
    assert read_first_token([("x", 1.0)], DIGITS) == FirstToken({}, 1.0)
    assert read_first_token([], DIGITS) is None
    assert read_first_token([(" ", 0.5), ("2\n", 0.5)], DIGITS) == FirstToken({"2": 0.5}, 0.5)


@given(st.lists(st.tuples(st.text(max_size=3), st.floats(0, 1)), max_size=20), some_options)
def test_a_first_token_gives_no_option_more_than_there_is(
    tokens: list[tuple[str, float]], options: list[str]
) -> None:
    found = read_first_token(tokens, options)
    if found is not None:
        assert set(found.listed) <= set(options)
        assert 0.0 <= sum(found.listed.values()) <= sum(value for _, value in tokens) + 1e-9


@given(st.text("'`n<= \n{}", max_size=99), st.text('qzQZ7"\\', min_size=6, max_size=12))
def test_a_complaint_never_holds_the_key(text: str, key: str) -> None:
    for body in ({"message": text + key, "code": key, "param": [key]}, [key + text], text + key):
        said = Complaint.read(400, body, {key})
        spelled = {key, json.dumps(key)[1:-1]}
        assert not any(part in f"{said.reason}{said.code}{said.parameter}{said.text}" for part in spelled)


# --- what goes out


def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with LocalServer([completion("Yes")]) as server:
        assert chat(server).text == "Yes"
        assert chat(server, on_delta=lambda _: None).text == "Yes"
        assert [seen.headers.get("authorization") for seen in server.requests] == [None, None]


def test_what_the_environment_holds_for_openai_goes_to_no_other_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Hidden: s3cret-value")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    with LocalServer([completion("Yes")]) as server:
        chat(server, {"server": "lab", "api_key_env": None})
        chat(server)
        assert "s3cret-value" not in str(server.requests[0].headers)
        assert "org-1" not in str(server.requests[0].headers)
        assert server.requests[1].headers["x-hidden"] == "s3cret-value"
        assert KEY not in str(server.requests[0].headers)


def test_headers_and_further_fields_go_out_with_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", "lab-key-123")
    monkeypatch.setenv("TENANT", "shop")
    setup = {
        "server": "lab",
        "api_key_env": "LAB_KEY",
        "headers": {"X-Tenant": "${TENANT}", "X-Title": "usbrec"},
        "extra_body": {"chat_template_kwargs": {"enable_thinking": False}, "temperature": 0.3},
    }
    with LocalServer([completion("Yes")]) as server:
        chat(server, setup, temperature=0.0)
        (seen,) = server.requests
    assert seen.headers["authorization"] == "Bearer lab-key-123"
    assert (seen.headers["x-tenant"], seen.headers["x-title"]) == ("shop", "usbrec")
    assert seen.body["chat_template_kwargs"] == {"enable_thinking": False}
    assert seen.body["temperature"] == 0.3, "what the settings add goes before our own"


def test_a_further_field_that_the_server_refuses_is_not_left_out() -> None:
    with LocalServer([complaint("Unsupported parameter: 'seed'", param="seed")]) as server:
        with pytest.raises(UnusableAnswer, match="seed"):
            chat(server, {"extra_body": {"seed": 7}})
        assert len(server.requests) == 1


def test_a_header_whose_variable_is_not_set_is_named_without_its_value() -> None:
    with pytest.raises(ConfigError, match=r"servers\.lab\.headers\.X-Key.*NOT_THERE") as caught:
        OpenAIModel(
            "m",
            base_url="http://localhost:1",
            server="lab",
            api_key_env=None,
            headers={"X-Key": "s3cret ${NOT_THERE}"},
        )
    assert "s3cret" not in str(caught.value)


def test_values_of_headers_are_in_no_message_even_when_the_server_repeats_them() -> None:
    with LocalServer([complaint("bad header Bearer abcd-efgh-ijkl", 400)]) as server:
        with pytest.raises(UnusableAnswer) as caught:
            chat(server, {"headers": {"X-Key": "Bearer abcd-efgh-ijkl"}})
        assert "abcd" not in str(caught.value)


def test_the_system_text_goes_before_the_first_user_message_where_there_is_no_system_role() -> None:
    with LocalServer([completion("Yes")]) as server:
        chat(server, {"system_role": "user"})
        (seen,) = server.requests
    assert seen.body["messages"] == [
        {"role": "user", "content": "You recommend films.\n\nHi! A comedy, please."}
    ]


def test_a_server_of_another_name_says_where_its_key_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = {"server": "lab", "api_key_env": "LAB_KEY"}
    with pytest.raises(ConfigError, match="LAB_KEY"):
        OpenAIModel("m", base_url="http://localhost:1", **setup)  # type: ignore[arg-type]
    monkeypatch.setenv("LAB_KEY", "wrong")
    with LocalServer([complaint("bad key", 401)]) as server:
        with pytest.raises(ModelRefused, match="LAB_KEY") as caught:
            chat(server, setup)
        assert "OPENAI_API_KEY" not in str(caught.value)
