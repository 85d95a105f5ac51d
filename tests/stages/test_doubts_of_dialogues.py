"""Recorded dialogues that tell less than they seem to are told of, and calls of tools are nobody's words."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import pytest

from usbrec.errors import InputWarning
from usbrec.stages import agreement, score

BOOKS = Path("docs/examples/books.csv")
CALL = '<tool_call>{"name": "search", "arguments": {"title": "Emma (1815)"}}</tool_call>'


def talk(number: int, *said: str, **fields: Any) -> dict[str, Any]:
    turns = [{"role": ("user", "assistant")[at % 2], "text": text} for at, text in enumerate(said)]
    return {"id": f"d{number}", "turns": turns, **fields}


def written(tmp_path: Path, *talks: dict[str, Any]) -> Path:
    path = tmp_path / "talks.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in talks), encoding="utf-8")
    return path


OFFER = ("A horror novel?", "Have you read Dracula (1897)?", "I'll read it.")


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (talk(1, "Hello?"), "1 of 2 dialogues have no turn of the recommender, such as 'd1'"),
        (talk(1, *OFFER, labels={"outcome": "success"}), "an outcome in their labels.*'success' of 'd1'"),
        (talk(1, *OFFER, targets=["Nothing (1900)"]), "1 of 1 dialogues with targets .* 'Nothing .1900.'"),
        (talk(1, *OFFER, targets=["B02"], system="s"), "'B02' is an id of it: targets are titles"),
    ],
)
def test_what_tells_less_than_it_seems_is_told(tmp_path: Path, odd: dict[str, Any], told: str) -> None:
    with pytest.warns(InputWarning, match=told):
        score(written(tmp_path, talk(0, *OFFER), odd), tmp_path / "out", catalogue=BOOKS)


def test_ordinary_dialogues_are_not_doubted(tmp_path: Path) -> None:
    outcomes = ("accept_rating_good", "accept_uninterested", "Rejected", " ")
    talks = [
        talk(number, *OFFER, labels={"outcome": outcome}, targets=["Emma (1815)"])
        for number, outcome in enumerate(outcomes)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error", InputWarning)
        results = score(written(tmp_path, *talks), tmp_path / "out", catalogue=BOOKS)
    assert results["accepted_by"] == {"label": 2, "rules": 2}


def test_the_name_of_an_outcome_may_have_capitals(tmp_path: Path) -> None:
    """It was passed over, and words were read in its place."""
    offered = talk(0, *OFFER, labels={"Outcome": "rejected"})
    results = score(written(tmp_path, offered), tmp_path / "out", catalogue=BOOKS)
    assert results["accepted_by"] == {"label": 1}
    assert results["facts"]["dialogue"]["accepted"]["mean"] == 0


def test_calls_of_tools_in_words_recommend_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is searched for was counted as recommended, and the call as a reply."""
    asked, offered, taken = OFFER
    turns = [
        {"role": "user", "text": asked},
        {"role": "assistant", "text": CALL},
        {"role": "assistant", "text": f"{CALL}\n{offered}", "ratings": {"relevance": 2}},
        {"role": "user", "text": taken},
    ]
    with caplog.at_level(logging.WARNING):
        path = written(tmp_path, {"id": "d", "turns": turns})
        results = score(path, tmp_path / "out", catalogue=BOOKS)
    facts = results["facts"]
    assert (results["turns"], facts["dialogue"]["items"]["mean"]) == (1, 1)
    assert facts["turn"]["words"]["mean"] == len(offered.split())
    row = json.loads((tmp_path / "out" / "dialogues.jsonl").read_text(encoding="utf-8"))
    assert row["dialogue"]["turns"][1]["ratings"] == {"relevance": 2}
    assert "2 turns of the recommender hold calls of tools in words" in caplog.text


def test_a_dialogue_without_replies_is_not_said_to_lack_ratings(tmp_path: Path) -> None:
    rated = [talk(number, *OFFER, ratings={"overall": number % 5}) for number in range(4)]
    path = written(tmp_path, *rated, talk(8, "Hello?", ratings={"overall": 0}), talk(9, *OFFER))
    with pytest.warns(InputWarning) as told:
        agreement(path, tmp_path / "out", catalogue=BOOKS, checks=False, config=None)
    said = [str(one.message) for one in told]
    assert "1 dialogues carry no rating by people and are left out" in said
    assert "1 dialogues have a rating and no turn of the recommender and are left out" in said
