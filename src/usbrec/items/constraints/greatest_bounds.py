"""Greatest bounds: of several bounds from above in one sentence, the one that has to hold.

"Up to 400, 450 at the very most" and "up to 15, maybe 20" ask for no less than the greater one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from usbrec.items.constraints.clauses import holds
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.patterns import ConstraintPatterns
from usbrec.items.constraints.phrases import Amount, begun, says
from usbrec.items.constraints.statements import Statement

#: Fewer amounts are one bound.
_SEVERAL = 2
#: So many times a bound may be exceeded after all; more is another thing's price.
_FARTHEST = 2.0


def laxest(
    found: Sequence[Statement],
    text: str,
    amounts: Sequence[Amount],
    taken: set[int],
    columns: NumberColumns,
    phrases: Sequence[ConstraintPatterns],
) -> Iterator[Statement]:
    """The statements of a sentence, of bounds from above on one column the greatest: "up to 400, 450 at
    the very most", "up to 15, maybe 20", "at most 1000, but 1100 would still be ok"."""
    if len(amounts) < _SEVERAL or says("self_corrections", text):
        yield from found
        return
    most: dict[str, tuple[float, Statement]] = {}
    for one in found:
        value = one.constraint.value
        if one.kind == "holds" and one.constraint.operator in ("<=", "<") and isinstance(value, float):
            column = one.constraint.column
            if column not in most or value > most[column][0]:
                most[column] = (value, one)
    price = columns.price
    if price is not None and price.name in most:
        for number in _granted(text, phrases):
            amount = amounts[number]
            if (
                number not in taken
                and most[price.name][0] < amount.value <= _FARTHEST * most[price.name][0]
                and columns.in_its_currency(amount)
                and not amount.year
            ):
                taken.add(number)
                most[price.name] = (amount.value, holds("holds", price, "<=", amount.value))
    for one in found:
        column = one.constraint.column
        if one.kind == "holds" and one.constraint.operator in ("<=", "<") and column in most:
            yield most.pop(column)[1]
        elif not (
            one.kind == "holds"
            and one.constraint.operator in ("<=", "<")
            and isinstance(one.constraint.value, float)
        ):
            yield one


def _granted(text: str, phrases: Sequence[ConstraintPatterns]) -> Iterator[int]:
    """The numbers that a bound may reach after all."""
    uses = begun(text)
    for each in phrases:
        if "or_even" in uses:
            yield from (int(match["number"]) for match in each.or_even.finditer(text))
        if "corrects_behind" in uses:
            yield from (int(match["number"]) for match in each.granted.finditer(text))
