"""Objects of details in the rows of JSON: their fields are columns, and whose are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from usbrec.items.files.columns import FieldMap
from usbrec.items.files.formats import read_items
from usbrec.items.files.report import ReadingReport


def extras(
    tmp_path: Path, *cells: Mapping[str, Any], column: str = "attributes", **told: Any
) -> list[dict[str, str]]:
    path = tmp_path / "items.jsonl"
    rows = [{"id": str(at), "title": f"Thing {at}", column: cell} for at, cell in enumerate(cells)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return [dict(item.extra) for item in read_items(path, **told)]


def test_the_attributes_of_yelp_are_columns_with_their_names(tmp_path: Path) -> None:
    """They were "False, u'free', 2" and "False, False, street", of which nobody knows what they are about."""
    told: list[ReadingReport] = []
    found = extras(
        tmp_path,
        {"BikeParking": "False", "WiFi": "u'free'", "RestaurantsPriceRange2": "2"},
        {"BikeParking": "False", "Outdoor": "False", "BusinessParking": "{'garage': False, 'street': True}"},
        tell=told.append,
    )
    assert found == [
        {"BikeParking": "False", "WiFi": "free", "RestaurantsPriceRange2": "2"},
        {"BikeParking": "False", "Outdoor": "False", "BusinessParking": "street"},
    ]
    types = {one.name: one.type for one in told[0].types}
    assert (types["BikeParking"], types["RestaurantsPriceRange2"]) == ("yes-no", "number")
    assert "Fields of the objects in 'attributes' are read as columns." in told[0].columns_told()


def test_a_field_takes_no_meaning_and_no_place_of_a_column(tmp_path: Path) -> None:
    cell = {"Color": "red", "UPC": "617390882781", "Genre": "Other", "id": "x", "Item Form": "Gel"}
    (first, _) = extras(tmp_path, cell, cell, column="specs")
    assert first["Color"] == "red"
    assert first["Item Form"] == "Gel"
    assert (first["specs UPC"], first["specs Genre"]) == ("617390882781", "Other")
    path = tmp_path / "items.jsonl"
    assert [item.id for item in read_items(path)] == ["0", "1"]


def test_fields_beyond_the_most_frequent_stay_with_their_names(tmp_path: Path) -> None:
    many = {f"field {chr(97 + at // 26)}{chr(97 + at % 26)}": f"v{at}" for at in range(45)}
    first, second = extras(tmp_path, many, {**many, "rare": "x"}, column="specs")
    assert first["field aa"] == "v0"
    assert first["specs"] == "field bo: v40, field bp: v41, field bq: v42, field br: v43, field bs: v44"
    assert second["specs"].endswith("rare: x")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ({"name": "Lumo", "id": "3"}, "Lumo"),
        ({"/m/02kdv5l": "Action", "/m/03k9fj": "Adventure"}, "Action, Adventure"),
        ({"wifi": True, "pool": False}, "wifi"),
        ({"width": 3, "height": 4}, "width: 3, height: 4"),
        ({"amount": "5", "currency": "EUR"}, "5"),
        ({"en": "red", "de": "rot"}, "red"),
        ({"Monday": "9:00-17:00", "Sunday": "closed"}, "Monday 9:00-17:00"),
    ],
)
def test_objects_that_say_one_thing_stay_one(tmp_path: Path, cell: dict[str, Any], text: str) -> None:
    assert extras(tmp_path, cell, cell, column="thing") == [{"thing": text}] * 2


def test_a_column_that_the_user_names_is_left_alone(tmp_path: Path) -> None:
    cell = {"first": "red", "second": "blue"}
    assert extras(tmp_path, cell, cell, fields=FieldMap(genres="attributes")) == [{}, {}]
