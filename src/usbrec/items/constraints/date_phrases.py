"""Date phrases: when something should be, held against dates ("in March", "ab Mai", "before 12 June").

A date without a year is the one that is nearest to the dates of the column. What was read is the list of the
column's cells that fit, and the trace tells the days that were meant.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple

from usbrec.items.constraints.clauses import CLAUSE, holds
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, name_words
from usbrec.items.constraints.date_cells import Span, days_of, months, span_of, span_of_month
from usbrec.items.constraints.phrases import says
from usbrec.items.constraints.statements import Statement
from usbrec.lexicon import LANGUAGES, words

Kind = Literal["on", "free", "until"]
#: So many items are looked at for which columns have dates, and so many of them must have one.
_SAMPLED, _SHARE = 50, 0.8
#: Columns of texts are looked through in catalogues of so many items at most.
_MOST_ITEMS = 50_000
#: A column whose dates are further apart says of no month which year's it is.
_LONGEST = datetime.timedelta(days=400)
#: In a clause with one of these nothing has to hold.
_SAID_OTHERWISE = ("past", "wish_behind", "better_behind", "conditions")
_THIRDS: Mapping[int, tuple[int, int]] = {1: (1, 11), 2: (10, 21), 3: (20, 31)}
_MADE = frozenset(
    {"release", "released", "publication", "published", "birth", "birthday", "born", "added", "updated",
     "created", "modified", "founded", "premiere", "erschienen", "erscheinungsdatum",
     "veröffentlicht", "geboren", "geändert"}
)  # fmt: skip
_UNTIL = frozenset(
    {"until", "before", "expiry", "expires", "expiration", "mhd", "haltbar", "bis", "deadline", "valid",
     "end", "ende", "gültig", "haltbarkeit"}
)  # fmt: skip
_FREE = frozenset(
    {"available", "free", "frei", "verfügbar", "bezugsfrei", "vacant", "einzug", "bezugsfertig"}
)


class _Asked(NamedTuple):
    """Where a phrase stands, the days that it says, and how they are held: "inside", "since" and so on."""

    start: int
    end: int
    how: str
    spans: tuple[tuple[int | None, int, int | None, int], ...]
    denied: bool


class DateReader:
    """Reads what sentences say of the columns of dates."""

    def __init__(self, table: ColumnTable) -> None:
        self._table = table

    @functools.cached_property
    def columns(self) -> list[tuple[TypedColumn, Kind]]:
        """The columns that say when something is, from when on it is free, or until when it holds."""
        found: list[tuple[TypedColumn, Kind]] = []
        for column in self._table.columns:
            named = set(name_words(column.name).split("_"))
            if column.type not in ("category", "text") or named & _MADE:
                continue
            items = islice(self._table.catalogue, _SAMPLED)
            cells = [text for item in items if (text := item.extra.get(column.of or column.name))]
            if cells and len(days_of(cells)) >= _SHARE * len(cells):
                found.append((column, "until" if named & _UNTIL else "free" if named & _FREE else "on"))
        return found

    def read(self, text: str) -> tuple[str, list[tuple[Statement, str]]]:
        """What a sentence (in lower case) says of dates, each with the days that were meant, and the sentence
        without it."""
        found: list[tuple[Statement, str]] = []
        if not self.columns:
            return text, found
        for asked in list(_phrases(text)):
            clause = CLAUSE.split(text[: asked.start])[-1] + CLAUSE.split(text[asked.start :])[0]
            if any(says(use, clause) for use in _SAID_OTHERWISE) or _one("told").search(clause):
                continue
            kept = _one("keeps").search(text) is not None
            columns = [one for one in self.columns if (one[1] == "until") == kept]
            if len(columns) > 1:
                columns = [one for one in columns if name_words(one[0].name).split("_")[0] in text]
            statement = self._held(asked, *columns[0]) if len(columns) == 1 else None
            if statement is not None:
                found.append(statement)
                text = text[: asked.start] + " " * (asked.end - asked.start) + text[asked.end :]
        return text, found

    @functools.cache  # noqa: B019 - one reader serves a run
    def _days(self, column: str) -> Mapping[str, Span]:
        about = self._table.column(column)
        if about is None:
            return {}
        if about.type == "category":
            return days_of(self._table.names(column))
        if len(self._table.catalogue) > _MOST_ITEMS:
            return {}
        return days_of(
            dict.fromkeys(item.extra.get(about.of or about.name, "") for item in self._table.catalogue)
        )

    def _held(self, asked: _Asked, column: TypedColumn, kind: Kind) -> tuple[Statement, str] | None:
        days = self._days(column.name)
        if not days:
            return None
        spans = [one for each in asked.spans if (one := _dated(each, days)) is not None]
        if len(spans) != len(asked.spans):
            return None
        if asked.how == "between":
            first, last = spans[0].first, spans[1].last
            spans = [Span(first, last)] if first <= last else []
        how = asked.how if not asked.denied else {"before": "since", "after": "until"}.get(asked.how, "not")
        if how == "before" and all(part == 3 for *_, part in asked.spans):
            how = "until"  # "before the end of May"
        if not spans or (how == "not" and asked.how not in ("inside", "between")):
            return None
        fit = [
            cell
            for cell, day in days.items()
            if any(_fits(day, one, how, kind, denied=asked.denied) for one in spans)
        ]
        if kind == "until" and how not in ("until", "after"):
            return None
        if kind == "free" and how in ("after", "not"):
            return None
        told = " or ".join(_told(one, how) for one in spans)
        if how == "not":
            fit = [cell for cell in days if cell not in fit]
        if not fit:
            return holds("holds", column, "=", told), told
        return holds("holds", column, "in", tuple(fit)), told


def _fits(day: Span, asked: Span, how: str, kind: Kind, *, denied: bool) -> bool:
    if kind == "until":
        return day.last >= asked.first if how == "until" else day.last > asked.last
    if kind == "free" and not denied:
        return day.first < asked.first if how == "before" else day.first <= asked.last
    if how == "since":
        return day.first >= asked.first
    if how == "after":
        return day.first > asked.last
    if how == "until":
        return day.last <= asked.last
    if how == "before":
        return day.last < asked.first
    return day.first <= asked.last and day.last >= asked.first


def _told(span: Span, how: str) -> str:
    first, last = span.first.isoformat(), span.last.isoformat()
    if how in ("since", "before"):
        return f"{'from' if how == 'since' else 'before'} {first}"
    if how in ("after", "until"):
        return f"{how} {last}"
    days = first if first == last else f"{first} to {last}"
    return f"not {days}" if how == "not" else days


def _dated(said: tuple[int | None, int, int | None, int], days: Mapping[str, Span]) -> Span | None:
    """The days that are said, of the year that is nearest to a column's dates where none is said."""
    year, month, day, part = said
    low, high = min(one.first for one in days.values()), max(one.last for one in days.values())
    if year is not None:
        return _span(year, month, day, part)
    if high - low > _LONGEST:
        return None
    around = (_span(each, month, day, part) for each in range(low.year - 1, high.year + 2))
    return min(
        (one for one in around if one is not None),
        key=lambda one: max((low - one.last).days, (one.first - high).days, 0),
        default=None,
    )


