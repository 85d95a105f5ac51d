"""How many are to be there is no price, and what is refused is not read as a demand for it."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words
from usbrec import load_catalogue
from usbrec.items import open_linker
from usbrec.items.constraints.reading import ConstraintReader

CATALOGUE = load_catalogue(
    [
        {"title": "Tarn Lodge", "price": "49 €", "stock": 4, "pool": "yes", "pets_allowed": "no",
         "breakfast": "included"},
        {"title": "Brim Inn", "price": "79 €", "stock": 0, "pool": "no", "pets_allowed": "yes",
         "breakfast": "not included"},
        {"title": "Oller House", "price": "129 €", "stock": 12, "pool": "no", "pets_allowed": "no",
         "breakfast": "included"},
    ]
)  # fmt: skip
READER = ConstraintReader(CATALOGUE, open_linker(CATALOGUE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stock at least 3, please", ["stock at least 3"]),
        ("A stock of at least 3.", ["stock at least 3"]),
        ("at least 3 in stock", ["stock above 0", "stock at least 3"]),
        ("5 or more in stock", ["stock above 0", "stock at least 5"]),
        ("mindestens 3 Stück auf Lager, bitte", ["stock above 0", "stock at least 3"]),
        ("under 60 in stock", ["price below 60", "stock above 0"]),
        ("something in stock under 60", ["price below 60", "stock above 0"]),
        ("in stock, at least 60", ["price at least 60", "stock above 0"]),
        ("I don't want a pool.", ["pool: no"]),
        ("I don’t want one with a pool", ["pool: no"]),
        ("I don't want one without a pool.", ["pool: yes"]),
        ("It should not have a pool.", ["pool: no"]),
        ("There must not be a pool.", ["pool: no"]),
        ("It must not be pool.", ["pool: no"]),
        ("A pool must not be missing.", ["pool: yes"]),
        ("Not without a pool, please.", ["pool: yes"]),
        ("Ein Pool darf nicht fehlen.", ["pool: yes"]),
        ("Der Pool darf nicht dabei sein.", ["pool: no"]),
        ("Nicht ohne Pool.", ["pool: yes"]),
        ("Breakfast must not be included.", ["breakfast: no"]),
        ("I don't want pets allowed.", ["pets allowed: no"]),
        ("Pets have to be allowed.", ["pets allowed: yes"]),
        ("Pets must not be allowed.", ["pets allowed: no"]),
    ],
)
def test_pieces_and_refusals_are_read_as_what_they_say(text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, text) == expected
