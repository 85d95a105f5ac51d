"""Measures: numbers with units ("8 GB", "1,5 kg", "2h 15m") and how many of one unit another is.

Units of one dimension are told in each other; a unit that is not listed is a dimension of its own, so that
"3 players" and "12 Stück" count what they say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from usbrec.items.files.amounts import MYRIADS, number_of, scale_of
from usbrec.patterns import LazyPattern


class Unit(NamedTuple):
    """What a unit measures, and how many of the dimension's base it is."""

    dimension: str
    size: float


# Memory is counted in thousands, as it is sold.
_LISTED: Mapping[str, Mapping[str, float]] = {
    "memory": {"b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15},
    "length": {
        "mm": 1e-3, "cm": 1e-2, "dm": 1e-1, "m": 1.0, "km": 1e3, "meter": 1.0, "metre": 1.0,
        '"': 0.0254, "″": 0.0254, "''": 0.0254, "in": 0.0254, "inch": 0.0254, "inches": 0.0254,
        "zoll": 0.0254, "ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "yd": 0.9144, "mi": 1609.344,
        "mile": 1609.344, "kilometer": 1e3, "kilometre": 1e3, "zentimeter": 1e-2, "millimeter": 1e-3,
        "centimeter": 1e-2, "centimetre": 1e-2, "millimetre": 1e-3,
    },
    "weight": {
        "mg": 1e-3, "g": 1.0, "gr": 1.0, "gramm": 1.0, "gram": 1.0, "kg": 1e3, "kilo": 1e3, "kilogramm": 1e3,
        "kilogram": 1e3, "t": 1e6, "lb": 453.59237, "pound": 453.59237, "pfund": 500.0, "oz": 28.349523125,
        "ounce": 28.349523125,
    },
    "volume": {
        "ml": 1e-3, "cl": 1e-2, "dl": 1e-1, "l": 1.0, "ltr": 1.0, "liter": 1.0, "litre": 1.0,
        "milliliter": 1e-3, "millilitre": 1e-3,
    },
    "power": {"mw": 1e-3, "w": 1.0, "watt": 1.0, "kw": 1e3, "ps": 735.49875, "hp": 745.699872,
              "bhp": 745.699872},
    "energy": {"wh": 1.0, "kwh": 1e3},
    "charge": {"mah": 1e-3, "ah": 1.0},
    "frequency": {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9},
    "time": {
        "ms": 1e-3, "s": 1.0, "sec": 1.0, "sek": 1.0, "second": 1.0, "sekunde": 1.0, "min": 60.0,
        "mins": 60.0, "minute": 60.0, "h": 3600.0, "hr": 3600.0, "std": 3600.0, "hour": 3600.0,
        "stunde": 3600.0, "d": 86400.0, "day": 86400.0, "tag": 86400.0, "week": 604800.0, "woche": 604800.0,
    },
    "months": {"month": 1.0, "monat": 1.0, "mon": 1.0, "mos": 1.0, "year": 12.0, "yr": 12.0, "jahr": 12.0},
    "area": {"m²": 1.0, "m2": 1.0, "qm": 1.0, "sqm": 1.0, "cm²": 1e-4, "cm2": 1e-4, "sqft": 0.09290304},
    "voltage": {"mv": 1e-3, "v": 1.0, "volt": 1.0, "kv": 1e3},
    "percent": {"%": 1.0, "percent": 1.0, "prozent": 1.0, "vol%": 1.0},
}  # fmt: skip
UNITS: Mapping[str, Unit] = {
    name: Unit(dimension, size) for dimension, sizes in _LISTED.items() for name, size in sizes.items()
}
_UNIT = r"(?:°\s?)?[^\W\d_]{1,12}[²³23]?(?:/[^\W\d_]{1,6}[²³23]?)?|%|\"|″|''|°|%\s?vol|vol\.?\s?%"
_NUMBER = r"[-−+]?[0-9](?:[0-9.,'’\u00a0\u202f ]*[0-9])?"
_WITH_UNIT = LazyPattern(rf"(?P<number>{_NUMBER})\s*(?:-\s?)?(?P<unit>{_UNIT})\.?", re.IGNORECASE)
#: "2h 15m", "1 Std. 30 Min.", "1h30".
_HOURS = LazyPattern(
    r"(?P<hours>[0-9]{1,3})\s*(?:h|hrs?|hours?|std|stunden?)\.?\s*(?:and\s|und\s|,\s*)?"
    r"(?P<minutes>[0-5]?[0-9])\s*(?:m|mins?|minutes?|minuten?)?\.?",
    re.IGNORECASE,
)
#: What stands before or behind a number that is not said exactly, and two numbers that are a range or a size.
_ABOUT = LazyPattern(
    rf"(?:ab|from|bis|up to|max\.?|min\.?|ca\.?|approx\.?|about|around|etwa|circa|von|mind\.?|über|unter|over"
    rf"|under|at least|at most|[~≈<>≤≥±])*\s*[^\w\s]?\s?{_NUMBER}\s*(?:{_UNIT})?\s*[+*]?"
    rf"(?:\s*(?:-|–|—|x|×|/|to|bis|und|and|\+/-)\s*[^\w\s]?\s?{_NUMBER}\s*(?:{_UNIT})?){{0,2}}"
    rf"\s*(?:\([^()]{{1,20}}\))?",
    re.IGNORECASE,
)


def unit_of(written: str) -> str:
    """A unit as it is compared: in small letters, a plural of a listed unit as that unit."""
    unit = " ".join(written.casefold().replace("vol.", "vol").split()).replace("° ", "°")
    if unit in ("% vol", "vol %", "%vol"):
        return "%"
    if unit in UNITS:
        return unit
    singular = next((unit.removesuffix(end) for end in ("en", "es", "s", "e", "n") if unit.endswith(end)), "")
    for form in (singular, unit.removesuffix("s"), unit.removesuffix("n"), unit.removesuffix("e")):
        if form in UNITS and len(form) > 1:
            return form
    return unit


def dimension_of(unit: str) -> str:
    """What a unit (as :func:`unit_of` has it) measures; itself where it is not listed."""
    listed = UNITS.get(unit)
    return unit if listed is None else listed.dimension


_DIGIT = re.compile(r"[0-9]")


def measured(text: str) -> tuple[str, str] | None:
    """The digits and the unit of a text that is a number with its unit and nothing else, else None. Hours
    and minutes are told in minutes."""
    if not _DIGIT.search(text):
        return None
    text = text.strip()
    if hours := _HOURS.fullmatch(text):
        return str(int(hours["hours"]) * 60 + int(hours["minutes"])), "min"
    match = _WITH_UNIT.fullmatch(text)
    if match is None:
        return None
    digits, unit = match["number"].replace("−", "-"), match["unit"]
    if unit[:1] in MYRIADS:
        scale, unit = scale_of(unit)
        number = number_of(digits)
        if number is None or not unit:
            return None
        digits = f"{number * scale:.12g}"
    return digits, unit_of(unit)


def told_in(number: float, unit: str, wanted: str) -> float | None:
    """A number of `unit` in another unit; None where the two do not measure the same."""
    if unit == wanted:
        return number
    one, other = UNITS.get(unit), UNITS.get(wanted)
    if one is None or other is None or one.dimension != other.dimension:
        return None
    # Rounded, so that 0.3 kg are 300 g and not a hair less.
    return float(f"{number * (one.size / other.size):.12g}")


_DECIMAL = re.compile(r"\d")


def is_about_a_number(text: str) -> bool:
    """Whether a cell holds a number that it does not say plainly: "ab 12", "ca. 3 kg", "10-15", "> 20"."""
    return _DECIMAL.search(text) is not None and _ABOUT.fullmatch(text.strip()) is not None


#: Units that a column's name may end with: "weight_kg", "Gewicht (g)". "Min" and "in" are other words there.
_NAMED = frozenset(UNITS) - {"in", "min", "mins", "mi", "t", "m", "d", "s", "b", "h", "v", "mon", "sec"}


_BEHIND_NUMBERS = _NAMED | {"min", "mins", "sec", "h"}


def is_unit(word: str) -> bool:
    """Whether a word behind a number is a unit and hardly anything else."""
    return unit_of(word) in _BEHIND_NUMBERS


#: What is counted for each of something else: "hours per week" are hours.
_EACH = LazyPattern(r"_(?:per|pro|je|par|por)_")


def unit_named(name: str) -> str:
    """The unit that a column's name, as words with underscores, ends with; "" for none. Of "hours_per_week"
    it is that of what is counted."""
    counted, *each = _EACH.split(name)
    if each and unit_of(each[-1].rpartition("_")[2]) in UNITS:
        of = unit_of(counted.rpartition("_")[2])
        return of if of in _NAMED else ""
    last = unit_of(name.rpartition("_")[2])
    return last if "_" in name and last in _NAMED else ""


def has_number(text: str) -> bool:
    """Whether a text is a number, alone or with some unit."""
    if not text[:1].isdigit() and text[:1] not in "-−+":
        return False
    if number_of(text) is not None:
        return True
    found = measured(text)
    return found is not None and number_of(found[0]) is not None
