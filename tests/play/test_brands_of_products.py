"""Brands: what an item is said to be a product of is its brand; a possessive "'s" is no other model."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

SHOP = load_catalogue(
    [
        {"name": "Yarrow 2", "brand": "Evenmoor", "category": "over-ear", "price": "80 €"},
        {"name": "Ixolan AV-139", "brand": "Ixolan", "category": "in-ear", "price": "40 €"},
        {"name": "Dunkelton Ruhepol", "brand": "Dunkelton", "category": "over-ear", "price": "99 €"},
    ]
)
CHECK = ReplyCheck(Knowledge.of(SHOP, Similarity(), seed=0))
HEARD = heard_in([seeker("I need headphones.")])


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("The Yarrow 2 is a Dunkelton product.", ("Dunkelton",)),
        ("Der Yarrow 2 ist ein Dunkelton Produkt.", ("Dunkelton",)),
        ("The Yarrow 2 is an Evenmoor product.", ()),
        ("The Yarrow 2 is a Dunkelton alternative.", ()),
        ("I like the Ixolan AV-139's sound best.", ()),
    ],
)
def test_a_product_is_of_its_own_brand(reply: str, wrong: tuple[str, ...]) -> None:
    assert CHECK.made_up(reply, SHOP.items, HEARD) == wrong
