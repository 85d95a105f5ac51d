"""Embedding judge: how near a recommended item lies to the targets in the space of a sentence model.

Simulator, judge and retriever by rules share one similarity of attributes, so a system can gain by
following that measure alone. This judge looks at the same item as the rules do and says 2 for a target as
they do, but its similarity is the cosine of two texts: a gain that both judges see is no artefact of one.

It reads the facts of finished episodes, so it costs no model call and changes no run. Only what is compared
is encoded: the items that were recommended, the targets, and the sample that stands for random items. Vectors
are kept in the user's cache as they come, so a second run over the same items need not even load the sentence
model, and one that was stopped encodes the rest alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.dialogue import Item
from usbrec.engine import Progress
from usbrec.errors import ConfigError
from usbrec.items import Catalogue, score_law
from usbrec.items.retrieval.encoder import Encoder, encoder_of, item_text
from usbrec.judge.vectors import TextVectors
from usbrec.keys import derive_seed
from usbrec.storage import cache_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

#: How many catalogue items stand for the catalogue: its standard error is near .01, and a cold start takes
#: seconds.
SAMPLE = 200


class EmbeddingJudge:
    """Scores recorded episodes in [0, 2] by the law of items/score_law.py.

    The similarity of an item is the cosine of its text to the nearest target's, its mean is taken over a
    fixed sample of the catalogue.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        encoder: Encoder | None = None,
        *,
        sample: int = SAMPLE,
        cache: Path | None = None,
    ) -> None:
        """Vectors are kept in `cache`, by default the user's cache folder (USBREC_CACHE moves it)."""
        self._catalogue = catalogue
        self._encoder: Encoder = encoder or encoder_of("english")
        self._sample = sample
        self._vectors = TextVectors(self._encoder, cache or _cache())

    def judge(
        self, facts: Sequence[Mapping[str, Any]], *, progress: Progress | None = None
    ) -> list[dict[str, Any] | None]:
        """An opinion as JSON for the facts of each episode, in order; `progress` is told of each text that
        has to be encoded first.

        None for facts without a known target (as those of a failed row). All are None where vectors are
        needed and the extra `retrieval` is not installed.
        """
        return list(self.opinions(lambda: facts, progress=progress))

    def opinions(
        self, facts: Callable[[], Iterable[Mapping[str, Any]]], *, progress: Progress | None = None
    ) -> Iterator[dict[str, Any] | None]:
        """The same one by one; `facts` gives them, twice."""
        named: dict[str, Item] = {}
        aimed_at: dict[str, Item] = {}
        for one in facts():
            targets, item_id = tuple(self._items(one.get("targets", ()))), _looked_at(one)
            if targets and item_id is not None and all(item_id != target.id for target in targets):
                named.update((item.id, item) for item in self._items([item_id]))
                aimed_at.update((item.id, item) for item in targets)
        space = None
        if aimed_at:
            sample = self._sampled()
            items = (*named.values(), *aimed_at.values(), *sample)
            texts = {item.id: item_text(item) for item in items}
            try:
                known = self._vectors.of(texts.values(), progress=progress)
                space = _Space(sample, {item_id: known[text] for item_id, text in texts.items()})
            except ConfigError:
                yield from (None for _ in facts())
                return
        for one in facts():
            targets = tuple(self._items(one.get("targets", ())))
            yield self._opinion(_looked_at(one), targets, space) if targets else None

    def _opinion(self, item_id: str | None, targets: Sequence[Item], space: _Space | None) -> dict[str, Any]:
        ids = tuple(target.id for target in targets)
        said: dict[str, Any] = {"name": self._encoder.name, "item": item_id}
        if item_id is None:
            return said | {"value": score_law.NOTHING}
        if item_id in ids or space is None:
            return said | {"value": score_law.score(is_target=True)}
        similarity, mean = space.nearness(item_id, ids), space.mean(ids)
        return said | {
            "value": round(score_law.score(is_target=False, similarity=similarity, mean=mean), 6),
            "similarity": round(similarity, 6),
            "mean": round(mean, 6),
        }

    def _items(self, ids: Iterable[str]) -> Iterable[Item]:
        return (item for item_id in ids if (item := self._catalogue.get(item_id)) is not None)

    def _sampled(self) -> list[Item]:
        """The same items for every run on a catalogue, whatever its order and the run's seed."""
        return heapq.nsmallest(
            self._sample, self._catalogue, key=lambda item: (derive_seed(0, "second judge", item.id), item.id)
        )


def _looked_at(facts: Mapping[str, Any]) -> str | None:
    """The item the rules judge looks at: a target that came first in some reply, else the last reply's that
    named one."""
    new = [item for item in facts.get("new", ()) if item is not None]
    place = score_law.counting(new, facts.get("targets", ()))
    return None if place is None else new[place]


class _Space:
    """The vectors of one run, and what random items are worth to its targets."""

    def __init__(self, sample: Sequence[Item], vectors: Mapping[str, Floats]) -> None:
        self._vectors = vectors
        self._sample_s_d = np.stack([vectors[item.id] for item in sample])
        self._means: dict[tuple[str, ...], float] = {}

    def nearness(self, item_id: str, targets: Sequence[str]) -> float:
        """The cosine to the nearest target, in [-1, 1]."""
        return float(self._best(self._vectors[item_id][None], targets)[0])

    def mean(self, targets: tuple[str, ...]) -> float:
        """The mean over the sample of the cosine to the nearest target."""
        if targets not in self._means:
            self._means[targets] = float(self._best(self._sample_s_d, targets).mean())
        return self._means[targets]

    def _best(self, vectors_n_d: Floats, targets: Sequence[str]) -> NDArray[np.float64]:
        """For each vector the cosine to the nearest target, shape (n,)."""
        targets_t_d = np.stack([self._vectors[target] for target in targets])
        # The same few numbers whatever the shapes: a matrix product may add in another order.
        products_n_t = np.einsum("nd,td->nt", vectors_n_d, targets_t_d, dtype=np.float64)
        nearest_n: NDArray[np.float64] = np.clip(products_n_t.max(axis=1), -1.0, 1.0)
        return nearest_n


def _cache() -> Path:
    return cache_folder() / "vectors"
