"""Dialogue BM25: one document an item, made of the recorded talk around it.

An item's document is every context in which it was recommended and what was said with it, stemmed,
titles left out, one token for each item named. Such documents are long and repeat themselves, so that
term frequency should saturate late (a large k1) and length count little (a small b). Search engines fix both
at values for web pages; bm25s lets one choose them, and this formula needs no further dependency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from usbrec.items.retrieval.dialogue_context import Context
from usbrec.items.retrieval.sources.sparse import flat, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

_K1 = 8.0
_B = 0.5
#: Utterances of a context, from its end, that go into a document.
_REACH = 8


@dataclass(frozen=True)
class DialogueBM25:
    """`weights` has a row a token and a column an item; `tokens` says which row a token has."""

    tokens: Mapping[str, int]
    weights: Any

    @classmethod
    def fit(cls, examples: Iterable[tuple[Context, Context | None, tuple[int, ...]]], size: int) -> Self:
        """`examples`: a context, what was said next (if known), and the rows that were right there."""
        documents: dict[int, Counter[str]] = defaultdict(Counter)
        for context, label, targets in examples:
            found = Counter(
                token
                for utterance in (*context.utterances[-_REACH:], *(label.utterances if label else ()))
                for token in (*utterance.stems, *map(_item_token, utterance.items))
            )
            for row in targets:
                documents[row].update(found)
                documents[row].pop(_item_token(row), None)
        tokens = {token: number for number, token in enumerate(sorted(set().union(*documents.values())))}
        entries = [
            (tokens[token], row, count)
            for row, document in sorted(documents.items())
            for token, count in document.items()
        ]
        if not entries:
            return cls({}, sparse.csr_matrix((0, size), dtype=np.float32))
        word, column, count = np.array(entries, dtype=np.int64).T
        frequency = count.astype(np.float64)
        in_documents = np.bincount(word, minlength=len(tokens))
        rarity = np.log(1 + (len(documents) - in_documents + 0.5) / (in_documents + 0.5))
        length_n = np.bincount(column, weights=frequency, minlength=size)
        relative = length_n[column] * len(documents) / length_n.sum()
        weights = rarity[word] * frequency * (_K1 + 1) / (frequency + _K1 * (1 - _B + _B * relative))
        matrix = sparse.csr_matrix((weights, (word, column)), shape=(len(tokens), size))
        return cls(tokens, matrix.astype(np.float32))

    def score(self, context: Context) -> NDArray[np.float32]:
        """Shape (n,): the dialogue as a query, later utterances weighing more."""
        query: dict[int, float] = defaultdict(float)
        for utterance, weight in context.weighted():
            for token in (*utterance.stems, *map(_item_token, utterance.items)):
                if token in self.tokens:
                    query[self.tokens[token]] += weight
        rows = sorted(query)
        if not rows:
            return np.zeros(self.weights.shape[1], dtype=np.float32)
        weights = np.array([query[row] for row in rows], dtype=np.float32)
        return np.asarray(self.weights[rows].T @ weights, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        names = sorted(self.tokens, key=self.tokens.__getitem__)
        return {"tokens": np.array(names, dtype=np.str_), **flat("weights", self.weights)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], size: int) -> Self:
        tokens = {str(token): number for number, token in enumerate(arrays["tokens"])}
        return cls(tokens, whole("weights", arrays, size))


def _item_token(row: int) -> str:
    # No stem holds a blank.
    return f" {row}"
