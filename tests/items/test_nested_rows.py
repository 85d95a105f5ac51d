"""Rows that keep what they say of an item in an object of their own are read as if it stood in the row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from usbrec.errors import InputError
from usbrec.items.files.columns import FieldMap
from usbrec.items.files.formats import read_items
from usbrec.items.files.report import ReadingReport
from usbrec.library.loading import load_catalogue

VOLUMES = [
    {
        "kind": "books#volume",
        "id": "v1",
        "etag": "aa/1",
        "volumeInfo": {
            "title": "The Salt Road",
            "authors": ["Ada Reed", "Ben Hale"],
            "publishedDate": "2005-11-15",
            "description": "<b>A map</b> that lies.",
            "categories": ["Fiction", "Travel"],
            "pageCount": 207,
            "industryIdentifiers": [{"type": "ISBN_13", "identifier": "9780000000001"}],
        },
        "saleInfo": {"country": "US"},
    },
    {
        "kind": "books#volume",
        "id": "v2",
        "etag": "aa/2",
        "volumeInfo": {"title": "Glass", "ratingsCount": 12},
    },
]


def written(folder: Path, rows: Sequence[Mapping[str, Any]], name: str) -> Path:
    path = folder / name
    lines = "\n".join(map(json.dumps, rows))
    path.write_text(lines if name.endswith("l") else json.dumps({"totalItems": 2, "items": rows}), "utf-8")
    return path


@pytest.mark.parametrize("name", ["books.json", "books.jsonl"])
def test_a_volume_of_google_books_is_read_from_its_inner_object(tmp_path: Path, name: str) -> None:
    told: list[ReadingReport] = []
    salt, glass = read_items(written(tmp_path, VOLUMES, name), tell=told.append)
    assert (salt.id, salt.title, salt.year) == ("v1", "The Salt Road", 2005)
    assert (salt.people, salt.genres) == (("Ada Reed", "Ben Hale"), ("Fiction", "Travel"))
    assert (salt.text, salt.extra["pageCount"], salt.extra["etag"]) == ("A map that lies.", "207", "aa/1")
    assert (glass.id, glass.title, glass.popularity) == ("v2", "Glass", 12.0)
    assert "id from 'id'; title from 'title'" in told[0].columns_told()
    assert "objects in 'volumeInfo' are read as columns" in told[0].columns_told()
    assert ReadingReport.from_json(told[0].to_json()) == told[0]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "1", "type": "film", "attributes": {"title": "Glass", "year": 1999}},
        {"_index": "films", "_id": "1", "_source": {"title": "Glass", "year": 1999}},
        {"type": "Feature", "id": "1", "properties": {"name": "Glass", "year": 1999, "note": "x"}},
    ],
)
def test_other_envelopes_are_opened_too(tmp_path: Path, row: Mapping[str, Any]) -> None:
    (item,) = read_items(written(tmp_path, [row], "rows.jsonl"))
    assert (item.id, item.title, item.year) == ("1", "Glass", 1999)


def test_rows_of_a_program_are_opened_with_names_that_only_a_late_one_has() -> None:
    rows = [{"id": str(number), "node": {"title": f"Film {number} of many"}} for number in range(60)]
    rows[-1]["node"] = {"title": "The last of many", "director": "Ada Reed"}
    assert load_catalogue(rows).items[-1].people == ("Ada Reed",)


def test_a_title_in_the_row_itself_leaves_its_objects_closed(tmp_path: Path) -> None:
    row = {"id": "1", "title": "Glass", "series": {"title": "The Shards", "year": 1990}}
    (item,) = read_items(written(tmp_path, [row], "rows.jsonl"))
    assert (item.title, item.year) == ("Glass", None)


def test_whoever_published_it_gives_no_title(tmp_path: Path) -> None:
    row = {"id": "1", "price": 5, "pages": 10, "publisher": {"name": "Reed & Hale"}}
    with pytest.raises(InputError, match="no title column"):
        list(read_items(written(tmp_path, [row], "rows.jsonl")))


def test_the_title_that_settings_name_may_stand_inside(tmp_path: Path) -> None:
    row = {"id": "1", "data": {"caption": "Glass", "year": 1999}}
    (item,) = read_items(written(tmp_path, [row], "rows.jsonl"), FieldMap(title="caption"))
    assert (item.title, item.year) == ("Glass", 1999)
