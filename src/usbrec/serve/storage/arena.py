"""Arena: blind votes, counted by pair of models, with an interval over those who voted.

A key that votes a hundred times says what one voter thinks. So each key counts alike, whatever the number of
its votes, and the interval is over keys. Where the service has no keys, each dialogue counts as a voter of
its own. Votes of before, of which nobody knows who cast them, count as those of one voter.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from usbrec.evaluation.quantiles import wilson as wilson
from usbrec.serve.storage.store import Vote


def count_votes(votes: Iterable[Vote]) -> list[dict[str, Any]]:
    """For each two models, however they stood: wins, ties, `voters`, and the share of `a` over voters (a tie
    is half a win) with its interval; None where one voter alone cast several votes, which say nothing of how
    voters differ."""
    cast: dict[tuple[str, str], dict[tuple[str, str | None], list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for vote in votes:
        a, b = sorted((vote.left, vote.right))
        winner = None if vote.winner == "tie" else vote.left if vote.winner == "left" else vote.right
        voter = ("dialogue", vote.dialogue) if vote.key is None else ("key", vote.key)
        cast[a, b][voter].append(0.5 if winner is None else float(winner == a))
    return [{"a": a, "b": b, **_counted(by_voter)} for (a, b), by_voter in sorted(cast.items())]


def _counted(by_voter: Mapping[Any, Sequence[float]]) -> dict[str, Any]:
    worths = [worth for those in by_voter.values() for worth in those]
    share, interval = over_voters(list(by_voter.values()))
    wins = {"wins_a": worths.count(1.0), "wins_b": worths.count(0.0), "ties": worths.count(0.5)}
    ci95 = None if interval is None else list(interval)
    return {**wins, "voters": len(by_voter), "share_a": share, "ci95": ci95}


def over_voters(by_voter: Sequence[Sequence[float]]) -> tuple[float, tuple[float, float] | None]:
    """The mean of the voters' means of values in [0, 1], and its 95 % interval.

    Wilson's interval for as many votes as give the variance that voters' means have: as there are voters at
    least, as there are votes at most. With several votes a voter, Student's distribution stands for the
    normal one, because voters may be few.
    """
    votes, voters = sum(map(len, by_voter)), len(by_voter)
    means = [math.fsum(values) / len(values) for values in by_voter]
    share = math.fsum(means) / voters
    if voters == votes:
        return share, wilson(share, votes)
    if voters < 2:
        return share, None
    variance = math.fsum((mean - share) ** 2 for mean in means) / voters
    most = share * (1 - share)
    worth = min(votes, voters * most / variance) if variance > 0.0 else votes if most else voters
    # SciPy takes long to import, and most services have no votes.
    from scipy.special import stdtrit

    return share, wilson(share, worth, float(stdtrit(voters - 1, 0.975)))
