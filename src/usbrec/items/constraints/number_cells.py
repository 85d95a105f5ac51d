"""Cells of numbers: how one column writes its numbers, and what each of its cells says.

"8 GB" and "512 MB" stand in one column, "1.299" are thousands in one and a little more than one in another,
and "12,50 € inkl. MwSt.*" is a price. A cell that does not say its number plainly ("ab 12", "10-15", "ask
us") says none: half a truth is a wrong number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from usbrec.items.constraints.measures import (
    dimension_of,
    is_about_a_number,
    measured,
    told_in,
    unit_named,
)
from usbrec.items.files.amounts import money, number_of, stars_of

#: Cells that say that nothing is known.
MISSING = frozenset(
    {"?", "??", "--", "—", "–", "n.a.", "n. a.", "k.a.", "k. a.", "k.a", "keine angabe", "keine angaben"}
    | {"tba", "tbd", "tbc", "not specified", "unspecified", "not known", "unbekannt", "entfällt", "./."}
)
_FREE = frozenset({"free", "for free", "free of charge", "gratis", "kostenlos", "kostenfrei", "umsonst"})
#: What says nothing against a price that stands before it.
_FOOTNOTES = re.compile(
    r"(?<=[0-9])[.,][-–—]+\s*$|\s*(?:[*¹²³†‡]{1,3}|\((?:[*0-9]|inkl|incl)[^()]{0,30}\)|,?\s?(?:inkl\.?|incl\.?|including|inklusive|inc\.?)\s"
    r"(?:\d\d?\s?%\s)?(?:mwst|ust|vat|tax|steuer)\b\.?|(?:/|pro|per|je)\s?(?:stück|stk\.?|st\.|piece|pc\.?|item)"
    r"|,?\s?each)\s*$",
    re.IGNORECASE,
)
_COMMA_FRACTION = re.compile(r"[-−]?[0-9]+,[0-9]{1,2}|[-−]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[-−]?0,[0-9]+")
_POINT_FRACTION = re.compile(r"[0-9]\.(?:[0-9]{1,2}|[0-9]{4,})(?![0-9])|,[0-9]{3}\.[0-9]|(?<![0-9])0\.[0-9]")
_POINT_CENTS = re.compile(r"[0-9]\.[0-9]{2}(?![0-9])")
_POINT_THREE = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA_THREE = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
#: A point before three digits is one of thousands beside plain numbers that are mostly as large.
_LARGE = 100
#: Prices lie so many times around the others of their column.
_NEAR = 2


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes numbers: `unit` is that of plain numbers, `comma` says that fractions stand behind
    a comma, and points are of thousands; `price` that it is a price. `mixed` are two prices whose points
    may be of thousands and two whose points are none, where nothing tells which the former are."""

    unit: str = ""
    comma: bool = False
    price: bool = False
    mixed: tuple[str, ...] = ()

    def number(self, text: str) -> float | None:
        """What a cell says, in `unit`; None where it says no number, or not plainly."""
        text = " ".join(text.replace("−", "-").split())
        if not any(map(str.isdigit, text)):
            if text[:1].isalpha():
                return 0.0 if self.price and text.casefold() in _FREE else None
            return stars_of(text)  # drawn
        if (number := self._plain(text)) is not None:
            return number
        if (found := measured(text)) and (said := self._plain(found[0])) is not None:
            told = told_in(said, found[1], self.unit) if self.unit else None
            if told is not None:
                return told
        if self.price and (shorter := _FOOTNOTES.sub("", text)) != text:
            return self.number(shorter)
        if amount := money(text):
            return amount[0]
        return stars_of(text)

    def _plain(self, text: str) -> float | None:
        if self.comma and not self.price and _COMMA_THREE.fullmatch(text):
            return float(text.replace(",", "."))
        return number_of(text, thousands=self.comma)


