"""A disk that fills up ends a run with a message and nothing lost; with room again it goes on."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.command import usbrec
from support.disks import can_mount, in_namespace, with_little_room

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
SEATS = ("--model", "rules:retriever", "--simulator", "rules", "--judge", "rules")


def _command(stage: str, out: Path | str, *more: str) -> list[str]:
    files = [str(DEMO / "dialogues.jsonl"), "--catalogue", str(DEMO / "catalogue.csv")]
    return [stage, *files, *SEATS, "--limit", "5", "-o", str(out), *more]


def _said(folder: Path, stage: str) -> Any:
    """What a run found, less how long it took."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "seconds"}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    rows = "episodes.jsonl" if stage == "evaluate" else "candidates.jsonl"
    found = [json.loads(line) for line in (folder / rows).read_text().splitlines()]
    return strip([found, json.loads((folder / "results.json").read_text())])


def _units(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "run.db")) as database:
        return int(database.execute("SELECT count(*) FROM units").fetchone()[0])


@pytest.mark.parametrize("stage", ["evaluate", "pairs"])
def test_a_run_out_of_room_says_so_and_goes_on_with_room_again(tmp_path: Path, stage: str) -> None:
    whole = usbrec(*_command(stage, tmp_path / "whole"))
    assert whole.returncode == 0, whole.stderr
    finished, full = [0], 0
    moments = random.Random(6)
    # From a disk on which not even the settings fit to one where the last file does not.
    for size in sorted(moments.randrange(4_000, 70_000) for _ in range(4)):
        ended = with_little_room(size, *_command(stage, tmp_path / "run"), cwd=tmp_path)
        assert "Traceback" not in ended.stderr + ended.stdout
        if ended.returncode != 0:
            full += 1
            assert ended.returncode == 2, ended.stderr
            assert "cannot be" in ended.stderr or "no room" in ended.stderr
            if "run.db: cannot be written" in ended.stderr:
                assert "Make room" in ended.stderr
                assert "is kept" in ended.stderr
        if (tmp_path / "run" / "config.toml").exists():
            finished.append(_units(tmp_path / "run"))
    assert full >= 2
    assert finished == sorted(finished)
    assert finished[-1] > 0
    resumed = usbrec(*_command(stage, tmp_path / "run"))
    assert resumed.returncode == 0, resumed.stderr
    assert _said(tmp_path / "run", stage) == _said(tmp_path / "whole", stage)


@pytest.mark.skipif(not can_mount(), reason="this system gives no mounts to this user")
def test_a_disk_that_is_full_is_told_as_one_and_read_only_media_are_replayed(tmp_path: Path) -> None:
    command = " ".join(_command("evaluate", "disk/run"))
    script = f"""
mkdir disk closed copy
mount -t tmpfs -o size=100k none disk
usbrec {command} > full.txt 2>&1 || echo "code $?" >> full.txt
mount -o remount,size=50m disk
usbrec {command}
cp -r disk/run copy/run
cp -r disk/run closed/run
mount --bind closed/run closed/run
mount -o remount,bind,ro closed/run
usbrec {" ".join(_command("evaluate", "again"))} --replay closed/run
"""
    ended = in_namespace(script, tmp_path)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    told = (tmp_path / "full.txt").read_text()
    assert "code 2" in told
    assert "Make room" in told
    assert "Traceback" not in told
    whole = usbrec(*_command("evaluate", tmp_path / "whole"))
    assert whole.returncode == 0
    assert _said(tmp_path / "copy" / "run", "evaluate") == _said(tmp_path / "whole", "evaluate")
    assert _said(tmp_path / "again", "evaluate")[0] == _said(tmp_path / "whole", "evaluate")[0]
