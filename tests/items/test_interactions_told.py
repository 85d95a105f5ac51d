"""Interactions whose items a catalogue lacks: how many count for nothing is told."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from usbrec import load_catalogue
from usbrec.errors import InputWarning
from usbrec.items.popularity import popularity_from

CATALOGUE = load_catalogue([{"id": "00123", "title": "Kettle"}, {"id": "00124", "title": "Pan"}])


def write(folder: Path, *items: list[str]) -> Path:
    """A file with one session of each list."""
    path = folder / "sessions.jsonl"
    path.write_text(
        "".join(json.dumps({"user": f"u{n}", "items": one}) + "\n" for n, one in enumerate(items))
    )
    return path


def test_ids_that_lost_their_zeros_are_told(tmp_path: Path) -> None:
    """A table program takes zeros off; the rest counts, and what is lost is named."""
    path = write(tmp_path, ["00123", "Pan"], ["124", "Nope"], ["124"])
    with pytest.warns(InputWarning, match=r"3 of 5 items are not in the catalogue .*\('124', 'Nope'\)"):
        found = popularity_from(path, CATALOGUE)
    assert found == {"00123": 1.0, "00124": 1.0}


def test_nothing_is_told_where_all_are_known(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", InputWarning)
        assert popularity_from(write(tmp_path, ["00123"], ["Pan"]), CATALOGUE) == {"00123": 1.0, "00124": 1.0}
