"""Learned ranker: LambdaMART over the scores of sources and the features of attributes.

A ranker is a folder: what it learnt (`learned.npz`), the trees (`trees.txt`), the items it knows
(`items.jsonl`) with their embeddings, digests of what it learnt from (`learnt_from.npy`), and `ranker.json`,
which says what it was trained on. It opens on
the catalogue it knows or on another one; there, items that are new have no history, and rank by what
they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from usbrec.dialogue import Item, Turn
from usbrec.errors import InputError
from usbrec.extras import extra
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_table import Allowed
from usbrec.items.open import open_linker
from usbrec.items.retrieval.attributes import AttributeRetriever
from usbrec.items.retrieval.dialogue_context import Context, ItemIndex, Reader
from usbrec.items.retrieval.encoder import Encoder, SentenceEncoder, encoder_named, item_text
from usbrec.items.retrieval.features import FEATURES, Features, candidates
from usbrec.items.retrieval.learnt_from import FILE as _LEARNT_FROM
from usbrec.items.retrieval.learnt_from import LearntFrom, write_learnt_from
from usbrec.items.retrieval.sources.descriptions import DescriptionSearch
from usbrec.items.retrieval.sources.ensemble import ENCODED, SOURCES, Learned, Sources
from usbrec.items.similarity import Similarity
from usbrec.method_cache import cached_method
from usbrec.storage import read_text, write_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ABOUT, _ITEMS, _LEARNED, _VECTORS, _TREES = (
    "ranker.json",
    "items.jsonl",
    "learned.npz",
    "vectors.npy",
    "trees.txt",
)
_TWO_TOWER = SOURCES.index("factors")
#: So many dialogues stay ranked.
_KNOWN = 2048
#: Changes when a folder of an older version can no longer be read.
FORMAT = "usbrec.ranker/1"


@dataclass(frozen=True)
class Trained:
    """What a ranker's folder holds: items in the order of their ids, their embeddings (n, e), the
    learned sources, the trees (a lightgbm Booster), and what it was trained on; `learnt_from` to be written,
    which no ranking reads."""

    about: Mapping[str, Any]
    items: tuple[Item, ...]
    item_vectors: NDArray[np.float32]
    learned: Learned
    trees: Any
    learnt_from: LearntFrom | None = None

    def popularity(self) -> dict[str, float]:
        """In how many conversations each item was recommended, by id."""
        return {
            item.id: float(count) for item, count in zip(self.items, self.learned.popularity, strict=True)
        }

    def catalogue(self) -> Catalogue:
        return Catalogue(self.items).with_popularity(self.popularity())


class LearnedRanker:
    """A :class:`Retriever` that was trained on dialogues. Items that are new to it rank by what they are."""

    def __init__(
        self, trained: Trained, catalogue: Catalogue, similarity: Similarity, encoder: Encoder
    ) -> None:
        # Bare titles are read as they were in training: as the item most often recommended there.
        catalogue = catalogue.with_popularity(trained.popularity())
        index = ItemIndex(catalogue)
        linker = open_linker(catalogue)
        self.about = trained.about
        self._trees = trained.trees
        self._encoder = encoder
        self._reader = Reader(index, linker)
        self._ids = tuple(item.id for item in index.items)
        self._sources = Sources(
            trained.learned,
            np.array([index.row.get(item.id, -1) for item in trained.items], dtype=np.intp),
            index,
            item_vectors(trained, index, encoder),
            AttributeRetriever(catalogue, linker, similarity),
            DescriptionSearch(index.items),
        )
        self._features = Features(catalogue, index, similarity, self._sources.popularity)
        # One dialogue is asked about for candidates, drafts, beliefs and lists.
        self._known = cached_method(self._rate, maxsize=_KNOWN)

    def rank(
        self, turns: Sequence[Turn], k: int, *, keep_named: bool = False, allowed: Allowed | None = None
    ) -> tuple[tuple[str, float], ...]:
        """The `k` best (id, score), best first. What no source proposes follows by the two-tower model. With
        `allowed`, only items in it."""
        known = self._known(tuple(turns))
        order, value = known.order, known.value
        if allowed is not None:
            order = [row for row in order if self._ids[row] in allowed]
        named = frozenset() if keep_named else known.named
        wanted = max(0, k)
        if wanted + len(named) > len(order):
            below = min(value.values()) - 1.0
            # Computed again, because to keep it for each dialogue would take as much memory as the catalogue.
            two_tower_n = self._scores(tuple(turns))[1][_TWO_TOWER]
            rest = np.argsort(-two_tower_n, kind="stable").tolist()
            further = (
                row for row in rest if row not in value and (allowed is None or self._ids[row] in allowed)
            )
            order = [*order, *further]
            value = dict.fromkeys(order, below) | value
        chosen = [row for row in order[: wanted + len(named)] if row not in named][:wanted]
        return tuple((self._ids[row], value[row]) for row in chosen)

    def _rate(self, turns: tuple[Turn, ...]) -> _Rated:
        context, score_sn = self._scores(turns)
        rows_c = candidates(score_sn)
        # Rounded, so that sums in another order leave ties ties.
        value_c = np.round(self._trees.predict(self._features(score_sn, context, rows_c)), 9)
        return _Rated(
            order=rows_c[np.argsort(-value_c, kind="stable")].tolist(),
            value=dict(zip(rows_c.tolist(), value_c.tolist(), strict=True)),
            named=frozenset(context.named()),
        )

    def _scores(self, turns: tuple[Turn, ...]) -> tuple[Context, NDArray[np.float32]]:
        """The dialogue as it is read, and what each source says of each item (s, n)."""
        context = self._reader.read(turns)
        vector = self._encoder.encode([context.text(ENCODED)])[0]
        return context, self._sources.score(turns, context, vector)


@dataclass(frozen=True, slots=True)
class _Rated:
    """What a dialogue gets: rows of the candidates, best first, the value of each, and the rows that the
    dialogue names."""

    order: list[int]
    value: dict[int, float]
    named: frozenset[int]


def item_vectors(trained: Trained, index: ItemIndex, encoder: Encoder) -> NDArray[np.float32]:
    """The embeddings of the index's items; only those that are new or changed are encoded."""
    known = {item.id: (item_text(item), row) for row, item in enumerate(trained.items)}
    texts = [item_text(item) for item in index.items]
    rows = [
        known[item.id][1] if item.id in known and known[item.id][0] == text else -1
        for item, text in zip(index.items, texts, strict=True)
    ]
    vectors = trained.item_vectors[rows].copy()
    new = [row for row, old in enumerate(rows) if old < 0]
    vectors[new] = encoder.encode([texts[row] for row in new])
    return vectors


