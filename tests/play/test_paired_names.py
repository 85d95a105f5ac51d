"""Names in small letters: what is paired with a title, or all that a sentence says, is a name."""

from __future__ import annotations

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

CHECK = ReplyCheck(KNOWLEDGE)
SHOWN = list(CATALOGUE)[:8]
HEARD = heard_in((seeker("a good film for tonight, please"),))
TITLE = next(item.title for item in CATALOGUE if " " not in item.title and item.title.isalpha())


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("{} and vanguard are both about family.", "vanguard"),
        ("{} and silent harbour are both slow.", "silent harbour"),
        ("Then a separation. No question about it.", "separation"),
        ("Perhaps a silent harbour.", "silent harbour"),
    ],
)
def test_an_ordinary_word_in_the_place_of_a_title_is_a_name(reply: str, wrong: str) -> None:
    assert CHECK.made_up(reply.format(TITLE), SHOWN, HEARD) == (wrong,)


@pytest.mark.parametrize(
    "reply",
    [
        "{} and its sequel are both great.",
        "{} and the music in it are both great.",
        "{} and other classics are both fun and scary.",
        "{} and most thrillers are both tense.",
        "Then a comedy.",
        "Perhaps a thriller then.",
        "Then a question: do you like horror?",
        "Then a quick question. Do you like horror?",
        "Maybe a different genre.",
        "Maybe a break first.",
        "Perhaps a little later.",
    ],
)
def test_talk_in_such_places_is_none(reply: str) -> None:
    assert CHECK.made_up(reply.format(TITLE), SHOWN, HEARD) == ()


def test_a_number_that_stars_somebody_is_a_name() -> None:
    assert "9" in CHECK.made_up("I have one. 9 stars Elijah Wood.", SHOWN, HEARD)
