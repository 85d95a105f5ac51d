"""Recorded runs on read-only media answer every command that replays one, and are left as they were."""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.command import usbrec
from support.disks import can_mount, in_namespace

EXAMPLES = ROOT / "docs" / "examples"
BOOKS = ("--catalogue", str(EXAMPLES / "books.csv"))
SCRIPT = f"scripted:{EXAMPLES / 'book-model.jsonl'}"
TALKS = str(EXAMPLES / "recorded-dialogues.jsonl")
#: Each command that replays, with what it is given and the file that holds its rows.
COMMANDS = {
    "evaluate": (
        [
            str(EXAMPLES / "books.jsonl"),
            *BOOKS,
            "--recommender",
            SCRIPT,
            "--seeker",
            "rules",
            "--judge",
            "rules",
        ],
        "episodes.jsonl",
    ),
    "pairs": (
        [
            str(EXAMPLES / "books.jsonl"),
            *BOOKS,
            "--model",
            SCRIPT,
            "--simulator",
            "rules",
            "--judge",
            "rules",
        ],
        "candidates.jsonl",
    ),
    "score": ([TALKS, *BOOKS, "--judge", "trained"], "dialogues.jsonl"),
    "agreement": ([TALKS, *BOOKS, "--judge", "rules"], "dialogues.jsonl"),
    "fidelity": ([TALKS, *BOOKS, "--seeker", "rules"], "turns.jsonl"),
}


def rows_of(folder: Path, name: str) -> Any:
    """The rows of a run, less how long each took."""
    rows = [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
    return [{key: value for key, value in row.items() if key not in ("seconds", "usage")} for row in rows]


def prints_of(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.skipif(not can_mount(), reason="this system gives no mounts to this user")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_replays_a_run_from_read_only_media(tmp_path: Path, command: str) -> None:
    """A run on read-only media answers its command again, with the same rows, and no file is added to it."""
    given, rows = COMMANDS[command]
    done = usbrec(command, *given, "-o", tmp_path / "closed" / "run", models=True)
    assert done.returncode == 0, done.stderr
    before = prints_of(tmp_path / "closed" / "run")
    script = f"""
mount --bind closed closed
mount -o remount,bind,ro closed
! touch closed/run/new 2>/dev/null
usbrec {command} {shlex.join(given)} -o again --replay closed/run
"""
    ended = in_namespace(script, tmp_path)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr
    assert rows_of(tmp_path / "again", rows) == rows_of(tmp_path / "closed" / "run", rows)
    assert prints_of(tmp_path / "closed" / "run") == before


@pytest.mark.skipif(not can_mount(), reason="this system gives no mounts to this user")
@pytest.mark.parametrize("command", ["evaluate", "pairs"])
def test_what_a_read_only_run_does_not_hold_is_told(tmp_path: Path, command: str) -> None:
    """What was not asked when a run was recorded is told as missing, with its place and no traceback."""
    given, _ = COMMANDS[command]
    done = usbrec(command, *given, "--limit", "1", "-o", tmp_path / "closed" / "run")
    assert done.returncode == 0, done.stderr
    script = f"""
mount --bind closed closed
mount -o remount,bind,ro closed
usbrec {command} {shlex.join(given)} -o again --replay closed/run
"""
    ended = in_namespace(script, tmp_path)
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "closed/run" in ended.stderr + ended.stdout
