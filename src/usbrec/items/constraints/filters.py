"""Filters: constraints as JSON, held against a catalogue's columns before anybody uses them.

    {"price": {"max": 50}, "in_stock": true, "brand": {"not": ["Sony"]}, "genres": ["shoes", "boots"]}

A value alone is what the column must be, a list one of which it must be. An object has one or more of `is`,
`not`, `in`, `min`, `max`, `above`, `below`, `contains` and `has`. All of it has to hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from usbrec.dialogue import Constraint, ConstraintValue, Operator
from usbrec.errors import InputError
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_table import DECADES, ColumnTable
from usbrec.items.constraints.column_types import ColumnType, TypedColumn, name_words, yes_or_no
from usbrec.items.constraints.phrases import column_name
from usbrec.items.files.amounts import money
from usbrec.lexicon import USUAL, words

#: What a condition is called in JSON, and the operator that it stands for.
CONDITIONS: Mapping[str, Operator] = {
    "is": "=",
    "equals": "=",
    "=": "=",
    "==": "=",
    "not": "!=",
    "!=": "!=",
    "in": "in",
    "min": ">=",
    ">=": ">=",
    "max": "<=",
    "<=": "<=",
    "above": ">",
    ">": ">",
    "below": "<",
    "<": "<",
    "contains": "contains",
    "has": "has",
}
_BOUNDS = frozenset({"<=", "<", ">=", ">"})
#: Conditions by the type of a column.
_FITTING: Mapping[ColumnType, frozenset[str]] = {
    "number": frozenset({"=", "!=", "in", "has"}) | _BOUNDS,
    "yes-no": frozenset({"=", "!=", "has"}),
    "category": frozenset({"=", "!=", "in", "contains", "has"}),
    "text": frozenset({"=", "!=", "contains", "has"}),
}
_KINDS: Mapping[ColumnType, str] = {
    "number": "numbers",
    "yes-no": "yes or no",
    "category": "categories",
    "text": "text",
}
#: Columns, conditions and values of one filter at most, so that nobody keeps a service busy with one.
MOST = 200
_LONGEST = 500


class FilterError(InputError):
    """A filter that cannot be used: `problems` has what is wrong with it, each with its column."""

    def __init__(self, problems: Sequence[str], where: str = "filter") -> None:
        self.problems = tuple(problems)
        super().__init__(f"{where}: {'; '.join(problems)}")


def read_filter(value: Any, table: ColumnTable, where: str = "filter") -> tuple[Constraint, ...]:
    """The constraints of a filter in JSON. Raises FilterError for columns that there are not, values and
    conditions of another type than the column's, and constraints that contradict each other."""
    if not isinstance(value, Mapping):
        raise FilterError(
            [f'expected an object such as {{"price": {{"max": 50}}}}, found {_shown(value)}'],
            where,
        )
    problems: list[str] = []
    found: list[Constraint] = []
    count = 0
    for name, condition in value.items():
        count += 1 if not isinstance(condition, Mapping | list) else len(condition)
        if count > MOST:
            raise FilterError([f"more than {MOST} conditions"], where)
        column = table.column(str(name))
        if column is None:
            problems.append(unknown_column(str(name), table))
            continue
        try:
            if name_words(str(name)) in DECADES:
                found += _decades(str(name), column, condition)
            else:
                found += _conditions(column, condition)
        except InputError as problem:
            problems.append(str(problem))
    problems = problems or contradictions(found)
    if problems:
        raise FilterError(problems, where)
    return tuple(dict.fromkeys(found))


def unknown_column(name: str, table: ColumnTable) -> str:
    """What to say of a column that there is not."""
    near = table.nearest_names(name)
    meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else "."
    there = ", ".join(column.told() for column in table.columns) or "none"
    return f"the catalogue has no column {name[:80]!r}{meant} Columns: {there}"


