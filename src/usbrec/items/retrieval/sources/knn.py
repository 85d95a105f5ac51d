"""Nearest neighbours: items that were right in recorded contexts with like sentence embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from usbrec.items.retrieval.sources.sparse import flat, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How many contexts have a say, and how fast it falls with the cosine.
_NEAREST = 300
_TEMPERATURE = 0.07


@dataclass(frozen=True)
class Neighbours:
    """`vectors` (m, d) of the recorded contexts, `targets` (m, n) what was right in each."""

    vectors: NDArray[np.float32]
    targets: Any

    @classmethod
    def fit(cls, vectors: NDArray[np.float32], targets: Sequence[tuple[int, ...]], size: int) -> Self:
        entries = [(number, row) for number, rows in enumerate(targets) for row in rows]
        rows, columns = np.array(entries or np.zeros((0, 2), dtype=np.intp), dtype=np.intp).T
        ones = np.ones(len(entries), dtype=np.float32)
        return cls(vectors, sparse.csr_matrix((ones, (rows, columns)), shape=(len(targets), size)))

    def score(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (n,): the share of the softmax-weighted nearest contexts in which an item was right."""
        cosine_m = self.vectors @ vector
        near = np.argsort(-cosine_m, kind="stable")[:_NEAREST]
        weight = np.exp((cosine_m[near] - 1) / _TEMPERATURE)
        return np.asarray(self.targets[near].T @ (weight / max(float(weight.sum()), 1e-12)), dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"vectors": self.vectors.astype(np.float16), **flat("targets", self.targets)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], size: int) -> Self:
        return cls(arrays["vectors"].astype(np.float32), whole("targets", arrays, size))
