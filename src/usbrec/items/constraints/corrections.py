"""Corrections: numbers that take the place of a bound before ("make it 150", "64 GB is ok too")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from usbrec.dialogue import Constraint
from usbrec.items.constraints.clauses import CLAUSE, holds
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.patterns import ConstraintPatterns, is_about_offer
from usbrec.items.constraints.phrases import CLOSE, OPEN, Amount, begun, says
from usbrec.items.constraints.statements import Statement
from usbrec.patterns import LazyPattern

#: A number that is so many times smaller than the bound before it is no bound in its place.
_FAR = 10
#: Where what a correction says ends: "make it 150 and wireless".
_ENDS = LazyPattern(rf"{CLAUSE.pattern}|\s(?:and|und)\s")
_CORRECTS = frozenset({"corrects_before", "corrects_behind"})


def corrections(
    text: str, amount: Amount, numbers: NumberColumns, phrases: Sequence[ConstraintPatterns]
) -> Iterator[Statement]:
    """What a sentence (in lower case, its one amount marked) says instead of a bound before, whatever else it
    says: "make it 150, and wireless", "make it 30 hours"."""
    if amount.year or OPEN not in text or begun(text).isdisjoint(_CORRECTS):
        return
    clause = next(part for part in _ENDS.split(text) if OPEN in part)
    before, behind = clause.partition(OPEN)[0], clause.partition(CLOSE)[2]
    if (
        says("past", clause)
        or is_about_offer(clause, phrases)
        or not any(each.corrects.search(clause) for each in phrases)
        or any(each.denied.search(before) for each in phrases)
    ):
        return
    for each in phrases:
        # "150 then"
        if (found := each.phrases.regex("corrects_behind").match(behind.lstrip())) is not None:
            behind = behind.lstrip()[found.end() :]
    about = numbers.of(amount, before, behind, money=True, weak=False)
    if about is not None:
        yield holds("corrects", about[0], "<=", about[1])


def corrected(one: Constraint, current: Sequence[Constraint], price: str | None) -> Statement | None:
    """The bound that a correction makes of the one that holds: "actually 80 is fine". There has to be one, of
    the price one from above; of another column it keeps its side."""
    priced = one.column == price
    sides = ("<", "<=") if priced else ("<", "<=", ">", ">=", "=")
    bounds = [
        old
        for old in current
        if old.column == one.column and old.operator in sides and isinstance(old.value, float)
    ]
    if not bounds and priced:
        # "At least 60000" - "50000 would do, too": a salary's bound is one from below.
        bounds = [old for old in current if old.column == one.column and old.operator in (">", ">=")]
        priced = False
    if not bounds or (len(bounds) > 1 and not priced):
        return None
    bound, value = bounds[0].value, one.value
    # "Actually 3, please" counts something else.
    if not (isinstance(bound, float) and isinstance(value, float) and value * _FAR >= bound):
        return None
    return Statement("holds", one if priced else replace(one, operator=bounds[0].operator))


def widened(allowed: Constraint, current: Sequence[Constraint]) -> Statement | None:
    """What a number that is allowed, too, makes of the bounds on its column: "64 GB is ok too"."""
    value = allowed.value
    for old in current:
        if old.column != allowed.column or not isinstance(value, float):
            continue
        if isinstance(old.value, float):
            low, high = old.operator in (">", ">="), old.operator in ("<", "<=")
            if (low and value < old.value) or (high and value > old.value):
                return Statement("holds", replace(allowed, operator=">=" if low else "<="))
            if old.operator == "=" and value != old.value:
                return Statement("holds", replace(allowed, operator="in", value=(old.value, value)))
        elif old.operator == "in" and isinstance(old.value, tuple) and value not in old.value:
            return Statement("holds", replace(old, value=(*old.value, value)))
    return None
