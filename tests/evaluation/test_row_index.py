"""The index of a run's rows says what the rows say, and nothing once they are others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.fake_runs import realistic
from usbrec.config import Config
from usbrec.evaluation import compare, load_run
from usbrec.evaluation.runs import index, results
from usbrec.evaluation.runs.index import NAME, write_index
from usbrec.stages import evaluate

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"


def _indexed(tmp_path: Path) -> list[Path]:
    """Folders of made-up runs with all that rows can hold, each with its index."""
    folders = [run.path for run in realistic(tmp_path)]
    for folder in folders:
        run = load_run(folder, as_lean=True)
        assert run.digest is not None
        write_index(folder / "episodes.jsonl", run.columns, run.digest)
        assert (folder / NAME).is_file()
    return folders


def _compared(folders: list[Path], tmp_path: Path, name: str) -> tuple[Any, bytes]:
    runs = [load_run(folder, as_lean=True) for folder in folders]
    found = compare(runs, seed=3, resamples=200, power=True)
    return found.to_json(), found.save(tmp_path / f"{name}.html").read_bytes()


def test_a_comparison_by_the_index_is_that_by_the_rows(tmp_path: Path) -> None:
    folders = _indexed(tmp_path)
    by_index = _compared(folders, tmp_path, "index")
    for folder in folders:
        (folder / NAME).unlink()
    assert _compared(folders, tmp_path, "rows") == by_index


def test_an_evaluation_leaves_an_index_and_its_rows_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for recommender in ("random", "popular"):
        config = Config.model_validate(
            {
                "seats": {"recommender": f"rules:{recommender}", "simulator": "rules", "judge": "rules"},
                "judging": {"second": False},
                "limit": 12,
            }
        )
        out = tmp_path / recommender
        evaluate(DEMO / "dialogues.jsonl", out, config=config, catalogue=DEMO / "catalogue.csv")
    folders = [tmp_path / "random", tmp_path / "popular"]
    rows = [load_run(folder) for folder in folders]
    expected = compare(rows, seed=3, resamples=200).to_json()

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the rows were read")

    monkeypatch.setattr(results, "_read_rows", refuse)
    runs = [load_run(folder, as_lean=True) for folder in folders]
    assert compare(runs, seed=3, resamples=200).to_json() == expected
    page = compare(runs, seed=3, resamples=200).save(tmp_path / "index.html").read_text()
    assert rows[0].rows[0]["sample_id"] in page or "Typical" in page


def test_rows_that_have_changed_since_are_read(tmp_path: Path) -> None:
    folder = _indexed(tmp_path)[0]
    file = folder / "episodes.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    place = next(place for place, row in enumerate(rows) if row["episode"] is not None)
    # What results.json has no mean of that is held against the rows.
    rows[place]["episode"]["leaks"] = leaks = rows[place]["episode"]["leaks"] + 1
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = load_run(folder, as_lean=True)
    assert run.rows[place]["episode"]["leaks"] == leaks
    from usbrec.evaluation import metrics

    assert run.columns.values(metrics.leaked)[place] == 1


@pytest.mark.parametrize("harm", ["a byte", "the end", "all", "the code"])
def test_an_index_that_does_not_hold_is_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    folders = _indexed(tmp_path)[:2]
    expected = _compared(folders, tmp_path, "before")
    for folder in folders:
        content = bytearray((folder / NAME).read_bytes())
        if harm == "a byte":
            content[-3] ^= 1
        elif harm == "the end":
            del content[-10:]
        elif harm == "all":
            content = bytearray(b"\n{}")
        (folder / NAME).write_bytes(content)
    if harm == "the code":
        monkeypatch.setattr(index, "_code", lambda: "another")
    read: list[Path] = []
    whole = results._read_rows

    def counted(path: Path, *, as_lean: bool) -> Any:
        read.append(path)
        return whole(path, as_lean=as_lean)

    monkeypatch.setattr(results, "_read_rows", counted)
    assert _compared(folders, tmp_path, "after") == expected
    assert read == [folder / "episodes.jsonl" for folder in folders]


def test_where_no_index_can_be_written_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _indexed(tmp_path)[0]
    run = load_run(folder, as_lean=True)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert run.digest is not None
    write_index(folder / "episodes.jsonl", run.columns, run.digest)
    assert not list(folder.glob("*episodes.index*"))
