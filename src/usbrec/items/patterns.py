"""What the linker looks for: every spelling of every title, and how carefully to believe it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from usbrec.dialogue import Item
from usbrec.items.caution import ARTICLES, Caution, caution_for, is_telling
from usbrec.items.titles import normalise_title

_HYPHEN = re.compile(r"(?<=\w)[-‐‑·](?=\w)")
_LOWER_CASE = re.compile(r"(?<![\w'’-])[a-z]+(?![\w'’-])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One spelling and what it may stand for: titles spelt so, and titles that are shortened to it.

    A pattern without items is a person's name.
    """

    key: str
    """The words it is found by, separated by blanks."""
    exact: tuple[Item, ...]
    variants: tuple[Item, ...]
    caution: Caution
    telling: bool
    """Whether the words say enough to be read as the title, in lower case too, where one is asked for."""
    marks: frozenset[str]
    """Punctuation of the titles themselves: it may stand between the words of a match."""

    @property
    def length(self) -> int:
        return self.key.count(" ") + 1

    def of_year(self, year: int) -> tuple[Item, ...]:
        """The items the title means with that year: of the year, one year off, else of no known year."""
        for gap in (0, 1):
            for group in (self.exact, self.variants):
                if found := [
                    item for item in group if item.year is not None and abs(item.year - year) <= gap
                ]:
                    return tuple(found)
        for group in (self.exact, self.variants):
            if found := [item for item in group if item.year is None]:
                return tuple(found)
        return ()

    def bare(self) -> tuple[Item, ...]:
        """The items the title means where no year is written, most popular first."""
        return self.exact or self.variants


def patterns(catalogue: Iterable[Item]) -> Iterator[Pattern]:
    exact: dict[str, list[Item]] = {}
    variants: dict[str, list[Item]] = {}
    shortened: set[str] = set()
    # Equally popular: "It" before "I.T.", then an item that the catalogue itself names without a year,
    # because that is what a bare title says.
    items = sorted(
        catalogue, key=lambda item: (-item.popularity, item.title.count("."), item.year is not None, item.id)
    )
    for item in items:
        key = normalise_title(item.title)
        exact.setdefault(key, []).append(item)
        if _HYPHEN.search(item.title):  # "Spiderman" for "Spider-Man"
            variants.setdefault(normalise_title(_HYPHEN.sub("", item.title)), []).append(item)
        article, _, rest = key.partition(" ")
        if article in ARTICLES and rest:  # "Dark Knight" for "The Dark Knight"
            variants.setdefault(rest, []).append(item)
            shortened.add(rest)
    for key in exact:  # "the Hangover (2010)" for "Hangover", beside "The Hangover" of 2009
        article, _, rest = key.partition(" ")
        if article in ARTICLES and rest in exact:
            variants.setdefault(key, []).extend(exact[rest])
    ordinary = _ordinary(items)
    people = {name.casefold() for item in items for name in item.people}
    singles = set()
    for key in {**exact, **variants}:
        if not any(character.isalnum() for character in key):
            continue
        parts = key.split(" ")
        spelt, varied = tuple(exact.get(key, ())), tuple(variants.get(key, ()))
        caution = caution_for(parts, ordinary)
        if len(parts) == 1:
            singles.add(key)
        elif key in people:
            caution = Caution.MARKED
        if key in shortened and not spelt:
            # "Matrix" for "The Matrix" needs the year, quotes or an introduction, "Dark Knight" capitals.
            caution = max(caution, Caution.CAPITALS if len(parts) > 1 else Caution.MARKED)
        marks = frozenset("".join(item.title for item in spelt + varied))
        yield Pattern(key, spelt, varied, caution, is_telling(parts), marks)
    # A person's name is longer than a title that is part of it, so that "Morgan Freeman" is not "Morgan".
    for name in people:
        parts = name.split()
        if len(parts) > 1 and not singles.isdisjoint(parts):
            key = normalise_title(name)
            if key not in exact and key not in variants:
                yield Pattern(key, (), (), Caution.MARKED, False, frozenset(name))


def _ordinary(items: Iterable[Item]) -> frozenset[str]:
    """Words that at least two descriptions use in lower case."""
    counts = Counter(word for item in items for word in set(_LOWER_CASE.findall(item.text)))
    return frozenset(word for word, count in counts.items() if count > 1)
