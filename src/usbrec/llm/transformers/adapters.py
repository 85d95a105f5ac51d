"""Adapters of PEFT on their base: put on whole or refused, and merged into the weights."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import Any

from usbrec.errors import InputError
from usbrec.llm.transformers.checkpoint import (
    ADAPTER_FILES,
    check_adapter,
    checkpoint_of,
    without_future_warnings,
)

_log = logging.getLogger(__name__)


def with_adapter(model: Any, base: str, folder: Path, *, trainable: bool = False) -> Any:
    """`model`, which is `base`, with the adapter in `folder` as PEFT's model.

    Raises InputError where the adapter is broken, where a weight of it finds no place in the model or a place
    no weight, or where it changes one of two layers that share their weights.
    """
    import peft

    folder = check_adapter(folder)
    _tell_of_another_base(base, folder)
    unfit = f"{folder}: this adapter does not fit {base}"
    names = _names(folder)
    if model.config.get_text_config().tie_word_embeddings and any(
        "lm_head" in name or "embed_" in name for name in names
    ):
        raise InputError(f"{unfit}: it changes one of two layers that share their weights. Train without it.")
    try:
        with without_future_warnings(), warnings.catch_warnings():
            # A layer without its weights would stay as it was, and nobody would know.
            warnings.filterwarnings("error", message="Found missing adapter keys")
            adapted = peft.PeftModel.from_pretrained(model, str(folder), is_trainable=trainable)
            placed = peft.get_peft_model_state_dict(adapted, save_embedding_layers=False)
    except (RuntimeError, ValueError, KeyError, TypeError, UserWarning) as error:
        raise InputError(f"{unfit} ({str(error).splitlines()[0][:200]}).") from None
    # Of a layer with an embedding PEFT saves the base's own weights, too, and puts them where they belong.
    own = [name for name in names if ".base_layer." not in name]
    if unknown := next((name for name in own if name not in placed), None):
        raise InputError(f"{unfit} ({unknown} is in no layer of it). Name the adapter's own base.")
    return adapted


def merged(model: Any, base: str, folder: Path) -> Any:
    """`model`, which is `base` in full precision, with the adapter in `folder` added to its weights.

    Raises InputError as `with_adapter` does, where a sum is no number, and for a kind of adapter that
    changes no weights.
    """
    adapted = with_adapter(model, base, folder).eval()
    kind = getattr(adapted.active_peft_config.peft_type, "value", "unknown")
    if adapted.active_peft_config.is_prompt_learning or not hasattr(adapted.base_model, "merge_and_unload"):
        raise InputError(
            f"{folder}: adds to prompts and changes no weights ({kind}). Run it by a server "
            "that takes adapters of its kind."
        )
    try:
        with without_future_warnings():
            return adapted.merge_and_unload(safe_merge=True)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"{folder}: this adapter does not fit {base} ({str(error).splitlines()[0][:200]})."
        ) from None


def _tell_of_another_base(base: str, folder: Path) -> None:
    """Layers of another model may have the same shapes, and its adapter then fits and means nothing."""
    try:
        learnt_on = json.loads((folder / ADAPTER_FILES[0]).read_text("utf-8")).get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError):
        return
    here = {Path(one).name for one in (base, checkpoint_of(base))}
    if isinstance(learnt_on, str) and learnt_on and Path(learnt_on).name not in here:
        _log.warning("%s: this adapter was trained on %s, and is put on %s.", folder, learnt_on, base)


def _names(folder: Path) -> list[str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / ADAPTER_FILES[1], "numpy") as file:
            return list(file.keys())
    except SafetensorError as error:
        raise InputError(
            f"{folder / ADAPTER_FILES[1]}: not a whole safetensors file ({error}). Copy or save it again."
        ) from None
