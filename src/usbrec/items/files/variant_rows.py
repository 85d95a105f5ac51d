"""Rows of variants: exports of shops have a row for each size and colour beside that of the item.

In Shopify's they stand below it without a title; in WooCommerce's anywhere, with the item's SKU or id as
their parent, in Shopware's with its id; Magento's items list their SKUs. They are read together as one item,
which is what a conversation is about: it has all sizes, and as many are there as of all variants. Price,
weight and whatever else a variant has of its own are those of one that is there, the cheapest. Which of them
are there in which size is not kept.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from usbrec.items.constraints.column_roles import is_present_price, is_usual_price
from usbrec.items.constraints.column_types import is_price, is_stock, names_of, stock_number, yes_or_no
from usbrec.items.files.amounts import money, number_of
from usbrec.items.files.cells import text_of
from usbrec.items.files.column_names import column_key, further_names
from usbrec.items.files.joined_columns import ATTRIBUTES, option_pairs
from usbrec.patterns import LazyPattern


class _Row(Protocol):
    @property
    def columns(self) -> Mapping[str, Any]: ...


R = TypeVar("R", bound=_Row)

#: Columns of a stock that say yes or no, in a file that counts elsewhere.
_WHETHER = frozenset({"instock", "isinstock", "available", "isavailable", "lieferbar", "auflager"})


#: The column that says which rows are of one item, in files with these columns.
_PARENTS = {
    frozenset({"type", "sku"}): "parent",
    frozenset({"productnumber"}): "parentid",
    frozenset({"sku", "producttype"}): "configurablevariations",
}
_LISTED_SKU = LazyPattern(r"(?:^|[,|])\s*sku=([^,|]+)", re.IGNORECASE)


class VariantRows:
    """Puts the rows of variants together with their item's. `count` says how many there were beside those of
    items, `lost` how many belong to items that are not for sale."""

    def __init__(
        self, header: Sequence[str], titles: Sequence[str], is_hidden: Callable[[Any], bool] | None = None
    ) -> None:
        """`is_hidden` says of a row's cells that what it holds is not for sale."""
        keys = {column_key(one): one for one in reversed(header)}
        self._handle = next((one for one in header if column_key(one) in further_names("handle")), None)
        self._titles = titles
        self._options = [value for _, value in option_pairs(header)]
        self._is_hidden = is_hidden or (lambda cells: False)
        self._parent = next(
            (keys[name] for of, name in _PARENTS.items() if of <= keys.keys() and name in keys), None
        )
        self._listed = self._parent is not None and column_key(self._parent) == "configurablevariations"
        self._type, self._sku, self._id = keys.get("type"), keys.get("sku", ""), keys.get("id", "")
        self._tracker, self._policy = keys.get("variantinventorytracker"), keys.get("variantinventorypolicy")
        self._stocks = [one for one in header if is_stock(one)]
        self._prices = [one for one in header if is_present_price(one) or is_usual_price(one)]
        self.count = self.lost = 0

    def together(self, rows: Iterable[R | str]) -> Iterator[R | str]:
        """The rows, those of one item as one."""
        if self._parent is not None:
            yield from self._by_parent(rows, self._parent)
            return
        if self._handle is None or not self._titles:
            yield from rows
            return
        first: R | None = None
        further: list[R] = []
        for row in rows:
            if first is not None and not isinstance(row, str) and self._goes_on(first, row):
                further.append(self._counted(row))
                continue
            if first is not None:
                yield self._joined(first, further)
            first, further = (None, []) if isinstance(row, str) else (self._counted(row), [])
            if isinstance(row, str):
                yield row
        if first is not None:
            yield self._joined(first, further)

    def told(self) -> str:
        """What was put together, in sentences; "" for nothing."""
        told = []
        if self.count:
            below = self._parent is None
            rows = "rows without a title are" if below else "rows are"
            by = f"the same {self._handle!r}" if below else f"by {self._parent!r}"
            of = "the item above" if below else "another item"
            told.append(
                f"{self.count} {rows} variants of {of} ({by}) and are read with it: all its options, the sum "
                "of its stock, and the price of the cheapest that is there. Which variant is in stock is not "
                "kept."
            )
        if self.lost:
            told.append(f"{self.lost} rows of variants are not for sale, or of items that are not.")
        return " ".join(told)

    def _goes_on(self, first: R, row: R) -> bool:
        handle = text_of(row.columns.get(self._handle or ""))
        return (
            bool(handle)
            and handle == text_of(first.columns.get(self._handle or ""))
            and not any(text_of(row.columns.get(title)) for title in self._titles)
        )

    def _by_parent(self, rows: Iterable[R | str], parent: str) -> Iterator[R | str]:
        """WooCommerce's rows: the variations, wherever they stand, with the row whose SKU or id they name.
        One whose item is not in the file is an item by itself."""
        every = list(rows)
        places: dict[str, int] = {}
        for place, row in enumerate(every):
            if not isinstance(row, str) and (self._listed or not self._is_variation(row)):
                for name in self._names_of(row, parent):
                    places.setdefault(name, place)
        further: dict[int, list[R]] = {}
        own_rows: set[int] = set()
        for place, row in enumerate(every):
            of = None
            if not isinstance(row, str) and (self._listed or self._is_variation(row)):
                of = places.get(text_of(row.columns.get(self._sku if self._listed else parent)))
            if of is None:
                own_rows.add(place)
            elif self._is_hidden(every[of].columns) or (not self._listed and self._is_hidden(row.columns)):  # type: ignore[union-attr]
                self.lost += 1
            else:
                further.setdefault(of, []).append(row)  # type: ignore[arg-type]
        for place, row in enumerate(every):
            if place in own_rows:
                yield row if isinstance(row, str) else self._joined(row, further.get(place, ()))

    def _names_of(self, row: R, parent: str) -> list[str]:
        """What rows of variants call the row of an item."""
        if self._listed:
            return _LISTED_SKU.findall(text_of(row.columns.get(parent)))
        sku, own = text_of(row.columns.get(self._sku)), text_of(row.columns.get(self._id))
        return [name for name in (sku, own and f"id:{own}", own) if name]

    def _is_variation(self, row: R) -> bool:
        if self._type is not None:
            return text_of(row.columns.get(self._type)).casefold() == "variation"
        return not any(text_of(row.columns.get(title)) for title in self._titles)

    def _counted(self, row: R) -> R:
        """The row of a variant whose stock is not counted, or that can be ordered without any, as one that is
        there: Shopify writes 0 for it."""
        if self._tracker is None and self._policy is None:
            return row
        tracked = self._tracker is None or text_of(row.columns.get(self._tracker))
        ordered = self._policy and text_of(row.columns.get(self._policy)).casefold() == "continue"
        cells = {one: row.columns.get(one) for one in self._stocks}
        if (tracked and not ordered) or not any(map(text_of, cells.values())):
            return row
        there = {one: "available" for one, cell in cells.items() if (_count(text_of(cell)) or 0) <= 0}
        return dataclasses.replace(row, columns={**row.columns, **there})  # type: ignore[type-var]

    def _joined(self, first: R, further: Sequence[R]) -> R:
        if not further or not any(text_of(first.columns.get(title)) for title in self._titles):
            return first
        self.count += len(further)
        rows = [first.columns, *(row.columns for row in further)]
        chosen = self._chosen(rows)
        cells = dict(first.columns)
        for column in dict.fromkeys(name for row in rows for name in row):
            texts = [text for row in rows if (text := text_of(row.get(column)))]
            if column in self._options:
                names = (name for text in texts for name in names_of(text))
                cells[column] = ", ".join(dict.fromkeys(names))
            elif column_key(column) == "additionalattributes":
                cells[column] = _attributes_of(texts)
            elif is_stock(column):
                cells[column] = self._stock(column, texts, cells.get(column))
            elif is_price(column):
                # An old price of another variant is none of this one's.
                cells[column] = chosen.get(column)
            elif self._parent is None or not text_of(cells.get(column)):
                cells[column] = text_of(chosen.get(column)) or next(iter(texts), cells.get(column))
        return dataclasses.replace(first, columns=cells)  # type: ignore[type-var]

    def _chosen(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The cells of the cheapest variant that is there; where none is, of the cheapest."""
        priced = [(price, row) for row in rows if (price := self._price(row)) is not None]
        there = [one for one in priced if self._is_there(one[1])]
        return min(there or priced, key=lambda one: one[0], default=(0.0, rows[0]))[1]

    def _price(self, row: Mapping[str, Any]) -> float | None:
        amounts = (_amount(text_of(row.get(column))) for column in self._prices)
        return min((amount for amount in amounts if amount), default=None)

    def _is_there(self, row: Mapping[str, Any]) -> bool:
        """Whether nothing says that a variant is gone; "in stock" goes before how many are."""
        texts = {one: text for one in self._stocks if (text := text_of(row.get(one)))}
        said = [text for one, text in texts.items() if column_key(one) in _WHETHER] or list(texts.values())
        return not said or any((_count(text) or 0) > 0 for text in said)

    def _stock(self, column: str, texts: Sequence[str], own: Any) -> Any:
        if column_key(column) in _WHETHER:
            return next((text for text in texts if yes_or_no(text)), next(iter(texts), own))
        known = [max(0.0, number) for number in map(_count, texts) if number is not None]
        return f"{sum(known):.10g}" if known else own


def _attributes_of(texts: Sequence[str]) -> str:
    """Magento's attributes of several rows as those of one: all values of each."""
    found: dict[str, dict[str, None]] = {}
    for text in texts:
        for name, value in ATTRIBUTES.findall(text):
            found.setdefault(name, {})[value.strip()] = None
    return ",".join(f"{name}={'|'.join(values)}" for name, values in found.items())


def _count(text: str) -> float | None:
    """How many a cell of a stock says."""
    number = number_of(text)
    return stock_number(text) if number is None else number


def _amount(text: str) -> float | None:
    """What a cell of a price says."""
    number = number_of(text)
    if number is None and (amount := money(text)) is not None:
        number = amount[0]
    return number
