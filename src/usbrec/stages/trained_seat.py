"""The trained judge's seat: its file opened, and the packaged sentence encoder with vectors kept by text."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from usbrec.items.retrieval.encoder import SentenceEncoder
from usbrec.judge.trained.model import TrainedJudge, open_trained
from usbrec.judge.vectors import TextVectors
from usbrec.play.languages import Languages
from usbrec.storage import cache_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: One for all runs of a process: loading takes longer than encoding.
_PACKAGED = SentenceEncoder()
#: Texts whose vectors are at hand; dialogues repeat their beginnings from draft to draft.
_AT_HAND = 20_000


class CachedEncoder:
    """Encodes texts, each by itself, with vectors kept in the user's cache. Raises ConfigError without the
    extra ``retrieval``."""

    name = SentenceEncoder.name

    def __init__(self, folder: Path) -> None:
        self._vectors = TextVectors(_PACKAGED, folder)
        self._at_hand: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if new := [text for text in dict.fromkeys(texts) if text not in self._at_hand]:
            if len(self._at_hand) + len(new) > _AT_HAND:
                self._at_hand = {text: self._at_hand[text] for text in texts if text in self._at_hand}
            self._at_hand |= self._vectors.of(new)
        return np.stack([self._at_hand[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)


@functools.cache
def _encoder(folder: Path) -> CachedEncoder:
    return CachedEncoder(folder)


def sentence_encoder() -> CachedEncoder:
    """The packaged encoder with the vectors of the user's cache."""
    return _encoder(cache_folder() / "vectors")


def open_judge(seat: str, languages: Languages | None = None) -> TrainedJudge:
    """The judge of ``trained`` or ``trained:DIR``. Raises InputError."""
    return open_trained(seat, sentence_encoder(), CachedEncoder.name, languages)
