"""Rows for verl: verl's documented columns, and a reward that is the judge's score or no number at all."""

from __future__ import annotations

import json
import runpy
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support import ROOT
from usbrec.cli import app
from usbrec.config import load_config
from usbrec.errors import ConfigError, InputError, ModelUnavailable, UnusableAnswer
from usbrec.library.verl_reward import verl_reward
from usbrec.stages.environment import Environment
from usbrec.stages.verl_rows import export_verl

BOOKS = ("docs/examples/books.jsonl", "docs/examples/books.csv")


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example names its files as from the repository's root."""
    monkeypatch.chdir(ROOT)


def rows_of(path: Path) -> list[dict[str, Any]]:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def test_samples_become_rows_with_verls_columns(at_root: None, tmp_path: Path) -> None:
    out = tmp_path / "verl"
    done = CliRunner().invoke(
        app, ["export", BOOKS[0], "--to", "verl", "--catalogue", BOOKS[1], "--limit", "5", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert done.output.strip() == str(out / "train.parquet")
    rows = rows_of(out / "train.parquet")
    assert len(rows) == 5
    with Environment(*BOOKS) as environment:
        for place, row in enumerate(rows):
            sample_id = row["extra_info"]["sample_id"]
            assert list(row) == ["data_source", "prompt", "ability", "reward_model", "extra_info"]
            assert (row["data_source"], row["ability"]) == ("usbrec", "recommendation")
            assert row["prompt"] == environment.prompt(sample_id)
            assert row["reward_model"]["style"] == "rule"
            wanted = json.loads(row["reward_model"]["ground_truth"])
            assert tuple(wanted) == environment.sample(sample_id).targets
            assert (row["extra_info"]["split"], row["extra_info"]["index"]) == ("train", place)


def test_the_example_scores_exported_rows_as_our_own_training_does(at_root: None, tmp_path: Path) -> None:
    rows = rows_of(export_verl(BOOKS[0], tmp_path, catalogue=BOOKS[1]))[:4]
    compute_score = runpy.run_path(str(ROOT / "docs/examples/verl_reward.py"))["compute_score"]
    wanted = [json.loads(row["reward_model"]["ground_truth"])[0] for row in rows]

    def scored(row: dict[str, Any], reply: str) -> dict[str, float]:
        found: dict[str, float] = compute_score(
            data_source=row["data_source"],
            solution_str=reply,
            ground_truth=row["reward_model"]["ground_truth"],
            extra_info={**row["extra_info"], "num_turns": 2},
        )
        return found

    with ThreadPoolExecutor(4) as threads:
        named = list(threads.map(lambda one: scored(*one), zip(rows, wanted, strict=True)))
    assert named == [{"score": 2.0, "hit": 1.0, "unscored": 0.0}] * 4
    assert scored(rows[0], "") == {"score": 0.0, "hit": 0.0, "unscored": 0.0}
    with Environment(*BOOKS, config=load_config(None, {"play": {"rounds": 1}})) as environment:
        talk = environment.begin(rows[0]["extra_info"]["sample_id"])
        talk.say(f"You might like {wanted[1]}.")
        assert scored(rows[0], f"You might like {wanted[1]}.")["score"] == talk.score()


def test_a_reply_without_a_score_is_an_error_or_what_somebody_said_it_counts_as(
    at_root: None, tmp_path: Path
) -> None:
    script = tmp_path / "judge.jsonl"
    script.write_text(
        json.dumps({"when": "Zzyzx", "error": "unavailable"})
        + "\n"
        + json.dumps({"choose": {"1": 1.0}})
        + "\n",
        "utf-8",
    )
    config = load_config(None, {"seats": {"judge": f"scripted:{script}"}})
    row = rows_of(export_verl(BOOKS[0], tmp_path, catalogue=BOOKS[1], config=config))[0]
    given = (row["data_source"], "", row["extra_info"])
    strict = verl_reward(*BOOKS, config=config)
    assert strict(given[0], "Emma", given[1], given[2])["score"] == 1.0
    with pytest.raises(ModelUnavailable):
        strict(given[0], "Zzyzx", given[1], given[2])
    with pytest.raises(UnusableAnswer, match=r"cannot leave a reply out.*unscored="):
        strict(given[0], "<think>Which one", given[1], given[2])
    lenient = verl_reward(*BOOKS, config=config, unscored=0.25)
    for lost in ("Zzyzx", "<think>Which one"):
        assert lenient(given[0], lost, given[1], given[2]) == {"score": 0.25, "hit": 0.0, "unscored": 1.0}


def test_rows_of_something_else_are_refused(at_root: None, tmp_path: Path) -> None:
    row = rows_of(export_verl(BOOKS[0], tmp_path, catalogue=BOOKS[1]))[0]
    other = verl_reward(*BOOKS, config=load_config(None, {"seed": 7}))
    with pytest.raises(InputError, match="another sample, other items or other settings"):
        other(row["data_source"], "Emma", "", row["extra_info"])
    with pytest.raises(InputError, match="'openai/gsm8k' is none of ours"):
        other("openai/gsm8k", "42", "42", {"index": 0})


def test_what_cannot_be_exported_is_refused_with_what_to_do(
    at_root: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "pairs"
    run.mkdir()
    pairs = run / "pairs.jsonl"
    pairs.write_text('{"chosen": "a", "rejected": "b"}\n', "utf-8")
    for given in (run, pairs):
        with pytest.raises(InputError, match=r"verl learns from prompts.*pairs were made|were made from"):
            export_verl(given, tmp_path)
    wrong = CliRunner().invoke(app, ["export", str(run), "--to", "trl", "--catalogue", BOOKS[1]])
    assert "--catalogue say how prompts are made, for --to verl" in str(wrong.exception)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"needs pyarrow: pip install 'usbrec\[retrieval\]'"):
        export_verl(BOOKS[0], tmp_path, catalogue=BOOKS[1])
