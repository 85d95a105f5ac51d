"""Runs whose rows lie on the disk say the same as those whose rows are held, and hold few of them."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from support import ROOT
from usbrec import long_lists
from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.engine import Silent
from usbrec.evaluation import compare, load_run
from usbrec.stages import evaluate

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
WRITTEN = ("results.json", "episodes.jsonl", "report.html")


class Counting(Silent):
    """Counts the samples that are in memory whenever a row has ended."""

    def __init__(self) -> None:
        self.most = 0

    def advance(self, *, failed: bool) -> None:
        self.most = max(self.most, sum(type(one) is Sample for one in gc.get_objects()))


def _evaluated(out: Path, recommender: str, counting: Counting | None = None, **more: object) -> Path:
    config = Config.model_validate(
        {
            "seats": {"recommender": recommender, "simulator": "rules", "judge": "rules"},
            "judging": {"second": False},
            "models": {"concurrency": 2},
            **more,
        }
    )
    catalogue = DEMO / "catalogue.csv"
    evaluate(DEMO / "dialogues.jsonl", out, config=config, catalogue=catalogue, progress=counting)
    return out


def _on_disk(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(long_lists, "HELD", 3)
    patched.setattr(long_lists, "_MOST", 4)


def test_a_run_on_the_disk_writes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = _evaluated(tmp_path / "a" / "run", "rules:retriever", limit=20, trials=2)
    _on_disk(monkeypatch)
    counting = Counting()
    once = _evaluated(tmp_path / "b" / "run", "rules:retriever", counting, limit=20, trials=2)
    for name in WRITTEN:
        assert (held / name).read_bytes() == (once / name).read_bytes()
    # The same again, from what is recorded.
    _evaluated(tmp_path / "b" / "run", "rules:retriever", limit=20, trials=2)
    for name in WRITTEN:
        assert (held / name).read_bytes() == (once / name).read_bytes()


def test_few_samples_are_in_memory_while_a_long_run_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.collect()
    before = sum(type(one) is Sample for one in gc.get_objects())
    _on_disk(monkeypatch)
    counting = Counting()
    _evaluated(tmp_path / "run", "rules:random", counting)
    # 70 rows: blocks of four, of which three are kept in each list, and those that are being played.
    assert 0 < counting.most - before < 40


def test_runs_on_the_disk_are_compared_as_runs_that_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [
        _evaluated(tmp_path / name, f"rules:{name}", limit=limit)
        for name, limit in (("random", 30), ("popular", 24))
    ]
    whole = compare([load_run(folder) for folder in folders], seed=3, power=True)
    _on_disk(monkeypatch)
    runs = [load_run(folder, as_lean=True) for folder in folders]
    small = compare(runs, seed=3, power=True)
    assert small.to_json() == whole.to_json()
    assert any("were run on different samples" in line for line in small.warnings)
    pages = [found.save(tmp_path / f"{place}.html") for place, found in enumerate((whole, small))]
    assert pages[0].read_bytes() == pages[1].read_bytes()
