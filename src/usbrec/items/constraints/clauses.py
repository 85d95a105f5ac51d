"""Clauses of what a seeker says: sentences cut where another thing begins, and statements about columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Constraint, ConstraintValue, Operator
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.items.constraints.statements import Kind, Statement

SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s*\n+\s*")
CLAUSE = re.compile(
    r",(?!\d)|\s+[-–—]\s+|[()]"
    r"|(?<!anything )(?<!everything )(?<!nothing )(?<!all )(?<!where )(?<!none )(?<!\w)"
    r"(?:but|though|however|although|aber|jedoch)(?!\w)"
)
WORD = re.compile(r"[^\W_]+(?:['’&+.][^\W_]+)*")


def clauses(text: str) -> Iterator[tuple[int, str]]:
    """The clauses of a sentence, each with its place."""
    start = 0
    for match in CLAUSE.finditer(text):
        yield start, text[start : match.start()]
        start = match.end()
    yield start, text[start:]


def holds(kind: Kind, column: TypedColumn, operator: Operator, value: ConstraintValue) -> Statement:
    return Statement(kind, Constraint(column.name, operator, value))
