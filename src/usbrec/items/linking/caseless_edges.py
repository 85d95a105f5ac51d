"""Edges of a match in scripts without capitals: the letters beside it, and where clauses begin and end."""

from __future__ import annotations

from usbrec.items.scripts import ARABIC, UNSPACED
from usbrec.patterns import LazyPattern

_CASELESS = LazyPattern(f"[{UNSPACED}{ARABIC}\u0590-\u05ff\u0900-\u0dff]")
_LETTER_BEFORE = LazyPattern(r"(\w)?[^\w\n]{0,12}\Z")
_LETTER_AFTER = LazyPattern(r"[^\w\n]{0,12}(\w)?")
_CLAUSE_BEFORE = LazyPattern(r"""(?:^|[\n.,!?;:…~()\[\]{}"“”‘’«»‹›「」『』《》〈〉【】/|—–*•])[ \t]*\Z""")
_CLAUSE_AFTER = LazyPattern(
    r"""[ \t]*(?:$|[\n.,!?;:…~()\[\]{}"“”‘’«»‹›「」『』《》〈〉【】/|—–*ㅋㅎㅠㅜ^])"""
)


def beside_caseless(text: str, start: int, end: int) -> bool:
    """Whether a letter without capitals stands beside text[start:end], or behind marks or a blank."""
    before = _LETTER_BEFORE.search(text, max(0, start - 4), start)
    after = _LETTER_AFTER.match(text, end)
    return any(found and found[1] and _CASELESS.match(found[1]) for found in (before, after))


def stands_alone(text: str, start: int, end: int, near: int) -> bool:
    """Whether nothing stands beside text[start:end] in its line, or other scripts do; `near` is how far
    before it is looked."""
    before = _LETTER_BEFORE.search(text, max(0, start - near), start)
    after = _LETTER_AFTER.match(text, end)
    return not any(
        found and found[1] and (_CASELESS.match(found[1]) or found[1].isdigit()) for found in (before, after)
    )


def opens_a_clause(text: str, start: int) -> bool:
    window = text[max(0, start - 4) : start]
    return bool(_CLAUSE_BEFORE.search(window if start > 4 else f"\n{window}"))


def begins_behind_clause(text: str, start: int) -> bool:
    """The same of what a line before it would end."""
    return bool(_CLAUSE_BEFORE.search("\n" + text[max(0, start - 4) : start]))


def closes_a_clause(text: str, end: int) -> bool:
    return bool(_CLAUSE_AFTER.match(text, end))
