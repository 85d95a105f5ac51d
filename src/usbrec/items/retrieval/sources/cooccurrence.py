"""Item co-occurrence: learnt from conversations or sessions in which several items were named.

Two measures over the same counts. *Co-occurrence*: how often b was recommended where a was named, over
the square roots of both counts (lift, which divides by the counts themselves, ranks far worse). *EASE*:
the closed-form linear autoencoder of Steck (WWW 2019), in which items explain each other away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from usbrec.items.retrieval.sources.sparse import flat, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Added to an item's count before its root is taken, so that what was met once proves little.
_DOUBT = 3.0
#: EASE: the ridge, how many items (the most met) it covers, and how many weights of each are kept.
_RIDGE = 100.0
_COVERED = 8_000
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Conversation:
    """Which items were named in one conversation or session, by row, and whether by the seeker."""

    id: str
    mentions: tuple[tuple[int, bool], ...]

    @property
    def rows(self) -> frozenset[int]:
        return frozenset(row for row, _ in self.mentions)

    @property
    def recommended(self) -> frozenset[int]:
        return frozenset(row for row, by_seeker in self.mentions if not by_seeker)


def popularity_of(conversations: Iterable[Conversation], size: int) -> NDArray[np.float32]:
    """In how many conversations each item was recommended, shape (size,)."""
    counts_n = np.zeros(size, dtype=np.float32)
    for conversation in conversations:
        counts_n[list(conversation.recommended)] += 1
    return counts_n


@dataclass(frozen=True)
class Cooccurrence:
    """Both measures as sparse matrices, shape (n, n): row a, column b says what a says for b."""

    cooccurring: Any
    ease: Any

    @classmethod
    def fit(cls, conversations: Iterable[Conversation], size: int) -> Self:
        known = [conversation for conversation in conversations if conversation.mentions]
        return cls(_cooccurring(known, size), _ease(known, size))

    def score(self, named: Mapping[int, float]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores by co-occurrence and by EASE of all items, each shape (n,), for weighted named items."""
        weights = np.fromiter(named.values(), dtype=np.float32, count=len(named))
        rows = np.fromiter(named, dtype=np.intp, count=len(named))
        return (
            np.asarray(self.cooccurring[rows].T @ weights, dtype=np.float32),
            np.asarray(self.ease[rows].T @ weights, dtype=np.float32),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {**flat("companions", self.cooccurring), **flat("ease", self.ease)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], size: int) -> Self:
        return cls(whole("companions", arrays, size), whole("ease", arrays, size))


def _cooccurring(known: list[Conversation], size: int) -> Any:
    pairs: list[tuple[int, int]] = []
    for conversation in known:
        recommended = sorted(conversation.recommended)
        for a in sorted(conversation.rows):
            pairs += [(a, b) for b in recommended if b != a]
    if not pairs:
        return sparse.csr_matrix((size, size), dtype=np.float32)
    rows, columns = np.array(pairs).T
    counts = sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(size, size))
    out_n = np.maximum(1.0, np.asarray(counts.sum(axis=1)).ravel())
    met_n = popularity_of(known, size) + _DOUBT
    scaled = sparse.diags(1 / np.sqrt(out_n)) @ counts @ sparse.diags(1 / np.sqrt(met_n))
    return scaled.tocsr().astype(np.float32)


def _ease(known: list[Conversation], size: int) -> Any:
    met_n = np.zeros(size)
    for conversation in known:
        met_n[list(conversation.rows)] += 1
    covered = np.sort(np.argsort(-met_n, kind="stable")[: min(_COVERED, int((met_n > 0).sum()))])
    if not len(covered):
        return sparse.csr_matrix((size, size), dtype=np.float32)
    place = np.full(size, -1)
    place[covered] = np.arange(len(covered))
    entries = [
        (number, int(place[row]))
        for number, conversation in enumerate(known)
        for row in sorted(conversation.rows)
        if place[row] >= 0
    ]
    rows, columns = np.array(entries).T
    met = sparse.csr_matrix((np.ones(len(entries), dtype=np.float32), (rows, columns)))
    gram = np.asarray((met.T @ met).todense(), dtype=np.float32)
    gram[np.diag_indices_from(gram)] += _RIDGE
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0.0)
    kept = min(_KEPT, len(covered))
    best = np.argpartition(-np.abs(weights), kept - 1, axis=1)[:, :kept]
    values = np.take_along_axis(weights, best, axis=1)
    return sparse.csr_matrix(
        (values.ravel(), (np.repeat(covered, kept), covered[best].ravel())), shape=(size, size)
    )
