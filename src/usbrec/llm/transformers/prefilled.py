"""Prefilled prompts: what of one is the beginning of the next, and a cache of that alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prefilled:
    """A strand's last prompt: its tokens and their key-value cache, which stays as it is."""

    ids: list[int]
    cache: Any


def beginning_of(cache: Any, length: int) -> Any:
    """A cache of the first `length` tokens (1 at least) of another, which stays as it is."""
    from transformers.cache_utils import DynamicLayer

    if all(type(layer) is DynamicLayer for layer in cache.layers):
        # These never write into a tensor: they replace it.
        begun = copy.copy(cache)
        begun.layers = [copy.copy(layer) for layer in cache.layers]
    else:
        begun = copy.deepcopy(cache)
    # Never by nothing: what that does differs between versions.
    if length < begun.get_seq_length():
        begun.crop(length - begun.get_seq_length())
    return begun


def shared_tokens(old: Sequence[int], new: Sequence[int]) -> int:
    """How many leading tokens of `new` need not be computed again: never the last one, because what comes
    next is read off it."""
    for place, (one, other) in enumerate(zip(old, new[:-1], strict=False)):
        if one != other:
            return place
    return min(len(old), len(new) - 1)
