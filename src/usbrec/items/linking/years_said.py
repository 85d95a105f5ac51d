"""Years that are said of a title in words: "Crash is a 2004 drama", "the 2017 live-action Cinderella"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    can_be_subject,
    describes_works,
    follows_a_work,
    is_called_work,
    is_lead_in,
    is_small,
)
from usbrec.patterns import LazyPattern

_YEAR = r"[12][0-9]{3}(?![0-9]|\s*[-–—]\s*[0-9]|['’]?s\b)"
# What a work is called right behind its title, and what stands before that: "The Lion King remake from 2019"
_WORK = (
    r"(?:(?:all-\w+|animated|black|classic|feature|first|horror|live[- ]action|new|newer|old|older|original"
    r"|silent|tv)[ ])*"
    r"(?:adaptation|book|classic|edition|film|flick|mini-?series|movie|musical|novel|one|original|reboot"
    r"|remake|series|take|version)"
)
_MADE = (
    r"(?:filmed|made|produced|published|released|remade|shot)[ ](?:back[ ])?in"
    r"|(?:when[ ](?:it|that)[ ](?:first[ ])?)?(?:came|comes)[ ]out[ ](?:back[ ])?in"
    r"|(?:premiered|hit[ ](?:the[ ])?(?:cinemas|screens|theaters|theatres))[ ]in"
)
#: A year that is said right behind a title: "Juno from 2007", "Heat by Michael Mann (1995)".
_BEHIND = LazyPattern(
    rf"""["”’'*_]{{0,3}}(?:
        (?:,?[ ](?:the[ ])?{_WORK})?,?[ ](?:that[ ]|which[ ])?(?:(?:is|was|got|were)[ ])?(?:the[ ]one[ ])?
          (?:from|of|aus|aus[ ]dem[ ]Jahre?|von|{_MADE})[ ](?:the[ ]year[ ])?(?P<said>{_YEAR})
      | ,?[ ]by(?:[ ][A-Z][\w.'’-]*){{2,4}}[ ][(\[](?P<made>[12][0-9]{{3}})[)\]]
      )""",
    re.VERBOSE,
)
#: What a title is said to be, with its year: "Crash is a 2004 drama", "Dune, a film from 1984,".
_CALLED = LazyPattern(
    rf"""["”’'*_]{{0,3}}(?:(?P<being>[ ](?:is|was))[ ]|['’]s[ ]|[,:][ ]|[ ][-–—][ ]|[ ]\(?(?=the[ ]))
        (?:an?[ ]|the[ ]|(?:[A-Z][\w.]*[ ]){{0,2}}[A-Z][\w.]*['’]s[ ])?
        (?P<what>(?:[\w’'-]+,?[ ]){{0,5}}?)
        (?P<since>(?:that[ ]|which[ ])?(?:was[ ])?
          (?:from|of|{_MADE}|(?:directed|made|written)[ ]by(?:[ ][A-Z][\w.'’-]*){{1,3}}[ ]in)[ ])?
        (?P<year>{_YEAR})(?P<work>(?:[ ][\w’'-]+){{0,5}})""",
    re.VERBOSE,
)
#: The same in languages whose word for a film stands before the year: "Crash ist ein Film von 1996".
_CALLED_ELSEWHERE = LazyPattern(
    rf"""["”»’'*_]{{0,3}}(?: (?:[ ](?:ist|war|est|était|es|era|fue)|,|[ ]?[-–—])[ ](?:ein|eine|une?|una)
          (?:[ ](?!eine[mrs]?\b|une?\b|una\b|d['’]une?\b|que\b|als\b)[\w’'-]+){{1,5}}?[ ]
          (?:aus[ ]dem[ ]Jahre?|aus|von|de|del|del[ ]año|sortie?[ ]en)[ ](?P<year>{_YEAR})
        | (?:,|[ ]?[-–—])[ ](?:это[ ])?\w+[ ](?P<russian>{_YEAR})[ ]г(?:\.|ода) )""",
    re.VERBOSE,
)
#: A year before a title, the word before that, and what stands between.
_BEFORE = LazyPattern(
    r"(?:(?<![^\s(])(?P<before>[\w'’.]+)[ ])?(?P<year>(?<![\w(\[])(?:[12][0-9]{3}|['’][0-9]{2}))"
    r"(?P<own>['’]s)?(?P<between>(?:[ ](?![12][0-9]{3}\b)[\w'’.-]+,?){0,7})[ ][\"“‘'*_]{0,3}\Z"
)
#: Before these years something happens: "In 2016 Ghostbusters was on TV".
_WHEN = frozenset(
    {"about", "after", "around", "before", "by", "circa", "during", "early", "from", "in", "late", "mid"}
    | {"of", "since", "till", "to", "until", "year", "fall", "spring", "summer", "winter"}
    | {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october"}
    | {"november", "december"}
)
_CONNECTING = frozenset({"called", "entitled", "named", "of", "titled"})
_OWNS = ("'s", "’s")
_FAR = 80


def year_said(text: str, start: int, end: int) -> str | None:
    """The year that a text says of the title at text[start:end], beside it or a few words away, or its last
    two digits; None where it says none. What else happened in a year says nothing of a title."""
    if behind := _BEHIND.match(text, end):
        return behind["said"] or behind["made"]
    return _year_called(text, start, end) or _year_before(text, start)


def _year_called(text: str, start: int, end: int) -> str | None:
    """The year of what a title is said to be: a work, and no pronoun ("It is a 2017 film")."""
    called = _CALLED.match(text, end)
    if called and (year := _of_a_work(called, text[start:end])):
        return year
    elsewhere = None if called and called["being"] else _CALLED_ELSEWHERE.match(text, end)
    return (elsewhere["year"] or elsewhere["russian"]) if elsewhere else None


def _of_a_work(called: re.Match[str], title: str) -> str | None:
    if called["being"] and not can_be_subject(title.casefold()):
        return None
    before, behind = _lowered(called["what"]), _lowered(called["work"])
    if called["since"]:
        return called["year"] if before and is_called_work(before[-1]) else None
    if any(map(is_small, before)):
        return None
    upto = next((place for place, word in enumerate(behind) if is_small(word)), len(behind))
    return called["year"] if any(map(is_called_work, behind[:upto])) else None


def _year_before(text: str, start: int) -> str | None:
    """The year before a title, with nothing between but what a work of that year is: "the 1982 Carpenter film
    The Thing", but not "the 2021 sequel to Dune"."""
    found = _BEFORE.search(text, max(0, start - _FAR), start)
    if found is None or not _is_what_a_work_is(found["between"].split()):
        return None
    word = found["before"] or ""
    # A capital before it, but for an owner's ("Disney's 2019 ..."), is of another title: "Wonder Woman 1984".
    if not found["own"] and (word.casefold() in _WHEN or _is_of_a_title(word)):
        return None
    return found["year"].lstrip("'’")


def _is_what_a_work_is(between: Sequence[str]) -> bool:
    """Whether words only say what kind of work the title behind them is of, and who made it."""
    words = list(between)
    if words and words[-1] == "the":
        words.pop()
    owner = len(words)
    if words and words[-1].endswith(_OWNS) and words[-1][:1].isupper():
        while owner and owner > len(words) - 3 and words[owner - 1][:1].isupper():
            owner -= 1
    words = words[:owner]
    connected = bool(words) and words[-1] in _CONNECTING
    if connected:
        words.pop()
    lowered = _lowered(" ".join(words))
    works = [is_called_work(word) for word in lowered]
    if lowered and (connected or owner < len(between)) and (not works[-1] or follows_a_work(lowered[-1])):
        return False
    # A name is who made what stands behind it: "the 1982 Carpenter film".
    named = bool(works) and works[-1]
    return all(
        work or describes_works(word) or (named and raw[:1].isupper())
        for raw, word, work in zip(words, lowered, works, strict=True)
    )


def _lowered(said: str) -> list[str]:
    return [word.strip(",").casefold() for word in said.split()]


def _is_of_a_title(word: str) -> bool:
    if not word[:1].isupper() or word.endswith((*_OWNS, "s'", "s’")) or word.casefold() in ARTICLES:
        return False
    return not is_lead_in(word.casefold())
