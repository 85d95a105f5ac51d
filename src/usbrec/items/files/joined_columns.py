"""Columns that say something only together: options named in another cell, an offer beside the usual price,
amounts beside their currency.

Exports of shops write "Option1 Name" = "Size" and "Option1 Value" = "M", and of WooCommerce and Magento a
price of an offer that few items have beside the one of all others.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, MutableMapping, Sequence

from usbrec.items.constraints.column_roles import CURRENT_PRICE, is_offer, is_present_price, is_usual_price
from usbrec.items.constraints.column_types import is_price, is_stock, yes_or_no
from usbrec.items.files.amounts import is_currency, number_of
from usbrec.items.files.column_names import column_key, further_names
from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern

#: An attribute with its value in Magento's column of all of them.
ATTRIBUTES = LazyPattern(r"(?:^|,)\s*([A-Za-z]\w*)=(.*?)(?=,\s*[A-Za-z]\w*=|$)")
#: Shopify's columns of one market: whether it has the item, and at which prices.
_OF_A_MARKET = LazyPattern(r"(?P<what>included|price|compare at price) / (?P<market>.+)", re.IGNORECASE)
#: What a column that says that items are gone is turned into.
IN_STOCK = "in stock"
_NUMBERED = LazyPattern(r"(?P<of>\D+\d{1,2})(?P<end>\D+)")


class JoinedColumns:
    """The columns of one file that are read together. `columns` are its further ones, `kept` those of which
    the user says what they hold, and `taken` the names of all."""

    def __init__(self, columns: Sequence[str], *, kept: Collection[str], taken: Collection[str]) -> None:
        free = [column for column in columns if column not in kept]
        self._taken = frozenset(map(column_key, taken))
        self._options = list(option_pairs(free))
        self._offer, self._usual = _offer(columns)
        names = ("price", CURRENT_PRICE)
        self._current = next((name for name in names if column_key(name) not in self._taken), None)
        if self._offer is None:
            self._current = None
        self._currency = next((one for one in columns if column_key(one) in further_names("currency")), None)
        self._prices = [column for column in columns if is_price(column)]
        #: Magento's column of all attributes: "color=Black,material=Leather".
        self._attributes = next((one for one in free if column_key(one) == "additionalattributes"), None)
        self._gone = None
        if not any(map(is_stock, columns)):
            self._gone = next((one for one in free if column_key(one) in further_names("gone")), None)
        #: The options that were met.
        self._met: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(
            self._options
            or self._current
            or self._gone
            or self._attributes
            or (self._currency and self._prices)
        )

    def join(self, extra: dict[str, str], currencies: MutableMapping[str, dict[str, None]]) -> None:
        """Put together the cells of one row; `currencies` are the signs of amounts, by column."""
        for name, value in self._options:
            self._take_option(extra, name, value)
        if self._attributes and (pairs := ATTRIBUTES.findall(extra.pop(self._attributes, ""))):
            for name, value in pairs:
                if value.strip() and column_key(name) not in self._taken:
                    self._met[name] = None
                    extra[name] = value.strip().replace("|", ", ")
        if self._currency and is_currency(sign := extra.get(self._currency, "")):
            for column in self._prices:
                if number_of(extra.get(column, "")) is not None:
                    currencies.setdefault(column, {})[sign] = None
        if self._gone and (said := yes_or_no(extra.get(self._gone, ""))) is not None:
            del extra[self._gone]
            extra[IN_STOCK] = "no" if said else "yes"
        if self._current and self._offer and self._usual:
            offer, usual = (_positive(extra.get(one, "")) for one in (self._offer, self._usual))
            if offer is not None or usual is not None:
                lower = offer is not None and (usual is None or offer <= usual)
                source = self._offer if lower else self._usual
                extra[self._current] = extra[source]
                if source in currencies:
                    currencies.setdefault(self._current, {}).update(currencies[source])

    def _take_option(self, extra: dict[str, str], name: str, value: str) -> None:
        option = extra.get(name, "")
        if option and column_key(option) in self._taken:
            # "Title" of "Default Title" is what Shopify writes where there are no options.
            if extra.get(value, "").casefold() in _no_options():
                del extra[name], extra[value]
            return
        extra.pop(name, None)
        chosen = extra.pop(value, "")
        if option and chosen:
            self._met[option] = None
            extra[option] = f"{extra[option]}, {chosen}" if option in extra else chosen

    def others(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The further columns as items have them."""
        apart = {one for pair in self._options for one in pair} if self._met else set()
        if self._attributes:
            apart.add(self._attributes)
        if self._gone:
            apart.add(self._gone)
        made = (
            *self._met,
            *((self._current,) if self._current else ()),
            *((IN_STOCK,) if self._gone else ()),
        )
        return (*(column for column in columns if column not in apart), *made)

    def told(self) -> str:
        """What was put together, in sentences; "" for nothing."""
        told = []
        if self._met and self._attributes:
            told.append(f"Attributes of {self._attributes!r} are columns: {', '.join(self._met)}.")
        elif self._met:
            pairs = ", ".join(f"{value!r}" for _, value in self._options)
            told.append(f"Options, named in the file's cells: {', '.join(self._met)} (from {pairs}).")
        if self._current:
            told.append(
                f"{self._current!r} is what an item costs now: {self._offer!r} where it has one that is "
                f"lower, else {self._usual!r}."
            )
        if self._gone:
            told.append(f"{IN_STOCK!r} is what {self._gone!r} denies.")
        return " ".join(told)


def markets_apart(header: Sequence[str]) -> frozenset[str]:
    """The columns of an export that are about one market each, beside those about all: "Included / EU" and
    "Price / EU"."""
    found = {one: match for one in header if (match := _OF_A_MARKET.fullmatch(one.strip()))}
    markets = {match["market"] for match in found.values() if match["what"].casefold() == "included"}
    return frozenset(one for one, match in found.items() if match["market"] in markets)


def option_pairs(columns: Sequence[str]) -> list[tuple[str, str]]:
    """The pairs of columns of an option's name and its value: "Option1 Name" and "Option1 Value"."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        match = _NUMBERED.fullmatch(column_key(column))
        use = next((use for use in ("name", "value") if match and match["end"] in _ends(use)), None)
        if match and use:
            found.setdefault(match["of"], {}).setdefault(use, column)
    return [(pair["name"], pair["value"]) for pair in found.values() if len(pair) == 2]


def _offer(columns: Sequence[str]) -> tuple[str | None, str | None]:
    """The column of an offer and that of what items cost without one; nothing where either is missing, or
    there are several offers."""
    offers = [column for column in columns if is_offer(column)]
    plain = [column for column in columns if is_present_price(column) and column not in offers]
    usual = [*plain, *(column for column in columns if is_usual_price(column))]
    return (offers[0], usual[0]) if len(offers) == 1 and usual and len(plain) < 2 else (None, None)


def _positive(text: str) -> float | None:
    number = number_of(text)
    return number if number is not None and number > 0 else None


@functools.cache
def _ends(use: str) -> frozenset[str]:
    return frozenset(shared("columns")["options"][use].split())


@functools.cache
def _no_options() -> frozenset[str]:
    return frozenset(shared("columns")["options"]["none"])
