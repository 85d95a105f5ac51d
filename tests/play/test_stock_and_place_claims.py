"""Stock, place and kind in replies: what the columns of another item say is not said of this one."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

PHONES = load_catalogue(
    [
        {"title": title, "brand": brand, "category": kind, "price": price, "stock": stock, "made_in": made}
        for title, brand, kind, price, stock, made in (
            ("Volta X2", "Volta", "smartphones", "499,00 €", "12", "Vietnam"),
            ("Kesto Mini", "Kesto", "smartphones", "249,00 €", "0", "China"),
            ("Volta Max", "Volta", "tablets", "1.099,00 €", "3", "Vietnam"),
            ("Orro Lite", "Orro", "smartphones", "159,90 €", "40", "Germany"),
        )
    ]
)
HOTELS = load_catalogue(
    [
        {"name": "Grand Palace", "city": "Vienna", "country": "Austria", "price_per_night": "220 €"},
        {"name": "Alpen Hof", "city": "Innsbruck", "country": "Austria", "price_per_night": "140 €"},
        {"name": "Casa Sol", "city": "Sevilla", "country": "Spain", "price_per_night": "75 €"},
    ]
)
CHECKS = {
    id(catalogue): ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0)) for catalogue in (PHONES, HOTELS)
}


def made_up(catalogue: Catalogue, reply: str) -> tuple[str, ...]:
    """What is made up in a reply to a seeker without wishes of their own."""
    return CHECKS[id(catalogue)].made_up(reply, list(catalogue), heard_in([seeker("Something nice, please")]))


@pytest.mark.parametrize(
    "reply",
    [
        "There are 20 Volta X2 in stock.",
        "20 Volta X2 are in stock.",
        "We have 20 Volta X2 left.",
        "Only 2 Volta Max left.",
        "The Volta X2 is in stock (20 left).",
        "Only two of the Volta Max are left.",
        "Es sind noch 20 Volta X2 auf Lager.",
        "Nur noch zwei Volta Max sind da.",
        "More than 20 Volta X2 are in stock.",
        "Der Orro Lite wird in China hergestellt.",
        "Das Orro Lite wird in Vietnam produziert.",
        "The Volta Max is a smartphone.",
        "The Orro Lite is a small tablet with a good screen.",
        "Das Volta Max ist ein Smartphone.",
    ],
)
def test_what_the_columns_of_a_phone_do_not_say_is_a_fault(reply: str) -> None:
    assert made_up(PHONES, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "There are 12 Volta X2 in stock.",
        "12 Volta X2 are in stock.",
        "Only 3 Volta Max left.",
        "We have two phones in stock: Volta X2 and Orro Lite.",
        "Volta X2 and Orro Lite: both are in stock.",
        "Volta X2, Orro Lite and Volta Max: all three are in stock.",
        "The Volta X2 is in stock (12 left).",
        "The Volta X2 has 2 cameras.",
        "Only three of the Volta Max are left.",
        "Es sind noch 12 Volta X2 auf Lager.",
        "Nur noch drei Volta Max sind da.",
        "More than 10 Volta X2 are in stock.",
        "At least 10 units of Volta X2 are in stock.",
        "Das Volta X2 kostet nur noch 499 €.",
        "Das Orro Lite wird in Deutschland hergestellt.",
        "Der Kesto Mini wird in China hergestellt.",
        "The Volta Max is a tablet.",
        "The Volta Max is a large tablet for 1,099 €.",
        "The Orro Lite is a smartphone.",
        "Das Volta Max ist ein Tablet.",
    ],
)
def test_what_they_say_is_none(reply: str) -> None:
    assert made_up(PHONES, reply) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Das Alpen Hof liegt in Wien.",
        "Das Alpen Hof liegt in Spanien.",
        "Stay at Casa Sol in Vienna.",
        "Casa Sol, Vienna, 75 €.",
        "Casa Sol (Vienna) costs 75 €.",
        "Grand Palace, Sevilla",
    ],
)
def test_the_place_of_another_hotel_is_a_fault(reply: str) -> None:
    assert made_up(HOTELS, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Das Grand Palace liegt in Wien.",
        "Das Grand Palace liegt in Österreich.",
        "Das Casa Sol liegt in Spanien.",
        "Stay at Casa Sol in Sevilla.",
        "Casa Sol, Sevilla, 75 €.",
        "Grand Palace (Vienna, Austria) costs 220 €.",
        "Casa Sol is cheaper than the Grand Palace in Vienna.",
    ],
)
def test_the_place_of_the_hotel_itself_is_none(reply: str) -> None:
    assert made_up(HOTELS, reply) == ()
