"""Spelling: a title that is read in spite of a slip of the pen is written as the catalogue writes it.

Who reads "Brell Ondo" looks for it in the shop by that name, and doesn't find the Brell Onda.
"""

from __future__ import annotations

from collections.abc import Iterator

from usbrec.items.titles import words
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.page import Page

#: Shorter words are others rather than misspelt.
_SHORTEST = 4


def slips(page: Page) -> Iterator[Fault]:
    """The words of titles that differ from the catalogue's, where one word of a title does."""
    for mention in page.mentions:
        item = page.items.get(mention.item_id)
        if item is None or mention.text.startswith(item.title):
            continue
        written = list(words(mention.text))
        for title in item.titles:
            meant = list(words(title))
            said = written[: len(meant)]
            other = [
                place
                for place, (one, right) in enumerate(zip(said, meant, strict=False))
                if one.norm != right.norm
            ]
            if len(said) != len(meant) or len(other) > 1:
                continue
            if other and _is_slip(said[other[0]].norm, meant[other[0]].norm):
                one, right = said[other[0]], meant[other[0]]
                start = mention.start
                yield Fault(start + one.start, start + one.end, title[right.start : right.end])
            break


def _is_slip(said: str, meant: str) -> bool:
    """Whether one of two words is the other misspelt, and not another form of it."""
    if min(len(said), len(meant)) < _SHORTEST or not (said.isalpha() and meant.isalpha()):
        return False
    return not (said.startswith(meant) or meant.startswith(said))
