"""Catalogues as known shops, registers and spreadsheets export them; every value is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from usbrec.dialogue import Item
from usbrec.errors import InputError, InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.titles import plausible_year


def loaded(folder: Path, content: str, name: str = "c.csv") -> Catalogue:
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return load_catalogue(path)


def first(folder: Path, content: str, name: str = "c.csv") -> Item:
    return loaded(folder, content, name).items[0]


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("06/05/1999", 1999),
        ("May 1999", 1999),
        ("Nov 1, 2000", 2000),
        ("1. April 1999", 1999),
        ("01-Jan-1995", 1995),
        ("19990506", 1999),
        ("1999-05-06T00:00:00Z", 1999),
        ("936144000", None),
        ("99991399", None),
        ("coming soon", None),
        ("30-Oct-95", None),
        ("Nov 1st, 2000", 2000),
        ("a" * 50_000, None),
        ("a " * 50_000, None),
        ("1 " * 50_000, None),
        ("1000 copies of 1999", 1000),
    ],
)
def test_a_date_in_any_order_gives_its_year(written: str, year: int | None) -> None:
    assert plausible_year(written) == year


def test_stars_that_are_marks_are_no_people(tmp_path: Path) -> None:
    rows = [
        {"business_id": "x1", "name": "Salt Grill", "stars": 4.5, "categories": "Grills, Bars"},
        {"business_id": "x2", "name": "Salt Grill", "stars": 3.0, "categories": "Grills"},
    ]
    places = loaded(tmp_path, "\n".join(map(json.dumps, rows)), "places.jsonl")
    assert [item.id for item in places] == ["x1", "x2"]
    assert [item.people for item in places] == [(), ()]
    assert places.items[0].extra["stars"] == "4.5"
    assert first(tmp_path, "title,stars\nPier,Ann Actor\n").people == ("Ann Actor",)


def test_names_in_one_cell_are_separated_by_the_marks_of_their_script(tmp_path: Path) -> None:
    def genres(cell: str) -> tuple[str, ...]:
        return first(tmp_path, f'title,genres\nPier,"{cell}"\n').genres

    assert genres("剧情，爱情、犯罪") == ("剧情", "爱情", "犯罪")
    assert genres("剧情/爱情") == ("剧情", "爱情")
    assert genres("Drama / Comedy") == ("Drama", "Comedy")
    assert genres("Sci-Fi/Fantasy") == ("Sci-Fi/Fantasy",)


def test_whole_names_with_a_slash_between_are_two_people_and_a_name_with_one_is_one(tmp_path: Path) -> None:
    assert first(tmp_path, "title,authors\nPier,Ada Quill/Bo Ink\n").people == ("Ada Quill", "Bo Ink")
    assert first(tmp_path, "title,artist\nPier,AB/CD\n").people == ("AB/CD",)


def test_an_empty_list_in_a_further_column_says_nothing(tmp_path: Path) -> None:
    film = first(tmp_path, 'title,keywords,spoken\nPier,[],"[{""name"": ""English""}]"\n')
    assert film.extra == {"spoken": "English"}


def test_whole_numbers_with_a_fraction_are_the_ids_without_it(tmp_path: Path) -> None:
    assert [item.id for item in loaded(tmp_path, "id,title\n7.0,A\n8.5,B\n")] == ["7", "8.5"]
    assert first(tmp_path, '{"id": 7.0, "title": "A"}\n', "c.jsonl").id == "7"


def test_a_missing_title_as_programs_write_it_is_none(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="line 3: no title"):
        titles = [item.title for item in loaded(tmp_path, "id,title\n1,Unknown\n2,nan\n3,Null\n")]
    assert titles == ["Unknown", "Null"]


def test_a_list_of_titles_is_a_title_and_further_ones(tmp_path: Path) -> None:
    item = first(tmp_path, '{"title": ["Pier", "Der Steg"]}\n', "c.jsonl")
    assert (item.title, item.also) == ("Pier", ("Der Steg",))


def test_a_second_column_of_a_name_covers_nothing_and_is_kept(tmp_path: Path) -> None:
    item = first(tmp_path, "id,title,title,Title\n1,Pier,Steg,Muelle\n")
    assert item.title == "Pier"
    assert item.extra == {"title (2)": "Steg", "Title": "Muelle"}


def test_the_separator_that_a_spreadsheet_tells_is_heeded(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="line 4: no title"):
        titles = [item.title for item in loaded(tmp_path, "sep=;\nid;title\n1;Salt, Sea\n2;\n3;Pier\n")]
    assert titles == ["Salt, Sea", "Pier"]


def test_quotes_of_a_table_with_tabs_that_does_not_quote_are_text(tmp_path: Path) -> None:
    rows = 'id\ttitle\tyear\n1\t"Salt Road\t1999\n2\tPier\t2000\n3\tSteg"\t2001\n4\t"Low" Tide\t2002\n'
    table = loaded(tmp_path, rows, "c.tsv")
    assert [(item.id, item.year) for item in table] == [("1", 1999), ("2", 2000), ("3", 2001), ("4", 2002)]
    assert table.items[0].title == '"Salt Road'
    quoted = loaded(tmp_path, 'id\ttitle\n1\t"Salt\tRoad"\n2\t"Pier ""B"""\n', "d.tsv")
    assert [item.title for item in quoted] == ["Salt Road", 'Pier "B"']


