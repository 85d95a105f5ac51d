"""Long rows, long cells and many items are read, linked, played and scored.

USBREC_LARGE says how many times 100 kB a row and a cell have, and how many times 2,000 items there are
(`make soak`: 100, so 10 MB and 200,000 items; a row of 10 MB takes minutes and some 4 GB); here once.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.command import usbrec

_TIMES = int(os.environ.get("USBREC_LARGE", "1"))
_LONG, _MANY = _TIMES * 100_000, _TIMES * 2_000
_WORDS = "we talked about the weather and about nothing much until somebody asked for Film {} again."


def _words(length: int) -> str:
    said, size, number = list[str](), 0, 0
    while size < length:
        said.append(_WORDS.format(number % 997))
        size += len(said[-1]) + 1
        number += 1
    return " ".join(said)


@pytest.fixture(name="files", scope="module")
def _files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, long = tmp_path_factory.mktemp("large"), _words(_LONG)
    lines = [f'i{n},"Film {n}",{1950 + n % 70},Drama|Crime,{n % 90}.99,"A film."' for n in range(_MANY)]
    lines[7] = lines[7].replace("A film.", long)
    items = folder / "items.csv"
    items.write_text("id,title,year,genres,price,description\n" + "\n".join(lines) + "\n", encoding="utf-8")
    rows = [
        {
            "id": f"{name}:1",
            "dialogue_id": name,
            "turns": [{"role": "seeker", "text": text}],
            "targets": ["Film 12 (1962)"],
        }
        for name, text in (("long", long), ("short", "I liked Film 5 (1955)."))
    ]
    recorded = [
        {
            "id": name,
            "turns": [
                {"role": "seeker", "text": "A drama, please."},
                {"role": "recommender", "text": text},
                {"role": "seeker", "text": "That sounds good, I'll watch it."},
            ],
            "targets": ["Film 12 (1962)"],
        }
        for name, text in (("long", long), ("short", "Film 9 (1959)?"))
    ]
    found = {"items": items, "rows": folder / "rows.jsonl", "recorded": folder / "recorded.jsonl"}
    for name, those in (("rows", rows), ("recorded", recorded)):
        found[name].write_text("".join(json.dumps(one) + "\n" for one in those), encoding="utf-8")
    return found


def test_rows_and_cells_that_are_very_long_are_played_on_a_large_catalogue(
    files: dict[str, Path], tmp_path: Path
) -> None:
    seats = ["--model", "rules:retriever", "--seeker", "rules", "--judge", "rules", "--rounds", "1"]
    ended = usbrec(
        "evaluate", files["rows"], "--catalogue", files["items"], *seats, "-o", tmp_path / "out", timeout=1800
    )
    assert ended.returncode == 0, ended.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert (results["n"], results["failed"]) == (2, 0)


def test_recorded_turns_that_are_very_long_are_scored(files: dict[str, Path], tmp_path: Path) -> None:
    ended = usbrec(
        *("score", files["recorded"], "--catalogue", files["items"], "--judge", "rules"),
        *("-o", tmp_path / "out"),
        timeout=1800,
    )
    assert ended.returncode == 0, ended.stderr
    lines = (tmp_path / "out" / "dialogues.jsonl").read_text().splitlines()
    assert len(lines) == 2
