"""Years, shares and durations in demands: those of items are read, those that items are about are not."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words, said
from usbrec import load_catalogue
from usbrec.items import open_linker
from usbrec.items.constraints.reading import ConstraintReader

WINES = load_catalogue(
    [
        {"title": "Alta Rosso", "author": "Helen Oduya", "price": "13 €", "alcohol": "14.0", "year": "2018"},
        {"title": "Brisa", "author": "Mara Quist", "price": "19 €", "alcohol": "12.5", "year": "1998"},
        {"title": "Corvo", "author": "Helen Oduya", "price": "11 €", "alcohol": "9.5", "year": "2021"},
    ]
)
READER = ConstraintReader(WINES, open_linker(WINES))
GAMES = load_catalogue(
    [
        {"title": "Dunlin", "price": "39 €", "minutes": "90"},
        {"title": "Egret", "price": "19 €", "minutes": "30"},
    ]
)
GAMES_READER = ConstraintReader(GAMES, open_linker(GAMES))
CARS = load_catalogue(
    [
        {"title": "Fulmar", "price": "1950 €", "year": "2018", "power": "90 W"},
        {"title": "Godwit", "price": "8900 €", "year": "1998", "power": "70 W"},
    ]
)
CARS_READER = ConstraintReader(CARS, open_linker(CARS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 2021 or newer", ["year at least 2021"]),
        ("published after 2010", ["year above 2010"]),
        ("erschienen nach 2010", ["year above 2010"]),
        ("nach 2010 erschienen", ["year above 2010"]),
        ("vor 2010 erschienen", ["year below 2010"]),
        ("2010 erschienen", ["year exactly 2010"]),
        ("Jahrgang 2018", ["year exactly 2018"]),
        ("a 2018 vintage", ["year exactly 2018"]),
        ("before 2000", ["year below 2000"]),
        ("vor 2000", ["year below 2000"]),
        ("nothing from before 2000", ["year at least 2000"]),
        ("not older than 2010", ["year at least 2010"]),
        ("ab 2015", ["year at least 2015"]),
        ("between 2000 and 2010", ["year at least 2000", "year at most 2010"]),
        ("under 20 euros and from 2018 or younger", ["price below 20", "year at least 2018"]),
        ("a novel set after 1945", []),
        ("something about the time before 1914", []),
        ("something from the 1990s", ["year at least 1990", "year at most 1999"]),
        ("I was born before 1990", []),
        ("under 2000 euros", ["price below 2000"]),
        ("at most 12% alcohol", ["alcohol at most 12"]),
        ("unter 13 Prozent Alkohol", ["alcohol below 13"]),
        ("not by Helen Oduya", ["people not Helen Oduya"]),
        ("nothing by Helen Oduya", ["people not Helen Oduya"]),
        ("by Helen Oduya", ["people is Helen Oduya"]),
    ],
)
def test_years_and_shares_are_read(text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, text) == expected


def test_a_share_that_is_not_read_is_told() -> None:
    assert READER.unread(said("over 12%, please")) == ("12%",)
    assert READER.unread(said("at most 12% alcohol")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("höchstens 90 Minuten", ["minutes at most 90"]),
        ("less than an hour", ["minutes below 60"]),
        ("unter einer Stunde", ["minutes below 60"]),
        ("höchstens eine halbe Stunde", ["minutes at most 30"]),
        ("under 2 hours", ["minutes below 120"]),
        ("within 60 minutes", ["minutes at most 60"]),
        ("30 to 60 minutes", ["minutes at least 30", "minutes at most 60"]),
        ("I need it within 3 days", []),
        ("We play over 2 hours a day", []),
    ],
)
def test_durations_are_told_in_the_unit_that_a_column_is_called_by(text: str, expected: list[str]) -> None:
    assert asked_in_words(GAMES_READER, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("bis 2000", []), ("after 2010", ["year above 2010"]), ("from 2010 to 2015", [])],
)
def test_where_prices_are_as_great_only_words_of_time_make_a_year(text: str, expected: list[str]) -> None:
    assert asked_in_words(CARS_READER, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I loved Brisa from 1998.", []),
        ("something like Corvo from 2021, under 20 euros", ["price below 20"]),
        ("Ich mochte Alta Rosso aus dem Jahr 2018.", []),
        ("Corvo (2021) was nice", []),
        ("I liked Brisa from 1998 and want one from 2021", ["year exactly 2021"]),
        # Another year than the item's, or others with it, is asked for.
        ("something like Brisa from 2018", ["year exactly 2018"]),
        ("something like Corvo, from 2018", ["year exactly 2018"]),
        ("something like Brisa from 1998 or newer", ["year at least 1998"]),
    ],
)
def test_the_year_behind_a_title_is_its_own(text: str, expected: list[str]) -> None:
    assert asked_in_words(READER, text) == expected
