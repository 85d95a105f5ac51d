"""Whose amount it is: an item's own price, several nights, a budget, or an amount of another thing."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

HOTELS = load_catalogue(
    [
        {"name": "Casa Sol", "city": "Sevilla", "price_per_night": "75 €", "stars": 3},
        {"name": "Alpen Hof", "city": "Innsbruck", "price_per_night": "140 €", "stars": 4},
        {"name": "Grand Palace", "city": "Vienna", "price_per_night": "220 €", "stars": 5},
    ]
)
PHONES = load_catalogue(
    [
        {"title": "Volta X2", "brand": "Volta", "price": "499,00 €", "old_price": "549,00 €", "stock": "12"},
        {"title": "Kesto Mini", "brand": "Kesto", "price": "249,00 €", "old_price": "", "stock": "0"},
        {"title": "Orro Lite", "brand": "Orro", "price": "159,90 €", "old_price": "", "stock": "40"},
        {"title": "AirPods Max", "brand": "Apple", "price": "579,00 €", "old_price": "", "stock": "2"},
        {
            "title": "iPhone 15 Pro Max",
            "brand": "Apple",
            "price": "1.199,00 €",
            "old_price": "",
            "stock": "4",
        },
        {"title": "Limit Watch", "brand": "Limit", "price": "30,00 €", "old_price": "", "stock": "3"},
        {
            "title": "Max Factor Mascara",
            "brand": "Max Factor",
            "price": "11,00 €",
            "old_price": "",
            "stock": "3",
        },
    ]
)
CHECKS = {
    id(catalogue): ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0)) for catalogue in (HOTELS, PHONES)
}


def checked(catalogue: Catalogue, reply: str, wish: str = "Something nice, please") -> tuple[str, bool]:
    """What is said in the end, and whether something in it is made up."""
    check, heard = CHECKS[id(catalogue)], heard_in([seeker(wish)])
    mended = check.mended(reply, heard)
    return mended, bool(check.made_up(mended, list(catalogue), heard))


@pytest.mark.parametrize(
    "reply",
    [
        "A week at Casa Sol is 525 €.",
        "A week in Casa Sol would be 525 euros.",
        "One week at Casa Sol: 525 €.",
        "Eine Woche im Casa Sol kostet 525 Euro.",
        "Two weeks at Casa Sol are 1050 €.",
        "Zwei Wochen im Casa Sol kosten 1050 Euro.",
        "A fortnight at Casa Sol is 1050 €.",
        "A weekend at Casa Sol is 150 €.",
        "Ein Wochenende im Casa Sol kostet 150 Euro.",
        "Casa Sol is 75 € a night, 525 € a week.",
        "Casa Sol is 75 € for the two of you, so 37.50 € each.",
        "Casa Sol costs 75 €.",
        "A night at Casa Sol is 75 €.",
        "Three nights at Casa Sol cost 225 €.",
        "Three nights at Casa Sol cost 75 € each.",
        "A week at Alpen Hof costs 980 €, at Casa Sol only 525 €.",
        "A week at Casa Sol costs 75 € per night.",
    ],
)
def test_what_a_stay_costs_follows_from_the_price_of_a_night(reply: str) -> None:
    assert checked(HOTELS, reply) == (reply, False)


@pytest.mark.parametrize(
    "reply",
    [
        "A week at Casa Sol is 600 €.",
        "Three nights at Casa Sol cost 75 €.",
        "Drei Nächte im Casa Sol kosten 75 Euro.",
        "A week at Casa Sol is 75 €.",
        "Eine Woche im Casa Sol kostet 75 Euro.",
        "A weekend at Casa Sol is 525 €.",
        "The tourist tax at Casa Sol is 2 €.",
        "Die Kurtaxe im Casa Sol beträgt 2 Euro.",
        "Casa Sol costs 37,50 € per person.",
        "Casa Sol kostet 37,50 Euro pro Person.",
        "Casa Sol costs 525 €.",
        "Casa Sol: 10 € deposit.",
        "Parking at Casa Sol is 15 €.",
        "Breakfast at Casa Sol costs 12 €.",
        "For a child Casa Sol costs 20 €.",
        "Casa Sol costs 450 € for a week.",
    ],
)
def test_an_amount_of_another_thing_is_no_price_and_becomes_none(reply: str) -> None:
    assert checked(HOTELS, reply) == (reply, True)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Casa Sol costs 80 €.", "Casa Sol costs 75 €."),
        ("Casa Sol (80 €) is near the sea.", "Casa Sol (75 €) is near the sea."),
        ("Das Casa Sol kostet 80 Euro pro Nacht.", "Das Casa Sol kostet 75 Euro pro Nacht."),
        ("The price of Casa Sol is 80 €.", "The price of Casa Sol is 75 €."),
    ],
)
def test_a_wrong_price_of_the_item_itself_is_set_right(reply: str, said: str) -> None:
    assert checked(HOTELS, reply) == (said, False)


@pytest.mark.parametrize(
    "reply",
    [
        "With 200 € you can get the Orro Lite.",
        "Mit 200 Euro kannst du das Orro Lite kaufen.",
        "With 600 € you can get the AirPods Max.",
        "The AirPods Max cost 579 €.",
        "The iPhone 15 Pro Max costs 1,199 €.",
        "Das iPhone 15 Pro Max kostet 1.199 €.",
        "AirPods Max (579 €)",
        "Max Factor Mascara costs 11 €.",
        "The Limit Watch is 30 €.",
        "Volta X2 and Orro Lite cost 499 € and 159.90 € respectively.",
        "Volta X2, Kesto Mini and Orro Lite: 499 €, 249 € and 159.90 €.",
        "Für 249 € gibt es das Kesto Mini, für 159,90 € das Orro Lite.",
        "The Volta X2 (499 €) is out of budget; the Orro Lite (159,90 €) fits.",
        "Das Volta X2 ist 50 € günstiger als früher.",
    ],
)
def test_a_right_amount_is_said_as_it_is(reply: str) -> None:
    assert checked(PHONES, reply) == (reply, False)


@pytest.mark.parametrize(
    "reply",
    [
        "The Kesto Mini is 49 € above your budget of 200 €.",
        "The Orro Lite leaves 40,10 € of your 200 €.",
        "Das Orro Lite passt zu 200 € Budget.",
        "The Orro Lite stays within your budget of 200 €.",
    ],
)
def test_what_is_said_of_the_budget_of_the_seeker_is_said_as_it_is(reply: str) -> None:
    assert checked(PHONES, reply, "A phone under 200 euro") == (reply, False)


@pytest.mark.parametrize(
    "reply",
    [
        "With 100 € you can get the Orro Lite.",
        "Volta X2 and Orro Lite cost 159.90 € and 499 € respectively.",
        "Für 249 € gibt es das Kesto Mini, für 249 € das Orro Lite.",
        "Das Volta X2 ist 90 € günstiger als früher.",
        "The Kesto Mini is 90 € above your budget of 200 €.",
        "The Kesto Mini stays within your budget of 200 €.",
        "The Orro Lite is above your budget of 200 €.",
    ],
)
def test_a_wrong_amount_is_a_fault(reply: str) -> None:
    assert checked(PHONES, reply, "A phone under 200 euro") == (reply, True)


def test_a_wrong_price_of_an_item_with_an_operator_in_its_title_is_set_right() -> None:
    assert checked(PHONES, "The AirPods Max cost 499 €.") == ("The AirPods Max cost 579 €.", False)
