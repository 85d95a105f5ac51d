"""Dialogues as people log them: other names of the two, labels beside targets, calls, thoughts, order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.author_files import inspired_line, table
from usbrec.data import load_samples, read_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.errors import InputError, InputWarning

SPOOKY = "Something spooky, please."
DRACULA = "Have you read Dracula (1897)?"


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(tmp_path: Path, **row: Any) -> RecordedDialogue:
    (found,) = read_dialogues(lines(tmp_path / "log.jsonl", {"id": "d", **row}))
    return found


def said(dialogue: RecordedDialogue) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in dialogue.turns]


def turns(seeker: str, recommender: str) -> list[dict[str, str]]:
    return [
        {"role": seeker, "text": SPOOKY},
        {"role": recommender, "text": DRACULA},
        {"role": seeker, "text": "I'll read it."},
    ]


@pytest.mark.parametrize(
    ("seeker", "recommender"),
    [
        ("user", "system"),
        ("USER", "SYSTEM"),
        ("Seeker", "Recommender"),
        ("User", "Agent"),
        ("human", "bot"),
        ("Client", "Wizard"),
        ("customer ", "assistant "),
    ],
)
def test_other_names_of_the_two_are_their_seats(tmp_path: Path, seeker: str, recommender: str) -> None:
    """Above all `system`, which is a log's instructions elsewhere: its replies were passed over."""
    found = read(tmp_path, turns=turns(seeker, recommender))
    assert [role for role, _ in said(found)] == ["seeker", "recommender", "seeker"]


@pytest.mark.parametrize(
    "spoken",
    [
        [{"role": "system", "text": "You sell books."}, *turns("user", "assistant")],
        [{"role": "system", "text": "You sell books."}, {"role": "user", "text": SPOOKY}],
        [*turns("user", "assistant"), {"role": "system", "text": "Closed for the day."}],
    ],
)
def test_instructions_are_nobodys_words(tmp_path: Path, spoken: list[dict[str, str]]) -> None:
    found = read(tmp_path, turns=spoken)
    assert [text for _, text in said(found)] == [one["text"] for one in spoken if one["role"] != "system"]


def test_a_greeting_by_the_system_is_the_recommenders_too(tmp_path: Path) -> None:
    found = read(tmp_path, turns=[{"role": "system", "text": "Hello!"}, *turns("user", "system")])
    assert said(found)[0] == ("recommender", "Hello!")


def test_targets_keep_what_else_a_dialogue_has(tmp_path: Path) -> None:
    """Labels, ratings of turns and the data set were lost where no system was named beside targets."""
    spoken: list[dict[str, Any]] = turns("user", "assistant")
    spoken[1]["ratings"] = {"relevance": 2}
    given = {"turns": spoken, "targets": ["Emma (1815)"]}
    found = read(tmp_path, **given, labels={"outcome": "accepted"}, dataset="books")
    assert (dict(found.labels), found.dataset) == ({"outcome": "accepted"}, "books")
    assert found.turn_ratings == ({}, {"relevance": 2.0}, {})
    assert read(tmp_path, **given).turn_ratings == ({}, {"relevance": 2.0}, {})


def test_the_recommender_may_speak_last_beside_targets(tmp_path: Path) -> None:
    spoken = [{"role": "system", "content": "You sell books."}, *turns("user", "assistant")[:2]]
    spoken = [{"role": one["role"], "content": one.get("content", one.get("text"))} for one in spoken]
    found = read(tmp_path, messages=spoken, targets=["Emma (1815)"])
    assert (said(found)[-1], found.targets) == (("recommender", DRACULA), ("Emma (1815)",))


def test_cut_samples_are_one_dialogue_as_before(tmp_path: Path) -> None:
    first, second = turns("user", "assistant")[:1], turns("user", "assistant")
    rows = [
        {"id": "a", "dialogue_id": "d", "turns": first, "targets": ["Dracula (1897)"], "label": DRACULA},
        {"id": "b", "dialogue_id": "d", "turns": second, "targets": ["Emma (1815)"], "label": "Emma (1815)."},
    ]
    (found,) = read_dialogues(lines(tmp_path / "samples.jsonl", *rows))
    assert (found.id, found.targets) == ("d", ("Dracula (1897)", "Emma (1815)"))
    assert said(found)[-1] == ("recommender", "Emma (1815).")


@pytest.mark.parametrize("kind", ["reasoning", "thinking", "reasoning_text", "thought"])
def test_parts_that_are_thoughts_are_not_said(tmp_path: Path, kind: str) -> None:
    """They are kept beside the turn, as thoughts between marks are."""
    parts = [{"type": kind, "text": "Rather Emma (1815)?"}, {"type": "text", "text": DRACULA}]
    spoken = [{"role": "user", "content": SPOOKY}, {"role": "assistant", "content": parts}]
    found = read(tmp_path, messages=spoken)
    assert said(found)[1] == ("recommender", DRACULA)
    assert found.turns[1].reasoning == "Rather Emma (1815)?"


