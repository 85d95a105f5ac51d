"""Cells that were lost: titles in other columns and languages, second columns of a name, text beside tags."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from usbrec.errors import InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.files.cells import without_html


def read(folder: Path, text: str, name: str = "items.csv") -> Catalogue:
    """A catalogue of which nothing is told."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", InputWarning)
        return load_catalogue(path)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a<b and c>d", "a<b and c>d"),
        ("if a <b or c> d", "if a <b or c> d"),
        ("x<y", "x<y"),
        ("I <love> it", "I <love> it"),
        ("<p class='x'>Hi <b>you</b></p>", "Hi you"),
        ('a <a href="x" target=_blank>link</a>', "a link"),
        ("one<br />two<br clear=all>three", "one two three"),
        ("<input disabled type=text>here<hr noshade>there", "here there"),
    ],
)
def test_only_tags_are_taken_out_of_a_text(text: str, left: str) -> None:
    assert without_html(text) == left


def test_titles_by_language_are_further_titles(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "title": {"de": "Hohe See", "en": "High Sea"}},
        {"id": "2", "title": {"en": "A Town"}},
    ]
    catalogue = read(tmp_path, "\n".join(map(json.dumps, rows)), "items.jsonl")
    found = [(item.title, item.also) for item in catalogue]
    assert found == [("High Sea", ("Hohe See",)), ("A Town", ())]


def test_where_a_row_has_no_title_the_next_column_has_it(tmp_path: Path) -> None:
    rows = "1,High Sea,Hohe See,Sea\n2,,Heimat,Home\n3,,,Origin\n4,A Town,Stadt,Town\n5,B Town,Dorf,Hamlet\n"
    catalogue = read(tmp_path, "id,title_en,title_de,original_title\n" + rows)
    assert [item.title for item in catalogue] == ["High Sea", "Heimat", "Origin", "A Town", "B Town"]
    assert [item.also for item in catalogue][1:3] == [("Home",), ()]


def test_all_columns_of_genres_and_people_count(tmp_path: Path) -> None:
    header = "id,title,genre,genre,author,author\n"
    catalogue = read(tmp_path, header + "1,A,Drama,War,Ann Lee,Bo Ek\n2,B,Crime,,Cy Doe,\n")
    assert [item.genres for item in catalogue] == [("Drama", "War"), ("Crime",)]
    assert [item.people for item in catalogue] == [("Ann Lee", "Bo Ek"), ("Cy Doe",)]
    assert "genre (2)" not in catalogue.items[0].extra
    numbered = read(tmp_path, "id,title,genre1,genre2\n1,A,Drama,War\n2,B,Crime,\n")
    assert [item.genres for item in numbered] == [("Drama", "War"), ("Crime",)]


def test_marks_and_second_columns_of_other_names_stay_further_ones(tmp_path: Path) -> None:
    catalogue = read(tmp_path, "id,title,genre,genre2,size,size\n1,A,Drama,0.5,S,M\n2,B,War,0.7,L,S\n")
    assert [item.genres for item in catalogue] == [("Drama",), ("War",)]
    assert catalogue.items[0].extra == {"genre2": "0.5", "size": "S", "size (2)": "M"}
