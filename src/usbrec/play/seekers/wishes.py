"""Seeker's wishes: what an item must be for one seeker, whether they tell it, and how rules say it.

A sample carries them as a filter whose conditions also say when they are told:

    {"price": {"max": 50, "told": "asked"}, "in_stock": true, "brand": {"not": ["Sony"], "told": "kept"}}

`volunteered` (the default) is said unasked, `asked` when the recommender asks for it, `kept` only as the
reason why an offer does not do, and `hidden` never: an offer that does not meet it is declined without a
reason. `said` stands in the dialogue already, in whatever words. Several conditions on one column that are
told differently are a list of objects:

    {"runtime": [{"min": 90}, {"max": 140, "told": "asked"}]}
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from usbrec.dialogue import Constraint, Sample, Turn
from usbrec.errors import InputError
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_roles import is_maker
from usbrec.items.constraints.column_table import ColumnTable, open_columns
from usbrec.items.constraints.column_types import is_left, is_price, is_stock, name_words
from usbrec.items.constraints.filters import FilterError, contradictions, read_filter
from usbrec.items.constraints.phrases import column_name, phrases_of
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon import LANGUAGES, words

Told = Literal["volunteered", "asked", "kept", "hidden", "said"]
#: Never told in words of their own.
_SILENT: frozenset[Told] = frozenset({"hidden", "said"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A constraint of one seeker, when they tell it, and in which currency its column is, if in one."""

    constraint: Constraint
    told: Told = "volunteered"
    currency: str = ""


def wishes_of(sample: Sample, knowledge: Knowledge | None) -> tuple[Wish, ...]:
    """The wishes of a sample, held against the catalogue's columns; none without a catalogue. Raises
    FilterError."""
    if knowledge is None or not sample.constraints:
        return ()
    return _wishes(sample, knowledge.columns)


def _wishes(sample: Sample, table: ColumnTable) -> tuple[Wish, ...]:
    return read_wishes(sample.constraints, table, f"sample {sample.id}: constraints")


def read_wishes(given: Mapping[str, Any], table: ColumnTable, where: str = "constraints") -> tuple[Wish, ...]:
    """Wishes from their JSON. Raises FilterError."""
    wishes: list[Wish] = []
    problems: list[str] = []
    currencies = {one.name: one.currency for one in table.columns if "/" not in one.currency}
    for column, given_of_it in given.items():
        for condition in _listed(given_of_it):
            plain = condition
            when: Any = "volunteered"
            if isinstance(condition, Mapping):
                plain = {key: value for key, value in condition.items() if key != "told"}
                when = condition.get("told", when)
            if when not in get_args(Told):
                problems.append(f"{column}.told: expected {', '.join(get_args(Told))}, found {when!r}")
                continue
            try:
                found = read_filter({column: plain}, table, where)
            except FilterError as error:
                problems += error.problems
            else:
                wishes += [Wish(one, when, currencies.get(one.column, "")) for one in found]
    problems = problems or contradictions([wish.constraint for wish in wishes])
    if problems:
        raise FilterError(problems, where)
    return tuple({wish.constraint: wish for wish in reversed(wishes)}.values())[::-1]


def _listed(conditions: Any) -> list[Any]:
    """The conditions on one column: a list of objects has several, any other list is one of values."""
    several = (
        isinstance(conditions, list) and conditions and all(isinstance(one, Mapping) for one in conditions)
    )
    return list(conditions) if several else [conditions]


def untold(wishes: Sequence[Wish], turns: Sequence[Turn], knowledge: Knowledge) -> list[Wish]:
    """The wishes that the seeker's turns do not hold yet, as rules read them or by their words."""
    if not wishes:
        return []
    heard = knowledge.reader.read(turns) if knowledge.reader is not None else ()
    said = " ".join(turn.text for turn in turns if turn.role == "seeker").casefold()
    return [
        wish
        for wish in wishes
        if wish.told not in _SILENT
        and not _heard(wish, heard, knowledge)
        and not any(form.casefold() in said for form in _all_forms(wish))
    ]


def _heard(wish: Wish, heard: Sequence[Constraint], knowledge: Knowledge) -> bool:
    """Whether what was read says a wish, perhaps in other words: "in stock" is a stock of at least 1."""
    same = [one for one in heard if one.column == wish.constraint.column]
    if not same or wish.constraint in same:
        return bool(same)
    met = knowledge.columns.allowed(same).mask_n
    return bool(met.any()) and not (met & ~knowledge.columns.allowed((wish.constraint,)).mask_n).any()


def asked_for(wish: Wish, text: str, language: str = "en") -> bool:
    """Whether a recommender's words ask for what a wish is about."""
    if "?" not in text:
        return False
    said, column = text.casefold(), name_words(wish.constraint.column).replace("_", " ")
    if is_price(wish.constraint.column) and phrases_of(language).said("asks_price", said):
        return True
    asks = _lists(language)["asks"].get(name_words(wish.constraint.column))
    if asks is not None and re.search(asks, said) is not None:
        return True
    names = {column, column_name(wish.constraint.column, language).casefold()}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said) is not None for name in names)


