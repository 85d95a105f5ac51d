"""Runs of one row with scripted words in the seats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support import ROOT
from usbrec.config import load_config
from usbrec.journal import Journal
from usbrec.stages import evaluate

BOOKS = ROOT / "docs" / "examples" / "books.csv"
SAMPLE = {
    "dialog_id": "b",
    "turn_id": 1,
    "context": ["I love old gothic houses with a secret."],
    "rec": ["Jane Eyre (1847)"],
    "resp": "Try Jane Eyre (1847).",
}


def run(
    folder: Path, recommender: str, seeker: str = "rules", **play: Any
) -> tuple[dict[str, Any], list[str]]:
    """The only row of a run with these words in the seats, and all prompts that were sent."""
    seats = {"recommender": recommender, "simulator": seeker}
    for seat, words in seats.items():
        if words != "rules":
            script = folder / f"{seat}.jsonl"
            script.write_text(json.dumps({"say": [words]}) + "\n", encoding="utf-8")
            seats[seat] = f"scripted:{script}"
    samples = folder / "one.jsonl"
    samples.write_text(json.dumps(SAMPLE) + "\n", encoding="utf-8")
    settings = {"seats": {**seats, "judge": "rules"}, "play": play, "judging": {"second": False}}
    evaluate(samples, folder / "run", config=load_config(None, settings), catalogue=BOOKS)
    (row,) = map(json.loads, (folder / "run" / "episodes.jsonl").read_text("utf-8").splitlines())
    with Journal(folder / "run" / "run.db", mode="read") as journal:
        prompts = [str(call[3]) for call in journal.calls("evaluate/b:1")]
    return row, prompts
