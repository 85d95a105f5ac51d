"""Reckoned amounts: what follows from the prices of the items that a reply names.

"Three cost 74.70", "4 euro cheaper", "both together", "with 50 euro you have 5 left", "instead of 34.90": an
amount that is no item's price is right where it is one of these, and only there. A number of pieces is one
that stands before pieces, copies or the item itself: "for 3 to 6 players" multiplies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.items.files.amounts import number_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading
from usbrec.play.grounding.naming.claim_words import claim_words

_WORD = LazyPattern(r"[^\W\d_]+")
_NUMBER = LazyPattern(
    r"(?<![\w.,$€£])(?P<number>[0-9]{1,3}|[^\W\d_]+)(?![.,]?[0-9])"
    r"(?P<range>\s?(?:-|–|to|bis|or|oder|and|und)\s?[0-9])?(?P<times>\s?[x×]?)(?!\w|\s?[€$£%])"
)
#: A number behind one of these is the end of a range, or a place in an order.
_RANGE_BEFORE = LazyPattern(r"(?:[0-9]\s?(?:-|–|to|bis|or|oder)\s?|\bno\.?\s?|\bnr\.?\s?|#)$", re.IGNORECASE)
#: So many words may stand between a number and the pieces that it counts: "three large bottles".
_BETWEEN = 2


class Reckoning(ClaimReading):
    """The prices of items, and what follows from them."""

    def _prices_of(self, item: Item) -> list[float]:
        """What an item costs: by the catalogue's price, and as an offer where there is one beside it."""
        return _numbers(item, self.vocabulary.present_prices)

    def _price_of(self, item: Item) -> float | None:
        return self._known_prices(item)[0]

    def _known_prices(self, item: Item) -> list[float | None]:
        """What an item costs; None alone where that is not known."""
        return [*self._prices_of(item)] or [None]

    def _was(self, said: float, items: Sequence[Item]) -> bool:
        """Whether an amount is a price of before of one of these items, or the higher of two that it has."""
        for item in items:
            before = _numbers(item, self.vocabulary.former_prices)
            if len(now := self._prices_of(item)) > 1:
                before.append(max(now))
            if any(abs(one - said) < _near(said) for one in before):
                return True
        return False

    def _saved(self, said: float, items: Sequence[Item]) -> bool:
        """Whether an amount that is said to be reduced, or saved, is so of one of these items."""
        for item in items:
            now = self._prices_of(item)
            before = _numbers(item, self.vocabulary.former_prices) + now
            lower = [(one, other) for one in now for other in before if one < other]
            if any(min(abs(one - said), abs(other - one - said)) < _near(said) for one, other in lower):
                return True
        return False

    def _reckoned(self, said: float, price: float, start: int, near: float) -> bool:
        """Whether an amount follows from a price: of several, of items together, between two items, or what
        a budget leaves."""
        begin, end = self._sentence_of(start)
        sentence = self._masked[begin:end]
        pieces = [*self._pieces(begin, end, start), *self._nights(begin, end)]
        if any(abs(count * price - said) < near for count in pieces):
            return True
        if claim_words().each.search(self._masked, start, end) and any(
            abs(price / count - said) < near / count for count in self._heads(begin, end)
        ):
            return True
        named = [
            item
            for one in self.page.mentions
            if begin <= one.start < end and (item := self.page.items.get(one.item_id)) is not None
        ]
        if len(named) > 1 and claim_words().together.search(sentence):
            prices = [self._price_of(item) for item in {item.id: item for item in named}.values()]
            known = [one for one in prices if one is not None]
            if len(known) == len(prices) and abs(sum(known) - said) < near:
                return True
        if claim_words().compared.search(sentence):
            items = [self.page.items.get(one.item_id) for one in self.page.mentions]
            others = [self._price_of(item) for item in items if item is not None]
            if any(
                one is not None and one != price and abs(abs(one - price) - said) < near for one in others
            ):
                return True
        given = [
            number_of(one, thousands=True) for one in re.findall(r"[0-9][0-9.,]*[0-9]|[0-9]", self.heard.text)
        ]
        beyond = claim_words().beyond.search(sentence) is not None
        return any(
            one is not None and (one > price or beyond) and abs(abs(one - price) - said) < near
            for one in given
        )

    def _nights(self, begin: int, end: int) -> Iterator[int]:
        """How many nights the times are that a sentence names: a week, two weeks, a weekend."""
        for match in claim_words().stay.finditer(self._masked, begin, end):
            yield self._nights_of(match)

    def _nights_of(self, match: re.Match[str]) -> int:
        lists = claim_words()
        written = (match["number"] or "1").lower()
        number = int(written) if written.isdigit() else lists.counts.get(written, 1)
        word = match["stay"].casefold()
        return number * next(
            nights for known, nights in lists.stays.items() if re.fullmatch(rf"{known}(?:s|n|en|e)?", word)
        )

    def _stay_before(self, begin: int, finish: int) -> int | None:
        """How many nights an amount is said to be of: "a week at Casa Sol costs ...". None where a sentence
        does not say that, or says what one of them costs."""
        opened, closed = self._sentence_of(begin)
        text, lists = self._masked, claim_words()
        match = lists.stay.search(text, opened, begin)
        if (
            match is None
            or lists.each.search(text, finish, closed)
            or lists.once.search(text, finish, closed)
        ):
            return None
        led, between = text[opened : match.start()], text[match.end() : begin]
        return self._nights_of(match) if not led.strip() and lists.stay_costs.fullmatch(between) else None

    def _heads(self, begin: int, end: int) -> Iterator[int]:
        """How many people a sentence speaks of, for what each of them pays."""
        counts = claim_words().counts
        for match in _NUMBER.finditer(self._masked, begin, end):
            written = match["number"].lower()
            number = int(written) if written.isdigit() else counts.get(written, 0)
            if number > 1:
                yield number

    def _in_order(self, said: float, start: int, near: float) -> bool:
        """Whether an amount is the price of the item in its own place: "X and Y cost 4 € and 5 €"."""
        begin, end = self._sentence_of(start)
        ends = [one.end for one in self.page.mentions if begin <= one.start < start]
        behind = next((one.start for one in self.page.mentions if start < one.start < end), end)
        if len(ends) < 2:
            return False
        amounts = [
            match.start("one" if match["one"] else "two")
            for match in claim_words().amount.finditer(self._masked, begin, behind)
        ]
        in_row = [place for place in amounts if place > ends[-1]]
        if start not in in_row:
            return False
        # Titles that had their amounts before are no part of the row.
        opened = max((place for place in amounts if place < ends[-1]), default=begin)
        named = [one for one in self.page.mentions if opened <= one.start < start]
        if len(in_row) != len(named):
            return False
        item = self.page.items.get(named[in_row.index(start)].item_id)
        return item is not None and any(abs(price - said) < near for price in self._prices_of(item))

    def _pieces(self, begin: int, end: int, amount: int) -> Iterator[int]:
        """How many of an item a sentence speaks of, but for the amount at a place of it."""
        text, counts = self.page.text, claim_words().counts
        for match in _NUMBER.finditer(text, begin, end):
            written = match["number"].lower()
            number = int(written) if written.isdigit() else counts.get(written, 0)
            if number < 2 or match["range"] or match.start() <= amount < match.end():
                continue
            if self._within_title(match.start()) or _RANGE_BEFORE.search(text[begin : match.start()]):
                continue
            if match["times"].strip() or self._counted(match.end(), end):
                yield number

    def _counted(self, place: int, end: int) -> bool:
        """Whether what a number counts is the item: its name, pieces of it or its kind; or the number says
        that by itself ("three for 45", "both", "all six")."""
        text, lists = self.page.text, claim_words()
        titled = next((one.start for one in self.page.mentions if one.start >= place), end)
        words = [
            word
            for word in _WORD.finditer(text, place, min(end, titled))
            if not re.search(r"[.,;:!?()–]", text[place : word.start()])
        ]
        if not words:
            return titled < end or not text[place:end].strip(" .!")
        first = words[0][0].casefold()
        if lists.pieces_follow.fullmatch(first):
            return True
        if not re.fullmatch(r"[\s-]*", text[place : words[0].start()]):
            return False
        near = [word[0].casefold() for word in words[: _BETWEEN + 1]]
        if any(lists.pieces.fullmatch(word) or self._kind(word) for word in near):
            return True
        joined = titled < end and not re.search(r"[.,;:!?()–]", text[place:titled])
        return joined and len(words) <= _BETWEEN

    def _kind(self, word: str) -> bool:
        """Whether a word in the plural is a kind of what the catalogue has."""
        return any(word.removesuffix(ending) in self._kinds for ending in ("s", "es", "n", "en", "e", ""))

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return self.vocabulary.genres


def _numbers(item: Item, columns: Sequence[TypedColumn]) -> list[float]:
    read = [column.number(item.extra.get(column.name, "")) for column in columns]
    return [number for number in read if number is not None]


def _near(said: float) -> float:
    return 1.0 if said == int(said) else 0.005
