"""What would please more is no demand, either of two will do, and neither of two is wanted."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

COURSES = load_catalogue(
    [
        {"title": "Watercolour", "price": "120 €", "places_left": 3, "colour": "white", "level": "beginner"},
        {"title": "Data Lab", "price": "490 €", "places_left": 0, "colour": "red", "level": "advanced"},
    ]
)
BOOKS = load_catalogue(
    [
        {"title": "The Salt Road", "genre": "Crime", "price": "9.99 €", "format": "paperback", "pages": 320},
        {
            "title": "Cold Harbour",
            "genre": "Fantasy",
            "price": "14.50 €",
            "format": "hardcover",
            "pages": 612,
        },
        {"title": "Das Tor", "genre": "Krimi", "price": "7.99 €", "format": "paperback", "pages": 188},
    ]
)
FOOD = load_catalogue(
    [
        {"title": "Oat Crunch", "allergens": "gluten, nuts", "price": "3.49 €", "vegan": "yes"},
        {"title": "Milk Rice", "allergens": "milk", "price": "0.99 €", "vegan": "no"},
    ]
)
CARS = load_catalogue(
    [
        {"title": "Orsa Lumo", "make": "Orsa", "price": "8900 €", "year": 2016, "mileage": "84000 km"},
        {"title": "Velta Trek", "make": "Velta", "price": "15500 €", "year": 2020, "mileage": "41000 km"},
    ]
)
HOTELS = load_catalogue(
    [
        {"title": "Bellavista", "price": "140 €", "pool": "yes", "breakfast": "included", "stars": 4},
        {"title": "Casa Azul", "price": "95 €", "pool": "no", "breakfast": "not included", "stars": 3},
    ]
)
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (
        ("courses", COURSES),
        ("books", BOOKS),
        ("food", FOOD),
        ("cars", CARS),
        ("hotels", HOTELS),
    )
}


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("courses", "with places left", ["places left above 0"]),
        ("courses", "Sind noch Plätze frei?", ["places left above 0"]),
        ("courses", "mit freien Plätzen", ["places left above 0"]),
        ("courses", "one that's not fully booked", ["places left above 0"]),
        ("courses", "nicht ausgebucht, bitte", ["places left above 0"]),
        ("courses", "at most 200, no more than 150 would be better", ["price at most 200"]),
        ("courses", "höchstens 200, nicht mehr als 150 wäre besser", ["price at most 200"]),
        ("courses", "lieber weiß als rot", []),
        ("courses", "rather white than red", []),
        ("courses", "I'd prefer white over red", []),
        ("courses", "anything rather than red", ["colour not red"]),
        ("courses", "lieber nicht in Rot", ["colour not red"]),
        ("courses", "red instead of white", ["colour is red", "colour not white"]),
        ("books", "neither crime nor fantasy", ["genres not Crime", "genres not Fantasy"]),
        ("books", "weder Krimi noch Fantasy", ["genres not Fantasy", "genres not Krimi"]),
        ("books", "not crime and not fantasy", ["genres not Crime", "genres not Fantasy"]),
        ("books", "kein Krimi und kein Fantasy", ["genres not Fantasy", "genres not Krimi"]),
        ("books", "paperback preferred", []),
        ("books", "Taschenbuch bevorzugt", []),
        ("food", "no nuts with gluten", []),
        ("food", "no nuts and no gluten", ["allergens not gluten", "allergens not nuts"]),
        ("cars", "under 50000 km or newer than 2018", []),
        ("cars", "unter 50000 km oder neuer als 2018", []),
        ("cars", "under 9000 or up to 10000", ["price at most 10000"]),
        ("hotels", "Is breakfast included at Casa Azul?", []),
        ("hotels", "Ist bei Casa Azul das Frühstück inklusive?", []),
        ("hotels", "Is there anything like Casa Azul with a pool?", ["pool: yes"]),
        ("hotels", "With a pool or at least near the beach", []),
        ("hotels", "vielleicht mit Pool, unter 100", ["price below 100"]),
        ("hotels", "gern mit Pool", []),
        ("hotels", "Ich hätte gern ein Zimmer mit Pool", ["pool: yes"]),
    ],
)
def test_what_would_please_more_is_no_demand(items: str, text: str, expected: list[str]) -> None:
    assert sorted(in_words(one) for one in READERS[items].read([Turn("seeker", text)])) == expected


def test_alternatives_that_are_not_read_are_told() -> None:
    told = READERS["cars"].unread([Turn("seeker", "Under 50000 km or newer than 2018")])
    assert told == ("under 50000 km or newer than 2018",)
