"""Thoughts that systems of the user's own hand on: kept beside what is said, in every seat that speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.films import CATALOGUE, sample
from support.servers import Answer, LocalServer
from usbrec.config import Config, load_config
from usbrec.dialogue import Conversation, Reply
from usbrec.stages import evaluate

ROWS = tuple(sample("I liked Goodfellas (1990).", id_=f"d{number}:1") for number in range(2))
THOUGHT = "Casino (1995) is what they want."
SAID = "Have you seen Alien (1979)?"


def episode_rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()]


class Says:
    """A recommender, or a seeker, that says the same to everybody."""

    identity: Mapping[str, Any] | None = None

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.heard: list[Conversation] = []

    def reply(self, conversation: Conversation, _: object = None) -> Any:
        self.heard.append(conversation)
        return self.answer


def settings(**over: Any) -> Config:
    seats = {"recommender": "rules:retriever", "seeker": "rules", "judge": "rules", **over.pop("seats", {})}
    return load_config(None, {"seats": seats, "judging": {"second": False}, **over})


def play(folder: Path, objects: Mapping[str, object] | None, **over: Any) -> Mapping[str, Any]:
    replay = over.pop("replay", None)
    return evaluate(
        ROWS, folder, config=settings(**over), catalogue=CATALOGUE, objects=objects, replay=replay
    )


@pytest.mark.parametrize(
    "answer",
    [f"<think>{THOUGHT}</think>\n{SAID}", f"{THOUGHT}</think>{SAID}", Reply(SAID, reasoning=THOUGHT)],
    ids=["a block", "a closing mark alone", "a field"],
)
def test_thoughts_of_an_object_are_no_recommendation(answer: Any, tmp_path: Path) -> None:
    own = Says(answer)
    results = play(tmp_path / "run", {"recommender": own})
    assert results["hit"]["mean"] == 0.0
    row = episode_rows(tmp_path / "run")[0]
    said = [turn for turn in row["episode"]["played"] if turn["role"] == "recommender"]
    assert {turn["text"] for turn in said} == {SAID}
    assert {turn["reasoning"] for turn in said} == {THOUGHT}
    assert not any(THOUGHT in turn.text for one in own.heard for turn in one.turns), "nobody is told them"
    again = play(tmp_path / "again", {"recommender": own}, replay=tmp_path / "run")
    assert again["ieval"] == results["ieval"]
    assert (tmp_path / "again" / "episodes.jsonl").read_bytes() == (
        tmp_path / "run" / "episodes.jsonl"
    ).read_bytes()


def test_thoughts_without_an_end_are_a_failed_row_unless_items_are_given(tmp_path: Path) -> None:
    results = play(tmp_path / "open", {"recommender": Mixed(f"<think>{THOUGHT}")})
    assert results["failed"] == 1
    [row] = [row for row in episode_rows(tmp_path / "open") if row["failed"]]
    assert "breaks off in its thoughts" in row["failed"]
    given = play(tmp_path / "items", {"recommender": Says(Reply(f"<think>{THOUGHT}", items=["f2"]))})
    assert given["failed"] == 0


class Mixed(Says):
    """Answers every second row as it should."""

    def reply(self, conversation: Conversation, _: object = None) -> Any:
        super().reply(conversation)
        return SAID if len(self.heard) > 1 else self.answer


def test_thoughts_of_a_service_are_no_recommendation(tmp_path: Path) -> None:
    with LocalServer(lambda _: Answer(body={"text": f"[THINK]{THOUGHT}[/THINK]{SAID}"})) as server:
        url = f"http://127.0.0.1:{server.port}/reply"
        results = play(tmp_path / "run", None, seats={"recommender": url})
    assert results["hit"]["mean"] == 0.0
    assert episode_rows(tmp_path / "run")[0]["episode"]["played"][0]["reasoning"] == THOUGHT


def test_a_seeker_that_thinks_tells_nobody_its_target(tmp_path: Path) -> None:
    own = Says(SAID)
    results = play(
        tmp_path / "run", {"recommender": own, "seeker": Says(f"<think>{THOUGHT}</think>No, another.")}
    )
    assert results["failed"] == 0
    row = episode_rows(tmp_path / "run")[0]
    assert row["episode"]["leaks"] == 0
    [turn] = [turn for turn in row["episode"]["played"] if turn["role"] == "seeker"]
    assert (turn["text"], turn["reasoning"]) == ("No, another.", THOUGHT)
    assert {one.turns[-1].text for one in own.heard} == {"I liked Goodfellas (1990).", "No, another."}


def test_marks_can_be_switched_off(tmp_path: Path) -> None:
    own = Says(f"<think>{THOUGHT}</think>{SAID}")
    results = play(tmp_path / "run", {"recommender": own}, models={"reasoning": "off"})
    assert results["hit"]["mean"] == 1.0
