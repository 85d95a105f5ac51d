"""Two notations: numbers of one column with points and commas before three digits."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from usbrec.errors import InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.constraints.column_table import open_columns


def read(folder: Path, name: str, cells: list[str]) -> tuple[Catalogue, str]:
    """A catalogue with one further column, and what reading it told."""
    path = folder / "items.tsv"
    rows = [f"{place}\tThing {chr(65 + place)}\t{cell}" for place, cell in enumerate(cells)]
    path.write_text("\n".join([f"id\ttitle\t{name}", *rows]), encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        catalogue = load_catalogue(path)
    return catalogue, "".join(str(one.message) for one in told)


@pytest.mark.parametrize(
    ("name", "cells", "numbers"),
    [
        ("weight", ["1.250 kg", "800 g", "2 lb", "1,250 kg"], [1.25, 0.8, 0.90718474, 1.25]),
        ("weight", ["1.250 kg", "2.500 kg", "0.750 kg", "1,250 kg"], [1.25, 2.5, 0.75, 1.25]),
        ("weight", ["1,250 kg", "800 g"], [1.25, 0.8]),
        ("rating", ["4.125", "4.5", "4,250"], [4.125, 4.5, 4.25]),
        ("rating", ["4,1", "4,5", "4.250"], [4.1, 4.5, 4.25]),
        ("population", ["1.250", "1,300", "1500"], [1250, 1300, 1500]),
        ("width", ["1.299", "350.50", "420.25"], [1299, 350.5, 420.25]),
        # Neither reading lies among the others: the usual one, and it is told.
        ("weight", ["12.5", "13.5", "1,250"], [12.5, 13.5, 1250]),
    ],
)
def test_two_notations_are_decided_by_the_column_and_told(
    tmp_path: Path, name: str, cells: list[str], numbers: list[float]
) -> None:
    catalogue, told = read(tmp_path, name, cells)
    column = catalogue.types[0]
    assert (column.type, [column.number(cell) for cell in cells]) == ("number", pytest.approx(numbers))
    table = open_columns(catalogue)
    assert [table.value(item, name) for item in catalogue] == pytest.approx(numbers)
    assert f"{name!r} has numbers in two notations" in told


@pytest.mark.parametrize(
    ("name", "cells", "numbers"),
    [
        ("weight", ["1.250 kg", "800 g", "2 lb"], [1.25, 0.8, 0.90718474]),
        ("pages", ["350", "420", "1.299"], [350, 420, 1299]),
        ("pages", ["350", "420", "1,299"], [350, 420, 1299]),
        ("views", ["2", "3", "1,250"], [2, 3, 1250]),
        ("distance", ["4.5 km", "300 km", "1,250 km"], [4.5, 300, 1250]),
        ("output", ["1,250.5", "3.5", "2,300"], [1250.5, 3.5, 2300]),
        ("weight", ["1.5 kg", "12 kg", "2,5 kg"], [1.5, 12, 2.5]),
        ("width", ["1.250,5", "2.300", "12,5"], [1250.5, 2300, 12.5]),
        ("width", ["1.125", "2.375", "0.625"], [1.125, 2.375, 0.625]),
    ],
)
def test_one_notation_is_not_told(tmp_path: Path, name: str, cells: list[str], numbers: list[float]) -> None:
    catalogue, told = read(tmp_path, name, cells)
    assert [catalogue.types[0].number(cell) for cell in cells] == pytest.approx(numbers)
    assert "notations" not in told
