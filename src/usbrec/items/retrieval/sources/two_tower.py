"""Two-tower model: a vector of the dialogue and one of the item, their product the score.

A dialogue's vector is the sum of what its named items (apart by who named them, later ones more), its
word stems and its sentence embedding say; an item's is its own plus what its attributes and the
embedding of its description say, so that an item nobody has spoken of yet has a vector too. Trained by
:mod:`usbrec.items.retrieval.sources.two_tower_training`; this module scores, with NumPy alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from usbrec.dialogue import Item
from usbrec.items.retrieval.dialogue_context import Context, stems
from usbrec.items.similarity import traits_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The items and the words of a dialogue that count, the latest and the rarest first.
MOST_ITEMS = 24
MOST_WORDS = 120
#: Years of one era.
_ERAS = (5, 10)


def attributes_of(item: Item) -> tuple[str, ...]:
    """What of an item the model learns vectors for: genres, people, eras, words of the title."""
    traits = traits_of(item)
    eras = [] if item.year is None else [f"era {years}: {item.year // years}" for years in _ERAS]
    return (
        *(f"genre: {genre}" for genre in sorted(traits.genres)),
        *(f"person: {name}" for name in sorted(traits.people)),
        *eras,
        *(f"title: {word}" for word in dict.fromkeys(stems(item.title)) if len(word) > 3),
    )


@dataclass(frozen=True)
class TwoTowerModel:
    """The trained arrays. n items, w stems, a attributes, d factors, e the width of an embedding.

    `item_in` (2, n, d) by recommender (0) and seeker (1), attributes included; `item_out` (n, d) and
    `bias` (n,), all included; `attribute_in`, `attribute_out` (a, d) and `described` (e, d) give the
    vectors of new items.
    """

    words: Mapping[str, int]
    rarity: NDArray[np.float32]
    attributes: Mapping[str, int]
    item_in: NDArray[np.float32]
    word_in: NDArray[np.float32]
    text_in: NDArray[np.float32]
    base: NDArray[np.float32]
    item_out: NDArray[np.float32]
    bias: NDArray[np.float32]
    attribute_in: NDArray[np.float32]
    attribute_out: NDArray[np.float32]
    described: NDArray[np.float32]

    def score(self, context: Context, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (n,): the logit of every item for a context and its sentence embedding (e,)."""
        user = self.base + vector @ self.text_in
        for (row, seeker), weight in item_inputs(context):
            user = user + weight * self.item_in[int(seeker), row]
        words = word_inputs(context, self.words, self.rarity)
        if words:
            rows, weights = zip(*words, strict=True)
            user = user + np.array(weights, dtype=np.float32) @ self.word_in[list(rows)]
        return np.asarray(self.item_out @ user + self.bias, dtype=np.float32)

    def extended(self, items: Sequence[Item], vectors: NDArray[np.float32]) -> Self:
        """The model with `items` added behind its own, from their attributes and embeddings (m, e)."""
        if not items:
            return self
        known = [
            [self.attributes[name] for name in attributes_of(item) if name in self.attributes]
            for item in items
        ]
        new_in = np.stack([_mean(self.attribute_in, rows) for rows in known])
        new_out = np.stack([_mean(self.attribute_out, rows) for rows in known]) + vectors @ self.described
        bias = np.full(len(items), self.bias.min(), dtype=np.float32)
        arrays = {**self.arrays(), "item_in": np.concatenate([self.item_in, np.stack([new_in] * 2)], axis=1)}
        arrays["item_out"] = np.concatenate([self.item_out, new_out]).astype(np.float32)
        arrays["bias"] = np.concatenate([self.bias, bias])
        return self.from_arrays(arrays)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "words": np.array(sorted(self.words, key=self.words.__getitem__), dtype=np.str_),
            "attributes": np.array(sorted(self.attributes, key=self.attributes.__getitem__), dtype=np.str_),
            **{name: getattr(self, name) for name in _ARRAYS},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        return cls(
            words={str(word): number for number, word in enumerate(arrays["words"])},
            attributes={str(name): number for number, name in enumerate(arrays["attributes"])},
            **{name: np.asarray(arrays[name], dtype=np.float32) for name in _ARRAYS},
        )


_ARRAYS = (
    "rarity",
    "item_in",
    "word_in",
    "text_in",
    "base",
    "item_out",
    "bias",
    "attribute_in",
    "attribute_out",
    "described",
)


def item_inputs(context: Context) -> list[tuple[tuple[int, bool], float]]:
    """((row, by the seeker), weight) of the latest named items; together they weigh little more than one."""
    weights: dict[tuple[int, bool], float] = {}
    for utterance, weight in context.weighted():
        for row in utterance.items:
            weights.pop((row, utterance.seeker), None)
            weights[row, utterance.seeker] = weight
    latest = list(weights.items())[-MOST_ITEMS:]
    norm = sum(weight * weight for _, weight in latest) ** 0.35
    return [(key, weight / norm) for key, weight in latest]


def word_inputs(
    context: Context, words: Mapping[str, int], rarity: NDArray[np.float32]
) -> list[tuple[int, float]]:
    """(word, weight) of the stems that weigh most by rarity and how late they came, of unit length."""
    weights: dict[int, float] = {}
    for utterance, weight in context.weighted():
        # The latest mention of a word weighs most.
        weights |= {
            words[stem]: weight * float(rarity[words[stem]]) for stem in utterance.stems if stem in words
        }
    heaviest = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_WORDS]
    norm = sum(weight * weight for _, weight in heaviest) ** 0.5
    return [(word, weight / norm) for word, weight in heaviest] if norm > 0 else []


def _mean(table: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
    if not rows:
        return np.zeros(table.shape[1], dtype=np.float32)
    return np.asarray(table[list(rows)].mean(axis=0), dtype=np.float32)