def _span(year: int, month: int, day: int | None, part: int) -> Span | None:
    if part < 0:
        # A season: three months.
        last_year, last = divmod(month + 1, 12)
        return Span(span_of_month(year, month).first, span_of_month(year + last_year, last + 1).last)
    whole = span_of(year, month, day)
    if whole is None or not part or day is not None:
        return whole
    first, last = _THIRDS[part]
    return Span(whole.first.replace(day=first), whole.first.replace(day=min(last, whole.last.day)))


def _phrases(text: str) -> Iterator[_Asked]:
    end = 0
    for found in _phrase().finditer(text):
        if found.start() < end:
            continue
        end = found.end()
        if found["between"]:
            how, places = "between", ("1", "2")
        else:
            how = next(one for one in _LEADS if found[one] is not None)
            places = ("3", "4")
        spans = tuple(one for place in places if (one := _said(found, place)) is not None)
        if spans and (how != "between" or len(spans) == len(places)):
            if found["onwards"] and how == "inside":
                how = "since"
            elif found["earlier"] and how == "inside":
                how = "until"
            yield _Asked(found.start(), end, how, spans, found["neg"] is not None)


_LEADS = ("since", "after", "until", "before", "inside")


def _said(found: re.Match[str], place: str) -> tuple[int | None, int, int | None, int] | None:
    """The year, month, day and part of a date that stands in a phrase; a season's part is below zero."""

    def number(name: str) -> int | None:
        said = found[name + place]
        return int(said) if said else None

    part = _parts()[" ".join(found[f"part{place}"].split())] if found[f"part{place}"] else 0
    if found[f"named{place}"]:
        month, day = _listed("days")[found[f"named{place}"]]
        return number("y5_"), month, day, 0
    if found[f"season{place}"]:
        return number("y4_"), _listed("seasons")[found[f"season{place}"]], None, -1
    if found[f"mon{place}"]:
        day = number("d3_") or number("d4_")
        return number("y3_"), months()[found[f"mon{place}"]], day, part
    month = number("m1_") or number("m2_")
    if month is None or month > 12:
        return None
    return number("y1_") or number("y2_"), month, number("d1_") or number("d2_"), part


