"""Attribute similarity of two items: one measure for simulator, judge and ranker.

Genre, people and era, each in [0, 1], weighted, over the attributes that both sides have.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items.genres import normalise_genre
from usbrec.keys import derive_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Sharing three people is as good as sharing all: casts are of any length.
_PEOPLE_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an item counts for similarity: normalised genres, people in lower case, the year."""

    genres: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    year: int | None = None

    @classmethod
    def of(cls, genres: Iterable[str] = (), people: Iterable[str] = (), year: int | None = None) -> Traits:
        """From attributes as a catalogue or a person writes them."""
        return cls(
            frozenset(genre for text in genres for genre in normalise_genre(text)),
            frozenset(name for text in people if (name := " ".join(text.casefold().split()))),
            year,
        )


def traits_of(item: Item) -> Traits:
    return _traits(tuple(item.genres), tuple(item.people), item.year)


@functools.lru_cache(maxsize=4096)
def _traits(genres: tuple[str, ...], people: tuple[str, ...], year: int | None) -> Traits:
    # Knowledge, retriever and what stands for a random item each ask for those of the same catalogue.
    return Traits.of(genres, people, year)


@dataclass(frozen=True)
class Similarity:
    """A measure over traits: symmetric, in [0, 1], 1 for equal traits that are not empty.

    - Genres: shared among all (Jaccard).
    - People: shared, of the smaller number of the two, three at most counted.
    - Era: exp(-|difference in years| / era_scale).

    The weights are renormalised over the attributes both sides have; without any, 0. Raises ConfigError
    for weights that are negative or all 0, and for a scale that is not positive.
    """

    genre_weight: float = 0.5
    people_weight: float = 0.3
    era_weight: float = 0.2
    era_scale: float = 10.0
    """Years after which the era counts for 1/e."""

    def __post_init__(self) -> None:
        weights = (self.genre_weight, self.people_weight, self.era_weight)
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or sum(weights) <= 0:
            raise ConfigError(f"similarity: weights {weights} must be 0 or more, and not all 0.")
        if not (math.isfinite(self.era_scale) and self.era_scale > 0):
            raise ConfigError(f"similarity: era_scale {self.era_scale} must be a positive number of years.")

    def __call__(self, a: Traits, b: Traits) -> float:
        total = weight = 0.0
        if a.genres and b.genres:
            shared = len(a.genres & b.genres)
            total += self.genre_weight * (shared / (len(a.genres) + len(b.genres) - shared))
            weight += self.genre_weight
        if a.people and b.people:
            shared = len(a.people & b.people)
            enough = min(_PEOPLE_ENOUGH, len(a.people), len(b.people))
            total += self.people_weight * min(1.0, shared / enough)
            weight += self.people_weight
        if a.year is not None and b.year is not None:
            total += self.era_weight * math.exp(-abs(a.year - b.year) / self.era_scale)
            weight += self.era_weight
        return total / weight if weight > 0 else 0.0

    def best(self, a: Traits, many: Iterable[Traits]) -> float:
        """The greatest similarity of `a` to one of `many`; 0 for none."""
        return max((self(a, other) for other in many), default=0.0)


