"""The demos: rows enough for every part, and neither takes the other's runs for its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from support import ROOT
from support.fake_runs import row, run_of
from usbrec.cli import app
from usbrec.config import Dataset
from usbrec.data import load_samples
from usbrec.demo import TRAINED, WHOLE, Demo, whole_config
from usbrec.errors import ConfigError, RunFolderError
from usbrec.evaluation import compare
from usbrec.experiment import Cell
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


def test_every_row_is_played_with_the_settings_of_the_few() -> None:
    trained = TRAINED.model_copy(update={"limit": None})
    for name in WHOLE:
        config = whole_config(name)
        assert config.limit is None
        assert config.enhanced == (name == "SES")
        assert config.seats.recommender == (name if name.startswith("rules:") else "hf:smollm2-135m")
        assert (config.play, config.search, config.seed) == (trained.play, trained.search, trained.seed)


@pytest.mark.parametrize("model", ["qwen2.5-coder-0.5b", "hf:qwen2.5-coder-0.5b"])
def test_another_model_takes_the_place_of_the_small_one_and_nothing_else_changes(model: str) -> None:
    for name in WHOLE:
        config, small = whole_config(name, model), whole_config(name)
        if not name.startswith("rules:"):
            assert config.seats.recommender == "hf:qwen2.5-coder-0.5b"
        assert config.with_(seats=small.seats) == small


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_only_a_model_can_be_shown(options: list[str], tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["demo", *options, "--model", "rules", "-o", str(tmp_path / "x")])
    assert isinstance(shown.exception, ConfigError)
    assert "rules" in str(shown.exception)
    assert not (tmp_path / "x").exists()


def test_the_outcome_names_the_difference_its_rows_and_what_the_few_do_not_tell() -> None:
    values = [(0.1 * (number % 3), 0.5 + 0.1 * (number % 4)) for number in range(40)]
    plain = run_of("B/L", [row(f"d{n}:1", low) for n, (low, _) in enumerate(values)])
    ses = run_of("SES", [row(f"d{n}:1", high) for n, (_, high) in enumerate(values)])
    few = compare([run_of(run.name, list(run.rows[:3])) for run in (plain, ses)])
    cell = Cell(
        dataset="dialogues",
        model="smollm2-135m",
        report=Path("trained/report.html"),
        rows={"test": 3, "sft": 20, "pairs": 17, "held_out": 0},
        runs={},
        systems={},
        planned=[one for one in few.differences if one.adjusted is None or one.adjusted >= 0.05],
        also=(),
        pooled=few,
        first=few,
        training=(),
    )
    told = Demo(compare([plain, ses], reference="B/L"), Path("report.html"), cell).outcome
    assert "SES scores 0.5" in told
    assert "higher than B/L on 40 rows (adjusted p < 0.001)" in told
    assert "n = 40 rows of 40 dialogues" in told
    assert "seed 0" in told
    assert "learnt from 37 of these rows and are tested on 3 others, which tell no two of them apart." in told


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
