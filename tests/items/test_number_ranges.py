"""Ranges in columns of numbers ("2-4", "8+", "30–45"): what they say, and which requests they meet."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.dialogue import Turn
from usbrec.errors import InputWarning
from usbrec.items import Similarity, load_catalogue
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.filters import read_filter
from usbrec.items.constraints.number_ranges import Span, span_of
from usbrec.items.constraints.reading import ConstraintReader
from usbrec.items.files.amounts import number_of
from usbrec.items.knowledge import Knowledge

GAMES = """id,title,category,players,age,minutes,price
1,Harbour Traders,strategy,2-4,8+,30–45,29.90
2,Goblin Market,party,3-8,10-99,15-20,19.90
3,Lone Lantern,solo,1,12+,60-90,24.00
4,Castle Row,family,2–6,6,20-30,34.50
5,Silent Duel,strategy,2,14+,45-60,17.00
6,Big Table,party,5+,12 and up,90-120,39.00
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> ConstraintReader:
    path: Path = tmp_path_factory.mktemp("games") / "games.csv"
    path.write_text(GAMES, encoding="utf-8")
    catalogue = load_catalogue(path)
    return ConstraintReader(catalogue, Knowledge.of(catalogue, Similarity(), seed=0).linker)


def _meeting(table: ColumnTable, constraints: object) -> str:
    return "".join(
        item.id
        for item in table.catalogue
        if all(table.meets(item.id, one) for one in constraints)  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize(
    ("request_text", "expected"),
    [
        ("a game for 3 players", "124"),
        ("we are five", "246"),
        ("something for 2 to 4 players", "14"),
        ("at least 5 players", "246"),
        ("solo", "3"),
        ("Spiel für 4 Personen", "124"),
        ("for a 9-year-old", "14"),
        ("for kids aged 6", "4"),
        ("ab 10 Jahren", "124"),
        ("under an hour please", "124"),
        ("at most 30 minutes", "24"),
        ("unter 45 Minuten", "24"),
        ("at least an hour", "36"),
        ("for 3 players, under an hour, for a 9-year-old", "14"),
    ],
)
def test_what_is_asked_of_a_range_holds(reader: ConstraintReader, request_text: str, expected: str) -> None:
    constraints = reader.read((Turn("seeker", request_text),))
    assert _meeting(reader.table, constraints) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"players": 3}, "124"),
        ({"players": {"min": 5}}, "246"),
        ({"players": {"not": 3}}, "356"),
        ({"max_players": {"min": 6}}, "246"),
        ({"age": 9}, "14"),
        ({"minutes": {"max": 30}}, "24"),
        ({"minutes": {"min": 60}}, "36"),
    ],
)
def test_a_filter_reaches_ranges(reader: ConstraintReader, asked: dict[str, object], expected: str) -> None:
    assert _meeting(reader.table, read_filter(asked, reader.table)) == expected


def test_the_range_itself_is_given_back_and_its_open_end_is_not_known(reader: ConstraintReader) -> None:
    first, last = reader.table.catalogue.get("1"), reader.table.catalogue.get("6")
    assert first is not None
    assert last is not None
    assert reader.table.value(first, "players") == "2-4"
    assert reader.table.value(first, "max_players") == 4
    assert reader.table.value(last, "max_players") is None


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(["-", "–", " - ", " to ", " bis "]))
def test_two_numbers_are_a_range_where_the_second_is_no_less(low: int, more: int, mark: str) -> None:
    assert span_of(f"{low}{mark}{low + more}", number_of) == Span(low, low + more)
    if more:
        assert span_of(f"{low + more}{mark}{low}", number_of) is None


@pytest.mark.parametrize(
    ("cell", "span"),
    [
        ("8+", Span(8, math.inf)),
        ("ab 10", Span(10, math.inf)),
        ("from 3 years", Span(3, math.inf)),
        ("12 and up", Span(12, math.inf)),
        ("up to 4", Span(0, 4)),
        ("10-99 years", Span(10, 99)),
        ("ask us", None),
        ("", None),
        ("12", None),
        ("1-2-3", None),
    ],
)
def test_ends_of_ranges_are_read(cell: str, span: Span | None) -> None:
    assert span_of(cell, number_of) == span


def test_a_column_of_plain_numbers_with_a_slip_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    rows = "".join(f"{number},Thing {number},{number * 10}\n" for number in range(1, 12))
    path.write_text(f"id,title,weight\n{rows}12,Thing 12,10-15\n", encoding="utf-8")
    with pytest.warns(InputWarning, match="10-15"):
        (column,) = load_catalogue(path).types
    assert column.type == "number"
    assert not column.ranges
    assert column.unreadable == 1
