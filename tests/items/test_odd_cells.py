"""Cells and columns that other programs write: shifted rows, quotes, texts of Excel, myriads, feet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from usbrec.items import Catalogue, load_catalogue
from usbrec.items.constraints.number_cells import format_of
from usbrec.items.files.amounts import money, number_of


def read(folder: Path, text: str, name: str = "items.csv") -> Catalogue:
    (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(folder / name)


def told(catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(item.id, item.title) for item in catalogue]


def test_a_list_of_objects_is_no_title(tmp_path: Path) -> None:
    shifted = "1997-08-20,,\"[{'iso_639_1': 'en', 'name': 'English'}]\"\n"
    with pytest.warns(match="no title"):
        found = read(tmp_path, f"id,title,original_title\n1,Heat,Heat\n2,Coco,Coco\n{shifted}")
    assert told(found) == [("1", "Heat"), ("2", "Coco")]


def test_numbers_of_editions_are_no_ids_and_a_key_is_one_unless_it_is_a_number(tmp_path: Path) -> None:
    rows = [
        {"key": "/works/OL1W", "title": "Emma", "isbn": ["978", "979"], "first_publish_year": 1815},
        {"key": "/works/OL2W", "title": "Dune", "isbn": ["971", "972"], "first_publish_year": 1965},
    ]
    found = read(tmp_path, json.dumps(rows), "works.json")
    assert [(item.id, item.year) for item in found] == [("/works/OL1W", 1815), ("/works/OL2W", 1965)]
    songs = read(
        tmp_path, json.dumps([{"key": 5, "title": "A Song"}, {"key": 7, "title": "B"}]), "songs.json"
    )
    assert told(songs) == [("A Song", "A Song"), ("B", "B")]


def test_excels_text_is_what_it_quotes(tmp_path: Path) -> None:
    assert told(read(tmp_path, 'sku,title\n="00123",Lamp\n="00124",Desk\n')) == [
        ("00123", "Lamp"),
        ("00124", "Desk"),
    ]


def test_quotes_that_a_backslash_escapes_are_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, 'id,title,note\n1,"He said \\"Hi\\" there","a, \\"b\\""\n2,"Plain","x\\y"\n')
    assert [(item.title, item.extra["note"]) for item in found] == [
        ('He said "Hi" there', 'a, "b"'),
        ("Plain", "x\\y"),
    ]


def test_a_backslash_before_the_closing_quote_escapes_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, 'id,title,path\n1,"Heat","C:\\"\n2,"Coco","D:\\"\n')
    assert [item.extra["path"] for item in found] == ["C:\\", "D:\\"]


@pytest.mark.parametrize(
    ("column", "cells", "price", "numbers"),
    [
        ("price", ["2万円", "5000円"], True, [20000.0, 5000.0]),
        ("price", ["2万円"], False, [20000.0]),
        ("views", ["2万", "3500"], False, [20000.0, 3500.0]),
        ("height", ["5'11\"", "6'2\""], False, [None, None]),
        ("weight", ["1'234", "5 000", "12 34"], False, [1234.0, 5000.0, None]),
    ],
)
def test_a_cell_says_its_number_or_none(
    column: str, cells: list[str], price: bool, numbers: list[float | None]
) -> None:
    written = format_of(column, dict.fromkeys(cells, 1), price=price)
    assert [written.number(cell) for cell in cells] == numbers


def test_a_mark_or_blank_stands_between_groups_of_three() -> None:
    assert [number_of(one) for one in ("1'234.50", "1 234 567,5", "- 5", "5'11", "12 34")] == [
        1234.5,
        1234567.5,
        -5.0,
        None,
        None,
    ]
    assert money("CHF 1'250") == (1250.0, "CHF")
    assert money("5천원") == (5000.0, "원")


@pytest.mark.parametrize(
    ("header", "rows", "first"),
    [
        ("release_id,title,user_ratings_total", ("11,Heat,5", "12,Coco,6"), ("11", "Heat", None, 5.0)),
        ("place_id,name,imdbVotes", ("a,Cafe Sol,5", "b,Bar Luna,6"), ("a", "Cafe Sol", None, 5.0)),
        ("article_id,prod_name", ("11,Strap top", "12,Skirt"), ("11", "Strap top", None, 0.0)),
        ("course_id,itemLabel", ("11,Knots", "12,Sails"), ("11", "Knots", None, 0.0)),
        ("id,tytuł", ("1,Potop", "2,Lalka"), ("1", "Potop", None, 0.0)),
        ("id,title,year", ("1,Heat,(1995)", "2,Coco,(2017)"), ("1", "Heat", 1995, 0.0)),
    ],
)
def test_columns_of_well_known_exports_are_known(
    tmp_path: Path, header: str, rows: tuple[str, str], first: tuple[str, str, int | None, float]
) -> None:
    item = next(iter(read(tmp_path, "\n".join([header, *rows, ""]))))
    assert (item.id, item.title, item.year, item.popularity) == first


def test_a_name_that_is_the_authors_is_no_title(tmp_path: Path) -> None:
    rows = ["1,Jane Austen,Jane Austen,Emma", "2,Frank Herbert,Frank Herbert,Dune"]
    found = read(tmp_path, "\n".join(["id,name,author_name,book_title", *rows, ""]))
    assert told(found) == [("1", "Emma"), ("2", "Dune")]
