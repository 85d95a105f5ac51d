"""Round metrics: recall and success of the ranking, round by round (iEvaLM's tables).

Recall is micro-averaged over targets, as in the literature: every target counts once, in the list of
that round alone. Success asks whether a dialogue has had some target in the first k of its list in this
round or before. Round 0 is the recorded context: what a system has before a word is said. Intervals
resample dialogues. Rows whose context names a target stand apart: `non_repeats` has the others, in lists
from which all that the context names is left out.
"""

from __future__ import annotations

import itertools
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from usbrec.evaluation.metrics.columns import Clustered, Row, may_have, with_clusters
from usbrec.evaluation.metrics.rows import interval_of
from usbrec.evaluation.statistics import SCORE, SHARE, Interval, mean_interval
from usbrec.keys import derive_seed

#: The lengths of list at which recall and success are taken.
CUTOFFS = (1, 10, 50)


def by_round(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> list[dict[str, Any]] | None:
    """An entry a round: ``{"round", "recall", "success", "non_repeats": {"recall", "success"}}``, each
    measure ``{"1", "10", "50"}`` to an interval as JSON. None where no row has ranks (no catalogue)."""
    if not may_have(rows, "rounds"):
        return None
    ranks, entries = _Ranks(rows, seed, resamples), list[dict[str, Any]]()
    while len(entries) < ranks.rounds:
        told, fresh = ranks.measures(len(entries))
        entries.append({"round": len(entries), **told, "non_repeats": fresh})
    return entries if ranks.rounds else None


def rounds_to_success(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean round in which a target first was in the first k, over the dialogues where one was."""
    found = {k: Clustered(rows) for k in CUTOFFS}
    told = False
    for cluster, row in with_clusters(rows):
        if not row.get("rounds"):
            continue
        told = True
        for k, values in found.items():
            reached = (n for n, record in enumerate(row["rounds"]) if _within(record["ranks"], k))
            for first in itertools.islice(reached, 1):
                values.add(float(first), cluster)
    if not told:
        return None
    return {
        str(k): interval_of(values, f"rounds_to_success@{k}", seed=seed, resamples=resamples).to_json()
        for k, values in found.items()
    }


def final_recall(entries: Sequence[Mapping[str, Any]] | None) -> dict[str, float | None] | None:
    """Recall at each cutoff after the last round, the numbers alone."""
    if not entries:
        return None
    return {k: interval["mean"] for k, interval in entries[-1]["recall"].items()}


def persuasiveness(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean rating of the explanations, in [0, 2], with its interval and the number of unreadable ratings.

    None where nothing was rated: rules in the judge's seat cannot tell, and attribute questions explain
    nothing.
    """
    if not may_have(rows, "persuasion"):
        return None
    found, rated = Clustered(rows), 0
    for cluster, row in with_clusters(rows):
        if row.get("persuasion") is not None:
            rated += 1
            if (value := row["persuasion"]["value"]) is not None:
                found.add(float(value), cluster)
    if not rated:
        return None
    return {
        **interval_of(found, "persuasiveness", seed=seed, resamples=resamples, within=SCORE).to_json(),
        "unreadable": rated - len(found),
    }


def asked_counts(rows: Sequence[Row]) -> dict[str, Any] | None:
    """How often each attribute was asked for and a list recommended, and how many of these choices came of
    an answer that could not be read. None where nothing was asked."""
    if not may_have(rows, "asked"):
        return None
    asked, recommended, unreadable = Counter[str](), 0, 0
    for row in rows:
        for pick in row.get("asked", ()):
            if pick["attribute"] is None:
                recommended += 1
            else:
                asked[pick["attribute"]] += 1
            unreadable += pick["unreadable"]
    if not asked and not recommended:
        return None
    return {
        "attributes": dict(sorted(asked.items())),
        "recommended": recommended,
        "unreadable": unreadable,
    }


def check_rounds(entries: Any) -> None:
    """Raises ValueError when `entries`, read from a file, is not what :func:`by_round` gives."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("not a list of rounds")
    for entry in entries:
        try:
            groups = [entry["recall"], entry["success"], entry["non_repeats"]["recall"]]
            intervals = [group[str(k)] for group in groups for k in CUTOFFS]
        except (KeyError, TypeError):
            raise ValueError("a round without recall, success and non_repeats") from None
        for interval in intervals:
            Interval.from_json(interval)


class _Ranks:
    """Recall and success round by round, in the order of the rounds: each round is one reading of the rows,
    of which the best rank so far is held."""

    def __init__(self, rows: Sequence[Row], seed: int, resamples: int) -> None:
        self._rows, self._seed, self._resamples = rows, seed, resamples
        #: How many there are, known once the first has been read.
        self.rounds = 1
        #: Of each row, the best rank of a target up to the round before, `_NOWHERE` without any.
        self._best = {name: array("q", [_NOWHERE]) * len(rows) for name in _LISTS}

    def measures(self, number: int) -> list[dict[str, Any]]:
        """Those of all rows, and of those that repeat nothing."""
        ranks = {name: Clustered(self._rows) for name in _LISTS}
        best = {name: Clustered(self._rows) for name in _LISTS}
        most = 0
        for place, (cluster, row) in enumerate(with_clusters(self._rows)):
            if not row.get("rounds"):
                continue
            most = max(most, len(row["rounds"]))
            # Of a row with fewer rounds, the last one.
            record = row["rounds"][: number + 1][-1]
            for name in _LISTS if row["repeat"] is False else _LISTS[:1]:
                # Nothing where none of its targets is in the catalogue.
                if not (found := record[name]):
                    continue
                told = [_NOWHERE if rank is None else rank for rank in found]
                for rank in told:
                    ranks[name].add(rank, cluster)
                reached = self._best[name][place] = min(self._best[name][place], *told)
                best[name].add(reached, cluster)
        self.rounds = most
        return [
            {
                measure: {
                    str(k): self._share_within(k, values[name], f"{measure}/{name}/{number}/{k}")
                    for k in CUTOFFS
                }
                for measure, values in (("recall", ranks), ("success", best))
            }
            for name in _LISTS
        ]

    def _share_within(self, k: int, ranks: Clustered, place: str) -> dict[str, Any]:
        within = (np.array(ranks.values) <= k).astype(np.float64)
        drawn = derive_seed(self._seed, "interval", place)
        found = mean_interval(within, ranks.clusters, seed=drawn, resamples=self._resamples, within=SHARE)
        return found.to_json()


#: The ranks of all rows, and those without what the context names of rows that repeat nothing.
_LISTS = ("ranks", "fresh_ranks")
#: Behind all that are looked at.
_NOWHERE = 1 << 40


def _within(ranks: Sequence[int | None], k: int) -> bool:
    return any(rank is not None and rank <= k for rank in ranks)
