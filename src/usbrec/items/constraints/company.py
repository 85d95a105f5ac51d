"""Company reader: how many play or take part, and how old they are, as the least and the most an item is for.

"For 2 to 4 players", "solo", "we are five" and "plays up to 6" ask for an item whose `min_players` and
`max_players` lie around that; "for 3-5 year olds" and "kids from 4 on" for one whose `min_age` is no higher.
An age is no price and no year, so that it is taken whether there is a column of ages or not.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Operator
from usbrec.items.constraints.clauses import first, holds
from usbrec.items.constraints.column_types import name_words
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.phrases import PLACE, Amount, Phrases, all_phrases, ends, opens
from usbrec.items.constraints.statements import Statement
from usbrec.patterns import LazyPattern

_AGES = frozenset({"age", "ages", "alter", "mindestalter", "altersempfehlung"})
#: What says that a column holds the least age, and not how old an item is itself.
_FROM = frozenset({"min", "minimum", "mindestalter", "altersempfehlung", "from", "ab", "recommended"})
_LIVED = r"(?:(?:years?|yrs?)[\s-]*(?:old|of\s+age)|j(?:ä|ae)hrig\w*|jahren?\s+alt\w*)"
#: A bare "for four" is a number of people up to so many.
_MOST_BARE = 8
#: "Kids from 3 to 17" are of these ages; "for kids under 20" is a price, as 15 may be.
_CHILD, _SMALL_CHILD = 17, 12
#: No least age is higher.
_GROWN_UP = 18
_LOW, _HIGH = PLACE.replace(r"(\d+)", r"(?P<low>\d+)"), PLACE.replace(r"(\d+)", r"(?P<high>\d+)")
_NUMBERS = rf"{_LOW}(?:\s*-?\s*(?:[-–—]|(?:to|and|or|bis|und|oder)(?!\w))\s*{_HIGH})?"
_STOPS = r"(?=\s*(?:$|[.,;:!?)]|(?:and|und|so|who|die|please|bitte)(?!\w)))"
#: "3-5 year olds", "6-Jährige": persons by themselves.
_OLDS = LazyPattern(rf"{_NUMBERS}[\s-]*(?:(?:years?|yrs?)[\s-]*olds(?!\w)|j(?:ä|ae)hrige[nr]?(?!\w){_STOPS})")
#: "For my 6-year-old", and what follows: a person, or what is of that age itself ("whisky").
_FOR_ONE = LazyPattern(
    rf"(?<!\w)(?:for|to|für|an)\s+(?:[^\W\d_]+\s+){{0,3}}{_NUMBERS}[\s-]*{_LIVED}(?!\w)(?:\s+(?P<noun>[^\W\d_]+))?"
)
#: "Ages 4 to 6", "aged 8+", "im Alter von 4".
_AGED = LazyPattern(
    rf"(?<!\w)(?:ages?|aged|im\s+alter)\s+(?:(?:between|from|of|at\s+least|von|zwischen|ab)\s+)?{_NUMBERS}"
)
#: "From 10 years on".
_FROM_YEARS = LazyPattern(rf"(?<!\w)(?:from|ab)\s+{_LOW}\s*(?:years?|yrs?|jahren?|j\.)(?!\w)")


#: "From 8", "ab 8", "8 and up", "8 years and older", and nothing about money: of a catalogue with least ages.
_FROM_ALONE = LazyPattern(rf"(?<!\w)(?:from|ab)\s+{_LOW}(?=\s*(?:$|[.,;:!?)]))")
_AND_UP = LazyPattern(
    rf"{_LOW}\s*(?:years?|yrs?|jahren?|j\.)?\s*(?:and|und|or|oder)\s+(?:up|older|over|älter|darüber|aufwärts)(?!\w)"
)


@dataclass(frozen=True)
class Company:
    """What was read: where it stands, the numbers that it is said with, and what it asks for."""

    place: int
    numbers: frozenset[int]
    statements: tuple[Statement, ...] = ()


class CompanyReader:
    """Reads sentences (in lower case, amounts marked) against the columns of numbers."""

    def __init__(self, columns: NumberColumns) -> None:
        # Films have no such numbers, and the words take a while to be read.
        heads = {head for each in all_phrases() for head in each.lists["heads"]} if columns.numbers else set()
        counted = first(columns.numbers, lambda one: not heads.isdisjoint(columns.spoken[one.name]))
        self._heads = None if counted is None else columns.both_ends(counted)
        named = {one.name: frozenset(name_words(one.name).split("_")) for one in columns.numbers}
        aged = [one for one in columns.numbers if not _AGES.isdisjoint(named[one.name])]
        ends_of_ages = columns.both_ends(aged[0]) if aged else None
        sure = first(aged, lambda one: not _FROM.isdisjoint(named[one.name]))
        self._age = ends_of_ages[0] if ends_of_ages else sure or next(iter(aged), None)
        self._sure = ends_of_ages is not None or sure is not None
        self._oldest = ends_of_ages[1] if ends_of_ages else None

    @property
    def has_columns(self) -> bool:
        return self._heads is not None or self._age is not None

    def number(self, column: str, cells: Mapping[str, str]) -> float | None:
        """What an item's cell says in one of these columns."""
        known = first(
            filter(None, (*(self._heads or ()), self._age, self._oldest)), lambda one: one.name == column
        )
        return None if known is None else known.number(cells.get(column, ""))

    def read(self, text: str, amounts: Sequence[Amount], *, money: bool) -> Iterator[Company]:
        """What a sentence says of who an item is for."""
        taken: set[int] = set()
        for one in (*self._ages(text, amounts, money=money), *self._players(text, amounts, money=money)):
            if taken.isdisjoint(one.numbers):
                taken |= one.numbers
                yield one

    # Ages

    def _ages(self, text: str, amounts: Sequence[Amount], *, money: bool) -> Iterator[Company]:
        if amounts:
            for pattern in (_OLDS, _FOR_ONE):
                for match in pattern.finditer(text):
                    own = pattern is _FOR_ONE and not self._is_person(match["noun"])
                    yield self._as_old(match, amounts) if own else self._aged(match, amounts)
            for pattern in _kids() if not money else ():
                for match in pattern.finditer(text):
                    eldest = amounts[int(match["high"] or match["low"])]
                    if not eldest.currency and eldest.value <= (_CHILD if match["high"] else _SMALL_CHILD):
                        yield self._aged(match, amounts)
            # Without a column of the least age these may be of anything.
            for pattern in (_AGED, _FROM_YEARS) if self._sure else ():
                for match in pattern.finditer(text):
                    if not ends("at_least", text[: match.start()]):
                        yield self._aged(match, amounts)
            for pattern in (_FROM_ALONE, _AND_UP) if self._sure and not money else ():
                for match in pattern.finditer(text):
                    amount = amounts[int(match["low"])]
                    if not amount.currency and amount.value <= _GROWN_UP:
                        yield self._aged(match, amounts)
        for match in _grown().finditer(text) if "jährig" in text or "jaehrig" in text else ():
            yield Company(match.start(), frozenset(), self._of_age("<=", float(_small_numbers()[match[1]])))

    def _is_person(self, noun: str | None) -> bool:
        """Whether somebody of an age is one that something is for, and not what is looked for itself."""
        known = {word for each in all_phrases() for word in each.lists["grown"]}
        return noun is None or noun in known

    def _aged(self, match: re.Match[str], amounts: Sequence[Amount]) -> Company:
        groups = match.groupdict()
        low = amounts[int(match["low"])].value
        high = amounts[int(groups["high"])].value if groups.get("high") else low
        numbers = frozenset(int(groups[end]) for end in ("low", "high") if groups.get(end))
        under = groups.get("under") is not None
        return Company(match.start(), numbers, self._of_age("<" if under else "<=", min(low, high), high))

    def _as_old(self, match: re.Match[str], amounts: Sequence[Amount]) -> Company:
        """What is of an age itself: "for a 12 year old whisky"."""
        number, known = int(match["low"]), self._age is not None and not self._sure and not match["high"]
        statements = (holds("holds", self._age, "=", amounts[number].value),) if known and self._age else ()
        return Company(match.start(), frozenset({number}), statements)

    def _of_age(
        self, operator: Operator, youngest: float, eldest: float | None = None
    ) -> tuple[Statement, ...]:
        if self._age is None:
            return ()
        found = [holds("holds", self._age, operator, youngest)]
        if self._oldest is not None and operator == "<=":
            found.append(holds("holds", self._oldest, ">=", youngest if eldest is None else eldest))
        return tuple(found)

    # Players

    def _players(self, text: str, amounts: Sequence[Amount], *, money: bool) -> Iterator[Company]:
        if self._heads is None:
            return
        for match in _alone().finditer(text):
            count = _alone_by()[" ".join(match[0].split())]
            yield Company(match.start(), frozenset(), self._for(count, count))
        if not amounts:
            return
        for patterns in _head_patterns():
            for match in patterns.counted.finditer(text):
                yield self._counted(match, text, amounts)
            for pattern in (patterns.we_are, patterns.of_us, patterns.playable):
                for match in pattern.finditer(text):
                    if not amounts[int(match["low"])].currency:
                        yield self._counted(match, text, amounts)
            for match in patterns.bare.finditer(text) if not money else ():
                number = int(match["low"])
                if not amounts[number].currency and amounts[number].value <= _MOST_BARE:
                    yield self._counted(match, text, amounts)

    def _counted(self, match: re.Match[str], text: str, amounts: Sequence[Amount]) -> Company:
        groups = match.groupdict()
        low = amounts[int(match["low"])].value
        high = amounts[int(groups["high"])].value if groups.get("high") else None
        numbers = frozenset(int(groups[end]) for end in ("low", "high") if groups.get(end))
        before, behind = text[: match.start()], text[match.end() :].lstrip()
        most = self._heads[1] if self._heads is not None else None
        found: tuple[Statement, ...]
        if most is None:
            found = ()
        elif high is not None:
            found = self._for(min(low, high), max(low, high))
        elif (
            groups.get("up")
            or groups.get("more")
            or ends("heads_up_to", before)
            or opens("behind_at_least", behind)
        ):
            found = (holds("holds", most, ">=", low),)
        elif (bound := _bound(before)) is not None:
            found = (holds("holds", most, bound, low),)
        else:
            found = self._for(low, low)
        return Company(match.start(), numbers, found)

    def _for(self, low: float, high: float) -> tuple[Statement, ...]:
        """What has to hold where from so many to so many take part."""
        if self._heads is None:
            return ()
        least, most = self._heads
        return holds("holds", least, "<=", float(low)), holds("holds", most, ">=", float(high))


