"""Recorded dialogues that a program holds: frames and rows are read as files are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import usbrec
from usbrec.errors import BadLines, InputWarning

BOOKS = "docs/examples/books.csv"
TALK = [
    {"role": "user", "text": "A horror novel?"},
    {"role": "assistant", "text": "Have you read Dracula (1897)?"},
    {"role": "user", "text": "Not yet."},
    {"role": "assistant", "text": "Emma (1815), then?"},
]
#: Two points cut from one dialogue.
SAMPLES: list[dict[str, Any]] = [
    {
        "id": f"a:{cut}",
        "dialogue_id": "a",
        "turns": TALK[:cut],
        "targets": [title],
        "label": TALK[cut]["text"],
    }
    for cut, title in ((1, "Dracula (1897)"), (3, "Emma (1815)"))
]
INSPIRED = [
    {"dialog_id": "d", "speaker": speaker, "text": text, "movies": movies}
    for speaker, text, movies in (
        ("RECOMMENDER", None, None),
        ("SEEKER", "Something about a pier.", None),
        ("RECOMMENDER", "Then Lantern Pier.", "Lantern Pier (2012)"),
    )
]


def counted(dialogues: Any) -> tuple[int, int]:
    results = usbrec.score(dialogues, catalogue=BOOKS, progress=False).results
    return results["dialogues"], results["turns"]


def test_points_of_one_dialogue_are_one_dialogue_in_memory_too(tmp_path: Path) -> None:
    """Rows in a list counted as two dialogues with three replies, and the same rows in a file as one."""
    path = tmp_path / "samples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in SAMPLES), encoding="utf-8")
    assert counted(SAMPLES) == counted(path) == (1, 2)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_frame_is_scored(frame: type) -> None:
    """Its columns were taken for dialogues."""
    rows = [{"id": number, "turns": TALK, "system": "shop"} for number in (1, 2)]
    assert counted(frame(rows)) == (2, 4)


def test_a_frame_whose_lists_are_json_is_scored() -> None:
    rows = [{"id": 1, "turns": json.dumps(TALK), "labels": json.dumps({"outcome": "accepted"})}]
    scored = usbrec.score(pd.DataFrame(rows), catalogue=BOOKS, progress=False)
    assert scored.results["accepted_by"] == {"label": 1}


def test_a_table_of_a_data_set_may_lack_a_first_text() -> None:
    """INSPIRED's was then taken for rows of iEvaLM."""
    (sample,) = usbrec.load_samples(pd.DataFrame(INSPIRED))
    assert sample.targets == ("Lantern Pier (2012)",)


def test_what_cannot_be_used_in_memory_is_counted() -> None:
    rows = [{"id": "d", "turns": TALK}, {"id": "e", "turns": "none"}]
    with pytest.raises(BadLines, match="row 2: turns: expected a list"):
        usbrec.score(rows, catalogue=BOOKS, progress=False)
    talks = [{"conv_id": one, "dialog": turns} for one, turns in (("d", TALK), ("e", []))]
    with pytest.warns(InputWarning, match="1 entries cannot be used and are left out"):
        scored = usbrec.score(talks, catalogue=BOOKS, progress=False)
    assert (scored.results["dialogues"], scored.results["left_out"]) == (1, 1)


def test_seekers_are_not_fitted_to_the_names_of_columns(tmp_path: Path) -> None:
    """They were taken for files."""
    frame = pd.DataFrame([{"id": 1, "turns": TALK, "targets": ["Emma (1815)"], "system": "human"}])
    with pytest.raises(usbrec.errors.InputError, match="answers"):
        usbrec.train_seeker(frame, catalogue=BOOKS, out=tmp_path / "seeker", progress=False)