def format_of(column: str, cells: Mapping[str, int], *, price: bool) -> NumberFormat:
    """How a column of a name (as words with underscores) writes the numbers in its cells, each with how often
    it stands there."""
    return NumberFormat(
        _unit(column, cells), _comma(cells, price=price), price, _mixed(cells) if price else ()
    )


def is_missing(text: str) -> bool:
    """Whether a cell says that nothing is known."""
    return text.casefold() in MISSING


def is_numeric(text: str) -> bool:
    """Whether a cell holds a number that it may not say plainly."""
    return is_about_a_number(text)


def _mixed(cells: Iterable[str]) -> tuple[str, ...]:
    """Of prices among which "1.299" may be thousands and "9.5" is none, the first two of either sort; nothing
    where all are of one sort, or are whole cents among which only one reading of "1.299" lies."""
    numbers = [(text, found[0] if (found := measured(text)) else text) for text in cells]
    three = [text for text, number in numbers if _POINT_THREE.fullmatch(number)]
    other = [text for text, number in numbers if _POINT_FRACTION.search(number)]
    if not three or not other:
        return ()
    plain = [number for _, number in numbers]
    cents = all(_POINT_CENTS.search(text) for text in plain if _POINT_FRACTION.search(text))
    told = _as_thousands(list(filter(_POINT_THREE.fullmatch, plain)), plain) if cents else None
    return (*three[:2], *other[:2]) if told is None else ()


def _as_thousands(three: Iterable[str], numbers: Iterable[str]) -> bool | None:
    """Whether cells such as "1.299" are of thousands: which reading lies among the other prices, None where
    both do, or neither."""
    others = [
        number
        for text in numbers
        if not _POINT_THREE.fullmatch(text) and (number := number_of(text)) is not None and number > 0
    ]
    if not others:
        return None
    low, high = min(others) / _NEAR, max(others) * _NEAR
    small = [float(text) for text in three]
    thousands = all(low <= 1000 * number <= high * _NEAR for number in small)
    fractions = all(low <= number <= high for number in small)
    return None if thousands == fractions else thousands


def _unit(column: str, cells: Mapping[str, int]) -> str:
    """The unit behind most numbers of a column, "" where there is none or of several dimensions alike; where
    most stand alone, that of the column's name."""
    units: Counter[str] = Counter()
    for text, count in cells.items():
        if number_of(text) is None and (found := measured(text)):
            units[found[1]] += count
    dimensions: Counter[str] = Counter()
    for unit, count in units.items():
        dimensions[dimension_of(unit)] += count
    known = sum(count for text, count in cells.items() if not is_missing(text))
    if dimensions:
        dimension, most = dimensions.most_common(1)[0]
        about = sum(count for text, count in cells.items() if is_about_a_number(text))
        if most * 2 > min(known, about or known):
            return max(
                (unit for unit in units if dimension_of(unit) == dimension), key=lambda unit: units[unit]
            )
    return unit_named(column)


def _comma(cells: Iterable[str], *, price: bool) -> bool:
    """Whether fractions stand behind commas, so that points are of thousands: some commas surely stand before
    fractions, or three digits behind a point are no fraction, and no cell has a point before one."""
    numbers = [found[0] if (found := measured(text)) else text for text in cells]
    commas = any(_COMMA_FRACTION.fullmatch(text) for text in numbers)
    pointed = [text for text in numbers if _POINT_FRACTION.search(text)]
    if pointed:
        # Few prices have thousandths: "1.299" beside "899.50" is more than a thousand.
        cents = all(_POINT_CENTS.search(text) for text in pointed)
        three = [text for text in numbers if _POINT_THREE.fullmatch(text)]
        return price and cents and bool(three) and _as_thousands(three, numbers) is not False
    if commas:
        return True
    if any(map(_POINT_THREE.fullmatch, numbers)):
        plain = sorted(float(text) for text in numbers if text.isascii() and text.isdigit())
        return price or (bool(plain) and plain[len(plain) // 2] >= _LARGE)
    return False
