"""Ranking features: how each source rates a candidate, and how it fits the dialogue.

Of every source the score as it is, its distance from the source's mean in standard deviations, and the
logarithm of its rank; beside them popularity, era, attributes shared with what was named, and whether,
when and by whom the candidate itself was named.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from usbrec.items.attributes import genres_in
from usbrec.items.catalogue import Catalogue
from usbrec.items.retrieval.dialogue_context import Context, ItemIndex, stems
from usbrec.items.retrieval.sources.ensemble import SOURCES
from usbrec.items.similarity import Similarity, TraitTable, traits_of
from usbrec.method_cache import cached_method

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEATURES = (
    *(f"{source} {kind}" for source in SOURCES for kind in ("score", "deviation", "rank")),
    "popularity",
    "year",
    "nearest named",
    "mean named",
    "latest named",
    "years to mean",
    "years to nearest",
    "title words shared",
    "people shared",
    "genres of named",
    "named ago",
    "named by seeker",
    "genres asked for",
    "share of genres asked for",
    "utterances",
    "items named",
    "recommendations so far",
    "words of last",
)

#: What stands for "there is nothing to compare with".
_NOTHING = -1.0
#: What is alike to an item stays computed, in so many bytes, or for so many items where one takes much.
_BYTES, _FEWEST = 1 << 26, 16
#: Each source puts so many of its best among the candidates.
_EACH = 100


def candidates(score_sn: NDArray[np.float32]) -> NDArray[np.intp]:
    """Rows that some source has among its best 100, in order, of scores shaped (s, n)."""
    size = score_sn.shape[1]
    if size <= _EACH:
        return np.arange(size)
    return np.unique(np.argpartition(-score_sn, _EACH - 1, axis=1)[:, :_EACH])


class Features:
    """Computes the features of candidates against one catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: ItemIndex,
        similarity: Similarity,
        popularity_n: NDArray[np.float32],
    ) -> None:
        self._catalogue = catalogue
        all_traits = self._traits = [traits_of(item) for item in index.items]
        table = TraitTable(self._traits, similarity)
        kept = max(_FEWEST, _BYTES // (4 * max(1, len(index))))
        self._alike = functools.lru_cache(maxsize=kept)(
            lambda row: table.to(all_traits[row]).astype(np.float32)
        )
        self._popularity_n = np.log1p(popularity_n)
        self._year_n = np.array([traits.year or _NOTHING for traits in self._traits], dtype=np.float32)
        self._title = [frozenset(stem for stem in stems(item.title) if len(stem) > 2) for item in index.items]
        genres = sorted({genre for traits in self._traits for genre in traits.genres})
        self._genre = {genre: number for number, genre in enumerate(genres)}
        self._genres_ng = np.zeros((len(index), len(genres)), dtype=np.float32)
        for row, traits in enumerate(self._traits):
            self._genres_ng[row, [self._genre[genre] for genre in traits.genres]] = 1.0
        self._genre_count_n = np.maximum(1.0, self._genres_ng.sum(axis=1))
        self._asked = cached_method(self._genres_in, maxsize=8_192)

    def __call__(
        self, score_sn: NDArray[np.float32], context: Context, rows_c: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Shape (c, f), a row for each of the candidates `rows_c`, a column for each of `FEATURES`."""
        columns: list[NDArray[np.floating]] = []
        for score_n in score_sn:
            rank_n = np.empty(len(score_n), dtype=np.float32)
            rank_n[np.argsort(-score_n, kind="stable")] = np.arange(len(score_n))
            spread = float(score_n.std()) + 1e-9
            columns += [
                score_n[rows_c],
                (score_n[rows_c] - score_n.mean()) / spread,
                np.log1p(rank_n[rows_c]),
            ]
        columns += [self._popularity_n[rows_c], self._year_n[rows_c]]
        columns += self._against_named(context, rows_c)
        asked_g = np.zeros(len(self._genre), dtype=np.float32)
        for utterance in context.utterances:
            if utterance.seeker:
                asked_g[list(self._asked(utterance.text))] = 1.0
        fitting_c = self._genres_ng[rows_c] @ asked_g
        columns += [fitting_c, fitting_c / self._genre_count_n[rows_c]]
        turns = context.utterances
        for number in (
            len(turns),
            len(context.named()),
            sum(bool(turn.items) for turn in turns if not turn.seeker),
            len(turns[-1].stems) if turns else 0,
        ):
            columns.append(np.full(len(rows_c), float(number)))
        return np.stack(columns, axis=1).astype(np.float32)

    def _against_named(self, context: Context, rows_c: NDArray[np.intp]) -> list[NDArray[np.floating]]:
        """From "nearest named" to "named by seeker"."""
        latest = context.latest()
        if not latest:
            return [np.full(len(rows_c), _NOTHING)] * 10
        named = context.named()
        weights = np.fromiter(named.values(), dtype=np.float32)
        alike = np.stack([self._alike(row)[rows_c] for row in named])
        last = min(latest, key=lambda row: latest[row][0])
        years = self._year_n[[row for row in named if self._year_n[row] > 0]]
        year_c = self._year_n[rows_c]
        if len(years):
            to_mean_c = np.abs(year_c - years.mean())
            to_nearest_c = np.abs(year_c[:, None] - years[None, :]).min(axis=1)
        else:
            to_mean_c = to_nearest_c = np.full(len(rows_c), _NOTHING, dtype=np.float32)
        words = frozenset().union(*(self._title[row] for row in named))
        people = frozenset().union(*(self._traits[row].people for row in named))
        genres_g = self._genres_ng[list(named)].mean(axis=0)
        return [
            alike.max(axis=0),
            weights @ alike / weights.sum(),
            self._alike(last)[rows_c],
            to_mean_c,
            to_nearest_c,
            np.array([len(self._title[row] & words) for row in rows_c], dtype=np.float32),
            np.array([len(self._traits[row].people & people) for row in rows_c], dtype=np.float32),
            self._genres_ng[rows_c] @ genres_g / self._genre_count_n[rows_c],
            np.array([latest[row][0] if row in latest else _NOTHING for row in rows_c.tolist()]),
            np.array([float(latest[row][1]) if row in latest else _NOTHING for row in rows_c.tolist()]),
        ]

    def _genres_in(self, text: str) -> tuple[int, ...]:
        """Numbers of the catalogue's genres that a text speaks of."""
        return tuple(self._genre[genre] for genre in genres_in(text, self._catalogue))
