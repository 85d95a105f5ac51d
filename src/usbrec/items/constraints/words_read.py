"""Words read: whether what people say of a catalogue's price, stock or brands is read at all.

A module of its own, because films are played without the reader of constraints.
"""

from __future__ import annotations

from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_building import has_brands
from usbrec.items.constraints.column_types import is_price, is_stock_column, name_words


def reads_words(catalogue: Catalogue) -> bool:
    """Whether a catalogue has what people in shops ask for: a price, a stock or a brand."""
    return has_brands(catalogue) or any(
        (column.type == "number" and (is_price(column.name) or bool(column.currency)))
        or is_stock_column(column)
        or name_words(column.name) == "brand"
        for column in catalogue.types
    )
