"""Rank-wise credit: every place of a ranked list is credited with what it and the later ones gain.

As Rank-GRPO (Zhu et al. 2025) does. A group is n lists of k places to one prompt. With ``rel`` the relevance
of an item (items/score_law.py: 1 of a target, at most 1/2 of another), place j of list i gains
``g_ij = rel_ij / log2(j + 1)``, and a place that is missing gains 0. Its return is what is gained from it
on, and its advantage holds that against the same place of the group's other lists::

    G_ij = g_ij + ... + g_ik
    A_ij = (G_ij - mean_i G_ij) / (std_i G_ij + 1e-4)                (RLOO: G_ij - mean of the others)

``A_ij`` is that of the tokens from the end of title j-1 to the end of title j. What was listed before cannot
depend on them, so no token is credited or blamed for an earlier place. Behind the last title stand tokens of
the first missing place: where others gain there, ending the list is what lost it. Behind the k-th title
nothing can be gained, so no such token has an advantage. A list without a score is left out.

The paper takes the mean over each place's tokens before the one over places, and clips against an older
policy; here every token of a pass weighs the same, as in GRPO (policy.py), and each draw is learnt from once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from usbrec.training.settings import Reward

#: Turns tokens into text, without those that end a turn.
Decode = Callable[[Sequence[int]], str]


def rank_returns(reward: Reward, length: int) -> list[float | None]:
    """The returns of a list's `length` places and of what stands behind them, (length + 1,); None for all
    where the list has no score."""
    if reward.value is None:
        return [None] * (length + 1)
    gains = [rank.gain for rank in reward.ranks[:length]]
    gains += [0.0] * (length - len(gains))
    return [sum(gains[place:]) for place in range(length + 1)]


def token_places(tokens: Sequence[int], text: str, ends: Sequence[int], decode: Decode) -> tuple[int, ...]:
    """The place, from 0, that each token of a reply belongs to: (T,), never falling.

    `text` is what is said of the tokens, and `ends` are the characters of it behind each title, in order. A
    token across a title's end is of that title.
    """
    whole = decode(tokens)
    lead = max(0, whole.find(text))
    places = []
    for count in range(len(tokens)):
        # Half a character decodes to another one, which is not there yet.
        said = _common(decode(tokens[:count]), whole)
        places.append(bisect_right(ends, said - lead))
    return tuple(places)


def _common(part: str, whole: str) -> int:
    """How many characters two texts have in common from their beginning."""
    for place, (one, other) in enumerate(zip(part, whole, strict=False)):
        if one != other:
            return place
    return min(len(part), len(whole))
