"""The demos: rows enough for every part, and neither takes the other's runs for its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from support import ROOT
from usbrec.cli import app
from usbrec.config import Dataset
from usbrec.data import load_samples
from usbrec.demo import TRAINED
from usbrec.errors import ConfigError, RunFolderError
from usbrec.stages.rows import PARTS, choose_rows

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"


def test_the_packaged_dialogues_suffice_for_tests_labels_and_pairs(tmp_path: Path) -> None:
    dialogues = str(DEMO / "dialogues.jsonl")
    dataset = Dataset(train=dialogues, test=dialogues, catalogue=str(DEMO / "catalogue.csv"))
    counts = choose_rows(TRAINED, dataset, tmp_path)
    assert counts["test"] == TRAINED.limit
    # A step takes batch * accumulate labels; what is learnt from is more than one of them.
    assert min(counts["sft"], counts["pairs"]) > TRAINED.train.batch * TRAINED.train.accumulate
    parts = [part for part in PARTS if counts[part]]
    seen = [{sample.dialogue_id for sample in load_samples(tmp_path / f"{part}.jsonl")} for part in parts]
    assert sum(map(len, seen)) == len(set().union(*seen)), "no dialogue is in two parts"


def test_all_rows_are_for_the_quick_demo_alone(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["demo", "--all", "-o", str(tmp_path / "x")])
    assert isinstance(shown.exception, ConfigError)
    assert "--all goes with --quick" in str(shown.exception)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("mark", "options"), [("pairs", []), ("trained", ["--quick"])])
def test_neither_demo_goes_on_in_the_folder_of_the_other(
    mark: str, options: list[str], tmp_path: Path
) -> None:
    (tmp_path / mark).mkdir()
    shown = CliRunner().invoke(app, ["demo", *options, "-o", str(tmp_path)])
    assert isinstance(shown.exception, RunFolderError)
    assert "Name another with -o" in str(shown.exception)
    assert [path.name for path in tmp_path.iterdir()] == [mark], "and nothing was written"
