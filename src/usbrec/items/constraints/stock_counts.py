"""Stock counts: numbers of a sentence that say how many of an item are to be there, "at least 3 in stock"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from usbrec.dialogue import Operator
from usbrec.items.constraints.column_types import TypedColumn, name_words
from usbrec.items.constraints.phrases import Amount, all_phrases, ends, opens, spoken_elsewhere
from usbrec.patterns import LazyPattern

#: What is counted may stand between the number and the words: "at least 3 of them in stock".
_COUNTED = LazyPattern(
    r"\s*(?:(?:of\s+)?[^\W\d_]+\s+){0,2}?(?=(?:in|on|auf|am)\s|vorrätig|lagernd|lieferbar)"
)


@dataclass(frozen=True)
class StockCounts:
    """Tells numbers that are held against the column of how many are there."""

    column: TypedColumn
    named: re.Pattern[str]
    counted: re.Pattern[str]

    @classmethod
    def of(cls, column: TypedColumn) -> StockCounts:
        names = [name_words(column.name).replace("_", " "), *spoken_elsewhere(column)]
        said = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
        prepositions = "|".join(
            re.escape(word) for each in all_phrases() for word in each.lists["quantity"]["of_stock"]
        )
        return cls(
            column,
            re.compile(rf"(?<!\w)(?:{said})(?P<of>(?:\s+(?:{prepositions}))?[\s:]*)$"),
            re.compile(rf"\s*(?:{said})(?!\w)"),
        )

    def said(self, amount: Amount, before: str, behind: str, operator: Operator) -> bool:
        """Whether a number with a bound is one of pieces: the column's name stands beside it, or from so
        many on are to be there. "Under 50 in stock" and "in stock under 50" are about what an item costs."""
        if amount.currency or amount.year or not amount.value.is_integer():
            return False
        name = self.named.search(before)
        if name is not None and not ends("in_stock", before[: name.start("of")]):
            return True
        if self.counted.match(behind):
            return True
        counted = _COUNTED.match(behind)
        return operator in (">=", ">") and counted is not None and opens("in_stock", behind[counted.end() :])
