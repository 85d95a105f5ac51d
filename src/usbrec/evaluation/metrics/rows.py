"""Row metrics: one row's score, its hit, its replies.

A *row* is one line of `episodes.jsonl`: a sample that was attempted, with its episode or the reason why
there is none. Failed rows (the model's side broke) and unreadable ones (the judge's answer was no score)
are never read as 0: they are left out of the means and counted beside them. A hit needs no judge, so a
row without a readable score still counts for it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from usbrec.evaluation.metrics.columns import Clustered, Columns, Measure, Row
from usbrec.evaluation.statistics import Interval, mean_interval
from usbrec.keys import derive_seed


def score(row: Row) -> float | None:
    """The iEval score in [0, 2]; None for a failed or unreadable row."""
    episode = row["episode"]
    if episode is None or episode["score"]["value"] is None:
        return None
    return float(episode["score"]["value"])


def hit(row: Row) -> float | None:
    """1 when the recommender named a target, else 0; None for a failed row."""
    return None if row["episode"] is None else float(row["episode"]["hit"])


def first_hit(row: Row) -> float | None:
    """1 when a target was the first new item of some reply (the item the rules look at), else 0.

    Stricter than :func:`hit`, which a reply that lists many titles can buy. None without a catalogue.
    """
    facts = facts_of(row)
    if "new" not in facts or "targets" not in facts:
        return None
    targets = set(facts["targets"])
    return float(any(item in targets for item in facts["new"] if item is not None))


def second_score(row: Row) -> float | None:
    """The score in [0, 2] of the second judge (judge/embedding.py); None where it gave none."""
    opinion = row.get("second_judge")
    return None if opinion is None or opinion["value"] is None else float(opinion["value"])


def names_item(row: Row) -> bool | None:
    """Whether some reply named a real item that the dialogue had not named; None without a catalogue."""
    facts = facts_of(row)
    return any(item is not None for item in facts["new"]) if "new" in facts else None


def leaked(row: Row) -> float | None:
    """1 when the simulator named a target before the recommender did; None for a failed row."""
    return None if row["episode"] is None else float(row["episode"].get("leaks", 0) > 0)


def unreadable(row: Row) -> bool:
    """Whether the row was played but its judge gave no score."""
    return row["episode"] is not None and row["episode"]["score"]["value"] is None


def facts_of(row: Row) -> Mapping[str, Any]:
    """The counts taken on the episode's replies; empty for a failed row or one without a catalogue."""
    if row["episode"] is None:
        return {}
    facts: Mapping[str, Any] = row["episode"].get("facts") or {}
    return facts


def replies_of(row: Row) -> list[str]:
    """What the recommender said in the played part."""
    if row["episode"] is None:
        return []
    return [turn["text"] for turn in row["episode"]["played"] if turn["role"] == "recommender"]


def measured(rows: Iterable[Row], measure: Measure) -> dict[str, float]:
    """The rows that `measure` can read, as sample id -> value."""
    values = ((row["sample_id"], measure(row)) for row in rows)
    return {sample_id: value for sample_id, value in values if value is not None}


def interval(
    rows: Sequence[Row],
    measure: Measure,
    *,
    seed: int,
    place: str,
    resamples: int = 2000,
    among: npt.NDArray[np.bool_] | None = None,
    within: tuple[float, float] | None = None,
) -> Interval:
    """Mean and 95 % interval of a measure; `place` keeps the draws of different measures apart. `among`, for
    rows with columns, are those that count; `within` are the ends between which the measure lies."""
    if isinstance(rows, Columns):
        taken = rows.values(measure)
        known = ~np.isnan(taken) if among is None else ~np.isnan(taken) & among
        drawn = derive_seed(seed, "interval", place)
        return mean_interval(
            taken[known], rows.dialogues[known], seed=drawn, resamples=resamples, within=within
        )
    values, clusters = [], []
    for row in rows:
        value = measure(row)
        if value is not None:
            values.append(value)
            clusters.append(row["dialogue_id"])
    drawn = derive_seed(seed, "interval", place)
    return mean_interval(values, clusters, seed=drawn, resamples=resamples, within=within)


def interval_of(
    found: Clustered,
    place: str,
    *,
    seed: int,
    resamples: int,
    within: tuple[float, float] | None = None,
) -> Interval:
    """The same of numbers with their dialogues."""
    drawn, values = derive_seed(seed, "interval", place), np.array(found.values)
    return mean_interval(values, found.clusters, seed=drawn, resamples=resamples, within=within)


def mean_of(rows: Columns, measure: Measure) -> float | None:
    """The mean of a measure alone."""
    values = rows.values(measure)
    return mean(values[~np.isnan(values)].tolist())


def mean(values: Iterable[float]) -> float | None:
    """The mean, None of nothing; rounded once, so the order of the values does not matter."""
    listed = array("d", values)
    return math.fsum(listed) / len(listed) if listed else None