_BOUNDS: tuple[tuple[str, Operator], ...] = (
    ("at_most", "<="), ("below", "<"), ("at_least", ">="), ("above", ">"),
)  # fmt: skip


def _bound(before: str) -> Operator | None:
    """How a number of players is bounded by what stands before it: "at least 5"; None for "for 5"."""
    if ends("heads_for", before):
        return None
    return next((operator for use, operator in _BOUNDS if ends(use, before)), None)


@dataclass(frozen=True)
class _Heads:
    """How one language counts those who play."""

    counted: re.Pattern[str]
    we_are: re.Pattern[str]
    of_us: re.Pattern[str]
    playable: re.Pattern[str]
    bare: re.Pattern[str]


@functools.cache
def _head_patterns() -> tuple[_Heads, ...]:
    return tuple(map(_heads_of, all_phrases()))


def _heads_of(each: Phrases) -> _Heads:
    up = rf"(?:(?P<up>{each.one_of('heads_up_to')})\s+)?"
    return _Heads(
        counted=LazyPattern(
            rf"{_NUMBERS}(?:\s*(?P<more>\+|{each.one_of('behind_at_least')}))?[\s-]*{each.one_of('heads')}"
        ),
        we_are=LazyPattern(rf"{each.one_of('heads_before')}\s+{up}{_NUMBERS}{_STOPS}"),
        of_us=LazyPattern(rf"{_NUMBERS}\s+{each.one_of('heads_behind')}"),
        playable=LazyPattern(rf"{each.one_of('playable')}\s+{up}{_NUMBERS}{_STOPS}"),
        bare=LazyPattern(rf"{each.one_of('heads_for')}\s+{_LOW}(?=[\s.!?]*$|\s*,|\s+(?:please|bitte)(?!\w))"),
    )


