"""Further titles: what a catalogue writes in one cell as "Name (a.k.a. Other) (Original, The) (1995)".

What stands in brackets is another title where it says so ("a.k.a."), has its article last or in another
language, or stands in the cell of a work with a year. The name of an edition, a number and the mark of a
series ("Series, #2") are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from usbrec.items.titles import article_first, collapse, normalise_title, split_year
from usbrec.patterns import LazyPattern


class Titles(NamedTuple):
    """What one cell calls an item: its title, further ones in their order, and the year, if it has one."""

    title: str
    also: tuple[str, ...]
    year: int | None


_BRACKETS_LAST = LazyPattern(
    r"(?P<title>.*\S)\s*[(\[]\s*(?P<inside>[^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*?)\s*[)\]]"
)
_ALSO = LazyPattern(
    r"(?:a\.\s?k\.\s?a\.?|aka\b\.?|also known as|alias\b|orig(?:\.|inal) title|ot:)\s*:?\s*", re.I
)
_BETWEEN = LazyPattern(r"(?:\s*[,;]\s*|\s+)(?:a\.\s?k\.\s?a\.?|aka|also known as)\s*:?\s+", re.I)
_SERIES = LazyPattern(
    r"(?P<series>.+?)[\s,;:]+(?:(?:book|vol\.?|volume|no\.?|part)\s*)?#?\s*(?P<number>\d[\d.\-–]*)", re.I
)
_OF_A_SERIES = LazyPattern(r"#\s*\d|,\s*(?:book|vol|volume|no|part)\b", re.I)
_EDITION = LazyPattern(
    r"""\b(?:cut|edition|version|remaster\w*|restored|unrated|uncut|unabridged|abridged|extended|director['’]?s
        |dvd|blu-?ray|vhs|imax|3-?d|4k|uhd|subtitled|dubbed|paperback|hardcover|hardback|kindle|audiobook|e-?book
        |season|series|mini-?series|episodes?|vol|volumes?|part|pt|tv|feat|soundtrack|remix|box ?set|reissue
        |pack|size|black|white|red|blue|green|yellow|grey|gray|brown|pink|purple|orange|silver|gold)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMERAL = LazyPattern(r"[ivxlc]+|\W*\d[\d\W]*|.{1,2}", re.I)
_FOREIGN_FIRST = LazyPattern(
    r"(?:l[aeo]s?|el|los|il|gli|der|die|das|ein|eine|un|une|una|het|een)\s|l['’]", re.I
)
# "Birdman or (The Unexpected Virtue of Ignorance)", "All You Need * (But Were Afraid to Ask)": one title.
_GOES_ON = LazyPattern(r"(?:^|\s)(?:or|and|of|the|a|an|to|for|in|with|but)$|[&,:*–-]$", re.I)
_GOES_ON_INSIDE = LazyPattern(r"(?:and|or|but|of|with|for|in|to)\s", re.I)


def read_titles(text: str, *, dated: bool = False) -> Titles:
    """The titles and the year in one cell. `dated`: whether the item's year is known from elsewhere."""
    rest, year = split_year(text)
    dated = dated or year is not None
    further: list[str] = []
    while match := _BRACKETS_LAST.fullmatch(rest) if rest[-1:] in {")", "]"} else None:
        named = _named(match["title"], match["inside"], dated)
        if named is None:
            break
        further[:0] = named
        rest = match["title"]
        if year is None:
            rest, year = split_year(rest)
    # Most titles are one: nothing to look for.
    if not further and "k" not in rest and "K" not in rest:
        return Titles(article_first(rest), (), year)
    first, *more = [part for part in _BETWEEN.split(rest) if part] or [rest]
    more += further
    return Titles(article_first(first), others(first, more) if more else (), year)


def others(title: str, further: Iterable[str]) -> tuple[str, ...]:
    """The further titles with their articles first, each once and none that is `title`."""
    known = {normalise_title(title): ""}
    for text in further:
        name = article_first(split_year(text)[0])
        if any(map(str.isalnum, name)):
            known.setdefault(normalise_title(name), name)
    return tuple(name for name in known.values() if name)


def _named(title: str, inside: str, dated: bool) -> list[str] | None:
    """The titles in brackets behind a title; none of the mark of a series; None where they are part of it."""
    if not inside or _GOES_ON.search(article_first(title)):
        return None
    if _ALSO.match(inside):
        return [name for part in _ALSO.split(inside) if (name := part.strip(" ,;:"))]
    if _OF_A_SERIES.search(inside) and (series := _SERIES.fullmatch(inside)):
        # Where the series alone is the title, its number tells the volumes apart, all but the first: "The
        # Hunger Games (The Hunger Games, #1)" is the book that the series is named after.
        same = normalise_title(series["series"]) == normalise_title(title)
        return None if same and series["number"] not in {"1", "1.0"} else []
    if _NUMERAL.fullmatch(inside) or _EDITION.search(inside) or _GOES_ON_INSIDE.match(inside):
        return None
    telling = article_first(inside) != inside or not inside.isascii() or _FOREIGN_FIRST.match(inside)
    if not (dated or telling):
        return None
    parts = [part for part in re.split(r"\s*/\s*", inside) if " " in part]
    return [inside, *parts] if len(parts) > 1 else [collapse(inside)]
