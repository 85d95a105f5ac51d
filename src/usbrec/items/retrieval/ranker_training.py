"""Ranker training: sources out of fold, LambdaMART over them, then the sources on all dialogues.

What a source says about the dialogues it was learnt on is too good to learn from. So the dialogues are
dealt into folds, the sources learnt without a fold rate its contexts, and the trees learn from these
ratings. What has been computed stays in `work/` in the folder until the ranker is whole, so that an
interrupted training goes on where it stopped.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.dialogue import Sample, Turn
from usbrec.engine import Progress, Silent
from usbrec.errors import InputError
from usbrec.extras import extra
from usbrec.items.catalogue import Catalogue
from usbrec.items.interactions import Session
from usbrec.items.linking.linker import Linker
from usbrec.items.open import open_linker
from usbrec.items.retrieval.attributes import AttributeRetriever
from usbrec.items.retrieval.dialogue_context import ItemIndex, Reader
from usbrec.items.retrieval.encoder import Choice, Encoder, encoder_of, item_text
from usbrec.items.retrieval.features import FEATURES, Features, candidates
from usbrec.items.retrieval.learnt_from import LearntFrom
from usbrec.items.retrieval.ranker import FORMAT, Trained
from usbrec.items.retrieval.sources.cooccurrence import Conversation, popularity_of
from usbrec.items.retrieval.sources.descriptions import DescriptionSearch
from usbrec.items.retrieval.sources.ensemble import ENCODED, Example, Learned, Sources, conversations_of
from usbrec.items.similarity import Similarity
from usbrec.keys import derive_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Negative candidates drawn for each context the trees learn from.
_NEGATIVES = 150
_TREES: Mapping[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 50,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_ROUNDS = 250
#: Texts encoded between two signs of progress.
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class RankerSettings:
    """How a ranker is trained; `rounds` is the number of trees."""

    seed: int = 0
    folds: int = 4
    rounds: int = _ROUNDS
    encoder: Choice = "english"


def train_ranker(
    samples: Sequence[Sample],
    catalogue: Catalogue,
    sessions: Iterable[Session] = (),
    *,
    similarity: Similarity | None = None,
    settings: RankerSettings | None = None,
    work: Path | None = None,
    progress: Progress | None = None,
    about: Mapping[str, Any] | None = None,
) -> Trained:
    """A ranker learnt from recorded dialogues and, where there are any, sessions without text.

    Sessions of dialogues whose text is given are left to the text, and those that their makers held out
    are left out. Samples none of whose targets is in the catalogue teach nothing. With `work`, a folder,
    finished parts are kept there and found again. Raises InputError when there is nothing to learn
    from, ConfigError without the extra ``retrieval``.
    """
    return _Training(
        samples,
        catalogue,
        sessions,
        similarity or Similarity(),
        settings or RankerSettings(),
        work,
        progress or Silent(),
    ).run(about or {})


class _Training:
    def __init__(
        self,
        samples: Sequence[Sample],
        catalogue: Catalogue,
        sessions: Iterable[Session],
        similarity: Similarity,
        settings: RankerSettings,
        work: Path | None,
        progress: Progress,
    ) -> None:
        sessions = [session for session in sessions if session.items]
        self.learnt_from = LearntFrom.of(
            (sample for sample in samples if catalogue.resolve(sample.targets)),
            (session for session in sessions if not session.held_out),
        )
        self.similarity = similarity
        self.settings = settings
        self.work = work
        self.progress = progress
        # First read with titles meaning what the catalogue says, then, knowing what people recommend here,
        # with bare titles meaning that.
        self.examples = _examples(samples, catalogue, ItemIndex(catalogue))
        self.textless = _textless(self.examples, sessions, ItemIndex(catalogue))
        counts = popularity_of([*conversations_of(self.examples), *self.textless], len(catalogue))
        ids = [item.id for item in ItemIndex(catalogue).items]
        self.catalogue = catalogue.with_popularity(dict(zip(ids, counts.tolist(), strict=True)))
        self.index = ItemIndex(self.catalogue)
        self.linker = open_linker(self.catalogue)
        self.examples = _examples(samples, self.catalogue, self.index, self.linker)
        self.dialogues = len({example.dialogue for example in self.examples})
        if self.dialogues < self.settings.folds:
            raise InputError(
                f"a ranker needs samples of at least {self.settings.folds} dialogues whose targets are in "
                f"the catalogue; there are {self.dialogues}."
            )

    def run(self, about: Mapping[str, Any]) -> Trained:
        begun = time.monotonic()
        encoder = encoder_of(self.settings.encoder)
        item_vectors = self._encoded("items", encoder, [item_text(item) for item in self.index.items])
        vectors = self._encoded(
            "contexts", encoder, [example.context.text(ENCODED) for example in self.examples]
        )
        self.progress.start("learning sources", self.settings.folds + 1, 0, "parts")
        self.words = DescriptionSearch(self.index.items)
        parts = []
        for fold in range(self.settings.folds):
            parts.append(self._kept(f"fold-{fold}", partial(self._fold, fold, vectors, item_vectors)))
            self.progress.advance(failed=False)
        features = np.concatenate([part["features"] for part in parts])
        positives = np.concatenate([part["right"] for part in parts])
        groups = np.concatenate([part["groups"] for part in parts])
        trees = self._trees(features, positives, groups)
        learned = Learned.fit(
            self.examples,
            vectors,
            self.textless,
            self.index.items,
            item_vectors,
            seed=derive_seed(self.settings.seed, "sources", "all"),
        )
        self.progress.advance(failed=False)
        self.progress.finish()
        return Trained(
            {
                "format": FORMAT,
                "seed": self.settings.seed,
                "samples": len(self.examples),
                "dialogues": self.dialogues,
                "sessions": len(self.textless),
                "items": len(self.index),
                "encoder": encoder.name,
                "trees": self.settings.rounds,
                "seconds": round(time.monotonic() - begun, 1),
                **about,
            },
            tuple(replace(item, popularity=0.0) for item in self.index.items),
            item_vectors,
            learned,
            trees,
            self.learnt_from,
        )

    def _fold(
        self, fold: int, vectors: NDArray[np.float32], item_vectors: NDArray[np.float32]
    ) -> dict[str, NDArray[Any]]:
        """Features of the fold's contexts, by sources that were learnt without its dialogues."""
        folds, seed = self.settings.folds, self.settings.seed
        inside = np.array(
            [derive_seed(seed, "fold", example.dialogue) % folds == fold for example in self.examples]
        )
        rest = [example for example, held in zip(self.examples, inside, strict=True) if not held]
        learned = Learned.fit(
            rest,
            vectors[~inside],
            self.textless,
            self.index.items,
            item_vectors,
            seed=derive_seed(seed, "sources", fold),
        )
        # What is popular is learnt without the fold, too: an item that counts for one source and not for
        # another would give away that it is right.
        ids = [item.id for item in self.index.items]
        known = self.catalogue.with_popularity(dict(zip(ids, learned.popularity.tolist(), strict=True)))
        attributes = AttributeRetriever(known, self.linker, self.similarity)
        sources = Sources(
            learned, np.arange(len(self.index)), self.index, item_vectors, attributes, self.words
        )
        compute = Features(self.catalogue, self.index, self.similarity, sources.popularity)
        rng = np.random.default_rng(derive_seed(seed, "wrong", fold))
        features, positives, groups = [], [], []
        for number in np.flatnonzero(inside):
            example = self.examples[number]
            score_sn = sources.score(example.turns, example.context, vectors[number])
            rows_c = candidates(score_sn)
            positive_c = np.isin(rows_c, example.targets)
            if not positive_c.any():
                continue
            negatives = np.flatnonzero(~positive_c)
            negatives = rng.choice(negatives, min(_NEGATIVES, len(negatives)), replace=False)
            chosen = np.sort(np.concatenate([np.flatnonzero(positive_c), negatives]))
            features.append(compute(score_sn, example.context, rows_c[chosen]))
            positives.append(positive_c[chosen].astype(np.int8))
            groups.append(len(chosen))
        return {
            "features": np.concatenate(features or [np.zeros((0, len(FEATURES)), dtype=np.float32)]),
            "right": np.concatenate(positives or [np.zeros(0, dtype=np.int8)]),
            "groups": np.array(groups, dtype=np.int64),
        }

    def _trees(
        self, features: NDArray[np.float32], positives: NDArray[np.int8], groups: NDArray[np.int64]
    ) -> Any:
        with extra("retrieval", "Training a ranker"):
            import lightgbm

        if not len(groups):
            raise InputError(
                "no target stands among what the sources propose: nothing to learn ranking from."
            )
        data = lightgbm.Dataset(features, label=positives, group=groups, feature_name=list(_plain(FEATURES)))
        settings = dict(_TREES) | {"seed": derive_seed(self.settings.seed, "trees") % 2**31}
        return lightgbm.train(settings, data, num_boost_round=self.settings.rounds)

    def _encoded(self, what: str, encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
        def encode() -> dict[str, NDArray[Any]]:
            different = sorted(set(texts))
            place = {text: number for number, text in enumerate(different)}
            self.progress.start(f"encoding {what}", len(different), 0, "texts")
            found = []
            for start in range(0, len(different), _AT_ONCE):
                found.append(encoder.encode(different[start : start + _AT_ONCE]))
                for _ in different[start : start + _AT_ONCE]:
                    self.progress.advance(failed=False)
            self.progress.finish()
            return {"vectors": np.concatenate(found)[[place[text] for text in texts]]}

        name = what if self.settings.encoder == "english" else f"{what}-{encoder.name}"
        return np.asarray(self._kept(name, encode)["vectors"], dtype=np.float32)

    def _kept(self, name: str, make: Callable[[], dict[str, Any]]) -> Mapping[str, NDArray[Any]]:
        """What `make` gives, from the work folder if it stands there whole."""
        if self.work is None:
            return make()
        path = self.work / f"{name}.npz"
        with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile), np.load(path) as stored:
            return dict(stored)
        made = make()
        self.work.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, **made)
        temporary.replace(path)
        return made