@functools.cache
def _kids() -> tuple[re.Pattern[str], ...]:
    """Children with their ages, in each language: "kids between 3 and 5", "Kinder ab 4"."""
    return tuple(map(_kids_of, all_phrases()))


def _kids_of(each: Phrases) -> re.Pattern[str]:
    younger = each.one_of("kids_under")
    return LazyPattern(
        rf"{_any_of(each.lists['audience']['children'])}\s+(?:{each.one_of('kids_aged')}\s+){{0,2}}"
        rf"(?:(?P<under>{younger})|{each.one_of('kids_aged')})\s+{_NUMBERS}"
    )


def _any_of(names: Collection[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)"


@functools.cache
def _alone_by() -> Mapping[str, int]:
    """Phrases that say how many take part, without a number: "solo", "zu zweit"."""
    return {phrase: count for each in all_phrases() for phrase, count in each.lists["company"].items()}


@functools.cache
def _alone() -> re.Pattern[str]:
    return re.compile(_any_of(_alone_by()))


@functools.cache
def _small_numbers() -> Mapping[str, int]:
    return {
        said: number
        for each in all_phrases()
        if each.language == "de"
        for said, number in each.lists["numbers"].items()
        if 1 < number <= 20
    }


@functools.cache
def _grown() -> re.Pattern[str]:
    """ "Einen Sechsjährigen": a number inside of the word."""
    said = "|".join(sorted(_small_numbers(), key=len, reverse=True))
    return re.compile(rf"(?<!\w)({said})j(?:ä|ae)hrig(?:e[nrm]?|s)?(?!\w)")