@functools.cache
def _listed(use: str) -> Mapping[str, Any]:
    return {name.casefold(): one for each in _lexicon() for name, one in each[use].items()}


@functools.cache
def _parts() -> Mapping[str, int]:
    return {str(name): int(number) for name, number in _listed("parts").items()}


def _lexicon() -> list[Mapping[str, Any]]:
    return [words(language, "dates") for language in LANGUAGES]


def _joined(use: str) -> str:
    return "(?:" + "|".join(str(each[use]) for each in _lexicon() if each[use]) + ")"


@functools.cache
def _one(use: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_joined(use)}(?!\w)")


def _names(use: str) -> str:
    return "|".join(sorted(map(re.escape, _listed(use)), key=len, reverse=True))


def _date(place: str) -> str:
    """One date, with the names of its groups ending in a place."""
    articles, of = _joined("articles"), _joined("of")
    month = "|".join(sorted(map(re.escape, months()), key=len, reverse=True))
    year = r"(?:19|20)\d\d(?!\d)"
    return (
        rf"(?:(?P<part{place}>{_names('parts')})[\s-]*)?{articles}(?:{_joined('next')}\s+)?(?:"
        rf"(?P<y1_{place}>(?:19|20)\d\d)-(?P<m1_{place}>[01]\d)(?:-(?P<d1_{place}>[0-3]\d))?(?!\d)"
        rf"|(?P<d2_{place}>[0-3]?\d)\.\s?(?P<m2_{place}>[01]?\d)\.(?:\s?(?P<y2_{place}>{year}))?(?!\d)"
        rf"|(?:(?P<d3_{place}>[0-3]?\d)(?:st|nd|rd|th|\.)?\s+{of}?)?(?P<mon{place}>{month})\.?(?!\w)"
        rf"(?!\s+{_joined('no_month')}(?!\w))"
        rf"(?:\s+(?P<d4_{place}>[0-3]?\d)(?:st|nd|rd|th)?(?![\d.]|\s?[^\W\d_€$£]*(?:€|euro|\$|£)))?"
        rf"(?:,?\s+(?P<y3_{place}>{year}))?"
        rf"|(?P<season{place}>{_names('seasons')})(?!\w)(?:\s+(?P<y4_{place}>{year}))?"
        rf"|(?P<named{place}>{_names('days')})(?!\w)(?:\s+(?P<y5_{place}>{year}))?)"
    )


@functools.cache
def _phrase() -> re.Pattern[str]:
    leads = "|".join(rf"(?P<{use}>{_joined(use)})" for use in _LEADS)
    return re.compile(
        rf"(?<!\w)(?<!last\s)(?:(?P<neg>{_joined('negations')})\s+)?(?:"
        rf"(?P<between>{_joined('between')})\s+{_date('1')}\s*(?:-|–|{_joined('to')})\s*{_date('2')}"
        rf"|(?:{leads})\s+(?!{_joined('past')}\s){_date('3')}"
        rf"(?:\s+{_joined('joins')}\s+(?:{_joined('inside')}\s+)?{_date('4')})?)"
        rf"(?:\s+(?:(?P<onwards>{_joined('onwards')})|(?P<earlier>{_joined('or_earlier')}))(?!\w))?"
    )
