"""Ordinary replies stay whole: who made an item before a verb, prices behind titles, kinds and ratings."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

_SHOP = Knowledge.of(
    load_catalogue(
        [
            {"title": "Velto R7", "brand": "Velto", "price": "59", "year": 2022, "genres": "on-ear"},
            {"title": "Sundal Runner", "brand": "Sundal", "price": "69", "year": 2020, "genres": "in-ear"},
            {"title": "Sundal Kids Safe", "brand": "Sundal", "price": "25", "year": 2021, "genres": "on-ear"},
        ]
    ),
    Similarity(),
    seed=0,
)
_BOOKS = Knowledge.of(
    load_catalogue(
        [
            {"title": "The Salt Ledger", "publisher": "Harrow House", "price": "15", "genres": "crime"},
            {"title": "Red Clay Summer", "publisher": "Blaufuss", "price": "12", "genres": "novel"},
            {"title": "The Glass Owl", "publisher": "Blaufuss", "price": "14", "genres": "fantasy"},
        ]
    ),
    Similarity(),
    seed=0,
)
_GAMES = Knowledge.of(
    load_catalogue(
        [
            {"title": "Moonrail", "designer": "Omar Haddad", "price": "34", "min_age": "10"},
            {"title": "Pancake Panic", "designer": "Ruth Okafor", "price": "14", "min_age": "6"},
        ]
    ),
    Similarity(),
    seed=0,
)
_FILMS = Knowledge.of(
    load_catalogue(
        [
            {"title": "Juno", "year": 2007, "director": "Jason Reitman", "genres": "comedy"},
            {"title": "Gravel Road", "year": 2010, "director": "Ann Marten, Joe Marten", "genres": "western"},
            {"title": "Old Lanterns", "year": 2012, "director": "Tobias Renner", "genres": "thriller"},
            {"title": "Her", "year": 2013, "director": "Spike Jonze", "genres": "drama"},
        ]
    ),
    Similarity(),
    seed=0,
)


def _made_up(knowledge: Knowledge, reply: str) -> tuple[str, ...]:
    check = ReplyCheck(knowledge)
    return check.made_up(reply, list(knowledge.catalogue), heard_in([seeker("Something nice, please")]))


@pytest.mark.parametrize(
    ("knowledge", "reply"),
    [
        (_SHOP, "The Velto R7 costs 59 € and the Sundal Runner 69 €."),
        (_SHOP, "Sundal Runner 69 €"),
        (_SHOP, "The cheapest is the Sundal Kids Safe."),
        (_SHOP, "The lightest is the Velto R7."),
        (_SHOP, "The Velto R7 connects by USB-C."),
        (_BOOKS, "The Salt Ledger is a crime novel."),
        (_BOOKS, "The Salt Ledger pairs well with pasta."),
        (_GAMES, "Moonrail by Omar Haddad is for 1 to 4 players."),
        (_GAMES, "Pancake Panic is for ages 6 and up."),
        (_FILMS, "I would rate Gravel Road 9 out of 10."),
        (_FILMS, "Gravel Road is by the Marten brothers."),
        (_FILMS, "I recommend the film Her (2013)."),
        (_FILMS, "Watch the film Her."),
        (_FILMS, "2012 was a great year for thrillers, and Old Lanterns shows it."),
    ],
)
def test_a_true_reply_has_no_fault(knowledge: Knowledge, reply: str) -> None:
    assert _made_up(knowledge, reply) == ()


@pytest.mark.parametrize(
    ("knowledge", "reply"),
    [
        (_SHOP, "The Velto R7 costs 59 € and the Sundal Runner 79 €."),
        (_SHOP, "The Sundal Runner 800 is great."),
        (_SHOP, "The cheapest is the Sundal Boom."),
        (_BOOKS, "The Salt Ledger is a novel."),
        (_BOOKS, "The Salt Ledger is a fantasy novel."),
        (_GAMES, "Moonrail by Ruth Okafor is for 1 to 4 players."),
        (_GAMES, "Moonrail by Greta Vance is for 1 to 4 players."),
        (_FILMS, "Gravel Road 9 is great."),
        (_FILMS, "Gravel Road is by Tobias Renner."),
        (_FILMS, "I recommend the cobweb."),
    ],
)
def test_a_wrong_reply_keeps_its_fault(knowledge: Knowledge, reply: str) -> None:
    assert _made_up(knowledge, reply)


def test_a_title_of_a_word_is_named_before_its_year() -> None:
    linker = _FILMS.linker
    assert [one.year for one in _FILMS.catalogue if one.id in _FILMS.named("Juno from 2007 is great.")] == [
        2007
    ]
    assert _FILMS.named("Juno from 1999 is great.") == ()
    assert linker.out_of_catalogue("Juno from 2007 is great.") == ()
