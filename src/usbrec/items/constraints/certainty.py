"""Certainty: which part of what a seeker says has to hold, rather than would please or holds only sometimes.

"Preferably black" and "a pool would be nice" are wishes; "no Orro unless it is under 200" excludes no brand
and bounds no price for certain. What is left out is blanked, so that places in the text stay what they are.
"""

from __future__ import annotations

import functools
import re

from usbrec.items.constraints.clauses import CLAUSE, clauses
from usbrec.items.constraints.phrases import CLOSE, OPEN, PLACE, all_phrases, begun
from usbrec.lexicon import LANGUAGES, words
from usbrec.patterns import LazyPattern

#: "Max 300, or 350 if it is waterproof": neither is what holds in every case.
_OR_MORE_IF = LazyPattern(
    rf"(?:or|oder|maybe|vielleicht)\s+(?:\w+\s+){{0,2}}{PLACE}[^,;]*?(?<!\w)(?:if|wenn|falls)(?!\w)"
)
#: "It can't be", "it may not be" and "it can only be" do not allow.
_NO_MAY = LazyPattern(r"'t(?!\w)|(?<!\w)(?:not|only|nicht|nur|kein\w*|never|have|haben)(?!\w)")
_WORD = LazyPattern(r"[^\W_]")


def certain(text: str) -> str:
    """A sentence (in lower case, amounts marked) with blanks where it is a wish or holds only sometimes."""
    if OPEN in text and (more := _OR_MORE_IF.search(text)) is not None:
        text = _blanked(text, _clause_before(text, more.start()), len(text))
    while (spared := _bare_no_must().search(text)) is not None:
        text = _blanked(text, _clause_before(text, spared.start()), spared.end())
    uses = begun(text)
    # "Under 15 would be better" is said beside another amount.
    beside = "better_behind" in uses and text.count(OPEN) > 1
    if beside or not uses.isdisjoint(("prefer_words", "wish_opens")):
        text = _without_preferences(text)
    if uses.isdisjoint(("unless", "wish_before")):
        return text
    for each in all_phrases():
        if (unless := each.regex("unless").search(text)) is not None:
            text = _blanked(text, _clause_before(text, unless.start()), len(text))
        while (wish := each.regex("wish_before").search(text)) is not None:
            end = next((cut.start() for cut in CLAUSE.finditer(text, wish.end())), len(text))
            behind = _WORD.search(text, wish.end(), end)
            # "Black, if possible"
            start = wish.start() if behind is not None else _clause_before(text, wish.start())
            text = _blanked(text, start, end)
    return text


def _without_preferences(text: str) -> str:
    """A sentence with blanks where one thing would please more than another: "rather white than red", "up to
    20, under 15 would be better", "vielleicht mit Balkon"."""
    for start, clause in clauses(text):
        end = start + len(clause)
        if (over := _prefers_over().search(clause)) is not None and OPEN not in clause[over.start() :]:
            text = _blanked(text, start + over.start(), end)
        for each in all_phrases():
            begin = start + len(clause) - len(clause.lstrip())
            if each.regex("wish_opens").match(text, begin) is not None:
                text = _blanked(text, start, end)
            better = each.regex("better_behind").search(text, start, end)
            if better is not None and OPEN in clause and OPEN in text[:start] + text[end:]:
                text = _blanked(text, start, better.end())
    return text


def demanded(clause: str) -> str:
    """A clause with blanks where a name or a stock that it speaks of would please only."""
    uses = begun(clause)
    if CLOSE in clause and "if_it" in uses:
        for each in all_phrases():
            if (found := each.regex("if_it").search(clause, clause.index(CLOSE))) is not None:
                # "Up to 150 if there's a pool"
                clause = _blanked(clause, found.start(), len(clause))
    if "wish_behind" not in uses:
        return clause
    for each in all_phrases():
        if (wish := each.regex("wish_behind").search(clause)) is not None:
            return " " * wish.end() + clause[wish.end() :]
    return clause


def allows(before: str) -> bool:
    """Whether what stands before something only allows it: "it can be", but not "it can't be" or "only"."""
    if "may_be" not in begun(before):
        return False
    for each in all_phrases():
        found = list(each.regex("may_be").finditer(before))
        if found and _NO_MAY.search(before, found[-1].start()) is None:
            return True
    return False


@functools.cache
def _bare_no_must() -> re.Pattern[str]:
    """A clause by itself that says that the one before need not hold."""
    told = "|".join(words(language, "constraints")["bare_no_must"] for language in LANGUAGES)
    return re.compile(rf"(?:(?<=,)|(?<=\s[-–—])|(?<=\())\s*(?:{told})|(?<!\w)(?:but|aber)\s+(?:{told})")


@functools.cache
def _prefers_over() -> re.Pattern[str]:
    return re.compile("|".join(words(language, "constraints")["prefers_over"] for language in LANGUAGES))


def _blanked(text: str, start: int, end: int) -> str:
    return f"{text[:start]}{' ' * (end - start)}{text[end:]}"


def _clause_start(text: str, place: int) -> int:
    return max((cut.end() for cut in CLAUSE.finditer(text, 0, place)), default=0)


def _clause_before(text: str, place: int) -> int:
    """Where the clause begins that a condition at a place is about: the one before, if it opens its own."""
    start = _clause_start(text, place)
    while start and _WORD.search(text, start, place) is None:
        start = _clause_start(text, start - 1)
    return start
