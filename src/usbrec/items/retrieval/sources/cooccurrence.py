"""Item co-occurrence: learnt from conversations or sessions in which several items were named.

Two measures over the same counts. *Co-occurrence*: how often b was recommended where a was named, over
the square roots of both counts (lift, which divides by the counts themselves, ranks far worse). *EASE*:
the closed-form linear autoencoder of Steck (WWW 2019), in which items explain each other away. EASE also
takes every attribute that few enough items share as a conversation of those items that counts a little
(collective EASE, Jeunen et al. 2020), so that what was seldom met is known by what it has in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
#: What an attribute counts against a conversation, and the greatest share of all items that may have it.
_ATTRIBUTE = 0.5
_COMMON = 1 / 16


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
    def fit(
        cls, conversations: Iterable[Conversation], size: int, attributes: Sequence[Iterable[str]] = ()
    ) -> Self:
        """From conversations over `size` items and, where they are known, the attributes of each item."""
        known = [conversation for conversation in conversations if conversation.mentions]
        return cls(_cooccurring(known, size), _ease(known, size, attributes))

    def score(self, named: Mapping[int, float]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores by co-occurrence and by EASE of all items, each shape (n,), for weighted named items."""
        weights = np.fromiter(named.values(), dtype=np.float32, count=len(named))
        rows = np.fromiter(named, dtype=np.intp, count=len(named))
        return (
            np.asarray(self.cooccurring[rows].T @ weights, dtype=np.float32),
            np.asarray(self.ease[rows].T @ weights, dtype=np.float32),
        )

    def pairs(self, named: Sequence[int], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """What each named item alone says for each of `rows`, by both measures: shape (2, k, c)."""
        found = [measure[list(named)][:, rows].toarray() for measure in (self.cooccurring, self.ease)]
        return np.stack(found).astype(np.float32)

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


def _ease(known: list[Conversation], size: int, attributes: Sequence[Iterable[str]]) -> Any:
    met_n = np.zeros(size)
    for conversation in known:
        met_n[list(conversation.rows)] += 1
    # What was never met has attributes to be known by; of a great catalogue only what was met is covered.
    some = size if attributes and size <= _COVERED else min(_COVERED, int((met_n > 0).sum()))
    covered = np.sort(np.argsort(-met_n, kind="stable")[:some])
    if not met_n.any():
        return sparse.csr_matrix((size, size), dtype=np.float32)
    groups = [conversation.rows for conversation in known]
    weights = [1.0] * len(groups)
    shared = _shared(attributes)
    gram = _gram([*groups, *shared], [*weights, *[_ATTRIBUTE] * len(shared)], covered, size)
    gram[np.diag_indices_from(gram)] += _RIDGE
    inverse = np.linalg.inv(gram)
    weights_cc = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights_cc, 0.0)
    kept = min(_KEPT, len(covered))
    best = np.argpartition(-np.abs(weights_cc), kept - 1, axis=1)[:, :kept]
    values = np.take_along_axis(weights_cc, best, axis=1)
    return sparse.csr_matrix(
        (values.ravel(), (np.repeat(covered, kept), covered[best].ravel())), shape=(size, size)
    )


def _shared(attributes: Sequence[Iterable[str]]) -> list[list[int]]:
    """The rows of each attribute that at least two items share and not too many."""
    having: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(attributes):
        for name in names:
            having[name].append(row)
    most = max(2.0, _COMMON * len(attributes))
    return [having[name] for name in sorted(having) if 2 <= len(having[name]) <= most]


def _gram(
    groups: Sequence[Iterable[int]], weights: Sequence[float], covered: NDArray[np.intp], size: int
) -> NDArray[np.float32]:
    """How much, by the weights of the groups, two covered items stand in one group, shape (c, c)."""
    place = np.full(size, -1)
    place[covered] = np.arange(len(covered))
    entries = [
        (number, int(place[row]))
        for number, rows in enumerate(groups)
        for row in sorted(rows)
        if place[row] >= 0
    ]
    rows, columns = np.array(entries).T
    values = np.sqrt(np.array(weights, dtype=np.float32))[rows]
    met = sparse.csr_matrix((values, (rows, columns)), shape=(len(groups), len(covered)))
    return np.asarray((met.T @ met).todense(), dtype=np.float32)
