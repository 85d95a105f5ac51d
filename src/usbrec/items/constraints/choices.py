"""Choices: names of which something else would do as well ("online or in Berlin", "diesel or petrol").

Either is enough, so that neither has to hold. Names of one column are a list of it and read by others.
"""

from __future__ import annotations

import functools
import re

from usbrec.items.constraints.phrases import OPEN, all_phrases

_CONTENT = re.compile(r"[^\W_]")


def opens_choice(behind: str) -> bool:
    """Whether what stands behind a name offers another thing in its place: "or in Berlin", "or not"; not "or
    so", "or I won't buy it"."""
    return choice_behind(behind) is not None


def choice_behind(behind: str) -> int | None:
    """Where the other thing begins in what stands behind a name; None where there is none."""
    found = _behind().match(behind)
    return None if found is None else found.end()


def ends_choice(before: str) -> bool:
    """Whether what stands before a name offers it in the place of another thing: "in Berlin or"."""
    found = _before().search(before)
    return found is not None and _CONTENT.search(before, 0, found.start()) is not None


@functools.cache
def _behind() -> re.Pattern[str]:
    joined, small, no_choice = (_one_of(use) for use in ("or_words", "small_words", "no_choice"))
    return re.compile(
        rf"(?:\s+[^\W\d_]+)?\s+(?:{joined})\s+(?!(?:{no_choice})|(?:{_one_of('bound_words')})\s*{OPEN})(?:(?:{small})\s+)*(?=[^\W_])"
    )


@functools.cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?:{_one_of('or_words')})\s+(?:(?:{_one_of('small_words')})\s+)*$")


def _one_of(use: str) -> str:
    return "|".join(each.one_of(use) for each in all_phrases())
