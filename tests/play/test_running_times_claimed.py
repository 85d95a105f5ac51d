"""How long a reply says something takes is held against columns of minutes that do not say so."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

FILMS = load_catalogue(
    [
        {"title": "Ossel", "year": "1995", "genres": "Crime", "runtime": "170"},
        {"title": "Marbel", "year": "2009", "genres": "Animation", "runtime": "96"},
        {"title": "Tolke", "year": "1981", "genres": "War", "runtime": "149"},
    ]
)
CHECK = ReplyCheck(Knowledge.of(FILMS, Similarity(), seed=0))


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("Ossel (1995) runs for 170 minutes.", ()),
        ("Ossel (1995) runs for 90 minutes.", ("90",)),
        ("Ossel (1995) has a runtime of 90 minutes.", ("90",)),
        ("The runtime of Ossel (1995) is 170 minutes.", ()),
        ("Ossel (1995) has a runtime of 2 hours and 50 minutes.", ()),
        ("Ossel (1995) takes 3 hours.", ()),
        ("Ossel (1995) is 2 hours long.", ("2",)),
        ("Marbel (2009) takes 1 hour and 36 minutes.", ()),
        ("Marbel (2009) takes 1 hour and 50 minutes.", ("1 hour and 50",)),
        ("Marbel (2009) takes 1 hour and a half.", ()),
        ("Ossel (1995) dauert 2 Stunden und 50 Minuten.", ()),
        ("Ossel (1995) dauert 2 Stunden.", ("2",)),
        ("Ossel (1995) starts in 20 minutes.", ()),
    ],
)
def test_a_running_time_is_the_catalogues(reply: str, wrong: tuple[str, ...]) -> None:
    heard = heard_in([seeker("Something nice, please")])
    assert CHECK.made_up(reply, list(FILMS), heard) == wrong
