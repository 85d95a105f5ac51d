"""The ways to train."""

from __future__ import annotations

from typing import Literal, get_args

Method = Literal["sft", "simpo", "dpo", "kto"]
METHODS: tuple[Method, ...] = get_args(Method)


def needs_pairs(method: Method) -> bool:
    """Whether the method learns from what is preferred over what, not from replies alone."""
    return method != "sft"
