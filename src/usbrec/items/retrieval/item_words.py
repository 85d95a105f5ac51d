"""Item words: which items have a word in their title, people, categories, further columns or text.

Words are compared without case, accents and endings (English and German). A model number is a word however
it is written: "HX-588", "hx 588" and "HX588" are one. Names are looked up by themselves: people of one word,
as brands are, and the surnames of others, also with one letter wrong.
"""

from __future__ import annotations

import functools
import itertools
import math
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from usbrec.dialogue import Item
from usbrec.patterns import LazyPattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Names = dict[str, list[list[int]]]
WORD = LazyPattern(r"[^\W_]+(?:['’][^\W_]+)*")
#: A cell of a further column with more words than this is no category or feature.
_FEW = 6
#: Parts of a model number have at most so many characters, its letters on their own fewer.
_PART, _LETTERS = 6, 4
#: What two words with one stem begin with, and how many letters their endings have at most.
_BEGINNING, _ENDING = 3, 5
_DIGIT = LazyPattern(r"\d")
#: The accents of Latin letters, apart from them.
_ACCENTS = LazyPattern(r"[\u0300-\u036f]+")
_PLAIN = LazyPattern(r"[^\W_]+")
#: In so many texts at most it is looked whether a name is an ordinary word.
_LOOKED_AT = 50
#: A surname of fewer letters is not looked for.
_SURNAME = 4
#: A name must have so many letters to be recognised with one of them wrong.
_MISSPELLED = 5


@functools.lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """A word without case, accents and a possessive "'s"."""
    plain = word.casefold()
    if not plain.isascii():
        parts = unicodedata.normalize("NFKD", plain).replace("’", "'")
        plain = _ACCENTS.sub("", parts)
        if not plain.isascii():
            plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.removesuffix("'s").replace("'", "")


@functools.lru_cache(maxsize=262_144)
def term(word: str) -> str:
    """What a word is looked up as: folded and without its endings."""
    plain = folded(word)
    if len(plain) < 4 or not plain.isalpha():
        return plain
    english, german = _stemmers()
    return str(german.stemWord(english.stemWord(plain)))


@functools.cache
def _stemmers() -> tuple[Any, Any]:
    # Its package imports the stemmers of forty languages.
    import snowballstemmer

    return snowballstemmer.stemmer("english"), snowballstemmer.stemmer("german")


