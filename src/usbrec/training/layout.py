"""How replies are laid out for a model in training: behind the prompt that they share, or each by itself."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from usbrec.training.packed import EACH_BY_ITSELF, SHARED, Layout, pack, token_logps

#: Layers that see what a mask lets them see; sliding and chunked ones as far as their window goes.
_MASKED = ("full_attention", "sliding_attention", "chunked_attention")
#: Windows of architectures that draw them by places, not by the mask: a shared prompt is further away there.
_OWN_WINDOWS = ("window_size", "local_attention", "attention_window_size")
#: What stands between the output layer and the logits, and when it does nothing. Of weak caps a trial with a
#: few tokens shows nothing in half precision.
_BEHIND_THE_HEAD: Mapping[str, float | None] = {
    "final_logit_softcapping": None,
    "logits_soft_cap": None,
    "logits_scaling": 1.0,
    "logit_scale": 1.0,
}
#: How far log-probabilities may be from those of separate sequences (root mean square, nats).
_FAR, _FAR_IN_HALF = 1e-3, 0.15
#: Shorter than any window.
_PROMPT, _REPLIES = 20, (5, 4, 6)


def layout_of(model: Any) -> Layout:
    """The quickest layout in which `model` computes what it computes of separate sequences.

    Replies may share a prompt where a mask decides what each layer sees, and where nothing but the output
    layer stands between hidden states and logits (Gemma 2 caps them, Cohere and Granite scale them): tried
    once a model with a few tokens, and kept.
    """
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    known: Layout | None = getattr(inner, "_usbrec_layout", None)
    if known is None:
        known = inner._usbrec_layout = _found(model, inner.config.get_text_config())
    return known


def _found(model: Any, config: Any) -> Layout:
    kinds = set(getattr(config, "layer_types", None) or ())
    if kinds - set(_MASKED) or any(getattr(config, name, None) for name in _OWN_WINDOWS):
        return EACH_BY_ITSELF
    if any(getattr(config, name, None) not in (None, same) for name, same in _BEHIND_THE_HEAD.items()):
        return EACH_BY_ITSELF
    windows = [getattr(config, name, None) for name in ("sliding_window", "attention_chunk_size")]
    shared = Layout(longest=min((window for window in windows if window), default=None))
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            together, apart = (_tried(model, layout) for layout in (SHARED, EACH_BY_ITSELF))
        far = _FAR if model.dtype == torch.float32 else _FAR_IN_HALF
        same = bool((together - apart).square().mean().sqrt() < far)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, RuntimeError, NotImplementedError):
        same = False
    finally:
        model.train(was_training)
    return shared if same else EACH_BY_ITSELF


def _tried(model: Any, layout: Layout) -> torch.Tensor:
    draw = random.Random(0)

    def tokens(count: int) -> Sequence[int]:
        return [draw.randrange(model.config.get_text_config().vocab_size) for _ in range(count)]

    rows = [(tokens(_PROMPT - shorter), [tokens(count) for count in _REPLIES]) for shorter in (0, 7)]
    packed = pack(rows, pad=rows[0][0][0], dtype=model.dtype, layout=layout).to(model.device)
    return token_logps(model, packed)[0]
