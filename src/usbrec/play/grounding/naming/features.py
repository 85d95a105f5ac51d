"""Feature claims: what a reply says that an item has, held against columns of yes and no and of numbers.

"The Casa Sol has a pool", "ohne Frühstück", "with 256 GB of storage", "12 Zimmer", "a rating of 4.8". A claim
is of the items named before it in its sentence, and a fault where it is so of none of them. Wishes, guesses,
comparisons and questions claim nothing, and neither does what the catalogue leaves blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items.constraints.column_roles import is_rating
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.items.constraints.measures import UNITS, told_in, unit_of
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.phrases import currency_beside
from usbrec.items.files.amounts import number_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words

_NUMBER = LazyPattern(r"(?<![\w.,$€£/])[0-9]+(?:[.,][0-9]+)*(?![\w/]*/[0-9])")
_WORD = LazyPattern(r"n['’]t\b|[^\W\d_]+")
#: Where another thing is said, so that a denial before it says nothing of what follows.
_PART = LazyPattern(r"[,;:(]|\b(?:but|aber|though|doch|sondern)\b", re.IGNORECASE)
_JOINED = LazyPattern(r"\b(?:and|und)\b", re.IGNORECASE)
_NEXT = LazyPattern(r"[,;:(]|\b(?:but|aber|though|doch|sondern|and|und|or|oder)\b")
#: "It has a pool": of what was named last.
_PRONOUN = LazyPattern(r"\s*(?:it|this one|es|er|sie|dieses|diese|dieser)\b", re.IGNORECASE)
_OF = frozenset({"of", "an", "von"})
_BY = frozenset({"by", "von"})
#: What is put behind a measure: "132 minutes long".
_MEASURED = frozenset({"long", "lang", "and", "und", "or", "oder", "of"})
#: A rating on a scale of its own: "4 out of 5", "8/10".
_SCALED = LazyPattern(r"\s*(?:/|out\s+of\b|of\s+[0-9]|von\s+[0-9])")
#: So many characters behind a name may take back what was said before it: "breakfast is not included".
_TAKEN_BACK = 28
_ABOUT = 0.1


class FeatureClaims(ClaimReading):
    """Finds wrong features and measures."""

    def _features(self) -> Iterator[Fault]:
        if self._flag_columns:
            yield from self._flags()
        if self._number_columns.numbers and any(map(str.isdigit, self._masked)):
            yield from self._numbers()

    @cached_property
    def _flag_columns(self) -> Sequence[tuple[TypedColumn, re.Pattern[str]]]:
        return self.vocabulary.flags

    @cached_property
    def _number_columns(self) -> NumberColumns:
        return self.vocabulary.counted

    def _flags(self) -> Iterator[Fault]:
        text = self._masked.casefold()
        if len(text) != len(self._masked):
            return
        for column, pattern in self._flag_columns:
            for match in pattern.finditer(text):
                about, between = self._claimed_of(match.start())
                if not about or not self._ends_behind(match.end()):
                    continue
                there = self._polarity(between)
                known = [column.said(item.extra.get(column.name, "")) for item in about]
                if there is not None and known[-1] is not None and there not in known:
                    yield Fault(match.start(), match.end(), None)

    def _numbers(self) -> Iterator[Fault]:
        text = self._masked
        for match in _NUMBER.finditer(text):
            if self._within_title(match.start()) or _SCALED.match(text, match.end()):
                continue
            if currency_beside(text, *match.span()):
                continue
            about, between = self._claimed_of(match.start())
            said = number_of(match[0], thousands=True)
            if not about or said is None or self._polarity(between) is not True:
                continue
            found = self._measured(said, between, match.end())
            if found is None:
                continue
            column, value, factor = found
            known = [column.number(item.extra.get(column.name, "")) for item in about]
            step = 0.5 * factor * 10.0 ** -len(match[0].partition("." if "." in match[0] else ",")[2])
            if known[-1] is not None and not any(
                one is not None and self._is_so(one, value, step, match.start()) for one in known
            ):
                yield Fault(match.start(), match.end(), None)

    def _is_so(self, known: float, said: float, step: float, start: int) -> bool:
        lists, before = claim_words(), self._before(start)
        if lists.about.search(before):
            return abs(known - said) <= max(_ABOUT * known, step)
        if lists.at_most.search(before):
            return known <= said
        if lists.at_least.search(before):
            return known >= said
        return abs(known - said) <= step

    def _measured(self, said: float, between: str, end: int) -> tuple[TypedColumn, float, float] | None:
        """The column that a number is said of, the number in the column's unit, and how much of that one of
        the unit said is."""
        columns, text = self._number_columns, self._masked.casefold()
        clause = re.split(r"[,.;!?()\n](?!\d)", text[end : end + 60])[0].lstrip(" -")
        words = _WORD.findall(clause)
        unit = unit_of(words[0]) if words else ""
        unit = unit if unit in UNITS else ""
        rest = [word for word in words[1 if unit else 0 :] if word not in _OF]
        lead = _WORD.findall(between.casefold())[-3:]
        column = self._called(rest[0]) if rest else None
        uses = claim_words().features
        if column is not None:
            # "142 pages shorter", "chapters of 10 pages" and "two rooms for 160 euro" are not what it has.
            follows = rest[1] if len(rest) > 1 else ""
            if follows and follows not in uses["behind"] | _MEASURED | _BY:
                return None
            if lead[-1:] and lead[-1] in _OF and not (column.unit or lead[-2:-1] == ["total"]):
                return None
            counted = claim_words().pieces.fullmatch(rest[0]) is not None
            if counted and (lead[-1] not in uses["has"] or (follows and follows not in _MEASURED)):
                return None
        if column is None and lead and not (words and not unit):
            rated = self._called(lead[-1])  # "is rated 4.8", but not "on page 3"
            column = rated if rated is not None and is_rating(rated) else None
        if column is None and len(lead) > 1 and lead[-1] in uses["named"] and not (words and not unit):
            led = self._called(lead[-2])  # "a rating of 4.8", but not "a room is 210"
            column = led if led is not None and (led.unit or is_rating(led)) else None
        if column is None and unit and (not rest or rest[0] in _MEASURED):
            alike = [one for one in columns.numbers if told_in(1.0, unit, one.unit) is not None]
            direct = lead[-1:] and lead[-1] in uses["has"]
            column = alike[0] if len(alike) == 1 and direct else None
        if column is None:
            return None
        if not unit:
            return column, said, 1.0
        factor = told_in(1.0, unit, column.unit)
        if factor is None:
            return None if column.unit in UNITS else (column, said, 1.0)
        return column, said * factor, factor

    def _called(self, word: str) -> TypedColumn | None:
        """The column that a word names, if one alone has it."""
        names = {word, word.removesuffix("s"), f"{word}s"}
        spoken = self._number_columns.spoken
        found = [one for one in self._number_columns.numbers if not names.isdisjoint(spoken[one.name])]
        return found[0] if len(found) == 1 else None

    def _claimed_of(self, start: int) -> tuple[list[Item], str]:
        """The items that something at a place is claimed of, the likeliest last, and what stands between."""
        opened, closed = self._sentence_of(start)
        text, mentions = self._masked, self.page.mentions
        if text[opened:closed].rstrip().endswith("?"):
            return [], ""
        before = [one for one in mentions if opened <= one.start and one.end <= start]
        place = before[-1].end if before else opened
        if not before and _PRONOUN.match(text, opened, closed):
            before = [one for one in mentions if one.end <= opened][-1:]
        between = text[place:start]
        words = _WORD.findall(between.casefold())
        uses = claim_words().features
        led = _WORD.findall(text[opened:place].casefold()) if before else []
        if uses["has"].isdisjoint(words) or not uses["free"].isdisjoint([*words, *led]):
            return [], ""
        items = [self.page.items.get(one.item_id) for one in before]
        return [item for item in items if item is not None], between

    def _polarity(self, between: str) -> bool | None:
        """Whether what stands before a feature says that it is there; None where that is not plain."""
        uses = claim_words().features
        if uses["not"].isdisjoint(_WORD.findall(between.casefold())):
            return True
        part = _PART.split(between)[-1]
        words = _WORD.findall(part.casefold())
        denials = [place for place, word in enumerate(words) if word in uses["not"]]
        if not denials:
            return True if not uses["has"].isdisjoint(words) else None
        behind = " ".join(words[denials[-1] + 1 :])
        return None if _JOINED.search(behind) else False

    def _ends_behind(self, end: int) -> bool:
        """Whether a feature's name is whole where it ends, and nothing behind takes it back."""
        text = self._masked.casefold()
        behind = re.split(r"[.;!?\n]|,", text[end : end + _TAKEN_BACK])[0]
        words, uses = _WORD.findall(behind), claim_words().features
        said_of_it = _WORD.findall(_NEXT.split(behind)[0])
        if text[end : end + 1] == "-" or not uses["extra"].isdisjoint(said_of_it):
            return False
        return not words or words[0] in uses["behind"] or behind.lstrip()[:1] in "(:–—"
