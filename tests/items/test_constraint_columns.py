"""Columns of numbers: ages, dates, inches, nights and prices by weight bind no column of something else."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words
from usbrec import load_catalogue
from usbrec.items import open_linker
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
    assert asked_in_words(READER, text) == expected


def _reader(*rows: dict[str, str]) -> ConstraintReader:
    catalogue = load_catalogue([{"title": f"Lampe {number}", **row} for number, row in enumerate(rows)])
    return ConstraintReader(catalogue, open_linker(catalogue))


LAMPS = _reader(
    {"UVP": "50 €", "Preis": "40 €", "Versand": "5 €"},
    {"UVP": "60 €", "Preis": "45 €", "Versand": "4 €"},
    {"UVP": "90 €", "Preis": "80 €", "Versand": "5 €"},
)
CHEESES = _reader(
    {"Price": "7.99 €", "Price per kg": "15.98 €", "Weight": "500 g"},
    {"Price": "3.99 €", "Price per kg": "19.95 €", "Weight": "200 g"},
    {"Price": "1.99 €", "Price per kg": "11.06 €", "Weight": "180 g"},
)


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        (LAMPS, "UVP unter 60", ["UVP below 60"]),
        (LAMPS, "unter 50", ["Preis below 50"]),
        (LAMPS, "unter 50 Euro", ["Preis below 50"]),
        (LAMPS, "unter 50 inkl. Versand", ["Preis below 50"]),
        (LAMPS, "Versand unter 5", ["Versand below 5"]),
        (CHEESES, "under 15 € per kg", ["Price per kg below 15"]),
        (CHEESES, "under 2 kg", ["Weight below 2000"]),
        (CHEESES, "under 5 euro", ["Price below 5"]),
    ],
)
def test_a_price_that_is_named_goes_first(reader: ConstraintReader, text: str, expected: list[str]) -> None:
    assert asked_in_words(reader, text) == expected
