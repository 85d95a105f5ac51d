"""Score law: the score of a dialogue by facts; 2 for a target, else nearness to the targets, else 0.

One item counts: the first recommended one that is a target, else the last (of a reply that recommends
several, its first new one, because naming more must not pay). 2 when it is a target; else its similarity to
the nearest target, rescaled so that a random item of the catalogue is at 0 (:func:`rescale`), and so at
most 1; 0 when nothing real was recommended. Judges that read the targets, a judge that only believes what
they are, and a judge with another similarity all score by this.

A ranked list is scored by the discounted gain of its places (Järvelin and Kekäläinen 2002): the score that an
item would have alone, over that of a target, is its relevance, which is divided by the logarithm of its rank
(:func:`discount`); the sum is held against that of the best list there could be, the targets and then items
exactly like them. With one place that is the score of its item.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from usbrec.items.similarity import rescale

#: The score of a target.
TARGET = 2.0
#: The score of an item that is exactly like a target.
_NEAREST = 1.0
#: The score where nothing real was recommended.
NOTHING = 0.0


def counting(recommended: Sequence[str], targets: Collection[str]) -> int | None:
    """The place in `recommended`, one item id a reply, of the item that counts; None where there is none."""
    places = range(len(recommended))
    return next((place for place in places if recommended[place] in targets), places[-1] if places else None)


def score(*, is_target: bool, similarity: float = 0.0, mean: float = 0.0) -> float:
    """The score of the item that counts, in [0, 2].

    `similarity` is that to the nearest target, `mean` the mean of the same over random items; both at most 1,
    and without meaning for a target.
    """
    return TARGET if is_target else rescale(similarity, mean)


def discount(rank: int) -> float:
    """What the relevance of an item at a rank, from 1, counts in a list: 1, .63, .5, .43, ..."""
    return 1.0 / math.log2(rank + 1)


def gains(scores: Sequence[float]) -> list[float]:
    """What each place of a list gains, from the score of its item alone: relevance by discount."""
    return [score / TARGET * discount(rank) for rank, score in enumerate(scores, start=1)]


def list_score(scores: Sequence[float], length: int, targets: int) -> float:
    """The score, in [0, 2], of a list whose items have these scores alone, the best first.

    `length` is how many were asked for: a place that is missing gains nothing. `targets` is how many items
    could be right, at least 1. The best list has them first, and then items as near as can be (a score of 1).
    """
    best = [TARGET] * min(targets, length) + [_NEAREST] * (length - targets)
    return TARGET * sum(gains(scores[:length])) / sum(gains(best))
