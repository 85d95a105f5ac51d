"""Logs of chat models, {"messages": [{"role", "content"}]}, read as dialogues of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from usbrec.data import read_dialogues
from usbrec.errors import InputError

TALK = [
    {"role": "system", "content": "You recommend books."},
    {"role": "user", "content": "Something spooky, please."},
    {"role": "assistant", "content": "Have you read Dracula (1897)?"},
]


def test_messages_are_the_turns(tmp_path: Path) -> None:
    """The system's message is passed over."""
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps({"id": f"d{n}", "messages": TALK}) + "\n" for n in range(2)))
    found = list(read_dialogues(path))
    assert [one.id for one in found] == ["d0", "d1"]
    assert [turn.role for turn in found[0].turns] == ["seeker", "recommender"]


def test_two_names_of_the_turns_are_not_guessed_between(tmp_path: Path) -> None:
    """A line with `turns` and `dialogue` says neither."""
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"id": "d", "turns": TALK, "dialogue": TALK}))
    with pytest.raises(InputError, match="given together"):
        list(read_dialogues(path))
