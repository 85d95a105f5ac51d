"""What a later clause says that an item is ("..., because it is on-ear") is held against its category too."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

SHOP = load_catalogue(
    [
        {"id": f"{name} {brand}", "name": name, "brand": brand, "category": category, "price": price,
         "stock": stock, "colour": colour}
        for name, brand, category, price, stock, colour in (
            ("Arlo Q4", "Arlo", "gaming", "49.00", "3", "black"),
            ("Arlo Q5", "Arlo", "on-ear", "59.00", "3", "red"),
            ("Brell Onda", "Brell", "in-ear", "19.00", "9", "white"),
            ("Brell Velo", "Brell", "studio", "99.00", "0", "red"),
            ("Cind Pallas", "Cind", "over-ear", "79.00", "4", "blue"),
            ("Mocha Two", "Lume", "over-ear", "71.00", "4", "blue"),
            ("Mocha Two", "Murm", "gaming", "72.00", "5", "green"),
        )
    ]
)  # fmt: skip
CHECK = ReplyCheck(Knowledge.of(SHOP, Similarity(), seed=0))
HEARD = heard_in([seeker("I need headphones.")])


@pytest.mark.parametrize(
    "reply",
    [
        "You should try the Arlo Q4, because it is on-ear at its best.",
        "You should try the Arlo Q4 because it's studio.",
        "Take the Brell Onda, and it is red.",
        "The Brell Onda is on-ear.",
        "The Arlo Q5 is in-ear.",
        "Nimm den Brell Onda, denn er ist rot.",
        "Try the Mocha Two, because it is on-ear.",
        "Try the Arlo Q5 or the Brell Onda. These are on-ear at their best.",
        "Try the Arlo Q5 and the Brell Onda, because they are on-ear.",
        "The Arlo Q5 and the Brell Velo are good. Both are white.",
    ],
)
def test_another_category_than_the_items_is_a_fault(reply: str) -> None:
    assert CHECK.made_up(reply, list(SHOP), HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "You should try the Arlo Q5, because it is on-ear at its best.",
        "You should try the Arlo Q4 because it's gaming at its best.",
        "Take the Brell Onda, because it is not red.",
        "If you want red, take the Brell Velo, as it is red.",
        "The Arlo Q4 is black and the Brell Onda white, because it is in-ear.",
        "The Arlo Q4 is on sale.",
        "Try the Mocha Two, because it is over-ear.",
        "The Mocha Two is gaming at its best. It is green.",
        "The Arlo Q5 and the Brell Velo are good. Both are red.",
        "Try the Arlo Q5. They are good at on-ear.",
        "Try the Arlo Q5 and the Brell Onda, because they are good.",
        "Take the Arlo Q4, as it is in the shop.",
    ],
)
def test_its_own_category_and_what_is_none_may_be_said(reply: str) -> None:
    assert CHECK.made_up(reply, list(SHOP), HEARD) == ()


def test_such_a_clause_is_cut() -> None:
    reply = "You should try the Arlo Q4, because it is on-ear at its best."
    assert CHECK.cut(reply, list(SHOP), HEARD) == "You should try the Arlo Q4."
