"""Request words: the lexicon of requests in all languages, read in a text: eras, exclusions, empty words."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from usbrec.items.retrieval.item_words import folded
from usbrec.lexicon import LANGUAGES, words
from usbrec.patterns import LazyPattern

#: What ends an exclusion: the clause.
_CLAUSE = r"[.;:!?\n()]"
#: A comma ends it too, but in a list of names: "not from Sony, Bose or JBL".
_LISTED = LazyPattern(
    r"\s*[^\W_]+(?:[-'’][^\W_]+)*\s*(?:,|$|[.;:!?\n]|(?:or|and|nor|oder|und|noch)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Era:
    """When an item was made: from the first year to the last, or before or after most of a catalogue."""

    first: int = 0
    last: int = 0
    side: Literal["older", "newer"] | None = None


class EraRead(NamedTuple):
    start: int
    end: int
    era: Era


class Excluded(NamedTuple):
    """A range of characters in which what is named is not wanted; names on to `names_end`."""

    start: int
    end: int
    names_end: int


@functools.cache
def _lexicon() -> tuple[Mapping[str, object], ...]:
    return tuple(words(language, "requests") for language in LANGUAGES)


def _phrases(key: str, within: str | None = None) -> list[str]:
    found: list[str] = []
    for each in _lexicon():
        table = each if within is None else each[within]
        found += table[key]  # type: ignore[index]
    return found


def _any_of(phrases: Sequence[str]) -> str:
    """A regular expression of phrases, the longest first, whatever apostrophe is written."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace("'", "['’]").replace(r"\ ", r"\s+") for phrase in ordered)


@functools.cache
def _empty() -> frozenset[str]:
    said = (word for each in _lexicon() for key in ("empty", "kinds") for word in str(each[key]).split())
    return frozenset(map(folded, said))


def is_empty(word: str, *, itself: bool = False) -> bool:
    """Whether a folded word is said in requests for anything; `itself` leaves out English forms of such a
    word, which a name may look like ("Wells")."""
    if word in _empty():
        return True
    return not itself and any(
        word.endswith(ending) and (word[: -len(ending)] in _empty() or f"{word[: -len(ending)]}e" in _empty())
        for ending in ("s", "es", "ed", "ing", "ly")
    )


@functools.cache
def _exclusion() -> re.Pattern[str]:
    included, excluded = _any_of(_phrases("included")), _any_of(_phrases("excluded"))
    contrast = _any_of(_phrases("contrast"))
    return re.compile(
        rf"(?P<end>{_CLAUSE})|(?P<comma>,)|\b(?:(?P<included>{included})|(?P<excluded>{excluded})"
        rf"|(?P<contrast>{contrast}))\b",
        re.IGNORECASE,
    )


def excluded_in(text: str) -> tuple[Excluded, ...]:
    """The ranges of a text that follow "not", "without" or the like."""
    found: list[Excluded] = []
    start: int | None = None
    comma: int | None = None
    for match in _exclusion().finditer(text):
        kind = match.lastgroup
        if kind == "excluded":
            start = match.end() if start is None else start
        elif kind == "comma" and start is not None:
            if text[start : match.start()].strip():
                comma = match.start() if comma is None else comma
                if _LISTED.match(text, match.end()):
                    continue
            found.append(Excluded(start, comma or match.start(), match.start()))
            start = comma = None
        elif kind in ("end", "contrast") and start is not None:
            found.append(Excluded(start, comma or match.start(), match.start()))
            start = comma = None
    if start is not None:
        found.append(Excluded(start, comma or len(text), len(text)))
    return tuple(found)


@functools.cache
def _eras() -> re.Pattern[str]:
    endings = _any_of(_phrases("endings", "eras"))
    decades = _any_of([name for each in _lexicon() for name in each["eras"]["decades"]])  # type: ignore[index]
    older, newer = _any_of(_phrases("older", "eras")), _any_of(_phrases("newer", "eras"))
    return re.compile(
        rf"(?<![\w'’])(?:['’]?(?P<decade>(?:1[5-9]|20)?\d0)(?:{endings})|(?P<year>(?:1[5-9]|20)\d\d)"
        rf"|(?P<named>{decades})|(?P<older>{older})|(?P<newer>{newer}))(?!\w)",
        re.IGNORECASE,
    )


@functools.cache
def _named_decades() -> Mapping[str, int]:
    return {name: number for each in _lexicon() for name, number in each["eras"]["decades"].items()}  # type: ignore[index]


def eras_in(text: str, first: int, last: int) -> tuple[EraRead, ...]:
    """When something was made, as a text says it; `first` and `last` are the catalogue's years, which say
    whose twenties are meant, and that another number is no year. None where it has no years: first > last."""
    if first > last:
        return ()
    found = []
    for match in _eras().finditer(text):
        if match["older"] or match["newer"]:
            era = Era(side="older" if match["older"] else "newer")
        elif match["year"]:
            year = int(match["year"])
            if not first <= year <= last:
                continue
            era = Era(year, year)
        else:
            decade = int(match["decade"]) if match["decade"] else _named_decades()[match["named"].lower()]
            if decade < 100:
                # Of two centuries the later one that has come in the catalogue.
                decade += 2000 if 2000 + decade <= last else 1900
            era = Era(decade, decade + 9)
        found.append(EraRead(match.start(), match.end(), era))
    return tuple(found)
