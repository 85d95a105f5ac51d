"""A number that answers a question is read as that has it; what is told of an item asks for nothing."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

FILMS = load_catalogue(
    [
        {"title": "Harrow Lane", "year": 1994, "genre": "War, Drama", "runtime": 131, "rated": "R",
         "country": "France", "rating": 8.1},
        {"title": "Oslo Nights", "year": 1985, "genre": "Comedy", "runtime": 95, "rated": "PG-13",
         "country": "United States", "rating": 6.5},
        {"title": "The Quiet Ford", "year": 2012, "genre": "Horror", "runtime": 110, "rated": "PG",
         "country": "Germany", "rating": 7.2},
    ]
)  # fmt: skip
GAMES = load_catalogue(
    [
        {"title": "Tarn Valley", "category": "strategy", "price": "39.90 €", "min_players": 2,
         "max_players": 4, "min_age": 8, "playtime": "90 min", "rating": 4.5, "stock": 3},
        {"title": "Iron Front", "category": "war game", "price": "59.90 €", "min_players": 1,
         "max_players": 2, "min_age": 14, "playtime": "180 min", "rating": 4.0, "stock": 0},
        {"title": "Brimble", "category": "party", "price": "14.90 €", "min_players": 3,
         "max_players": 8, "min_age": 6, "playtime": "20 min", "rating": 3.5, "stock": 9},
    ]
)  # fmt: skip
READERS = {
    "films": ConstraintReader(FILMS, open_linker(FILMS)),
    "games": ConstraintReader(GAMES, open_linker(GAMES)),
}


def read(items: str, *texts: str) -> list[str]:
    """What holds after turns of recommender and seeker in turn; the last one is the seeker's."""
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READERS[items].read(turns)]


@pytest.mark.parametrize(
    ("items", "question", "answer", "expected"),
    [
        ("films", "How long may it be?", "two hours", ["runtime at most 120"]),
        ("films", "How long may it be?", "100", ["runtime at most 100"]),
        ("films", "How long should it be?", "about two hours", []),
        ("films", "Is two hours okay?", "yes", ["runtime at most 120"]),
        ("films", "Is two hours okay?", "no", []),
        ("films", "Are two hours too long?", "Yes", ["runtime below 120"]),
        ("films", "Are two hours too long?", "No", ["runtime at most 120"]),
        ("films", "What rating at least?", "7", ["rating at least 7"]),
        ("films", "From which year on?", "1990", ["year at least 1990"]),
        ("films", "Wie lang darf er sein?", "zwei Stunden", ["runtime at most 120"]),
        ("films", "Have you seen Harrow Lane?", "two hours", []),
        ("games", "How many players?", "4", ["min players at most 4", "max players at least 4"]),
        ("games", "How many of you will play?", "four", ["min players at most 4", "max players at least 4"]),
        ("games", "How many players?", "at least 5", ["max players at least 5"]),
        ("games", "Wie viele Spieler?", "vier", ["min players at most 4", "max players at least 4"]),
        ("games", "How long may it take?", "an hour", ["playtime at most 60"]),
        ("games", "Wie lange darf es dauern?", "eine Stunde", ["playtime at most 60"]),
        ("games", "How old is your son?", "8", ["min age at most 8"]),
        ("games", "How old are the children?", "6 and 9", ["min age at most 6"]),
        ("games", "Wie alt sind die Kinder?", "7 und 10", ["min age at most 7"]),
        ("games", "How many stars at least?", "4", ["rating at least 4"]),
        ("games", "What is your budget?", "30", ["price at most 30"]),
        ("games", "Is 40 euros okay?", "Yes", ["price at most 40"]),
        ("games", "Would a price of 40 euros be okay?", "Sure", ["price at most 40"]),
        ("games", "Is 40 euros too much?", "Yes", ["price below 40"]),
        ("games", "Is 40 euros too much?", "No", ["price at most 40"]),
        ("games", "Sind 40 Euro zu viel?", "Ja", ["price below 40"]),
    ],
)
def test_a_number_says_what_its_question_asks_for(
    items: str, question: str, answer: str, expected: list[str]
) -> None:
    assert read(items, question, answer) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Harrow Lane is over two hours", []),
        ("Harrow Lane was over two hours long", []),
        ("Harrow Lane ist über zwei Stunden", []),
        ("Is Harrow Lane under two hours?", []),
        ("Something like Harrow Lane that is under two hours", ["runtime below 120"]),
        ("Something like Harrow Lane but under two hours", ["runtime below 120"]),
        ("Harrow Lane is too long. Under two hours please", ["runtime below 120"]),
        ("We're on holiday in France", []),
        ("Ich bin im Urlaub in Frankreich", []),
        ("A film set in France", []),
        ("ein Film über Deutschland", []),
        ("Films from France", ["country is France"]),
    ],
)
def test_what_is_told_of_an_item_or_a_place_asks_for_nothing(text: str, expected: list[str]) -> None:
    assert read("films", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("movies of the 80s and 90s", ["year at least 1980", "year at most 1999"]),
        ("Filme der Achtziger", ["year at least 1980", "year at most 1989"]),
        ("Ein Film der 90er", ["year at least 1990", "year at most 1999"]),
        ("a film about the music of the 90s", []),
        ("an R-rated movie please", ["rated is R"]),
        ("no R-rated movies", ["rated not R"]),
        ("I like R", []),
        ("no comedies", ["genres not Comedy"]),
        ("I like comedies", []),
    ],
)
def test_decades_certificates_and_kinds_in_the_plural(text: str, expected: list[str]) -> None:
    assert read("films", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab 8", ["min age at most 8"]),
        ("8+", ["min age at most 8"]),
        ("8 years and up", ["min age at most 8"]),
        ("ab 8 Euro", ["price at least 8"]),
        ("ab 20", ["price at least 20"]),
        ("no war games", ["genres not war game"]),
        ("no strategy games", ["genres not strategy"]),
        ("war games under 50 euros", ["price below 50"]),
    ],
)
def test_small_numbers_of_games_are_ages(text: str, expected: list[str]) -> None:
    assert read("games", text) == expected
