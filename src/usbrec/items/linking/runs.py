"""Runs of words, (first, last, year): arrays of all that end at a word, or that hold one."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Runs = npt.NDArray[np.int64]


def runs_until(dated: Sequence[tuple[int, int]], longest: int) -> Runs:
    """The runs that end with a word, with the year behind it, of `dated` (word, year)."""
    runs = np.empty((len(dated), longest, 3), dtype=np.int64)
    runs[:, :, 1:] = np.array(dated)[:, None]
    runs[:, :, 0] = runs[:, :, 1] - np.arange(longest)
    return runs[runs[:, :, 0] >= 0]


def runs_around(indices: Sequence[int], longest: int, count: int) -> Runs:
    """The runs among `count` words that hold a word of these `indices`."""
    runs = np.full((len(indices), longest * (longest + 1) // 2, 3), -1, dtype=np.int64)
    before, length = _around(longest)
    places = np.array(indices)[:, None]
    first, last = runs[:, :, 0], runs[:, :, 1]
    np.subtract(places, before, out=first)
    np.add(first, length, out=last)
    # A run with several of the words is one of the first of them.
    earlier = np.array([-1, *indices[:-1]])[:, None]
    return runs[(first > earlier) & (last < count)]


@functools.lru_cache(maxsize=4)
def _around(longest: int) -> tuple[Runs, Runs]:
    """How far before a word the runs of at most `longest` words that hold it begin, and how many words behind
    that they end."""
    before, length = np.triu_indices(longest)
    return before.astype(np.int64), length.astype(np.int64)
