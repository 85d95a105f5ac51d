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


def beginning_of(prefilled: Prefilled, length: int) -> Any | None:
    """A cache of the first `length` tokens (1 at least) of a prefilled prompt, which stays as it is.

    None where its architecture cannot forget the others: layers with a state, or with a window that is full.
    """
    from transformers.cache_utils import DynamicLayer

    cache = prefilled.cache
    if all(type(layer) is DynamicLayer for layer in cache.layers):
        # These never write into a tensor: they replace it.
        begun = copy.copy(cache)
        begun.layers = [copy.copy(layer) for layer in cache.layers]
    else:
        begun = copy.deepcopy(cache)
    # Never by nothing: what that does differs between versions.
    if length < len(prefilled.ids):
        try:
            begun.crop(length - len(prefilled.ids))
        except (RuntimeError, ValueError, NotImplementedError):
            return None
    return begun


def shared_tokens(old: Sequence[int], new: Sequence[int]) -> int:
    """How many leading tokens of `new` need not be computed again: never the last one, because what comes
    next is read off it."""
    for place, (one, other) in enumerate(zip(old, new[:-1], strict=False)):
        if one != other:
            return place
    return min(len(old), len(new) - 1)


def begun_with(last: Prefilled | None, ids: Sequence[int]) -> tuple[int, Any | None]:
    """How many first tokens of a prompt need not be computed again after `last`, and their cache; None where
    it is of no use."""
    shared = 0 if last is None else shared_tokens(last.ids, ids)
    return shared, None if last is None or not shared else beginning_of(last, shared)
