"""Ranking metrics: recall, NDCG and MRR at 1, 10 and 50, and the share of the catalogue that lists hold.

Micro-averaged over targets, as the field publishes: every target counts once, one that the catalogue does
not have as missed. Intervals resample dialogues. Three groups stand beside all targets: those of rows
whose context names no target (`non_repeats`; what the context names is left out of the lists, because
nobody asks to be told what they just said), those of popular items (`head`: the fewest items that make
up half of all popularity) and those of the rest (`tail`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usbrec.evaluation.metrics import Row
from usbrec.evaluation.metrics.rounds import CUTOFFS
from usbrec.evaluation.runs.results import rounded
from usbrec.evaluation.statistics import SHARE, mean_interval
from usbrec.keys import derive_seed

SCHEMA = "usbrec.retrieval/1"

#: The gain of a target at a rank (from 1) within the cutoff.
MEASURES: Mapping[str, Callable[[int], float]] = {
    "recall": lambda rank: 1.0,
    "ndcg": lambda rank: 1 / math.log2(rank + 1),
    "mrr": lambda rank: 1 / rank,
}
#: A target: its rank or None, and the dialogue it belongs to.
_Ranked = Sequence[tuple[int | None, str]]


def summarise_ranked(
    rows: Sequence[Row],
    *,
    popularity: Mapping[str, float],
    config: Mapping[str, Any],
    seed: int,
    resamples: int = 2000,
) -> dict[str, Any]:
    """What `results.json` holds of a retrieval run, from the rows of `rankings.jsonl`."""
    told = [row for row in rows if row.get("ranks") is not None]
    head = _head(popularity)

    def group(name: str, chosen: _Ranked) -> dict[str, Any]:
        return {"n": len(chosen), **_figures(chosen, name, seed, resamples)}

    def ranked(field: str, keep: Callable[[Row, int], bool] = lambda row, place: True) -> _Ranked:
        return [
            (rank, row["dialogue_id"])
            for row in told
            for place, rank in enumerate(row[field])
            if keep(row, place)
        ]

    everything = group("all", ranked("ranks"))
    in_head = {row["sample_id"]: [bool(head.intersection(ids)) for ids in row["target_ids"]] for row in told}
    nothing = {"mean": None, "ci95": [None, None], "n": 0, "clusters": 0}
    seconds = sorted(row["seconds"] for row in told)
    return {
        **rounded(
            {
                "schema": SCHEMA,
                "n": len(rows),
                "failed": len(rows) - len(told),
                "unreadable": 0,
                "targets": everything.pop("n"),
                "unknown_targets": sum(not ids for row in told for ids in row["target_ids"]),
                "ieval": nothing,
                "hit": nothing,
                "recall": {k: interval["mean"] for k, interval in everything["recall"].items()},
                "intervals": everything,
                "non_repeats": group(
                    "non_repeats", ranked("fresh_ranks", lambda row, place: not row["repeat"])
                ),
                "repeats": group("repeats", ranked("ranks", lambda row, place: bool(row["repeat"]))),
                "head": {
                    "items": len(head),
                    **group("head", ranked("ranks", lambda row, place: in_head[row["sample_id"]][place])),
                },
                "tail": {
                    "items": len(popularity) - len(head),
                    **group("tail", ranked("ranks", lambda row, place: not in_head[row["sample_id"]][place])),
                },
                "coverage": {
                    str(k): len({item for row in told for item in row["listed"][:k]}) / len(popularity)
                    for k in CUTOFFS
                },
                "leak": None,
                "calls": 0,
                "prompt_tokens": 0,
                "completion_tokens": 0,
                "seconds": sum(seconds),
                "seconds_per_query": {
                    "median": seconds[len(seconds) // 2] if seconds else None,
                    "p95": seconds[int(0.95 * (len(seconds) - 1))] if seconds else None,
                },
            }
        ),
        "config": dict(config),
    }


def _figures(chosen: _Ranked, place: str, seed: int, resamples: int) -> dict[str, Any]:
    clusters = [dialogue for _, dialogue in chosen]
    figures: dict[str, Any] = {}
    for name, gain in MEASURES.items():
        figures[name] = {}
        for k in CUTOFFS:
            values = [0.0 if rank is None or rank > k else gain(rank) for rank, _ in chosen]
            drawn = derive_seed(seed, "interval", f"{place}/{name}@{k}")
            interval = mean_interval(values, clusters, seed=drawn, resamples=resamples, within=SHARE)
            figures[name][str(k)] = interval.to_json()
    return figures


def _head(popularity: Mapping[str, float]) -> frozenset[str]:
    """The fewest items that make up half of all popularity; none where no popularity is known."""
    total = sum(popularity.values())
    head: list[str] = []
    reached = 0.0
    for item_id in sorted(popularity, key=lambda item_id: (-popularity[item_id], item_id)):
        if reached >= total / 2:
            break
        head.append(item_id)
        reached += popularity[item_id]
    return frozenset(head)
