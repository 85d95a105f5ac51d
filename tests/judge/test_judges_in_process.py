"""A judge in this process is scored by its first token only where its answer is that token."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from usbrec.dialogue import Usage
from usbrec.errors import ModelRefused
from usbrec.judge.model import ModelJudge, Scoring
from usbrec.judge.probe import probe
from usbrec.llm.drawn_choices import drawn_votes, looked_at
from usbrec.llm.probing.answers import check_log_probabilities
from usbrec.llm.probing.asking import ModelAsker, Trial
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion
from usbrec.prompts import Prompts

DIGITS = ("0", "1", "2")


class InProcess:
    """A model whose first token is always "1", whatever it says as a whole: `says`, one after the other. With
    `limits`, short votes are limited to digits by a grammar, as those of a GGUF file are, or "always"."""

    name, parallel = "local", False
    identity: Mapping[str, Any] = {}

    def __init__(
        self, *says: str, limits: bool | str = False, thoughts: str = "", mass: float = 0.97
    ) -> None:
        self.says, self.limits, self.thoughts, self.mass = says, limits, thoughts, mass
        self.drawn: list[ChatRequest] = []

    def _draw(self, request: ChatRequest) -> ChatReply:
        self.drawn.append(request)
        said = [self.says[place % len(self.says)] for place in range(request.n)]
        return ChatReply(tuple(Completion(text, reasoning=self.thoughts) for text in said), Usage(calls=1))

    async def chat(self, request: ChatRequest) -> ChatReply:
        return self._draw(request)

    async def choose(self, request: ChoiceRequest) -> Choice:
        if request.way == "votes":
            if self.limits == "always" or (self.limits and request.max_tokens is None):
                return Choice(
                    {"0": 0.0, "1": 1.0, "2": 0.0}, "forced", votes=request.votes, usage=Usage(calls=1)
                )
            return drawn_votes(request, self._draw)
        exact = Choice({"0": 0.01, "1": 0.98, "2": 0.01}, "exact", mass=self.mass, usage=Usage(calls=1))
        return looked_at(exact, request, self._draw)

    async def aclose(self) -> None: ...


def judge_of(model: InProcess) -> ModelJudge:
    return ModelJudge(model, Prompts(), scoring=Scoring())


@pytest.mark.parametrize("said", ["1", "1.", " 1\n", "**1**", "1\n\nIt suits about as well."])
async def test_an_answer_that_is_its_digit_is_scored_exactly(said: str) -> None:
    model = InProcess(said)
    judge = judge_of(model)
    assert (await probe(judge, ["one", "two"], max_tokens=64, seed=0)).way == "exact"
    score = await judge.ask("three", seed=0)
    assert (score.method, score.value) == ("exact", 1.0)
    assert len(model.drawn) == 2, "rows are not looked at further"


@pytest.mark.parametrize("said", ["1/10", "10", "1 or 2", "12", "1. The seeker asked.\n2. It"])
@pytest.mark.parametrize("limits", [False, True])
async def test_an_answer_that_goes_on_otherwise_is_no_score(said: str, limits: bool) -> None:
    with pytest.raises(ModelRefused, match=r"its answer goes on behind the digit .* 0% could be read"):
        await probe(judge_of(InProcess(said, limits=limits)), ["one"], max_tokens=64, seed=0)
    with pytest.raises(ModelRefused, match="its answer goes on behind the digit"):
        await probe(judge_of(InProcess(said)), ["one"], way="exact", max_tokens=64, seed=0)


@pytest.mark.parametrize("limits", [False, True])
async def test_it_is_read_by_its_own_votes_and_that_is_told_and_recorded(
    limits: bool, caplog: pytest.LogCaptureFixture
) -> None:
    judge = judge_of(InProcess("1/10", "2", "Score: 2", "2", limits=limits))
    with caplog.at_level(logging.WARNING):
        found = await probe(judge, ["one"], max_tokens=64, seed=0)
    score = await judge.ask("two", seed=0)
    assert (score.method, score.value, score.unreadable) == ("votes", 2.0, 3)
    assert "goes on behind the digit ('1/10')" in found.to_json()["why"]
    assert any("scored by votes, not by log-probabilities" in record.message for record in caplog.records)


async def test_one_prompt_whose_answer_goes_on_is_enough() -> None:
    class Second(InProcess):
        def _draw(self, request: ChatRequest) -> ChatReply:
            self.says = ("1/10",) if "two" in request.messages[0].content else ("1",)
            return super()._draw(request)

    assert (await probe(judge_of(Second("1")), ["one", "two", "three"], max_tokens=64, seed=0)).way == "votes"


async def test_thoughts_before_the_answer_are_no_score() -> None:
    judge = judge_of(InProcess("2", thoughts="1. The seeker asked."))
    assert (await probe(judge, ["one"], max_tokens=64, seed=0)).way == "votes"


@pytest.mark.parametrize(("said", "supported"), [("1", "yes"), ("1/10", "no")])
async def test_the_probe_of_a_seat_looks_at_the_answer_too(said: str, supported: str) -> None:
    found = await check_log_probabilities(Trial(ModelAsker(InProcess(said))))
    assert found.supported == supported
    assert ("goes on behind the digit" in found.observed) == (supported == "no")


def _messages(asked: Sequence[ChatRequest]) -> list[int]:
    return [request.max_tokens for request in asked]


async def test_what_is_looked_at_is_short_and_the_likeliest_answer() -> None:
    model = InProcess("1")
    await probe(judge_of(model), ["one"], max_tokens=1000, seed=0)
    assert (_messages(model.drawn), model.drawn[0].temperature) == ([32], 0.0)
    model = InProcess("1")
    await probe(judge_of(model), ["one"], max_tokens=12, seed=0)
    assert _messages(model.drawn) == [12]


@pytest.mark.parametrize("mass", [9e-7, 0.387])
async def test_a_grammar_does_not_make_a_score_of_digits_below_the_floor(mass: float) -> None:
    model = InProcess("So the seeker was offered", limits=True, mass=mass)
    with pytest.raises(ModelRefused, match=r"hold .* of the probability .* 0% could be read"):
        await probe(judge_of(model), ["one"], max_tokens=64, seed=0)


async def test_below_the_floor_its_own_votes_are_read_though_a_grammar_could_limit_them() -> None:
    judge = judge_of(InProcess("Score: 2", "So the seeker", "Score: 0", limits=True, mass=0.387))
    found = await probe(judge, ["one"], max_tokens=64, seed=0)
    score = await judge.ask("two", seed=0)
    assert (found.way, found.forced, score.method, score.unreadable) == ("votes", False, "votes", 3)
    assert score.value == pytest.approx(8 / 7, abs=1e-6)


async def test_votes_that_only_a_grammar_makes_digits_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    model = InProcess("So the seeker", limits="always", mass=0.387)
    with caplog.at_level(logging.WARNING):
        found = await probe(judge_of(model), ["one"], max_tokens=64, seed=0)
    assert found.forced
    assert "hold 0.39 of the probability (floor: 0.5)" in found.to_json()["why"]
    assert any("votes that a grammar limits" in record.message for record in caplog.records)


async def test_longer_votes_of_which_no_more_can_be_read_are_not_asked_for() -> None:
    model = InProcess("2", "Well", "It", limits=True, mass=0.387)
    found = await probe(judge_of(model), ["one"], max_tokens=64, seed=0)
    assert found.readable == pytest.approx(0.4)
    assert found.max_tokens == 32
