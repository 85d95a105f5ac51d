"""Given values: colours and kinds that a reply gives an item in passing: "the red X", "X in a stylish red",
"its red shell", "the in-ear version of X".

A fault where the item has another value in that column and nothing denies, asks for or compares it. What a
reply says that an item *is* is read elsewhere; here it takes a place that speaks of nothing but the item: at
the end of what is said, before its title, or before a word for the item or for what shows its colour. "Goes
with red meat" says nothing of it. Only in catalogues with prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.colours import colours_of, may_be_called
from usbrec.items.linking.reading import Mention
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.makers import holds
from usbrec.play.grounding.naming.value_claims import cells_of


class GivenValues(ClaimReading):
    """Finds values of columns that are given to an item of another value."""

    def _given(self) -> Iterator[Fault]:
        known = self.vocabulary.passing
        if known is None:
            return
        text = self._normal
        for match in known.in_text(text):
            columns = known.said.get(normalise_title(match[0]), {})
            if not columns or self._within_title(match.start()):
                continue
            colour = not known.colour_columns.isdisjoint(columns)
            if not self._speaks_of_items(match, colour) or self._is_open(match):
                continue
            told = self._given_to(match)
            led = normalise_title(text[: match.start()].rpartition(" ")[0].rpartition(" ")[2])
            if any(led == own for item in told for column in columns for own in cells_of(item, column)):
                continue  # "a crime novel" is its own kind
            if told and all(self._has_other(item, columns, known.colour_columns) for item in told):
                yield Fault(*match.span(), None)

    @cached_property
    def _normal(self) -> str:
        """The text without titles, in the form in which values are known, as long as before."""
        return "".join(
            plain if len(plain := normalise_title(one)) == 1 and one.isalpha() else one
            for one in self._masked
        )

    def _speaks_of_items(self, match: re.Match[str], colour: bool) -> bool:
        """Whether a value stands where it is said of an item."""
        lists, text = claim_words(), self._normal
        before = max(0, match.start() - 60), match.start()
        if lists.given_in.search(text, *before):
            return True
        behind = lists.given_behind_colour if colour else lists.given_behind
        if not behind.match(text, match.end()):
            return False
        # "The red X", "comes in red": that is no word of the seeker's wish.
        attached = text[match.end() :].lstrip()[:1] == "_" or lists.given_attached.search(text, *before)
        return bool(attached) or f" {normalise_title(match[0])} " not in self.heard.words

    def _is_open(self, match: re.Match[str]) -> bool:
        """Whether what is said there is denied, wished for, compared or asked."""
        lists, text = claim_words(), self._masked
        opened, closed = self._sentence_of(match.start())
        sentence = text[opened:closed]
        if sentence.rstrip().endswith("?") and not lists.given_offer.match(sentence):
            return True
        return lists.given_open.search(sentence) is not None

    def _given_to(self, match: re.Match[str]) -> Sequence[Item]:
        """The items that it may be said of: the one whose title follows, the last one before, or the only
        one of its sentence; of a sentence that begins with "it" the one before."""
        opened, closed = self._sentence_of(match.start())
        here = [one for one in self.page.mentions if opened <= one.start < closed]
        text = self._normal
        next_one = next((one for one in here if one.start >= match.end()), None)
        if next_one is not None and not text[match.end() : next_one.start].strip(" \"'“„«*"):
            return self._meant(next_one)
        before = [one for one in here if one.end <= match.start()]
        if before:
            # "The case of the X is red."
            part = claim_words().given_part(self._masked[opened : before[-1].start])
            return () if part else self._meant(before[-1])
        if here:
            return self._meant(here[0]) if len({one.item_id for one in here}) == 1 else ()
        return self._carried(opened, closed)

    def _carried(self, opened: int, closed: int) -> Sequence[Item]:
        """The only item that was named before, where a sentence without a title speaks of it."""
        before = [one for one in self.page.mentions if one.end <= opened]
        if len({one.item_id for one in before}) != 1:
            return ()
        return self._meant(before[-1]) if claim_words().given_it.search(self._masked, opened, closed) else ()

    def _meant(self, mention: Mention) -> Sequence[Item]:
        ids = dict.fromkeys((mention.item_id, *mention.candidates))
        known = [item for item_id in ids if (item := self.page.items.get(item_id)) is not None]
        return known if len(known) == len(ids) else ()

    @staticmethod
    def _has_other(item: Item, columns: Mapping[str, str], colours: frozenset[str]) -> bool:
        """Whether an item has a value in each of these columns, and never this one."""
        for column, value in columns.items():
            own = cells_of(item, column)
            if not own or any(value == one or f" {value} " in f" {one} " for one in own):
                return False
            if column in colours and any(not colours_of(one) or may_be_called(one, value) for one in own):
                return False
        return not any(holds(item, value) for value in columns.values())
