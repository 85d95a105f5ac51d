"""Rows of variants: exports of Shopify have a row for each size and colour, and the title in the first alone.

They are read together as one item, which is what a conversation is about: it has all sizes, costs what the
cheapest does, and as many are there as of all variants. Which of them are there in which size is not kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from usbrec.items.constraints.column_roles import is_present_price
from usbrec.items.constraints.column_types import is_stock, stock_number
from usbrec.items.files.amounts import money, number_of
from usbrec.items.files.cells import text_of
from usbrec.items.files.column_names import column_key, further_names
from usbrec.items.files.joined_columns import option_pairs


class _Row(Protocol):
    @property
    def columns(self) -> Mapping[str, Any]: ...


R = TypeVar("R", bound=_Row)


class VariantRows:
    """Puts rows together that have the handle of the row above and no title. `count` says how many there
    were beside the first ones."""

    def __init__(self, header: Sequence[str], titles: Sequence[str]) -> None:
        self._handle = next((one for one in header if column_key(one) in further_names("handle")), None)
        self._titles = titles
        self._options = [value for _, value in option_pairs(header)]
        self.count = 0

    def together(self, rows: Iterable[R | str]) -> Iterator[R | str]:
        """The rows, those of one product as one."""
        if self._handle is None or not self._titles:
            yield from rows
            return
        first: R | None = None
        further: list[Mapping[str, Any]] = []
        for row in rows:
            if first is not None and not isinstance(row, str) and self._goes_on(first, row):
                further.append(row.columns)
                continue
            if first is not None:
                yield self._joined(first, further)
            first, further = (None, []) if isinstance(row, str) else (row, [])
            if isinstance(row, str):
                yield row
        if first is not None:
            yield self._joined(first, further)

    def told(self) -> str:
        """What was put together, in a sentence; "" for nothing."""
        if not self.count:
            return ""
        return (
            f"{self.count} rows without a title are variants of the item above (the same {self._handle!r}) "
            "and are read with it: all its options, its lowest price, and the sum of its stock. Which "
            "variant is in stock is not kept."
        )

    def _goes_on(self, first: R, row: R) -> bool:
        handle = text_of(row.columns.get(self._handle or ""))
        return (
            bool(handle)
            and handle == text_of(first.columns.get(self._handle or ""))
            and not any(text_of(row.columns.get(title)) for title in self._titles)
        )

    def _joined(self, first: R, further: Sequence[Mapping[str, Any]]) -> R:
        if not further or not any(text_of(first.columns.get(title)) for title in self._titles):
            return first
        self.count += len(further)
        cells = dict(first.columns)
        for column in dict.fromkeys(name for row in further for name in row):
            texts = [text for row in (cells, *further) if (text := text_of(row.get(column)))]
            if column in self._options:
                cells[column] = ", ".join(dict.fromkeys(texts))
            elif is_stock(column):
                counts = [
                    number_of(text) if number_of(text) is not None else stock_number(text) for text in texts
                ]
                known = [max(0.0, number) for number in counts if number is not None]
                cells[column] = f"{sum(known):.10g}" if known else cells.get(column)
            elif is_present_price(column):
                cells[column] = min(texts, key=_amount, default=cells.get(column))
            elif not text_of(cells.get(column)) and texts:
                cells[column] = texts[0]
        return dataclasses.replace(first, columns=cells)  # type: ignore[type-var]


def _count(text: str) -> float | None:
    """How many a cell of a stock says."""
    number = number_of(text)
    return stock_number(text) if number is None else number


def _amount(text: str) -> float:
    """What a cell of a price says; what says none is above all."""
    number = number_of(text)
    if number is None and (amount := money(text)) is not None:
        number = amount[0]
    return float("inf") if number is None else number
