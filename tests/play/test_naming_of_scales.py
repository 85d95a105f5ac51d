"""Points of a rating behind a title, and numbered steps, name nothing; numbers that make another title do."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec.dialogue import Item
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

BOOKS = Catalogue.from_items(
    (
        Item("b1", "Dracula", 1897, ("gothic",), ("Bram Stoker",)),
        Item("b2", "Jane Eyre", 1847, ("romance",), ("Charlotte Bronte",)),
        Item("b3", "Emma", 1815, ("romance",), ("Jane Austen",)),
    )
)
CHECK = ReplyCheck(Knowledge.of(BOOKS, Similarity(), seed=0))
HEARD = heard_in((seeker("I want a dark book."),))


@pytest.mark.parametrize(
    "reply",
    [
        "Dracula (1897): 8/10\nCritics: 8/10",
        "Dracula (1897): 8 out of 10",
        "Try Dracula (1897).\n\nStep 1: open it. Step 2: read it.",
    ],
)
def test_points_and_steps_are_no_names(reply: str) -> None:
    assert CHECK.made_up(reply, BOOKS.items, HEARD) == ()


@pytest.mark.parametrize("reply", ["Try Dracula 2.", "Try Dracula: 3 of it.", "Try Emma 45."])
def test_a_number_behind_a_title_makes_another_one(reply: str) -> None:
    assert CHECK.made_up(reply, BOOKS.items, HEARD)
