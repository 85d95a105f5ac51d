"""Messages that stand in another order than their own numbers: put in it and told, in every format."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from support.author_files import (
    FILES,
    arena_dialogue,
    inspired_line,
    kit_dialogue,
    lab_dialogue,
    rated_dialogue,
    shop_dialogue,
    table,
)
from usbrec.data import load_samples, read_dialogues
from usbrec.errors import InputWarning

TALK = (("SEEKER", "A pier."), ("RECOMMENDER", "Then Lantern Pier."), ("SEEKER", "Thanks."))


def numbered(messages: list[dict[str, Any]], **numbers: Any) -> list[dict[str, Any]]:
    """Messages with numbers; a text is the beginning of the number."""
    return [
        message
        | {name: f"{first}{at}" if isinstance(first, str) else first + at for name, first in numbers.items()}
        for at, message in enumerate(messages)
    ]


def ours(**numbers: Any) -> dict[str, Any]:
    said = [{"role": who.casefold(), "text": text} for who, text in TALK]
    return {"id": "a", "turns": numbered(said, **numbers)}


DIALOGUES = {
    "crsarena-eval": (rated_dialogue(), "dialogue"),
    "crsarena-dial": (arena_dialogue(), "conversation"),
    "mg-shopdial": (shop_dialogue(), "utterances"),
    "crslab": (lab_dialogue(), "dialog"),
    "dialoguekit": (
        kit_dialogue()
        | {
            "conversation": numbered(
                kit_dialogue(("USER", "Hi"), ("AGENT", "Hello."))["conversation"], **{"utterance ID": "k-"}
            )
        },
        "conversation",
    ),
    "redial": (
        FILES["redial-rows"][0] | {"messages": numbered(FILES["redial-rows"][0]["messages"], messageId=1040)},
        "messages",
    ),
    "own": (ours(turn=1), "turns"),
}


@pytest.mark.parametrize("kind", DIALOGUES)
def test_messages_are_read_by_their_numbers(kind: str, tmp_path: Path) -> None:
    """They were read as they stood, answers before questions, without a word."""
    given, field = DIALOGUES[kind]
    path = tmp_path / "data.json"
    path.write_text(json.dumps([given]))
    (whole,) = read_dialogues(path)
    turned = copy.deepcopy(given)
    turned[field].reverse()
    path.write_text(json.dumps([turned]))
    with pytest.warns(
        InputWarning, match="the messages of 1 dialogues stand out of the order of their numbers"
    ):
        (found,) = read_dialogues(path)
    assert found == whole


@pytest.mark.parametrize(
    "numbers",
    [{"turn": 5}, {"turn_id": "t"}, {}],
)
def test_messages_in_order_stay_as_they_are(numbers: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(ours(**numbers)))
    (found,) = read_dialogues(path)
    assert [turn.text for turn in found.turns] == [text for _, text in TALK]


@pytest.mark.parametrize(
    "given", [(1, 1, 1), (1, 2, 1), (2, None, 1), ("a2", "b1", "a0"), (True, False, True)]
)
def test_numbers_that_are_none_order_nothing(given: tuple[Any, ...], tmp_path: Path) -> None:
    dialogue = ours()
    for turn, number in zip(dialogue["turns"], given, strict=True):
        turn["turn"] = number
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(dialogue))
    (found,) = read_dialogues(path)
    assert [turn.text for turn in found.turns] == [text for _, text in TALK]


def test_one_number_that_rises_is_enough(tmp_path: Path) -> None:
    """Numbers within a turn begin anew with each."""
    dialogue = ours(turn=1)
    for turn, number in zip(dialogue["turns"], (3, 2, 1), strict=True):
        turn["index"] = number
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(dialogue))
    assert [turn.text for turn in read_dialogues(path)[0].turns] == [text for _, text in TALK]


def inspired_lines(dialogue: str = "d1", **cells: str) -> list[dict[str, str]]:
    return [
        inspired_line(dialogue, who, text, **{name: form.format(at) for name, form in cells.items()})
        for at, (who, text) in enumerate(TALK, start=1)
    ]


@pytest.mark.parametrize(
    "cells",
    [{"turn_id": "{}", "utt_id": "1"}, {"turn_id": "{}.0"}, {"utt_id": "{}"}],
)
def test_lines_of_several_dialogues_in_any_order_are_put_together(
    cells: dict[str, str], tmp_path: Path
) -> None:
    """A shuffled table lost lines of its dialogues, and kept what was left as dialogues."""
    first, second = inspired_lines("d1", **cells), inspired_lines("d2", **cells)
    path = tmp_path / "dialogues.tsv"
    path.write_text(table([first[2], second[1], first[0], second[2], second[0], first[1]]))
    with pytest.warns(InputWarning, match="the lines of 2 of 2 dialogues stand out of the order"):
        found = read_dialogues(path)
    assert [[turn.text for turn in one.turns] for one in found] == [[text for _, text in TALK]] * 2


def test_lines_that_stand_twice_are_read_once(tmp_path: Path) -> None:
    lines = inspired_lines(turn_id="{}", utt_id="1")
    path = tmp_path / "dialogues.tsv"
    path.write_text(table(lines[:2] + lines[1:]) + table(lines))
    with pytest.warns(InputWarning, match=r"4 lines stand twice \(the first: line 4\)"):
        (found,) = read_dialogues(path)
    assert [turn.text for turn in found.turns] == [text for _, text in TALK]


def test_what_is_said_twice_in_a_turn_stays(tmp_path: Path) -> None:
    """No number tells the lines apart."""
    lines = inspired_lines(turn_id="{}")
    path = tmp_path / "dialogues.tsv"
    path.write_text(table([*lines[:2], lines[1] | {"text": "Salt?"}, lines[1] | {"text": "Salt?"}, lines[2]]))
    (found,) = read_dialogues(path)
    assert len(found.turns) == 5


@pytest.mark.parametrize("indent", [None, 1])
def test_rows_of_a_table_may_be_json(indent: int | None, tmp_path: Path) -> None:
    rows = inspired_lines(turn_id="{}")
    path = tmp_path / "dialogues.json"
    path.write_text(json.dumps([row | {"turn_id": int(row["turn_id"])} for row in rows], indent=indent))
    (whole,) = read_dialogues(path)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_dialogues(path) == (whole,)
    assert [turn.text for turn in whole.turns] == [text for _, text in TALK]


@pytest.mark.parametrize(
    ("cell", "targets"),
    [
        ("['Lantern Pier (2012)', 'Salt (2010)']", ("Lantern Pier (2012)", "Salt (2010)")),
        ("nan", ()),
        ("[]", ()),
        ("[Rec] (2007)", ("[Rec] (2007)",)),
    ],
)
def test_titles_as_frames_write_them(cell: str, targets: tuple[str, ...], tmp_path: Path) -> None:
    """ "nan" and the whole list were targets."""
    lines = inspired_lines(turn_id="{}")
    lines[1]["movies"] = cell
    lines += [inspired_line("d2", "SEEKER", "nan"), inspired_line("d2", "SEEKER", "Hi")]
    lines += [inspired_line("d2", "RECOMMENDER", "Up!", "Up (2009)")]
    path = tmp_path / "dialogues.tsv"
    path.write_text(table(lines))
    found = {sample.dialogue_id: sample for sample in load_samples(path)}
    assert (found["d1"].targets if "d1" in found else ()) == targets
    assert [turn.text for turn in found["d2"].turns] == ["Hi"]


def test_a_table_without_titles_says_so(tmp_path: Path) -> None:
    """It said that no turn names one."""
    path = tmp_path / "dialogues.tsv"
    path.write_text(table(inspired_lines(), ("dialog_id", "speaker", "text")))
    with pytest.raises(Exception, match="the table has no column movies"):
        load_samples(path)