def contradictions(constraints: Iterable[Constraint]) -> list[str]:
    """Constraints that no value whatever could meet together, each pair in words."""
    by_column: dict[str, list[Constraint]] = {}
    for constraint in constraints:
        by_column.setdefault(constraint.column, []).append(constraint)
    told = []
    for column, together in by_column.items():
        for place, one in enumerate(together):
            other = next((other for other in together[:place] if _contradict(other, one)), None)
            if other is not None:
                told.append(f"{column}: {in_words(other)} and {in_words(one)} contradict each other")
    return told


def in_words(constraint: Constraint, language: str = USUAL) -> str:
    """A constraint as a short phrase: "price at most 50", "brand not Sony"."""
    lists = words(language, "constraints")["told"]
    column, value = column_name(constraint.column, language), constraint.value
    if isinstance(value, bool):
        return f"{column}: {lists['yes' if value is (constraint.operator == '=') else 'no']}"
    exactly = constraint.operator == "=" and isinstance(value, float | int)
    phrase = lists["operators"]["exactly" if exactly else constraint.operator]
    told = _value_told(value)
    if isinstance(value, float):
        told = told.replace(".", lists["decimal"])
    return f"{column} {phrase} {told}".rstrip()


def _conditions(column: TypedColumn, given: Any) -> list[Constraint]:
    if isinstance(given, Mapping):
        if not given:
            raise InputError(f"{column.name}: an empty object; name a condition: {_conditions_told()}")
        return [one for key, value in given.items() for one in _condition(column, str(key), value)]
    if isinstance(given, list | tuple):
        return [_made(column, "in", _values(column, given))]
    operator: Operator = "contains" if column.type == "text" else "="
    return [_made(column, operator, _value(column, given))]


def _condition(column: TypedColumn, key: str, value: Any) -> list[Constraint]:
    operator = CONDITIONS.get(key)
    if operator is None:
        raise InputError(f"{column.name}: {key[:40]!r} is no condition. There are {_conditions_told()}")
    if operator not in _FITTING[column.type]:
        raise InputError(
            f"{column.name}: {key!r} does not fit a column of {_KINDS[column.type]}. "
            f"It takes {_conditions_told(column.type)}"
        )
    if operator == "has":
        if not isinstance(value, bool):
            raise InputError(f"{column.name}.{key}: expected true or false, found {_shown(value)}")
        return [_made(column, "has" if value else "has not", None)]
    if isinstance(value, list | tuple):
        if operator not in ("in", "=", "!="):
            raise InputError(f"{column.name}.{key}: expected one value, found {_shown(value)}")
        return [_made(column, "not in" if operator == "!=" else "in", _values(column, value))]
    if operator == "in":
        raise InputError(f"{column.name}.{key}: expected a list, found {_shown(value)}")
    if column.type == "text" and operator in ("=", "!="):
        operator = "contains" if operator == "=" else "not contains"
    return [_made(column, operator, _value(column, value))]


def _decades(name: str, column: TypedColumn, given: Any) -> list[Constraint]:
    """`decade` is a year in tens: 1990 or "1990s"."""
    value = given.get("is") if isinstance(given, Mapping) and set(given) == {"is"} else given
    text = str(value).strip().removesuffix("s") if not isinstance(value, bool) else ""
    if not (text.isdigit() and len(text) == 4 and text.endswith("0")):
        raise InputError(f'{name}: expected a decade such as 1990 or "1990s", found {_shown(given)}')
    return [_made(column, ">=", float(text)), _made(column, "<", float(text) + 10)]


def _values(column: TypedColumn, given: Sequence[Any]) -> tuple[float | str, ...]:
    if not given:
        raise InputError(f"{column.name}: an empty list, which nothing can be one of")
    if column.type == "text":
        raise InputError(f"{column.name}: a column of text takes one value or `contains`, no list")
    values = tuple(_value(column, one) for one in given)
    return tuple(
        dict.fromkeys(value for value in values if value is not None and not isinstance(value, tuple))
    )


def _value(column: TypedColumn, given: Any) -> ConstraintValue:
    """A value as its column's type has it. Raises InputError."""
    place = f"{column.name}: expected {_expected(column.type)}, found {_shown(given)}"
    if column.type == "number":
        number = _number(column, given)
        if number is None:
            raise InputError(place)
        return number
    if column.type == "yes-no":
        said = given if isinstance(given, bool) else yes_or_no(given) if isinstance(given, str) else None
        if said is None:
            raise InputError(place)
        return said
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise InputError(place)
    text = " ".join(str(given).split())
    if not text or len(text) > _LONGEST:
        raise InputError(place if not text else f"{column.name}: a text of more than {_LONGEST} characters")
    return text


