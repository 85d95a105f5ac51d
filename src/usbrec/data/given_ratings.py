"""Ratings as people's logs write them: numbers, stars, "4/5", thumbs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from usbrec.data.reading import NO_NUMBER
from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern

_NUMBER = LazyPattern(r"([+-]?\d{1,15}(?:[.,]\d{1,15})?)(?:\s*(?:/\s*(\d{1,4})|stars?|★))?")


def rating_of(value: Any) -> float | None:
    """The number that is meant, 1 and 0 for thumbs up and down and their like; None where it is none."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 else None
    text = value.strip().casefold() if isinstance(value, str) else ""
    if (word := "_".join(text.split())) in (words := _words()):
        return words[word]
    if text and not text.strip("★☆"):
        return float(text.count("★"))
    found = _NUMBER.fullmatch(text)
    return float(found[1].replace(",", ".")) if found else None


def out_of(value: Any) -> int | None:
    """The top of the scale that a rating says ("4/5"); None where it says none."""
    found = _NUMBER.fullmatch(value.strip().casefold()) if isinstance(value, str) else None
    return int(found[2]) or None if found and found[2] else None


def is_missing(value: Any) -> bool:
    """Whether nobody said anything: null, NaN of a frame, blank text and words for "none"."""
    return (
        value is None
        or (isinstance(value, float) and value != value)
        or (isinstance(value, str) and value.strip().casefold() in NO_NUMBER)
    )


@functools.cache
def _words() -> Mapping[str, float]:
    words = shared("turn_columns")["words"]
    return {**dict.fromkeys(words["good"].split(), 1.0), **dict.fromkeys(words["bad"].split(), 0.0)}
