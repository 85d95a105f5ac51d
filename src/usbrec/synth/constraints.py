"""Constraints of simulated seekers: what an item must be for them, drawn from what their target is.

A seeker gets one to three conditions that the first target meets: a price, a stock, a brand or another
category that it is or is not. Some are said at once, some when they are asked for, some only as the reason to
decline. Of some seekers the price is below that of everything that would do: for them nothing fits.
"""

from __future__ import annotations

import math
import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.dialogue import Item, Sample, Turn
from usbrec.errors import InputError
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_roles import asked_price, asked_stock
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, is_stock, names_of
from usbrec.items.constraints.filters import read_filter
from usbrec.items.kinds import says_nothing
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon import USUAL
from usbrec.play.seekers.wishes import read_wishes, spoken
from usbrec.play.targets import Targets

#: The share of seekers with constraints for whom nothing fits.
UNSATISFIABLE = 0.2
#: When a condition is told, and how often.
_TOLD = (("volunteered", 0.5), ("asked", 0.3), ("kept", 0.2))
_MOST = 3


@dataclass(frozen=True)
class _Columns:
    price: TypedColumn | None
    stock: TypedColumn | None
    others: tuple[TypedColumn, ...]

    @classmethod
    def of(cls, table: ColumnTable) -> _Columns:
        columns = table.columns
        # What is demanded is what the demand's words are held against.
        stock = asked_stock(columns)
        return cls(
            asked_price(columns),
            stock if stock is not None and stock.type in ("number", "yes-no") else None,
            tuple(
                one
                for one in columns
                if one.type in ("category", "yes-no")
                and not is_stock(one.name)
                and one.name not in ("genres", "people")
            ),
        )


def with_constraints(
    samples: Sequence[Sample], knowledge: Knowledge, number: int, seed: int, language: str = USUAL
) -> tuple[Sample, ...]:
    """The samples, `number` of them with constraints that their seekers tell in `language`, the same for the
    same samples and seed; fewer where too little is known of the others' targets.

    Raises InputError where the catalogue has no such column.
    """
    table = knowledge.columns
    columns = _Columns.of(table)
    if columns.price is None and columns.stock is None and not columns.others:
        raise InputError(
            "--constraints: no column of the catalogue can be asked for. It needs a price, a stock, or a "
            "column of categories or of yes and no."
        )
    order = sorted(range(len(samples)), key=lambda place: derive_seed(seed, "constraints", samples[place].id))
    made: dict[int, Sample] = {}
    for place in order:
        if len(made) == number:
            break
        rng = random.Random(derive_seed(seed, "constraints of", samples[place].id))
        found = _constrained(samples[place], knowledge, columns, rng, language)
        if found is not None:
            made[place] = found
    return tuple(made.get(place, sample) for place, sample in enumerate(samples))


def _constrained(
    sample: Sample, knowledge: Knowledge, columns: _Columns, rng: random.Random, language: str
) -> Sample | None:
    table = knowledge.columns
    items = knowledge.catalogue.resolve(sample.targets)
    # Of two items of one title nobody can say which of them the seeker told of.
    if not items or len(knowledge.catalogue.find(sample.targets[0])) > 1:
        return None
    conditions = _conditions(items[0], table, columns, rng)
    price = columns.price
    unsatisfiable = price is not None and rng.random() < UNSATISFIABLE
    if price is not None and unsatisfiable:
        others = {name: value for name, value in conditions.items() if name != price.name}
        lowest = table.numbers(price.name, table.allowed(read_filter(others, table)))
        if not len(lowest) or lowest.min() <= 0:
            return None
        conditions = {**others, price.name: {"below": _rounded(float(lowest.min()), down=True)}}
    if not conditions:
        return None
    given = {name: _telling(value, rng) for name, value in conditions.items()}
    allowed = table.allowed(read_filter(conditions, table))
    targets = tuple(
        title
        for title in sample.targets
        if any(item.id in allowed for item in knowledge.catalogue.find(title))
    )
    if bool(targets) is unsatisfiable or (unsatisfiable and allowed.count):
        return None
    wanted = replace(sample, targets=targets, constraints=given)
    said = [
        spoken(wish, derive_seed(0, sample.id, wish.constraint.column), language)
        for wish in read_wishes(given, table)
        if wish.told == "volunteered"
    ]
    if not said:
        return wanted
    *before, last = sample.turns
    turn = Turn("seeker", " ".join([_as_sentence(last.text), *said]))
    # What names a target tells too much.
    if Targets.of(sample, knowledge).named_by_turn(turn):
        return None
    return replace(wanted, turns=(*before, turn))


def _as_sentence(text: str) -> str:
    """What was said in a few words, with an end to it: another sentence follows."""
    return text if not text or unicodedata.category(text[-1])[0] == "P" else f"{text}."


def _conditions(item: Item, table: ColumnTable, columns: _Columns, rng: random.Random) -> dict[str, Any]:
    """Up to three conditions that an item meets."""
    possible: dict[str, Any] = {}
    if columns.price is not None:
        value = table.value(item, columns.price.name)
        if isinstance(value, float) and value > 0:
            possible[columns.price.name] = {"max": _rounded(value * rng.uniform(1.0, 1.4))}
    if columns.stock is not None:
        value = table.value(item, columns.stock.name)
        if value is True:
            possible[columns.stock.name] = {"is": True}
        elif isinstance(value, float) and not isinstance(value, bool) and value >= 1:
            possible[columns.stock.name] = {"min": 1}
    for column in rng.sample(columns.others, len(columns.others)):
        value = table.value(item, column.name)
        if isinstance(value, bool):
            possible[column.name] = {"is": value}
        elif isinstance(value, str) and value:
            names = table.names(column.name)
            own = {folded(name) for name in names_of(value)}
            others = [name for name in names if folded(name) not in own and _can_be_said(name)]
            if others and (column.name == "brand" or rng.random() < 0.5):
                possible[column.name] = {"not": rng.choice(others)}
            elif len(own) == 1 and column.name != "brand" and _can_be_said(value):
                possible[column.name] = {"is": value}
    names = rng.sample(list(possible), min(len(possible), rng.randint(1, _MOST)))
    return {name: possible[name] for name in possible if name in names}


def _can_be_said(value: str) -> bool:
    """Whether a seeker can demand a value: dates and codes without letters, and "none", are no words."""
    return any(map(str.isalpha, value)) and not says_nothing(value)


def _telling(condition: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    told = rng.choices([name for name, _ in _TOLD], [share for _, share in _TOLD])[0]
    return condition if told == "volunteered" else {**condition, "told": told}


def _rounded(value: float, *, down: bool = False) -> float:
    """A price as people say one: two digits that count, not below the value unless `down`."""
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    if down:
        rounded = math.floor(value / step) * step
        return round(rounded, 2)
    return round(math.ceil(value / step) * step, 2)
