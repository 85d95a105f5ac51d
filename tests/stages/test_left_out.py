"""Samples whose targets the catalogue lacks: left out, counted, and refused where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import usbrec
from usbrec.config import Config
from usbrec.errors import BadLines, InputWarning
from usbrec.stages import evaluate
from usbrec.stages.inputs import read_inputs

CATALOGUE = "id,title,year,genre\n1,Heat,1995,crime\n2,Up,2009,family\n3,,,\n"
SEATS = {"recommender": "rules:random", "simulator": "rules", "judge": "rules"}


def files(folder: Path, *targets: str) -> tuple[Path, Path]:
    rows: list[dict[str, Any]] = [
        {"id": f"s{n}", "dialogue": [{"role": "user", "text": "A film, please."}], "targets": [target]}
        for n, target in enumerate(targets)
    ]
    samples, catalogue = folder / "s.jsonl", folder / "c.csv"
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    catalogue.write_text(CATALOGUE)
    return samples, catalogue


def test_samples_without_a_known_target_are_left_out_told_and_counted(tmp_path: Path) -> None:
    samples, catalogue = files(tmp_path, "Heat (1995)", "Gone (1950)", "Up")
    config = Config.model_validate({"seats": SEATS, "judging": {"second": False}, "play": {"rounds": 1}})
    with pytest.warns(InputWarning) as told:
        results = evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    assert results["n"] == 2
    assert results["left_out"] == {"samples": 1, "items": 1}
    messages = [str(warning.message) for warning in told]
    assert any("1 of 3 samples cannot be used" in text and "sample s1: none of" in text for text in messages)
    assert any("line 4: no title" in text for text in messages)


def test_strict_and_less_than_half_refuse_samples(tmp_path: Path) -> None:
    samples, catalogue = files(tmp_path, "Heat (1995)", "Gone (1950)", "Lost")
    (tmp_path / "c.csv").write_text(CATALOGUE.replace("3,,,\n", ""))
    config = Config.model_validate({"seats": SEATS})
    with pytest.raises(
        BadLines, match=r"(?s)sample s2.*Less than half of the samples can be used \(1 of 3\)"
    ):
        read_inputs(config, samples, catalogue, None)
    samples, _ = files(tmp_path, "Heat (1995)", "Gone (1950)", "Up")
    (tmp_path / "c.csv").write_text(CATALOGUE.replace("3,,,\n", ""))
    strict = config.with_(catalogue={"strict": True})
    with pytest.raises(BadLines, match="sample s1"):
        read_inputs(strict, samples, catalogue, None)


def test_a_limit_counts_the_samples_that_can_be_used(tmp_path: Path) -> None:
    samples, catalogue = files(tmp_path, "Gone (1950)", "Up", "Heat")
    config = Config.model_validate({"seats": SEATS, "limit": 2})
    with pytest.warns(InputWarning):
        inputs = read_inputs(config, samples, catalogue, None)
    assert [sample.id for sample in inputs.samples] == ["s1", "s2"]


def test_from_python_samples_are_held_against_a_catalogue() -> None:
    rows = [
        {"id": name, "turns": [{"role": "seeker", "text": "Hi"}], "targets": [name]}
        for name in ("Heat", "Gone")
    ]
    items = usbrec.load_catalogue([{"title": "Heat"}])
    with pytest.warns(InputWarning, match="sample Gone"):
        loaded = usbrec.load_samples(rows, catalogue=items)
    assert [sample.id for sample in loaded] == ["Heat"]
    assert len(loaded.left_out) == 1  # type: ignore[attr-defined]
    with pytest.raises(BadLines):
        usbrec.load_samples(rows, catalogue=items, strict=True)
    with pytest.warns(InputWarning, match="row 2: no title"):
        catalogue = usbrec.load_catalogue([{"title": "Heat"}, {"title": ""}])
    assert catalogue.report is not None
    assert catalogue.report.left_out == ("row 2: no title",)
    with pytest.raises(BadLines, match="row 2"):
        usbrec.load_catalogue([{"title": "Heat"}, {"title": ""}], strict=True)