@pytest.mark.parametrize(
    "call",
    [
        {"content": None, "function_call": {"name": "search", "arguments": "{}"}},
        {"tool_calls": [{"id": "1", "function": {"name": "search", "arguments": "{}"}}]},
    ],
)
def test_a_message_that_calls_a_tool_says_nothing(tmp_path: Path, call: dict[str, Any]) -> None:
    spoken = [
        {"role": "user", "content": SPOOKY},
        {"role": "assistant", **call},
        {"role": "function", "name": "search", "content": "Emma (1815)"},
        {"role": "assistant", "content": DRACULA},
    ]
    assert said(read(tmp_path, messages=spoken)) == [("seeker", SPOOKY), ("recommender", DRACULA)]


def test_a_log_by_conversation_is_read_and_one_without_ids_says_so(tmp_path: Path) -> None:
    """It was taken for CRSLab's, which owes each message a `text`."""
    spoken = [{"role": one["role"], "content": one["text"]} for one in turns("user", "assistant")]
    (found,) = read_dialogues(lines(tmp_path / "log.jsonl", {"conversation_id": 7, "messages": spoken}))
    assert found.id == "7"
    with pytest.raises(InputError, match="line 1: id: missing"):
        read_dialogues(lines(tmp_path / "log.jsonl", {"turns": spoken}))


def test_what_is_wrong_with_all_of_a_file_is_told(tmp_path: Path) -> None:
    """It said that nobody says anything."""
    path = tmp_path / "talks.csv"
    path.write_text("Messages,User Rating,Assistant Rating\n\"[{'type': 'chat'}]\",,\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: Messages: expected JSON"):
        read_dialogues(path)


def test_lines_of_a_table_out_of_order_are_read_in_it(tmp_path: Path) -> None:
    """As after a shuffle, or a sort by another column."""
    path = tmp_path / "dialogues.tsv"
    ordered = [
        inspired_line("d1", speaker, text, turn_id=f"{number}", utt_id=f"{number}")
        for number, (speaker, text) in enumerate(
            [("SEEKER", "A pier."), ("RECOMMENDER", "Then Lantern Pier."), ("SEEKER", "Thanks.")]
        )
    ]
    path.write_text(table([ordered[2], ordered[0], ordered[1]]), encoding="utf-8")
    with pytest.warns(InputWarning, match="1 of 1 dialogues stand out of the order of their turn_id.*'d1'"):
        (found,) = read_dialogues(path)
    assert [text for _, text in said(found)] == ["A pier.", "Then Lantern Pier.", "Thanks."]


@pytest.mark.parametrize("name", ["Assistant", "System", "Recommender", "BOT"])
def test_other_speakers_of_a_text_are_no_words_of_the_seeker(tmp_path: Path, name: str) -> None:
    path = tmp_path / "Conversation.txt"
    path.write_text(f"1\n\nUser: Like Heat?\n\n{name}: Try Ronin.\n\nUser: Fine.\n", encoding="utf-8")
    (found,) = read_dialogues(path)
    assert said(found) == [("seeker", "Like Heat?"), ("recommender", "Try Ronin."), ("seeker", "Fine.")]


def test_rows_of_the_seekers_own_turns_do_not_part_a_dialogue(tmp_path: Path) -> None:
    """Without ids each recommendation became a dialogue of its own, and intervals too narrow."""
    (tmp_path / "entity2id.json").write_text(json.dumps({"Heat": 1, "Ronin": 2}), encoding="utf-8")
    talk = ["A heist?", "Try Heat.", "Seen it.", "Ronin then."]
    path = lines(
        tmp_path / "rows.jsonl",
        {"context": talk[:1], "resp": talk[1], "rec": [1], "is_user": 0, "prev_entity": []},
        {"context": talk[:2], "resp": talk[2], "rec": [], "is_user": 1, "prev_entity": []},
        {"context": talk[:3], "resp": talk[3], "rec": [2], "is_user": 0, "prev_entity": []},
    )
    assert len({sample.dialogue_id for sample in load_samples(path)}) == 1


def test_files_of_a_folder_that_are_not_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"id": "a", "turns": turns("user", "agent")}))
    lines(tmp_path / "b.jsonl", {"id": "b", "turns": turns("user", "agent")})
    with pytest.warns(InputWarning, match=r"not b\.jsonl \(1 files\)"):
        (found,) = read_dialogues(tmp_path)
    assert found.id == "a"
