"""Recent years as a year: "from the last ten years" is read as "since 2014", and so is an age.

They are counted from the newest year of the catalogue, so that a reading does not change from day to day.
"""

from __future__ import annotations

import functools
import re

from usbrec.items.constraints.phrases import Phrases, all_phrases, says

_YEARS_OF_DECADE = 10


def plain_recent_years(text: str, last: int) -> str:
    """A text (in lower case) whose last years are written as the year from which on; `last` is the newest
    year of the catalogue's items."""
    # To look for the words themselves is a tenth of splitting the text into its words.
    if not any(word in text for word in _signs()):
        return text
    for each in all_phrases():
        text = _recent(each.language).sub(lambda found: f"since {last - _many(found)}", text)
        if not says("kids_spoken_of", text):
            text = _old(each.language).sub(lambda found: _by_age(found, last), text)
    return text


def _many(found: re.Match[str]) -> int:
    said, groups = found["many"], found.groupdict()
    if groups.get("single"):
        return _YEARS_OF_DECADE
    number = 1 if said is None else int(said) if said.isdigit() else _numbers()[said]
    return number * (_YEARS_OF_DECADE if found["decades"] else 1)


def _by_age(found: re.Match[str], last: int) -> str:
    return f"{'before' if found['older'] else 'since'} {last - _many(found)}"


@functools.cache
def _signs() -> tuple[str, ...]:
    """Words of which one is in every phrase that is looked for."""
    uses = ("recent_years", "recent_decades", "recent_decade")
    return tuple({said for each in all_phrases() for use in uses for said in each.lists[use]})


@functools.cache
def _numbers() -> dict[str, int]:
    return {said: int(number) for each in all_phrases() for said, number in each.lists["numbers"].items()}


def _time(each: Phrases) -> str:
    many = rf"(?P<many>\d{{1,2}}|{'|'.join(sorted(map(re.escape, _numbers()), key=len, reverse=True))})"
    years, decades = each.one_of("recent_years"), each.one_of("recent_decades")
    return rf"(?:{many}\s+(?:{years}|(?P<decades>{decades})))"


@functools.cache
def _recent(language: str) -> re.Pattern[str]:
    each = next(one for one in all_phrases() if one.language == language)
    return re.compile(
        rf"{each.one_of('recent_leads')}\s+{each.one_of('recent_words')}\s+"
        rf"(?:{_time(each)}|(?P<single>{each.one_of('recent_decade')}))"
    )


@functools.cache
def _old(language: str) -> re.Pattern[str]:
    each = next(one for one in all_phrases() if one.language == language)
    return re.compile(
        rf"(?:(?P<older>{each.one_of('older_than_years')})|{each.one_of('not_older_than')})\s+{_time(each)}"
        rf"(?:\s+{each.one_of('recent_old')})?"
    )
