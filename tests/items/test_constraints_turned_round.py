"""Constraints that are denied, counted, or said between two numbers: none is read as its opposite."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words
from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

CATALOGUE = load_catalogue(
    [
        {"title": "Tarn Kettle", "brand": "Wesko", "kind": "kettle", "colour": "red", "price": "49 €",
         "stars": 5, "rating": 8.7, "proof": "13.5 %", "pool": "yes", "min_players": 2, "max_players": 4,
         "playtime": "90 min", "min_age": 12, "in_stock": 1},
        {"title": "Brim Kettle", "brand": "Brelko", "kind": "kettle", "colour": "blue", "price": "79 €",
         "stars": 4, "rating": 7.9, "proof": "11 %", "pool": "no", "min_players": 1, "max_players": 6,
         "playtime": "20 min", "min_age": 6, "in_stock": 0},
        {"title": "Oller Pan", "brand": "Omnia", "kind": "pan", "colour": "green", "price": "1299,99 €",
         "stars": 3, "rating": 9.1, "proof": "9.5 %", "pool": "no", "min_players": 3, "max_players": 5,
         "playtime": "45 min", "min_age": 8, "in_stock": 1},
    ]
)  # fmt: skip
READER = ConstraintReader(CATALOGUE, open_linker(CATALOGUE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by no means red", ["colour not red"]),
        ("under no circumstances red", ["colour not red"]),
        ("Auf keinen Fall rot", ["colour not red"]),
        ("Auf gar keinen Fall von Wesko", ["brand not Wesko"]),
        ("no kettles from Wesko", ["brand not Wesko"]),
        ("keine Wasserkocher von Wesko", ["brand not Wesko"]),
        ("kettles from Wesko", ["brand is Wesko"]),
        ("I cannot afford anything over 80", ["price at most 80"]),
        ("Don't show me anything over 80 euro", ["price at most 80"]),
        ("bitte nichts zeigen, was über 80 kostet", ["price at most 80"]),
        ("It must not exceed 80 euro", ["price at most 80"]),
        ("not five stars", ["stars not 5"]),
        ("five stars", ["stars exactly 5"]),
        ("4 Sterne oder mehr", ["stars at least 4"]),
        ("3 stars or less", ["stars at most 3"]),
        ("3 or 4 stars", ["stars at least 3", "stars at most 4"]),
        ("at most 12%", ["proof at most 12"]),
        ("Bewertung mindestens 8,5", ["rating at least 8.5"]),
        ("1 000 euro max", ["price at most 1000"]),
        ("max 1 299,99 €", ["price at most 1299.99"]),
        ("12 Euro 50 höchstens", ["price at most 12.5"]),
        ("for 4 players", ["max players at least 4", "min players at most 4"]),
        ("at most 30 min", ["playtime at most 30"]),
        ("no pool needed", []),
        ("kein Pool nötig", []),
        ("without a pool", ["pool: no"]),
        ("Is the Tarn Kettle in stock?", []),
    ],
)
def test_what_is_denied_or_counted_is_read_as_it_is_meant(text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, text) == expected


@pytest.mark.parametrize("answer", ["50 to 80", "50 bis 80", "50-80."])
def test_two_numbers_in_answer_to_a_budget_are_both_bounds(answer: str) -> None:
    turns = [
        Turn("seeker", "Something nice."),
        Turn("recommender", "What is your budget?"),
        Turn("seeker", answer),
    ]
    assert sorted(map(in_words, READER.read(turns))) == ["price at least 50", "price at most 80"]
