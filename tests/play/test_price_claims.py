"""Prices in replies: wrong ones are set right where nothing else is said, true ones are left alone."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item, Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.grounded import heard_in
from usbrec.play.grounding.naming.check import ReplyCheck

WINES = (
    Item("a", "Tinto Viejo Crianza", extra={"price": "8.99", "region": "Rioja"}),
    Item("b", "Prosecco Alba Brut", extra={"price": "15 €", "region": "Veneto", "stock": "12"}),
    Item("c", "Grand Palace", extra={"Preis pro Nacht": "320 €", "city": "Berlin"}),
)
KNOWLEDGE = Knowledge.of(Catalogue.from_items(WINES), Similarity(), seed=0)
CHECK = ReplyCheck(KNOWLEDGE)


def checked(reply: str, wish: str = "A red wine, please") -> tuple[str, bool]:
    """What is said in the end, and whether something in it is made up."""
    heard = heard_in([Turn("seeker", wish)])
    mended = CHECK.mended(reply, heard)
    return mended, bool(CHECK.made_up(mended, WINES, heard))


@pytest.mark.parametrize(
    "reply",
    [
        "Six bottles of Tinto Viejo Crianza cost 53.94 €.",
        "2 bottles of Tinto Viejo Crianza cost 17,98 Euro.",
        "Tinto Viejo Crianza for 899 cents.",
        "The Tinto Viejo Crianza from Rioja for 8,99 € will do.",
        "The Tinto Viejo Crianza is 6.01 € cheaper than the Prosecco Alba Brut.",
        "The Grand Palace costs 320 € per night.",
        "Prosecco Alba Brut costs fifteen euros.",
        "Der Prosecco Alba Brut kostet fünfzehn Euro.",
        "Only 12 bottles of Prosecco Alba Brut are left.",
        '{"name": "Prosecco Alba Brut", "price": 15, "in_stock": true}',
    ],
)
def test_what_follows_from_a_price_is_said_as_it_is(reply: str) -> None:
    assert checked(reply) == (reply, False)


def test_what_a_budget_leaves_is_said_as_it_is() -> None:
    reply = "The Prosecco Alba Brut leaves you 5 euro of your budget."
    assert checked(reply, "A wine under 20 euro") == (reply, False)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Tinto Viejo Crianza costs 12 €.", "Tinto Viejo Crianza costs 8.99 €."),
        ("Tinto Viejo Crianza kostet nur 6 Euro.", "Tinto Viejo Crianza kostet nur 8,99 Euro."),
        ("Try Tinto Viejo Crianza. It costs 7,49 €!", "Try Tinto Viejo Crianza. It costs 8,99 €!"),
        ("The Grand Palace costs 300 € per night.", "The Grand Palace costs 320 € per night."),
    ],
)
def test_a_wrong_price_is_set_right_where_nothing_else_is_said(reply: str, said: str) -> None:
    assert checked(reply) == (said, False)


@pytest.mark.parametrize(
    "reply",
    [
        "Tinto Viejo Crianza kostet 8,99 Euro plus 4,90 Euro Versand.",
        "A gift card of 50 € goes well with Tinto Viejo Crianza.",
        "Seven bottles of Tinto Viejo Crianza cost 53.94 €.",
        "The Tinto Viejo Crianza is 3 € cheaper than the Prosecco Alba Brut.",
        "Prosecco Alba Brut costs forty euros.",
        "Prosecco Alba Brut kostet fünfzig Euro.",
        "Only 2 bottles of Prosecco Alba Brut are left.",
        '{"name": "Prosecco Alba Brut", "price": 19}',
        '{"name": "Prosecco Alba Brut", "price": "19 €"}',
        '{"name": "Prosecco Alba Brut", "in_stock": false}',
        "Vom Prosecco Alba Brut sind noch 2 Flaschen da.",
        "Prosecco Alba Brut costs $15.",
        "Prosecco Alba Brut costs £15.",
    ],
)
def test_an_amount_that_nothing_tells_is_neither_said_nor_made_a_price(reply: str) -> None:
    said, made_up = checked(reply)
    assert said == reply
    assert made_up
