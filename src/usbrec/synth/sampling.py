"""Target sampling: items that simulated seekers want, by popularity and chance, held apart for testing."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items import Catalogue, normalise_title
from usbrec.keys import derive_seed


def split_items(catalogue: Catalogue, share: float, seed: int) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of all items in two parts, for training and testing; `share` of them are in the second.

    Items of one title stay together, because a title is what a target is. Raises ConfigError for a share
    that leaves a part empty.
    """
    titles = sorted({normalise_title(item.title) for item in catalogue})
    random.Random(derive_seed(seed, "hold out")).shuffle(titles)
    held = frozenset(titles[: round(share * len(titles))])
    test = frozenset(item.id for item in catalogue if normalise_title(item.title) in held)
    train = frozenset(item.id for item in catalogue) - test
    if not test or not train:
        raise ConfigError(f"--share {share}: of {len(titles)} titles this leaves none on one side.")
    return train, test


def drawn(items: Sequence[Item], popular: float, seed: int) -> list[Item]:
    """All items in random order, each next one drawn by the mixture of popularity and chance."""
    rng = random.Random(seed)
    total = sum(item.popularity for item in items)
    popular = popular if total > 0 else 0.0
    arrival: dict[str, float] = {}
    for item in items:
        weight = (1 - popular) / len(items) + (popular * item.popularity / total if popular else 0.0)
        # Exponential arrival times: who comes first is drawn by weight, without replacement.
        wait = rng.expovariate(1.0)
        arrival[item.id] = wait / weight if weight > 0 else math.inf
    return sorted(items, key=lambda item: (arrival[item.id], item.id))
