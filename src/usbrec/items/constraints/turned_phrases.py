"""Turned phrases: bounds that are said in another order than they are read in ("minimum rating 4", "sub-20").

"Minimum rating 4" is read as "rating at least 4", "Mindestbewertung 4" too, "sub-20 euro" as "under 20 euro",
"pre-2000" as "before 2000", "around 50 euro, not more" as "50 euro max".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from usbrec.items.constraints.phrases import all_phrases
from usbrec.patterns import LazyPattern

_DIGIT = LazyPattern(r"\d")
_SIGNED = r"[€$£¥]?\d"


def plain_order(text: str, is_column: Callable[[str], bool]) -> str:
    """A text (in lower case) with these phrases as the readers of bounds know them; `is_column` says whether
    a word is what some column of numbers is called."""
    if _DIGIT.search(text) is None:
        return text
    text = _named_bound().sub(lambda found: _after_the_name(found, is_column), text)
    text = _prefixed().sub(_without_prefix, text)
    return _no_more().sub(lambda found: f"{found['number']} max", text)


def _after_the_name(found: re.Match[str], is_column: Callable[[str], bool]) -> str:
    name = found["name"] or found["thing"]
    if not any(is_column(word) for word in name.split()):
        return found[0]  # "max 50", "minimum for 4 people"
    return f"{name} {'at least' if found['least'] or found['least_begun'] else 'at most'} "


def _without_prefix(found: re.Match[str]) -> str:
    return "under " if found["below"] else "before " if found["earlier"] else "after "


def _one_of(use: str) -> str:
    return "(?:" + "|".join(each.one_of(use) for each in all_phrases()) + ")"


def _prefixes(use: str) -> str:
    listed = {said for each in all_phrases() for said in each.lists.get(use, ())}
    return "|".join(map(re.escape, sorted(listed, key=len, reverse=True))) or "(?!)"


@functools.cache
def _named_bound() -> re.Pattern[str]:
    """ "Minimum rating of 4", "max. price: 50", "Mindestbewertung 4"; not "minimum 2 people"."""
    link = _one_of("bound_links")
    return re.compile(
        rf"(?<!\w)(?:(?:(?P<least>{_one_of('least_named')})|{_one_of('most_named')})\.?[\s-]+"
        rf"(?P<name>[^\W\d_]{{3,}}(?:\s[^\W\d_]{{3,}})?)|(?:(?P<least_begun>{_prefixes('least_begins')})"
        rf"|{_prefixes('most_begins')})(?P<thing>[^\W\d_]{{4,}}))"
        rf"(?<!\sof)\s*[:=]?\s*(?:{link}\s+)*(?={_SIGNED})"
    )


@functools.cache
def _prefixed() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:(?P<below>{_prefixes('below_begins')})(?=[\s-]?{_SIGNED})"
        rf"|(?P<earlier>{_prefixes('earlier_begins')})(?=[\s-]?[12]\d{{3}}(?!\d))"
        rf"|(?:{_prefixes('later_begins')})(?=[\s-]?[12]\d{{3}}(?!\d)))[\s-]?"
    )


@functools.cache
def _no_more() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_one_of('about')}\s+)?(?P<number>{_SIGNED}[\d.,]*(?:\s?(?:€|\$|£|[^\W\d_]+))?)"
        rf"\s*,\s*(?:(?:but|and|aber|und)\s+)?(?:{_one_of('no_more')})(?!\s+(?:than|als)\b)"
    )
