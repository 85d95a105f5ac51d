"""Exports of collectors and knowledge sites (Wikidata, Discogs, foods), and what is no table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from usbrec.errors import InputError, InputWarning
from usbrec.items import load_catalogue
from usbrec.items.files.cells import without_languages
from usbrec.items.files.columns import FieldMap
from usbrec.items.titles import plausible_year

ENTITY = "http://www.wikidata.org/entity/"
WIKIDATA = f"""film,filmLabel,genreLabel,director,directorLabel,date
{ENTITY}Q1,Heat,crime film,{ENTITY}Q9,Michael Mann,1996-02-01T00:00:00Z
{ENTITY}Q2,Alien,horror film,{ENTITY}Q8,Ridley Scott,1979-05-25T00:00:00Z
{ENTITY}Q1,Heat,heist film,{ENTITY}Q9,Michael Mann,1995-12-15T00:00:00Z
{ENTITY}Q3,Heat,drama film,{ENTITY}Q7,Dick Richards,1986-11-14T00:00:00Z
"""


def written(tmp_path: Path, text: str, name: str = "items.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_rows_of_an_entity_are_one_item_with_all_of_their_values(tmp_path: Path) -> None:
    """Each was an item of its own, without id, genres and people."""
    with pytest.warns(InputWarning, match="1 more rows than items"):
        found = load_catalogue(written(tmp_path, WIKIDATA))
    assert [(one.id, one.title, one.year, one.genres, one.people) for one in found] == [
        ("Q1", "Heat", 1995, ("crime film", "heist film"), ("Michael Mann",)),
        ("Q2", "Alien", 1979, ("horror film",), ("Ridley Scott",)),
        ("Q3", "Heat", 1986, ("drama film",), ("Dick Richards",)),
    ]
    assert all(not one.extra for one in found)


def test_an_entity_without_a_label_has_no_title(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="line 6: no title"):
        found = load_catalogue(
            written(tmp_path, WIKIDATA + f"{ENTITY}Q4,Q4,crime film,{ENTITY}Q9,X,1990-01-01\n")
        )
    assert len(list(found)) == 3


def test_columns_of_entities_that_the_user_names_keep_their_names(tmp_path: Path) -> None:
    names = FieldMap(title="filmLabel", genres="genreLabel")
    with pytest.warns(InputWarning, match="1 more rows than items"):
        found = load_catalogue(written(tmp_path, WIKIDATA), names)
    assert found.get("Q1").genres == ("crime film", "heist film")


def test_labels_beside_what_is_no_entity_are_columns_like_any_other(tmp_path: Path) -> None:
    found = load_catalogue(written(tmp_path, "item,itemLabel,price\n1,Cup,3\n1,Plate,4\n"))
    assert [one.title for one in found] == ["Cup", "Plate"]


@pytest.mark.parametrize(
    ("written", "year"),
    [("-2200", None), ("−2200", None), ("-1200-01-01T00:00:00Z", None), ("2018", 2018), ("1999-03-31", 1999)],
)
def test_a_year_before_christ_is_none(written: str, year: int | None) -> None:
    """BoardGameGeek's Go of -2200 was of the year 2200."""
    assert plausible_year(written) == year


def test_a_collection_of_boardgamegeek_has_its_games_by_their_names(tmp_path: Path) -> None:
    """They were called by `originalname`, which most do not have."""
    text = "objectname,objectid,rating,originalname\nCatan,13,7,Die Siedler\nAzul,23,8,\nGo,2,9,Weiqi\n"
    found = load_catalogue(written(tmp_path, text))
    assert [(one.id, one.title, one.also) for one in found] == [
        ("13", "Catan", ("Die Siedler",)),
        ("23", "Azul", ()),
        ("2", "Go", ("Weiqi",)),
    ]


def test_the_number_of_a_namesake_is_no_part_of_a_name(tmp_path: Path) -> None:
    found = load_catalogue(written(tmp_path, "id,title,artist\n1,1999,Prince (2)\n2,Now,Blue (Group)\n"))
    assert [one.people for one in found] == [("Prince",), ("Blue (Group)",)]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("en:palm-oil,en:vegan", "palm oil, vegan"),
        ("fr:pates-a-tartiner", "pates a tartiner"),
        ("en:milk, nuts", "en:milk, nuts"),
        ("is: good", "is: good"),
        ("at:9", "at:9"),
        ("http://x", "http://x"),
    ],
)
def test_tags_are_words_without_their_language(cell: str, words: str) -> None:
    assert without_languages(cell) == words


def test_a_food_is_known_by_its_barcode_and_asked_for_by_its_tags(tmp_path: Path) -> None:
    text = (
        "code\tproduct_name\tcategories\tallergens\n"
        "0000000000017\tCrackers\ten:snacks,en:biscuits\ten:gluten\n"
        "3017620422003\tCrackers\ten:snacks\ten:milk,en:nuts\n"
    )
    found = load_catalogue(written(tmp_path, text, "food.tsv"))
    assert [(one.id, one.genres, one.extra["allergens"]) for one in found] == [
        ("0000000000017", ("snacks", "biscuits"), "gluten"),
        ("3017620422003", ("snacks",), "milk, nuts"),
    ]


def test_a_code_that_is_no_barcode_is_no_id(tmp_path: Path) -> None:
    found = load_catalogue(written(tmp_path, "code,title\nDE,Cup\nFR,Plate\n"))
    assert [(one.id, one.extra["code"]) for one in found] == [("Cup", "DE"), ("Plate", "FR")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b'{"id":1,"title":"Heat"}\n', mtime=0), "packed with gzip; unpack it first"),
        (b"PK\x03\x04\x14\x00\x00", "a workbook of a spreadsheet, or an archive"),
        (b'<?xml version="1.0"?>\n<opml version="2.0"></opml>\n', "XML or HTML, which is not read"),
        (b"<!DOCTYPE html>\n<html></html>\n", "XML or HTML, which is not read"),
        (b"@book{knuth,\n  title = {The Art},\n  year = 1968\n}\n", "a bibliography, which is not read"),
        (b"TY  - BOOK\nTI  - The Art\nER  - \n", "a bibliography, which is not read"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_catalogue(path)


def test_digits_with_zeros_before_them_are_codes_and_no_numbers(tmp_path: Path) -> None:
    """A shop in 02139 was at 2139, and so were barcodes and ISBN."""
    text = (
        ",id,title,zip,isbn,minutes,price\n0,a,Cup,02139,0451524934,0120,0005\n1,b,Tea,93101,3451524934,80,7\n"
        "2,c,Pot,60601,345152493X,75,9\n"
    )
    found = load_catalogue(written(tmp_path, text))
    assert found.report is not None
    types = {one.name: one.type for one in found.report.types}
    assert types == {"zip": "category", "isbn": "category", "minutes": "number", "price": "number"}


@pytest.mark.parametrize(("cell", "kept"), [("0", {}), ("red", {"": "red"})])
def test_the_numbering_of_a_table_is_no_column(tmp_path: Path, cell: str, kept: dict[str, str]) -> None:
    (item,) = load_catalogue(written(tmp_path, f",id,title\n{cell},1,Cup\n"))
    assert dict(item.extra) == kept
