"""An amount is held against its own column and as far as it was meant, or not at all."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

WINE = load_catalogue(
    [
        {"title": "Riesling Kabinett", "producer": "Molitor", "colour": "white", "vintage": 2021,
         "alcohol": "9.5 %", "price": "14.90 €", "bottle": "0.75 l", "rating": 8.7, "spf": 30},
        {"title": "Crianza", "producer": "Bodegas Lar", "colour": "red", "vintage": 2018,
         "alcohol": "14 %", "price": "11.50 €", "bottle": "0.75 l", "rating": 9.1, "spf": 50},
        {"title": "Grand Cru", "producer": "Chateau Merl", "colour": "red", "vintage": 2015,
         "alcohol": "13.5 %", "price": "89.00 €", "bottle": "1.5 l", "rating": 7.9, "spf": 0},
    ]
)  # fmt: skip
CARS = load_catalogue(
    [
        {"title": "Golfo", "year": 2016, "price": "11.900 €", "gears": 6, "height": "150 cm"},
        {"title": "Corsetta", "year": 2019, "price": "9.990 €", "gears": 5, "height": "148 cm"},
        {"title": "Pandino", "year": 2009, "price": "2.900 €", "gears": 5, "height": "154 cm"},
    ]
)  # fmt: skip
FLATS = load_catalogue(
    [
        {"title": "Lindenstr. 4", "rent": "980 €", "rooms": 2, "deposit": "1960 €", "balcony": "yes"},
        {"title": "Parkallee 11", "rent": "740 €", "rooms": 1, "deposit": "1480 €", "balcony": "no"},
        {"title": "Torstr. 88", "rent": "1690 €", "rooms": 3, "deposit": "5070 €", "balcony": "no"},
    ]
)  # fmt: skip
JOBS = load_catalogue(
    [
        {"title": "Backend Engineer", "salary": "68,000 €", "hours_per_week": 40, "vacation_days": 30,
         "places": 2},
        {"title": "Warehouse Helper", "salary": "29,000 €", "hours_per_week": 20, "vacation_days": 24,
         "places": 5},
    ]
)  # fmt: skip
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (("wine", WINE), ("cars", CARS), ("flats", FLATS), ("jobs", JOBS))
}


def read(items: str, *texts: str) -> list[str]:
    """What holds after turns of recommender and seeker in turn; the last one is the seeker's."""
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READERS[items].read(turns)]


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        # Years by their words.
        ("cars", "ab Baujahr 2015", ["year at least 2015"]),
        ("cars", "bis Baujahr 2015", ["year at most 2015"]),
        ("cars", "Baujahr 2015", ["year exactly 2015"]),
        ("cars", "nicht älter als 5 Jahre", ["year at least 2014"]),
        ("cars", "a 2016 model or later", ["year at least 2016"]),
        ("wine", "a 2018 vintage or older", ["year at most 2018"]),
        ("wine", "a 2018 vintage", ["year exactly 2018"]),
        ("wine", "Jahrgang 2015 oder 2018", ["year one of 2015, 2018"]),
        ("cars", "Baujahr 2015, 2016 oder 2017", ["year one of 2015, 2016, 2017"]),
        # Thousands, cents and ratings.
        ("cars", "zwischen 8 und 12 Tausend", ["price at least 8000", "price at most 12000"]),
        ("cars", "between 8 and 12k", ["price at least 8000", "price at most 12000"]),
        ("cars", "between 800 and 12 thousand", ["price at least 800", "price at most 12000"]),
        ("wine", "at most three euros fifty", ["price at most 3.5"]),
        ("wine", "3 euros fifty at most", ["price at most 3.5"]),
        ("wine", "8.5+", []),
        ("wine", "100+ euros", ["price at least 100"]),
        # Dates are no amounts.
        ("flats", "ab 1. Februar frei", []),
        ("flats", "im 3. Stock", []),
        ("flats", "Bis 900. Rot", ["rent at most 900"]),
        # Other columns than the price.
        ("flats", "the deposit should be below 2000 euros", ["deposit below 2000"]),
        ("flats", "up to 1200, deposit at most 3000 euros", ["rent at most 1200", "deposit at most 3000"]),
        ("wine", "nothing rated below 7", ["rating at least 7"]),
        ("wine", "nothing with less than 12 % alcohol", ["alcohol at least 12"]),
        ("flats", "die Miete sollte unter 1000 Euro liegen", ["rent below 1000"]),
        ("jobs", "höchstens 30 Stunden", ["hours per week at most 30"]),
        ("jobs", "places for two people", ["places at least 2"]),
        ("wine", "LSF mindestens 30", []),
        ("wine", "it should be at least 80", ["price at least 80"]),
        # What several cost.
        ("wine", "12 bottles for at most 120 euros", []),
        ("wine", "I need three for under 20 euros", []),
        ("wine", "a bottle for at most 12 euros", ["price at most 12"]),
        ("wine", "12 bottles for at most 10 euros each", ["price at most 10"]),
        ("cars", "6 gears for under 9000 euros", ["price below 9000"]),
        # The most that somebody would pay.
        ("wine", "preferably under 40 but 50 is the max", ["price at most 50"]),
        ("wine", "am liebsten unter 40, aber 50 wäre die Grenze", ["price at most 50"]),
        ("wine", "Bis 40, allerhöchstens 45", ["price at most 45"]),
        ("wine", "up to 15, maybe 20", ["price at most 20"]),
        ("wine", "my budget is 50, could stretch to 60 for a really good one", ["price at most 60"]),
        ("wine", "max 100, but 110 would still be ok", ["price at most 110"]),
        ("wine", "bis 50, besser unter 40", ["price at most 50"]),
        ("wine", "up to 15, maybe 12 bottles", ["price at most 15"]),
        ("wine", "under 40 and at least 10", ["price at least 10", "price below 40"]),
        ("wine", "under 50. Actually under 30", ["price below 30"]),
        ("wine", "under 50 then if it's red", ["price below 50"]),
        ("wine", "red if it's under 50", ["colour is red", "price below 50"]),
    ],
)
def test_an_amount_is_about_what_it_is_said_of(items: str, text: str, expected: list[str]) -> None:
    assert read(items, text) == expected


@pytest.mark.parametrize(
    ("items", "turns", "expected"),
    [
        ("cars", ("How tall may it be?", "not over 150"), ["height at most 150"]),
        ("cars", ("How old is she?", "under 10"), []),
        ("cars", ("How many gears?", "5 is enough"), []),
        ("cars", ("How many gears?", "at least 6"), ["gears at least 6"]),
        ("cars", ("Up to 10,000 euros", "Corsetta.", "I could go up to 12"), ["price at most 10000"]),
        ("cars", ("Up to 10,000 euros", "Corsetta.", "I could go up to 12000"), ["price at most 12000"]),
        ("jobs", ("At least 60000", "Backend Engineer.", "ok 50000 would do too"), ["salary at least 50000"]),
        ("flats", ("What's the maximum rent?", "1000"), ["rent at most 1000"]),
        ("flats", ("What's the maximum rent?", "1000, but 1100 would still be ok"), ["rent at most 1100"]),
        ("wine", ("Red please", "Crianza.", "white would work as well"), ["colour one of red, white"]),
        ("wine", ("What is your budget?", "not over 80"), ["price at most 80"]),
    ],
)
def test_an_answer_is_about_what_was_asked(items: str, turns: tuple[str, ...], expected: list[str]) -> None:
    assert read(items, *turns) == expected
