"""Unpublished rows: items of a shop's export that are drafts, archived, private or hidden, and not for sale.

Shopify says so in `Status` and `Published`, WooCommerce in `Published` and `Visibility in catalog`, Magento
in `product_online`, PrestaShop in `Status`, Shopware in `active`. Only in files with the columns of such an
export: elsewhere a column of that name may say anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from usbrec.items.files.cells import text_of
from usbrec.items.files.column_names import column_key


class _Row(Protocol):
    @property
    def columns(self) -> Mapping[str, Any]: ...


R = TypeVar("R", bound=_Row)

#: The columns by which an export is known, and in which of its cells an item is not for sale.
_EXPORTS: Sequence[tuple[frozenset[str], Mapping[str, frozenset[str]]]] = (
    (
        frozenset({"handle", "title", "vendor"}),
        {
            "status": frozenset({"draft", "archived", "unlisted"}),
            "published": frozenset({"false", "no", "0"}),
        },
    ),
    (
        frozenset({"sku", "name", "published"}),
        {
            "published": frozenset({"0", "-1", "false", "no"}),
            "visibilityincatalog": frozenset({"hidden"}),
        },
    ),
    # Magento; what is not visible by itself and no item's variant is in no shop either.
    (
        frozenset({"sku", "producttype", "productonline"}),
        {
            "productonline": frozenset({"0", "2"}),
            "visibility": frozenset({"not visible individually"}),
        },
    ),
    # PrestaShop and Shopware.
    (frozenset({"productid", "reference", "pricetaxexcl", "status"}), {"status": frozenset({"0"})}),
    (frozenset({"productnumber", "stock", "active"}), {"active": frozenset({"0", "false"})}),
)
#: What WooCommerce's exports have beside these: one of them is enough.
_OF_WOOCOMMERCE = frozenset({"isfeatured", "visibilityincatalog", "taxstatus", "instock"})


class UnpublishedRows:
    """Leaves such rows out and counts them, by what their cells say."""

    def __init__(self, header: Sequence[str]) -> None:
        keys = {column_key(name): name for name in header}
        self._hidden: Mapping[str, frozenset[str]] = {}
        for known, cells in _EXPORTS:
            if known <= keys.keys() and ("name" not in known or not _OF_WOOCOMMERCE.isdisjoint(keys)):
                self._hidden = {keys[key]: said for key, said in cells.items() if key in keys}
        self.counts: Counter[str] = Counter()

    def without(self, rows: Iterable[R | str]) -> Iterator[R | str]:
        """The rows of items that are for sale."""
        for row in rows:
            said = None if isinstance(row, str) or not self._hidden else self._said(row.columns)
            if said is None:
                yield row
            else:
                self.counts[said] += 1

    def is_hidden(self, cells: Mapping[str, Any]) -> bool:
        """Whether a row with these cells is left out."""
        return self._said(cells) is not None

    def _said(self, cells: Mapping[str, Any]) -> str | None:
        for column, hidden in self._hidden.items():
            cell = text_of(cells.get(column)).casefold()
            if cell in hidden:
                return f"{column} {cell!r}"
        return None

    def told(self) -> str:
        """What was left out, in a sentence; "" for nothing."""
        if not self.counts:
            return ""
        listed = ", ".join(f"{count} with {said}" for said, count in self.counts.most_common())
        return f"Items that are not for sale are left out: {listed}."
