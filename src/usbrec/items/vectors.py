"""The nearest of many vectors: exactly where they are few, else among the lists nearest to the query.

Above `EXACT_UP_TO` the vectors are sorted into lists around centres found by spherical k-means (an
inverted file, as in Jégou et al., 2011, without their compression), and a query reads whole lists, the
nearest first, until it has seen `SCANNED` vectors. So its time is bounded, however uneven the lists are.
Measured against a graph (usearch: ten times the build, less recall, another graph each time where two
threads build it) and binary codes with rescoring (recall falls on vectors without clusters): docs/log.md.

Shapes: n vectors, d dimensions, l lists, k results.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from usbrec.errors import InputError
from usbrec.items import sealed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]

#: Reading 150,000 vectors of 384 dimensions takes under 20 ms.
EXACT_UP_TO = 150_000
SCANNED = 60_000
_BLOCK = 4_096
_SAMPLE_PER_LIST = 40
_ROUNDS = 8


class VectorIndex:
    """Unit vectors, searched by inner product. Immutable; the same vectors and seed give the same index."""

    def __init__(self, vectors_n_d: Floats, rows_n: Whole, centres_l_d: Floats, starts_l: Whole) -> None:
        """List `i` holds `vectors_n_d[starts_l[i]:starts_l[i + 1]]`, which were rows `rows_n[...]`.

        `starts_l` has l + 1 entries. Use :meth:`build` or :meth:`open`.
        """
        self._vectors_n_d, self._rows_n = vectors_n_d, rows_n
        self._centres_l_d, self._starts_l = centres_l_d, starts_l

    @classmethod
    def build(cls, vectors_n_d: ArrayLike, *, seed: int = 0, exact_up_to: int = EXACT_UP_TO) -> VectorIndex:
        """An index of unit vectors. A million of 384 dimensions take a minute and twice their memory.

        Raises InputError when there are none, or values that are no finite numbers.
        """
        vectors_n_d = np.asarray(vectors_n_d, dtype=np.float32)
        if vectors_n_d.ndim != 2 or not vectors_n_d.size:
            raise InputError(f"vectors: shape {vectors_n_d.shape} is no table of vectors, one a row.")
        n = len(vectors_n_d)
        for first in range(0, n, _BLOCK):
            if not np.isfinite(vectors_n_d[first : first + _BLOCK]).all():
                raise InputError(f"vectors: not all are finite numbers, from row {first} on.")
        if n <= exact_up_to:
            nowhere_1_d = np.zeros((1, vectors_n_d.shape[1]), dtype=np.float32)
            return cls(vectors_n_d, np.arange(n), nowhere_1_d, np.array([0, n]))
        centres_l_d = _centres(vectors_n_d, round(2 * math.sqrt(n)), np.random.default_rng(seed))
        list_n = _nearest(vectors_n_d, centres_l_d)
        rows_n = np.argsort(list_n, kind="stable")
        starts_l = np.searchsorted(list_n[rows_n], np.arange(len(centres_l_d) + 1))
        return cls(vectors_n_d[rows_n], rows_n, centres_l_d, starts_l)

    def __len__(self) -> int:
        return len(self._rows_n)

    def search(self, query_d: ArrayLike, k: int, *, scanned: int = SCANNED) -> tuple[Whole, Floats]:
        """Rows and inner products of the `k` nearest, best first, ties by row; fewer when there are fewer.

        `scanned` is how many vectors are looked at, at least, where there is more than one list. Raises
        InputError for a query of other dimensions.
        """
        query_d = np.asarray(query_d, dtype=np.float32)
        if query_d.shape != self._centres_l_d.shape[1:]:
            raise InputError(
                f"vectors: a query of shape {query_d.shape}, but the index has {self._centres_l_d.shape[1]} "
                "dimensions. Is it from another encoder?"
            )
        k = min(max(k, 0), len(self))
        if not k:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        lists = self._lists(query_d, max(scanned, 20 * k))
        pieces = [slice(int(self._starts_l[one]), int(self._starts_l[one + 1])) for one in lists]
        scores = np.concatenate([_scores(self._vectors_n_d[piece], query_d) for piece in pieces])
        rows = np.concatenate([self._rows_n[piece] for piece in pieces])
        at_least = -np.partition(-scores, k - 1)[k - 1]
        candidates = np.flatnonzero(scores >= at_least)
        best = candidates[np.lexsort((rows[candidates], -scores[candidates]))][:k]
        return rows[best], scores[best]

    def save(self, folder: Path) -> None:
        """Write the index; the folder is there whole or not at all. Raises OSError."""
        with sealed.making(folder) as partial:
            for name, array in (
                ("vectors", self._vectors_n_d),
                ("rows", self._rows_n),
                ("centres", self._centres_l_d),
                ("starts", self._starts_l),
            ):
                np.save(partial / f"{name}.npy", array)

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """The index of a folder, mapped into memory. Raises InputError when it is missing or damaged."""
        names = ("vectors", "rows", "centres", "starts")
        try:
            arrays = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in names]
            vectors_n_d, rows_n, centres_l_d, starts_l = (np.asarray(array) for array in arrays)
            fits = len(vectors_n_d) == len(rows_n) == starts_l[-1] and len(starts_l) == len(centres_l_d) + 1
        except (OSError, ValueError, IndexError, EOFError) as error:
            raise InputError(f"{folder}: no vector index ({error}). Build it anew.") from None
        if not fits:
            raise InputError(f"{folder}: the files of this vector index are not of one build. Build it anew.")
        return cls(vectors_n_d, rows_n, centres_l_d, starts_l)

    def _lists(self, query_d: Floats, wanted: int) -> Whole:
        """The lists to read: the nearest, until they hold as many vectors as wanted."""
        nearest_l = np.argsort(-_scores(self._centres_l_d, query_d), kind="stable")
        held_l = np.cumsum(np.diff(self._starts_l)[nearest_l])
        return nearest_l[: int(np.searchsorted(held_l, wanted)) + 1]


def _scores(vectors_n_d: Floats, query_d: Floats) -> Floats:
    # Not `@`: it is no faster here, one thread saturates memory, and its threads wait for busy cores.
    scores_n: Floats = np.einsum("nd,d->n", vectors_n_d, query_d)
    return scores_n


def _centres(vectors_n_d: Floats, lists: int, generator: np.random.Generator) -> Floats:
    """Unit centres of shape (l, d) by spherical k-means on a sample."""
    size = min(len(vectors_n_d), lists * _SAMPLE_PER_LIST)
    sample_s_d = vectors_n_d[np.sort(generator.choice(len(vectors_n_d), size, replace=False))]
    centres_l_d = sample_s_d[generator.choice(size, lists, replace=False)]
    for _ in range(_ROUNDS):
        list_s = _nearest(sample_s_d, centres_l_d)
        order_s = np.argsort(list_s, kind="stable")
        ends_l = np.searchsorted(list_s[order_s], np.arange(lists + 1))
        for one in range(lists):
            members = sample_s_d[order_s[ends_l[one] : ends_l[one + 1]]]
            # A centre that nobody is near to begins anew elsewhere.
            total_d = members.sum(axis=0) if len(members) else sample_s_d[generator.integers(size)]
            centres_l_d[one] = total_d / max(float(np.linalg.norm(total_d)), 1e-12)
    return centres_l_d


def _nearest(vectors_n_d: Floats, centres_l_d: Floats) -> Whole:
    """The nearest centre of each vector, shape (n,)."""
    blocks = (vectors_n_d[first : first + _BLOCK] for first in range(0, len(vectors_n_d), _BLOCK))
    return np.concatenate([np.argmax(block_b_d @ centres_l_d.T, axis=1) for block_b_d in blocks])
