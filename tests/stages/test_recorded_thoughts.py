"""Thoughts in files of recorded dialogues: nobody said them, so nothing in them counts."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from support.films import CATALOGUE
from usbrec.config import load_config
from usbrec.data import load_samples
from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.stages import evaluate, score
from usbrec.stages.thoughts import without_thoughts

THOUGHT = "Casino (1995) is what they want."
SAID = "Have you seen Alien (1979)?"
ANSWER = f"<think>{THOUGHT}</think>\n\n{SAID}"


def test_what_was_thought_in_a_recorded_dialogue_is_no_recommendation(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "logs.jsonl"
    turns = [
        {"role": "user", "content": "A crime film, please."},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": "No."},
    ]
    file.write_text(json.dumps({"id": "a", "system": "s", "turns": turns}) + "\n")
    config = load_config(None, {"seats": {"judge": "rules"}})
    with caplog.at_level(logging.WARNING):
        score(file, tmp_path / "run", config=config, catalogue=CATALOGUE)
    written = (tmp_path / "run" / "dialogues.jsonl").read_text()
    [row] = [json.loads(line) for line in written.splitlines()]
    assert row["facts"]["items"] == 1
    assert row["turns"][0]["new"] == ["f8"], "Alien alone"
    assert f"{file}: 1 turns hold thoughts between marks" in caplog.text


def test_nobody_is_told_what_was_thought_before_a_sample(tmp_path: Path) -> None:
    heard = []

    class Listens:
        def reply(self, conversation: object) -> str:
            heard.append([turn.text for turn in conversation.turns])  # type: ignore[attr-defined]
            return SAID

    file = tmp_path / "samples.jsonl"
    dialogue = [
        {"role": "user", "text": "A crime film, please."},
        {"role": "assistant", "text": ANSWER},
        {"role": "assistant", "text": f"<think>{THOUGHT}"},
        {"role": "user", "text": "Seen it."},
    ]
    file.write_text(json.dumps({"id": "a", "dialogue": dialogue, "targets": ["Casino (1995)"]}) + "\n")
    config = load_config(None, {"seats": {"seeker": "rules", "judge": "rules"}, "judging": {"second": False}})
    evaluate(file, tmp_path / "run", config=config, catalogue=CATALOGUE, objects={"recommender": Listens()})
    assert heard[0] == ["A crime film, please.", SAID, "Seen it."]
    assert load_samples(file)[0].turns[1].text == ANSWER, "the file is read as it is"


def test_dialogues_without_thoughts_are_the_same_objects_and_rated_turns_stay() -> None:
    plain = Sample("1", "1", (Turn("seeker", "I think <b>so</b>"),), ("Heat (1995)",))
    assert without_thoughts([plain], "auto", "x")[0] is plain
    rated = RecordedDialogue(
        "2",
        (Turn("seeker", "Hello"), Turn("recommender", f"<think>{THOUGHT}")),
        turn_ratings=({}, {"a": 1.0}),
    )
    [found] = without_thoughts([rated], "auto", "x")
    assert [turn.text for turn in found.turns] == ["Hello", ""]
    assert found.turns[1].reasoning == THOUGHT
    assert without_thoughts([rated], "off", "x") == (rated,)
