"""Nothing fits: the fixed sentence that says which constraint leaves no item, and what is nearest to it.

No item is named in it: whoever names one recommends it. What is nearest is said as a number or as the
categories that there are.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.dialogue import Constraint
from usbrec.items.constraints.column_table import Allowed
from usbrec.items.constraints.filters import in_words
from usbrec.items.knowledge import Knowledge
from usbrec.prompts import Prompts

#: So many categories are told at most.
_NAMES = 4


def nothing_fits(constraints: Sequence[Constraint], knowledge: Knowledge, prompts: Prompts) -> str | None:
    """The sentence; None where some item meets all of the constraints."""
    allowed = knowledge.allowed(constraints)
    if allowed is None or allowed.count:
        return None
    columns = knowledge.columns
    without = [
        (one, columns.allowed([other for other in constraints if other != one])) for one in constraints
    ]
    # What was said last is given up first.
    freed = next(((one, others) for one, others in reversed(without) if others.count), None)
    if freed is None:
        # No one alone is to blame: the last one that by itself leaves nothing, else all of them.
        alone = next((one for one in reversed(constraints) if not columns.allowed([one]).count), None)
        if alone is None:
            told = ", ".join(in_words(one) for one in constraints)
            return prompts.render("nothing_fits", constraint=told, nearest="").strip()
        freed = (alone, columns.allowed([]))
    one, others = freed
    return prompts.render(
        "nothing_fits", constraint=in_words(one), nearest=_nearest(one, others, knowledge, len(constraints))
    ).strip()


def _nearest(one: Constraint, others: Allowed, knowledge: Knowledge, stated: int) -> str:
    """What comes nearest to a constraint among the items that meet the others."""
    column = one.column.replace("_", " ")
    rest = " that fits otherwise" if stated > 1 else ""
    numbers = knowledge.columns.numbers(one.column, others)
    if len(numbers):
        about = knowledge.columns.column(one.column)
        unit = "" if about is None else about.currency or about.unit
        if one.operator in ("<=", "<"):
            return f"The lowest {column}{rest} is {_number(float(numbers.min()), unit)}."
        if one.operator in (">=", ">"):
            return f"The highest {column}{rest} is {_number(float(numbers.max()), unit)}."
        wanted = one.value if isinstance(one.value, float) else float(numbers.min())
        return (
            f"The nearest {column}{rest} is {_number(float(numbers[abs(numbers - wanted).argmin()]), unit)}."
        )
    if names := knowledge.columns.named_among(one.column, others)[:_NAMES]:
        return f"There is {column}: {', '.join(names)}."
    return ""


def _number(value: float, unit: str) -> str:
    written = f"{value:.2f}".removesuffix(".00")
    return f"{written} {unit}" if unit and "/" not in unit else written
