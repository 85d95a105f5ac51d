"""Whether a checkpoint is what it has to be: all of its weights there, a decoder, with its own tokenizer."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import Any

from usbrec.errors import InputError

#: How far a later token may move what is said of earlier ones, as a share of what it moves itself.
_FAR, _FAR_IN_HALF = 1e-3, 0.02
_TOKENS = 8


def check_weights(base: str, found: Mapping[str, Any]) -> None:
    """Raises InputError where transformers `found` no weights for a layer: it would make them up by chance,
    others with each start."""
    missing = sorted(found.get("missing_keys") or ())
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(
            f"{base}: its files lack weights ({missing[0]}{more}), so it would say what chance makes of "
            "them. Take a checkpoint with a language model's head and all of its layers, or copy it again."
        )


def check_kind(base: str, config: Any) -> None:
    """Raises InputError for an encoder with a decoder, of which transformers would take the decoder alone."""
    if getattr(config, "is_encoder_decoder", False):
        raise InputError(
            f"{base}: is an encoder with a decoder ({config.model_type}). hf: seats and training take a "
            "causal language model."
        )


def check_order(base: str, model: Any) -> None:
    """Raises InputError where what stands later changes what the model says of what stands before: such a
    one fills gaps, and says no replies."""
    import torch

    size = model.get_input_embeddings().weight.shape[0]
    ids = torch.arange(2, 2 + _TOKENS, device=model.device)[None] % size
    other = ids.clone()
    other[0, -1] = 1
    with torch.inference_mode():
        try:
            one, two = (model(input_ids=part, use_cache=False).logits[0].float() for part in (ids, other))
        except (TypeError, ValueError, AttributeError, RuntimeError, NotImplementedError, IndexError):
            return  # what it can do is tried where it is needed
    moved = (one.log_softmax(-1) - two.log_softmax(-1)).norm(dim=-1)
    far = _FAR if model.dtype == torch.float32 else _FAR_IN_HALF
    if float(moved[:-1].max()) > far * float(moved[-1]):
        raise InputError(
            f"{base}: what it says of a text's beginning depends on its end ({type(model).__name__}), as "
            "with models that fill gaps. hf: seats and training take a causal language model."
        )


def check_tokenizer(base: str, tokenizer: Any, model: Any, used: Collection[int]) -> None:
    """Raises InputError where the tokenizer writes tokens that the model does not know: any of its own
    words, or one of those `used` around turns. Further ones that nobody writes may be there."""
    size = model.get_input_embeddings().weight.shape[0]
    added = set(tokenizer.added_tokens_decoder)
    own = max((number for number in tokenizer.get_vocab().values() if number not in added), default=0)
    highest = max(own, *used)
    if highest >= size:
        raise InputError(
            f"{base}: its tokenizer writes token {highest} ({tokenizer.convert_ids_to_tokens(highest)}), and "
            f"the model knows {size}. Take tokenizer and weights of one model."
        )


def longest_text(config: Any) -> int:
    """For how many tokens a model was made; without a bound, more than anybody asks for.

    With `longrope` only up to where its frequencies change: a text that crosses that from a cache, or beside
    shorter ones, would be computed with those of the other side.
    """
    config = config.get_text_config()
    bound: int = getattr(config, "max_position_embeddings", None) or sys.maxsize
    rotary = getattr(config, "rope_parameters", None) or {}
    kinds = [rotary, *(one for one in rotary.values() if isinstance(one, Mapping))]
    if any(one.get("rope_type") == "longrope" for one in kinds):
        own = getattr(config, "original_max_position_embeddings", None)
        bounds = [own, *(one.get("original_max_position_embeddings") for one in kinds)]
        bound = min([bound, *(one for one in bounds if one)])
    return bound
