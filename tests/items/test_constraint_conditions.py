"""A bound that holds only in some cases is no bound in all of them; what is left out is told."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

FLATS = load_catalogue(
    [
        {"title": "Lindenhof", "district": "Altona", "rent": "980 €", "rooms": 3, "floor": 2,
         "balcony": "yes", "furnished": "no"},
        {"title": "Hafenblick", "district": "Barmbek", "rent": "1250 €", "rooms": 2, "floor": 5,
         "balcony": "no", "furnished": "yes"},
    ]
)  # fmt: skip
PHONES = load_catalogue(
    [
        {"title": "Volta X2", "price": "1149 €", "ram": "8 GB", "5g": "yes", "colour": "black", "stock": 3},
        {"title": "Kestrel", "price": "329 €", "ram": "4 GB", "5g": "no", "colour": "red", "stock": 1},
    ]
)
BOOKS = load_catalogue(
    [
        {"title": "The Salt Road", "price": "9.99 €", "pages": 320, "format": "paperback", "organic": "yes"},
        {"title": "Cold Harbour", "price": "14.50 €", "pages": 612, "format": "hardcover", "organic": "no"},
    ]
)
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (("flats", FLATS), ("phones", PHONES), ("books", BOOKS))
}


def read(items: str, *texts: str) -> list[str]:
    """What holds after turns of recommender and seeker in turn; the last one is the seeker's."""
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READERS[items].read(turns)]


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ("flats", "If there is a balcony, up to 1300"),
        ("flats", "Wenn mit Balkon, dann bis 1300"),
        ("flats", "More than 1000 only with a balcony"),
        ("flats", "Over 1000 only if it has a balcony"),
        ("flats", "Über 1000 nur mit Balkon"),
        ("flats", "Über 1000 nur, wenn ein Balkon da ist"),
        ("flats", "Up to 1300, but only if there is a balcony"),
        ("flats", "Bis 1300, aber nur, wenn es einen Balkon gibt"),
        ("flats", "Over the third floor only if there is a balcony over 10"),
        ("flats", "Otherwise max 900"),
        ("flats", "Sonst höchstens 900"),
        ("flats", "If it has at least 3 rooms, at least 1000, otherwise at least 800"),
        ("phones", "over 1000 only if it has 5G"),
        ("phones", "If it costs more than 1000, it must have 5G"),
        ("phones", "More than 1000 only if it has at least 8 GB of RAM"),
        ("phones", "If it costs more than 1000, I don't want it"),
        ("books", "Hardcover only if it's under 15"),
        ("books", "Hardcover nur, wenn unter 15"),
    ],
)
def test_a_bound_under_a_condition_is_no_bound_and_is_told(items: str, text: str) -> None:
    assert read(items, text) == []
    assert READERS[items].unread([Turn("seeker", text)])


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("flats", "Max 1200, for one with a balcony 1300", ["rent at most 1300"]),
        ("flats", "Höchstens 1200, für eine mit Balkon 1300", ["rent at most 1300"]),
        ("flats", "Höchstens 1200 Euro, wenn mit Balkon, dann bis 1300", ["rent at most 1300"]),
        ("flats", "1000 at most, 1100 if it is furnished", ["rent at most 1100"]),
        ("flats", "If there is a balcony up to 1300, otherwise 1000", ["rent at most 1300"]),
        ("flats", "Mit Balkon dürfen es auch 1300 sein, sonst maximal 1000", ["rent at most 1300"]),
        ("flats", "For a furnished one I'd pay 1300, otherwise 1000 max", ["rent at most 1300"]),
        ("flats", "In Altona, max 1200, with a balcony 1300", ["district is Altona", "rent at most 1300"]),
        ("books", "For a hardcover up to 25, for a paperback 10", ["price at most 25"]),
        ("books", "Wenn bio, dann auch 20 Euro, sonst maximal 10", ["price at most 20"]),
    ],
)
def test_of_bounds_for_several_cases_the_greatest_holds(items: str, text: str, expected: list[str]) -> None:
    assert sorted(read(items, text)) == expected
    assert READERS[items].unread([Turn("seeker", text)])


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("flats", "Max 1200, if possible with a balcony", ["rent at most 1200"]),
        ("flats", "Höchstens 1200, wenn möglich mit Balkon", ["rent at most 1200"]),
        ("flats", "Max 1000, only with a balcony", ["balcony: yes", "rent at most 1000"]),
        ("flats", "Only if it has a balcony", ["balcony: yes"]),
        ("flats", "Max 1000, 3 rooms with a balcony", ["balcony: yes", "rent at most 1000"]),
        ("phones", "With at least 8 GB of RAM, max 1200", ["price at most 1200", "ram at least 8"]),
        ("phones", "Do you know if you have black ones under 500?", ["colour is black", "price below 500"]),
        ("phones", "under 500 if you have it", ["price below 500"]),
    ],
)
def test_what_is_no_condition_holds_as_before(items: str, text: str, expected: list[str]) -> None:
    assert sorted(read(items, text)) == expected


def test_an_answer_under_a_condition_is_no_budget() -> None:
    assert read("flats", "What is your budget?", "1300 if there is a balcony, otherwise 1000") == []
    assert read("flats", "What is your budget?", "If there is a balcony, 1300") == []


def test_a_condition_is_told_in_its_own_words() -> None:
    [told] = READERS["phones"].unread([Turn("seeker", "In black, over 1000 only if it has 5G")])
    assert told == "over 1000 only if it has 5g"


@pytest.mark.parametrize("text", ["Black, if possible", "Schwarz, wenn möglich", "in red, if you can"])
def test_a_wish_behind_a_comma_is_no_demand(text: str) -> None:
    assert read("phones", text) == []


@pytest.mark.parametrize(
    "text", ["If you liked The Salt Road (2010), try 1984", "It is for a boy of 9, if that helps"]
)
def test_a_condition_without_a_bound_is_not_told(text: str) -> None:
    assert READERS["books"].unread([Turn("seeker", text)]) == ()
