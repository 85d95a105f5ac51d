"""Unplaced values: years, people, makers and categories in sentences about items of which none has them.

Where nothing may be said that isn't known, such a word is a claim whatever else it may be: a story's year, a
prize's, somebody whom the seeker didn't speak of. Otherwise nobody is looked for, a year is one
where no story, prize or other work may have it, and a category where it stands by itself in a sentence that
denies and compares nothing. What the seeker has said is theirs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.colours import may_be_called
from usbrec.items.constraints.column_types import names_of
from usbrec.play.grounding.naming.claim_reading import sentences_of
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.vocabulary import Vocabulary
from usbrec.play.grounding.naming.year_words import YearWords
from usbrec.play.grounding.naming.years import RANGE, YEAR, holds_number

#: Names of so many words are looked for.
_LONGEST = 4


def unplaced(page: Page, heard: Heard, vocabulary: Vocabulary, *, strict: bool) -> Iterator[str]:
    """What is said so, in the words of the reply; `strict` leaves nothing to stories."""
    shop = bool(vocabulary.present_prices)
    if not (strict or shop or YEAR.search(page.text)):
        return
    for begin, end in sentences_of(page):
        here = [one for one in page.mentions if begin <= one.start < end]
        ids = {item_id for one in here for item_id in (one.item_id, *one.candidates)}
        items = [page.items[item_id] for item_id in sorted(ids) if item_id in page.items]
        if items:
            yield from _years(page, heard, items, begin, end, strict=strict)
            if strict or (shop and not _is_open(page.text[begin:end])):
                yield from _names(page, heard, items, vocabulary, begin, end, strict=strict)


def _is_open(sentence: str) -> bool:
    """Whether a sentence denies, compares, asks or speaks of likings: its categories claim nothing."""
    return sentence.rstrip().endswith("?") or unplaced_words().open.search(sentence) is not None


def _years(
    page: Page, heard: Heard, items: Sequence[Item], begin: int, end: int, *, strict: bool
) -> Iterator[str]:
    if not any(item.year for item in items):
        return
    found, own = list[str](), False
    for match in YEAR.finditer(page.text, begin, end):
        if _within(page, match.start()):
            own = True
            continue
        if re.search(rf"(?<![0-9]){match['year']}(?![0-9])", heard.words):
            continue
        if any(item.year == int(match["year"]) or holds_number(item, match["year"]) for item in items):
            own = True
        elif strict or not _of_something_else(page.text, match, begin, end):
            found.append(match["year"])
    # "Heat (1995), a tale of 2001": whoever says its year means something else by another.
    if strict or not own:
        yield from found


def _of_something_else(text: str, match: re.Match[str], begin: int, end: int) -> bool:
    """Whether a year may be that of a story, a prize or another work."""
    words = unplaced_words()
    before = begin, match.start()
    if words.released.search(text, *before) is not None and words.works.search(text, *before) is None:
        return False  # "Launched in 2017: X", not "the novel came out in 2017"
    return (
        words.of_story.search(text, *before) is not None
        or words.year_elsewhere.search(text, begin, end) is not None
        or RANGE.match(text, match.end()) is not None
    )


def _names(
    page: Page,
    heard: Heard,
    items: Sequence[Item],
    vocabulary: Vocabulary,
    begin: int,
    end: int,
    *,
    strict: bool,
) -> Iterator[str]:
    """Of others people and makers, where `strict`, and, in a shop, categories."""
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
            told = said in known or f" {said} " in heard.words or _is_shade(said, items, columns)
            if told or not (person or columns & filled):
                place += length - 1
                break
            # "A crime novel" is its own kind, whatever else is called a novel.
            alone = unplaced_words().alone.match(page.text, run[-1].end) and not (
                place and words[place - 1].norm in known
            )
            if strict or (alone and not person):
                yield page.text[run[0].start : run[-1].end]
            place += length - 1
            break
        place += 1


def _is_shade(said: str, items: Sequence[Item], columns: Iterable[str]) -> bool:
    """Whether a colour is what one of the items may be called: what is navy is blue."""
    cells = (item.extra.get(column, "") for column in columns for item in items)
    return any(may_be_called(name, said) for cell in cells if cell for name in names_of(cell))


@functools.cache
def unplaced_words() -> _Words:
    return _Words()


class _Words(YearWords):
    """The words of all languages at once that leave years and categories open."""

    @cached_property
    def of_story(self) -> re.Pattern[str]:
        """Before a year in which something happens, in a story or to it: "in", "back to"."""
        return re.compile(rf"(?<!\w){self._any('year_of_story')}\s+$", re.IGNORECASE)

    @cached_property
    def released(self) -> re.Pattern[str]:
        """Before a year in which an item came out: "launched in"."""
        return re.compile(rf"(?<!\w){self._any('year_released')}\s+(?:\w+\s+)?$", re.IGNORECASE)

    @cached_property
    def year_elsewhere(self) -> re.Pattern[str]:
        """What else may have a year: "winner", "remake", "novel"."""
        return re.compile(rf"(?<!\w){self._any('year_works year_elsewhere')}(?!\w)", re.IGNORECASE)

    @cached_property
    def open(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w){self._any('values_open')}(?!\w)", re.IGNORECASE)

    @cached_property
    def alone(self) -> re.Pattern[str]:
        """What follows a category that stands by itself: "in our list", "section"."""
        return re.compile(
            rf"[\"”’'*_]*\s*(?:$|[.,;:!?)\n]|\s[-–—]\s|{self._any('values_alone')}(?!\w))", re.IGNORECASE
        )


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
