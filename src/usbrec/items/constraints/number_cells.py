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
    UNITS,
    dimension_of,
    is_about_a_number,
    measured,
    told_in,
    unit_named,
)
from usbrec.items.files.amounts import MYRIADS, count_of, money, number_of, plain_digits, stars_of
from usbrec.patterns import LazyPattern

#: Cells that say that nothing is known.
MISSING = frozenset(
    {"?", "??", "--", "—", "–", "n.a.", "n. a.", "k.a.", "k. a.", "k.a", "keine angabe", "keine angaben"}
    | {"tba", "tbd", "tbc", "not specified", "unspecified", "not known", "unbekannt", "entfällt", "./."}
)
_FREE = frozenset({"free", "for free", "free of charge", "gratis", "kostenlos", "kostenfrei", "umsonst"})
#: What says nothing against a price that stands before it.
_FOOTNOTES = LazyPattern(
    r"(?<=[0-9])[.,][-–—]+\s*$|\s*(?:[*¹²³†‡]{1,3}|\((?:[*0-9]|inkl|incl)[^()]{0,30}\)|,?\s?(?:inkl\.?|incl\.?|including|inklusive|inc\.?)\s"
    r"(?:\d\d?\s?%\s)?(?:mwst|ust|vat|tax|steuer)\b\.?|(?:/|pro|per|je)\s?(?:stück|stk\.?|st\.|piece|pc\.?|item)"
    r"|,?\s?each)\s*$",
    re.IGNORECASE,
)
_COMMA_FRACTION = LazyPattern(r"[-−]?[0-9]+,[0-9]{1,2}|[-−]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[-−]?0,[0-9]+")
_POINT_FRACTION = LazyPattern(r"[0-9]\.(?:[0-9]{1,2}|[0-9]{4,})(?![0-9])|,[0-9]{3}\.[0-9]|(?<![0-9])0\.[0-9]")
_POINT_CENTS = LazyPattern(r"[0-9]\.[0-9]{2}(?![0-9])")
_POINT_THREE = LazyPattern(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA_THREE = LazyPattern(r"[1-9][0-9]{0,2},[0-9]{3}")
#: A point before three digits is one of thousands beside plain numbers that are mostly as large.
_LARGE = 100
#: Numbers lie so many times around the others of their column; so many times beyond these, one is odd.
_NEAR, _FAR = 2, 10
#: What a mark before three digits stands for where a column has points and commas in one use.
FRACTIONS, THOUSANDS = "fractions", "thousands"


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes numbers: `unit` is that of plain numbers, `comma` says that fractions stand behind
    a comma, and points are of thousands; `price` that it is a price. `marks` says what a point and a comma
    before three digits stand for alike, "" where they differ. `mixed` are some cells of two notations: which
    number one of them says can only be told by the others."""

    unit: str = ""
    comma: bool = False
    price: bool = False
    mixed: tuple[str, ...] = ()
    marks: str = ""

    def number(self, text: str) -> float | None:
        """What a cell says, in `unit`; None where it says no number, or not plainly."""
        text = " ".join(plain_digits(text).replace("−", "-").split())
        if not any(map(str.isdigit, text)):
            if text[:1].isalpha():
                return 0.0 if self.price and text.casefold() in _FREE else None
            return stars_of(text)  # drawn
        if (number := self._plain(text)) is not None:
            return number
        if text[-1] in MYRIADS:
            return count_of(text)
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
        if self.marks and (_POINT_THREE.fullmatch(text) or _COMMA_THREE.fullmatch(text)):
            return float(re.sub("[.,]", "." if self.marks == FRACTIONS else "", text))
        if self.comma and not self.price and _COMMA_THREE.fullmatch(text):
            return float(text.replace(",", "."))
        return number_of(text, thousands=self.comma)


#: A fraction somewhere in a cell, which is no date and no list: "5,8 l/100km", "EU 42.5".
_SOME_COMMA = LazyPattern(r"(?<![0-9.,])[0-9]{1,4},[0-9]{1,2}(?![0-9.,])")
_SOME_POINT = LazyPattern(r"(?<![0-9.,])[0-9]{1,4}\.[0-9]{1,2}(?![0-9.,])")
#: Amounts with a currency's sign have no thousandths.
_AMOUNT_IN_POINTS = LazyPattern(r"(?<![0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9])")
_AMOUNT_IN_COMMAS = LazyPattern(r"(?<![0-9.,])[1-9][0-9]{0,2},[0-9]{3}(?![0-9])")


def commas_of(cells: Iterable[str], amounts: Iterable[str] = ()) -> bool | None:
    """Whether a file writes fractions behind a comma, as all of its cells say it, and amounts whose signs
    were taken off; None where they say nothing, or both."""
    comma = point = False
    for text in cells:
        comma = comma or _SOME_COMMA.search(text) is not None
        point = point or _SOME_POINT.search(text) is not None
    for text in amounts:
        comma = comma or bool(_SOME_COMMA.search(text) or _AMOUNT_IN_POINTS.search(text))
        point = point or bool(_SOME_POINT.search(text) or _AMOUNT_IN_COMMAS.search(text))
    return None if comma == point else comma


def format_of(
    column: str, cells: Mapping[str, int], *, price: bool, commas: bool | None = None
) -> NumberFormat:
    """How a column of a name (as words with underscores) writes the numbers in its cells, each with how often
    it stands there. `commas` says whether its file has fractions behind a comma; None where nobody knows."""
    unit = _unit(column, cells)
    if price:
        return NumberFormat(unit, _comma_of_prices(cells), price, _mixed_prices(cells))
    written = _Notations.of(cells, unit, commas)
    return NumberFormat(unit, written.comma, price, written.mixed, written.marks)


def is_missing(text: str) -> bool:
    """Whether a cell says that nothing is known."""
    return text.casefold() in MISSING


def is_numeric(text: str) -> bool:
    """Whether a cell holds a number that it may not say plainly."""
    return is_about_a_number(text)


def _mixed_prices(cells: Iterable[str]) -> tuple[str, ...]:
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


def _comma_of_prices(cells: Iterable[str]) -> bool:
    """Whether points before three digits of prices are of thousands: no price has thousandths, but for a
    column that has cents behind points, among which only such a fraction lies, and fractions of one digit."""
    numbers = [found[0] if (found := measured(text)) else text for text in cells]
    three = [text for text in numbers if _POINT_THREE.fullmatch(text)]
    pointed = [text for text in numbers if _POINT_FRACTION.search(text)]
    if pointed:
        # Few prices have thousandths: "1.299" beside "899.50" is more than a thousand.
        cents = all(_POINT_CENTS.search(text) for text in pointed)
        return cents and bool(three) and _as_thousands(three, numbers) is not False
    return bool(three) or any(map(_COMMA_FRACTION.fullmatch, numbers))


@dataclass(frozen=True)
class _Notations:
    """How the cells of a column that is none of prices write numbers: `comma`, `marks` and `mixed` as in
    :class:`NumberFormat`."""

    comma: bool
    marks: str
    mixed: tuple[str, ...]

    @classmethod
    def of(cls, cells: Iterable[str], unit: str, commas_said: bool | None) -> _Notations:
        """Fractions that are surely such say what points and commas before three digits are, unless the
        other reading alone lies among the column's other numbers, all told in `unit`; a column without any
        is written as its file is (`commas_said`)."""
        written = [(text, *(measured(text) or (text, ""))) for text in cells]
        points = [one for one in written if _POINT_THREE.fullmatch(one[1])]
        commas = [one for one in written if _COMMA_THREE.fullmatch(one[1])]
        pointed = [text for text, digits, _ in written if _POINT_FRACTION.search(digits)]
        sure = [text for text, digits, _ in written if _COMMA_FRACTION.fullmatch(digits)]
        if not points and not commas:
            return cls(bool(sure) and not pointed, "", ())
        three = {one[0] for one in (*points, *commas)}
        known = (_in(unit, number_of(digits), of) for text, digits, of in written if text not in three)
        others = sorted(number for number in known if number is not None and number > 0)
        point, comma = _lie_as_thousands(points, others, unit), _lie_as_thousands(commas, others, unit)
        if point and pointed and not all(map(_POINT_CENTS.search, pointed)):
            point = None
        if not (pointed or sure or points or any(of in UNITS for _, _, of in commas)):
            comma = None  # Of whole numbers "1,250" is one, too.
        by_point = (
            point
            if point is not None
            else _usual_point(others, pointed=pointed, sure=sure, commas=commas_said)
        )
        by_comma = comma if comma is not None else not sure or bool(pointed)
        unsaid = bool(points) and not (pointed or sure or commas) and commas_said is None
        unsaid = unsaid and point is None and not by_point
        if not commas:
            by_comma = not by_point
        elif points and comma is None and not pointed and not sure:
            by_comma = by_point  # One reading for both.
        marks = "" if by_point != by_comma else THOUSANDS if by_point else FRACTIONS
        two = (
            (points and commas and not (point is False and comma is True))
            or (commas and not by_comma and (pointed or not sure))
            or (points and (by_point if pointed else sure and not by_point))
            or (pointed and sure)
            or (pointed and comma is None and _beyond(commas, others, unit))
            or (sure and point is None and _beyond(points, others, unit))
            or unsaid
        )
        first = [one[0] for one in (*points[:2], *commas[:2])]
        shown = dict.fromkeys((*first, *pointed[:2], *sure[:2], *(one[0] for one in written[:2])))
        return cls(by_point and not by_comma, marks, tuple(shown)[:4] if two else ())


#: A cell, its digits and its unit.
_Written = tuple[str, str, str]


def _usual_point(others: list[float], *, pointed: list[str], sure: list[str], commas: bool | None) -> bool:
    """Whether points before three digits are of thousands, as far as the notation of fractions, that of the
    file and the size of the other numbers say it."""
    if pointed or sure:
        return not pointed
    if commas is not None:
        return commas
    return bool(others) and others[len(others) // 2] >= _LARGE


def _in(unit: str, number: float | None, of: str) -> float | None:
    """A number of one unit in that of the column; itself where either has none."""
    if number is None or not unit or not of:
        return number
    return told_in(number, of, unit)


def _lie_as_thousands(three: Iterable[_Written], others: list[float], unit: str) -> bool | None:
    """Whether numbers with a mark before three digits lie among the others as thousands; False as fractions,
    None where both do, or neither."""
    small = _fractions(three, unit)
    if not small or not others:
        return None
    low, high = others[0] / _NEAR, others[-1] * _NEAR
    thousands = all(low <= 1000 * number <= high * _NEAR for number in small)
    fractions = all(low <= number <= high for number in small)
    return None if thousands == fractions else thousands


def _beyond(three: Iterable[_Written], others: list[float], unit: str) -> bool:
    """Whether numbers with a mark before three digits, as thousands, lie far beyond the others."""
    return bool(others) and any(1000 * number > others[-1] * _FAR for number in _fractions(three, unit))


def _fractions(three: Iterable[_Written], unit: str) -> list[float]:
    told = (_in(unit, float(digits.replace(",", ".")), of) for _, digits, of in three)
    return [number for number in told if number is not None]
