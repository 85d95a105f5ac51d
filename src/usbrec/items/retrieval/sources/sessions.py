"""Like conversations: items that were recommended where much of the same was named.

A nearest-neighbour method over sessions (Jannach and Ludewig, RecSys 2017). A conversation is the more like
a dialogue the more, the later and the rarer the items are that both name; those that name a lot are held
back. Unlike co-occurrence it counts what several named items have in common more than once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from usbrec.items.retrieval.sources.cooccurrence import Conversation
from usbrec.items.retrieval.sources.sparse import flat, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class LikeConversations:
    """`weights` (n, c): what an item says for a conversation; `recommended` (c, n): what each recommended."""

    weights: Any
    recommended: Any

    @classmethod
    def fit(cls, conversations: Iterable[Conversation], size: int) -> Self:
        known = [conversation for conversation in conversations if conversation.recommended]
        named = _matrix([conversation.rows for conversation in known], size)
        met_n = np.asarray(named.sum(axis=0)).ravel()
        rarity_n = np.log((len(known) + 1) / (met_n + 1))
        length_c = np.maximum(1.0, np.asarray(named.sum(axis=1)).ravel())
        weights = sparse.diags(rarity_n) @ named.T @ sparse.diags(1 / np.sqrt(length_c))
        return cls(
            weights.tocsr().astype(np.float32),
            _matrix([conversation.recommended for conversation in known], size),
        )

    def score(self, named: Mapping[int, float]) -> NDArray[np.float32]:
        """Scores of all items, shape (n,), for weighted named items."""
        weights = np.fromiter(named.values(), dtype=np.float32, count=len(named))
        rows = np.fromiter(named, dtype=np.intp, count=len(named))
        like_c = self.weights[rows].T @ weights
        return np.asarray(self.recommended.T @ (like_c * like_c), dtype=np.float32)

    @property
    def met(self) -> NDArray[np.float32]:
        """In how many conversations that recommended something each item was named, shape (n,)."""
        return np.asarray(np.diff(self.weights.indptr), dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {**flat("weights", self.weights), **flat("recommended", self.recommended)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], size: int) -> Self:
        recommended = whole("recommended", arrays, size)
        return cls(whole("weights", arrays, recommended.shape[0]), recommended)


def _matrix(lists: Iterable[Iterable[int]], size: int) -> Any:
    rows = [sorted(entries) for entries in lists]
    indices = np.array([row for entries in rows for row in entries], dtype=np.int32)
    pointers = np.cumsum([0, *(len(entries) for entries in rows)])
    ones = np.ones(len(indices), dtype=np.float32)
    return sparse.csr_matrix((ones, indices, pointers), shape=(len(rows), size))
