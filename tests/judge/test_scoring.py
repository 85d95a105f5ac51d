"""Scores are read only where they are there, and in one way for all rows."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.servers import Answer, LocalServer, Seen, completion
from usbrec.errors import ModelRefused
from usbrec.judge.model import ModelJudge, Scoring, score_of
from usbrec.judge.probe import Probed, probe
from usbrec.llm import ChatRequest, Choice, ChoiceRequest, ScriptedModel
from usbrec.llm.choices import FirstToken, read_first_token
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.protocol import temper
from usbrec.prompts import Prompts

PROMPTS = Prompts()
DIGITS = ("0", "1", "2")


def exact(listed: dict[str, float], least: float = 1e-6) -> Choice:
    total = sum(listed.values())
    shares = {digit: listed.get(digit, 0.0) / total for digit in DIGITS}
    return Choice(shares, "exact", mass=total, listed=listed, least=least)


def test_digits_that_hold_next_to_nothing_are_no_score() -> None:
    score = score_of(exact({"0": 1e-7, "2": 8e-7}))
    assert score.value is None
    assert score.mass == 9e-7
    assert "9e-07 of the probability" in score.detail["why"]
    assert score_of(exact({"0": 0.1, "1": 0.1, "2": 0.31})).value is not None


def test_a_lone_listed_digit_is_no_certainty() -> None:
    assert score_of(exact({"1": 0.9}, least=0.9)).value is None
    assert "could move the score" in score_of(exact({"1": 0.6}, least=0.2)).detail["why"]
    assert score_of(exact({"1": 0.9}, least=0.001)).value == 1.0


@given(
    st.dictionaries(st.sampled_from(DIGITS), st.floats(0.2, 1.0), min_size=1),
    st.floats(1e-9, 0.2),
    st.floats(0.2, 2.0),
)
def test_a_score_that_is_read_is_no_further_off_than_the_doubt_allows(
    listed: dict[str, float], least: float, temperature: float
) -> None:
    score = score_of(exact(listed, least), temperature=temperature)
    if score.value is None:
        assert score.detail["why"]
    else:
        assert 0.0 <= score.value <= 2.0


def read(tokens: list[tuple[str, float]], temperature: float = 1.0) -> Choice:
    """What a server's list says of the digits."""
    found = read_first_token(tokens, DIGITS)
    assert found is not None
    raw = {digit: found.listed.get(digit, 0.0) for digit in DIGITS}
    return Choice(
        temper(raw, temperature) if found.listed else None,
        "exact",
        mass=found.mass,
        listed=found.listed,
        least=found.least,
        hidden=found.hidden,
    )


def test_a_form_of_a_digit_that_is_not_listed_is_unknown_where_another_digit_has_two() -> None:
    thin = [("1", 0.4), ("2", 0.2), (" 1", 0.2)]
    assert read(thin).hidden == pytest.approx({"0": 0.2, "2": 0.2})
    score = score_of(read([("1", 0.3), ("2", 0.2), (" 1", 0.12), ("0", 0.12)]))
    assert score.value is None
    assert score.detail["why"].startswith("another form of a digit that the server did not list could move")
    # There is no room for what is not listed.
    full = [("1", 0.4), ("2", 0.2), (" 1", 0.2), ("0", 0.1995)]
    assert score_of(read(full)).value == pytest.approx(1.0 + (0.2 - 0.1995) / 0.9995, abs=1e-6)


@pytest.mark.parametrize("shown", [("0", "1", "2"), (" 0", " 1", " 2"), ("0", "▁1", "２")])
def test_digits_in_one_form_each_are_read_as_they_stand(shown: tuple[str, ...]) -> None:
    choice = read([(token, 0.3) for token in shown])
    assert not choice.hidden
    assert score_of(choice).value == pytest.approx(1.0)


@given(
    forms=st.lists(st.floats(1e-4, 1.0), min_size=6, max_size=6),
    others=st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=4),
    length=st.integers(2, 8),
    temperature=st.floats(0.3, 2.0),
)
def test_a_score_is_near_the_whole_answers_where_the_list_shows_several_forms(
    forms: list[float], others: list[float], length: int, temperature: float
) -> None:
    weights = {f"{blank}{digit}": forms.pop() for digit in DIGITS for blank in ("", " ")}
    weights |= {f"word {place}": weight for place, weight in enumerate(others)}
    whole = {token: weight / sum(weights.values()) for token, weight in weights.items()}
    listed = sorted(whole.items(), key=lambda one: -one[1])[:length]
    digits = [token.strip() for token, _ in listed if token.strip() in DIGITS]
    if len(digits) == len(set(digits)):
        return
    score = score_of(read(listed, temperature), temperature=temperature)
    true = temper({digit: whole[digit] + whole[f" {digit}"] for digit in DIGITS}, temperature)
    if score.value is not None:
        assert abs(score.value - true["1"] - 2 * true["2"]) <= 0.05 + 1e-5
    if length >= len(whole):
        assert score.value is not None or score.mass < 0.5  # type: ignore[operator]


