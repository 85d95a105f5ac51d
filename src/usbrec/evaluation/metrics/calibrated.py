"""Calibrated scores: how far a model judge puts the best reply of a row above random items, on a scale on
which the target has 2.

What the judge is asked for this, and why, stands in judge/anchors.py. The scale is one for all rows of a run:
the distance that the judge keeps between target and random items on average. A scale for each row would
divide by distances near 0, and lost half of the rows where it was tried (docs/log/model-judges.md). Of
several replies the best one counts, and is held against the best of as many random items: else to say more
would be to score more.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from usbrec.evaluation.metrics.columns import Row, may_have
from usbrec.evaluation.metrics.rows import interval, mean, score

#: So much higher has the judge to put targets than random items, on average over a run's rows; else no row of
#: it has a calibrated score.
LEAST_APART = 0.02


def ends(row: Row, replies: int = 1) -> tuple[float, float] | None:
    """What the judge said of the target, and on average of the best of `replies` random items (of all of them
    where there are no more); None where it could not be read."""
    anchors = row.get("anchors")
    if anchors is None or "why" in anchors:
        return None
    others = [one["value"] for one in anchors["others"]]
    if anchors["target"]["value"] is None or any(value is None for value in others):
        return None
    best = [max(drawn) for drawn in itertools.combinations(others, min(replies, len(others)))]
    return float(anchors["target"]["value"]), sum(best) / len(best)


def calibrated_rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows, each with the run's scale (:func:`on_one_scale`)."""
    return list(on_one_scale(list(rows)))


def on_one_scale(rows: Collection[Row]) -> Iterator[dict[str, Any]]:
    """The rows, which are gone through twice, each with the run's scale beside its anchors:
    ``anchors.apart``, the mean distance between target and random items."""
    apart = mean(target - low for target, low in filter(None, map(ends, rows)))
    for row in map(dict, rows):
        if row.get("anchors") is not None and "why" not in row["anchors"]:
            row["anchors"] = {**row["anchors"], "apart": None if apart is None else round(apart, 6)}
        yield row


def calibrated(row: Row) -> float | None:
    """The best reply's score on a scale on which random items have 0 and targets 2 on average; it may lie
    outside.

    None without a score or readable anchors, and where the judge does not tell targets from random items.
    """
    if score(row) is None or ends(row) is None:
        return None
    apart, replies = row["anchors"].get("apart"), row["anchors"]["replies"]
    found = ends(row, len(replies)) if replies and None not in replies else None
    if found is None or apart is None or apart < LEAST_APART:
        return None
    return float(2 * (max(replies) - found[1]) / apart)


def calibration(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean calibrated score with its interval; None where nothing was anchored.

    ``target`` and ``random`` are the raw means of the anchors, ``apart`` the share of rows in which the judge
    puts the target above the random items, ``lost`` how many rows have a score and no calibrated one.
    """
    if not may_have(rows, "anchors") or not any(row.get("anchors") is not None for row in rows):
        return None
    targets, lows, lost = array("d"), array("d"), 0
    for row in rows:
        lost += score(row) is not None and calibrated(row) is None
        if (both := ends(row)) is not None:
            targets.append(both[0])
            lows.append(both[1])
    found = interval(rows, calibrated, seed=seed, place="calibrated", resamples=resamples)
    return {
        **found.to_json(),
        "target": mean(targets),
        "random": mean(lows),
        "apart": mean(float(target > low) for target, low in zip(targets, lows, strict=True)),
        "lost": lost,
    }
