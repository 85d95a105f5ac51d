"""Files of many lines: what is remembered of lines before does not grow with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from usbrec.data import ievalm, load_samples, read_samples
from usbrec.data.samples import LongSamples


def _file(folder: Path, rows: int) -> Path:
    path = folder / "rows.jsonl"
    lines = (
        {"dialog_id": str(number), "turn_id": 1, "context": ["Hi.", f"No, {number}."], "rec": ["Heat (1995)"]}
        for number in range(rows)
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_turns_of_lines_long_before_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ievalm, "_REMEMBERED", 10)
    known: ievalm.Known = ({}, {})
    for number in range(100):
        said = [f"A {number}", f"B {number}"]
        row = {"dialog_id": str(number), "turn_id": 1, "context": said, "rec": ["X"]}
        assert [turn.text for turn in ievalm.sample_of(row, known=known).turns] == said
    assert len(known[0]) < 13
    assert len(known[1]) < 13


def test_many_samples_of_a_file_lie_on_the_disk_and_are_those_that_are_held(tmp_path: Path) -> None:
    path = _file(tmp_path, 2_100)
    found = read_samples(path, held=False).found
    assert isinstance(found, LongSamples)
    assert found.on_disk
    assert tuple(found) == load_samples(path)
    few = read_samples(_file(tmp_path, 20), held=False).found
    assert few == load_samples(tmp_path / "rows.jsonl")


@pytest.mark.parametrize("given", [" 7", "7 ", "ä", "a b"])
def test_an_id_is_what_the_file_says(given: str) -> None:
    row = {"dialog_id": given, "turn_id": 1, "context": ["B"], "rec": ["X"]}
    assert ievalm.sample_of(row).dialogue_id == given
