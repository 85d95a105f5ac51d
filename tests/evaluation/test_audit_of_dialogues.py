"""What was trained on is found in whatever file it stands: dialogues of which no sample comes, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.films import film_files
from usbrec import stages
from usbrec.config import load_config
from usbrec.errors import InputError
from usbrec.evaluation.audit import audit

#: Six seekers who say long enough things to be known again.
ASKED = [
    f"I have been looking for film number {at} for years, and my uncle {at} would love to see it with me."
    for at in range(6)
]


def talk(at: int) -> list[tuple[str, str]]:
    return [("user", ASKED[at]), ("assistant", "Have you seen Heat (1995)?"), ("user", f"Thanks {at}.")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played")
    path = folder / "test.jsonl"
    rows = [
        {"id": f"t{at}", "turns": [{"role": "user", "text": ASKED[at]}], "targets": ["Heat (1995)"]}
        for at in range(6)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    seats = {"recommender": "rules:random", "simulator": "rules", "judge": "rules"}
    config = load_config(None, {"statistics": {"resamples": 100}, "seats": seats})
    stages.evaluate(path, folder / "run", catalogue=film_files(folder)["catalogue"], config=config)
    return folder / "run"


def trained_on(run: Path, train: Path) -> Any:
    found = audit(run, train=[train], resamples=50)["checks"]
    return next(one["rows"] for one in found if one["check"] == "trained_on")


def shared(path: Path, with_targets: range) -> Path:
    rows = [
        {
            "id": f"x{at}",
            "conversations": [
                {"from": "human" if who == "user" else "gpt", "value": text} for who, text in talk(at)
            ],
            **({"targets": ["Heat (1995)"]} if at in with_targets else {}),
        }
        for at in range(6)
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("with_targets", [range(6), range(4), range(0)])
def test_dialogues_without_targets_were_read_by_who_was_trained_on_them(
    run: Path, tmp_path: Path, with_targets: range
) -> None:
    assert trained_on(run, shared(tmp_path / "train.json", with_targets)) == 6


def test_dialogues_whose_recommendation_was_rejected_were_read_too(run: Path, tmp_path: Path) -> None:
    lines = ["dialog_id\tutt_id\tspeaker\ttext\tmovies\tfine_label"]
    for at in range(6):
        label = "reject" if at % 2 else "accept_others"
        for number, (who, text) in enumerate(talk(at)):
            speaker, film = ("SEEKER", "") if who == "user" else ("RECOMMENDER", "Heat (1995)")
            lines.append(f"i{at}\t{number}\t{speaker}\t{text}\t{film}\t{label}")
    path = tmp_path / "train.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert trained_on(run, path) == 6


def test_a_file_of_neither_is_refused(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="no sample"):
        trained_on(run, path)
