"""Closed values in a reply: whether a year, a price, a measure, a name or a stock is said of what has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from usbrec.items.constraints.measures import unit_of
from usbrec.items.files.amounts import currency_sign, number_of
from usbrec.play.grounding.naming.closed_page import EMPHASIS, NEAR, NUMBERED, QUOTES, SIGNS, Part
from usbrec.play.grounding.naming.closed_places import ClosedPlaces
from usbrec.play.grounding.naming.closed_values import Values
from usbrec.play.grounding.naming.closed_words import ARTICLES

#: Between titles that are named in one breath stand none of these.
_OTHER_MARKS = re.compile(r"[^\w\s,&*\"“”„«»_']")


class ClosedSaid(ClosedPlaces):
    """Holds values against the items that they are said of."""

    def _stock(self, index: int, last: int, small: str) -> int | None:
        """How many words, from this one, say rightly whether the items of the sentence are there; None where
        they say it wrongly."""
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
                return None
            about = self._meant(first, end)
            known = [{values.in_stock for values in self.known[at]} for at in about]
            return len(phrase) if known and all(one == {there} for one in known) else None
        return 0

    def _without(self, index: int, feature: str) -> bool:
        """Whether an item that a sentence is about has nothing that says that it has what is named here, and
        for whom it is: "a microphone", "for children"; where that is denied, whether one has it all the same.
        A question may be about anything."""
        words = self.listed.features.get(feature)
        if words is None or not self.titles:
            return False
        first, last = next((a, b) for a, b in self.sentences if a <= index < b)
        if self.parts[last - 1].text == "?":
            return False
        before = [self._word_at(place) for place in range(first, index)]
        denied = any(word in self.listed.lists["denying"] or word.endswith("n't") for word in before)
        known = [one for at in self._meant(first, last) for one in self.known[at]]
        return any(words.isdisjoint(one.words) is not denied for one in known)

    def _meant(self, first: int, last: int) -> list[int]:
        """The titles that a sentence is about: its own, else all."""
        here = [at for part in self.parts[first:last] if part.kind == "title" for at in part.about]
        return here or list(range(len(self.titles)))

    def _measured(self, index: int, small: str) -> bool:
        """Whether a word is the unit of the number before it, or its currency."""
        before = self.parts[index - 1] if index else None
        named, lists = small.lower(), self.listed.lists
        return (
            before is not None
            and before.kind == "number"
            and (named in lists["money"] or named in lists["units"] or self._counts(named))
            and self.text[before.end : self.parts[index].start] in (" ", "")
        )

    def _is_what_counts(self, index: int, small: str) -> bool:
        """Whether a word is that of a column of a number right before: "256 GB of storage",
        "89 € a night"."""
        before = [part for part in self.parts[max(0, index - NEAR) : index] if part.kind == "number"]
        if before and small in self.closed.values.price_words:
            return self._word_at(index - 1) in self.listed.lists["paid_for"]
        number = number_of(before[-1].text, thousands=True) if before else None
        return number is not None and any(
            held == number and small in of
            for known in self.known
            for one in known
            for held, of in one.numbers
        )

    def _counts(self, named: str) -> bool:
        """Whether a word says what the numbers of a column of ours count."""
        return bool(named) and not self.closed.values.counted_words.isdisjoint((named, unit_of(named)))

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
            if self._for_a_while(index + 1 if led in SIGNS else index + 2, last):
                return False
            holding = self._having(lambda one: number in one.prices and _same_currency(signs, one))
        elif year:
            if before is not None and led not in lists["year_leads"] and led not in ("(", ",", "["):
                return False
            holding = self._having(lambda one: part.text in one.years)
        elif bound not in lists["bounds"] and (unit in lists["units"] or self._counts(unit)):
            counts = {unit, unit_of(unit)}
            holding = self._having(
                lambda one: any(held == number and not counts.isdisjoint(of) for held, of in one.numbers)
            )
        else:
            return False
        return self._belongs(part._replace(about=holding), first, last)

    def _for_a_while(self, index: int, last: int) -> bool:
        """Whether what stands behind a price says that it is paid for something else than the item: "89 € a
        week", "for two"."""
        one, other = (self._word_at(place) if place < last else "" for place in (index, index + 1))
        lists, named = self.listed.lists, self.closed.values.price_words
        if one in lists["paid_often"]:
            return True
        return one in lists["paid_for"] and other in lists["paid_each"] and other not in named

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
        holder = self._holder(value, here)
        if holder is None or not holder.about <= value.about:
            return False
        row = self._row_of(holder, here)
        if any(not one.about <= value.about for one in row) and not self._alone_beside(value, holder, row):
            return False
        return not self._shared(value, here, first, last)

    def _row_of(self, holder: Part, titles: Sequence[Part]) -> list[Part]:
        """The titles that are named in one breath with one: "the Arlo and the Dovel are black"."""
        place = titles.index(holder)
        row, joined = [holder], False
        for ahead in (reversed(range(place)), range(place + 1, len(titles))):
            beside = holder
            for at in ahead:
                start, end = sorted((beside, titles[at]), key=lambda one: one.start)
                between = self.text[start.end : end.start].lower()
                words = set(re.findall(r"\w+", between))
                if words - self.listed.lists["joining_titles"] or _OTHER_MARKS.search(between):
                    break
                joined = joined or bool(words - ARTICLES) or "&" in between
                row.append(titles[at])
                beside = titles[at]
        # "If you like the Arlo, the Dovel ..." is no row.
        return row if joined else [holder]

    def _alone_beside(self, value: Part, holder: Part, row: Sequence[Part]) -> bool:
        """Whether a value is of one title of a row alone: in brackets behind the last, or right before the
        first."""
        ordered = sorted(row)
        if value.start > holder.end:
            behind = self.text[holder.end : value.start].strip("*_\"“”„«»' €$£")
            return holder.start == max(one.start for one in row) and behind in ("(", "[")
        return holder.start == min(one.start for one in ordered) and self.text[value.end : holder.start] in (
            " ",
            "-",
        )

    def _shared(self, value: Part, titles: Sequence[Part], first: int, last: int) -> bool:
        """Whether a sentence says that what is true of one title is of another, too, which has no such value
        and none of its own: "is grey, and so is the Dovel"."""
        others = [one for one in titles if not one.about <= value.about]
        if not others or not self._says_the_same(first, last):
            return False
        own = {
            title.about
            for part in self.parts[first:last]
            if part.kind in ("value", "number") and part.start != value.start
            for title in others
            if self._holder(part, [title]) is not None
        }
        return any(one.about not in own for one in others)

    def _says_the_same(self, first: int, last: int) -> bool:
        lists = self.listed.lists
        words = [self._word_at(place) for place in range(first, last)]
        for place, word in enumerate(words):
            before, behind = words[place - 1] if place else "", words[place + 1 : place + 2]
            if word in lists["sharing"] or f"{before} {word}" in self.listed.sharing_pairs:
                return True
            if word in lists["so"] and behind and behind[0] in lists["finite_sharing"]:
                return True
            if word in lists["like"] and before not in lists["like_verb"]:
                return True
        return False

    def _holder(self, value: Part, titles: Sequence[Part]) -> Part | None:
        """The title that a value stands beside, with nothing but a few small words between; none that is set
        against the others: "the Arlo, not the Dovel, is white"."""
        for title in titles:
            if len(titles) > 1 and self._is_set_against(title):
                continue
            start, end = (title.end, value.start) if title.end <= value.start else (value.end, title.start)
            between = self.text[start:end]
            words = re.findall(r"[^\W\d_]+", between.lower())
            if (
                len(words) <= NEAR
                and not set(words) - self.listed.lists["links"]
                and not re.search(r"[.;!?\n]", between)
            ):
                return title
        return None

    def _is_set_against(self, title: Part) -> bool:
        index = next(place for place, part in enumerate(self.parts) if part.start == title.start) - 1
        while self._word_at(index) in ARTICLES:
            index -= 1
        return self._word_at(index) in self.listed.lists["denials"]


def _same_currency(signs: set[str], values: Values) -> bool:
    """Whether the currency that is said is the one of the item's column, or that has none."""
    said = {sign for one in signs if (sign := currency_sign(one)) is not None}
    known = {currency_sign(sign) or sign for sign in values.currencies if sign}
    return len(said) == 1 and (not known or said <= known)
