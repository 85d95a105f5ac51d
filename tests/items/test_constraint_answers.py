"""Short answers ask for what the question before them was about."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

CATALOGUE = load_catalogue(
    [
        {"title": "Falun Kettle", "brand": "Wesko", "category": "kettles", "price": "49,90 €", "stock": "3",
         "colour": "red", "waterproof": "yes", "audience": "adults", "rating": "4.5"},
        {"title": "Norr Mug", "brand": "Altro", "category": "mugs", "price": "79 €", "stock": "0",
         "colour": "black", "waterproof": "no", "audience": "children", "rating": "3.5"},
        {"title": "Lund Teapot", "brand": "Kolbe", "category": "teapots", "price": "129 €", "stock": "8",
         "colour": "white", "waterproof": "no", "audience": "adults", "rating": "4.0"},
    ]
)  # fmt: skip
READER = ConstraintReader(CATALOGUE, open_linker(CATALOGUE))


def read(*texts: str) -> list[str]:
    """What holds after turns of seeker, recommender and so on; the last one is the seeker's."""
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READER.read(turns)]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Does it have to be waterproof?", "Yes.", ["waterproof: yes"]),
        ("Does it have to be waterproof?", "No.", []),
        ("Okay. Should it be in stock?", "Yes, please!", ["stock above 0"]),
        ("Do you need it in black?", "Yeah", ["colour is black"]),
        ("Do you want black or white?", "Yes", []),
        ("Are you looking for something under 100 euros?", "Yes, exactly.", ["price below 100"]),
        ("Is it for children?", "Yes", ["audience one of children"]),
        ("Would 120 euros be okay?", "Sure, why not", ["price at most 120"]),
        ("Would 120 euros be okay?", "No, too much", []),
        ("Which brand?", "Wesko", ["brand is Wesko"]),
        ("What brand would you like?", "Wesko or Altro", ["brand one of Wesko, Altro"]),
        ("Any brand you want to avoid?", "Wesko", ["brand not Wesko"]),
        ("Any brand you want to avoid?", "No", []),
        ("Any brand you would prefer?", "Wesko", []),
        ("Muss es wasserdicht sein?", "Ja", ["waterproof: yes"]),
        ("Soll es auf Lager sein?", "Ja, bitte", ["stock above 0"]),
        ("Welche Marke?", "Wesko", ["brand is Wesko"]),
        ("Gibt es eine Marke, die Sie vermeiden?", "Altro", ["brand not Altro"]),
        ("Wären 120 Euro in Ordnung?", "Ja, klar", ["price at most 120"]),
        ("The Falun Kettle is 49.90 euros. Would you like it?", "Yes", []),
        ("Do you want to see more?", "Yes", []),
        (
            "It is waterproof, and which brand do you know?",
            "I have seen many of them in shops, Wesko too",
            [],
        ),
    ],
)
def test_an_answer_is_read_by_its_question(question: str, answer: str, expected: list[str]) -> None:
    assert read(question, answer) == expected


def test_a_no_takes_back_what_was_asked_for() -> None:
    assert read("Waterproof, please.", "Does it really have to be waterproof?", "Yes") == ["waterproof: yes"]
    assert read("Waterproof, please.", "Does it have to be waterproof?", "No, not necessarily.") == []


def test_what_an_answer_says_itself_goes_before_the_question() -> None:
    assert read("Do you need it in black?", "Yes, and not from Wesko") == [
        "brand not Wesko",
        "colour is black",
    ]
    assert read("Should it be under 100 euros?", "Yes, and in stock") == ["stock above 0", "price below 100"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 Euro wären mir zu viel.", ["price below 60"]),
        ("60 Euro ist meine Schmerzgrenze.", ["price at most 60"]),
        ("Nur lieferbare, bitte.", ["stock above 0"]),
        ("drei Stück davon", ["stock at least 3"]),
        ("besser als 4 Sterne", ["rating above 4"]),
        ("notfalls auch weiß", []),
        ("if need be white", []),
    ],
)
def test_more_of_what_people_say(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Any colour you don't like?", "red", ["colour not red"]),
        ("Which colour do you not want?", "Red, please", ["colour not red"]),
        ("Is there a colour you want to avoid?", "Black and white", ["colour not black", "colour not white"]),
        ("Welche Farbe willst du nicht?", "Rot", ["colour not red"]),
        ("Any colours to avoid?", "Not red", ["colour not red"]),
        ("Any colours to avoid?", "I want red", ["colour is red"]),
        ("Any brand to avoid?", "Only Wesko", ["brand is Wesko"]),
        ("Which colour?", "red", ["colour is red"]),
    ],
)
def test_a_colour_that_alone_is_wanted_is_left_out_where_that_was_asked(
    question: str, answer: str, expected: list[str]
) -> None:
    assert read(question, answer) == expected
