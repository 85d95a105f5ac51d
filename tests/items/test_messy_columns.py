"""Messy columns: a few odd cells make no other type of a column, and what cannot be read is told."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import pytest

from usbrec.errors import BadLines, InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.items.constraints.filters import FilterError, read_filter
from usbrec.items.constraints.measures import told_in
from usbrec.items.files.cells import BrokenCell, further_text


def read(folder: Path, name: str, cells: list[str]) -> tuple[Catalogue, TypedColumn, str]:
    """A catalogue with one further column, that column, and what reading it told."""
    path = folder / "items.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "title", name])
        lines.writerows([str(place), f"Thing {chr(65 + place)}", cell] for place, cell in enumerate(cells))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        catalogue = load_catalogue(path)
    return catalogue, catalogue.types[0], "".join(str(one.message) for one in told)


@pytest.mark.parametrize(
    ("name", "cells", "numbers"),
    [
        ("price", ["9.99", "auf Anfrage", "ask us", "call", "sale"], [9.99, None, None, None, None]),
        ("price", ["9,99 €", "ab 12 €", "12 € - 15 €", "ca. 20 €"], [9.99, None, None, None]),
        ("price", ["ab 12", "from 13", "12-15", "on request"], [None, None, None, None]),
        ("price", ["10", "free", "gratis", "n/a"], [10, 0, 0, None]),
        ("price", ["15 €/Stück", "12,50 € inkl. MwSt.", "8 € *", "19,00 €"], [15, 12.5, 8, 19]),
        ("Preis", ["1.299", "849", "12"], [1299, 849, 12]),
        ("Preis", ["1.299", "13.50", "9.90"], [1299, 13.5, 9.9]),
        ("price", ["1.5", "12.345", "9"], [1.5, 12.345, 9]),
        ("price", ["0.129", "0.125"], [0.129, 0.125]),
        ("price", ["37,-", "1.299,--", "12.-", "9,50"], [37, 1299, 12, 9.5]),
        ("memory", ["8 GB", "16 GB", "512 MB", "1 TB", "n/a", "32GB"], [8, 16, 0.512, 1000, None, 32]),
        ("weight", ["1,5 kg", "800 g", "2 kg", "k.A.", "ca. 3 kg"], [1.5, 0.8, 2, None, None]),
        ("weight", ["1,250 kg", "0,500 kg", "2,5 kg"], [1.25, 0.5, 2.5]),
        ("weight_kg", ["1,5", "800 g", "2", "heavy", "3"], [1.5, 0.8, 2, None, 3]),
        ("power", ["1.200 W", "800 W", "950W", "2 kW"], [1200, 800, 950, 2000]),
        ("weight", ["1.250 kg", "2 kg", "3 kg"], [1.25, 2, 3]),
        ("runtime", ["90 min", "2h 15m", "1 Std. 30 Min.", "2 hours"], [90, 135, 90, 120]),
        ("term", ["2 Jahre", "1 Jahr", "6 Monate", "3 Jahre"], [2, 1, 0.5, 3]),
        ("length", ["12 cm", "30 cm", "45cm", "long", "approx 50 cm"], [12, 30, 45, None, None]),
        ("width", ["12", "13", "ca. 14", "15", "> 16"], [12, 13, None, 15, None]),
        ("rating", ["4.5", "4,5 von 5", "★★★★", "4 out of 5"], [4.5, 4.5, 4, 4]),
    ],
)
def test_a_column_of_numbers_stays_one_whatever_a_few_cells_say(
    tmp_path: Path, name: str, cells: list[str], numbers: list[float | None]
) -> None:
    """A column of numbers stays one whatever a few of its cells say, and no cell as a wrong one."""
    catalogue, column, _ = read(tmp_path, name, cells)
    assert column.type == "number"
    assert [column.number(item.extra.get(name, "")) for item in catalogue] == numbers


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("size", ["S", "M", "42", "L", "XL"], "category"),
        ("price_currency", ["EUR", "USD", "EUR"], "category"),
        ("price_range", ["$", "$$", "$$$"], "category"),
        ("price_class", ["A", "B", "1"], "category"),
        ("model", ["X200", "900 Pro", "Series 5"], "category"),
        ("vegan", ["yes", "no", "traces", "traces"], "category"),
        ("grade", ["A", "B", "F", "N", "Y"], "category"),
        ("volume", ["1,5 l", "big", "small", "huge"], "category"),
    ],
)
def test_names_with_a_number_among_them_stay_names(
    tmp_path: Path, name: str, cells: list[str], kind: str
) -> None:
    """Names with a number among them stay names."""
    _, column, told = read(tmp_path, name, cells)
    assert (column.type, told) == (kind, "")


def test_a_fraction_with_a_comma_is_one_name(tmp_path: Path) -> None:
    """A comma between digits separates no names."""
    catalogue, _, _ = read(tmp_path, "bottle", ["1,5 l", "big, small", "huge", "huge"])
    assert list(open_columns(catalogue).names("bottle")) == ["1,5 l", "big", "huge", "small"]


@pytest.mark.parametrize(
    ("name", "cells", "values"),
    [
        ("wireless", ["yes", "no", "yes", "?", "no", "partly"], [True, False, True, None, False, None]),
        ("waterproof", ["true", "false", "true", "IPX4"], [True, False, True, None]),
        ("availability", ["in_stock", "out_of_stock", "preorder"], [True, False, None]),
        ("lieferbar", ["ja", "nein", "in 3 Tagen", "ja"], [True, False, None, True]),
        ("availability", ["https://schema.org/InStock", "https://schema.org/OutOfStock"], [True, False]),
    ],
)
def test_a_column_of_yes_and_no_stays_one_whatever_a_few_cells_say(
    tmp_path: Path, name: str, cells: list[str], values: list[bool | None]
) -> None:
    """A column of yes and no stays one, and an odd cell is neither."""
    catalogue, column, _ = read(tmp_path, name, cells)
    table = open_columns(catalogue)
    assert column.type == "yes-no"
    assert [table.value(item, name) for item in catalogue] == values


def test_how_many_cells_cannot_be_read_the_first_and_where_they_stand_is_told(tmp_path: Path) -> None:
    """What cannot be read is told: how many cells, the first of them, and where they stand."""
    catalogue, _, told = read(tmp_path, "price", ["9,99", "ask", "12", "ab 5", "call", "VB 3", "tba"])
    assert "'price': 4 cells are no numbers ('ask' in line 3, 'ab 5' in line 5, 'call' in line 6)" in told
    table = open_columns(catalogue)
    cheap = table.allowed(read_filter({"price": {"max": 10}}, table))
    assert [item.id for item in catalogue if item.id in cheap] == ["0"]
    with pytest.raises(BadLines, match="4 cells are no numbers"):
        load_catalogue(tmp_path / "items.csv", strict=True)


def test_a_filter_takes_a_number_as_the_columns_cells_are_read(tmp_path: Path) -> None:
    """A filter takes a number with another unit, and with points of thousands, as the column has them."""
    catalogue, _, _ = read(tmp_path, "memory", ["8 GB", "16 GB", "1 TB"])
    table = open_columns(catalogue)
    large = table.allowed(read_filter({"memory": {"min": "0.5 TB"}}, table))
    assert [item.id for item in catalogue if item.id in large] == ["2"]
    catalogue, _, _ = read(tmp_path, "Preis", ["1.299", "849", "12"])
    table = open_columns(catalogue)
    dear = table.allowed(read_filter({"Preis": {"min": "1.000"}}, table))
    assert [item.id for item in catalogue if item.id in dear] == ["0"]


@pytest.mark.parametrize(
    ("number", "unit", "wanted", "told"),
    [
        (2, "kg", "g", 2000),
        (300, "g", "kg", 0.3),
        (1, "h", "min", 60),
        (2, "jahr", "monat", 24),
        (1, '"', "cm", 2.54),
        (2, "kg", "cm", None),
        (2, "stück", "stück", 2),
        (2, "stück", "kg", None),
    ],
)
def test_numbers_are_told_in_units_that_measure_the_same(
    number: float, unit: str, wanted: str, told: float | None
) -> None:
    """A number is told in another unit of its dimension, and in no other."""
    assert told_in(number, unit, wanted) == told


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('["steel", "cord"]', "steel, cord"),
        ("['steel', 'cord']", "steel, cord"),
        ("('steel', 'cord')", "steel, cord"),
        ("{'steel', 'cord'}", "steel, cord"),
        ("array(['steel'], dtype=object)", "steel"),
        ("[steel, cord]", "steel, cord"),
        ("steel; cord", "steel; cord"),
        (["steel", "cord"], "steel, cord"),
        ('[{"name": "steel"}, {"name": "cord"}]', "steel, cord"),
        ('{"amount": 5, "currency": "EUR"}', "5 EUR"),
        ('{"width": 3, "height": 4}', "width: 3, height: 4"),
        ("[12.5]", "12.5"),
        ("[]", ""),
        ("[null]", ""),
        ("[REC] 2", "[REC] 2"),
        ("(2 pack) blue", "(2 pack) blue"),
        ("[new]", "[new]"),
        ("{a, b}", "{a, b}"),
    ],
)
def test_a_list_in_a_further_column_is_shown_as_what_it_holds(cell: Any, text: str) -> None:
    """A list in a further column is shown as what it holds, however it is written; other brackets stay."""
    assert further_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "kept"),
    [('["steel", "cord', "steel"), ('["steel", "cord"', "steel, cord"), ("['steel','cord'", "steel, cord")],
)
def test_a_list_that_is_cut_off_keeps_what_is_whole_and_is_told(cell: str, kept: str) -> None:
    """Of a list that is cut off what is whole is kept, and the cell is told."""
    with pytest.raises(BrokenCell, match="cut off; kept of it") as caught:
        further_text(cell)
    assert caught.value.kept == kept


def test_a_broken_list_of_a_further_column_is_told_with_its_place(tmp_path: Path) -> None:
    """A broken list of a further column is told with its place, and its item stays."""
    catalogue, _, told = read(tmp_path, "made_of", ['["steel", "cord"]', '["wood", "co'])
    assert [item.extra["made_of"] for item in catalogue] == ["steel, cord", "wood"]
    assert "line 3: made_of: neither a list in JSON nor one in Python, and it is cut off" in told


def test_signs_and_words_of_one_currency_are_one(tmp_path: Path) -> None:
    """ "€" and "EUR" are one currency, of which nothing is left to be told; two currencies are told."""
    (tmp_path / "a.csv").write_text("title,price\nA,9 EUR\nB,€ 12\n", encoding="utf-8")
    one = load_catalogue(tmp_path / "a.csv").report
    (tmp_path / "b.csv").write_text("title,price\nA,9 USD\nB,€ 12\n", encoding="utf-8")
    with pytest.warns(InputWarning, match=r"'price' are in several currencies \(\$, €\)"):
        two = load_catalogue(tmp_path / "b.csv").report
    assert one is not None
    assert "several currencies" not in one.columns_told()
    assert two is not None
    assert "several currencies" in two.columns_told()


def test_a_path_of_categories_is_each_of_them(tmp_path: Path) -> None:
    """A path of categories, as shops export it, is each of them."""
    (tmp_path / "a.csv").write_text("title,category\nA,Garden > Tools > Rakes\n", encoding="utf-8")
    assert next(iter(load_catalogue(tmp_path / "a.csv"))).genres == ("Garden", "Tools", "Rakes")


def test_a_filter_on_the_price_of_another_language_says_which_column_that_is(tmp_path: Path) -> None:
    """A filter on a price that the catalogue calls otherwise names its column of prices."""
    catalogue, _, _ = read(tmp_path, "Preis (brutto)", ["9,99", "12"])
    with pytest.raises(FilterError, match=r"did you mean 'Preis \(brutto\)'"):
        read_filter({"price": 5}, open_columns(catalogue))


def _column(path: Path, name: str, cells: list[str]) -> Catalogue:
    rows = "".join(f"Lamp {chr(65 + row)},{cell}\n" for row, cell in enumerate(cells))
    (path / "shop.csv").write_text(f"title,{name}\n{rows}", encoding="utf-8")
    return load_catalogue(path / "shop.csv")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["J", "N", "J", "N"], [True, False, True, False]),
        (["x", "", "X", ""], [True, False, True, False]),
        (["ja", "", "nein", ""], [True, None, False, None]),
    ],
)
def test_yes_and_no_in_letters_and_marks(tmp_path: Path, cells: list[str], said: list[bool | None]) -> None:
    """J and N are yes and no; where "x" is all that is written, a blank is a no."""
    catalogue = _column(tmp_path, "pool", cells)
    columns = open_columns(catalogue)
    assert {column.name: column.type for column in columns.columns}["pool"] == "yes-no"
    assert [columns.value(item, "pool") for item in catalogue] == said


def test_an_x_beside_other_marks_is_no_yes(tmp_path: Path) -> None:
    """Beside a tick an "x" may be a no, and beside sizes it is one of them."""
    for cells in (["x", "✓", "x", "✓"], ["x", "y", "z", "x"]):
        columns = open_columns(_column(tmp_path, "pool", cells))
        assert {column.name: column.type for column in columns.columns}["pool"] == "category"


def test_points_that_may_be_of_thousands_or_not_are_told(tmp_path: Path) -> None:
    """Of prices with "1.299" beside "9.5" you are told which cells were read how; of others nothing."""
    with pytest.warns(InputWarning, match=r"'price' has points .*\('1.299', '2.499', '12.99', '9.5'\)"):
        catalogue = _column(tmp_path, "price", ["1.299", "2.499", "12.99", "8", "9.5"])
    columns = open_columns(catalogue)
    assert [columns.value(item, "price") for item in catalogue] == [1.299, 2.499, 12.99, 8, 9.5]
    with pytest.warns(InputWarning, match=r"\('1.299', '2.499', '12.99'\): .* read as of thousands"):
        catalogue = _column(tmp_path, "price", ["1.299", "2.499", "12.99"])
    columns = open_columns(catalogue)
    assert [columns.value(item, "price") for item in catalogue] == [1299, 2499, 12.99]
    for name, cells, values in (
        ("price", ["1.299", "2.499", "899.00", "49.50"], [1299, 2499, 899, 49.5]),
        ("price", ["1.299", "2.499"], [1299, 2499]),
        ("weight", ["1.299", "12.5"], [1.299, 12.5]),
    ):
        catalogue = _column(tmp_path, name, cells)
        columns = open_columns(catalogue)
        assert [columns.value(item, name) for item in catalogue] == values
