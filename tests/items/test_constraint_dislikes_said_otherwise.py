"""What somebody cannot have, dislikes or merely does is never read as what they ask for."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

RECIPES = load_catalogue(
    [
        {
            "title": "Lentil Curry",
            "category": "main",
            "minutes": 35,
            "kcal": 420,
            "contains": "garlic, coconut",
        },
        {"title": "Beef Stew", "category": "main", "minutes": 150, "kcal": 610, "contains": "celery, wine"},
        {
            "title": "Almond Cake",
            "category": "dessert",
            "minutes": 60,
            "kcal": 380,
            "contains": "nuts, eggs, milk",
        },
    ]
)
PHONES = load_catalogue(
    [
        {
            "title": "Arvo X2",
            "brand": "Arvo",
            "price": "499 €",
            "storage": "128 GB",
            "colour": "black",
            "5g": "yes",
            "distance_km": 0.5,
        },
        {
            "title": "Lumo Mini",
            "brand": "Lumo",
            "price": "299 €",
            "storage": "64 GB",
            "colour": "white",
            "5g": "no",
            "distance_km": 3.2,
        },
        {
            "title": "Fruta 15",
            "brand": "Fruta",
            "price": "999 €",
            "storage": "256 GB",
            "colour": "blue",
            "5g": "yes",
            "distance_km": 1.1,
        },
    ]
)
READERS = {
    "recipes": ConstraintReader(RECIPES, open_linker(RECIPES)),
    "phones": ConstraintReader(PHONES, open_linker(PHONES)),
}


def read(items: str, *texts: str) -> list[str]:
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READERS[items].read(turns)]


@pytest.mark.parametrize(
    "text",
    [
        "I'm allergic to garlic",
        "my son is allergic to garlic",
        "I have a garlic allergy",
        "I can't eat garlic",
        "I am intolerant to garlic",
        "I don't tolerate garlic",
        "garlic makes me sick",
        "garlic gives me headaches",
        "garlic doesn't agree with me",
        "hold the garlic",
        "leave out the garlic",
        "minus the garlic",
        "free of garlic",
        "it shouldn't contain garlic",
        "I'm not into garlic",
        "I'm tired of garlic",
        "too much garlic",
        "Ich bin allergisch gegen garlic",
        "Ich bin gegen garlic allergisch",
        "Wir haben eine Allergie gegen garlic",
        "frei von garlic",
        "bitte auf garlic verzichten",
        "garlic lieber nicht",
    ],
)
def test_what_nobody_can_have_is_left_out(text: str) -> None:
    assert read("recipes", text) == ["contains not garlic"]


def test_an_allergy_is_named_by_one_of_them() -> None:
    assert read("recipes", "I have a nut allergy, no dessert") == ["contains not nuts", "genres not dessert"]
    assert read("recipes", "A nut would be nice") == []


@pytest.mark.parametrize(
    "text",
    ["I usually wear black", "My wife prefers black", "I dropped my black one", "my old phone was black"],
)
def test_what_somebody_does_asks_for_nothing(text: str) -> None:
    assert read("phones", text) == []


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("phones", "My wife wants black", ["colour is black"]),
        ("phones", "I want to use black", ["colour is black"]),
        ("phones", "white, or maybe black", ["colour one of white, black"]),
        ("phones", "to match a white sofa", []),
        ("phones", "white if you have it", []),
        ("phones", "with 5G, under 600 euros", ["5g: yes", "price below 600"]),
        ("phones", "without 5G", ["5g: no"]),
        ("phones", "no 5G needed", []),
        ("phones", "within a kilometre", ["distance km at most 1"]),
        ("recipes", "it must contain garlic", ["contains is garlic"]),
        ("recipes", "under 500 calories", ["kcal below 500"]),
    ],
)
def test_what_is_asked_for_still_is(items: str, text: str, expected: list[str]) -> None:
    assert read(items, text) == expected


@pytest.mark.parametrize(
    ("items", "question", "answer", "expected"),
    [
        ("phones", "How much storage do you need?", "128 GB", ["storage exactly 128"]),
        ("phones", "Does it need to have 5G?", "Yes", ["5g: yes"]),
        ("recipes", "How much time do you have?", "45 minutes", ["minutes at most 45"]),
    ],
)
def test_answers_about_columns_with_units(
    items: str, question: str, answer: str, expected: list[str]
) -> None:
    assert read(items, question, answer) == expected


FLATS = load_catalogue(
    [
        {
            "title": "Loft",
            "rent": "1450 €",
            "size_sqm": 98,
            "furnished": "yes",
            "effort": "easy",
            "gas": "dry",
        },
        {
            "title": "Studio",
            "rent": "620 €",
            "size_sqm": 28,
            "furnished": "no",
            "effort": "medium",
            "gas": "sweet",
        },
        {
            "title": "Attic",
            "rent": "700 €",
            "size_sqm": 40,
            "furnished": "no",
            "effort": "hard",
            "gas": "dry",
        },
    ]
)
READERS["flats"] = ConstraintReader(FLATS, open_linker(FLATS))
DIETS = load_catalogue(
    [
        {"title": "Curry", "vegetarian": "yes", "vegan": "yes"},
        {"title": "Stew", "vegetarian": "no", "vegan": "no"},
        {"title": "Cake", "vegetarian": "yes", "vegan": "no"},
    ]
)
READERS["diets"] = ConstraintReader(DIETS, open_linker(DIETS))


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("flats", "not too dry", []),
        ("flats", "nicht so dry", []),
        ("flats", "not dry", ["gas not dry"]),
        ("flats", "at least 40 square metres", ["size sqm at least 40"]),
        ("flats", "mindestens 40 Quadratmeter", ["size sqm at least 40"]),
        ("flats", "40 sqm or bigger", ["size sqm at least 40"]),
        ("flats", "unfurnished", ["furnished: no"]),
        ("flats", "not unfurnished", ["furnished: yes"]),
        ("flats", "easy or medium", ["effort one of easy, medium"]),
        ("flats", "medium or easy", ["effort one of medium, easy"]),
        ("flats", "medium", []),
        ("flats", "3 of them, max 900 altogether", []),
        ("diets", "vegetarian or vegan", []),
        ("diets", "vegetarian and vegan", ["vegetarian: yes", "vegan: yes"]),
    ],
)
def test_degrees_choices_and_totals(items: str, text: str, expected: list[str]) -> None:
    assert read(items, text) == expected


MEDICINES = load_catalogue(
    [
        {"title": "Tussin", "form": "Saft", "price": "6,90 €", "power_hp": 136, "helps": "Husten"},
        {
            "title": "Dolorex",
            "form": "Tabletten",
            "price": "4,20 €",
            "power_hp": 150,
            "helps": "Kopfschmerzen",
        },
        {"title": "Nasalin", "form": "Spray", "price": "3,10 €", "power_hp": 69, "helps": "Schnupfen"},
    ]
)
READERS["medicines"] = ConstraintReader(MEDICINES, open_linker(MEDICINES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Als Saft, nicht als Tabletten", ["form is Saft", "form not Tabletten"]),
        ("lieber Saft als Tabletten", []),
        ("as a spray", ["form is Spray"]),
        ("etwas gegen Kopfschmerzen", ["helps is Kopfschmerzen"]),
        ("something against Schnupfen", ["helps is Schnupfen"]),
        ("not as a spray", ["form not Spray"]),
        ("at least 100 hp", ["power hp at least 100"]),
    ],
)
def test_as_what_something_comes_is_no_comparison(text: str, expected: list[str]) -> None:
    assert read("medicines", text) == expected
