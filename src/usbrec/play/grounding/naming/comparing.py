"""Price comparisons: "cheaper than", "the cheapest", "20 % off", "free", held against what items cost.

Where a price is not known, or a sentence denies, asks or wishes, nothing is claimed. A discount is a fault
where the catalogue has no price of before that it follows from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items.constraints.column_types import name_words
from usbrec.items.files.amounts import number_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.reckoning import Reckoning

_WORD = LazyPattern(r"n['’]t\b|[^\W\d_]+?(?=n['’]t\b)|[^\W\d_]+")
_IT = LazyPattern(r"\s*(?:it|es|er|sie)\b", re.IGNORECASE)
#: How far the ratio of two prices may be off where one is said to be twice the other, and equal prices.
_TIMES, _EQUAL = 0.1, 0.02
_PER = frozenset({"per", "pro", "nightly"})


class PriceComparisons(Reckoning):
    """Finds wrong comparisons of prices, discounts that are none and stocks said in words."""

    def _compared_prices(self) -> Iterator[Fault]:
        text = self._masked
        lists = claim_words()
        if not self.vocabulary.present_prices or not lists.price_cues.search(text):
            return
        yield from self._free_of_charge()
        yield from self._discounts()
        yield from self._pairwise()
        yield from self._extremes()
        yield from self._many_in_stock()

    def _stated(self, opened: int, closed: int, place: int) -> bool:
        """Whether a sentence states what it says: no question, nor, before a place, a denial or a wish."""
        text, uses = self._masked, claim_words().features
        words = _WORD.findall(text[opened:place].casefold())
        told = (uses["not"] | uses["free"] - {"than", "als"}).isdisjoint(words)
        return told and not text[opened:closed].rstrip().endswith("?")

    def _free_of_charge(self) -> Iterator[Fault]:
        nightly = any(_PER & set(name_words(one.name).split("_")) for one in self.vocabulary.present_prices)
        for mention in self.page.mentions:
            match = claim_words().free_of_charge.match(self._masked, mention.end)
            item = self.page.items.get(mention.item_id)
            price = None if item is None else self._price_of(item)
            if match is None or not price or (nightly and match["said"].casefold() == "free"):
                continue
            if self._stated(*self._sentence_of(mention.start), match.start()):
                yield Fault(match.start("said"), match.end("said"), None)

    def _discounts(self) -> Iterator[Fault]:
        for match in claim_words().discount.finditer(self._masked):
            opened, closed = self._sentence_of(match.start())
            here = any(opened <= one.start < match.start() for one in self.page.mentions)
            if not (here or _IT.match(self._masked, opened, closed)):
                continue
            if not self._stated(opened, closed, match.start()):
                continue
            about = next(iter(self._about(match.start())), [])
            share = 50.0 if match["share"] is None else number_of(match["share"])
            if about and share is not None and not any(self._is_reduced(item, share) for item in about):
                yield Fault(match.start(), match.end(), None)

    def _is_reduced(self, item: Item, share: float) -> bool:
        """Whether an item costs so many percent less than before, or a field of it says the share."""
        now = self._prices_of(item)
        before = [
            *now,
            *(column.number(item.extra.get(column.name, "")) for column in self.vocabulary.former_prices),
        ]
        if any(
            old and one < old and abs(100 * (1 - one / old) - share) <= 1.5 for one in now for old in before
        ):
            return True
        written = re.compile(rf"(?<![\d.,]){share:g}(?![\d.,]*\d)")
        return any(written.search(cell) for cell in (item.text, *item.extra.values()) if "%" in cell)

    def _pairwise(self) -> Iterator[Fault]:
        mentions = self.page.mentions
        for one, other in itertools.pairwise(mentions):
            opened, closed = self._sentence_of(one.start)
            if not one.end <= other.start < closed:
                continue
            items = [self.page.items.get(each.item_id) for each in (one, other)]
            prices = [None if item is None else self._price_of(item) for item in items]
            if None in prices or not self._stated(opened, closed, one.start):
                continue
            low, high = (float(price or 0) for price in prices)
            for relation, pattern in claim_words().price_relations.items():
                match = pattern.fullmatch(self._masked, one.end, other.start)
                if match is not None:
                    if not _relates(relation, low, high):
                        yield Fault(match.start("said"), match.end("said"), None)
                    break

    def _extremes(self) -> Iterator[Fault]:
        """Wrong "the cheapest", among the items that a reply names."""
        named = {one.item_id for one in self.page.mentions}
        items = [item for one in named if (item := self.page.items.get(one)) is not None]
        prices = [price for item in items if (price := self._price_of(item)) is not None]
        if len(prices) < 2:
            return
        for pattern, most in claim_words().price_extremes:
            for mention in self.page.mentions:
                opened, closed = self._sentence_of(mention.start)
                behind = pattern["behind"].match(self._masked, mention.end, closed)
                before = pattern["before"].search(self._masked[opened : mention.start])
                item = self.page.items.get(mention.item_id)
                price = None if item is None else self._price_of(item)
                if price is None or not (behind or before):
                    continue
                if not self._stated(opened, closed, opened if before else mention.start):
                    continue
                if price != (max(prices) if most else min(prices)):
                    start = behind.start("said") if behind else opened + before.start("said")  # type: ignore[union-attr]
                    end = behind.end("said") if behind else opened + before.end("said")  # type: ignore[union-attr]
                    yield Fault(start, end, None)

    def _many_in_stock(self) -> Iterator[Fault]:
        lists = claim_words()
        for match in lists.many_of.finditer(self._masked):
            named = [one for one in self.page.mentions if one.start == match.end()]
            opened, closed = self._sentence_of(match.start())
            item = self.page.items.get(named[0].item_id) if named else None
            value = None if item is None else self.vocabulary.stock_of(item)
            number = None if value is None else number_of(value)
            too_few = number is not None and number < lists.many[match["said"].casefold()]
            if too_few and self._stated(opened, closed, match.start()):
                yield Fault(match.start("said"), match.end("said"), None)


def _relates(relation: str, one: float, other: float) -> bool:
    """Whether two prices stand to each other as is said."""
    if relation == "cheaper":
        return one < other
    if relation == "dearer":
        return one > other
    if relation == "same":
        return abs(one - other) <= max(1.0, _EQUAL * other)
    wanted = {"double": 2.0, "half": 0.5}[relation] * other
    return abs(one - wanted) <= _TIMES * wanted
