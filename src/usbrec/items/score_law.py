"""Score law: the score of a dialogue by facts; 2 for a target, else nearness to the targets, else 0.

One item counts: the first recommended one that is a target, else the last (of a reply that recommends
several, its first new one, because naming more must not pay). 2 when it is a target; else its similarity to
the nearest target, rescaled so that a random item of the catalogue is at 0 (:func:`rescale`), and so at
most 1; 0 when nothing real was recommended. Judges that read the targets, a judge that only believes what
they are, and a judge with another similarity all score by this.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from usbrec.items.similarity import rescale

#: The score of a target.
TARGET = 2.0
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
