"""What a server does and does not support is found out, and nothing is found that is not so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.odd_servers import odd_server
from support.servers import Answer, LocalServer, Seen, complaint, stream
from usbrec.config import Config, load_config
from usbrec.errors import ModelRefused
from usbrec.llm import Message
from usbrec.llm.openai.asking import ServerAsker
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.probing import Finding, Probe
from usbrec.llm.probing.asking import Question
from usbrec.stages import probe_seat


def config_of(server: LocalServer, **servers: Any) -> Config:
    models = {"base_url": server.url, "max_retries": 0, "context": 2000}
    return load_config(None, {"models": models, **({"servers": servers} if servers else {})})


def probed(**switches: Any) -> dict[str, Finding]:
    with LocalServer(odd_server(**switches)) as server:
        found = probe_seat("openai:m", config_of(server))
    assert found.calls == len([seen for seen in server.requests if seen.method == "POST"]) or switches
    return {finding.name: finding for finding in found.findings}


def test_a_server_that_does_all_it_should_has_no_consequences() -> None:
    found = probed()
    assert {name: one.supported for name, one in found.items() if one.supported != "yes"} == {
        "reasoning": "no"
    }
    assert [one.name for one in found.values() if one.consequence] == []
    assert "m, another" in found["model"].observed


@pytest.mark.parametrize(
    ("switches", "name", "supported", "observed"),
    [
        ({"ignores_n": True}, "n", "no", "1 came"),
        ({"refuses_n": True}, "n", "no", "refused"),
        ({"copies": True}, "n", "no", "copies"),
        ({"ignores_temperature": True}, "temperature", "no", "nothing is sampled"),
        ({"refuses_temperature": True}, "temperature", "no", "refuses it"),
        ({"always_draws": True}, "temperature 0", "no", "differ"),
        ({"ignores_seed": True}, "seed", "no", "another reply"),
        ({"ignores_temperature": True}, "seed", "unknown", "every seed"),
        ({"ignores_stop": True}, "stop", "no", "went on behind"),
        ({"ignores_penalties": True}, "frequency_penalty", "no", "is the same with a penalty"),
        ({"ignores_penalties": True}, "presence_penalty", "unknown", "is the same"),
        ({"ignores_max_tokens": True}, "max_tokens", "no", "4 tokens were allowed, 9 tokens came"),
        ({"refuses_system": True}, "system role", "no", "refused"),
        ({"drops_system": True}, "system role", "no", "dropped without a word"),
        ({"drops_history": True}, "history", "no", "earlier turns add 0 tokens"),
        ({"cuts_at": 700}, "context", "no", "counts 700, so its limit is about 700"),
        ({"cuts_at": 700, "counts": False}, "context", "no", "is not known, that of 500 is"),
        ({"refuses_longer_than": 900}, "context", "yes", "maximum context length is 900"),
        ({"refuses_logprobs": True}, "log-probabilities", "no", "refused"),
        ({"lists": 0}, "log-probabilities", "no", "not given"),
        ({"lists": 1}, "log-probabilities", "no", "20 tokens were asked for, 1 is listed"),
        ({"lists": 4, "splits": True, "mass": 0.9}, "log-probabilities", "no", "4 are listed"),
        ({"mass": 1e-6}, "log-probabilities", "yes", "the digits hold 1e-06"),
        ({"judges": ["It is not"]}, "votes", "no", "cannot be read"),
        ({"reasons": "reasoning_content"}, "reasoning", "yes", "in reasoning_content"),
        ({"reasons": "content"}, "reasoning", "yes", "between marks in the text"),
        ({"counts": False}, "usage", "no", "no answer counts"),
        ({"streams": False}, "streaming", "no", "no events came"),
        ({"ends_streams": False}, "streaming", "yes", "without [DONE]"),
        ({"repeats_streams": True}, "streaming", "yes", "which repeat words (they are told once)"),
        ({"constrains": "structured"}, "choices", "yes", "structured is heeded"),
        ({"constrains": ""}, "choices", "no", "grammar is taken and not heeded"),
        ({"constrains": ""}, "structured output", "no", "not held to it"),
        ({"names": ["another"]}, "model", "yes", "m is not among them"),
    ],
)
def test_what_a_server_does_otherwise_is_found(
    switches: dict[str, Any], name: str, supported: str, observed: str
) -> None:
    finding = probed(**switches)[name]
    assert (finding.supported, observed in finding.observed) == (supported, True), finding


@pytest.mark.parametrize("last", [{}, {"content": "Hello there, dear reader of books."}])
async def test_what_a_stream_repeats_is_read_once(last: Any) -> None:
    words = ["Hello there, ", "dear reader ", "of books."]
    if last == {}:
        words = ["".join(words[: place + 1]) for place in range(3)]
    events = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in words]
    end = {"choices": [{"index": 0, "delta": last, "finish_reason": "stop"}]}
    with LocalServer([stream(*events, end)]) as server:
        model = OpenAIModel("m", base_url=server.url, max_retries=0)
        try:
            answer = await ServerAsker(model).ask(Question((Message("user", "Hello?"),), stream=True))
        finally:
            await model.aclose()
    assert answer.first.text == "Hello there, dear reader of books."
    assert answer.stream is not None
    assert (answer.stream.repeats, answer.stream.finish) == (True, True)


def test_a_remedy_was_tried_before_it_is_named() -> None:
    found = probed(reasons="reasoning_content")["reasoning"]
    assert (
        "extra_body = { chat_template_kwargs = { enable_thinking = false } } switches it off" in found.remedy
    )
    assert 'models.constrain = "structured"' in probed(constrains="structured")["choices"].remedy


def test_nothing_is_concluded_where_nothing_is_counted_and_the_model_is_weak() -> None:
    def weak(seen: Seen) -> Answer:
        if seen.method == "GET":
            return complaint("nothing here", 404)
        return Answer(body={"choices": [{"message": {"content": "Hm."}, "finish_reason": "stop"}]})

    with LocalServer(weak) as server:
        found = {one.name: one for one in probe_seat("openai:m", config_of(server)).findings}
    assert {name: found[name].supported for name in ("system role", "history", "context", "stop")} == {
        "system role": "unknown",
        "history": "unknown",
        "context": "unknown",
        "stop": "unknown",
    }
    assert "lists no models" in found["model"].observed


def test_a_call_that_fails_later_is_told_and_the_rest_is_tried() -> None:
    whole = odd_server()

    def fails_at_stops(seen: Seen) -> Answer:
        if seen.method == "POST" and "stop" in seen.body:
            return complaint("boom", 500)
        return whole(seen)

    with LocalServer(fails_at_stops) as server:
        found = {one.name: one for one in probe_seat("openai:m", config_of(server)).findings}
    assert (found["stop"].supported, "boom" in found["stop"].observed) == ("unknown", True)
    assert found["streaming"].supported == "yes"


def test_an_answer_that_cannot_be_read_refuses_nothing() -> None:
    whole = odd_server()

    def empty_for_long_ones(seen: Seen) -> Answer:
        if seen.method == "POST" and (len(json.dumps(seen.body)) > 4000 or "stop" in seen.body):
            return Answer(body={"choices": []})
        return whole(seen)

    with LocalServer(empty_for_long_ones) as server:
        found = {one.name: one for one in probe_seat("openai:m", config_of(server)).findings}
    for name in ("context", "stop"):
        assert found[name].supported == "unknown", found[name]
        assert "without a reply" in found[name].observed
        assert "refused" not in found[name].observed


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (complaint("bad key", 401), "rejected the key"),
        (complaint("no such model", 404), "has no model 'm'"),
        (Answer(drop="silently"), "connection to"),
        (Answer(body="<html>hello</html>"), "an HTML page"),
    ],
)
def test_a_server_that_cannot_be_asked_is_an_error(answer: Answer, told: str) -> None:
    with LocalServer([answer]) as server, pytest.raises(ModelRefused, match=told):
        probe_seat("openai:m", config_of(server))


def test_a_server_of_the_settings_is_asked_as_they_say() -> None:
    with LocalServer(odd_server(refuses_system=True)) as server:
        mine = {"base_url": server.url, "system_role": "user", "extra_body": {"top_k": 5}}
        found = probe_seat("mine:m", config_of(server, mine=mine))
    posts = [seen.body for seen in server.requests if seen.method == "POST"]
    assert all(body["top_k"] == 5 for body in posts)
    system = next(one for one in found.findings if one.name == "system role")
    assert (system.supported, system.consequence) == ("yes", "")


def test_a_finding_goes_through_json() -> None:
    finding = Finding("n", "no", "1 came", "calls", "none")
    assert Finding.from_json(json.loads(json.dumps(finding.to_json()))) == finding
    assert finding.line == "n: no. 1 came. calls. none."
    assert Probe("s", "m", (finding,)).wrong == [finding]
