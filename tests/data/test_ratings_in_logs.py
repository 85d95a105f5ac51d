"""Ratings, raters, order and items of logs with a row a turn and of ShareGPT's JSON, as people have them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from usbrec.data import load_samples, read_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.errors import InputWarning

HEAD = "conversation_id,turn,role,text"


def read(tmp_path: Path, text: str) -> tuple[RecordedDialogue, list[str]]:
    """The only dialogue of a table, and what was told."""
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        (found,) = read_dialogues(path)
    return found, [str(one.message) for one in told]


def said(dialogue: RecordedDialogue) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in dialogue.turns]


IN_ORDER = [("seeker", "Hi"), ("recommender", "Heat?"), ("seeker", "Another"), ("recommender", "Ronin?")]


@pytest.mark.parametrize(
    "rows",
    [
        # Sorted by turn and role, as databases give them.
        "c,1,assistant,Heat?,10:00:10\nc,1,user,Hi,10:00:00\nc,2,assistant,Ronin?,10:01:10\nc,2,user,Another,10:01:00",
        # The newest exchange first, each as it was.
        "c,2,user,Another,10:01:00\nc,2,assistant,Ronin?,10:01:10\nc,1,user,Hi,10:00:00\nc,1,assistant,Heat?,10:00:10",
        # The newest row first.
        "c,2,assistant,Ronin?,10:01:10\nc,2,user,Another,10:01:00\nc,1,assistant,Heat?,10:00:10\nc,1,user,Hi,10:00:00",
    ],
)
@pytest.mark.parametrize("timed", [True, False])
def test_of_rows_that_share_a_number_the_clock_says_who_spoke_first(
    tmp_path: Path, rows: str, timed: bool
) -> None:
    if not timed:
        if rows.startswith("c,1,assistant"):
            pytest.skip("without a time nothing tells this from a recommender who speaks first")
        rows = "\n".join(row.rpartition(",")[0] for row in rows.splitlines())
    dialogue, told = read(tmp_path, f"{HEAD}{',time' if timed else ''}\n{rows}\n")
    assert said(dialogue) == IN_ORDER
    assert any("stand out of their order" in one for one in told)


@pytest.mark.parametrize("apart", [True, False])
def test_a_message_that_two_people_rated_is_said_once_with_their_mean(tmp_path: Path, apart: bool) -> None:
    rows = [
        f"c,{turn},{role},{text},{rater},{rating}"
        for rater, ratings in (("A", (2, 1)), ("B", (0, 1)))
        for turn, role, text, rating in (
            (1, "user", "Hi", ""),
            (2, "assistant", "Heat?", ratings[0]),
            (3, "user", "Another", ""),
            (4, "assistant", "Ronin?", ratings[1]),
        )
    ]
    if not apart:
        rows.sort(key=lambda row: row.split(",")[1])
    dialogue, told = read(tmp_path, f"{HEAD},rater,relevance\n" + "\n".join(rows) + "\n")
    assert said(dialogue) == IN_ORDER
    assert [dict(one) for one in dialogue.turn_ratings] == [{}, {"relevance": 1.0}, {}, {"relevance": 1.0}]
    assert any(one.startswith("4 rows say a message again") for one in told)


def test_a_row_for_each_item_is_one_message_with_all_of_them(tmp_path: Path) -> None:
    rows = "c,1,user,Hi,\nc,2,assistant,Two for you.,b1\nc,2,assistant,Two for you.,b2\n"
    dialogue, _ = read(tmp_path, f"{HEAD},item_ids\n{rows}")
    assert [turn.items for turn in dialogue.turns] == [None, ("b1", "b2")]


def test_ratings_on_two_scales_are_put_on_one_and_told(tmp_path: Path) -> None:
    rows = "c,1,user,Hi,\nc,2,assistant,Heat?,4/5\nc,3,user,No,\nc,4,assistant,Ronin?,8/10\n"
    dialogue, told = read(tmp_path, f"{HEAD},rating\n{rows}")
    assert [one.get("rating") for one in dialogue.turn_ratings] == [None, 8.0, None, 8.0]
    assert any("scales to 5, 10" in one for one in told)


def test_a_scale_that_a_judge_is_not_asked_on_is_told(tmp_path: Path) -> None:
    dialogue, told = read(tmp_path, f"{HEAD},overall\nc,1,user,Hi,4/5\nc,2,assistant,Heat?,4/5\n")
    assert dict(dialogue.ratings) == {"overall": 4.0}
    assert any("on a scale to 5" in one for one in told)


@pytest.mark.parametrize(
    ("column", "called"),
    [
        ("Relevance", "relevance"),
        ("turn_relevance", "relevance"),
        ("turn rating", "turn rating"),
        ("dialogue_understanding", "understanding"),
        ("taskCompletion", "task_completion"),
        ("Preference Elicitation", "preference_elicitation"),
        ("dialogue_overall", "dialogue_overall"),
        ("DialogueOverall", "dialogue_overall"),
    ],
)
def test_ratings_are_called_as_judges_know_them_however_a_column_is_written(
    tmp_path: Path, column: str, called: str
) -> None:
    rows = "c,1,user,Hi,\nc,2,assistant,Heat?,1\nc,3,user,Bye,\n"
    dialogue, _ = read(tmp_path, f"{HEAD},{column}\n{rows}")
    assert {*dialogue.ratings, *(name for one in dialogue.turn_ratings for name in one)} == {called}


def test_a_german_log_is_read(tmp_path: Path) -> None:
    dialogue, _ = read(
        tmp_path, "Gespräch;Rolle;Text;Bewertung\n1;Kundin;Hallo;\n1;Berater;Versuchen Sie Heat.;4\n"
    )
    assert said(dialogue) == [("seeker", "Hallo"), ("recommender", "Versuchen Sie Heat.")]


def test_targets_as_python_writes_lists(tmp_path: Path) -> None:
    cell = "\"['Heat (1995)', 'Ronin']\""
    dialogue, _ = read(tmp_path, f"{HEAD},targets\nc,1,user,Hi,{cell}\nc,2,assistant,Heat?,{cell}\n")
    assert dialogue.targets == ("Heat (1995)", "Ronin")


TALK = [
    ("human", "A film, please."),
    ("gpt", "Tell me about her taste, please."),
    ("human", "She likes the future."),
    ("gpt", "Then Her (2013)."),
]


def test_an_ordinary_word_is_not_the_target_that_is_called_so(tmp_path: Path) -> None:
    """ "her taste" does not recommend Her."""
    shared = tmp_path / "shared.json"
    row = {"id": "d", "conversations": [{"from": who, "value": text} for who, text in TALK]}
    shared.write_text(json.dumps([{**row, "targets": ["Her (2013)"]}]), encoding="utf-8")
    log = tmp_path / "log.csv"
    rows = [f'd,{at},{who},"{text}",Her (2013)' for at, (who, text) in enumerate(TALK)]
    log.write_text(f"{HEAD},targets\n" + "\n".join(rows) + "\n", encoding="utf-8")
    folder = tmp_path / "llm"
    folder.mkdir()
    (folder / "Conversation.txt").write_text(
        "Conversation_1:\n\n"
        + "".join(f"{'User' if who == 'human' else 'Agent'}: {text}\n\n" for who, text in TALK),
        encoding="utf-8",
    )
    (folder / "item_map.json").write_text(json.dumps({"A": "Her (2013)"}), encoding="utf-8")
    told = {"Conversation": [{"conversation_1": {"conversation_id": 1, "rec_item": ["A"]}}]}
    (folder / "final_data.jsonl").write_text(json.dumps({"U": told}) + "\n", encoding="utf-8")
    for path in (shared, log, folder / "Conversation.txt"):
        assert [sample.label for sample in load_samples(path)] == ["Then Her (2013)."], path


@pytest.mark.parametrize(
    ("fields", "ratings"),
    [
        ({"overall": 3, "relevance": "2"}, {"overall": 3.0, "relevance": 2.0}),
        ({"feedback": "thumbs up"}, {"feedback": 1.0}),
        ({"feedback": "Thumbs  Down"}, {"feedback": 0.0}),
        ({"explanation": "it is a shop"}, {}),
    ],
)
def test_ratings_beside_a_shared_conversation(
    tmp_path: Path, fields: dict[str, Any], ratings: dict[str, float]
) -> None:
    path = tmp_path / "shared.json"
    row = {"conversations": [{"from": who, "value": text} for who, text in TALK]}
    path.write_text(json.dumps([{**row, **fields}]), encoding="utf-8")
    (found,) = read_dialogues(path)
    assert dict(found.ratings) == ratings
