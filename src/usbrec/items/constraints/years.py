"""Year reader: from, before or in which year an item has to be: "from 2021 or newer", "Jahrgang 2018".

A number is a year where it is written like one, without a currency. Where prices may be as great, only words
that are said of time ("after", "vintage") make it one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from usbrec.dialogue import Operator
from usbrec.items.constraints.clauses import CLAUSE, clauses, holds
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.items.constraints.phrases import (
    PLACE,
    Amount,
    all_phrases,
    ends,
    opens,
    says,
)
from usbrec.items.constraints.statements import Statement
from usbrec.items.constraints.told_facts import tells_year
from usbrec.patterns import LazyPattern

_PLACED = LazyPattern(PLACE)
#: From so much on, a price may be taken for a year.
_LIKE_A_YEAR = 1800.0
#: The lists of words before a year, the longest phrases of time first, and what each asks for.
_BEFORE: tuple[tuple[str, Operator], ...] = (
    ("year_since", ">="), ("year_after", ">"), ("year_until", "<="), ("year_earlier", "<"),
    ("year_exact", "="),
)  # fmt: skip
#: Of these, which are said of prices, too.
_PLAIN = frozenset({"bis", "until", "till"})
_TURNED: Mapping[Operator, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!="}
#: "Not from the 80s" excludes each year by itself, and no more of them.
_MOST_DENIED = 100
_DENIED = LazyPattern(
    r"(?<!\w)(?:not|no|nothing|none|never|nicht|nichts|kein|keine|keinen)(?:\s+\w+){0,2}\s+$"
)
#: "A 2016 model or newer", "a 2018 vintage or older".
_NAMED_YEAR = LazyPattern(r"(?!(?:or|oder|and|und)\s)[^\W\d_]+\s+(?=(?:or|and|oder|und)\s)")
_OR_THAT_YEAR = LazyPattern(
    rf"(?:{PLACE}\s*(?:,|/|(?:or|oder)(?=\s))\s*)+{PLACE}(?!\s*[^\W\d_]+\s+(?:or|oder)\s)"
)
#: "Between 2000 and 2010", "from 2000 to 2010", "2000-2010".
_RANGE = LazyPattern(
    rf"(?:(?<!\w)(?P<open>between|from|zwischen|von)\s+)?{PLACE}\s*(?:[-–—]|(?:and|to|until|und|bis)(?=\s))\s*{PLACE}"
)


class YearReader:
    """Reads the years of sentences as bounds on `year`; `price` tells how great prices are, `measures`
    whether what stands behind a number makes it one of something else, and `denied` whether a denial leads
    there."""

    def __init__(
        self,
        year: TypedColumn,
        price: TypedColumn | None,
        table: ColumnTable,
        measures: Callable[[str], bool],
        denied: Callable[[str], bool],
    ) -> None:
        self._year, self._price, self._table = year, price, table
        self._measures, self._denied = measures, denied

    @functools.cached_property
    def _dear(self) -> bool:
        """Whether a price may be as great as a year."""
        if self._price is None:
            return False
        known = self._table.numbers(self._price.name, self._table.allowed(()))
        return bool(len(known)) and float(known.max()) >= _LIKE_A_YEAR

    def read(self, text: str, amounts: Sequence[Amount], taken: set[int]) -> Iterator[Statement]:
        """What the years of a sentence ask for; the numbers that were read are put into `taken`."""
        for match in _RANGE.finditer(text) if len(amounts) > 1 and not self._dear else ():
            low, high = int(match[2]), int(match[3])
            if not (amounts[low].year and amounts[high].year) or self._untold(text, match.start()):
                continue
            if match["open"] is None and not self._table_has(amounts[low].value, amounts[high].value):
                continue
            taken |= {low, high}
            values = sorted((amounts[low].value, amounts[high].value))
            if _DENIED.search(text[: match.start()]) is None:
                yield holds("holds", self._year, ">=", values[0])
                yield holds("holds", self._year, "<=", values[1])
            elif values[1] - values[0] < _MOST_DENIED:
                years = range(int(values[0]), int(values[1]) + 1)
                yield holds("holds", self._year, "not in", tuple(map(float, years)))
        for match in _OR_THAT_YEAR.finditer(text) if len(amounts) > 1 else ():
            pair = tuple(int(one[1]) for one in _PLACED.finditer(match[0]))
            if not taken.isdisjoint(pair) or not all(amounts[one].year for one in pair):
                continue
            behind = text[match.end() :].lstrip()
            if self._operator(text[: match.start()], behind) != "=" or self._untold(text, match.start()):
                continue
            taken |= set(pair)
            yield holds("holds", self._year, "in", tuple(amounts[one].value for one in pair))
        for match in _PLACED.finditer(text):
            number = int(match[1])
            if number in taken or not amounts[number].year or self._untold(text, match.start()):
                continue
            if text[match.end() : match.end() + 1].isalpha():
                continue  # "the 1990s"
            before, behind = text[: match.start()], text[match.end() :].lstrip()
            operator = self._operator(before, behind)
            if operator is None:
                continue
            taken.add(number)
            yield holds("holds", self._year, operator, amounts[number].value)

    def _operator(self, before: str, behind: str) -> Operator | None:
        named = _NAMED_YEAR.match(behind)
        rest = behind if named is None else behind[named.end() :]
        if named is not None and opens("year_or_newer", rest):
            return ">="  # "a 2016 model or newer"
        if named is not None and opens("year_or_older", rest):
            return "<="
        if opens("year_exact", behind) and all(self._ends(use, before) is None for use, _ in _BEFORE):
            return "="  # "a 2018 vintage", but not "nach 2018 erschienen"
        if self._measures(behind):
            return None  # "from 2000 pages on"
        if opens("year_or_newer", behind):
            return ">="
        if opens("year_or_older", behind):
            return "<="
        for use, operator in _BEFORE:
            found = self._ends(use, before)
            if found is None or (self._dear and found[1] in _PLAIN):
                continue
            place, _ = found
            if operator == "=" and (led := self._led(before[:place])) is not None:
                return led  # "ab Baujahr 2015"
            return _TURNED[operator] if self._is_denied(before[:place]) else operator
        found = None if self._dear else self._ends("year_from", before)
        if found is not None:
            denied = self._is_denied(before[: found[0]])
            plain: Operator = ">=" if found[1] == "ab" else "="
            return _TURNED[plain] if denied else plain
        return None

    def _led(self, before: str) -> Operator | None:
        """What stands before the word for a year makes of it: "ab Baujahr", "before the vintage"."""
        before = re.sub(r"(?<!\w)(?:the|dem|der|das)\s+$", "", before)
        for use, operator in _BEFORE[:-1]:
            if (found := self._ends(use, before)) is not None:
                return _TURNED[operator] if self._is_denied(before[: found[0]]) else operator
        found = self._ends("year_from", before)
        return ">=" if found is not None and found[1] == "ab" else None

    def _is_denied(self, before: str) -> bool:
        """Whether a denial stands before: "not from", "it shouldn't be older than"."""
        return _DENIED.search(before) is not None or self._denied(before)

    @staticmethod
    def _ends(use: str, before: str) -> tuple[int, str] | None:
        """Where a phrase of a list begins that a text ends with, and the phrase."""
        if not ends(use, before):
            return None
        return max(
            (
                (found.start(), " ".join(found[0].split()))
                for each in all_phrases()
                if (found := _at_end(each.language, use).search(before)) is not None
            ),
            default=None,
        )

    def _table_has(self, low: float, high: float) -> bool:
        known = self._table.numbers(self._year.name, self._table.allowed(()))
        return bool(len(known)) and float(known.min()) <= high and low <= float(known.max())

    @staticmethod
    def _untold(text: str, place: int) -> bool:
        """Whether the clause at a place of a sentence says what an item is about, or tells of the past."""
        for start, clause in clauses(text):
            if start <= place <= start + len(clause):
                told = CLAUSE.split(clause[: place - start])[-1]
                if tells_year(clause[: place - start], _PLACED.sub("", clause[place - start :], count=1)):
                    return True
                return says("year_of_story", told) or says("past", clause)
        return False


@functools.cache
def _at_end(language: str, use: str) -> re.Pattern[str]:
    return next(re.compile(rf"{each.one_of(use)}\s*$") for each in all_phrases() if each.language == language)
