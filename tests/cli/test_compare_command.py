"""`usbrec compare`: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from support import command
from support.fake_runs import realistic


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [run.path for run in realistic(tmp_path_factory.mktemp("runs"), n=12)]


def usbrec(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return command.usbrec("compare", *arguments)


def test_every_pair_is_printed_and_a_table_written_by_its_ending(folders: list[Path], tmp_path: Path) -> None:
    done = usbrec(*folders, "-o", tmp_path / "t.json")
    assert done.returncode == 0, done.stderr
    assert "against plain" in done.stdout
    assert "against self-enhanced" in done.stdout
    assert f"Table: {tmp_path / 't.json'}" in done.stdout
    assert json.loads((tmp_path / "t.json").read_text())["every_pair"] is True


def test_a_reference_is_chosen_by_name_and_the_report_is_called_one(
    folders: list[Path], tmp_path: Path
) -> None:
    done = usbrec(*folders, "--reference", "rules-popular", "-o", tmp_path / "r.html")
    assert done.returncode == 0, done.stderr
    assert "against rules-popular" in done.stdout
    assert "against plain" not in done.stdout
    assert f"Report: {tmp_path / 'r.html'}" in done.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("-o", "t.xlsx"), ".csv, .html, .json, .md, .tex"),
        (("--reference", "nobody"), "There are: plain, self-enhanced, rules-popular."),
    ],
)
def test_an_unknown_ending_or_reference_is_an_error_that_lists_what_there_is(
    folders: list[Path], tmp_path: Path, options: tuple[str, str], says: str
) -> None:
    done = usbrec(*folders, *(tmp_path / part if part == "t.xlsx" else part for part in options))
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())
