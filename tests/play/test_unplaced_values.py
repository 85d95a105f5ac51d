"""`strict` lets no year, person, maker or category stand beside an item that has another one."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

FILMS = load_catalogue(
    [
        {"title": "Ossel Road", "year": "1995", "genres": "Crime", "director": "Ana Kolm"},
        {"title": "Marbel", "year": "2009", "genres": "Animation", "director": "Udo Renn"},
        {"title": "Tolke", "year": "1981", "genres": "War", "director": "Jo Perl"},
    ]
)
SHOP = load_catalogue(
    [
        {
            "title": "Arlo Q4",
            "brand": "Arlo",
            "category": "sports",
            "colour": "grey",
            "price": "49 €",
            "stock": "3",
        },
        {
            "title": "Besk Tide",
            "brand": "Besk",
            "category": "travel",
            "colour": "red",
            "price": "99 €",
            "stock": "2",
        },
        {
            "title": "Corma Jog",
            "brand": "Corma",
            "category": "kids",
            "colour": "blue",
            "price": "19 €",
            "stock": "9",
        },
    ]
)
STRICT = {id(one): ReplyCheck(Knowledge.of(one, Similarity(), seed=0), strict=True) for one in (FILMS, SHOP)}


def made_up(items: Catalogue, reply: str, said: str = "Something nice, please.") -> tuple[str, ...]:
    return STRICT[id(items)].made_up(reply, list(items), heard_in([seeker(said)]))


@pytest.mark.parametrize(
    ("items", "reply", "wrong"),
    [
        (FILMS, "My pick dates from 1952 and is called Ossel Road.", "1952"),
        (FILMS, "It's a 1972 release, Marbel, and it holds up.", "1972"),
        (FILMS, "I recommend Ossel Road from 1995.", None),
        (FILMS, "Jo Perl directed Ossel Road; give it a go.", "Jo Perl"),
        (FILMS, "Ana Kolm directed Ossel Road; give it a go.", None),
        (SHOP, "You find Arlo Q4 under travel.", "travel"),
        (SHOP, "You find Arlo Q4 under sports.", None),
        (SHOP, "The colour of Besk Tide is blue.", "blue"),
        (SHOP, "The colour of Besk Tide is red.", None),
        (SHOP, "Besk Tide ist vom Hersteller Corma.", "Corma"),
        (SHOP, "Besk Tide ist vom Hersteller Besk.", None),
        (SHOP, "I recommend the Arlo Q4 in grey, or the Besk Tide in red.", None),
    ],
)
def test_what_stands_beside_an_item_is_its_own(items: Catalogue, reply: str, wrong: str | None) -> None:
    assert (wrong in made_up(items, reply)) if wrong else made_up(items, reply) == ()


def test_what_the_seeker_has_said_is_theirs() -> None:
    reply = "You liked Jo Perl and 1981, so take Ossel Road."
    assert {"1981", "Jo Perl"} & set(made_up(FILMS, reply))
    assert not {"1981", "Jo Perl"} & set(made_up(FILMS, reply, "I like Jo Perl, and films from 1981."))
