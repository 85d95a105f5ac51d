"""Fuzzy title matching: one letter too few, too many, another, or two in the wrong order.

One error leaves the first or the second half of a title as it is. So each title is kept under a hash of
each half (of its letters without blanks, so that a lost or an added blank is an error like any other) and
its length; a run of words is compared with the titles of its own length and one more or less that share a
half with it. Numbers don't take part: "Toy Story 4" is no slip for "Toy Story 3", nor "Rocky IV" for
"Rocky V".

What is near a title is not the title without evidence. Here runs are looked at that end before a year in
brackets, and else those with a word that no title, no name and no list of ordinary words has;
:mod:`usbrec.items.linking.disambiguation` asks for more.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from usbrec.dialogue import Item
from usbrec.items.linking.ambiguity import ARTICLES
from usbrec.items.linking.rolling_hash import Letters
from usbrec.items.store import title_keys
from usbrec.patterns import LazyPattern

_NUMBER = LazyPattern(r"\d+|\b[ivx]{2,}\b")
_TOO_MANY = 300
"""A run that shares a half with more titles than this says too little, and is left alone."""
_MANY = 10_000
"""From so many runs on it pays to look for equal ones first."""


class FuzzyTitles:
    """Finds titles by one error.

    Shapes: halves (H,) sorted; half_rows (H,), the items they belong to, and half_letters (H,), which
    letters their titles have, a bit each; years (N,), the items' years, 0 where none is known.
    """

    NAMES = ("halves", "half_rows", "half_letters", "years")

    def __init__(self, items: Sequence[Item], arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.arrays = {name: arrays[name] for name in self.NAMES}
        self._items = items
        self._halves, self._rows, self._letters, self._years = (
            np.asarray(self.arrays[name]) for name in self.NAMES
        )

    @classmethod
    def of(cls, items: Sequence[Item]) -> FuzzyTitles:
        titles, rows, sets, years = [], array("i"), array("I"), array("h")
        for row, item in enumerate(items):
            years.append(item.year or 0)
            for key in title_spellings(item):
                titles.append(key.replace(" ", ""))
                rows.append(row)
                sets.append(_letters(titles[-1]))
        hashes = _title_halves(titles)
        order = np.argsort(hashes, kind="stable")
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "halves": hashes[order],
            "half_rows": np.repeat(np.array(rows, dtype=np.int32), 2)[order],
            "half_letters": np.repeat(np.array(sets, dtype=np.uint32), 2)[order],
            "years": np.array(years, dtype=np.int16),
        }
        return cls(items, arrays)

    def near(self, words: Sequence[str], runs: npt.NDArray[np.int64]) -> Iterator[tuple[int, int, str]]:
        """Which of the runs (first, last, year), shape (r, 3), are one error from a title, with the title's
        normal form. Of titles with any year where the run's is -1, else of titles of that year.
        """
        if not len(runs) or not len(self._halves):
            return
        letters = Letters("".join(words))
        starts = np.cumsum([0, *map(len, words)])
        begin, end = starts[runs[:, 0]], starts[runs[:, 1] + 1]
        if len(runs) < _MANY:
            for index, places in self._sharing(letters, begin, end).items():
                first, last, year = runs[index].tolist()
                for key in self._keys_of(words[first : last + 1], year, places):
                    yield first, last, key
            return
        # A long text says much of what it says more than once.
        _, different, same = np.unique(letters.whole(begin, end), return_index=True, return_inverse=True)
        sharing = self._sharing(letters, begin[different], end[different])
        known: dict[tuple[str, int], tuple[str, ...]] = {}
        for index in np.nonzero(np.isin(same, list(sharing)))[0].tolist():
            first, last, year = runs[index].tolist()
            run = words[first : last + 1]
            said = " ".join(run), year
            if said not in known:
                known[said] = tuple(self._keys_of(run, year, sharing[int(same[index])]))
            for key in known[said]:
                yield first, last, key

    def _sharing(
        self, letters: Letters, begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
    ) -> dict[int, npt.NDArray[np.int64]]:
        """For each stretch letters[begin:end] that shares a half with titles, by its index, the places of
        these halves."""
        # A letter too many, another, one too few; two in the wrong order of which each half has one.
        halves = [half for longer in (-1, 0, 1) for half in letters.halves(begin, end, longer)]
        hashes = np.stack([*halves, letters.crossed(begin, end)], axis=1).ravel()
        begins = self._halves.searchsorted(hashes)
        shared = np.flatnonzero(self._halves[np.minimum(begins, len(self._halves) - 1)] == hashes)
        if not len(shared):
            return {}
        ends = self._halves.searchsorted(hashes[shared], side="right")
        lookups = len(hashes) // len(begin)
        sharing: dict[int, list[npt.NDArray[np.int64]]] = {}
        for place, until in zip(shared.tolist(), ends.tolist(), strict=True):
            sharing.setdefault(place // lookups, []).append(np.arange(begins[place], until))
        return {index: np.concatenate(found) for index, found in sharing.items()}

    def _keys_of(self, run: Sequence[str], year: int, places: npt.NDArray[np.int64]) -> Iterator[str]:
        """The titles one error from a run, of those whose halves stand at `places`."""
        spelt = "".join(run)
        # One error changes which letters there are by two at most.
        others = self._letters[places] ^ np.uint32(_letters(spelt))
        for _ in range(2):
            others &= others - (others > 0)
        rows = self._rows[places[others == 0]]
        if year >= 0:
            rows = rows[self._years[rows] == year]
        if 0 < len(rows) <= _TOO_MANY:
            yield from self._keys_near(run, spelt, sorted(set(rows.tolist())))

    def _keys_near(self, run: Sequence[str], letters: str, rows: Sequence[int]) -> Iterator[str]:
        numbers = _NUMBER.findall(" ".join(run))
        # "a Frozen (2013)" is the title with a word before it, no title with a letter too many.
        inside = {"".join(run[1:]), "".join(run[:-1])}
        found = set()
        for row in rows:
            for key in title_spellings(self._items[row]):
                title = key.replace(" ", "")
                if (
                    key not in found
                    and title not in inside
                    and OSA.distance(letters, title, score_cutoff=1) <= 1
                    and _NUMBER.findall(key) == numbers
                ):
                    found.add(key)
                    yield key


def title_spellings(item: Item) -> tuple[str, ...]:
    """The titles' normal forms, and that of the first one without its article."""
    key, *further = title_keys(item)
    article, _, rest = key.partition(" ")
    return (key, rest, *further) if article in ARTICLES and rest else (key, *further)


def _letters(word: str) -> int:
    """The letters of a word as bits."""
    found = 0
    for letter in set(word):
        found |= 1 << (ord(letter) & 31)
    return found


def _title_halves(titles: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Both halves of every title, (2 * len(titles),), some thousands of titles at a time."""
    hashes = [np.zeros(0, dtype=np.uint32)]
    for place in range(0, len(titles), 1 << 16):
        some = titles[place : place + (1 << 16)]
        starts = np.cumsum([0, *map(len, some)])
        hashes.append(np.stack(Letters("".join(some)).halves(starts[:-1], starts[1:]), axis=1).ravel())
    return np.concatenate(hashes)
