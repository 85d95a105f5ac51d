"""ShareGPT's dialogues, and logs of chat models without ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from usbrec.data import load_samples, read_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.errors import InputError, InputWarning

SPOOKY = "Something spooky, please."
DRACULA = "Have you read Dracula (1897)?"


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def messages(*spoken: tuple[str, str]) -> list[dict[str, str]]:
    return [{"from": who, "value": text} for who, text in spoken]


TALK = messages(("human", SPOOKY), ("gpt", DRACULA), ("human", "I'll read it."))


def read(tmp_path: Path, **row: Any) -> RecordedDialogue:
    (found,) = read_dialogues(lines(tmp_path / "log.jsonl", row))
    return found


def said(dialogue: RecordedDialogue) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in dialogue.turns]


@pytest.mark.parametrize("name", ["conversations", "conversation", "items"])
def test_human_and_gpt_are_the_two(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, id="identity_0", **{name: TALK})
    assert found.id == "identity_0"
    assert said(found) == [("seeker", SPOOKY), ("recommender", DRACULA), ("seeker", "I'll read it.")]


def test_prompts_calls_and_what_tools_answer_are_nobodys_words(tmp_path: Path) -> None:
    spoken = messages(
        ("system", "You sell books."),
        ("human", SPOOKY),
        ("function_call", "{}"),
        ("observation", "[]"),
        ("gpt", DRACULA),
    )
    found = read(tmp_path, conversations=spoken, system="You sell books.", tools="[]", model="m-1")
    assert said(found) == [("seeker", SPOOKY), ("recommender", DRACULA)]
    assert found.system == "m-1"


def test_without_an_id_it_is_made_of_the_dialogue_and_the_same_one_is_read_once(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "log.jsonl",
        {"conversations": TALK},
        {"conversations": TALK},
        {"conversations": TALK, "model": "m-2"},
        {"conversations": TALK, "rating": 2},
    )
    with pytest.warns(InputWarning, match="line 2: the same dialogue stands already on line 1"):
        found = read_dialogues(path)
    assert len({one.id for one in found}) == len(found) == 3


def test_what_people_thought_is_kept(tmp_path: Path) -> None:
    spoken: list[dict[str, Any]] = [dict(one) for one in TALK]
    spoken[1]["feedback"] = "thumbs_up"
    found = read(tmp_path, conversations=spoken, rating="4/5", labels={"outcome": "accepted"})
    assert (dict(found.ratings), dict(found.labels)) == ({"rating": 4.0}, {"outcome": "accepted"})
    assert dict(found.rated(1)) == {"feedback": 1.0}


def test_targets_that_the_recommender_names_make_samples(tmp_path: Path) -> None:
    path = lines(tmp_path / "log.jsonl", {"id": "d", "conversations": TALK, "targets": ["Dracula (1897)"]})
    (sample,) = load_samples(path)
    assert (sample.id, sample.targets, len(sample.turns)) == ("d:1", ("Dracula (1897)",), 1)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"conversations": messages(("Narrator", SPOOKY), ("gpt", DRACULA))},
            r"conversations\[0\].from: expected human",
        ),
        (
            {"conversations": [{"from": "human", "value": 3}, *TALK]},
            r"conversations\[0\].value: expected text",
        ),
        ({"conversations": [{"from": "human"}, *TALK]}, r"conversations\[0\].value: missing"),
        ({"conversations": [{"value": "x"}, *TALK]}, r"conversations\[0\].from: missing"),
        ({"conversations": TALK, "rating": "so so"}, "rating: expected a number"),
        ({"conversations": TALK[:1], "chosen": TALK[1], "rejected": TALK[1]}, "two replies"),
        ({"id": [1], "conversations": TALK}, "id: expected text or a whole number"),
    ],
)
def test_what_cannot_be_read_names_the_field(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_dialogues(lines(tmp_path / "log.jsonl", row))


def test_logs_for_fine_tuning_need_no_id_and_the_same_one_is_read_once(tmp_path: Path) -> None:
    log = {"messages": [{"role": "user", "content": SPOOKY}, {"role": "assistant", "content": DRACULA}]}
    path = lines(tmp_path / "log.jsonl", log, log, {"messages": log["messages"][:1]})
    with pytest.warns(InputWarning, match="line 2: the same dialogue stands already above"):
        found = read_dialogues(path)
    assert [len(one.turns) for one in found] == [2, 1]


@pytest.mark.parametrize(
    "answer",
    [
        {"content": None, "refusal": "I can't help with that."},
        {"content": [{"type": "refusal", "refusal": "I can't help with that."}]},
    ],
)
def test_a_refusal_is_what_the_assistant_said(tmp_path: Path, answer: dict[str, Any]) -> None:
    spoken = [{"role": "user", "content": SPOOKY}, {"role": "assistant", **answer}]
    found = read(tmp_path, id="d", messages=spoken)
    assert said(found)[1] == ("recommender", "I can't help with that.")


@pytest.mark.parametrize("name", ["conversations", "conversation"])
def test_role_and_content_in_a_conversation_are_read_likewise(tmp_path: Path, name: str) -> None:
    """WildChat's and LMSYS-Chat's."""
    spoken = [
        {"role": "user", "content": SPOOKY, "language": "English"},
        {"role": "assistant", "content": DRACULA},
    ]
    found = read(tmp_path, conversation_hash="h1", model="m-1", turn=1, **{name: spoken})
    assert (found.id, found.system) == ("h1", "m-1")
    assert said(found) == [("seeker", SPOOKY), ("recommender", DRACULA)]


@pytest.mark.parametrize(
    ("label", "ratings", "labels"), [(True, 1.0, None), (0, 0.0, None), ("good", None, "good")]
)
def test_a_label_is_kept(tmp_path: Path, label: object, ratings: float | None, labels: str | None) -> None:
    found = read(tmp_path, conversations=TALK, label=label)
    assert (found.ratings.get("label"), found.labels.get("label")) == (ratings, labels)
