"""Kind of item: whether a catalogue holds films, books, music, products or places, or none of these for sure.

Its columns tell, its genres where they do not, and what the user says goes before both.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal, get_args
from weakref import WeakKeyDictionary

from usbrec.items.catalogue import Catalogue
from usbrec.items.files.column_names import column_key
from usbrec.items.genres import normalise_genre
from usbrec.items.scripts import has_unspaced
from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern

Kind = Literal["films", "books", "music", "products", "places", "items"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: So many items are looked at.
_LOOKED_AT = 500
#: Least share of the items with a genre of a kind, and how much more than those of any other kind.
_SHARE, _AHEAD = 0.3, 1.5
#: Most characters and words of what a further column may say about an item in a sentence.
_CHARACTERS, _WORDS = 30, 3
#: A column tells kinds of items apart when it says the same of several, and each thing of so few of them.
_DISTINCT = 0.5

_KINDS: WeakKeyDictionary[Catalogue, Kind] = WeakKeyDictionary()


def kind_of_noun(noun: str | None) -> Kind | None:
    """The kind of what one item is called: "book" is one of books; None for a word we do not know."""
    about = shared("kinds")
    words = _singulars((noun or "").casefold())
    return next(
        (kind for kind in KINDS if kind in about and not words.isdisjoint(about[kind]["nouns"])), None
    )


def _singulars(word: str) -> set[str]:
    """What a word may be the plural of: "libros", "hoteles", "boeken", "romanzi"."""
    found = {word, *(word.removesuffix(ending) for ending in ("s", "es", "en"))}
    if word.endswith(("i", "e")):  # Italian
        found |= {word[:-1] + vowel for vowel in "aoe"}
    return found


def noun_in(file: str) -> str | None:
    """What one item is called, as the name of a file says it: "books" for "my books.csv"."""
    name = unicodedata.normalize("NFC", file).casefold()
    if (noun := next((word for word in _WORD.findall(name) if kind_of_noun(word) is not None), None)) or (
        name.isascii()
    ):
        return noun
    nouns = (noun for about in shared("kinds").values() for noun in about["nouns"])
    # Scripts without blanks: "电影列表".
    return next((noun for noun in nouns if len(noun) > 1 and has_unspaced(noun) and noun in name), None)


_WORD = LazyPattern(r"[^\W\d_]+")


def kind_of(catalogue: Catalogue) -> Kind:
    """The kind that a catalogue's columns and genres show; "items" where they show none."""
    if catalogue not in _KINDS:
        _KINDS[catalogue] = _found(catalogue)
    return _KINDS[catalogue]


def _found(catalogue: Catalogue) -> Kind:
    about = shared("kinds")
    kinds = [kind for kind in KINDS if kind in about]
    report = catalogue.report
    columns = set() if report is None else {one for many in report.columns.values() for one in many}
    genres: Counter[str] = Counter()
    looked_at = 0
    for item in islice(catalogue, _LOOKED_AT):
        looked_at += 1
        columns.update(column for column, value in item.extra.items() if value)
        genres.update({genre for text in item.genres for genre in normalise_genre(text)})
    there = set(map(column_key, columns))
    named = None if report is None else kind_of_noun(noun_in(Path(report.where).name))
    return (
        _ahead({kind: len(there.intersection(_columns(kind, "columns"))) for kind in kinds}, 1)
        or named
        or _ahead({k: sum(genres[g] for g in about[k]["genres"]) for k in kinds}, _SHARE * looked_at)
        or _ahead({kind: len(there.intersection(_columns(kind, "weak"))) for kind in kinds}, 1)
        or "items"
    )


@functools.cache
def _columns(kind: Kind, use: str) -> frozenset[str]:
    """The columns that tell a kind, as keys (:func:`column_key`)."""
    return frozenset(map(column_key, shared("kinds")[kind].get(use, ())))


def _ahead(counts: Mapping[Kind, int], least: float) -> Kind | None:
    first, second = sorted(counts, key=lambda kind: -counts[kind])[:2]
    return first if counts[first] >= least and counts[first] >= _AHEAD * counts[second] else None


def telling_columns(catalogue: Catalogue) -> tuple[str, ...]:
    """The further columns whose words can be said of an item: short, no numbers, and the same of several."""
    values: dict[str, Counter[str]] = {}
    for item in islice(catalogue, _LOOKED_AT):
        known = {text.casefold() for text in (*item.genres, *item.people, item.title)}
        for column, value in item.extra.items():
            if value and value.casefold() not in known:
                values.setdefault(column, Counter())[value] += 1
    return tuple(column for column, counts in values.items() if _tells(counts))


def value_of(text: str) -> str | None:
    """What a cell says that can be told in a sentence; None for numbers, addresses and long texts."""
    text = " ".join(text.split())
    if not text or len(text) > _CHARACTERS or len(text.split()) > _WORDS or says_nothing(text):
        return None
    if any(character.isdigit() or character in "/@{}|;_<>" for character in text):
        return None
    return text if any(map(str.isalpha, text)) else None


def says_nothing(text: str) -> bool:
    """Whether a cell says yes, no or that there is none, which nobody can ask for."""
    return " ".join(text.casefold().split()) in _words_for_nothing()


@functools.cache
def _words_for_nothing() -> frozenset[str]:
    return frozenset(shared("columns")["no_values"]["words"])


def _tells(counts: Counter[str]) -> bool:
    said = [value for value in counts if value_of(value)]
    total = counts.total()
    return (
        len(said) >= 2
        and sum(counts[value] for value in said) >= 0.9 * total
        and len(counts) <= max(2.0, _DISTINCT * total)
    )


def told_values(extra: Mapping[str, str], columns: Sequence[str]) -> list[tuple[str, str]]:
    """What an item's further columns say of it, as (column, value)."""
    found = ((column, value_of(extra.get(column, ""))) for column in columns)
    return [(column, value) for column, value in found if value]
