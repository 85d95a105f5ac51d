"""Recorded calls are asked once, served again, and enough to replay a run without its model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from usbrec.errors import InputError, ModelUnavailable, UsbRecError
from usbrec.journal import Journal
from usbrec.llm import ChatRequest, ChoiceRequest, Message, RecordedModel, ScriptedModel, Unreachable
from usbrec.lockstep import Scope, current_scope

ASK = ChatRequest((Message("user", "hello"),), temperature=0.7, seed=1)
DIGIT = ChoiceRequest((Message("user", "score"),), ("0", "1", "2"))


@contextmanager
def _unit(name: str) -> Iterator[None]:
    token = current_scope.set(Scope(name, 0))
    try:
        yield
    finally:
        current_scope.reset(token)


def _counting() -> ScriptedModel:
    count = iter(range(100))
    return ScriptedModel(
        lambda request: f"reply {next(count)}", choose=lambda request: {"0": 1.0, "1": 1.0, "2": 2.0}
    )


async def test_an_identical_call_of_a_unit_is_asked_once_and_another_units_call_again(tmp_path: Path) -> None:
    inner = _counting()
    with Journal(tmp_path / "run.db") as journal:
        model = RecordedModel(inner, journal)
        with _unit("a"):
            assert (await model.chat(ASK)).text == "reply 0"
            assert (await model.chat(ASK)).text == "reply 0"
        with _unit("b"):
            assert (await model.chat(ASK)).text == "reply 1"
    assert len(inner.requests) == 2


async def test_the_seed_is_part_of_the_question(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal, _unit("a"):
        model = RecordedModel(_counting(), journal)
        first = await model.chat(ASK)
        second = await model.chat(ChatRequest(ASK.messages, temperature=0.7, seed=2))
        assert first.text != second.text


async def test_what_was_recorded_replays_without_a_model(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal, _unit("a"):
        model = RecordedModel(_counting(), journal)
        reply, choice = await model.chat(ASK), await model.choose(DIGIT)
    with (
        Journal(tmp_path / "run.db", mode="read") as source,
        Journal(tmp_path / "again.db") as journal,
        _unit("a"),
    ):
        replayed = RecordedModel(Unreachable("scripted"), journal, replay=source)
        assert await replayed.chat(ASK) == reply
        assert await replayed.choose(DIGIT) == choice
        assert journal.usage("a").calls == 2
        with pytest.raises(InputError, match="holds no answer of scripted"):
            await replayed.chat(ChatRequest(ASK.messages, seed=99))


async def test_what_another_run_recorded_is_not_asked_again_and_the_rest_is(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal, _unit("a"):
        reply = await RecordedModel(_counting(), journal).chat(ASK)
    inner = ScriptedModel(lambda request: "anew")
    with (
        Journal(tmp_path / "run.db", mode="read") as source,
        Journal(tmp_path / "other.db") as journal,
        _unit("a"),
    ):
        model = RecordedModel(inner, journal, reuse=source)
        assert await model.chat(ASK) == reply
        assert not inner.requests
        assert (await model.chat(ChatRequest(ASK.messages, seed=99))).text == "anew"
        # What was taken over is this run's own now, and counts as its cost.
        assert journal.usage("a").calls == 2


async def test_a_failure_is_recorded_and_replays_as_the_same_failure(tmp_path: Path) -> None:
    def fails(request: ChatRequest) -> str:
        raise ModelUnavailable("503")

    with Journal(tmp_path / "run.db") as journal, _unit("a"):
        model = RecordedModel(ScriptedModel(fails), journal)
        with pytest.raises(ModelUnavailable, match="503"):
            await model.chat(ASK)
    with (
        Journal(tmp_path / "run.db", mode="read") as source,
        Journal(tmp_path / "again.db") as journal,
        _unit("a"),
    ):
        replayed = RecordedModel(Unreachable("scripted"), journal, replay=source)
        with pytest.raises(ModelUnavailable, match="503"):
            await replayed.chat(ASK)


async def test_what_failed_in_another_run_is_asked_again(tmp_path: Path) -> None:
    def fails(request: ChatRequest) -> str:
        raise ModelUnavailable("503")

    with (
        Journal(tmp_path / "run.db") as journal,
        _unit("a"),
        pytest.raises(ModelUnavailable, match="503"),
    ):
        await RecordedModel(ScriptedModel(fails), journal).chat(ASK)
    with (
        Journal(tmp_path / "run.db", mode="read") as source,
        Journal(tmp_path / "other.db") as journal,
        _unit("a"),
    ):
        model = RecordedModel(ScriptedModel(lambda request: "anew"), journal, reuse=source)
        assert (await model.chat(ASK)).text == "anew"


async def test_outside_a_unit_nothing_is_recorded(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        model = RecordedModel(_counting(), journal)
        assert (await model.chat(ASK)).text == "reply 0"
        assert (await model.chat(ASK)).text == "reply 1"
        assert journal.usage("").calls == 0


async def test_nothing_stands_behind_a_replay() -> None:
    with pytest.raises(UsbRecError, match="no model behind a replay"):
        await Unreachable("m").chat(ASK)
