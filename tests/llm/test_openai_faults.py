"""Faults of servers and of what stands before them, each at four shapes of call: nothing hangs, nothing
complete is lost, and what another try mends is as if there had been no fault."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, complaint, completion, stream
from usbrec.errors import ModelRefused, ModelUnavailable, PromptTooLong, UnusableAnswer, UsbRecError
from usbrec.llm import ChatRequest, ChoiceRequest, Message
from usbrec.llm.openai.client import OpenAIModel

ASKED = (Message("user", "A book?"),)
SHAPES = ("one", "n", "log-probabilities", "stream")
TOKENS = [{"token": digit, "logprob": -1.0 - place} for place, digit in enumerate("210")]


def good(asked: Seen) -> Answer:
    """What is answered where there is no fault, in the shape that was asked for."""
    body = asked.body
    if body.get("logprobs"):
        return completion("2", logprobs={"content": [{"top_logprobs": TOKENS}]})
    if body.get("stream"):
        pieces = [{"choices": [{"delta": {"content": word}}]} for word in ("Try", " Dra", "cu", "la")]
        return stream(*pieces, {"choices": [{"delta": {}, "finish_reason": "stop"}]})
    return completion(*(f"Try Dracula, {place}" for place in range(body.get("n", 1))))


Fault = Callable[[Seen], Answer]


def status(code: int, said: Any = None, **waits: str) -> Fault:
    headers = {name.replace("_", "-"): value for name, value in waits.items()} or {"retry-after-ms": "5"}
    return lambda _: Answer(code, {"error": {"message": "not now"}} if said is None else said, headers)


def body(what: Any, kind: str = "application/json", **headers: str) -> Fault:
    return lambda _: Answer(200, what, {"content-type": kind, "retry-after-ms": "5", **headers})


def inside_200(**error: Any) -> Fault:
    return body({"error": {"message": "the provider failed", **error}})


def changed(change: Callable[[dict[str, Any]], Any]) -> Fault:
    """The good answer with something wrong in it; a stream then comes as one piece."""

    def answer(asked: Seen) -> Answer:
        whole = replace(asked, body={key: value for key, value in asked.body.items() if key != "stream"})
        said = json.loads(json.dumps(good(whole).body))
        found = change(said)
        return Answer(200, said if found is None else found, {"retry-after-ms": "5"})

    return answer


def first_choice(**fields: Any) -> Fault:
    return changed(lambda said: said["choices"][0].update(fields))


def half(asked: Seen) -> Answer:
    answer = good(asked)
    text = "".join(answer.chunks) or json.dumps(answer.body)
    kind = "text/event-stream" if answer.chunks else "application/json"
    return Answer(200, text[: len(text) // 2], {"content-type": kind, "retry-after-ms": "5"})


#: Mended by another try.
AGAIN: Mapping[str, Fault] = {
    **{f"status {code}": status(code) for code in (408, 409, 429, 500, 502, 503, 504, 520, 529)},
    "busy until a date of long ago": status(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    "busy, with a wait that is no number": status(503, retry_after="soon"),
    "a proxy's page with status 502": status(502, "<html>Bad Gateway</html>"),
    "an empty body with status 500": status(500, ""),
    "the connection closed without a byte": lambda asked: replace(good(asked), drop="silently"),
    "no answer for longer than a try": lambda asked: replace(good(asked), delay=None),
    "an error of 429 inside a 200": inside_200(code=429),
    "an error of 503, as a text, inside a 200": inside_200(code="503"),
    "an error without a code inside a 200": inside_200(type="upstream_error"),
    "an error that is a text inside a 200": body({"error": "overloaded"}),
    "a 200 with nothing in it": body(""),
    "a 200 with null": body("null"),
    "a 200 with a list": body("[]"),
    "a 200 with an empty object": body("{}"),
    "a 200 with half of its JSON": body('{"id": "c", "choices": [{"index": 0, "mess'),
    "a page with status 200": body("<!doctype html><title>Sign in</title>", "text/html"),
    "words with status 200": body("upstream connect error", "text/plain"),
    "JSON that says it is compressed and is not": body("{}", **{"content-encoding": "gzip"}),
}
#: Fine as they are.
FINE: Mapping[str, Fault] = {
    "no usage": changed(lambda said: said.pop("usage", None) and None),
    "usage of null": changed(lambda said: said.update(usage=None)),
    "usage of another kind": changed(lambda said: said.update(usage=[{"prompt": "many"}])),
    "fields that nobody knows": changed(lambda said: said.update(x_proxy={"hops": [1, {}]}, created="now")),
    "an error of null beside the answer": changed(lambda said: said.update(error=None)),
    "an index that is none": first_choice(index="first"),
    "a slow answer": lambda asked: replace(good(asked), delay=0.05),
    "blanks before and behind the JSON": changed(lambda said: f"\n\n  {json.dumps(said)}\n\n"),
    "an answer called plain text": lambda asked: replace(
        good(asked),
        headers={"content-type": "text/event-stream" if asked.body.get("stream") else "text/plain"},
    ),
}
#: No try helps: each with what it is told as.
REFUSED: Mapping[str, tuple[Fault, type[UsbRecError]]] = {
    "a wrong key": (lambda _: complaint("bad key", 401), ModelRefused),
    "a key without rights": (lambda _: complaint("forbidden", 403), ModelRefused),
    "no such model": (lambda _: complaint("The model `m` does not exist", 404), ModelRefused),
    "a wrong key inside a 500": (
        lambda _: complaint("upstream: Error code: 401 - invalid key", 500),
        ModelRefused,
    ),
    "a prompt too long": (lambda _: complaint("maximum context length is 4096 tokens"), PromptTooLong),
    "a body too large": (lambda _: Answer(413, ""), PromptTooLong),
    "a bad request": (lambda _: complaint("messages must end with the user's"), UnusableAnswer),
    "no choices": (changed(lambda said: said.update(choices=[])), UnusableAnswer),
    "choices of null": (changed(lambda said: said.update(choices=None)), UnusableAnswer),
    "a choice without a message": (
        changed(lambda said: said["choices"][0].pop("message") and None),
        UnusableAnswer,
    ),
    "a content that is a number": (first_choice(message={"role": "assistant", "content": 7}), UnusableAnswer),
}
#: Streams that end wrong after their first words, which have been given out by then.
BROKEN: Mapping[str, tuple[Fault, type[UsbRecError]]] = {
    "half a stream": (half, UnusableAnswer),
    "a stream whose connection closes": (
        lambda _: stream({"choices": [{"delta": {"content": "Try"}}]}, done=False, drop="midway"),
        ModelUnavailable,
    ),
    "a stream with an error in it": (
        lambda _: stream(
            {"choices": [{"delta": {"content": "Try"}}]}, {"error": {"message": "out of memory"}}
        ),
        UnusableAnswer,
    ),
    "a stream that ends without a reason": (
        lambda _: stream({"choices": [{"delta": {"content": "Try"}}]}, done=False),
        UnusableAnswer,
    ),
}
FAULTS: Mapping[str, Fault] = {
    **AGAIN,
    **FINE,
    **{name: fault for name, (fault, _) in {**REFUSED, **BROKEN}.items()},
}
CASES = [*itertools.product((*AGAIN, *FINE, *REFUSED), SHAPES), *((name, "stream") for name in BROKEN)]


@dataclass(frozen=True)
class Outcome:
    """The answer before the fault, what came of the call that met it, and how many requests this took."""

    before: Any
    met: Any
    requests: int


async def ask(model: OpenAIModel, shape: str) -> Any:
    if shape == "log-probabilities":
        choice = await model.choose(ChoiceRequest(ASKED, options=("0", "1", "2")))
        return choice.method, choice.probabilities
    heard: list[str] = []
    request = ChatRequest(
        ASKED, n=3 if shape == "n" else 1, on_delta=heard.append if shape == "stream" else None
    )
    reply = await model.chat(request)
    if shape == "stream":
        assert "".join(heard) == reply.text
        return reply.text
    return [one.text for one in reply.completions]


async def all_outcomes(server: LocalServer, count: Callable[[str], int]) -> dict[tuple[str, str], Outcome]:
    async def one(name: str, shape: str) -> Outcome:
        stalls = name == "no answer for longer than a try"
        model = OpenAIModel(
            f"{name}|{shape}", base_url=server.url, max_retries=2, timeout=8.0 if stalls else 60.0
        )
        try:
            before = await ask(model, shape)
            met: Any
            try:
                met = await asyncio.wait_for(ask(model, shape), 60)
            except UsbRecError as error:
                met = error
            return Outcome(before, met, count(f"{name}|{shape}") - 1)
        finally:
            await model.aclose()

    todo: list[Awaitable[Outcome]] = [one(*case) for case in CASES]
    return dict(zip(CASES, await asyncio.gather(*todo), strict=True))


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], Outcome]:
    """Of every fault at every shape, all at once: the waits between tries would add up otherwise."""
    asked: dict[str, int] = {}

    def answer(seen: Seen) -> Answer:
        name = seen.body["model"]
        asked[name] = asked.get(name, 0) + 1
        # The second request of a model is the one that meets the fault.
        return FAULTS[name.partition("|")[0]](seen) if asked[name] == 2 else good(seen)

    with LocalServer(answer) as server:
        return asyncio.run(all_outcomes(server, lambda name: asked[name]))


@pytest.mark.parametrize(("fault", "shape"), [*itertools.product(AGAIN, SHAPES)])
def test_a_fault_that_another_try_mends_leaves_no_trace(
    fault: str, shape: str, outcomes: Mapping[tuple[str, str], Outcome]
) -> None:
    outcome = outcomes[fault, shape]
    assert outcome.met == outcome.before
    assert outcome.requests == 2


@pytest.mark.parametrize(("oddity", "shape"), [*itertools.product(FINE, SHAPES)])
def test_an_answer_that_is_complete_is_taken_as_it_is(
    oddity: str, shape: str, outcomes: Mapping[tuple[str, str], Outcome]
) -> None:
    outcome = outcomes[oddity, shape]
    odd_stream = shape == "stream" and oddity not in ("a slow answer", "an answer called plain text")
    assert outcome.met == ("Try Dracula, 0" if odd_stream else outcome.before)
    assert outcome.requests == 1


@pytest.mark.parametrize(
    ("fault", "shape"), [*itertools.product(REFUSED, SHAPES), *((name, "stream") for name in BROKEN)]
)
def test_what_no_try_mends_is_told_for_what_it_is(
    fault: str, shape: str, outcomes: Mapping[tuple[str, str], Outcome]
) -> None:
    outcome = outcomes[fault, shape]
    assert isinstance(outcome.met, {**REFUSED, **BROKEN}[fault][1]), outcome.met
    assert outcome.requests == 1


def broken_off(reason: Any, **more: Any) -> Answer:
    choice = {"index": 0, "message": {"content": "Try Dra"}, "finish_reason": reason, **more}
    return Answer(body={"choices": [choice]}, headers={"retry-after-ms": "5"})


@pytest.mark.parametrize(
    "reason",
    [
        *("error", "abort", "insufficient_system_resource", "network_error", "cancelled", "Aborted"),
        {"type": "error"},
    ],
)
async def test_a_reply_that_the_server_broke_off_is_asked_for_again(reason: str) -> None:
    with LocalServer([broken_off(reason), completion("Try Dracula")]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=1)
        assert (await model.chat(ChatRequest(ASKED))).completions[0].text == "Try Dracula"
        await model.aclose()


async def test_a_reply_broken_off_again_and_again_fails_with_the_servers_words() -> None:
    with LocalServer([broken_off("error", error={"code": 503, "message": "the provider died"})]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=1)
        with pytest.raises(ModelUnavailable, match=r"503 .*the provider died"):
            await model.chat(ChatRequest(ASKED))
        await model.aclose()


DIED = {"code": 502, "message": "the provider died"}


@pytest.mark.parametrize("finish", [None, "stop"])
@pytest.mark.parametrize("place", ["body", "choice"])
@pytest.mark.parametrize(
    ("code", "told", "requests"),
    [(502, ModelUnavailable, 2), ("429", ModelUnavailable, 2), (401, ModelRefused, 1)],
)
async def test_a_whole_reply_with_an_error_beside_it_is_told_as_the_error(
    finish: str | None, place: str, code: Any, told: type[UsbRecError], requests: int
) -> None:
    error = {"error": {**DIED, "code": code}}
    answer = broken_off(finish, **(error if place == "choice" else {}))
    if place == "body":
        answer = replace(answer, body={**answer.body, **error})
    with LocalServer([answer]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=1)
        with pytest.raises(told, match="the provider died" if code != 401 else "rejected the key"):
            await model.chat(ChatRequest(ASKED))
        await model.aclose()
    assert len(server.requests) == requests


@pytest.mark.parametrize("error", [{}, {"code": None, "message": ""}, {"code": 200, "message": "ok"}, ""])
async def test_an_error_that_says_nothing_is_none(error: Any) -> None:
    answer = completion("Try Dracula")
    with LocalServer([replace(answer, body={**answer.body, "error": error})]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=1)
        assert (await model.chat(ChatRequest(ASKED))).text == "Try Dracula"
        await model.aclose()


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(
    "reason",
    [
        *("content_filter", "sensitive", "SAFETY", "RECITATION", "refusal", "CONTENT_FILTER"),
        *("FinishReason.SAFETY", {"type": "content_filter"}),
    ],
)
async def test_a_reply_that_a_filter_withheld_is_no_whole_one(reason: Any, streamed: bool) -> None:
    delta = {"choices": [{"delta": {"content": "Try Dra"}, "finish_reason": reason}]}
    answer = stream(delta) if streamed else broken_off(reason)
    with LocalServer([answer]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=1)
        request = ChatRequest(ASKED, on_delta=(lambda _: None) if streamed else None)
        (said,) = (await model.chat(request)).completions
        await model.aclose()
    assert (said.text, said.finish) == ("Try Dra", "length")


async def test_an_empty_reply_that_a_filter_withheld_is_told_as_that() -> None:
    with LocalServer([completion("", finish="sensitive")]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=0)
        with pytest.raises(UnusableAnswer, match=r"a filter withheld .*'sensitive'"):
            await model.chat(ChatRequest(ASKED))
        await model.aclose()


async def test_a_stream_that_ends_in_an_error_for_a_finish_is_no_reply() -> None:
    pieces = [
        {"choices": [{"delta": {"content": "Try Dra"}}]},
        {"choices": [{"delta": {}, "finish_reason": "error"}]},
    ]
    with LocalServer([stream(*pieces)]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=1)
        with pytest.raises(UnusableAnswer, match="broke the reply off"):
            await model.chat(ChatRequest(ASKED, on_delta=lambda _: None))
        await model.aclose()


async def test_another_name_for_the_limit_of_tokens_is_a_cut_reply() -> None:
    with LocalServer([completion("Try Dra", finish="model_length")]) as server:
        model = OpenAIModel("m", base_url=server.url)
        assert (await model.chat(ChatRequest(ASKED))).completions[0].finish == "length"
        await model.aclose()


@pytest.mark.parametrize("odd", [completion("2"), complaint("logprobs is not supported")])
async def test_one_answer_without_log_probabilities_does_not_end_them(odd: Answer) -> None:
    calls = itertools.count()
    with LocalServer(lambda asked: odd if next(calls) == 1 else good(asked)) as server:
        model = OpenAIModel("m", base_url=server.url)
        asked = ChoiceRequest(ASKED, ("0", "1", "2"), way="exact")
        found = [(await model.choose(asked)).probabilities for _ in range(3)]
        await model.aclose()
    assert found[0] == found[1] == found[2] is not None
    assert {seen.body["top_logprobs"] for seen in server.requests} == {20}
