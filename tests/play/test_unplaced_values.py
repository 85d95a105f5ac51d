"""Years and kinds that none of the items of a sentence has are said of none, stories' years aside."""

from __future__ import annotations

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from usbrec import load_catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.items.similarity import Similarity
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

FILMS = ReplyCheck(KNOWLEDGE)
HEARD = heard_in((seeker("I want a tense film for tonight, please."),))
SHOP = load_catalogue(
    [
        {"title": "Tarn 40", "brand": "Wesko", "category": "running", "price": "49 €", "year": 2021},
        {"title": "Brim 12", "brand": "Altro", "category": "travel", "price": "79 €", "year": 2019},
    ]
)  # fmt: skip
GOODS = ReplyCheck(Knowledge.of(SHOP, Similarity(), seed=0))
WISH = heard_in((seeker("Something for my commute, please."),))


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("Heat has that 1987 feel, and it moves fast.", True),
        ("Heat has that 1995 feel, and it moves fast.", False),
        ("Heat is set in 1987 Los Angeles.", False),
        ("Heat has that 1987 feel, if you liked Collateral.", True),
    ],
)
def test_a_year_beside_films_is_that_of_one_of_them(reply: str, refused: bool) -> None:
    assert bool(FILMS.made_up(reply, CATALOGUE.items, HEARD)) is refused


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("You find the Tarn 40 under travel in our list.", True),
        ("You find the Tarn 40 under running in our list.", False),
        ("The Tarn 40 has that 2019 look.", True),
        ("The Tarn 40 has that 2021 look.", False),
        ("Launched in 2019: Tarn 40.", True),
        ("Launched in 2021: Tarn 40.", False),
        ("The Tarn 40 and the Brim 12 are our running and travel ones.", False),
    ],
)
def test_a_shop_says_of_its_things_what_one_of_them_has(reply: str, refused: bool) -> None:
    assert bool(GOODS.made_up(reply, SHOP.items, WISH)) is refused


def test_what_the_seeker_said_is_theirs() -> None:
    heard = heard_in((seeker("I grew up in 1987, and I loved travel ones."),))
    assert not GOODS.made_up("The Tarn 40 has that 1987 spirit.", SHOP.items, heard)
    assert not GOODS.made_up("For travel I have none, but the Tarn 40 is there.", SHOP.items, heard)