def _number(column: TypedColumn, given: Any) -> float | None:
    if isinstance(given, bool):
        return None
    if isinstance(given, int | float):
        try:
            number = float(given)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None
    if isinstance(given, str):
        # As the column's own cells are read: "1.299" may be thousands, and "1 TB" of a column in GB.
        amount = money(given)
        return amount[0] if amount else column.number(given) if any(map(str.isdigit, given)) else None
    return None


def _expected(kind: ColumnType) -> str:
    return {
        "number": "a number",
        "yes-no": "true or false",
        "category": "a text",
        "text": "a text",
    }[kind]


def _made(column: TypedColumn, operator: Operator, value: ConstraintValue) -> Constraint:
    return Constraint(column.name, operator, value)


def _contradict(one: Constraint, other: Constraint) -> bool:
    pair = {one.operator, other.operator}
    a, b = one.value, other.value
    if pair == {"has", "has not"}:
        return True
    if "has not" in pair:
        return not pair <= {"has not", "!=", "not in", "not contains"}
    if isinstance(a, float) and isinstance(b, float) and pair <= _BOUNDS | {"=", "!="}:
        return _no_number(one, other)
    if pair == {"=", "!="} or pair == {"contains", "not contains"}:
        return _same(a, b)
    if pair == {"="} and isinstance(a, bool) and isinstance(b, bool):
        return a is not b
    if pair in ({"in", "not in"}, {"=", "not in"}, {"in", "!="}):
        wanted, unwanted = (one, other) if one.operator in ("in", "=") else (other, one)
        return _all(wanted.value) <= _all(unwanted.value)
    if "in" in pair and isinstance(a, float | tuple) and isinstance(b, float | tuple) and pair != {"in"}:
        many, bound = (one, other) if one.operator == "in" else (other, one)
        values = many.value if isinstance(many.value, tuple) else ()
        return bool(values) and all(
            isinstance(value, float) and _no_number(Constraint(one.column, "=", value), bound)
            for value in values
        )
    return False


def _no_number(one: Constraint, other: Constraint) -> bool:
    """Whether no number lies within two bounds."""
    low, high, low_open, high_open = -math.inf, math.inf, False, False
    unequal = set()
    for bound in (one, other):
        value = bound.value
        if not isinstance(value, float):
            return False
        if bound.operator in (">=", ">", "=") and (value, bound.operator == ">") > (low, low_open):
            low, low_open = value, bound.operator == ">"
        if bound.operator in ("<=", "<", "=") and (-value, bound.operator == "<") > (-high, high_open):
            high, high_open = value, bound.operator == "<"
        if bound.operator == "!=":
            unequal.add(value)
    return low > high or (low == high and (low_open or high_open or low in unequal))


def _all(value: ConstraintValue) -> frozenset[object]:
    values = value if isinstance(value, tuple) else (value,)
    return frozenset(folded(one) if isinstance(one, str) else one for one in values)


def _same(a: ConstraintValue, b: ConstraintValue) -> bool:
    return _all(a) == _all(b)


#: More numbers in a row are told by the first and the last.
_LISTED = 3


def _value_told(value: ConstraintValue) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        first, last, many = value[0], value[-1], len(value)
        # "1980 to 1989" one by one: what "not from the 80s" asks for.
        if many > _LISTED and isinstance(first, float) and value == tuple(first + at for at in range(many)):
            return f"{_value_told(first)}-{_value_told(last)}"
        return ", ".join(map(_value_told, value))
    return f"{value:.10g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value)


def _conditions_told(kind: ColumnType | None = None) -> str:
    told = [
        key
        for key, operator in CONDITIONS.items()
        if key.isalpha() and key != "equals" and (kind is None or operator in _FITTING[kind])
    ]
    return ", ".join(told)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