def test_items_in_an_envelope_are_read(tmp_path: Path) -> None:
    listed = {"page": 1, "results": [{"id": 1, "title": "Pier"}], "errors": []}
    keyed = {"data": {"a": {"title": "Pier"}, "b": {"title": "Steg"}}}
    single = {"a": {"title": {"name": "Pier"}, "info": {"x": "y"}}}
    assert [item.id for item in loaded(tmp_path, json.dumps(listed), "a.json")] == ["1"]
    assert [item.id for item in loaded(tmp_path, json.dumps(keyed), "b.json")] == ["a", "b"]
    assert [item.id for item in loaded(tmp_path, json.dumps(single), "c.json")] == ["a"]


def test_a_file_without_a_title_column_says_so_even_where_no_row_fits_the_header(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no title column.*title = "):
        loaded(tmp_path, "# films\nid,title\n1,Pier\n")


@pytest.mark.parametrize("price", ["￥500", "500円", "500元", "500 руб."])
def test_amounts_with_the_signs_of_other_currencies_are_numbers(tmp_path: Path, price: str) -> None:
    assert first(tmp_path, f"title,price\nPier,{price}\n").extra == {"price": "500"}


def test_columns_of_registers_are_recognised(tmp_path: Path) -> None:
    film = first(tmp_path, "tconst\tprimaryTitle\tstartYear\tgenres\ntt01\tPier\t1999\tDrama\n", "c.tsv")
    assert (film.id, film.title, film.year, film.genres) == ("tt01", "Pier", 1999, ("Drama",))
    book = first(tmp_path, "ISBN;Book-Title;Book-Author;Year-Of-Publication\n01;Pier;Ada Quill;2002\n")
    assert (book.id, book.title, book.people, book.year) == ("01", "Pier", ("Ada Quill",), 2002)


def test_what_cannot_be_said_is_no_genre(tmp_path: Path) -> None:
    rows = '{"title": "Pier", "genres": ["\\ud83d", "Drama", "--"]}\n'
    assert first(tmp_path, rows, "c.jsonl").genres == ("Drama",)


def test_an_amount_in_an_object_is_a_number(tmp_path: Path) -> None:
    rows = '{"title": "Pier", "price": {"amount": 5, "currency": "EUR"}, "size": {"value": "large"}}\n'
    assert first(tmp_path, rows, "c.jsonl").extra == {"price": "5", "size": "large"}
