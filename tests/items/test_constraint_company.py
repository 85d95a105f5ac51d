"""Who an item is for: numbers of players, people alone and ages are held against the least and the most."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge

GAMES = [
    {"title": "Harbour Lights", "category": "board games", "price": "35 €", "min_players": 2,
     "max_players": 4, "min_age": 10, "year": 2012},
    {"title": "Fox Trail", "category": "board games", "price": "20 €", "min_players": 1, "max_players": 6,
     "min_age": 5, "year": 2019},
    {"title": "Ironvale", "category": "board games", "price": "60 €", "min_players": 1, "max_players": 5,
     "min_age": 14, "year": 2005},
    {"title": "Two Lanterns", "category": "board games", "price": "25 €", "min_players": 2, "max_players": 2,
     "min_age": 3, "year": 2012},
]  # fmt: skip
TOYS = [
    {"title": title, "category": "toys", "price": f"{price} €", "year": year, "age_from": least}
    for title, price, year, least in (
        ("Marble Run", 30, 2019, 4), ("Stacking Cups", 4, 2021, 1), ("Chemistry Kit", 45, 2020, 10),
    )
]  # fmt: skip
BOOKS = [
    {"title": title, "genres": "stories", "price": f"{price} €", "year": year}
    for title, price, year in (("Alder", 4, 2019), ("Birch", 14, 2005), ("Cedar", 20, 2012))
]
WHISKIES = [
    {"title": title, "category": "whisky", "price": f"{price} €", "age": age}
    for title, price, age in (("Glen Orrin", 60, 12), ("Loch Tarrow", 35, 6), ("Ben Calder", 140, 18))
]


def _knowledge(rows: list[dict[str, object]]) -> Knowledge:
    return Knowledge.of(load_catalogue(rows), Similarity(), seed=0)


# Columns stand in either order.
SHOPS = {
    "games": _knowledge(GAMES),
    "games turned round": _knowledge([dict(reversed(row.items())) for row in GAMES]),
    "toys": _knowledge(TOYS),
    "books": _knowledge(BOOKS),
    "whiskies": _knowledge(WHISKIES),
}


def asked(shop: str, *said: str) -> set[str]:
    found = SHOPS[shop].constraints([Turn("seeker", text) for text in said])
    return {f"{one.column} {one.operator} {one.value:g}" for one in found}  # type: ignore[str-format]


def both(low: int, high: int) -> set[str]:
    return {f"min_players <= {low}", f"max_players >= {high}"}


@pytest.mark.parametrize("shop", ["games", "games turned round"])
@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("A game for two players, please.", 2, 2),
        ("We want something for 2 to 4 players.", 2, 4),
        ("2-4 players please", 2, 4),
        ("for 3 or 4 players", 3, 4),
        ("a two-player game", 2, 2),
        ("solo", 1, 1),
        ("Something that I can play alone.", 1, 1),
        ("a single-player game", 1, 1),
        ("It should be playable by 5.", 5, 5),
        ("playable with 5 people", 5, 5),
        ("We are 5.", 5, 5),
        ("There are five of us.", 5, 5),
        ("for a group of six", 6, 6),
        ("a game for four, please", 4, 4),
        ("something for me and my wife", 2, 2),
        ("ein Spiel für 2 Spieler", 2, 2),
        ("für 2 bis 4 Spieler", 2, 4),
        ("für 2-4 Personen", 2, 4),
        ("Wir spielen meistens zu viert.", 4, 4),
        ("Wir sind zu fünft.", 5, 5),
        ("Es sollte allein spielbar sein.", 1, 1),
        ("Ich spiele allein.", 1, 1),
        ("für 6 Leute", 6, 6),
    ],
)
def test_so_many_have_to_be_able_to_play(shop: str, text: str, low: int, high: int) -> None:
    assert asked(shop, text) == both(low, high)


@pytest.mark.parametrize("shop", ["games", "games turned round"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It should play up to 6.", {"max_players >= 6"}),
        ("a game for up to 6 players", {"max_players >= 6"}),
        ("at least 5 players", {"max_players >= 5"}),
        ("5+ players", {"max_players >= 5"}),
        ("for more than 4 players", {"max_players > 4"}),
        ("at most 4 players", {"max_players <= 4"}),
        ("bis zu 6 Spieler", {"max_players >= 6"}),
        ("ab 5 Spielern", {"max_players >= 5"}),
        ("mindestens 5 Spieler", {"max_players >= 5"}),
        ("under 30 euro for four players", {"price < 30", *both(4, 4)}),
        ("not for 2 players", set()),
        ("Is it for 4 players?", set()),
        ("It doesn't have to be for 4 players.", set()),
        ("no solo games", set()),
        ("a game for 40", set()),
    ],
)
def test_bounds_denials_and_questions(shop: str, text: str, expected: set[str]) -> None:
    assert asked(shop, text) == expected


def test_more_players_replace_those_before() -> None:
    assert asked("games", "for two players", "Actually we are 5.") == both(5, 5)


@pytest.mark.parametrize(
    ("text", "youngest"),
    [
        ("for 3-5 year olds", 3), ("for 3 to 5 year olds", 3), ("suitable for 4 year olds", 4),
        ("for my 6-year-old", 6), ("for a six-year-old boy", 6), ("for ages 3 to 5", 3), ("ages 8+", 8),
        ("ages 8 and up", 8), ("aged 4 to 6", 4), ("for kids between 3 and 5", 3), ("children from 4 on", 4),
        ("from 10 years on", 10), ("für 3-5-Jährige", 3), ("für 3- bis 5-Jährige", 3),
        ("für Kinder von 3 bis 5", 3), ("für einen Sechsjährigen", 6), ("für meinen 6-jährigen Sohn", 6),
        ("ab 10 Jahren", 10), ("für Kinder ab 4", 4),
    ],
)  # fmt: skip
def test_an_age_is_no_price_and_no_year(text: str, youngest: int) -> None:
    assert asked("games", text) == {f"min_age <= {youngest}"}
    assert asked("toys", text) == {f"age_from <= {youngest}"}


@pytest.mark.parametrize(
    "text",
    [
        "for 3-5 year olds",
        "for kids between 3 and 5",
        "für Kinder ab 4",
        "for my 6-year-old",
        "at most 5 years",
    ],
)
def test_an_age_binds_nothing_where_the_catalogue_has_none(text: str) -> None:
    assert asked("books", text) == set()


@pytest.mark.parametrize(
    ("shop", "text", "expected"),
    [
        ("toys", "toys for kids under 20 euro", {"price < 20"}),
        ("toys", "for kids under 20", {"price < 20"}),
        ("toys", "für Kinder unter 20 Euro", {"price < 20"}),
        ("toys", "for 3 to 12 year olds, under 20", {"age_from <= 3", "price < 20"}),
        ("toys", "for children under 3", {"age_from < 3"}),
        ("whiskies", "whisky for less than 50 euro", {"price < 50"}),
        ("books", "under 10, for 6 year olds", {"price < 10"}),
    ],
)
def test_prices_beside_persons_stay_prices(shop: str, text: str, expected: set[str]) -> None:
    assert asked(shop, text) == expected


def test_a_whisky_of_an_age_is_for_nobody_of_that_age() -> None:
    assert asked("whiskies", "I am looking for a 12 year old whisky.") == {"age = 12"}


def test_what_is_asked_for_is_found() -> None:
    games = SHOPS["games"]
    allowed = games.allowed(games.constraints([Turn("seeker", "for 2 to 4 players, and for 6 year olds")]))
    assert allowed is not None
    assert [item.title for item in games.catalogue if item.id in allowed] == ["Fox Trail"]
