"""Closed values in a reply: whether a year, a price, a measure, a name or a stock is said of what has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from usbrec.items.constraints.measures import unit_of
from usbrec.items.files.amounts import currency_sign, number_of
from usbrec.play.grounding.naming.closed_page import EMPHASIS, NEAR, NUMBERED, QUOTES, SIGNS, Part
from usbrec.play.grounding.naming.closed_places import ClosedPlaces
from usbrec.play.grounding.naming.closed_values import Values


class ClosedSaid(ClosedPlaces):
    """Holds values against the items that they are said of."""

    def _stock(self, index: int, last: int, small: str) -> int:
        """How many words, from this one, say rightly whether the items of the sentence are there."""
        for phrase, there in self.listed.stock.get(small, ()):
            run = self._run(index, last, len(phrase))
            if run is None or tuple(run[1:]) != phrase[1:]:
                continue
            first, end = next((a, b) for a, b in self.sentences if a <= index < b)
            before = [part.text.lower().replace("’", "'") for part in self.parts[first:index]]
            if any(
                word in ("not", "no", "never", "nicht", "kein", "keine") or word.endswith("n't")
                for word in before
            ):
                return 0
            about = self._meant(first, end)
            known = [{values.in_stock for values in self.known[at]} for at in about]
            return len(phrase) if known and all(one == {there} for one in known) else 0
        return 0

    def _meant(self, first: int, last: int) -> list[int]:
        """The titles that a sentence is about: its own, else all."""
        here = [at for part in self.parts[first:last] if part.kind == "title" for at in part.about]
        return here or list(range(len(self.titles)))

    def _measured(self, index: int, small: str) -> bool:
        """Whether a word is the unit of the number before it, or its currency."""
        before = self.parts[index - 1] if index else None
        named = small.lower()
        return (
            before is not None
            and before.kind == "number"
            and (named in self.listed.lists["money"] or named in self.listed.lists["units"])
            and self.text[before.end : self.parts[index].start] in (" ", "")
        )

    def _before_number(self, index: int, last: int, small: str) -> bool:
        """Whether a word tells of the number that stands behind it."""
        behind = self.parts[index + 1 : min(last, index + NEAR)]
        return small in self.listed.lists["price_words"] and any(part.kind == "number" for part in behind)

    def _number(self, index: int, first: int, last: int) -> bool:
        """Whether a number is a year, a price or a measure of what the sentence is about."""
        parts, lists, part = self.parts, self.listed.lists, self.parts[index]
        before = parts[index - 1] if index > first else None
        behind = parts[index + 1] if index + 1 < last else None
        if NUMBERED.match(self.text, max(0, part.start - 1)):
            following = parts[index + 2] if index + 2 < last else None
            return following is not None and (
                following.kind == "title" or following.text in QUOTES | EMPHASIS
            )
        number = number_of(part.text, thousands=True)
        if number is None or not self.titles or self._is_glued(part, before, behind):
            return False
        led, unit = ("" if one is None else one.text.lower() for one in (before, behind))
        year = len(part.text) == 4 and any(part.text in one.years for known in self.known for one in known)
        money = led in SIGNS or unit in SIGNS or unit in lists["money"]
        bound = parts[index - 2].text.lower() if led in SIGNS and index - 2 >= first else led
        if money:
            if bound in lists["bounds"]:
                return False
            signs = {one for one in (led, unit) if one}
            holding = self._having(lambda one: number in one.prices and _same_currency(signs, one))
        elif year:
            if before is not None and led not in lists["year_leads"] and led not in ("(", ",", "["):
                return False
            holding = self._having(lambda one: part.text in one.years)
        elif unit in lists["units"] and bound not in lists["bounds"]:
            counts = {unit, unit_of(unit)}
            holding = self._having(
                lambda one: any(held == number and not counts.isdisjoint(of) for held, of in one.numbers)
            )
        else:
            return False
        return self._belongs(part._replace(about=holding), first, last)

    def _having(self, holds: Callable[[Values], bool]) -> frozenset[int]:
        """The titles of which an item has such values."""
        return frozenset(at for at, known in enumerate(self.known) if any(map(holds, known)))

    def _is_glued(self, part: Part, before: Part | None, behind: Part | None) -> bool:
        """Whether a number is one with a title or a value beside it: "Arlo 2021"."""
        if before is not None and before.kind in ("title", "value"):
            return not self.text[before.end : part.start].strip()
        return (
            behind is not None and behind.kind == "title" and not self.text[part.end : behind.start].strip()
        )

    def _belongs(self, value: Part, first: int, last: int) -> bool:
        """Whether a value is one of every item that its sentence is about, or of the one it stands beside."""
        if not self.titles:
            return value.kind == "value"
        meant = set(self._meant(first, last))
        if not meant:
            return False
        if meant <= value.about:
            return True
        here = [part for part in self.parts[first:last] if part.kind == "title"]
        beside = self._beside(value, here)
        return beside is not None and beside <= value.about

    def _beside(self, value: Part, titles: Sequence[Part]) -> frozenset[int] | None:
        """The title that a value stands beside, with nothing but a few small words between."""
        for title in titles:
            start, end = (title.end, value.start) if title.end <= value.start else (value.end, title.start)
            between = self.text[start:end]
            words = re.findall(r"[^\W\d_]+", between.lower())
            if (
                len(words) <= NEAR
                and not set(words) - self.listed.lists["links"]
                and not re.search(r"[.;!?\n]", between)
            ):
                return title.about
        return None


def _same_currency(signs: set[str], values: Values) -> bool:
    """Whether the currency that is said is the one of the item's column, or that has none."""
    said = {sign for one in signs if (sign := currency_sign(one)) is not None}
    known = {currency_sign(sign) or sign for sign in values.currencies if sign}
    return len(said) == 1 and (not known or said <= known)
