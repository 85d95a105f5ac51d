"""Number formatting, for the terminal and the report alike.

Scores have two decimals, shares are percentages with one; an unknown number is a dash, never a 0.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any, Literal

Kind = Literal["score", "share"]

UNKNOWN = "–"
MINUS = "−"
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def number(value: float | None, kind: Kind) -> str:
    """``0.62`` or ``24.0 %``."""
    if value is None:
        return UNKNOWN
    return f"{value:.2f}" if kind == "score" else f"{value * 100:.1f} %"


def signed(value: float | None, kind: Kind) -> str:
    """A difference with its sign: ``+0.12``, or ``−3.0 pp`` (percentage points) for shares."""
    if value is None:
        return UNKNOWN
    text = f"{value:+.2f}" if kind == "score" else f"{value * 100:+.1f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return text.replace("-", MINUS) + ("" if kind == "score" else " pp")


def limits(low: float | None, high: float | None, kind: Kind) -> str:
    """An interval: ``[0.03, 0.21]``; for shares in percent, without the sign."""
    if low is None or high is None:
        return UNKNOWN
    digits, scale = (2, 1.0) if kind == "score" else (1, 100.0)
    texts = (f"{value * scale:.{digits}f}" for value in (low, high))
    return "[" + ", ".join(_unsigned_zero(text).replace("-", MINUS) for text in texts) + "]"


def _unsigned_zero(text: str) -> str:
    return text.lstrip("-") if float(text) == 0 else text


def p_value(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def amount(value: float | None) -> str:
    """A count or a mean of counts, with no more digits than help: ``3.4``, ``128``, ``12,400``."""
    if value is None:
        return UNKNOWN
    if value < 10 and value != int(value):
        return f"{value:.1f}"
    return f"{value:,.0f}"


_MEASURES = {
    "ieval": "iEval score",
    "hit": "hit",
    "second": "second judge",
    "calibrated": "calibrated",
    "ndcg": "NDCG of lists",
}
#: How the names of pass^k begin.
PASS = "pass^"


def measure(name: str, scope: str) -> str:
    """What a difference is about: ``iEval score``, ``hit, not repeated``."""
    return _MEASURES.get(name, name) + ("" if scope == "all" else ", not repeated")


def kind_of(name: str) -> Kind:
    """How the numbers of a measure are said."""
    return "share" if name == "hit" or name.startswith(PASS) else "score"


def rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def value(setting: Any) -> str:
    """A setting as one short text."""
    if setting is None:
        return UNKNOWN
    if isinstance(setting, str):
        return setting
    return json.dumps(setting, ensure_ascii=False, sort_keys=True)


def printable(text: str) -> str:
    """`text` on one line: what would move a cursor, turn the writing direction, break a line or not
    encode is replaced by a visible mark."""
    return "".join(character if _is_harmless(character) else "�" for character in text)


def clipped(text: str, width: int) -> str:
    """At most `width` characters, cut in the middle: folders tend to differ at both ends."""
    text = printable(text)
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def said(text: str) -> str:
    """What someone said, with its line breaks, otherwise as :func:`printable`."""
    return "".join(
        character if character in "\n\t" or _is_harmless(character) else "�"
        for character in text.replace("\r\n", "\n")
    )


def _is_harmless(character: str) -> bool:
    """Not a control character, lone surrogate, line separator or change of writing direction."""
    if character.isprintable():
        return True
    return (
        unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        and unicodedata.bidirectional(character) not in _TURNS
    )
