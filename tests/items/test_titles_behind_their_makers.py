"""Titles of songs: with whose they are before or behind them, in one word or several."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.items.open import open_linker

LINKER = open_linker(
    load_catalogue(
        [
            {"id": "adele", "title": "Hello", "artist": "Adele", "year": 2015, "popularity": 99},
            {"id": "richie", "title": "Hello", "artist": "Lionel Richie", "year": 1983, "popularity": 70},
            {"id": "prince", "title": "1999", "artist": "Prince", "year": 1982},
            {"id": "beatles", "title": "Help!", "artist": "The Beatles", "year": 1965},
            {"id": "queen", "title": "Liar", "artist": "Queen", "year": 1973},
            {"id": "night", "title": "Heat", "artist": "Night", "year": 1999},
        ]
    )
)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Lionel Richie – Hello", "richie"),
        ("1. Adele - Hello", "adele"),
        ('Try Adele: "Hello".', "adele"),
        ("Hello by Adele, if you like.", "adele"),
        ("Hello by Lionel Richie", "richie"),
        ("1999 by Prince", "prince"),
        ("Prince - 1999", "prince"),
        ("Help! by The Beatles", "beatles"),
        ("You could try Queen: Liar.", "queen"),
    ],
)
def test_whose_a_title_is_tells_it(text: str, item: str) -> None:
    """A common word is a title beside the name of its own artist, and of two songs theirs is meant."""
    assert [found.item_id for found in LINKER.link(text)] == [item]


@pytest.mark.parametrize(
    "text",
    [
        "I feel the heat by night.",
        "He called out to Adele - hello?",
        "She said to the queen: liar!",
        "Party like it is 1999.",
        "A fan of Coldplay - 1999 was my year.",
    ],
)
def test_words_beside_other_words_stay_words(text: str) -> None:
    """A name in small letters is nobody, and another's name is not whose the title is."""
    assert LINKER.link(text) == ()
