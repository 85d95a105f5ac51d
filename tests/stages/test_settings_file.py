"""config.toml of a run: what somebody changes in it is heeded or refused, and never written over."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from support.films import CATALOGUE
from usbrec.config import Config, load_config
from usbrec.dialogue import Sample, Turn
from usbrec.errors import ConfigError, RunFolderError
from usbrec.stages import evaluate

SAMPLES = [
    Sample(f"d{number}:1", f"d{number}", (Turn("seeker", "I loved Goodfellas (1990)."),), ("Casino (1995)",))
    for number in range(3)
]


def _config(**more: object) -> Config:
    seats = {"recommender": "rules:retriever", "simulator": "rules", "judge": "rules"}
    return load_config({"seats": seats, "play": {"rounds": 1}, "statistics": {"resamples": 100}}, more)


def _run(out: Path, config: Config | None = None) -> None:
    evaluate(SAMPLES, out, config=config or _config(), catalogue=CATALOGUE)


def test_an_edited_file_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    _run(tmp_path / "run")
    file = tmp_path / "run" / "config.toml"
    written = file.read_text(encoding="utf-8")
    edited = written.replace("rounds = 1", "rounds = 4")
    assert edited != written
    file.write_text(edited, encoding="utf-8")
    with pytest.raises(RunFolderError, match=r"was edited.*\n.*play.rounds: 4 there, 1 here") as refused:
        _run(tmp_path / "run")
    assert "--config" in str(refused.value)
    assert file.read_text(encoding="utf-8") == edited
    file.write_text("[play]\nrounds = many\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config.toml: not valid TOML"):
        _run(tmp_path / "run")
    # Taken back, or taken away, the run goes on as before.
    file.write_text(written, encoding="utf-8")
    _run(tmp_path / "run")
    file.unlink()
    _run(tmp_path / "run")
    assert file.read_text(encoding="utf-8") == written


def test_a_remark_and_what_the_command_says_as_well_are_no_other_settings(tmp_path: Path) -> None:
    _run(tmp_path / "run")
    file = tmp_path / "run" / "config.toml"
    remarked = "# The run for the paper.\n" + file.read_text(encoding="utf-8")
    file.write_text(remarked, encoding="utf-8")
    _run(tmp_path / "run")
    assert file.read_text(encoding="utf-8") == remarked
    # How many workers there are decides nothing, so the file and the command may both say it.
    again = remarked.replace("concurrency = ", "concurrency = 1  # was ")
    file.write_text(again, encoding="utf-8")
    _run(tmp_path / "run", load_config(file))
    assert file.read_text(encoding="utf-8") == again


def test_settings_that_decide_nothing_may_be_given_anew(tmp_path: Path) -> None:
    _run(tmp_path / "run")
    for workers in (2, 3, 2):
        _run(tmp_path / "run", _config(models={"concurrency": workers}))
        assert load_config(tmp_path / "run" / "config.toml").models.concurrency == workers


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(tmp_path / "whole")
    now = iter([0.0, 4e9, -1e9, 1.0, 2e9] * 100_000)
    monkeypatch.setattr(time, "time", lambda: next(now))
    _run(tmp_path / "run")
    for name in ("episodes.jsonl", "results.json"):
        assert (tmp_path / "run" / name).read_text() == (tmp_path / "whole" / name).read_text()
