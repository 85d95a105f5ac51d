"""Arguments of the wrong kind, and runs whose files are not of one run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import ROOT
from usbrec.errors import ConfigError, InputError

BOOKS = {"samples": ROOT / "docs/examples/books.jsonl", "catalogue": ROOT / "docs/examples/books.csv"}


def _run(**more: Any) -> usbrec.Run:
    return usbrec.evaluate(
        **{
            **BOOKS,
            "recommender": "rules:retriever",
            "limit": 6,
            "second_judge": False,
            "progress": False,
            **more,
        }
    )


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("runs")
    for name in ("retriever", "random"):
        _run(recommender=f"rules:{name}", out=folder / name)
    return folder / "retriever", folder / "random"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"filter": "x"}, "filter='x': not readable as JSON"),
        ({"filter": [1]}, "filter=[1]: a mapping is wanted"),
        ({"filter": 5}, "filter=5: a mapping is wanted"),
        ({"out": 5}, "out=5: a path"),
        ({"out": b"x"}, "out=b'x': a path"),
        ({"replay": 5}, "replay=5: a path"),
        ({"interactions": 5}, "interactions=5: a path"),
        ({"progress": "no"}, "progress='no': True, False or an object"),
    ],
)
def test_an_argument_of_another_kind_is_told_by_its_name(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as error:
        _run(**given)
    assert told in str(error.value)


def test_a_filter_may_be_written_as_json() -> None:
    written, given = '{"year": {"min": 1800}}', {"year": {"min": 1800}}
    assert _run(filter=written).results == _run(filter=given).results


def test_functions_and_methods_beside_evaluate_tell_it_too(two: tuple[Path, Path]) -> None:
    for call, told in (
        (lambda: usbrec.open_model(5), "=5: a text is wanted"),
        (lambda: usbrec.compare(*two, reference=1), "reference=1: a text is wanted"),
        (lambda: usbrec.Run.load(None), "path=None: a path"),
        (lambda: usbrec.Run.load(two[0]).save(5), "path=5: a path"),
        (lambda: usbrec.compare(*two, resamples=2), "at least 100"),
    ):
        with pytest.raises(ConfigError) as error:
            call()
        assert told in str(error.value)


def test_rows_of_another_run_are_not_believed(two: tuple[Path, Path], tmp_path: Path) -> None:
    one, other = two
    mixed = tmp_path / "mixed"
    shutil.copytree(one, mixed)
    shutil.copy(other / "episodes.jsonl", mixed / "episodes.jsonl")
    for load in (usbrec.Run.load, lambda folder: usbrec.compare(folder, other)):
        with pytest.raises(InputError, match="the two are not of one run, or one was changed since"):
            load(mixed)


def test_a_row_that_was_changed_by_hand_is_not_believed(two: tuple[Path, Path], tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(two[0], changed)
    lines = (changed / "episodes.jsonl").read_text("utf-8").splitlines()
    row = json.loads(lines[0])
    row["episode"]["hit"] = not row["episode"]["hit"]
    lines[0] = json.dumps(row)
    (changed / "episodes.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="the mean of hit"):
        usbrec.Run.load(changed)


def test_where_no_row_repeats_an_item_nobody_has_the_figure_of_other_rows(tmp_path: Path) -> None:
    demo = ROOT / "src/usbrec/data/demo"
    films: dict[str, Any] = {"catalogue": demo / "catalogue.csv", "limit": None, "rounds": 1}
    rows = _run(samples=demo / "dialogues.jsonl", **films).rows
    fresh = {row["sample_id"] for row in rows if row["repeat"] is False}
    samples = [one for one in usbrec.load_samples(demo / "dialogues.jsonl") if one.id in fresh]
    told = usbrec.compare(
        *(_run(samples=samples, recommender=f"rules:{seat}", **films) for seat in ("retriever", "random"))
    )
    assert [system.hit_non_repeats.n for system in told.systems] == [len(samples)] * 2
    assert told.systems[0].hit.low != told.systems[0].hit_non_repeats.low  # drawn apart
    assert "not repeated" not in told.save(tmp_path / "c.md").read_text("utf-8")
