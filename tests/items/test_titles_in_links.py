"""Titles that a link of Markdown shows."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

TITLES = ("Inception", "The Dark Knight", "Heat", "Coco", "Up", "Here", "Click", "Home", "Source", "Frozen")
LINKER = Linker([Item(title, title, 2010) for title in TITLES])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("I recommend [Inception](https://imdb.com).", ["Inception"]),
        ("[Inception][1]", ["Inception"]),
        ("[Inception (2010)](https://imdb.com)", ["Inception"]),
        ("[The Dark Knight](http://x)", ["The Dark Knight"]),
        ("1. [Heat](http://a.b/c)\n2. [Coco](http://a.b)\n3. [Up](/x)", ["Heat", "Coco", "Up"]),
        ("See [Here](http://x), [Click](http://y), [Home](/) and [Source][1].", []),
        ("We had [Frozen food](http://x).", []),
    ],
)
def test_what_a_link_shows_is_a_title_unless_links_are_called_so(text: str, named: list[str]) -> None:
    assert [mention.title for mention in LINKER.link(text)] == named