def spoken(wish: Wish, seed: int, language: str = "en") -> str:
    """A wish as a seeker says it."""
    forms = _forms(wish, language)
    return forms[derive_seed(seed, "wish", wish.constraint.column) % len(forms)]


def declined(wish: Wish, seed: int, language: str = "en") -> str:
    """An offer declined because of a wish."""
    ways = _lists(language)["say"]["declines"]
    return str(ways[derive_seed(seed, "declines") % len(ways)]).replace(
        "{reason}", spoken(wish, seed, language)
    )


def accepts_nothing(seed: int, language: str = "en") -> str:
    """What a seeker says to the right answer that nothing fits."""
    ways = _lists(language)["say"]["accepts_nothing"]
    return str(ways[derive_seed(seed, "accepts nothing") % len(ways)])


def says_nothing_fits(text: str) -> bool:
    """Whether a recommender says that nothing fits, in one of our languages."""
    return any(_nothing(language).search(text.casefold()) is not None for language in LANGUAGES)


@functools.cache
def _nothing(language: str) -> re.Pattern[str]:
    said = "|".join(map(re.escape, phrases_of(language).lists["nothing"]["words"]))
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)")


def _lists(language: str) -> Mapping[str, Any]:
    return words(language, "constraints")


def _all_forms(wish: Wish) -> list[str]:
    return [form for language in LANGUAGES for form in _forms(wish, language)]


def _forms(wish: Wish, language: str) -> list[str]:
    say, one = _lists(language)["say"], wish.constraint
    value = one.value
    # English says a column's name in small letters, German has names of its own.
    named = column_name(one.column, language)
    column = name_words(one.column).replace("_", " ") if named == one.column.replace("_", " ") else named
    told = _value(value, wish.currency, language, price=is_price(one.column))
    first, _, last = column.rpartition(" ")
    parts = {"{value}": told, "{column}": column, "{first}": first, "{last}": last}
    found = [str(form) for form in say[_use(wish, column, language)]]
    for place, text in parts.items():
        found = [form.replace(place, text) for form in found]
    return [form[:1].upper() + form[1:] for form in found]


_USES: Mapping[str, str] = {
    "<=": "max", "<": "below", ">=": "min", ">": "above", "=": "is", "in": "is", "!=": "not", "not in": "not",
    "contains": "contains", "not contains": "not contains", "has": "has", "has not": "has",
}  # fmt: skip


def _use(wish: Wish, column: str, language: str) -> str:
    """The list of sentences that say a wish about a column, which is called `column`."""
    one, use = wish.constraint, _USES[wish.constraint.operator]
    stock = is_stock(one.column) and not is_left(one.column)
    if isinstance(one.value, bool):
        wanted = one.value is (one.operator == "=")
        return "in_stock" if wanted and stock else f"{'yes' if wanted else 'no'}{_flag(column, language)}"
    if use in ("max", "below", "min", "above"):
        if stock and use == "min" and isinstance(one.value, float) and one.value <= 1:
            return "in_stock"
        return use if is_price(one.column) else f"{use} other"
    if use in ("is", "not"):
        maker = name_words(one.column) == "brand" or is_maker(one.column)
        return use if maker else f"{use} other"
    return use


def _flag(column: str, language: str) -> str:
    """What a column of yes and no is called by: what an item is ("wireless"), what something of it is ("pets
    allowed"), or what it has ("pool")."""
    kinds: Mapping[str, str] = _lists(language)["said_of"]
    first, _, last = column.casefold().rpartition(" ")
    if first and re.fullmatch(kinds["participle"], last):
        return " participle"
    return " adjective" if re.fullmatch(kinds["adjective"], last) else ""


def _value(value: object, currency: str, language: str, *, price: bool) -> str:
    told = _lists(language)["told"]
    if isinstance(value, tuple):
        return str(told["or"]).join(_value(one, currency, language, price=price) for one in value)
    if not isinstance(value, float):
        return str(value)
    number = f"{value:.2f}" if price and not value.is_integer() else f"{value:.10g}"
    number = number.replace(".", str(told["decimal"]))
    if not currency:
        return number
    return f"{currency}{number}" if currency in told["signs_before"] else f"{number} {currency}"


def check_wishes(sample: Sample, catalogue: Catalogue) -> str | None:
    """What is wrong with a sample's constraints beside this catalogue; None for nothing."""
    table = open_columns(catalogue)
    try:
        constraints = [wish.constraint for wish in _wishes(sample, table)]
    except InputError as problem:
        return str(problem)
    allowed = table.allowed(constraints)
    if not sample.targets and allowed.count:
        return f"sample {sample.id}: no targets, though {allowed.count} items meet its constraints. Name one."
    items = catalogue.resolve(sample.targets)
    if items and not any(item.id in allowed for item in items):
        return f"sample {sample.id}: none of its targets meets its constraints."
    return None
