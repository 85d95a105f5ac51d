"""Nothing fits: the fixed sentence that says which constraint leaves no item, and what is nearest to it.

No item is named in it: whoever names one recommends it. What is nearest is said as a number or as the
categories that there are. It is said in the dialogue's language where the lexicon has its words
(lexicon/<language>/constraints.toml, `told`), else in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.dialogue import Constraint
from usbrec.items.constraints.column_table import Allowed
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.phrases import column_name
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import LANGUAGES, USUAL, words
from usbrec.prompts import Prompts

#: So many categories are told at most.
_NAMES = 4


def nothing_fits(
    constraints: Sequence[Constraint], knowledge: Knowledge, prompts: Prompts, language: str = USUAL
) -> str | None:
    """The sentence in a language; None where some item meets all of the constraints."""
    allowed = knowledge.allowed(constraints)
    if allowed is None or allowed.count:
        return None
    # A sentence whose parts are of two languages is worse than one in English.
    language = language if language in LANGUAGES else USUAL
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
            told = ", ".join(in_words(one, language) for one in constraints)
            return prompts.say("nothing_fits", language, constraint=told, nearest="").strip()
        freed = (alone, columns.allowed([]))
    one, others = freed
    nearest = _nearest(one, others, knowledge, len(constraints), language)
    told = ", ".join(in_words(other, language) for other in _at_odds(one, constraints, knowledge))
    return prompts.say("nothing_fits", language, constraint=told, nearest=nearest).strip()


def _at_odds(
    one: Constraint, constraints: Sequence[Constraint], knowledge: Knowledge
) -> Sequence[Constraint]:
    """Those of the constraints, `one` among them, that leave nothing together and would without any of them:
    where some item is black, "no item is black" is wrong."""
    left = list(constraints)
    for other in constraints:
        fewer = [kept for kept in left if kept is not other]
        if other != one and not knowledge.columns.allowed(fewer).count:
            left = fewer
    return left


def _nearest(one: Constraint, others: Allowed, knowledge: Knowledge, stated: int, language: str) -> str:
    """What comes nearest to a constraint among the items that meet the others."""
    lists: Mapping[str, Any] = words(language, "constraints")["told"]
    column = column_name(one.column, language)
    rest = lists["otherwise"] if stated > 1 else ""
    numbers = knowledge.columns.numbers(one.column, others)
    if len(numbers):
        about = knowledge.columns.column(one.column)
        unit = "" if about is None else about.currency or about.unit
        if one.operator in ("<=", "<"):
            which, value = "lowest", float(numbers.min())
        elif one.operator in (">=", ">"):
            which, value = "highest", float(numbers.max())
        else:
            wanted = one.value if isinstance(one.value, float) else float(numbers.min())
            which, value = "nearest", float(numbers[abs(numbers - wanted).argmin()])
        return _filled(lists[which], column=column, otherwise=rest, value=_number(value, unit, lists))
    if names := knowledge.columns.named_among(one.column, others)[:_NAMES]:
        return _filled(lists["there_is"], column=column, value=", ".join(names))
    return ""


def _filled(sentence: str, **values: str) -> str:
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    return sentence


def _number(value: float, unit: str, lists: Mapping[str, Any]) -> str:
    written = f"{value:.2f}".removesuffix(".00").replace(".", lists["decimal"])
    return f"{written} {unit}" if unit and "/" not in unit else written
