"""Decades as years: "from the late 90s" is read as "from 1995 to 1999", "before the 80s" as "before 1980".

A decade counts behind a word that leads to a time ("from", "aus den"), beside what is looked for ("an 80s
movie", "movies of the 80s") and alone in its sentence. "Films about the 60s" says what a film is about, and
stays as it is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from usbrec.items.constraints.phrases import all_phrases
from usbrec.lexicon import LANGUAGES, words

#: What stands before a decade and asks for a side of it: from its first year on, or from its last.
_FIRST = ("year_since", "year_earlier")
_LAST = ("year_after", "year_until")
#: The years of a part of a decade: its first and its last one.
_PARTS: Mapping[str, tuple[int, int]] = {"early": (0, 4), "mid": (3, 6), "late": (5, 9)}


def plain_decades(text: str, last: int) -> str:
    """A text (in lower case) whose decades are written as years where they ask for something; `last` is the
    last year of the catalogue, which says whose twenties are meant."""
    # Few texts have a decade, and these signs of one are soon looked for.
    if not ("0" in text or any(name in text for name in _names())) or _decade().search(text) is None:
        return text
    if (alone := _alone().fullmatch(text)) is not None:
        return _between(alone, last)
    text = _bound().sub(lambda found: _one_side(found, last), text)
    text = _behind_what().sub(lambda found: f"{found['what']} {_between(found, last)}", text)
    text = _led().sub(lambda found: f"{found['lead']} {_between(found, last)}", text)
    return _before_what().sub(lambda found: f"{_between(found, last)} {found['what']}", text)


def _between(found: re.Match[str], last: int) -> str:
    begin, end = _years(found["one"], found["part"], last)
    if found["other"]:
        further = _years(found["other"], None, last)
        begin, end = min(begin, further[0]), max(end, further[1])
    return f"from {begin} to {end}"


def _one_side(found: re.Match[str], last: int) -> str:
    begin, end = _years(found["one"], found["part"], last)
    return f"{found['side']} {begin if found['first'] else end}"


def _years(decade: str, part: str | None, last: int) -> tuple[int, int]:
    """The first and the last year of a decade, or of its part."""
    digits = re.match(r"\d+", decade.lstrip("'"))
    name = re.split(r"[\s-]", decade)[0]
    first = int(digits[0]) if digits else _names().get(name) or _names()[name.removesuffix("n")]
    if first < 100:
        first += 2000 if 2000 + first <= last else 1900
    begin, end = _PARTS.get(_parts().get(" ".join((part or "").split()), ""), (0, 9))
    return first + begin, first + end


@functools.cache
def _names() -> Mapping[str, int]:
    named = (words(language, "requests")["eras"]["decades"] for language in LANGUAGES)
    return {name: number for each in named for name, number in each.items()}


@functools.cache
def _parts() -> Mapping[str, str]:
    return {
        said: part
        for each in all_phrases()
        for part, every in each.lists["decade_parts"].items()
        for said in every
    }


def _listed(*uses: str) -> str:
    return "(?:" + "|".join(each.one_of(*uses) for each in all_phrases()) + ")"


@functools.cache
def _one_decade() -> str:
    endings = "|".join(
        re.escape(end)
        for end in sorted(
            {end for language in LANGUAGES for end in words(language, "requests")["eras"]["endings"]},
            key=len,
            reverse=True,
        )
    )
    named = "|".join(map(re.escape, sorted(_names(), key=len, reverse=True)))
    # "90er Jahre", "90er-Jahre"
    return rf"(?:'?(?:1[5-9]|20)?\d0(?:{endings})|(?:{named})n?)(?:[\s-]+jahren?)?(?!\w)"


@functools.cache
def _span() -> str:
    """A decade with its part, or two decades."""
    article = _listed("decade_articles")
    part = "|".join(re.escape(said) for said in sorted(_parts(), key=len, reverse=True))
    to = _listed("decade_joins")
    return (
        rf"(?:{article}\s+)?(?:(?P<part>{part})[\s-]+(?:of\s+)?(?:{article}\s+)?)?(?<![\w.,-])(?P<one>{_one_decade()})"
        rf"(?:\s*(?:{to}|[-–/])\s*(?:{article}\s+)?(?P<other>{_one_decade()}))?"
    )


@functools.cache
def _decade() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,]){_one_decade()}")


@functools.cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"\s*{_span()}[\s.!]*(?:{_listed('decade_polite')}[\s.!]*)?")


@functools.cache
def _bound() -> re.Pattern[str]:
    return re.compile(rf"(?P<side>(?P<first>{_listed(*_FIRST)})|{_listed(*_LAST)})\s+{_span()}")


@functools.cache
def _led() -> re.Pattern[str]:
    return re.compile(rf"(?P<lead>{_listed('decade_leads')})\s+{_span()}")


@functools.cache
def _before_what() -> re.Pattern[str]:
    return re.compile(rf"{_span()}[\s-]+(?P<what>(?:[^\W\d_]+[\s-]+)?{_listed('decade_of')})")


@functools.cache
def _behind_what() -> re.Pattern[str]:
    """ "Movies of the 80s", "Filme der Achtziger"."""
    return re.compile(rf"(?P<what>{_listed('decade_of')})\s+{_listed('decade_genitives')}\s+{_span()}")
