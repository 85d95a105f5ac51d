"""Stories in what seekers say: persons, other things and the day ask for nothing; demands beside them do."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words, said
from usbrec import load_catalogue
from usbrec.items import open_linker
from usbrec.items.constraints.reading import ConstraintReader

_ROWS = [
    ("Arlo One", "Korvin", "black", "yes", "yes", 30, "59 €", 3, "Hamburg"),
    ("Arlo Two", "Bexley", "white", "yes", "no", 10, "149 €", 0, "Vienna"),
    ("Brent", "Tavira", "red", "no", "no", 22, "29 €", 9, "Hamburg"),
    ("Corso", "Korvin", "blue", "no", "yes", 45, "249 €", 2, "Vienna"),
]
PHONES = load_catalogue(
    [
        {
            "title": title,
            "brand": brand,
            "colour": colour,
            "wireless": wireless,
            "noise_cancelling": quiet,
            "battery_hours": str(hours),
            "price": price,
            "stock": str(stock),
            "city": city,
        }
        for title, brand, colour, wireless, quiet, hours, price, stock, city in _ROWS
    ]
)
READER = ConstraintReader(PHONES, open_linker(PHONES))
BOOKS = load_catalogue(
    [
        {"title": "Alder", "language": "English", "binding": "hardcover", "pages": "312", "price": "14 €"},
        {"title": "Birch", "language": "German", "binding": "paperback", "pages": "240", "price": "9 €"},
    ]
)
BOOKS_READER = ConstraintReader(BOOKS, open_linker(BOOKS))


@pytest.mark.parametrize(
    "text",
    [
        "My dad is over 70 but loves games.",
        "My husband is over 50.",
        "Meine Mutter ist über 70.",
        "My mother, who is over 70, needs some.",
        "Between 8 and 10 I am at work.",
        "I'm home between 5 and 7.",
        "Why is the price over 200?",
        "I ran my first marathon in under 4 hours.",
        "I need them within 3 days.",
        "I listen less than 2 hours a day",
        "We use them at least 8 hours every day",
        "I work at least 8 hours a day",
        "Mein Flug dauert über 10 Stunden",
        "Ich arbeite mindestens 8 Stunden am Tag",
        "My car is red.",
        "Mein Hund ist schwarz.",
        "I'm feeling blue today.",
        "Black Friday was fun.",
        "I cook a red curry tonight.",
        "My mouse is wireless.",
        "What does noise cancelling do?",
        "Was bringt Noise Cancelling?",
        "I was told that noise cancelling is unhealthy.",
        "My sister doesn't like Korvin.",
        "My train from Hamburg arrives at 18:30.",
        "I was in Vienna last summer.",
    ],
)
def test_a_story_asks_for_nothing(text: str) -> None:
    assert asked_in_words(READER, text) == []
    assert READER.unread(said(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I speak German.", "Do you speak German?", "Ich spreche Deutsch.",
        "My wife reads over 100 pages a day", "My son reads English books.",
        "My students read German books.", "My daughter loves English books.", "I teach English.",
        "My brother collects hardcovers.", "Mein Sohn liest englische Bücher.",
        "Mein Sohn mag deutsche Bücher.", "Meine Tochter lernt Englisch.",
    ],
)  # fmt: skip
def test_what_somebody_speaks_likes_or_reads_is_no_demand(text: str) -> None:
    assert asked_in_words(BOOKS_READER, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "My son loves German books. I need a gift for him.",
        "A present for my son. My son likes German books.", "My son needs a German book.",
        "My son reads English books, but I want a German one.",
    ],
)  # fmt: skip
def test_what_the_one_likes_that_something_is_for_holds(text: str) -> None:
    assert asked_in_words(BOOKS_READER, text) == ["language is German"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My budget is under 50.", ["price below 50"]),
        ("Mein Budget liegt bei höchstens 80 Euro", ["price at most 80"]),
        ("Meine Obergrenze ist 80 Euro", ["price at most 80"]),
        ("My mum is over 70 and wants nothing above 50 euros.", ["price at most 50"]),
        ("My daughter is 8 and needs headphones under 50 euros", ["price below 50"]),
        ("My favourite colour is black.", ["colour is black"]),
        ("Meine Lieblingsfarbe ist schwarz", ["colour is black"]),
        ("My headphones must be black", ["colour is black"]),
        ("My son needs red ones", ["colour is red"]),
        ("Etwas, das schwarz ist", ["colour is black"]),
        ("I feel like black", ["colour is black"]),
        ("I work a lot and need at least 20 hours of battery.", ["battery hours at least 20"]),
        ("I listen at home, under 100 euros please", ["price below 100"]),
        ("I commute by train: noise cancelling, under 150", ["noise cancelling: yes", "price below 150"]),
        ("I was told to look for noise cancelling", ["noise cancelling: yes"]),
        ("I need at least 20 hours.", ["battery hours at least 20"]),
        ("They should last at least 20 hours", ["battery hours at least 20"]),
        ("A battery for at least 2 days", ["battery hours at least 48"]),
        ("What do you have under 50?", ["price below 50"]),
        ("What is the cheapest wireless one?", ["wireless: yes"]),
        ("I was looking for something black", ["colour is black"]),
        ("We were in Vienna, now Hamburg please", ["city is Hamburg"]),
        ("between 50 and 80", ["price at least 50", "price at most 80"]),
        ("I don't like Korvin.", ["brand not Korvin"]),
        ("She is over 50 and wants black ones", ["colour is black"]),
    ],
)
def test_a_demand_is_read_beside_a_story(text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, text) == expected


def test_what_somebody_dislikes_counts_where_something_is_for_them() -> None:
    assert asked_in_words(READER, "I need a gift for my sister.", "ok", "My sister doesn't like Korvin.") == [
        "brand not Korvin"
    ]
    assert asked_in_words(READER, "I need a gift for my dad.", "ok", "My sister doesn't like Korvin.") == []


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("At most 100 euros.", "Make it 150 and wireless.", ["price at most 150", "wireless: yes"]),
        (
            "At most 100 euros.",
            "OK, 150 then, but it must be black.",
            ["colour is black", "price at most 150"],
        ),
        (
            "Höchstens 100 Euro.",
            "Sagen wir 150, aber mit Noise Cancelling.",
            ["noise cancelling: yes", "price at most 150"],
        ),
        ("At most 100 euros.", "Make it 80, and in stock please.", ["price at most 80", "stock above 0"]),
        ("at least 20 hours", "make it 30 hours", ["battery hours at least 30"]),
        (
            "at least 20 hours",
            "make it 30 hours, and black",
            ["battery hours at least 30", "colour is black"],
        ),
        ("At most 100 euros.", "Make it 2, and black please.", ["colour is black", "price at most 100"]),
        ("At most 100 euros.", "OK then, black", ["colour is black", "price at most 100"]),
        ("black please", "Make it 80, and wireless.", ["colour is black", "wireless: yes"]),
        ("at least 20 hours", "under 80 then", ["battery hours at least 20", "price below 80"]),
        (
            "between 50 and 100 euros",
            "make it 150 and black",
            ["colour is black", "price at least 50", "price at most 150"],
        ),
    ],
)
def test_a_correction_is_read_whatever_else_the_turn_says(
    before: str, text: str, expected: list[str]
) -> None:
    assert asked_in_words(READER, before, "ok", text) == expected


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("wireless", "It doesn't have to be wireless after all.", []),
        ("kabellos", "Es muss doch nicht kabellos sein.", []),
        ("with noise cancelling", "I don't need the noise cancelling then.", []),
        ("mit Noise Cancelling", "Noise Cancelling brauche ich nicht.", []),
        ("black", "It doesn't have to be black after all.", []),
        ("in stock", "It can also be sold out, I'll wait.", []),
        ("auf Lager", "Es darf auch ausverkauft sein.", []),
        ("wireless and black", "It doesn't have to be black.", ["wireless: yes"]),
        ("wireless", "It doesn't have to be black, but under 50", ["price below 50", "wireless: yes"]),
        ("not Korvin", "It doesn't have to be black.", ["brand not Korvin"]),
        ("black", "I don't mind white.", ["colour is black"]),
    ],
)
def test_what_need_not_be_is_taken_back(before: str, text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, before, "ok", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wired, please", ["wireless: no"]),
        ("mit Kabel", ["wireless: no"]),
        ("wireless, not wired", ["wireless: yes"]),
        ("100+ euros", ["price at least 100"]),
        ("20 to 30 hours of battery", ["battery hours at least 20", "battery hours at most 30"]),
        ("Not from Korvin, white", ["brand not Korvin", "colour is white"]),
        ("not from Korvin, red or white", ["brand not Korvin", "colour one of red, white"]),
        ("not Korvin, Bexley", ["brand not Korvin"]),
    ],
)
def test_demands_in_other_words_are_read(text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auf Deutsch", ["language is German"]),
        ("ein deutsches Buch", ["language is German"]),
        ("no hardcovers", ["binding not hardcover"]),
        ("hardcovers under 20", ["price below 20"]),
        ("200 to 300 pages", ["pages at least 200", "pages at most 300"]),
        ("I read over 300 pages, so nothing shorter", ["pages above 300"]),
    ],
)
def test_languages_plurals_and_ranges_of_pages_are_read(text: str, expected: list[str]) -> None:
    assert asked_in_words(BOOKS_READER, text) == expected
