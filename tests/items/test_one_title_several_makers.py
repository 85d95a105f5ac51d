"""Items of one title by several makers are told apart by who is named beside it, and shown so."""

from __future__ import annotations

import pytest

from usbrec import enhance, load_catalogue
from usbrec.items import open_linker

CATALOGUE = load_catalogue(
    [
        {"id": "1", "title": "Pro 200", "brand": "Wesko", "price": "49 €", "stock": "3"},
        {"id": "2", "title": "Pro 200", "brand": "Altro", "price": "149 €", "stock": "3"},
        {"id": "3", "title": "Basso", "brand": "Altro", "price": "99 €", "stock": "3"},
    ]
)
SONGS = load_catalogue(
    [
        {"id": "1", "title": "Low Tide", "artist": "Ella Kolm", "year": "2015"},
        {"id": "2", "title": "Low Tide", "artist": "Bo Renn", "year": "1984"},
        {"id": "3", "title": "Low Tide", "artist": "Jo Perl", "year": "2015"},
    ]
)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("I recommend the Wesko Pro 200.", "1"),
        ("I recommend the Altro Pro 200 for 149 €.", "2"),
        ("Pro 200 (Altro)", "2"),
        ("**Pro 200** (Altro)", "2"),
        ("Altro's Pro 200", "2"),
        ("the Pro 200 by Altro", "2"),
    ],
)
def test_a_maker_beside_a_title_says_which_item_is_meant(text: str, item: str) -> None:
    (mention,) = open_linker(CATALOGUE).link(text)
    assert (mention.item_id, mention.candidates) == (item, (item,))


def test_a_title_alone_leaves_several_open() -> None:
    (mention,) = open_linker(CATALOGUE).link("Take the Pro 200.")
    assert mention.candidates == ("1", "2")


def test_songs_of_one_year_are_told_apart_too() -> None:
    linker = open_linker(SONGS)
    assert [linker.link(text)[0].candidates for text in ("Low Tide (2015) (Jo Perl)", "Low Tide (1984)")] == [
        ("3",),
        ("2",),
    ]


def test_an_item_is_shown_and_said_with_its_maker_where_another_has_its_title() -> None:
    better = enhance("scripted:docs/examples/shop-model.jsonl", catalogue=CATALOGUE, drafts=2)
    reply = better.reply_sync(
        ["Something from Altro, please."], filter={"brand": "Altro", "price": {"min": 120}}
    )
    assert (reply.items, "Pro 200 (Altro)" in reply.text) == (("2",), True)
