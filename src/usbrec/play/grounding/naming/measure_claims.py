"""Measure claims: what a reply says that an item counts or measures, held against columns of numbers.

"256 GB of storage", "has five stars", "takes 90 minutes", "312 pages", "for 2 to 4 players", "ab 10 Jahren",
"3 km from the centre". What else a number may be of (a journey, a booking, a charge) claims nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items.constraints.column_roles import is_rating
from usbrec.items.constraints.column_types import TypedColumn, name_words
from usbrec.items.constraints.measures import UNITS, dimension_of, told_in, unit_of
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.phrases import currency_beside
from usbrec.items.files.amounts import number_of
from usbrec.patterns import CuedPattern, LazyPattern
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.features import WORD, FeatureClaims

_NUMBER = LazyPattern(r"(?<![\w.,$€£/])[0-9]+(?:[.,][0-9]+)*(?![\w/]*/[0-9])")
_OF = frozenset({"of", "an", "von"})
_BY = frozenset({"by", "von"})
#: What is put behind a measure: "132 minutes long".
_MEASURED = frozenset({"long", "lang", "and", "und", "or", "oder", "of"})
#: A rating on a scale of its own: "4 out of 5", "8/10".
_SCALED = LazyPattern(r"\s*(?:/|out\s+of\b|of\s+[0-9]|von\s+[0-9])")
_HOURS_AND = LazyPattern(
    r"(?P<hours>[0-9]{1,2})\s?(?:h|hrs?|hours?|std|stunden?)\.?\s*(?:and\s+|und\s+|,\s*)?(?P<minutes>[0-5]?[0-9])"
    r"(?=\s?m(?:in)?(?:ute)?[ns]?\.?(?!\w))",
    re.IGNORECASE,
)
_AND_A_HALF = LazyPattern(
    r"\s+(?:hours?|stunden?)\s+(?:and\s+a\s+half|und\s+eine\s+halbe)(?!\w)", re.IGNORECASE
)
#: The other end of a range: "3 to 8".
_RANGE = LazyPattern(
    r"\s?(?:to|-|–|bis|or|oder|and|und)\s?(?P<until>[0-9]{1,3})(?![\w.,]*[0-9])", re.IGNORECASE
)
_ABOUT = 0.1
_AGES = frozenset(
    {"age", "ages", "alter", "mindestalter", "altersfreigabe", "altersempfehlung", "altersangabe", "fsk"}
)
_DISTANCES = frozenset({"distance", "entfernung"})


class MeasureClaims(FeatureClaims):
    """Finds wrong numbers and measures."""

    def _measures(self) -> Iterator[Fault]:
        if self._number_columns.numbers:
            digits = any(map(str.isdigit, self._masked))
            if digits or (self.vocabulary.present_prices and _number_words().search(self._masked)):
                yield from self._numbers()

    @cached_property
    def _number_columns(self) -> NumberColumns:
        return self.vocabulary.counted

    def _said_numbers(self) -> Iterator[tuple[int, int, float]]:
        """Where numbers stand, and what they say; in a shop's reply also those in words, up to twelve."""
        text, read = self._masked, 0
        for match in _NUMBER.finditer(text):
            said = number_of(match[0], thousands=True)
            if said is None or match.start() < read:
                continue
            # "2 hours and 50 minutes" is one number, of minutes; so "2 hours and a half" one of hours.
            if (both := _HOURS_AND.match(text, match.start())) is not None:
                said, read = 60 * float(both["hours"]) + float(both["minutes"]), both.end("minutes")
            elif _AND_A_HALF.match(text, match.end()) is not None:
                said += 0.5
            yield match.start(), max(read, match.end()), said
        if self.vocabulary.present_prices:
            for match in _number_words().finditer(text):
                yield match.start(), match.end(), float(claim_words().counts[match[0].lower()])

    def _numbers(self) -> Iterator[Fault]:
        text = self._masked
        for start, end, said in self._said_numbers():
            if self._within_title(start) or _SCALED.match(text, end) or currency_beside(text, start, end):
                continue
            about, between = self._claimed_of(start, measure=True)
            if not about or self._polarity(between) is not True:
                continue
            within = self._in_range(about, said, between, start, end)
            if within is not None:
                if not within:
                    yield Fault(start, end, None)
                continue
            found = self._measured(said, between, end)
            if found is None:
                continue
            column, value, factor = found
            known = [column.number(item.extra.get(column.name, "")) for item in about]
            digits = text[start:end]
            step = 0.5 * factor * 10.0 ** -len(digits.partition("." if "." in digits else ",")[2])
            if known[-1] is not None and not any(
                one is not None and self._is_so(one, value, step, start) for one in known
            ):
                yield Fault(start, end, None)

    def _is_so(self, known: float, said: float, step: float, start: int) -> bool:
        lists, before = claim_words(), self._before(start)
        if lists.about.search(before):
            return abs(known - said) <= max(_ABOUT * known, step)
        if lists.at_most.search(before):
            return known <= said
        if lists.at_least.search(before):
            return known >= said
        return abs(known - said) <= step

    def _in_range(self, about: list[Item], said: float, between: str, start: int, end: int) -> bool | None:
        """Whether as many (players, people) as is said are between the least and the most of an item, and an
        age is the least one; None where a number is of no such columns, or they are not known."""
        columns = self._number_columns
        if not columns.numbers or claim_words().about.search(self._before(start)):
            return None
        lead = WORD.findall(between.casefold())[-3:]
        behind = self._lowered
        other = _RANGE.match(behind, end)
        until = said if other is None else float(other["until"])
        clause = re.split(r"[,.;!?()\n](?!\d)", behind[other.end() if other else end :][:60])[0].lstrip(" -")
        words = WORD.findall(clause)
        uses = claim_words().features
        if lead[-1:] and lead[-1] in uses["aged"] and not other:
            years = not words or unit_of(words[0]) in ("year", "jahr") or clause[:1] == "+"
            named = lead[-1] in uses["ages"]
            if (named or (words and years)) and uses["ago"].isdisjoint(words):
                ages = [one for one in columns.numbers if not _AGES.isdisjoint(_words_of(one))]
                known = [_least(ages[0], item.extra.get(ages[0].name, "")) for item in about] if ages else []
                return None if not known or known[-1] is None else said in known
        if not words or "too" in lead or "more" in lead or "zu" in lead[:-1]:
            return None
        counting = [one for one in columns.numbers if self._counts(one, words[0])]
        ends = columns.both_ends(counting[0]) if len(counting) == 2 else None
        if ends is None or (len(words) > 1 and words[1] not in uses["behind"] | _MEASURED):
            return None
        for item in about:
            least, most = (one.number(item.extra.get(one.name, "")) for one in ends)
            if least is None or most is None:
                return None
            if all(least <= one <= most for one in (said, until)):
                return True
        return False

    def _counts(self, column: TypedColumn, word: str) -> bool:
        """Whether a word is what a column counts, or stands for those who do it."""
        named = self._number_columns.spoken[column.name]
        if not {word, word.removesuffix("s"), f"{word}s"}.isdisjoint(named):
            return True
        return word in claim_words().features["players"] and not {"player", "players"}.isdisjoint(named)

    def _measured(self, said: float, between: str, end: int) -> tuple[TypedColumn, float, float] | None:
        """The column that a number is said of, the number in the column's unit, and how much of that one of
        the unit said is."""
        text = self._lowered
        clause = re.split(r"[,.;!?()\n](?!\d)", text[end : end + 60])[0].lstrip(" -")
        words = WORD.findall(clause)
        unit = unit_of(words[0]) if words else ""
        unit = unit if unit in UNITS else ""
        rest = [word for word in words[1 if unit else 0 :] if word not in _OF]
        uses = claim_words().features
        lead = WORD.findall(between.casefold())[-6:]
        while lead and unit and lead[-1] in uses["before_measure"]:
            lead.pop()
        lead = lead[-3:]
        column = self._called(rest[0]) if rest else None
        if column is not None:
            # "142 pages shorter", "chapters of 10 pages" and "two rooms for 160 euro" are not what it has.
            follows = rest[1] if len(rest) > 1 else ""
            if follows and follows not in uses["behind"] | _MEASURED | _BY | uses["measured"]:
                return None
            if lead[-1:] and lead[-1] in _OF and not (column.unit or lead[-2:-1] == ["total"]):
                return None
            counted = claim_words().pieces.fullmatch(rest[0]) is not None
            if counted and (
                lead[-1:] == [] or lead[-1] not in uses["has"] or (follows and follows not in _MEASURED)
            ):
                return None
        if column is None and lead and not (words and not unit):
            rated = self._called(lead[-1])  # "is rated 4.8", but not "on page 3"
            column = rated if rated is not None and is_rating(rated) else None
        if column is None and len(lead) > 1 and lead[-1] in uses["named"] and not (words and not unit):
            led = self._called(lead[-2])  # "a rating of 4.8", but not "a room is 210"
            told = led is not None and (
                led.unit or is_rating(led) or self._number_columns.time_unit(led, unit)
            )
            column = led if told else None
        if column is None and unit:
            column = self._in_unit(unit, words[0], rest, lead)
        if column is None:
            return None
        own = column.unit or (self._number_columns.time_unit(column, unit) if unit else "")
        if own is None:
            return None  # hours of a column of times that may be told in anything
        if not unit or not own:
            return column, said, 1.0
        factor = told_in(1.0, unit, own)
        if factor is None:
            return None if own in UNITS else (column, said, 1.0)
        return column, said * factor, factor

    def _in_unit(self, unit: str, word: str, rest: list[str], lead: list[str]) -> TypedColumn | None:
        """The column that a number with a unit is of where nothing but the unit says so: "runs for 40 hours",
        "takes 90 minutes", "3 km from the centre"."""
        columns, uses = self._number_columns.numbers, claim_words().features
        direct = not lead or lead[-1] in uses["has"] | uses["measures"]
        if not direct:
            return None
        if rest and rest[0] not in _MEASURED | uses["measured"]:
            if dimension_of(unit) != "length" or uses["centre"].isdisjoint(rest[:4]):
                return None
            far = [one for one in columns if not _DISTANCES.isdisjoint(_words_of(one))]
            return far[0] if len(far) == 1 else None
        units = {one.name: one.unit or self._number_columns.time_unit(one, unit) for one in columns}
        alike = [one for one in columns if (own := units[one.name]) and told_in(1.0, unit, own) is not None]
        alike += [
            one
            for one in columns
            if not units[one.name] and unit_of(name_words(one.name)) in (unit, unit_of(word))
        ]
        # What takes so long is no runtime of a battery.
        if lead and lead[-1] in uses["lasting"]:
            alike = [one for one in alike if uses["charged"].isdisjoint(_words_of(one))]
        if len(alike) > 1:
            # "Takes 6 weeks" is about weeks rather than the hours of each.
            alike = [one for one in alike if units[one.name] == unit] or alike
        return alike[0] if len(alike) == 1 else None

    def _called(self, word: str) -> TypedColumn | None:
        """The column that a word names, if one alone has it."""
        names = {word, word.removesuffix("s"), f"{word}s"}
        spoken = self._number_columns.spoken
        numbers = self._number_columns.numbers
        found = [one for one in numbers if not names.isdisjoint(spoken[one.name])]
        found = found or [one for one in numbers if one.unit and one.unit not in UNITS and one.unit in names]
        return found[0] if len(found) == 1 else None


def _least(column: TypedColumn, cell: str) -> float | None:
    """The number in a cell, of a range where it begins: "8+"."""
    if not column.ranges or not cell:
        return column.number(cell)
    span = column.span(cell)
    return None if span is None else span.least


def _words_of(column: TypedColumn) -> frozenset[str]:
    return frozenset(name_words(column.name).split("_"))


@functools.cache
def _number_words() -> re.Pattern[str]:
    """Numbers in words, those apart that say two things rather than two of one."""
    lists = claim_words()
    said = sorted((word for word in lists.counts if word not in lists.pairs), key=len, reverse=True)
    return CuedPattern(rf"(?<![\w-])(?:{'|'.join(said)})(?![\w-])", said, re.IGNORECASE)
