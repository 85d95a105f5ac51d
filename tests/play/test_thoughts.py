"""A model's thoughts in whole runs: never scored, linked, said back or told to the other seat, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.one_row import run
from usbrec.errors import ModelRefused

THOUGHT = "Jane Eyre (1847) is what they want, but it is too obvious."
SAID = "Try Dracula (1897)."
SHAPES = {
    "block": f"<think>\n{THOUGHT}\n</think>\n\n{SAID}",
    "closing mark alone": f"{THOUGHT}\n</think>\n\n{SAID}",
    "brackets": f"[THINK]{THOUGHT}[/THINK]{SAID}",
    "channels": (
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{SAID}"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("candidates", [0, 5])
def test_thoughts_are_scored_and_shown_like_an_answer_without_them(
    shape: str, candidates: int, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("with", "without")]
    for folder in folders:
        folder.mkdir()
    thinking, prompts = run(folders[0], SHAPES[shape], candidates=candidates)
    plain, _ = run(folders[1], SAID, candidates=candidates)
    assert thinking["episode"]["hit"] is False
    assert thinking["episode"]["score"] == plain["episode"]["score"]
    assert thinking["episode"]["facts"] == plain["episode"]["facts"]
    texts = [[turn["text"] for turn in row["episode"]["played"]] for row in (thinking, plain)]
    assert texts[0] == texts[1]
    assert prompts
    assert not any("too obvious" in prompt for prompt in prompts)


def test_thoughts_are_kept_in_the_record(tmp_path: Path) -> None:
    row, _ = run(tmp_path, SHAPES["block"])
    first = row["episode"]["played"][0]
    assert (first["text"], first["reasoning"]) == (SAID, THOUGHT)


def test_a_seeker_that_thinks_of_its_target_does_not_tell_it(tmp_path: Path) -> None:
    seeker = "<think>My target is Jane Eyre (1847); I must not name it.</think>Something older, please."
    row, prompts = run(tmp_path, SAID, seeker)
    said = row["episode"]["played"][1]
    assert said["text"].startswith("Something older, please.")
    assert "must not name it" in said["reasoning"]
    assert row["episode"]["leaks"] == 0
    assert not any("must not name it" in prompt for prompt in prompts)


def test_an_answer_cut_in_its_thoughts_makes_the_row_failed_with_what_helps(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"still reasoning.*play\.max_tokens"):
        run(tmp_path, f"<think>{THOUGHT}")