def test_what_unlisted_forms_may_hold_is_recorded_and_old_records_read_as_before() -> None:
    choice = read([("1", 0.4), ("2", 0.2), (" 1", 0.2)])
    assert Choice.from_json(choice.to_json()) == choice
    plain = read([("1", 0.4), ("2", 0.2), ("0", 0.3)])
    assert "hidden" not in plain.to_json()
    assert Choice.from_json(plain.to_json()) == plain
    assert read_first_token([("x", 1.0)], DIGITS) == FirstToken({}, 1.0)


@pytest.mark.parametrize(("unreadable", "value"), [(0, 2.0), (5, 2.0), (6, None), (7, None), (10, None)])
def test_a_row_needs_half_of_its_votes_readable(unreadable: int, value: float | None) -> None:
    shares = None if unreadable == 10 else {"0": 0.0, "1": 0.0, "2": 1.0}
    score = score_of(Choice(shares, "votes", votes=10, unreadable=unreadable))
    assert (score.value, score.votes, score.unreadable) == (value, 10, unreadable)
    assert bool(score.detail) == (value is None)


def judge_of(model: ScriptedModel, **more: float) -> ModelJudge:
    return ModelJudge(model, PROMPTS, scoring=Scoring(), **more)  # type: ignore[arg-type]


async def test_log_probabilities_are_the_way_where_the_digits_hold_enough() -> None:
    judge = judge_of(ScriptedModel(lambda _: "So", choose=lambda _: {"0": 0.1, "1": 0.2, "2": 0.6}))
    found = await probe(judge, ["one", "two"], max_tokens=50, seed=0)
    assert found == Probed("exact", pytest.approx(0.9))
    assert judge.scoring == Scoring("exact")
    assert (await judge.ask("three", seed=0)).method == "exact"


async def test_votes_are_the_way_where_the_digits_hold_next_to_nothing() -> None:
    judge = judge_of(ScriptedModel(lambda _: "1", choose=lambda _: {"0": 1e-7, "2": 8e-7}))
    found = await probe(judge, ["one"], max_tokens=50, seed=0)
    assert (found.way, found.max_tokens, found.readable) == ("votes", None, 1.0)
    score = await judge.ask("two", seed=0)
    assert (score.method, score.value) == ("votes", 1.0)