class TraitTable:
    """Many traits laid out so that one comparison with all of them takes microseconds.

    Shapes: n is the number of traits, in the order given.
    """

    def __init__(self, many: Iterable[Traits], similarity: Similarity) -> None:
        rows = list(many)
        self._similarity = similarity
        self._size = len(rows)
        self._genre_rows = _rows_by_name([row.genres for row in rows])
        self._people_rows = _rows_by_name([row.people for row in rows])
        self._genre_counts_n = np.array([len(row.genres) for row in rows], dtype=np.float64)
        self._people_counts_n = np.array([len(row.people) for row in rows], dtype=np.float64)
        self._years_n = np.array(
            [math.nan if row.year is None else row.year for row in rows], dtype=np.float64
        )

    def to(self, one: Traits) -> NDArray[np.float64]:
        """The similarity of `one` to each, shape (n,): the same numbers as calling Similarity."""
        measure = self._similarity
        total_n = np.zeros(self._size)
        weight_n = np.zeros(self._size)
        if one.genres:
            shared_n = self._shared(self._genre_rows, one.genres)
            union_n = self._genre_counts_n + len(one.genres) - shared_n
            total_n += measure.genre_weight * (shared_n / union_n)
            weight_n += measure.genre_weight * (self._genre_counts_n > 0)
        if one.people:
            shared_n = self._shared(self._people_rows, one.people)
            enough_n = np.clip(self._people_counts_n, 1, min(_PEOPLE_ENOUGH, len(one.people)))
            total_n += measure.people_weight * np.minimum(1.0, shared_n / enough_n)
            weight_n += measure.people_weight * (self._people_counts_n > 0)
        if one.year is not None:
            known_n = ~np.isnan(self._years_n)
            gap_n = np.abs(np.where(known_n, self._years_n, one.year) - one.year)
            total_n += measure.era_weight * np.exp(-gap_n / measure.era_scale) * known_n
            weight_n += measure.era_weight * known_n
        return np.divide(total_n, weight_n, out=np.zeros(self._size), where=weight_n > 0)

    def best(self, many: Iterable[Traits]) -> NDArray[np.float64]:
        """For each row its greatest similarity to one of `many`, shape (n,); 0 for none."""
        best_n = np.zeros(self._size)
        for one in many:
            np.maximum(best_n, self.to(one), out=best_n)
        return best_n

    def shared(self, one: Traits) -> NDArray[np.float64]:
        """How many of the genres and people of `one` each row has, shape (n,)."""
        return self._shared(self._genre_rows, one.genres) + self._shared(self._people_rows, one.people)

    def _shared(self, rows: dict[str, NDArray[np.intp]], names: frozenset[str]) -> NDArray[np.float64]:
        shared_n = np.zeros(self._size)
        # Whole numbers: the order in which the names come does not change the sum.
        for name in names:
            if name in rows:
                shared_n[rows[name]] += 1.0
        return shared_n


def _rows_by_name(names_of: Sequence[frozenset[str]]) -> dict[str, NDArray[np.intp]]:
    found: dict[str, list[int]] = {}
    for row, names in enumerate(names_of):
        for name in names:
            found.setdefault(name, []).append(row)
    return {name: np.array(rows, dtype=np.intp) for name, rows in found.items()}


class RandomSimilarity:
    """The similarity that scores 0: the mean of random items of the catalogue.

    A seeded sample of `size` items stands for the catalogue (all of them, where it is no larger).
    """

    def __init__(
        self, catalogue: Iterable[Item], similarity: Similarity, size: int = 500, seed: int = 0
    ) -> None:
        if size < 1:
            raise ConfigError(f"baseline: {size} items cannot stand for a catalogue. Use at least 1.")
        items = sorted(catalogue, key=lambda item: item.id)
        if len(items) > size:
            # By a hash of each id: the same draw in any order and any version of Python.
            items = sorted(items, key=lambda item: (derive_seed(seed, "baseline", item.id), item.id))[:size]
        self.ids = tuple(item.id for item in items)
        self._table = TraitTable((traits_of(item) for item in items), similarity)
        self._known: dict[frozenset[Traits], float] = {}

    def mean(self, to: Sequence[Traits]) -> float:
        """The mean over the sample of the best similarity to one of `to`, in [0, 1]; 0 for none."""
        key = frozenset(to)
        if key not in self._known:
            self._known[key] = float(self._table.best(key).mean()) if key else 0.0
        return self._known[key]

    @staticmethod
    def rescale(similarity: float, mean: float) -> float:
        """See :func:`rescale`."""
        return rescale(similarity, mean)


def rescale(similarity: float, mean: float) -> float:
    """A similarity with the mean of random items as 0 and equality as 1: (s-m)/(1-m), at least 0."""
    if mean >= 1.0:
        return 0.0
    return max(0.0, (similarity - mean) / (1.0 - mean))
