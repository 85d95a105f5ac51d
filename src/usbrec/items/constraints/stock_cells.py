"""Cells of a stock in words: how many of an item are there, or whether there are any.

"Nur noch 2", "Only 2 left", ">10" and "Low stock" are as much in stock as "yes" is, and "Backorder" is not.
"In 3 Tagen lieferbar" says neither. The words stand in ``lexicon/columns.toml``.
"""

from __future__ import annotations

import functools
import re

from usbrec.lexicon import any_of, shared
from usbrec.patterns import LazyPattern

#: Such a cell is no longer.
_LONGEST = 60
_SCHEMA = LazyPattern(r"https?://schema\.org/")


def stock_counted(text: str) -> float | None:
    """The number in a cell that says it beside words: "Only 2 left", "mehr als 10"; None of any other, one
    of a number alone too."""
    if len(text) > _LONGEST or text.isdecimal() or not any(map(str.isdecimal, text)):
        return None
    match = _counts().fullmatch(_folded(text))
    if match is None:
        return None
    # More than ten are eleven at least; fewer than five may be any, but some.
    number = float(match["number"])
    return min(number, 1.0) if match["fewer"] else number + 1.0 if match["more"] else number


def stock_worded(text: str) -> bool | None:
    """Whether a cell without a number says that an item is there: "limited stock", "pre-order"."""
    if len(text) > _LONGEST:
        return None
    said = _folded(text)
    return True if said in _words("there") else False if said in _words("gone") else None


def _folded(text: str) -> str:
    said = _SCHEMA.sub("", text.casefold()) if "://" in text else text.casefold()
    said = re.sub(r"[-_\s]+", " ", said)
    return said.strip(" .!:()")


@functools.cache
def _words(use: str) -> frozenset[str]:
    return frozenset(map(_folded, shared("columns")["stock"][use]))


@functools.cache
def _counts() -> re.Pattern[str]:
    words = {use: any_of(map(re.escape, listed)) for use, listed in shared("columns")["stock"].items()}
    before = f"(?:(?:{words['only']}|{words['state']})[ :(]*)*"
    behind = f"(?:[ ,)]*(?:{words['units']}|{words['behind']}))*"
    more, fewer = (rf"(?P<{use}>(?:{sign}|{words[use]})\s?)" for use, sign in (("more", ">"), ("fewer", "<")))
    least = rf"(?:>=|≥|{words['least']})\s?"
    return re.compile(rf"{before}(?:{least}|{more}|{fewer})?(?P<number>\d{{1,6}})\s?\+?{behind}")
