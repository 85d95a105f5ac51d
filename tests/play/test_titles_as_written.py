"""A title with a slip of the pen is said as the catalogue writes it."""

from __future__ import annotations

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

CHECK = ReplyCheck(KNOWLEDGE)
HEARD = heard_in([seeker("A good film, please.")])


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("You should try Colateral (2004).", "You should try Collateral (2004)."),
        ("Try Supper Troopers tonight.", "Try Super Troopers tonight."),
        ("Finding Nemmo (2003) and Casablanka (1942).", "Finding Nemo (2003) and Casablanca (1942)."),
    ],
)
def test_a_slip_in_a_title_is_set_right(reply: str, said: str) -> None:
    shown = CHECK.mended(reply, HEARD)
    assert shown == said
    assert CHECK.made_up(shown, CATALOGUE.items, HEARD) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Try collateral (2004) or the naked gun (1988).",
        "Toy Storys are fun.",
        '{"recommendation": "Colateral"}',
        "The Big Sleep (1946) is dark.",
    ],
)
def test_other_forms_and_documents_stay_as_they_are(reply: str) -> None:
    assert CHECK.mended(reply, HEARD) == reply
