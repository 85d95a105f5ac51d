"""Whose an item is, what it is free of, how it is rated; and bounds that no column has are told."""

from __future__ import annotations

import warnings

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.errors import InputWarning
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

BOOKS = load_catalogue(
    [
        {"title": "Das Tor", "author": "Franz Kaffen", "price": "12.99 €", "stock": 4},
        {"title": "Cold Harbour", "author": "Mia Trent", "price": "9.50 €", "stock": 0},
        {"title": "The Salt Road", "author": "Ben Okoro", "price": "7.99 €", "stock": 9},
    ]
)
CREAMS = load_catalogue(
    [
        {"title": "Rose Cream", "price": "19.90 €", "alcohol_free": "yes", "fragrance_free": "no"},
        {"title": "Sun Fluid", "price": "24.50 €", "alcohol_free": "no", "fragrance_free": "yes"},
    ]
)
HOTELS = load_catalogue(
    [
        {"title": "Bellavista", "price": "140 €", "stars": 4, "rating": 8.7, "doors": 3, "furnished": "yes"},
        {"title": "Pension Rosi", "price": "65 €", "stars": 2, "rating": 7.9, "doors": 5, "furnished": "no"},
    ]
)
PHONES = load_catalogue(
    [
        {"title": "Volta X2", "price": "449 €", "storage": "128 GB", "ram": "8 GB", "weight": "182 g"},
        {"title": "Kestrel", "price": "329 €", "storage": "64 GB", "ram": "4 GB", "weight": "199 g"},
    ]
)
with warnings.catch_warnings():
    # Told: prices of 0, which are read as free.
    warnings.simplefilter("ignore", InputWarning)
    COURSES = load_catalogue(
        [
            {"title": "Aquarelle", "price": "120 €", "parking": "yes"},
            {"title": "Long Weekend", "price": "0 €", "parking": "no", "level": "easy"},
        ]
    )
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (
        ("books", BOOKS),
        ("creams", CREAMS),
        ("hotels", HOTELS),
        ("phones", PHONES),
        ("courses", COURSES),
    )
}


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("books", "By Franz Kaffen", ["people is Franz Kaffen"]),
        ("books", "Do you have anything by Franz Kaffen?", ["people is Franz Kaffen"]),
        ("books", "something by Franz Kaffen or Mia Trent", ["people one of Franz Kaffen, Mia Trent"]),
        ("books", "nothing by Franz Kaffen", ["people not Franz Kaffen"]),
        ("books", "I love everything by Franz Kaffen", []),
        ("books", "I read one by Franz Kaffen", []),
        ("books", "I met Franz Kaffen", []),
        ("books", "stories like Der Damm (1912) written by Franz Kaffen", []),
        ("books", "Who is it by? By Franz Kaffen?", []),
        ("books", "a book by Franz Kaffen or something similar", ["people is Franz Kaffen"]),
        ("creams", "without alcohol", ["alcohol free: yes"]),
        ("creams", "alcohol-free please", ["alcohol free: yes"]),
        ("creams", "no fragrance", ["fragrance free: yes"]),
        ("creams", "with alcohol", []),
        ("creams", "not alcohol-free", ["alcohol free: no"]),
        ("creams", "ich mag den Alkohol nicht", []),
        ("hotels", "8/10 or better", ["rating at least 8"]),
        ("hotels", "at least 8/10", ["rating at least 8"]),
        ("hotels", "at least 4 out of 5 stars", ["stars at least 4"]),
        ("hotels", "2/10 people liked it", []),
        ("hotels", "mit fünf Türen", ["doors exactly 5"]),
        ("hotels", "with 3 doors and a pool", ["doors exactly 3"]),
        ("hotels", "not with 3 doors", []),
        ("hotels", "unmöbliert", ["furnished: no"]),
        ("courses", "a free course, please", ["price at most 0"]),
        ("courses", "ein kostenloser Kurs", ["price at most 0"]),
        ("courses", "a course with free parking", ["parking: yes"]),
        ("hotels", "a free course, please", []),
    ],
)
def test_what_is_certain_is_read(items: str, text: str, expected: list[str]) -> None:
    assert [in_words(one) for one in READERS[items].read([Turn("seeker", text)])] == expected


@pytest.mark.parametrize(
    ("items", "text", "told"),
    [
        ("phones", "at least 256 GB", ("at least 256 gb",)),
        ("phones", "128 GB or more", ("128 gb or more",)),
        ("phones", "mindestens 256 GB", ("mindestens 256 gb",)),
        ("phones", "at least 128 GB storage", ()),
        ("phones", "less than 200 g and under 400 euros", ()),
        ("phones", "my old one had at least 256 GB", ()),
        ("phones", "I use it at least 8 hours every day", ()),
        ("hotels", "is it more than 5 minutes away?", ()),
    ],
)
def test_a_bound_that_no_column_has_is_told(items: str, text: str, told: tuple[str, ...]) -> None:
    assert READERS[items].unread([Turn("seeker", text)]) == told
