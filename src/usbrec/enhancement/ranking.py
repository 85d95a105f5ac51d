"""Ranking of drafts: in which order they are said, by what they were worth or by chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from usbrec.enhancement.trace import Draft


def by_worth(drafts: Sequence[Draft]) -> list[int]:
    """The drafts' indices, best first. Sorting is stable, so among equals the earlier draft wins, the greedy
    one first of all."""
    return sorted(range(len(drafts)), key=lambda index: drafts[index].rank)


def at_random(
    drafts: Sequence[Draft], *, seed: int, names_new: Callable[[str], bool] | None = None
) -> list[int]:
    """The drafts' indices in an order drawn from the seed, those that name a new item first."""
    order = list(range(len(drafts)))
    random.Random(seed).shuffle(order)
    if names_new is not None:
        order.sort(key=lambda index: not names_new(drafts[index].text))
    return order
