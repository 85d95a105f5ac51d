"""Unlisted names: what a reply writes like a name although the catalogue has no such item.

A name is found by what it looks like and by the words it is made of, whatever is sold: runs of capitals
inside a sentence, model numbers, words that no list of ordinary words and no field of the catalogue has (so
also names in small letters), words that only its titles have, numbers and words where a name stands ("have
you seen ..."), what is in quotes, bold, or opens an entry of a list, other scripts. What the catalogue calls
its categories, people and features is ordinary, what the seeker has said may be repeated but not
recommended, and places, languages and standards have capitals of their own.

Strict rather than lenient: a reply that is refused is drawn again, one that is let through misleads.
What is known about a language is its lexicon (English and German); of others shapes alone count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Item
from usbrec.play.grounding.naming.beside import Beside
from usbrec.play.grounding.naming.german import GermanSmallLetters
from usbrec.play.grounding.naming.marked import Marked
from usbrec.play.grounding.naming.odd_marks import OddMarks
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.phrases import Phrases
from usbrec.play.grounding.naming.places import Places
from usbrec.play.grounding.naming.positions import Positions
from usbrec.play.grounding.naming.vocabulary import Vocabulary


@dataclass(frozen=True)
class NameCheck:
    """Finds unlisted names in replies about the items of one catalogue; a `strict` one also refuses a reply
    that does not show that it names none (naming/acts.py, naming/anchors.py,
    naming/positions.py)."""

    vocabulary: Vocabulary
    strict: bool = False

    def unlisted(self, page: Page, shown: Sequence[Item], heard: Heard) -> tuple[str, ...]:
        """What `page` calls by a name that is none of ours, and what it says that may be one. `shown` are the
        items that the reply is to choose from, `heard` is what the seeker has said."""
        return tuple(_Finder(self.vocabulary, page, shown, heard.words, heard.named, self.strict).found())


class _Finder(Places, Phrases, GermanSmallLetters, Beside, Marked, OddMarks, Positions):
    """All ways of finding names, on one reply."""

    def found(self) -> Iterator[str]:
        yield from self.names()
        if self._begins_small():
            yield self.page.raws[0]
        yield from self._grown()
        yield from self._in_slots()
        yield from self._bare_nouns()
        yield from self._german_small()
        yield from self._beside_others()
        yield from self._paired()
        yield from self._marked()
        yield from self._dotted()
        if self.strict:
            yield from self._marks_within()
            yield from self._in_no_language()
            yield from self._unexplained()
            yield from self._beside_anchors()
            yield from self._in_item_positions()
        else:
            yield from self._in_cued_templates()
