"""Bounds told by an item that is named, and by the last years of the catalogue."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

FILMS = load_catalogue(
    [
        {"title": "Harrow Lane", "year": 1995, "genre": "Drama", "runtime": 171, "rating": 8.1},
        {"title": "Oslo Nights", "year": 1979, "genre": "Horror", "runtime": 117, "rating": 8.4},
        {"title": "The Quiet Ford", "year": 2024, "genre": "Comedy", "runtime": 95, "rating": 6.2},
    ]
)
PHONES = load_catalogue(
    [
        {"title": "Vornex 3", "price": "149 €", "weight": "250 g", "battery_life": "30 h", "sugar": 5},
        {"title": "Kestra One", "price": "39 €", "weight": "180 g", "battery_life": "20 h", "sugar": 9},
        {"title": "Halden Pro", "price": "99 €", "battery_life": "40 h", "sugar": 7},
    ]
)
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (("films", FILMS), ("phones", PHONES))
}


def read(items: str, text: str) -> list[str]:
    return sorted(in_words(one) for one in READERS[items].read([Turn("seeker", text)]))


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("films", "Something newer than Harrow Lane", ["year above 1995"]),
        ("films", "Etwas Neueres, jünger als Harrow Lane", ["year above 1995"]),
        ("films", "older than Oslo Nights", ["year below 1979"]),
        ("films", "älter als Oslo Nights", ["year below 1979"]),
        ("films", "not older than Oslo Nights", ["year at least 1979"]),
        ("films", "nicht älter als Oslo Nights", ["year at least 1979"]),
        (
            "films",
            "shorter than Harrow Lane and newer than Oslo Nights",
            ["runtime below 171", "year above 1979"],
        ),
        ("films", "kürzer als Harrow Lane", ["runtime below 171"]),
        ("films", "better rated than The Quiet Ford", ["rating above 6.2"]),
        ("films", "it should be newer than Harrow Lane", ["year above 1995"]),
        ("phones", "cheaper than the Vornex 3", ["price below 149"]),
        ("phones", "günstiger als die Vornex 3", ["price below 149"]),
        ("phones", "not more expensive than the Vornex 3", ["price at most 149"]),
        ("phones", "lighter than the Vornex 3, please", ["weight below 250"]),
        ("phones", "leichter als die Vornex 3 sollte es sein", ["weight below 250"]),
        ("phones", "less sugar than the Kestra One", ["sugar below 9"]),
        ("phones", "weniger Sugar als die Kestra One", ["sugar below 9"]),
        # What is told of items, and what is not known of one.
        ("films", "Oslo Nights is older than Harrow Lane", []),
        ("films", "Is it older than Harrow Lane?", []),
        ("films", "I'm older than Harrow Lane", []),
        ("films", "It was shorter than Harrow Lane", []),
        ("phones", "lighter than the Halden Pro", []),
    ],
)
def test_a_comparison_with_an_item_is_a_bound_of_its_value(
    items: str, text: str, expected: list[str]
) -> None:
    assert read(items, text) == expected


def test_a_comparison_is_told_in_its_own_words() -> None:
    [one] = READERS["films"].read([Turn("seeker", "Hello. Newer than Harrow Lane!")])
    assert one.words == "Newer than Harrow Lane!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from the last ten years", ["year at least 2014"]),
        ("aus den letzten zehn Jahren", ["year at least 2014"]),
        ("a comedy of the past decade", ["year at least 2014"]),
        ("aus dem letzten Jahrzehnt", ["year at least 2014"]),
        ("a film released in the last 2 decades", ["year at least 2004"]),
        ("not older than 3 years", ["year at least 2021"]),
        ("nicht älter als 3 Jahre", ["year at least 2021"]),
        # Of a whisky, a child or a house?
        ("at most five years old", []),
        ("höchstens fünf Jahre alt", []),
        ("older than 20 years", ["year below 2004"]),
        # What is told, and who is so old.
        ("I have lived here for the last ten years", []),
        ("In the past five years I saw two of them", []),
        ("My son is not older than 5 years", []),
        ("for kids not older than 5 years", []),
        ("nothing like the last ten years of my life", []),
    ],
)
def test_recent_years_are_counted_from_the_newest_of_the_catalogue(text: str, expected: list[str]) -> None:
    assert read("films", text) == expected


def test_what_years_are_counted_from_is_told() -> None:
    [one] = READERS["films"].read([Turn("seeker", "From the last ten years, please.")])
    assert one.words == "From the last ten years, please. (counted from 2024)"
    [one] = READERS["films"].read([Turn("seeker", "From 1995 on, please.")])
    assert one.words == "From 1995 on, please."
