"""Comparisons: bounds told by an item that is named ("newer than Heat", "cheaper than the Vornex 3").

The bound is what the catalogue says of that item: its year, its price, its weight. What is told of two items
("Alien is older than Heat") asks for nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from usbrec.dialogue import Operator
from usbrec.items.constraints.clauses import first, holds
from usbrec.items.constraints.column_roles import is_rating
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, name_words
from usbrec.items.constraints.number_columns import NumberColumns, is_of_stars
from usbrec.items.constraints.phrases import says
from usbrec.items.constraints.settled import saying
from usbrec.items.constraints.statements import Statement
from usbrec.items.linking.reading import Mention
from usbrec.lexicon import LANGUAGES, words
from usbrec.patterns import LazyPattern

#: Characters before a title that are looked at.
_BEFORE = 90
_ENDS = LazyPattern(r"[.!?;,\n](?!\d)|\s[-–—]\s|(?<!\w)(?:but|aber)(?!\w)")
_SENTENCE = LazyPattern(r"[.!?;\n](?!\d)")
_TURNED: Mapping[Operator, Operator] = {"<": ">=", ">": "<="}


class ComparisonReader:
    """Reads what is asked for by comparing with an item; `price` is what items cost."""

    def __init__(self, table: ColumnTable, numbers: NumberColumns, price: TypedColumn | None) -> None:
        self._table, self._numbers, self._price = table, numbers, price

    def read(self, text: str, mentions: Sequence[Mention]) -> tuple[str, list[Statement]]:
        """What a turn asks for by comparing with the items that it names, and the turn with blanks where it
        does so."""
        found: list[Statement] = []
        compared = named = 0
        for mention in mentions:
            before = text[max(compared, mention.start - _BEFORE) : mention.start].lower()
            if not any(word in before for word in _than()):
                named = mention.end
                continue
            match = _comparison().search(before)
            begin = mention.start - len(before) + (0 if match is None else match.start())
            # "Alien is older than Heat", but "like Alien, and older than Heat"
            told = compared < named <= begin and _ENDS.search(text, named, begin) is None
            named = mention.end
            one = None if match is None or told else self._statement(match, before, mention)
            if one is None:
                continue
            found.append(saying(one, _sentence_at(text, mention.start)))
            text = text[:begin] + " " * (mention.end - begin) + text[mention.end :]
            compared = named
        return text, found

    def _statement(self, match: re.Match[str], before: str, mention: Mention) -> Statement | None:
        clause = _ENDS.split(before[: match.start()])[-1]
        if says("past", clause) or _told().match(clause) is not None:
            return None
        of_thing = match["than"] is not None
        operator: Operator = (
            ">" if match["more"] or (not of_thing and match["adjective"] in _greater()) else "<"
        )
        column = self._named(match["thing"]) if of_thing else self._compared(match["adjective"])
        item = self._table.catalogue.get(mention.item_id)
        value = None if column is None or item is None else self._table.value(item, column.name)
        if column is None or isinstance(value, bool | str | None):
            return None
        return holds("holds", column, _TURNED[operator] if match["not"] else operator, float(value))

    def _named(self, thing: str) -> TypedColumn | None:
        """The column that counts a thing: "less sugar than"."""
        return self._numbers.counting(thing) or self._numbers.counting(thing.removesuffix("s"))

    def _compared(self, adjective: str) -> TypedColumn | None:
        """The one column that an adjective is said of: the weight of "lighter"."""
        kind = {**_greater(), **_less()}[adjective]
        if kind == "price":
            return self._price
        if kind == "year":
            return self._numbers.year
        numbers = self._numbers.numbers
        if kind == "rating":
            return first(numbers, lambda one: is_rating(one) and not is_of_stars(one))
        names = _kinds()[kind]
        fitting = [
            one
            for one in numbers
            if not names.isdisjoint(name_words(one.name).split("_"))
            or (kind == "length" and self._numbers.is_of_time(one))
        ]
        return fitting[0] if len(fitting) == 1 else None


def _sentence_at(text: str, place: int) -> str:
    begin = max((cut.end() for cut in _SENTENCE.finditer(text, 0, place)), default=0)
    end = _SENTENCE.search(text, place)
    return " ".join(text[begin : len(text) if end is None else end.end()].split())[:200]


def _lists() -> list[Mapping[str, Mapping[str, object]]]:
    return [words(language, "constraints")["comparatives"] for language in LANGUAGES]


@functools.cache
def _greater() -> Mapping[str, str]:
    return {said: str(kind) for each in _lists() for said, kind in each["more"].items()}


@functools.cache
def _less() -> Mapping[str, str]:
    return {said: str(kind) for each in _lists() for said, kind in each["less"].items()}


@functools.cache
def _kinds() -> Mapping[str, frozenset[str]]:
    kinds: dict[str, frozenset[str]] = {}
    for each in _lists():
        for kind, names in each["columns"].items():
            kinds[kind] = kinds.get(kind, frozenset()) | frozenset(names)  # type: ignore[call-overload]
    return kinds


@functools.cache
def _than() -> tuple[str, ...]:
    return tuple(str(each["words"]["than"]) for each in _lists())


@functools.cache
def _comparison() -> re.Pattern[str]:
    def of(use: str) -> str:
        return "|".join(str(each["words"][use]) for each in _lists())

    adjectives = sorted({*_greater(), *_less()}, key=len, reverse=True)
    return re.compile(
        rf"(?<!\w)(?:(?P<not>{of('not')})\s+)?(?:(?:{of('degrees')})\s+)*"
        rf"(?:(?P<adjective>{'|'.join(map(re.escape, adjectives))})\s+(?:[^\W\d_]+\s+)?"
        rf"|(?P<than>(?P<more>{of('more')})|(?:{of('less')}))\s+(?P<thing>[^\W\d_]+)\s+)"
        rf"(?:{of('than')})\s+(?:(?:{of('articles')})\s+)?[\"“„'*_«]*$"
    )


@functools.cache
def _told() -> re.Pattern[str]:
    """What a clause begins with that tells, or asks, how something is: "it is", "I'm", "is it"."""
    return re.compile("|".join(f"(?:{each['words']['told']})" for each in _lists()))
