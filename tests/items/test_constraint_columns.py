"""Columns of numbers: ages, dates, inches, nights and prices by weight bind no column of something else."""

from __future__ import annotations

import pytest

from support.shop import said
from usbrec import load_catalogue
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

HOTELS = load_catalogue(
    [
        {"title": f"Haus {name}", "price_per_night": f"{price} €", "rooms": rooms, "year": year,
         "warranty": f"{rooms} years", "rating": rating, "distance": f"{rooms} km"}
        for name, price, rooms, year, rating in (
            ("Alm", 220, 200, 1990, 4.5), ("Bach", 90, 20, 2005, 4.0), ("Cord", 140, 45, 2015, 3.5),
        )
    ]
)  # fmt: skip
READER = ConstraintReader(HOTELS, open_linker(HOTELS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at most 5 years old", []),
        ("at least 10 years old", []),
        ("not more than 2 years old", []),
        ("at least two years of warranty", ["warranty at least 2"]),
        ("3 hundred max", ["price per night at most 300"]),
        ("rating of 4 out of 5 or better", ["rating at least 4"]),
        ('at most 6"', []),
        ('over 6"', []),
        ("from 3 to 7 May", []),
        ("from 10 to 12 June under 100", ["price per night below 100"]),
        ("max 300 € for two nights", []),
        ("under 600 for a week", []),
        ("insgesamt höchstens 300 Euro für 3 Nächte", []),
        ("2 rooms under 200", []),
        ("under 100 a night", ["price per night below 100"]),
        ("for 3 nights, under 100 a night", ["price per night below 100"]),
        ("fewer than 30 rooms", ["rooms below 30"]),
    ],
)
def test_a_number_of_something_else_binds_no_column(text: str, expected: list[str]) -> None:
    assert sorted(map(in_words, READER.read(said(text)))) == expected
