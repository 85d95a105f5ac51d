"""Statements about constraints: what single turns say, and what holds when all of them are taken together.

What is said later goes before what was said earlier: another bound replaces the one of the same side, "a red
one, then" the colour, and "any price is fine" takes a bound back. What one turn excludes stays excluded until
somebody says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from usbrec.dialogue import Constraint
from usbrec.items.constraints.filters import contradictions

Kind = Literal[
    "holds", "answers", "corrects", "less", "released", "cheaper", "also", "allows", "spared", "theirs"
]
_UPPER, _LOWER = frozenset({"<=", "<"}), frozenset({">=", ">"})
_POSITIVE, _NEGATIVE = frozenset({"=", "in", "contains"}), frozenset({"!=", "not in", "not contains"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a turn says of a column.

    "holds" asks for `constraint`; "answers" does so if the recommender has asked for it just before, and
    "corrects" if a bound of the same side holds already; "less" if none that is as low holds;
    "released" takes back what was asked of its column, or allows its value there, too; "also" adds its values
    to those asked for; "allows" widens the bounds on its column until they have its number; "cheaper" asks
    for less than what was offered last; "spared" takes back that a column has to be its value; "theirs" holds
    where something is looked for for the one who is spoken of.
    """

    kind: Kind
    constraint: Constraint


def merged(current: Sequence[Constraint], statements: Sequence[Statement]) -> tuple[Constraint, ...]:
    """What holds after one more turn with these statements ("holds" and "released")."""
    kept = list(current)
    said: list[Constraint] = []
    for statement in statements:
        one = statement.constraint
        if statement.kind == "released":
            kept = _released(kept, one)
            # "Not Wesko, hm, Wesko is okay": in one turn, too.
            said = _released(said, one) if one.operator == "=" else said
        elif statement.kind == "spared":
            kept = [other for other in kept if not _asks_for(other, one)]
        elif statement.kind == "also":
            asked = any(
                one.column == other.column and other.operator in _POSITIVE for other in (*kept, *said)
            )
            for value in one.value if isinstance(one.value, tuple) else (one.value,):
                kept = _released(kept, replace(one, operator="=", value=value))
                # "Red, or maybe black"
                said = _released(said, replace(one, operator="=", value=value))
            if not asked and one not in said:
                said.append(one)
        elif statement.kind == "holds" and one not in said:
            # "Under 100. Actually, up to 150 is fine": of two sentences the later one holds.
            said = [other for other in said if not _replaces(one, other)]
            said.append(one)
    # Two readings of one turn that cannot both hold are a misreading rather than a wish.
    columns = {problem.partition(":")[0] for problem in contradictions(said)}
    said = [one for one in said if one.column not in columns]
    for one in said:
        kept = [other for constraint in kept for other in _beside(constraint, one)]
    return (*kept, *said)


def _replaces(new: Constraint, old: Constraint) -> bool:
    """Whether a bound of a later sentence of the same turn takes the place of one before."""
    return (
        new.column == old.column
        and new.words != old.words
        and any(new.operator in side and old.operator in side for side in (_UPPER, _LOWER))
    )


def _released(kept: Sequence[Constraint], one: Constraint) -> list[Constraint]:
    left = []
    for other in kept:
        if other.column != one.column:
            left.append(other)
        elif one.operator == "=" and other.operator in _NEGATIVE:
            left += _without(other, one.value)
        elif one.operator == "=" and other.operator in ("=", "in"):
            left.append(_with(other, one))
        elif one.operator == "=":
            left.append(other)
    return left


def _asks_for(old: Constraint, one: Constraint) -> bool:
    """Whether a constraint asks for a column's value."""
    values = old.value if isinstance(old.value, tuple) else (old.value,)
    return (
        old.column == one.column
        and old.operator in _POSITIVE
        and any(_same(value, one.value) for value in values)
    )


def _beside(old: Constraint, new: Constraint) -> list[Constraint]:
    """What is left of an earlier constraint beside a later one."""
    if old.column != new.column or old == new:
        return [] if old == new else [old]
    a, b = old.operator, new.operator
    for side in (_UPPER, _LOWER):
        if a in side and b in side:
            return []
    if (isinstance(old.value, bool) and isinstance(new.value, bool)) or b == "has not":
        return []
    if isinstance(new.value, float) and b == "=":
        return []
    if a in _POSITIVE and b in _POSITIVE:
        return []
    if a in _NEGATIVE and b in _POSITIVE:
        values = new.value if isinstance(new.value, tuple) else (new.value,)
        left = [old]
        for value in values:
            left = [rest for one in left for rest in _without(one, value)]
        return left
    if a in _POSITIVE and b in _NEGATIVE:
        values = new.value if isinstance(new.value, tuple) else (new.value,)
        left = [old]
        for value in values:
            left = [rest for one in left for rest in _without(one, value)]
        return left
    return [] if contradictions([old, new]) else [old]


def _without(old: Constraint, value: object) -> list[Constraint]:
    """A constraint on names without one of them."""
    values = old.value if isinstance(old.value, tuple) else (old.value,)
    left = tuple(one for one in values if not _same(one, value))
    if len(left) == len(values):
        return [old]
    if not left:
        return []
    kept = [one for one in left if isinstance(one, str | float)]
    return [replace(old, value=tuple(kept))]


def _with(old: Constraint, new: Constraint) -> Constraint:
    """A constraint on names that allows one more."""
    values = old.value if isinstance(old.value, tuple) else (old.value,)
    if not isinstance(new.value, str) or any(_same(one, new.value) for one in values):
        return old
    kept = [one for one in values if isinstance(one, str)]
    if len(kept) != len(values):
        return old
    return replace(old, operator="in", value=(*kept, new.value), turn=new.turn, words=new.words)


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return one == other
