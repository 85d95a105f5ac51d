"""Source ensemble: each source scores all items for a dialogue, side by side.

Sources learnt from dialogues know the items they were learnt on; on another catalogue their scores are
carried over by id, and items that are new there have none, but for the two-tower model, which makes
vectors of their attributes. The other sources read the catalogue as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from usbrec.dialogue import Item, Turn
from usbrec.items.retrieval.attributes import AttributeRetriever
from usbrec.items.retrieval.dialogue_context import Context, ItemIndex
from usbrec.items.retrieval.sources.cooccurrence import Conversation, Cooccurrence, popularity_of
from usbrec.items.retrieval.sources.descriptions import DescriptionSearch
from usbrec.items.retrieval.sources.dialogue_bm25 import DialogueBM25
from usbrec.items.retrieval.sources.knn import Neighbours
from usbrec.items.retrieval.sources.two_tower import TwoTowerModel
from usbrec.items.retrieval.sources.two_tower_training import fit_two_tower

if TYPE_CHECKING:
    from numpy.typing import NDArray

SOURCES = (
    "companions",
    "ease",
    "spoken",
    "neighbours",
    "described",
    "likeness",
    "factors",
    "attributes",
    "words",
)

#: Characters from the end of a dialogue that are encoded: about the 256 tokens the encoder reads.
ENCODED = 900


@dataclass(frozen=True, slots=True)
class Example:
    """A recorded point to learn from: context, what was said next, which rows were right there."""

    dialogue: str
    turns: tuple[Turn, ...]
    context: Context
    label: Context | None
    targets: tuple[int, ...]


@dataclass(frozen=True)
class Learned:
    """What was learnt from dialogues, on the items it was learnt on; `popularity` shape (n,)."""

    cooccurrence: Cooccurrence
    dialogue_bm25: DialogueBM25
    neighbours: Neighbours
    two_tower: TwoTowerModel
    popularity: NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        vectors: NDArray[np.float32],
        textless: Sequence[Conversation],
        items: Sequence[Item],
        item_vectors: NDArray[np.float32],
        *,
        seed: int,
    ) -> Self:
        """From examples with their embeddings (m, e) and conversations of which only items are known."""
        size = len(items)
        conversations = [*conversations_of(examples), *textless]
        targets = [example.targets for example in examples]
        return cls(
            cooccurrence=Cooccurrence.fit(conversations, size),
            dialogue_bm25=DialogueBM25.fit(
                ((example.context, example.label, example.targets) for example in examples), size
            ),
            neighbours=Neighbours.fit(vectors, targets, size),
            two_tower=fit_two_tower(
                [example.context for example in examples],
                targets,
                vectors,
                conversations,
                textless,
                items,
                item_vectors,
                seed=seed,
            ),
            popularity=popularity_of(conversations, size),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        parts = {
            "cooccurrence": self.cooccurrence.arrays(),
            "spoken": self.dialogue_bm25.arrays(),
            "neighbours": self.neighbours.arrays(),
            "factors": self.two_tower.arrays(),
        }
        flat = {f"{part}/{name}": array for part, arrays in parts.items() for name, array in arrays.items()}
        return {**flat, "popularity": self.popularity}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        def part(name: str) -> dict[str, NDArray[Any]]:
            start = f"{name}/"
            return {key[len(start) :]: array for key, array in arrays.items() if key.startswith(start)}

        popularity = np.asarray(arrays["popularity"], dtype=np.float32)
        size = len(popularity)
        return cls(
            Cooccurrence.from_arrays(part("cooccurrence"), size),
            DialogueBM25.from_arrays(part("spoken"), size),
            Neighbours.from_arrays(part("neighbours"), size),
            TwoTowerModel.from_arrays(part("factors")),
            popularity,
        )


def conversations_of(examples: Sequence[Example]) -> list[Conversation]:
    """One conversation a dialogue: what its longest context and the reply to it name."""
    longest: dict[str, Example] = {}
    for example in examples:
        known = longest.get(example.dialogue)
        if known is None or len(example.context.utterances) >= len(known.context.utterances):
            longest[example.dialogue] = example
    return [
        Conversation(
            dialogue,
            tuple(
                (row, utterance.seeker)
                for context in (example.context, example.label)
                if context is not None
                for utterance in context.utterances
                for row in utterance.items
            ),
        )
        for dialogue, example in longest.items()
    ]


class Sources:
    """All sources over one item index.

    `known` says for each item the learned part was trained on its row in the index, -1 for gone;
    `item_vectors` (n, e) are the embeddings of the index's items.
    """

    def __init__(
        self,
        learned: Learned,
        known: NDArray[np.intp],
        index: ItemIndex,
        item_vectors: NDArray[np.float32],
        attributes: AttributeRetriever,
        words: DescriptionSearch,
    ) -> None:
        self.index = index
        self.attributes = attributes
        self._known = known
        self._stays = known >= 0
        self._old = np.full(len(index), -1, dtype=np.intp)
        self._old[known[self._stays]] = np.flatnonzero(self._stays)
        self._new = np.flatnonzero(self._old < 0)
        self._learned = learned
        new_items = [index.items[row] for row in self._new]
        self._two_tower = learned.two_tower.extended(new_items, item_vectors[self._new])
        # The row in the two-tower model (old items first, then the new ones) of each row of the index.
        self._two_tower_row = self._old.copy()
        self._two_tower_row[self._new] = len(known) + np.arange(len(self._new))
        self._item_vectors = item_vectors
        self._words = words
        self.popularity = self._carried(learned.popularity)

    def score(
        self, turns: Sequence[Turn], context: Context, vector: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Shape (s, n), a row for each of `SOURCES`; `vector` (e,) is the embedding of the context."""
        learned = self._learned
        old = context.moved(self._old.tolist())
        cooccurring, ease = learned.cooccurrence.score(old.named())
        named = context.named()
        if named:
            weights = np.fromiter(named.values(), dtype=np.float32)
            centre = weights @ self._item_vectors[list(named)] / weights.sum()
            likeness = self._item_vectors @ centre
        else:
            likeness = np.zeros(len(self.index), dtype=np.float32)
        return np.stack(
            [
                self._carried(cooccurring),
                self._carried(ease),
                self._carried(learned.dialogue_bm25.score(old)),
                self._carried(learned.neighbours.score(vector)),
                self._item_vectors @ vector,
                likeness,
                self._two_tower.score(context.moved(self._two_tower_row.tolist()), vector)[
                    self._two_tower_row
                ],
                self.attributes.scores(turns).astype(np.float32),
                self._words.score(context),
            ]
        )

    def _carried(self, score_m: NDArray[np.float32]) -> NDArray[np.float32]:
        carried_n = np.zeros(len(self.index), dtype=np.float32)
        carried_n[self._known[self._stays]] = score_m[self._stays]
        return carried_n
