"""Opening hours: on which day something has to be open, and when "open" is said of a time.

"Open on Sundays" is met by what the column of hours has for that day. A column that says only whether
something is open at all ("is_open") knows nothing of it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from usbrec.items.constraints.clauses import holds
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, name_words
from usbrec.items.constraints.phrases import phrases_of
from usbrec.items.constraints.statements import Statement
from usbrec.lexicon import LANGUAGES, shared
from usbrec.patterns import LazyPattern

_HOURS = LazyPattern(
    r"(?:^|_)(?:hours|opening|öffnungszeiten|geöffnet|horaires|horario|orari|openingstijden)(?:_|$)"
)
#: "It need not be open on Mondays" asks for nothing that hours by day could say.
_DENIED = LazyPattern(r"(?:(?<!\w)(?:not|never|nicht|nie)|n't|n’t)(?:\s+\w+)?\s+$")
_WORDS = LazyPattern(r"\w+")
#: Shorter words for a day are other words in a sentence.
_SHORTEST = 3


class HoursReader:
    """Reads the days on which something has to be open."""

    def __init__(self, table: ColumnTable) -> None:
        self._column = next((one for one in table.columns if _has_days(one, table)), None)

    def read(self, clause: str) -> Iterator[Statement]:
        if self._column is None or (said := said_of_hours(clause)) is None:
            return
        if _DENIED.search(clause[: clause.find(said)]):
            return
        for word in _WORDS.findall(said):
            if (day := _days().get(word) or _days().get(word.removesuffix("s"))) is not None:
                yield holds("holds", self._column, "contains", day)


def said_of_hours(clause: str) -> str | None:
    """What a clause (in lower case) says of the time at which something is open; None for nothing."""
    if "open" not in clause and "offen" not in clause and "geöffnet" not in clause:
        return None
    found = (pattern.search(clause) for pattern in _patterns())
    return next((match[0] for match in found if match is not None), None)


def _has_days(column: TypedColumn, table: ColumnTable) -> bool:
    """Whether a column is one of hours that are told by day."""
    if column.type not in ("category", "text") or not _HOURS.search(name_words(column.name)):
        return False
    if column.type == "text":
        return any(_day_of(item.extra.get(column.name, "")) for item in table.catalogue)
    return any(map(_day_of, table.names(column.name)))


def _day_of(cell: str) -> str | None:
    first = _WORDS.match(folded(cell))
    return None if first is None else _days().get(first[0])


@functools.cache
def _days() -> Mapping[str, str]:
    return {
        one: day
        for day, written in shared("columns")["days"].items()
        for one in written.split()
        if len(one) >= _SHORTEST
    }


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    told = (phrases_of(language).lists.get("open_at") for language in LANGUAGES)
    return tuple(re.compile(rf"(?<!\w){pattern}") for pattern in told if pattern)
