"""An exact score is of the answer's first token, and of an answer that is this token alone."""

from __future__ import annotations

import contextlib
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen
from usbrec.errors import ModelRefused
from usbrec.judge.model import ModelJudge, Scoring, Way
from usbrec.judge.probe import Probed, probe
from usbrec.llm.openai.client import OpenAIModel
from usbrec.prompts import Prompts


def listed(first: str, share: float = 0.97) -> dict[str, Any]:
    """Log-probabilities of a first token, with the other digits behind it."""
    others = [digit for digit in ("0", "1", "2") if digit != first]
    shares = {first: share, **dict.fromkeys(others, 0.004), "x": 0.0001}
    tokens = [{"token": token, "logprob": math.log(one)} for token, one in shares.items()]
    return {"content": [{**tokens[0], "top_logprobs": tokens}]}


def answer(message: dict[str, Any], logprobs: Any = None, finish: str = "stop", n: int = 1) -> Answer:
    choice = {"message": {"role": "assistant", **message}, "finish_reason": finish, "logprobs": logprobs}
    return Answer(body={"choices": [{**choice, "index": index} for index in range(n)]})


def writes(text: str, first: str) -> Callable[[Seen], Answer]:
    """A server whose judge says `text`, cut at the limit of tokens (four letters each, but for the first)."""

    def serve(seen: Seen) -> Answer:
        limit = seen.body["max_tokens"]
        told = first if limit == 1 else text[: 4 * limit]
        logprobs = listed(first) if seen.body.get("logprobs") else None
        finish = "stop" if told == text else "length"
        return answer({"content": told}, logprobs, finish, seen.body.get("n", 1))

    return serve


def thinks_apart(field: str, content: str | None) -> Callable[[Seen], Answer]:
    """A server with a parser for reasoning: what it lists first is the first token of the thoughts."""

    def serve(seen: Seen) -> Answer:
        is_cut = seen.body["max_tokens"] < 50
        logprobs = listed("1") if seen.body.get("logprobs") else None
        thoughts = {field: "1" if seen.body["max_tokens"] == 1 else "1. The seeker wanted a castle."}
        said = {"content": content if is_cut else "0"}
        return answer({**said, **thoughts}, logprobs, "length" if is_cut else "stop", seen.body.get("n", 1))

    return serve


@contextlib.asynccontextmanager
async def judging(serve: Callable[[Seen], Answer]) -> AsyncIterator[tuple[LocalServer, ModelJudge]]:
    """The server, and a judge on it of which nobody knows yet how it scores."""
    with LocalServer(serve) as server:
        model = OpenAIModel("m", base_url=server.url)
        yield server, ModelJudge(model, Prompts(), scoring=Scoring())
        await model.aclose()


def by(judge: ModelJudge, way: Way) -> ModelJudge:
    return replace(judge, scoring=Scoring(way))


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("content", [None, ""])
async def test_the_first_token_of_thoughts_is_no_score(field: str, content: str | None) -> None:
    async with judging(thinks_apart(field, content)) as (_, judge):
        found = await probe(judge, ["one"], max_tokens=50, seed=0)
        assert (found.way, found.max_tokens) == ("votes", 50)
        score = await judge.ask("two", seed=0)
        assert (score.method, score.value) == ("votes", 0.0)
        row = await by(judge, "exact").ask("two", seed=0)
        assert row.value is None
        assert "of its thoughts" in row.detail["why"]
        unprobed = await by(judge, "auto").ask("two", seed=0)
        assert unprobed.method == "votes"


@pytest.mark.parametrize("content", [None, "", "Well"])
async def test_a_listed_token_that_does_not_begin_the_answer_is_no_score(content: str | None) -> None:
    async with judging(lambda seen: answer({"content": content}, listed("1"), "length")) as (_, judge):
        row = await by(judge, "exact").ask("one", seed=0)
    assert row.value is None
    assert "not with the token" in row.detail["why"]


@pytest.mark.parametrize(
    ("text", "first", "value"),
    [
        ("1. The seeker asked for a castle.\n2. A house was named.\n\nScore: 0", "1", 0.0),
        ("1. The seeker asked for a castle.\n</think>\n\n0", "1", 0.0),
        ("2 titles were named and none of them suits. Score: 0", "2", 0.0),
        ("2/10", "2", None),
        ("0.5", "0", None),
        ("1. The seeker asked. " * 200, "1", None),
    ],
)
async def test_a_digit_that_begins_a_longer_answer_is_no_score(
    text: str, first: str, value: float | None
) -> None:
    async with judging(writes(text, first)) as (_, judge):
        if value is None:
            with pytest.raises(
                ModelRefused, match=r"its answer goes on behind the digit .* 0% could be read"
            ):
                await probe(judge, ["one"], max_tokens=100, seed=0)
        else:
            assert (await probe(judge, ["one"], max_tokens=100, seed=0)).way == "votes"
            assert (await judge.ask("two", seed=0)).value == value
        with pytest.raises(ModelRefused, match="cannot score: "):
            await probe(by(judge, "auto"), ["one"], way="exact", max_tokens=100, seed=0)


@pytest.mark.parametrize("text", ["1", "1.", " 1\n", "1\n\nDracula (1897) suits about as well."])
async def test_a_digit_alone_or_explained_is_scored_exactly_by_one_token_a_row(text: str) -> None:
    async with judging(writes(text, "1")) as (server, judge):
        found = await probe(judge, ["one", "two"], max_tokens=100, seed=0)
        assert found == Probed("exact", pytest.approx(0.978))
        score = await judge.ask("three", seed=0)
    assert score.method == "exact"
    assert [seen.body["max_tokens"] for seen in server.requests] == [100, 100, 1]
    assert all(seen.body["logprobs"] for seen in server.requests)


async def test_a_judge_that_refuses_is_told_in_the_servers_words() -> None:
    told = {"content": None, "refusal": "I will not judge people."}
    async with judging(lambda seen: answer(told, n=seen.body.get("n", 1))) as (_, judge):
        with pytest.raises(ModelRefused, match="a refusal instead of an answer: I will not judge people"):
            await probe(judge, ["one"], max_tokens=50, seed=0)
        score = await by(judge, "votes").ask("one", seed=0)
    assert "I will not judge people" in score.detail["why"]
