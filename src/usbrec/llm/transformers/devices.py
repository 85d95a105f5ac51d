"""Devices that a checkpoint is computed on, and the precision each computes in."""

from __future__ import annotations

from typing import Any

from usbrec.errors import ConfigError


def device_of(wanted: str) -> str:
    """ "cpu" or "cuda" for the setting `models.device`. Raises ConfigError for one that is not there."""
    import torch

    there = torch.cuda.is_available()
    if wanted == "auto":
        return "cuda" if there else "cpu"
    if wanted.startswith("cuda") and not there:
        raise ConfigError(f"models.device = {wanted!r}: PyTorch sees no such device here. Use cpu or auto.")
    return wanted


def half_precision(device: str) -> Any:
    """bfloat16 where the device computes in it, else float32 (torch.dtype)."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
