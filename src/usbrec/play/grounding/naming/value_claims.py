"""Value claims: what a reply says that an item is, held against columns of categories (colour, kind).

"The Arlo Q4 is red", "ist ein Weißwein", "is a cooperative game": a fault where the catalogue knows the word
as a value of a column in which this item has another. Only in catalogues with prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.column_types import names_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.makers import holds

#: What is said of a subject: words up to a stop or the next title.
_CLAUSE = LazyPattern(r"[^.,;:!?()\n_]{1,90}")
_WORD = LazyPattern(r"[^\W\d_]+(?:['’]s)?")
_IT = LazyPattern(r"\s*(?:it|es|er)\b", re.IGNORECASE)
_LONGEST = 3
#: So many words may stand before a value behind an article, and so many behind it.
_BEFORE, _BEHIND = 3, 1


class ValueClaims(ClaimReading):
    """Finds values of columns that are said of an item of another value."""

    def _values(self) -> Iterator[Fault]:
        if not (self.vocabulary.present_prices and self.vocabulary.values):
            return
        for item, place in self._subjects():
            clause = _CLAUSE.match(self._masked, place)
            fault = None if clause is None else self._said_to_be(item, clause)
            if fault is not None:
                yield fault

    def _subjects(self) -> Iterator[tuple[Item, int]]:
        """The items that sentences speak about, each with the place where what is said of it begins."""
        lists, text = claim_words(), self._masked
        for mention in self.page.mentions:
            opened, closed = self._sentence_of(mention.start)
            led = set(_WORD.findall(text[opened : mention.start].casefold()))
            item = self.page.items.get(mention.item_id)
            if item is None or mention.candidates[1:] or text[opened:closed].rstrip().endswith("?"):
                continue
            if lists.features["free"].isdisjoint(led) and not lists.part_of.search(
                text[opened : mention.start]
            ):
                yield item, mention.end
        for opened, closed in self._sentences:
            before = [one for one in self.page.mentions if one.end <= opened]
            it = _IT.match(text, opened, closed) if before else None
            item = self.page.items.get(before[-1].item_id) if before else None
            if it is not None and item is not None and not text[opened:closed].rstrip().endswith("?"):
                yield item, it.end()

    def _said_to_be(self, item: Item, clause: re.Match[str]) -> Fault | None:
        lists = claim_words()
        opening = lists.is_something.match(clause[0])
        if opening is None:
            return None
        words = [
            (match[0].casefold().removesuffix("'s").removesuffix("’s"), match.span())
            for match in _WORD.finditer(clause[0], opening.end())
        ]
        stops = lists.behind_kind | lists.features["not"] | lists.features["free"]
        stop = next((place for place, (word, _) in enumerate(words) if word in stops), len(words))
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
            if columns & own or holds(item, value) or not all(_cells(item, column) for column in columns):
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
        return [column for column in self.vocabulary.values[value] if value in _cells(item, column)]


def _cells(item: Item, column: str) -> list[str]:
    """The values that an item has in a column, in their normal forms."""
    cells = item.genres if column == "genres" else names_of(item.extra.get(column, ""))
    return [normalise_title(cell) for cell in cells if cell]
