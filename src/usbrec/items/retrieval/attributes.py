"""Attribute retriever: ranks by attributes alone, without dialogues or a model."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from usbrec.dialogue import Turn
from usbrec.items.attributes import genres_in, people_in
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_table import Allowed
from usbrec.items.linking.linker import Linker
from usbrec.items.similarity import Similarity, Traits, TraitTable, traits_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AttributesRead:
    """What one turn says: rows of the items it names, the genres and people it mentions beside them."""

    named: tuple[int, ...]
    genres: tuple[str, ...]
    people: tuple[str, ...]


class AttributeRetriever:
    """Ranks by mean similarity to the items a dialogue names, the genres and people it mentions, popularity.

    score = mean similarity to the named items + `words_weight` times the share of the mentioned genres
    and people an item has + `popularity_weight` times log(1 + popularity), scaled to [0, 1]. Likes and
    dislikes are not told apart. The same texts give the same ranking; ties go by id.
    """

    words_weight = 0.6
    popularity_weight = 0.5

    def __init__(self, catalogue: Catalogue, linker: Linker, similarity: Similarity) -> None:
        # In order of the ids, so that a stable sort breaks ties by id.
        items = sorted(catalogue, key=lambda item: item.id)
        self._catalogue = catalogue
        self._linker = linker
        self._ids = tuple(item.id for item in items)
        self._row = {item.id: row for row, item in enumerate(items)}
        self._traits = tuple(traits_of(item) for item in items)
        self._table = TraitTable(self._traits, similarity)
        popularity_n = np.log1p([item.popularity for item in items])
        self._prior_n = popularity_n / max(float(popularity_n.max()), 1e-12)

    def rank(
        self, turns: Sequence[Turn], k: int, *, keep_named: bool = False, allowed: Allowed | None = None
    ) -> tuple[tuple[str, float], ...]:
        """The `k` best (id, score), best first, without the items the turns name unless `keep_named`, and
        only those that are `allowed`."""
        score_n = self.scores(turns)
        left_out = frozenset() if keep_named else self._named(turns)
        if allowed is None:
            order_n = np.argsort(-score_n, kind="stable")
        else:
            rows_n = np.flatnonzero(allowed.mask_n[self._catalogue_row_n])
            order_n = rows_n[np.argsort(-score_n[rows_n], kind="stable")]
        chosen = [int(row) for row in order_n[: max(0, k) + len(left_out)] if int(row) not in left_out]
        return tuple((self._ids[row], float(score_n[row])) for row in chosen[: max(0, k)])

    def scores(self, turns: Sequence[Turn]) -> NDArray[np.float64]:
        """The score of every item in the order of their ids, shape (n,)."""
        named: dict[int, None] = {}
        genres: dict[str, None] = {}
        people: dict[str, None] = {}
        for turn in turns:
            found = turn.read_by(self)
            named.update(dict.fromkeys(found.named))
            genres.update(dict.fromkeys(found.genres))
            people.update(dict.fromkeys(found.people))
        score_n = self.popularity_weight * self._prior_n
        if named:
            score_n = score_n + sum(self._table.to(self._traits[row]) for row in named) / len(named)
        wanted = Traits.of(genres, people)
        size = len(wanted.genres) + len(wanted.people)
        if size:
            score_n = score_n + self.words_weight * self._table.shared(wanted) / size
        # Sums in another order differ in the last bits; rounding keeps ties ties.
        return np.round(score_n, 9)

    @functools.cached_property
    def _catalogue_row_n(self) -> NDArray[np.intp]:
        """The row in the catalogue of each item in the order of their ids, shape (n,)."""
        return np.array([self._catalogue.row(item_id) for item_id in self._ids], dtype=np.intp)

    def _named(self, turns: Sequence[Turn]) -> frozenset[int]:
        return frozenset(row for turn in turns for row in turn.read_by(self).named)

    def read_turn(self, turn: Turn) -> AttributesRead:
        """What :meth:`Turn.read_by` carries with a turn as a dialogue grows."""
        linked = turn.read_by(self._linker)
        rest = "\n".join(linked.beside)
        return AttributesRead(
            tuple(self._row[mention.item_id] for mention in linked.mentions),
            genres_in(rest, self._catalogue),
            people_in(rest, self._catalogue),
        )