def _examples(
    samples: Sequence[Sample], catalogue: Catalogue, index: ItemIndex, linker: Linker | None = None
) -> list[Example]:
    reader = Reader(index, linker or open_linker(catalogue))
    examples = []
    for sample in samples:
        targets = tuple(dict.fromkeys(index.row[item.id] for item in catalogue.resolve(sample.targets)))
        if targets:
            label = None if not sample.label else reader.read((Turn("recommender", sample.label),))
            read = reader.read(sample.turns)
            examples.append(Example(sample.dialogue_id, sample.turns, read, label, targets))
    return examples


def _textless(
    examples: Sequence[Example], sessions: Sequence[Session], index: ItemIndex
) -> list[Conversation]:
    """Sessions as conversations: named by nobody known counts as named and as chosen."""
    with_text = {example.dialogue for example in examples}
    return [
        Conversation(
            session.id,
            tuple(
                dict.fromkeys(
                    (index.row[item_id], side)
                    for item_id, seeker in session.items
                    for side in ((True, False) if seeker is None else (seeker,))
                )
            ),
        )
        for session in sessions
        if session.id not in with_text and not session.held_out
    ]


def _plain(names: Iterable[str]) -> Iterable[str]:
    """Names as the trees' file allows them."""
    return (name.replace(" ", "_") for name in names)
