"""Constraints in words about places and songs: hours by day, decades, makers whose name is one word."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Catalogue
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.reading import ConstraintReader
from usbrec.items.open import open_linker

PLACES = load_catalogue(
    [
        {"id": "leaf", "name": "Green Leaf", "is_open": 1, "price": 9,
         "hours": {"Monday": "8:00-17:00", "Sunday": "9:00-14:00"}},
        {"id": "steak", "name": "Steak House", "is_open": 1, "price": 30,
         "hours": "{'Monday': '17:00-23:00', 'Sunday': 'closed'}"},
        {"id": "pasta", "name": "Mama Pasta", "is_open": 0, "price": 12,
         "hours": {"So": ["12:00-14:00", "18:00-22:00"], "Mo": None}},
        {"id": "noodle", "name": "Noodle Bar", "is_open": 1, "price": 8, "hours": ""},
    ]
)  # fmt: skip
SONGS = load_catalogue(
    [
        {"id": "1", "title": "Liar", "artist": "Queen", "album": "Queen", "price": 1, "duration_ms": 383000},
        {"id": "2", "title": "Ogre", "artist": "Queen", "album": "Other", "price": 1, "duration_ms": 79000},
        {"id": "3", "title": "Fernando", "artist": "ABBA", "album": "Best", "price": 1, "duration_ms": 95000},
    ]
)


def asked(catalogue: Catalogue, text: str) -> tuple[list[tuple[str, str, object]], list[str]]:
    """What is asked for, and the ids that meet it."""
    found = ConstraintReader(catalogue, open_linker(catalogue)).read([Turn("seeker", text)])
    table = open_columns(catalogue)
    told: list[tuple[str, str, object]] = [(one.column, one.operator, one.value) for one in found]
    return told, [item.id for item in catalogue if all(table.meets(item.id, one) for one in found)]


def test_hours_keep_their_days() -> None:
    """A day on which nothing is open is none, and what is not known stays unknown."""
    assert [item.extra.get("hours") for item in PLACES] == [
        "Monday 8:00-17:00, Sunday 9:00-14:00",
        "Monday 17:00-23:00",
        "Sunday 12:00-14:00 and 18:00-22:00",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It should be open on Sundays.", ["leaf", "pasta"]),
        ("Somewhere open Monday, please.", ["leaf", "steak"]),
        ("Es muss sonntags geöffnet sein.", ["leaf", "pasta"]),
        ("Am Sonntag offen, bitte.", ["leaf", "pasta"]),
    ],
)
def test_a_day_on_which_it_has_to_be_open_is_held_against_the_hours(text: str, found: list[str]) -> None:
    """And not against a column that says whether something is open at all."""
    assert asked(PLACES, text) == ([("hours", "contains", text_day(text))], found)


def text_day(text: str) -> str:
    return "Monday" if "Monday" in text else "Sunday"


@pytest.mark.parametrize("text", ["It has to be open until ten.", "Open now.", "Not open on Mondays."])
def test_other_times_ask_for_nothing_that_a_column_knows(text: str) -> None:
    assert asked(PLACES, text)[0] == []


def test_open_alone_is_the_column_of_that_name() -> None:
    assert asked(PLACES, "A place that is open, please.")[0] == [("is_open", "=", True)]


@pytest.mark.parametrize("text", ["Nothing from the 80s.", "Music from the 90s.", "Not after the 90s."])
def test_a_decade_is_no_length_in_seconds(text: str) -> None:
    assert asked(SONGS, text)[0] == []


def test_seconds_behind_an_operator_are_seconds() -> None:
    assert asked(SONGS, "Under 80s, please.") == ([("duration_ms", "<", 80000.0)], ["2"])


@pytest.mark.parametrize("text", ["Nothing by Queen, please.", "Not by Queen."])
def test_whose_an_item_is_not_may_be_one_word(text: str) -> None:
    """All songs of the band are meant, not those of the album that is called so."""
    assert asked(SONGS, text) == ([("people", "!=", "Queen")], ["3"])


@pytest.mark.parametrize("text", ["A queen, please.", "I need it by Friday."])
def test_one_word_without_by_is_nobody(text: str) -> None:
    assert all(column != "people" for column, _, _ in asked(SONGS, text)[0])
