"""Dates that seekers say are held against columns of dates."""

from __future__ import annotations

import datetime

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.date_cells import Span, days_of
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

COURSES = load_catalogue(
    [
        {"title": "Watercolour", "price": "120 €", "start_date": "2027-01-12"},
        {"title": "Spanish A1", "price": "240 €", "start_date": "2027-03-01"},
        {"title": "Data Lab", "price": "490 €", "start_date": "2027-05-20"},
        {"title": "Töpfern", "price": "180 €", "start_date": "2027-06-12"},
    ]
)
EVENTS = load_catalogue(
    [
        {"title": "Nachtfahrt", "price": "35 €", "date": "12.06.2027"},
        {"title": "Cello Suite", "price": "48 €", "date": "03.02.2027"},
        {"title": "Laughing Gas", "price": "22 €", "date": "24.12.2026"},
    ]
)
FLATS = load_catalogue(
    [
        {"title": "Lindenhof", "rent": "980 €", "available_from": "2026-05-01"},
        {"title": "Hafenblick", "rent": "1250 €", "available_from": "2026-03-15"},
        {"title": "Gartenweg", "rent": "720 €", "available_from": "2026-09-01"},
    ]
)
FOOD = load_catalogue(
    [
        {"title": "Oat Crunch", "price": "3.49 €", "best_before": "06/2026"},
        {"title": "Hazel Bar", "price": "1.29 €", "best_before": "11/2026"},
        {"title": "Lentil Soup", "price": "2.19 €", "best_before": "03/2027"},
    ]
)
FILMS = load_catalogue(
    [
        {"title": "Harrow Lane", "release_date": "1995-03-02", "genre": "Drama"},
        {"title": "Oslo Nights", "release_date": "1979-06-12", "genre": "Horror"},
    ]
)
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (
        ("courses", COURSES),
        ("events", EVENTS),
        ("flats", FLATS),
        ("food", FOOD),
        ("films", FILMS),
    )
}
JANUARY, MARCH, MAY, JUNE = "2027-01-12", "2027-03-01", "2027-05-20", "2027-06-12"


def dates(items: str, text: str) -> list[str]:
    """The cells that fit what is said, in order."""
    found: list[str] = []
    for one in READERS[items].read([Turn("seeker", text)]):
        assert one.column in ("start_date", "date", "available_from", "best_before"), in_words(one)
        found += one.value if isinstance(one.value, tuple) else [str(one.value)]
    return sorted(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A course in January", [JANUARY]),
        ("Ein Kurs im Januar", [JANUARY]),
        ("starting in March", [MARCH]),
        ("from March on", [MARCH, MAY, JUNE]),
        ("ab Mai", [MAY, JUNE]),
        ("before 12 June", [JANUARY, MARCH, MAY]),
        ("vor dem 12. Juni", [JANUARY, MARCH, MAY]),
        ("by June 12", [JANUARY, MARCH, MAY, JUNE]),
        ("bis Ende März", [JANUARY, MARCH]),
        ("after 1 March", [MAY, JUNE]),
        ("nach dem 1. März", [MAY, JUNE]),
        ("not before April", [MAY, JUNE]),
        ("nicht vor April", [MAY, JUNE]),
        ("in May or June", [MAY, JUNE]),
        ("im Januar oder März", [JANUARY, MARCH]),
        ("between March and May", [MARCH, MAY]),
        ("zwischen März und Mai", [MARCH, MAY]),
        ("from 1 March to 31 May", [MARCH, MAY]),
        ("next spring", []),
        ("in spring", [MARCH, MAY]),
        ("im Frühjahr", [MARCH, MAY]),
        ("not in January", [MARCH, MAY, JUNE]),
        ("nicht im Januar", [MARCH, MAY, JUNE]),
        ("in June 2027", [JUNE]),
        ("on 20.05.2027", [MAY]),
        ("in late May", [MAY]),
        ("in early May", ["2027-05-01 to 2027-05-11"]),
        ("before the end of May", [JANUARY, MARCH, MAY]),
        ("in August", ["2027-08-01 to 2027-08-31"]),
        # What would please, what is told, and what is no date.
        ("in June, if possible", []),
        ("preferably in June", []),
        ("in June would be nice", []),
        ("am liebsten im Juni", []),
        ("only if it is in June", []),
        ("I was there last June", []),
        ("I did one in March and saw nothing", []),
        ("my birthday is in June", []),
        ("it may be in English", []),
        ("in may be fine", []),
    ],
)
def test_a_date_is_held_against_the_column_of_dates(text: str, expected: list[str]) -> None:
    assert dates("courses", text) == sorted(expected)


def test_a_date_stands_beside_other_demands() -> None:
    said = READERS["courses"].read([Turn("seeker", "Before 12 June, at most 200 euros")])
    assert {one.column for one in said} == {"start_date", "price"}


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("events", "in June", ["12.06.2027"]),
        ("events", "before Christmas", ["before 2026-12-24"]),
        ("events", "vor Weihnachten", ["before 2026-12-24"]),
        ("events", "on 24 December", ["24.12.2026"]),
        ("events", "after 1 February", ["03.02.2027", "12.06.2027"]),
        # What is free in March is free in May.
        ("flats", "from May on", ["2026-03-15", "2026-05-01"]),
        ("flats", "frei ab Mai", ["2026-03-15", "2026-05-01"]),
        ("flats", "by 1 June", ["2026-03-15", "2026-05-01"]),
        ("flats", "not before May", ["2026-05-01", "2026-09-01"]),
        # What keeps until March keeps until December.
        ("food", "it should keep until December", ["03/2027"]),
        ("food", "haltbar bis Oktober", ["03/2027", "11/2026"]),
        ("food", "for a party in June", []),
        # When a film was released is no time to watch it.
        ("films", "for a night in June", []),
    ],
)
def test_columns_of_dates_are_read_by_what_they_say(items: str, text: str, expected: list[str]) -> None:
    assert dates(items, text) == expected


def test_the_days_that_were_meant_are_told() -> None:
    [one] = READERS["courses"].read([Turn("seeker", "In March, please.")])
    assert one.words == "In March, please. (2027-03-01 to 2027-03-31)"


def _day(year: int, month: int, day: int) -> Span:
    return Span(*(datetime.date(year, month, day),) * 2)


def test_cells_say_days_in_many_notations() -> None:
    assert days_of(
        ["2026-05-01T19:30", "1.5.2026", "May 1, 2026", "1st of May 2026", "1. Mai 2026", "soon"]
    ) == {
        cell: _day(2026, 5, 1)
        for cell in ("2026-05-01T19:30", "1.5.2026", "May 1, 2026", "1st of May 2026", "1. Mai 2026")
    }
    assert days_of(["12.06.2026 - 14.06.2026"]) == {
        "12.06.2026 - 14.06.2026": Span(datetime.date(2026, 6, 12), datetime.date(2026, 6, 14))
    }
    assert days_of(["31.02.2026", "99/2026"]) == {}


def test_the_month_of_a_date_with_slashes_is_told_by_other_cells() -> None:
    assert days_of(["06/12/2026"]) == {}
    assert days_of(["06/12/2026", "06/25/2026"])["06/12/2026"] == _day(2026, 6, 12)
    assert days_of(["06/12/2026", "25/06/2026"])["06/12/2026"] == _day(2026, 12, 6)
