"""Arena: blind votes, counted by pair of models."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from usbrec.serve.storage.store import Winner

#: Two-sided 95 % of the normal distribution.
_Z = 1.959963984540054


def count_votes(votes: Iterable[tuple[str, str, Winner]]) -> list[dict[str, Any]]:
    """For each two models, however they stood: wins, ties, and the share of `a` (a tie is half a win)
    with Wilson's interval."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for left, right, winner in votes:
        pair = (min(left, right), max(left, right))
        won = None if winner == "tie" else left if winner == "left" else right
        counts.setdefault(pair, Counter())[
            "ties" if won is None else "wins_a" if won == pair[0] else "wins_b"
        ] += 1
    rows = []
    for (a, b), count in sorted(counts.items()):
        n = count.total()
        share = (count["wins_a"] + count["ties"] / 2) / n
        wins = {name: count[name] for name in ("wins_a", "wins_b", "ties")}
        rows.append({"a": a, "b": b, **wins, "share_a": share, "ci95": list(wilson(share, n))})
    return rows


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of `n` (Wilson 1927)."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)
