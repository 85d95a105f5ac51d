"""Clauses of what a seeker says: sentences cut where another thing begins, and statements about columns."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from usbrec.dialogue import Constraint, ConstraintValue, Operator
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.items.constraints.statements import Kind, Statement
from usbrec.patterns import LazyPattern

_SENTENCE = LazyPattern(r"(?<=[.!?;])\s+|\s*\n+\s*")
#: No sentence ends behind these: "max. 15 €".
_SHORTENED = LazyPattern(
    r"(?:^|[\s(])(?:max|min|mind|ca|approx|inkl|incl|excl|exkl|zzgl|bzw|evtl|ggf|etc|usw|nr|no|z\.b|d\.h|std|art|versch|vers|vs|u\.a|dr|prof|mr|mrs|ms|st|jr)\.$",
    re.IGNORECASE,
)
#: Nor behind the number of a day or a floor: "ab 1. Februar", "im 3. Stock".
_ORDINAL = LazyPattern(r"(?<!\d)\d{1,2}\.$")
_ORDERED = LazyPattern(
    r"(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)[a-zä]*(?!\w)|(?:stock|stockwerk|etage|og|obergeschoss|hand|quartal|halbjahr)(?!\w)",
    re.IGNORECASE,
)
CLAUSE = LazyPattern(
    r",(?!\d)|\s+[-–—]\s+|[()]"
    r"|(?<!anything )(?<!everything )(?<!nothing )(?<!all )(?<!where )(?<!none )(?<!\w)"
    r"(?:but|though|however|although|aber|jedoch)(?!\w)"
)
WORD = LazyPattern(r"[^\W_]+(?:['’&+.][^\W_]+)*")


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    found = [""]
    start = 0
    for match in _SENTENCE.finditer(text):
        before = text[: match.start()]
        ordinal = _ORDERED.match(text, match.end()) is not None and _ORDINAL.search(before) is not None
        if "\n" in match[0] or not (ordinal or _SHORTENED.search(before)):
            found[-1] = text[start : match.start()]
            found.append("")
            start = match.end()
    found[-1] = text[start:]
    return found


@functools.lru_cache(maxsize=64)  # each number of a sentence asks for them again
def clauses(text: str) -> tuple[tuple[int, str], ...]:
    """The clauses of a sentence, each with its place."""
    found, start = [], 0
    for match in CLAUSE.finditer(text):
        found.append((start, text[start : match.start()]))
        start = match.end()
    return (*found, (start, text[start:]))


def holds(kind: Kind, column: TypedColumn, operator: Operator, value: ConstraintValue) -> Statement:
    return Statement(kind, Constraint(column.name, operator, value))


def first(columns: Iterable[TypedColumn], holds: Callable[[TypedColumn], bool]) -> TypedColumn | None:
    """The first column of which something holds."""
    return next((column for column in columns if holds(column)), None)
