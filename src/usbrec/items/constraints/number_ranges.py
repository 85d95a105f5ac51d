"""Number ranges: cells that hold two numbers ("2-4", "30–45 min") or one that is an end ("8+", "ab 10").

What is asked of a range depends on what it counts. An item for "2-4" players is one for three of them, so
that one of two numbers has to be reached; one that takes "30–45 minutes" takes under an hour only because
both are less. A column with a unit is of the second kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from usbrec.patterns import LazyPattern

_DIGITS = r"[0-9]{1,4}(?:[.,][0-9]{1,2})?"
_REST = r"(?P<rest>\s*[^\W\d_][\w. -]{0,20})?"
_BOTH = LazyPattern(rf"(?P<low>{_DIGITS})\s*(?:[-–—]|to|bis)\s*(?P<high>{_DIGITS}){_REST}\.?")
_UP = LazyPattern(
    rf"(?:(?P<led>ab|from|von|mind(?:estens|\.)?|min\.?|at\s+least)\s*)?(?P<low>{_DIGITS})(?(led)|\s*\+)"
    rf"{_REST}\.?|(?P<low2>{_DIGITS})(?P<rest2>\s*[^\W\d_][\w.]{{0,12}})??\s*(?:and\s+(?:up|older|more|over)|or\s+(?:more|older)"
    r"|und\s+(?:mehr|älter)|oder\s+mehr)"
)
_DOWN = LazyPattern(rf"(?:up\s+to|bis(?:\s+zu)?|max(?:imal|\.)?|at\s+most)\s*(?P<high>{_DIGITS}){_REST}\.?")
#: From such a share of a column's cells on ranges are how it writes its numbers, and no slip.
_LEAST_SHARE, _LEAST_READ = 0.2, 0.75
#: Two numbers of these columns are no range of what is asked for.
_DATES = LazyPattern(
    r"(?:^|_)(?:year|years|date|jahr|jahre|datum|season|phone|tel|telefon|isbn|score|result)(?:_|$)"
)
#: Where a number alone says from when on: "8" beside "10+" in a column of ages.
_FROM_ON = LazyPattern(r"(?:^|_)(?:age|ages|alter|altersempfehlung|mindestalter)(?:_|$)")


class Span(NamedTuple):
    """The least and the most of what a cell says, both included; the most may be infinite."""

    least: float
    most: float


def span_of(text: str, number: Callable[[str], float | None]) -> Span | None:
    """The range in a cell, each of its numbers read by `number`; None where it is none, or ends before it
    begins."""
    text = " ".join(text.split())
    if not text[-1:] or not any(map(str.isdigit, text)):
        return None
    folded = text.casefold()
    if match := _BOTH.fullmatch(folded):
        rest = match["rest"] or ""
        low, high = number(match["low"] + rest), number(match["high"] + rest)
        low, high = (
            (low if low is not None else number(match["low"])),
            (high if high is not None else number(match["high"])),
        )
        return None if low is None or high is None or high < low else Span(low, high)
    if match := _UP.fullmatch(folded):
        digits = match["low"] or match["low2"]
        low = number(digits + (match["rest"] or match["rest2"] or ""))
        low = number(digits) if low is None else low
        return None if low is None else Span(low, math.inf)
    if match := _DOWN.fullmatch(folded):
        high = number(match["high"] + (match["rest"] or ""))
        high = number(match["high"]) if high is None else high
        return None if high is None else Span(0.0, high)
    return None


def has_ranges(
    column: str, cells: Mapping[str, int], number: Callable[[str], float | None], filled: int
) -> bool:
    """Whether a column of a name (as words with underscores) writes its numbers as ranges, `cells` being each
    cell with how often it stands there, and `filled` how many there are."""
    if _DATES.search(column) is not None:
        return False
    plain = ranges = 0
    for text, count in cells.items():
        if number(text) is not None:
            plain += count
        elif span_of(text, number) is not None:
            ranges += count
    return ranges >= max(1, filled * _LEAST_SHARE) and plain + ranges >= filled * _LEAST_READ


def alone(column: str, value: float) -> Span:
    """What a number that stands alone says in a column of ranges."""
    return Span(value, math.inf if _FROM_ON.search(column) else value)
