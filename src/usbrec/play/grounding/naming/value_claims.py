"""Value claims: what a reply says that an item is, held against columns of categories (colour, kind).

"The Arlo Q4 is red", "ist ein Weißwein", "is a cooperative game": a fault where the catalogue knows the word
as a value of a column in which this item has another. Only in catalogues with prices.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.colours import may_be_called
from usbrec.items.constraints.column_types import names_of
from usbrec.items.linking.reading import Mention
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.makers import holds

#: What is said of a subject: words up to a stop or the next title.
_CLAUSE = LazyPattern(r"[^.,;:!?()\n_]{1,90}")
_WORD = LazyPattern(r"[^\W\d_]+(?:['’]s)?")
_IT = LazyPattern(r"\s*(?:it|es|er)\b", re.IGNORECASE)
#: What speaks of several items that were named.
_THEY = LazyPattern(r"\s*(?:they|these|both|beide)\b", re.IGNORECASE)
_THEY_AGAIN = LazyPattern(
    r"(?:[,;–—]\s*|\s)(?:because|since|as|and|for|though|although|denn|und)\s+(?:they|these|both|beide)\b",
    re.IGNORECASE,
)
#: The same in a later clause of the sentence that names the item.
_IT_AGAIN = LazyPattern(
    r"(?:[,;–—]\s*|\s)(?:because|since|as|and|for|though|although|denn|und)\s+(?:it|es|er)\b", re.IGNORECASE
)
_LONGEST = 3
#: So many words may stand before a value behind an article, and so many behind it.
_BEFORE, _BEHIND = 3, 1


class ValueClaims(ClaimReading):
    """Finds values of columns that are said of an item of another value."""

    def _values(self) -> Iterator[Fault]:
        if not (self.vocabulary.present_prices and self.vocabulary.values):
            return
        lists = claim_words()
        for place, item in self._subjects():
            clause = _CLAUSE.match(self._masked, place)
            opening = None if clause is None else lists.is_something.match(clause[0])
            # Most that is said of items says nothing that they are.
            if clause is None or opening is None or not (told := item()):
                continue
            # Of several items of one name it must be so of one.
            faults = [self._said_to_be(one, clause, opening) for one in told]
            found = [fault for fault in faults if fault is not None]
            if len(found) == len(faults):
                yield found[0]

    def _subjects(self) -> Iterator[tuple[int, Callable[[], Sequence[Item]]]]:
        """Where what is said of items that sentences speak about begins, each with what looks up the items
        that may be meant: none where a sentence asks, wishes or compares, or speaks of a part of it."""
        text = self._masked
        for mention in self.page.mentions:
            yield mention.end, functools.partial(self._spoken_of, mention)
        for opened, closed in self._sentences:
            it = _IT.match(text, opened, closed)
            before = [one for one in self.page.mentions if one.end <= opened] if it is not None else []
            if it is not None and before and not text[opened:closed].rstrip().endswith("?"):
                yield it.end(), functools.partial(self._alike, before[-1])
            here = [one for one in self.page.mentions if opened <= one.start < closed]
            yield from self._of_several(opened, closed, here)
            if len({one.item_id for one in here}) == 1:
                # "Try the Arlo Q4, because it is red."
                for again in _IT_AGAIN.finditer(text, here[-1].end, closed):
                    yield again.end(), functools.partial(self._spoken_of, here[-1])

    def _of_several(
        self, opened: int, closed: int, here: list[Mention]
    ) -> Iterator[tuple[int, Callable[[], Sequence[Item]]]]:
        """What is said of all items of the sentence before, or of this one: "Both are red"."""
        again = _THEY_AGAIN.search(self._masked, here[-1].end, closed) if here else None
        they = again or (None if here else _THEY.match(self._masked, opened, closed))
        if they is None:
            return
        if not here:
            begun = max((start for start, end in self._sentences if end <= opened), default=opened)
            here = [one for one in self.page.mentions if begun <= one.start < opened]
        if len({one.item_id for one in here}) > 1:
            for mention in here:
                yield they.end(), functools.partial(self._spoken_of, mention)

    def _spoken_of(self, mention: Mention) -> Sequence[Item]:
        lists, text = claim_words(), self._masked
        opened, closed = self._sentence_of(mention.start)
        led = text[opened : mention.start]
        if text[opened:closed].rstrip().endswith("?"):
            return ()
        if not lists.features["free"].isdisjoint(_WORD.findall(led.casefold())) or lists.part_of.search(led):
            return ()
        return self._alike(mention)

    def _alike(self, mention: Mention) -> Sequence[Item]:
        """The items that a mention may mean, where all of them are known."""
        ids = dict.fromkeys((mention.item_id, *mention.candidates))
        known = [item for item_id in ids if (item := self.page.items.get(item_id)) is not None]
        return known if len(known) == len(ids) else ()

    def _said_to_be(self, item: Item, clause: re.Match[str], opening: re.Match[str]) -> Fault | None:
        lists = claim_words()
        words = [
            (match[0].casefold().removesuffix("'s").removesuffix("’s"), match.span())
            for match in _WORD.finditer(clause[0], opening.end())
        ]
        stops = lists.behind_kind | lists.features["not"] | lists.features["free"]
        # "on-ear" is one word.
        stop = next(
            (
                place
                for place, (word, (_, end)) in enumerate(words)
                if word in stops and clause[0][end : end + 1] != "-"
            ),
            len(words),
        )
        run = words[:stop]
        if stop < len(words) and words[stop][0] in lists.features["free"]:
            return None
        article, for_whom = opening["article"] is not None, opening["for"] is not None
        said = list(self._values_in([word for word, _ in run]))
        own = {column for first, last, value in said for column in self._columns_of(item, value)}
        for first, last, value in said:
            behind = sum(not any(a <= place < b for a, b, _ in said) for place in range(last, len(run)))
            if (first > _BEFORE or behind > _BEHIND) if article else (first > 0 or behind):
                continue
            columns = self.vocabulary.values[value]
            if for_whom and value not in lists.audiences and not columns & {"audience", "zielgruppe"}:
                continue
            if columns & own or holds(item, value) or not all(cells_of(item, column) for column in columns):
                continue
            begin = clause.start()
            return Fault(begin + run[first][1][0], begin + run[last - 1][1][1], None)
        return None

    def _values_in(self, run: list[str]) -> Iterator[tuple[int, int, str]]:
        """Where values of columns stand in a run of words, and which."""
        place = 0
        while place < len(run):
            for length in range(min(_LONGEST, len(run) - place), 0, -1):
                value = self._value(normalise_title(" ".join(run[place : place + length])))
                if value is not None:
                    yield place, place + length, value
                    place += length - 1
                    break
            place += 1

    def _value(self, said: str) -> str | None:
        """The value of a column that words name, in the catalogue's language or another."""
        values = self.vocabulary.values
        if said in values:
            return said
        return next((one for one in claim_words().value_names.get(said, ()) if one in values), None)

    def _columns_of(self, item: Item, value: str) -> list[str]:
        """The columns in which an item has a value."""
        return [
            column
            for column in self.vocabulary.values[value]
            if any(value == cell or may_be_called(cell, value) for cell in cells_of(item, column))
        ]


def cells_of(item: Item, column: str) -> list[str]:
    """The values that an item has in a column, in their normal forms."""
    cells = item.genres if column == "genres" else names_of(item.extra.get(column, ""))
    return [normalise_title(cell) for cell in cells if cell]
