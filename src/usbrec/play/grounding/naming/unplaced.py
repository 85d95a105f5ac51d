"""Unplaced values: years, people, makers and categories in sentences about items of which none has them.

Where nothing may be said that isn't known, such a word is a claim whatever else it may be: a story's year, a
prize's, somebody whom the seeker didn't speak of. What the seeker has said is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.column_types import names_of
from usbrec.play.grounding.naming.claim_reading import sentences_of
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.vocabulary import Vocabulary
from usbrec.play.grounding.naming.years import YEAR, holds_number

#: Names of so many words are looked for.
_LONGEST = 4


def unplaced(page: Page, heard: Heard, vocabulary: Vocabulary) -> Iterator[str]:
    """What is said so, in the words of the reply."""
    for begin, end in sentences_of(page):
        here = [one for one in page.mentions if begin <= one.start < end]
        ids = {item_id for one in here for item_id in (one.item_id, *one.candidates)}
        items = [page.items[item_id] for item_id in sorted(ids) if item_id in page.items]
        if items:
            yield from _years(page, heard, items, begin, end)
            yield from _names(page, heard, items, vocabulary, begin, end)


def _years(page: Page, heard: Heard, items: Sequence[Item], begin: int, end: int) -> Iterator[str]:
    if not any(item.year for item in items):
        return
    for match in YEAR.finditer(page.text, begin, end):
        if _within(page, match.start()) or re.search(rf"(?<![0-9]){match['year']}(?![0-9])", heard.words):
            continue
        if not any(item.year == int(match["year"]) or holds_number(item, match["year"]) for item in items):
            yield match["year"]


def _names(
    page: Page, heard: Heard, items: Sequence[Item], vocabulary: Vocabulary, begin: int, end: int
) -> Iterator[str]:
    """People and makers of others, and, in a shop, categories that are not theirs."""
    words = [word for word in page.words if begin <= word.start < end and not _within(page, word.start)]
    known = {name for item in items for name in _all_of(item)}
    filled = {column for item in items for column in _columns(item)}
    shop = bool(vocabulary.present_prices)
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            run = words[place : place + length]
            said = " ".join(word.norm for word in run)
            person = said in vocabulary.people or said in vocabulary.makers
            if person and not (length > 1 or page.text[run[0].start].isupper()):
                continue
            columns = vocabulary.values.get(said, frozenset()) if shop else frozenset()
            if not person and not columns:
                continue
            if said in known or f" {said} " in heard.words or not (person or columns & filled):
                place += length - 1
                break
            yield page.text[run[0].start : run[-1].end]
            place += length - 1
            break
        place += 1


def _within(page: Page, place: int) -> bool:
    return any(one.start <= place < one.end for one in page.mentions)


def _columns(item: Item) -> Iterator[str]:
    """The columns in which something is known of an item."""
    yield from (column for column, cell in item.extra.items() if cell)
    if item.genres:
        yield "genres"


def _all_of(item: Item) -> Iterator[str]:
    """What an item's columns hold, in normal form, and the words of its title and text."""
    cells = [
        *item.people,
        *item.genres,
        *(name for cell in item.extra.values() if cell for name in names_of(cell)),
    ]
    yield from map(normalise_title, cells)
    for text in (*item.titles, item.text):
        yield from normalise_title(text).split(" ")