def write_ranker(folder: Path, trained: Trained) -> None:
    """Write a ranker into a folder; `ranker.json` comes last, so that what has one is whole."""
    write_text(
        folder / _ITEMS,
        "".join(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in trained.items),
    )
    arrays: dict[str, Any] = trained.learned.arrays()
    np.savez_compressed(folder / _LEARNED, **arrays)
    np.save(folder / _VECTORS, trained.item_vectors.astype(np.float16))
    write_text(folder / _TREES, trained.trees.model_to_string())
    written = [_ITEMS, _LEARNED, _VECTORS, _TREES]
    if trained.learnt_from is not None:
        write_learnt_from(folder, trained.learnt_from)
        written.append(_LEARNT_FROM)
    files = {name: _sum(folder / name) for name in written}
    about = {**trained.about, "files": files}
    write_text(folder / _ABOUT, json.dumps(about, indent=2, ensure_ascii=False) + "\n")


def read_ranker(folder: str | Path) -> Trained:
    """What a folder written by :func:`write_ranker` holds.

    Raises InputError when there is no ranker, it is damaged or of another version, ConfigError without
    the extra ``retrieval``.
    """
    folder = Path(folder)
    with extra("retrieval", "A learned ranker"):
        from lightgbm import Booster
        from lightgbm.basic import LightGBMError
    if not (folder / _ABOUT).is_file():
        raise InputError(
            f"{folder}: no ranker there ({_ABOUT} is missing). Train one: usbrec train ranker SAMPLES "
            f"--catalogue FILE -o {folder}"
        )
    try:
        about = json.loads(read_text(folder / _ABOUT))
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise InputError(f"{folder / _ABOUT}: not a ranker of this version ({FORMAT}). Train it again.")
        # Looked at before anything is read: on a torn file of trees the library ends the process.
        for name, expected in about["files"].items():
            if _sum(folder / name) != expected:
                raise ValueError(f"{name} has changed")
        lines = read_text(folder / _ITEMS).splitlines()
        items = tuple(_item(json.loads(line)) for line in lines)
        with np.load(folder / _LEARNED, allow_pickle=False) as arrays:
            learned = Learned.from_arrays(dict(arrays))
        vectors = np.load(folder / _VECTORS, allow_pickle=False).astype(np.float32)
        trees = Booster(model_str=read_text(folder / _TREES))
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, LightGBMError) as error:
        raise InputError(f"{folder}: the ranker is damaged ({error}). Train it again.") from None
    if not len(items) == len(vectors) == len(learned.popularity) or trees.num_feature() != len(FEATURES):
        raise InputError(f"{folder}: the ranker's files do not belong together. Train it again.")
    return Trained(about, items, vectors, learned, trees)


def open_ranker(
    folder: str | Path, catalogue: Catalogue | None = None, similarity: Similarity | None = None
) -> LearnedRanker:
    """The ranker of a folder on a catalogue, by default the one it was trained on.

    Raises as :func:`read_ranker`.
    """
    trained = read_ranker(folder)
    return LearnedRanker(
        trained,
        catalogue or Catalogue(trained.items),
        similarity or Similarity(),
        encoder_named(trained.about.get("encoder", SentenceEncoder.name)),
    )


def ranked_items(folder: str | Path) -> Catalogue:
    """The catalogue a ranker was trained on, with the popularity it learnt. Raises as :func:`read_ranker`."""
    trained = read_ranker(folder)
    return trained.catalogue()


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _item(fields: dict[str, Any]) -> Item:
    fields["genres"] = tuple(fields["genres"])
    fields["people"] = tuple(fields["people"])
    fields["also"] = tuple(fields.get("also", ()))
    return Item(**fields)
