"""Weights in another precision, with what a model computes beside them left as it is."""

from __future__ import annotations

from typing import Any


def in_precision(model: Any, dtype: Any) -> Any:
    """`model` with its weights in `dtype` (torch.dtype), as if it had been loaded in it.

    `model.to(dtype)` rounds the frequencies of rotary positions, too, which are no weights: in bfloat16 by up
    to one part in 256, so that positions a few hundred tokens apart are read as others. Layers that their
    family keeps in full precision stay in it.
    """
    import torch

    full = tuple(getattr(model, "_keep_in_fp32_modules_strict", None) or ()) if dtype != torch.float32 else ()

    def wanted(name: str) -> Any:
        return torch.float32 if set(name.split(".")) & set(full) else dtype

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.is_floating_point():
                weight.data = weight.data.to(wanted(name))
        for path, module in model.named_modules():
            for name, held in module.named_buffers(recurse=False):
                # What is not saved with the weights was computed, in the precision that it needs.
                if held.is_floating_point() and name not in module._non_persistent_buffers_set:
                    setattr(module, name, held.to(wanted(f"{path}.{name}")))
    model.config.dtype = dtype
    return model
