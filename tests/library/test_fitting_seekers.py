"""`usbrec.train_seeker`: the same as the command, from files, several files, records and frames of items."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import usbrec
from support import ROOT
from support.command import usbrec as command
from usbrec.data import read_dialogues
from usbrec.errors import ConfigError, InputError

TALKS, BOOKS = (ROOT / "docs" / "examples" / name for name in ("book-talks.jsonl", "books.csv"))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> usbrec.FittedSeeker:
    return usbrec.train_seeker(
        TALKS, catalogue=BOOKS, out=tmp_path_factory.mktemp("seeker") / "a", progress=False
    )


def test_a_call_writes_what_the_command_writes(fitted: usbrec.FittedSeeker, tmp_path: Path) -> None:
    """A call writes the file that the command writes, and gives back what stands in it."""
    done = command("train", "seeker", TALKS, "--catalogue", BOOKS, "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (fitted.path / "seeker.json").read_bytes() == (tmp_path / "seeker.json").read_bytes()
    assert json.loads((tmp_path / "seeker.json").read_text()) == fitted.results
    assert usbrec.FittedSeeker.load(tmp_path).results == fitted.results


def test_records_files_and_items_in_memory_give_the_same(fitted: usbrec.FittedSeeker, tmp_path: Path) -> None:
    """Dialogues in memory, one file in a list, two halves of a file, and a catalogue in memory fit the
    same seeker."""
    items = usbrec.load_catalogue(BOOKS)
    lines = TALKS.read_text("utf-8").splitlines(keepends=True)
    halves = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    halves[0].write_text("".join(lines[: len(lines) // 2]), "utf-8")
    halves[1].write_text("".join(lines[len(lines) // 2 :]), "utf-8")
    for name, dialogues in (("records", read_dialogues(TALKS)), ("list", [TALKS]), ("halves", halves)):
        found = usbrec.train_seeker(dialogues, catalogue=items, out=tmp_path / name, progress=False)
        assert found.results == fitted.results, name


def test_a_fitted_seeker_takes_its_seat(fitted: usbrec.FittedSeeker) -> None:
    """Its seat stands wherever a seeker's does."""
    found = usbrec.fidelity(
        ROOT / "docs" / "examples" / "recorded-dialogues.jsonl",
        catalogue=BOOKS,
        seeker=fitted.seat,
        progress=False,
    )
    assert found.results["seeker"] == fitted.seat


def test_too_few_a_folder_that_is_none_and_wrong_sources_are_refused(tmp_path: Path) -> None:
    """Too few dialogues, a folder without a seeker, and what is no dialogue are refused in words."""
    with pytest.raises(InputError, match="a seeker is fitted to 30 of each or more"):
        usbrec.train_seeker(TALKS, catalogue=BOOKS, out=tmp_path / "a", limit=2, progress=False)
    with pytest.raises(InputError, match=r"cannot be read|no such file"):
        usbrec.FittedSeeker.load(tmp_path)
    (tmp_path / "seeker.json").write_text("{}")
    with pytest.raises(InputError, match="no fitted seeker"):
        usbrec.FittedSeeker.load(tmp_path)
    with pytest.raises(InputError, match="a list of dialogues is wanted, not int"):
        usbrec.train_seeker(5, catalogue=BOOKS, out=tmp_path / "b", progress=False)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="stands in an earlier file"):
        usbrec.train_seeker([TALKS, TALKS], catalogue=BOOKS, out=tmp_path / "c", progress=False)
    with pytest.raises(ConfigError):
        usbrec.train_seeker(TALKS, catalogue=BOOKS, out=tmp_path / "d", kind="nonsense", progress=False)