async def test_votes_are_the_way_where_the_server_lists_too_few_tokens_for_a_score() -> None:
    lone = {"content": [{"token": "1", "logprob": -0.1, "top_logprobs": [{"token": "1", "logprob": -0.1}]}]}

    def answer(seen: Seen) -> Answer:
        asked = seen.body
        texts = ["2", "1"] * (asked.get("n", 1) // 2) or ["1"]
        return completion(*texts, logprobs=lone if asked.get("logprobs") else None)

    with LocalServer(answer) as server:
        judge = ModelJudge(OpenAIModel("m", base_url=server.url), PROMPTS, scoring=Scoring())
        found = await probe(judge, ["one", "two"], max_tokens=50, seed=0)
        assert (found.way, found.readable) == ("votes", 1.0)
        assert (await judge.ask("three", seed=0)).value == 1.5
        with pytest.raises(ModelRefused, match="did not list could move the score"):
            await probe(judge, ["one"], way="exact", max_tokens=50, seed=0)
        await judge.model.aclose()


@pytest.mark.parametrize("shown", ["▁{}", "Ġ{}", " {}", "{}\n", "bytes", "<0x3{}>"])
async def test_a_digit_counts_in_whatever_form_its_token_is_shown(shown: str) -> None:
    def token(digit: int, share: float) -> dict[str, Any]:
        told = {"token": shown.format(digit), "logprob": math.log(share)}
        return {**told, "token": "", "bytes": [48 + digit]} if shown == "bytes" else told

    plain = {"token": "1", "logprob": math.log(0.5)}
    blanks = {"token": "x", "logprob": math.log(0.001)}
    listed = [plain, plain, token(2, 0.4), token(1, 0.05), {"token": "２", "logprob": math.log(0.02)}, blanks]
    logprobs = {"content": [{"token": "1", "logprob": -0.7, "top_logprobs": listed}]}
    with LocalServer([completion("1", logprobs=logprobs)]) as server:
        judge = ModelJudge(
            OpenAIModel("m", base_url=server.url), PROMPTS, temperature=1.0, scoring=Scoring("exact")
        )
        score = await judge.ask("one", seed=0)
        await judge.model.aclose()
    assert score.mass == pytest.approx(0.97)
    assert score.value == pytest.approx((0.55 + 2 * 0.42) / 0.97, abs=1e-6)


@pytest.mark.parametrize("made_up", [0.0, 0.9])
async def test_log_probabilities_that_hold_more_than_one_are_made_up(made_up: float) -> None:
    listed = [{"token": digit, "logprob": made_up} for digit in DIGITS]
    logprobs = {"content": [{"token": "1", "logprob": 0.0, "top_logprobs": listed}]}
    with LocalServer([completion("1", logprobs=logprobs)]) as server:
        judge = ModelJudge(OpenAIModel("m", base_url=server.url), PROMPTS, scoring=Scoring("exact"))
        assert (await judge.ask("one", seed=0)).value is None
        await judge.model.aclose()


async def test_a_judge_that_reasons_first_gets_tokens_enough_to_end() -> None:
    def thinks(request: ChatRequest) -> str:
        assert request.max_tokens in (8, 50, 128)
        return "<think>The seeker wanted an old house and got a castle</think> 0"

    judge = judge_of(ScriptedModel(thinks))
    found = await probe(judge, ["one"], max_tokens=50, seed=0)
    assert (found.way, found.max_tokens) == ("votes", 50)
    assert (await judge.ask("two", seed=0)).value == 0.0


async def test_a_model_that_never_says_a_digit_ends_the_run_with_what_helps() -> None:
    judge = judge_of(ScriptedModel(lambda _: "0, because it is not what was asked for"))
    with pytest.raises(ModelRefused, match=r"0% could be read.*models\.constrain"):
        await probe(judge, ["one"], max_tokens=50, seed=0)


async def test_a_way_that_is_asked_for_is_tried_alone() -> None:
    model = ScriptedModel(lambda _: "2", choose=lambda _: {"0": 0.1, "1": 0.2, "2": 0.6})
    assert (await probe(judge_of(model), ["one"], way="votes", max_tokens=50, seed=0)).way == "votes"
    with pytest.raises(ModelRefused, match="log-probabilities"):
        await probe(judge_of(ScriptedModel(lambda _: "2")), ["one"], way="exact", max_tokens=50, seed=0)


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        ({"0": 0.7, "1": 0.6, "2": 0.5}, r"none: as probabilities they are 1\.80 together, .* more than 1"),
        ({"1": 0.9, "2": 0.05, "0": 0.01, "x": 0.9}, r"1\.86 together"),
    ],
)
async def test_log_probabilities_that_are_none_are_told_as_that(tokens: dict[str, float], why: str) -> None:
    listed = [{"token": token, "logprob": math.log(share)} for token, share in tokens.items()]
    with LocalServer([completion("1", logprobs={"content": [{"top_logprobs": listed}]})]) as server:
        judge = ModelJudge(OpenAIModel("m", base_url=server.url), PROMPTS, scoring=Scoring("exact"))
        with pytest.raises(ModelRefused, match=why) as told:
            await probe(judge, ["one"], way="exact", max_tokens=50, seed=0)
        assert "gives no log-probabilities" not in str(told.value)
        score = await judge.ask("two", seed=0)
        choice = await judge.model.choose(ChoiceRequest((), DIGITS, way="exact"))
        await judge.model.aclose()
    assert score.value is None
    assert score.detail["why"] == choice.untold
    assert Choice.from_json(choice.to_json()) == choice


async def test_once_the_way_is_known_no_row_is_scored_in_another() -> None:
    weights = iter([{"2": 0.9, "1": 0.05, "0": 0.04}, None, {"2": 0.2}])
    model = ScriptedModel(lambda _: "0", choose=lambda _: next(weights))
    judge = judge_of(model)
    await probe(judge, ["one"], max_tokens=50, seed=0)
    silent, thin = await judge.ask("two", seed=0), await judge.ask("three", seed=0)
    assert (silent.method, silent.value) == ("exact", None)
    assert (thin.method, thin.value) == ("exact", None)
    assert all(not isinstance(request, ChoiceRequest) or request.way == "exact" for request in model.requests)
