"""Patterns of constraints: one language's phrases around the amounts of a text, as regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Operator
from usbrec.items.constraints.phrases import PLACE, Phrases, begun
from usbrec.patterns import LazyPattern


@dataclass(frozen=True)
class ConstraintPatterns:
    """The word lists of one language as patterns over a text whose amounts are marked; those of bounds with
    their operator and the list of their words."""

    phrases: Phrases
    ranges: re.Pattern[str]
    before: tuple[tuple[Operator, str, re.Pattern[str]], ...]
    behind: tuple[tuple[Operator, str, re.Pattern[str]], ...]
    denied: re.Pattern[str]
    corrects: re.Pattern[str]
    turned_behind: re.Pattern[str]
    beside_price: re.Pattern[str]
    allowed: re.Pattern[str]
    or_even: re.Pattern[str]
    granted: re.Pattern[str]
    persons: re.Pattern[str]
    year_before: re.Pattern[str]
    exactly_so_many: re.Pattern[str]
    exact_number: re.Pattern[str]
    either: re.Pattern[str]
    quantity: re.Pattern[str]
    quantity_asked: re.Pattern[str]
    exclude_before: re.Pattern[str]
    include_before: re.Pattern[str]
    must_before: re.Pattern[str]
    about_offer: re.Pattern[str]
    audience: re.Pattern[str]
    groups: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, phrases: Phrases) -> ConstraintPatterns:
        number = PLACE.replace(r"(\d+)", r"(?P<number>\d+)")
        between = (
            r"[.:=]?(?:\s+(?:a|an|the|only|just|nur|den|dem|der|about|around|etwa|ca\.?|like|say|sagen wir))*"
            r"\s*"
        )
        article = (
            r"(?:\s+(?:a|an|the|any|anything|something|more|from|by|brand|von|aus|der|die|das|den|dem|marke|etwas))*"
            r"\s*"
        )
        groups = phrases.lists["audience"]
        low, high = PLACE.replace(r"(\d+)", r"(?P<low>\d+)"), PLACE.replace(r"(\d+)", r"(?P<high>\d+)")
        return cls(
            phrases=phrases,
            ranges=LazyPattern(
                rf"(?:(?P<open>{phrases.one_of('between')})\s+)?{low}\s*(?:(?P<unit>[^\W\d_]{{1,8}})(?<!oder)\s*)?"
                rf"(?:(?P<dash>[-–—])|(?P<to>{phrases.one_of('to')}))\s*{high}"
            ),
            before=tuple(
                (operator, use, LazyPattern(rf"(?P<words>{phrases.one_of(use)}){between}{number}"))
                for operator, use in _BEFORE
            ),
            behind=tuple(
                (
                    operator,
                    use,
                    LazyPattern(
                        rf"{number}\s*(?:(?:[^\W\d_]+\s+)?|(?:[^\W\d_]+\s+){{2}}(?=(?:or|oder)\s))(?P<words>{phrases.one_of(use)})"
                    ),
                )
                for operator, use in _BEHIND
            ),
            denied=LazyPattern(
                rf"{phrases.one_of('negations')}(?:,?\s+{phrases.one_of('filler')}){{0,5}}\s*$"
            ),
            turned_behind=LazyPattern(phrases.one_of("behind_below", "not_fine", "not_behind")),
            beside_price=LazyPattern(
                rf"{phrases.one_of('beside_price')}(?:\s+(?!(?:and|but|und|aber)\s)[^\W\d_]+){{0,3}}\s*$"
            ),
            # "Actually 80 is fine", "make it 80".
            corrects=LazyPattern(
                rf"{number}\s+(?:[^\W\d_]+\s+)?{phrases.one_of('corrects_behind')}"
                rf"|{phrases.one_of('corrects_before')}{between}{number.replace('number', 'other')}"
            ),
            # "64 GB is ok too".
            allowed=LazyPattern(
                rf"{number}[\s-]*(?:[^\W\d_]+\s+){{1,3}}?{phrases.one_of('fine', 'corrects_behind')}"
            ),
            # "Maybe 20"; "1100 would still be ok".
            or_even=LazyPattern(rf"{phrases.one_of('or_even')}{between}{number}(?!\s*[-–])"),
            granted=LazyPattern(rf"{number}\s+{phrases.one_of('corrects_behind')}"),
            persons=LazyPattern(rf"{phrases.one_of('persons')}\s*$"),
            year_before=LazyPattern(rf"{phrases.one_of('before_years')}\s*$"),
            exactly_so_many=LazyPattern(rf"{number}[\s-]*(?P<what>{phrases.one_of('exactly_so_many')})"),
            either=LazyPattern(rf"{number}[\s-]*(?:or|oder|to|bis)\s*$"),
            exact_number=LazyPattern(rf"{phrases.one_of('exact')}{between}{number}"),
            # "500 pieces puzzle" and "a set of 10 pieces" are what something is, not how many of it.
            quantity=LazyPattern(rf"{number}\s+{any_of(phrases.lists['quantity']['behind'])}"),
            quantity_asked=LazyPattern(
                rf"(?:^|{any_of(phrases.lists['quantity']['before'])})\W*{number}"
                rf"\s+{any_of(phrases.lists['quantity']['parts'])}(?=\W*(?:please|bitte)?\W*$)"
            ),
            # "Not from Wesko", and "no kettles from Wesko".
            exclude_before=LazyPattern(
                rf"{phrases.one_of('exclude')}{article}$"
                rf"|{phrases.one_of('negations')}\s+(?:(?!{phrases.one_of('moves')})[^\W\d_-]+[\s-]+){{1,2}}"
                rf"{phrases.one_of('of')}\s+$"
            ),
            include_before=LazyPattern(rf"{phrases.one_of('include')}{article}$"),
            must_before=LazyPattern(rf"{phrases.one_of('must')}{article}$"),
            about_offer=LazyPattern(
                rf"(?:(?:and|so|ok|okay|hm+|well|und|also|oh)\W+)*{phrases.one_of('about_offer')}"
            ),
            audience=LazyPattern(
                rf"{any_of(phrases.lists['audience_before']['words'])}\s+(?:\w+\s+)?"
                rf"(?P<who>{any_of([name for names in groups.values() for name in names])})"
            ),
            groups=tuple((group, LazyPattern(any_of(names))) for group, names in groups.items()),
        )


_BEFORE: tuple[tuple[Operator, str], ...] = (
    ("<=", "at_most"), (">=", "at_least"), ("<", "below"), (">", "above"),
)  # fmt: skip
_BEHIND: tuple[tuple[Operator, str], ...] = (
    ("<=", "behind_at_most"), (">=", "behind_at_least"), ("<", "behind_below"),
)  # fmt: skip


def is_about_offer(clause: str, patterns: Sequence[ConstraintPatterns]) -> bool:
    """Whether a clause is said of what was offered: "is it under 50?"."""
    return "about_offer" in begun(clause) and any(each.about_offer.match(clause.strip()) for each in patterns)


def any_of(names: Iterable[str]) -> str:
    ordered = sorted(names, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)"
