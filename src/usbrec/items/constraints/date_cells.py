"""Date cells: the days that a catalogue's cells say ("2026-05-01", "12.06.2026", "12 - 14 June 2026").

"06/2027" is a whole month. Which of "06/12/2026" is the month is told by the column's other cells; where none
tells, the cell is not read.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from usbrec.lexicon import LANGUAGES, words
from usbrec.patterns import LazyPattern

_MONTHS, _DECEMBER = 12, 12
_ISO = LazyPattern(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>[01]?\d)(?:-(?P<d>[0-3]?\d))?(?!\d)")
_DOTTED = LazyPattern(r"(?<!\d)(?P<d>[0-3]?\d)\.\s?(?P<m>[01]?\d)\.\s?(?P<y>(?:19|20)\d\d)(?!\d)")
_SLASHED = LazyPattern(r"(?<!\d)(?P<a>[0-3]?\d)/(?P<b>[0-3]?\d)/(?P<y>(?:19|20)\d\d)(?!\d)")
_OF_MONTH = LazyPattern(r"(?<![\d/.])(?P<m>[01]?\d)[/.](?P<y>(?:19|20)\d\d)(?!\d)")


class Span(NamedTuple):
    """The first and the last day that something is on."""

    first: datetime.date
    last: datetime.date


def span_of_month(year: int, month: int) -> Span:
    return Span(
        datetime.date(year, month, 1), datetime.date(year, month, calendar.monthrange(year, month)[1])
    )


def span_of(year: int, month: int, day: int | None) -> Span | None:
    """A day, or a whole month; None where there is none such."""
    try:
        if day is None:
            return span_of_month(year, month)
        return Span(*(datetime.date(year, month, day),) * 2)
    except (ValueError, IndexError):
        return None


def days_of(cells: Iterable[str]) -> Mapping[str, Span]:
    """For each of a column's cells that says one: the first and the last day in it."""
    listed = list(cells)
    month_first = _month_first(listed)
    found: dict[str, Span] = {}
    for cell in listed:
        spans = _spans(cell, month_first)
        if spans:
            found[cell] = Span(min(one.first for one in spans), max(one.last for one in spans))
    return found


def _month_first(cells: Iterable[str]) -> bool | None:
    """Whether the month stands before the day in dates with slashes; None where nothing tells."""
    pairs = [(int(found["a"]), int(found["b"])) for cell in cells for found in _SLASHED.finditer(cell)]
    day, month = any(a > _MONTHS for a, _ in pairs), any(b > _MONTHS for _, b in pairs)
    return None if day == month else month


def _spans(cell: str, month_first: bool | None) -> list[Span]:
    found = []
    for pattern in (_ISO, _DOTTED, _SLASHED):
        for match in pattern.finditer(cell):
            if pattern is _SLASHED:
                if month_first is None:
                    continue
                a, b = int(match["a"]), int(match["b"])
                one = span_of(int(match["y"]), a if month_first else b, b if month_first else a)
            else:
                one = span_of(int(match["y"]), int(match["m"]), int(match["d"]) if match["d"] else None)
            found += [] if one is None else [one]
        if found:
            return found
    for match in _named().finditer(cell.casefold()):
        day = match["d"] or match["day"]
        one = span_of(int(match["y"]), months()[match["month"]], int(day) if day else None)
        found += [] if one is None else [one]
    if found:
        return found
    spans = (span_of(int(match["y"]), int(match["m"]), None) for match in _OF_MONTH.finditer(cell))
    return [one for one in spans if one is not None]


@functools.cache
def months() -> Mapping[str, int]:
    """What months are called, in small letters, and their numbers."""
    listed = (words(language, "dates")["months"] for language in LANGUAGES)
    return {name.casefold(): number for each in listed for name, number in each.items()}


@functools.cache
def _named() -> re.Pattern[str]:
    """ "12 June 2026", "June 12, 2026", "June 2026"; "12. Juni 2026"."""
    month = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<!\d)(?P<d>[0-3]?\d)(?:st|nd|rd|th|\.)?\s+(?:of\s+)?)?(?<!\w)(?P<month>{month})\.?(?!\w)"
        rf"(?:\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d))?,?\s+(?P<y>(?:19|20)\d\d)(?!\d)"
    )