def model_numbers(read: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Neighbours among folded words that may be one model number, by the place of the first, joined."""
    for place, (first, second) in enumerate(itertools.pairwise(read)):
        joined = first + second
        # One word of letters and another of digits, or of both.
        if max(len(first), len(second)) <= _PART and joined.isascii() and not joined.isalpha():
            letters = [part for part in (first, second) if part.isalpha()]
            if not joined.isdigit() and all(len(part) <= _LETTERS for part in letters):
                yield place, joined


class ItemWords:
    """An index over items in their order; rows are places in it, by which `item_of` gives an item again.
    Memory: 4 bytes for each word of an item."""

    def __init__(self, items: Iterable[Item], item_of: Callable[[int], Item | None]) -> None:
        self._item_of = item_of
        self._number: dict[str, int] = {}
        self._of_person: dict[str, list[int]] = {}
        numbers, counts = array("i"), array("i")
        number, of_person = self._number, self._of_person
        for row, item in enumerate(items):
            for person in item.people:
                of_person.setdefault(person, []).append(row)
            found = self._read(item)
            for word in found.difference(number):
                number[word] = len(number)
            counts.append(len(found))
            numbers.extend(map(number.__getitem__, found))
        self._size = len(counts)
        number_n = np.frombuffer(numbers, dtype=np.int32) if len(numbers) else np.zeros(0, dtype=np.int32)
        row_n = np.repeat(np.arange(self._size, dtype=np.int32), np.frombuffer(counts, dtype=np.int32))
        self._rows = row_n[np.argsort(number_n, kind="stable")]
        self._ends = np.cumsum(np.bincount(number_n, minlength=len(self._number)))
        self._known: dict[str, NDArray[np.int32]] = {}

    def _read(self, item: Item) -> set[str]:
        """The folded words of an item, and its model numbers joined."""
        cells = (cell for cell in item.extra.values() if "://" not in cell and cell.count(" ") < _FEW)
        found = _folded_in(" ".join((*item.titles, *item.genres, *item.people, *cells, item.text)))
        for title in item.titles:
            if _DIGIT.search(title):
                read = [folded(word) for word in WORD.findall(title)]
                found.update(joined for _, joined in model_numbers(read))
        return found

    @functools.cached_property
    def _named(self) -> tuple[_Names, _Names]:
        """Of each name of one word, and of each surname, the rows of everyone who is called so."""
        names: _Names = {}
        surnames: _Names = {}
        for person, rows in self._of_person.items():
            before, _, last = person.rpartition(" ")
            if not (last.isalpha() and (not before or before[0].isalpha())):
                # Not as plain as most: a dash, a dot, a number.
                parts = WORD.findall(person)
                if not parts:
                    continue
                before, last = " ".join(parts[:-1]), parts[-1]
            name = folded(last)
            if len(name) >= (_SURNAME if before else 2) and not name.isdigit():
                (surnames if before else names).setdefault(name, []).append(rows)
        return names, surnames

    @property
    def _names(self) -> _Names:
        return self._named[0]

    @property
    def _surnames(self) -> _Names:
        return self._named[1]

    def has(self, key: str) -> bool:
        """Whether some item has a term, as :func:`term` makes it of a word."""
        return len(self.rows(key)) > 0

    def rows(self, key: str) -> NDArray[np.int32]:
        """The rows that have a term, in order; none for one that no item has."""
        if key not in self._known:
            parts = [self._rows_of(word) for word in self._forms(key)]
            joined = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
            self._known[key] = _distinct(joined) if len(parts) > 1 else joined
        return self._known[key]

    def _forms(self, key: str) -> list[str]:
        """The words of the items that are looked up as this term."""
        if len(key) < _BEGINNING or not key.isalpha():
            return [key] if key in self._number and term(key) == key else []
        return [
            word
            for word in self._beginnings.get(key[:_BEGINNING], ())
            if len(word) <= len(key) + _ENDING and word[: len(key) - 1] == key[:-1] and term(word) == key
        ]

    @functools.cached_property
    def _beginnings(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for word in self._number:
            found.setdefault(word[:_BEGINNING], []).append(word)
        return found

    def _rows_of(self, word: str) -> NDArray[np.int32]:
        number = self._number[word]
        return self._rows[self._ends[number - 1] if number else 0 : self._ends[number]]

    def rarity(self, key: str) -> float:
        """How much a term tells apart, as BM25 counts it: positive, more for a rarer one."""
        count = len(self.rows(key))
        return math.log1p((self._size - count + 0.5) / (count + 0.5))

    def share(self, keys: Iterable[str]) -> NDArray[np.float64]:
        """How much of these terms each item has, by their rarity, shape (n,); all of them is 1."""
        share_n = np.zeros(self._size)
        weights = {key: self.rarity(key) for key in keys}
        total = sum(weights.values())
        for key, weight in weights.items():
            share_n[self.rows(key)] += weight / total
        return share_n

    def is_ordinary(self, word: str) -> bool:
        """Whether texts of items use a folded word in lower case, as no name is."""
        if word not in self._number:
            return False
        items = map(self._item_of, self._rows_of(word)[:_LOOKED_AT].tolist())
        written = (written for item in items if item is not None for written in WORD.findall(item.text))
        return any(one.islower() and folded(one) == word for one in written)

    def named(self, name: str) -> NDArray[np.int32]:
        """The rows of the items of a name: a person of one word, or all with that surname."""
        found = self._names.get(name) or self._surnames[name]
        return _distinct(np.concatenate([np.array(rows, dtype=np.int32) for rows in found]))

    def is_name(self, word: str) -> bool:
        return word in self._names or word in self._surnames

    def is_surname(self, word: str) -> bool:
        """Whether a folded word is a name as a surname alone."""
        return word in self._surnames and word not in self._names

    def near(self, word: str) -> str | None:
        """The name that a folded word misspells by one letter (wrong, missing, too many, or two swapped): of
        several that with most items."""
        if len(word) < _MISSPELLED:
            return None
        # One letter wrong leaves the first or the last as it is.
        found = {
            near
            for length in (len(word) - 1, len(word), len(word) + 1)
            for end in ((word[0], ""), ("", word[-1]))
            for near, *_ in process.extract_iter(
                word, self._names_ending.get((*end, length), ()), scorer=OSA.distance, score_cutoff=1
            )
        }
        # The shorter the surname, the likelier is another word.
        likely = [near for near in found if not self.is_surname(near) or len(near) > _MISSPELLED]
        return max(sorted(likely), key=lambda near: len(self.named(near)), default=None)

    @functools.cached_property
    def _names_ending(self) -> Mapping[tuple[str, str, int], Sequence[str]]:
        """The names by their first letter and length, and by their last letter and length."""
        found: dict[tuple[str, str, int], list[str]] = {}
        for name in (*self._names, *self._surnames):
            if len(name) >= _MISSPELLED:
                for end in ((name[0], ""), ("", name[-1])):
                    found.setdefault((*end, len(name)), []).append(name)
        return found


def _distinct(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each row once, in order (np.unique would load the module of masked arrays)."""
    ordered = np.sort(rows)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _folded_in(text: str) -> set[str]:
    """The folded words of a text, apart at apostrophes."""
    found = set(_PLAIN.findall(text.lower()))
    return found if text.isascii() else {word if word.isascii() else folded(word) for word in found}
