"""The scripted model: rules from a file, or a function."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from usbrec.errors import (
    BadLines,
    InputError,
    ModelRefused,
    ModelUnavailable,
    UnusableAnswer,
    UsbRecError,
)
from usbrec.llm.protocol import ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest, Message
from usbrec.llm.scripted import ScriptedModel, load_script

DIGITS = ("0", "1", "2")


def script(folder: Path, *rules: Any) -> ScriptedModel:
    path = folder / "script.jsonl"
    path.write_text("\n".join(json.dumps(rule) for rule in rules), "utf-8")
    return load_script(path)


def messages(text: str, system: str | None = None) -> tuple[Message, ...]:
    return (*([] if system is None else [Message("system", system)]), Message("user", text))


def chat(model: ScriptedModel, text: str = "Hi!", system: str | None = None, **request: Any) -> ChatReply:
    return asyncio.run(model.chat(ChatRequest(messages(text, system), **request)))


def choose(
    model: ScriptedModel, options: Sequence[str] = DIGITS, text: str = "Score?", **more: Any
) -> Choice:
    return asyncio.run(model.choose(ChoiceRequest(messages(text), tuple(options), **more)))


def texts(reply: ChatReply) -> list[str]:
    return [completion.text for completion in reply.completions]


# --- which rule


def test_the_first_rule_that_matches_answers(tmp_path: Path) -> None:
    model = script(tmp_path, {"when": "(?i)comedy", "say": "Airplane!"}, {"say": "What do you like?"})
    assert chat(model, "A Comedy, please").text == "Airplane!"
    assert chat(model, "Hello").text == "What do you like?"


def test_only_the_last_message_and_the_system_message_are_searched(tmp_path: Path) -> None:
    model = script(
        tmp_path,
        {"seat": "seeker", "say": "I am the seeker."},
        {"when": "comedy", "say": "no"},
        {"say": "yes"},
    )
    asked = (Message("user", "comedy"), Message("assistant", "Fine."), Message("user", "Now a drama."))
    assert asyncio.run(model.chat(ChatRequest(asked))).text == "yes"
    assert chat(model, system="You are the seeker").text == "I am the seeker."
    assert chat(model, "seeker", system="You recommend").text == "yes"


def test_a_request_without_a_rule_fails_and_says_which(tmp_path: Path) -> None:
    model = script(tmp_path, {"when": "comedy", "say": "Airplane!"})
    with pytest.raises(UnusableAnswer, match="Hello there"):
        chat(model, "Hello there")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("unavailable", ModelUnavailable),
        ("empty", UnusableAnswer),
        ("garbage", UnusableAnswer),
        ("refused", ModelRefused),
    ],
)
def test_a_rule_can_fail_both_questions(tmp_path: Path, error: str, raised: type[UsbRecError]) -> None:
    model = script(tmp_path, {"error": error})
    with pytest.raises(raised):
        chat(model)
    with pytest.raises(raised):
        choose(model)


# --- which reply


def test_greedy_replies_are_always_the_first(tmp_path: Path) -> None:
    model = script(tmp_path, {"say": ["a", "b", "c"]})
    assert {text for seed in range(20) for text in texts(chat(model, seed=seed, n=3))} == {"a"}


def test_drawn_replies_rotate_and_every_one_comes_first_for_some_seed(tmp_path: Path) -> None:
    model = script(tmp_path, {"say": ["a", "b", "c"]})
    drawn = [texts(chat(model, seed=seed, n=4, temperature=0.7)) for seed in range(60)]
    assert all("".join(some) in "abcabcabc" for some in drawn)
    firsts = Counter(some[0] for some in drawn)
    assert min(firsts["a"], firsts["b"], firsts["c"]) >= 8


@given(
    seeds=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=8), n=st.integers(1, 5), order=st.randoms()
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_reply_depends_on_its_request_and_not_on_the_order(
    tmp_path: Path, seeds: list[int], n: int, order: Any
) -> None:
    rule = {"say": ["a", "b", "c", "d"]}
    requests = [ChatRequest(messages("Hi!"), n=n, temperature=0.7, seed=seed) for seed in seeds]
    shuffled = order.sample(requests, len(requests))

    async def answers(asked: list[ChatRequest]) -> dict[int, list[str]]:
        model = script(tmp_path, rule)
        replies = await asyncio.gather(*map(model.chat, asked))
        return {request.seed: texts(reply) for request, reply in zip(asked, replies, strict=True)}

    assert asyncio.run(answers(requests)) == asyncio.run(answers(shuffled))


@given(st.integers(0, 2**31 - 1), st.integers(1, 6), st.integers(1, 6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_more_replies_begin_with_the_fewer(tmp_path: Path, seed: int, few: int, many: int) -> None:
    model = script(tmp_path, {"say": ["a", "b", "c", "d"]})
    few, many = sorted((few, many))
    longer = texts(chat(model, seed=seed, n=many, temperature=0.7))
    assert texts(chat(model, seed=seed, n=few, temperature=0.7)) == longer[:few]


def test_a_function_answers_with_one_text_or_several() -> None:
    echo = ScriptedModel(lambda request: f"You said {request.messages[-1].content}")
    assert texts(chat(echo, "Hi!", n=2)) == ["You said Hi!", "You said Hi!"]
    several = ScriptedModel(lambda request: ["a", "b"])
    assert texts(chat(several, n=3)) == ["a", "b", "a"]


@pytest.mark.parametrize("said", ["", "  ", [], ["", " "]])
def test_a_function_without_words_is_an_unusable_answer(said: str | list[str]) -> None:
    with pytest.raises(UnusableAnswer):
        chat(ScriptedModel(lambda request: said), n=2)


def test_a_reply_ends_at_a_stop_word_or_at_the_limit_of_words() -> None:
    model = ScriptedModel(lambda request: "one  two\nthree four")
    cut = chat(model, max_tokens=3).completions[0]
    assert (cut.text, cut.finish) == ("one  two\nthree", "length")
    stopped = chat(model, stop=("four", "\n")).completions[0]
    assert (stopped.text, stopped.finish) == ("one  two", "stop")


def test_words_are_counted_as_tokens() -> None:
    usage = chat(ScriptedModel(lambda request: "a b c"), "one two", system="three", n=2).usage
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens, usage.seconds) == (1, 3, 6, 0.0)


# --- choices


def test_weights_become_probabilities_of_the_options_offered(tmp_path: Path) -> None:
    model = script(tmp_path, {"choose": {"1": 0.2, "2": 0.6, "7": 0.2}})
    choice = choose(model)
    assert choice.probabilities == pytest.approx({"0": 0.0, "1": 0.25, "2": 0.75})
    assert (choice.method, choice.votes) == ("exact", 0)
    assert choice.mass == pytest.approx(0.8)


def test_a_temperature_sharpens_weights(tmp_path: Path) -> None:
    model = script(tmp_path, {"choose": {"1": 0.2, "2": 0.4}})
    assert choose(model, temperature=0.5).probabilities == pytest.approx({"0": 0.0, "1": 0.2, "2": 0.8})


@pytest.mark.parametrize("rule", [{}, {"choose": {"yes": 1}}])
def test_votes_are_read_from_replies_where_no_weight_fits(tmp_path: Path, rule: dict[str, Any]) -> None:
    model = script(tmp_path, {**rule, "say": ["2", "Score: 1", "It may be a 2", "**2**"]})
    choice = choose(model, votes=8)
    assert choice.probabilities == pytest.approx({"0": 0.0, "1": 1 / 3, "2": 2 / 3})
    assert (choice.method, choice.votes, choice.unreadable, choice.mass) == ("votes", 8, 2, None)


def test_votes_nobody_can_read_are_no_choice(tmp_path: Path) -> None:
    choice = choose(script(tmp_path, {"say": "Toy Story 2 is great, so 1"}), votes=3)
    assert (choice.probabilities, choice.votes, choice.unreadable) == (None, 3, 3)


def test_a_rule_that_can_only_choose_has_no_words_to_vote_with(tmp_path: Path) -> None:
    with pytest.raises(UnusableAnswer):
        choose(script(tmp_path, {"choose": {"yes": 1}}))


def test_a_function_may_choose_or_leave_it_to_the_votes() -> None:
    model = ScriptedModel(
        lambda request: "1", choose=lambda asked: {"2": 3.0} if "sure" in asked.messages[-1].content else None
    )
    assert choose(model, text="sure?").probabilities == {"0": 0.0, "1": 0.0, "2": 1.0}
    assert choose(model, text="well?", votes=2).probabilities == {"0": 0.0, "1": 1.0, "2": 0.0}


# --- who it is, what it saw


def test_it_keeps_what_it_was_asked() -> None:
    model = ScriptedModel(lambda request: "1")
    first, second = ChatRequest(messages("Hi!")), ChoiceRequest(messages("Score?"), DIGITS)

    async def ask() -> None:
        await model.chat(first)
        await model.choose(second)
        await model.aclose()

    asyncio.run(ask())
    assert model.requests == [first, second]


def test_its_identity_changes_with_the_script_and_not_with_its_spelling(tmp_path: Path) -> None:
    model = script(tmp_path, {"when": "x", "say": ["a"]})
    assert isinstance(model, ChatModel)
    assert (model.name, model.parallel) == ("scripted:script.jsonl", True)
    assert script(tmp_path, {"say": "a", "when": "x"}).identity == model.identity
    assert script(tmp_path, {"when": "x", "say": ["b"]}).identity != model.identity
    assert json.loads(json.dumps(model.identity)) == model.identity


def test_a_function_is_identified_by_its_name() -> None:
    assert "test_a_function" in ScriptedModel(lambda request: "a", name="echo").identity["script"]


# --- time


def test_words_come_at_the_given_rate() -> None:
    arrived: list[tuple[str, float]] = []
    model = ScriptedModel(lambda request: "one two  three", tokens_per_second=20.0)
    started = time.monotonic()
    reply = chat(model, on_delta=lambda piece: arrived.append((piece, time.monotonic() - started)))
    assert [piece for piece, _ in arrived] == ["one", " two", "  three"]
    assert all(at >= 0.05 * count for count, (_, at) in enumerate(arrived, start=1))
    assert arrived[-1][1] < 10.0
    assert reply.usage.seconds == pytest.approx(0.15)


def test_a_deadline_cuts_off_what_is_said_so_far() -> None:
    model = ScriptedModel(lambda request: "one two three four", tokens_per_second=20.0)
    started = time.monotonic()
    cut = chat(model, n=2, deadline=0.12).completions
    assert [(completion.text, completion.finish) for completion in cut] == [("one two", "length")] * 2
    assert 0.09 < time.monotonic() - started < 10.0


def test_not_one_word_before_the_deadline_is_unavailable() -> None:
    model = ScriptedModel(lambda request: "one two", tokens_per_second=5.0)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable):
        chat(model, deadline=0.05)
    assert 0.04 < time.monotonic() - started < 10.0


def test_a_slow_model_can_be_cancelled() -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(
            ScriptedModel(lambda request: "one two", tokens_per_second=0.01).chat(
                ChatRequest(messages("Hi!"))
            )
        )
        await asyncio.sleep(0.02)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())


# --- files


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "not valid JSON"),
        (b"[" * 50_000, "not valid JSON"),
        (b'{"say": NaN}', "not valid JSON"),
        (b'{"say": "\xff"}', "not UTF-8"),
        (b'{"say": "\\ud800"}', "not UTF-8"),
        (b"[]", "a rule is a JSON object"),
        (b"{}", "needs say, choose or error"),
        (b'{"when": "x"}', "needs say, choose or error"),
        (b'{"sya": "x"}', "unknown field 'sya'"),
        (b'{"say": []}', "say is"),
        (b'{"say": ["a", " "]}', "say is"),
        (b'{"say": 5}', "say is"),
        (b'{"say": "x", "when": "("}', "when is no regular expression"),
        (b'{"say": "x", "seat": 5}', "seat is a regular expression"),
        (b'{"choose": {}}', "choose gives"),
        (b'{"choose": {"0": 0}}', "choose gives"),
        (b'{"choose": {"0": -1, "1": 2}}', "choose gives"),
        (b'{"choose": {"0": true}}', "choose gives"),
        (b'{"choose": {"0": 1e999}}', "not valid JSON"),
        (b'{"choose": {"0": ' + b"9" * 400 + b"}}", "choose gives"),
        (b'{"choose": ["0"]}', "choose gives"),
        (b'{"error": "broken"}', "error is one of"),
        (b'{"error": ["empty"]}', "error is one of"),
        (b'{"error": "empty", "say": "x"}', "error stands alone"),
    ],
)
def test_a_line_that_is_no_rule_is_named_with_its_number(tmp_path: Path, line: bytes, problem: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b'{"say": "fine"}\n\n' + line + b"\n")
    with pytest.raises(BadLines) as caught:
        load_script(path)
    assert len(caught.value.problems) == 1
    assert f"line 3: {problem}" in caught.value.problems[0]
    assert str(path) in str(caught.value)


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,saychoerwn01.-e\\ \n', max_size=60).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_a_script_or_an_input_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(content)
    try:
        model = load_script(path)
    except InputError:
        return
    assert model.identity["script"]


def test_a_script_may_begin_with_a_byte_order_mark_and_end_lines_either_way(tmp_path: Path) -> None:
    path = tmp_path / "windows.jsonl"
    path.write_bytes('\ufeff{"when": "a", "say": "first"}\r\n{"say": "sécond"}\r\n'.encode())
    assert chat(load_script(path), "x").text == "sécond"


@pytest.mark.parametrize("content", [None, b"", b"\n \n"])
def test_a_missing_or_empty_script_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "none.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"none\.jsonl: "):
        load_script(path)
    with pytest.raises(InputError, match="cannot read"):
        load_script(tmp_path)
