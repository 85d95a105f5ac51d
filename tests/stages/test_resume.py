"""Kill -9 at any moment loses nothing finished, and the resumed run says what an undisturbed one says."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.command import started, usbrec
from support.small_model import small_checkpoint

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
pytestmark = pytest.mark.model


def _command(out: Path, *more: str) -> list[str]:
    return [
        *("evaluate", str(DEMO / "dialogues.jsonl")),
        *("--catalogue", str(DEMO / "catalogue.csv"), "--model", "smollm2-135m"),
        *("--simulator", "rules", "--judge", "rules", "--config", str(out.parent / "short.toml")),
        *("--limit", "4", "--concurrency", "2", "-o", str(out), *more),
    ]


def _without_clock(folder: Path) -> Any:
    """What a run said, less how long it took: rows (with their traces) and results."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "seconds"}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    rows = [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()]
    return strip([rows, json.loads((folder / "results.json").read_text())])


def _finished_rows(folder: Path) -> int:
    """Rows that are recorded, read as any other reader would after the process died."""
    with closing(sqlite3.connect(folder / "run.db")) as database:
        tables = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'units'").fetchall()
        return int(database.execute("SELECT COUNT(*) FROM units").fetchone()[0]) if tables else 0


def test_five_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(
        "[play]\nmax_tokens = 8\nexamples = 0\nrounds = 1\n[search]\ndrafts = 2\n"
    )
    undisturbed = usbrec(*_command(tmp_path / "whole", "--ses"), fresh=True)
    assert undisturbed.returncode == 0, undisturbed.stderr
    moments = random.Random(11)
    finished = [0]
    for _ in range(int(os.environ.get("USBREC_KILLS", "5"))):
        with started(*_command(tmp_path / "killed", "--ses")) as process:
            time.sleep(moments.uniform(0.3, 1.5))
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        if (tmp_path / "killed" / "run.db").exists():
            finished.append(_finished_rows(tmp_path / "killed"))
    assert finished == sorted(finished)
    resumed = usbrec(*_command(tmp_path / "killed", "--ses"))
    assert resumed.returncode == 0, resumed.stderr
    assert _without_clock(tmp_path / "killed") == _without_clock(tmp_path / "whole")


@pytest.mark.parametrize("more", [(), ("--ses",)])
def test_rows_that_go_in_step_are_resumed_to_the_same_words(more: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text("[models]\nbatch = 2\n[play]\nmax_tokens = 8\nrounds = 2\n")
    base = small_checkpoint(tmp_path / "base")

    def command(out: str, workers: str) -> list[str]:
        parts = _command(tmp_path / out, *more)
        parts[parts.index("smollm2-135m")] = f"hf:{base}"
        parts[parts.index("--concurrency") + 1] = workers
        return parts

    whole = usbrec(*command("whole", "2"), models=True)
    assert whole.returncode == 0, whole.stderr
    with started(*command("killed", "1"), models=True) as process:
        # The settings are written before the first call, so what the log grows by after that are calls.
        while process.poll() is None and not (tmp_path / "killed" / "config.toml").exists():
            time.sleep(0.01)
        begun = _logged(tmp_path / "killed")
        while process.poll() is None and _logged(tmp_path / "killed") == begun:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert _finished_rows(tmp_path / "killed") < 4
    resumed = usbrec(*command("killed", "1"), models=True)
    assert resumed.returncode == 0, resumed.stderr
    # Rows alone: the settings in the results say how many workers there were.
    assert _without_clock(tmp_path / "killed")[0] == _without_clock(tmp_path / "whole")[0]
    again = usbrec(*command("again", "2"), "--replay", str(tmp_path / "whole"))
    assert again.returncode == 0, again.stderr
    for name in ("episodes.jsonl", "results.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def _logged(folder: Path) -> int:
    """How far the log of a run that goes on has grown; nobody else may read the database itself."""
    log = folder / "run.db-wal"
    return log.stat().st_size if log.exists() else 0


def test_pairs_on_the_real_model_replay_to_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text("[play]\nmax_tokens = 8\nrounds = 1\n")
    command = _command(tmp_path / "live")
    command[command.index("evaluate")] = "pairs"
    live = usbrec(*command)
    assert live.returncode == 0, live.stderr
    command[command.index(str(tmp_path / "live"))] = str(tmp_path / "again")
    command += ["--replay", str(tmp_path / "live")]
    # No model is to be had here: replay must not look for one.
    again = usbrec(*command, env={"USBREC_CACHE": str(tmp_path / "no-models-here")})
    assert again.returncode == 0, again.stderr
    for name in ("pairs.jsonl", "candidates.jsonl", "results.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "live" / name).read_bytes()
    assert not (tmp_path / "no-models-here").exists()
