"""Score metrics: methods of scoring, random baseline, second judge, spread over training seeds."""

from __future__ import annotations

import re
import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from usbrec.evaluation.metrics.columns import Columns, Measure, Row, may_have
from usbrec.evaluation.metrics.rows import hit, interval, mean, score, second_score
from usbrec.evaluation.statistics import SCORE


def score_methods(rows: Iterable[Row]) -> dict[str, int]:
    """How many scores came from log-probabilities, votes, votes forced to a digit, rules, and (where there
    are any) from a trained judge or one of the user's own."""
    methods = _methods(rows)
    told = {method: methods[method] for method in ("exact", "votes", "forced", "rules")}
    return told | {method: methods[method] for method in ("trained", "own") if methods[method]}


def _methods(rows: Iterable[Row]) -> Counter[str]:
    def counted() -> Counter[str]:
        return Counter(row["episode"]["score"]["method"] for row in rows if row["episode"] is not None)

    return rows.remembered("methods", counted) if isinstance(rows, Columns) else counted()


def vote_counts(rows: Iterable[Row]) -> dict[str, Any] | None:
    """Votes that were drawn, and the share that could not be read as a score; None without votes."""
    drawn, unreadable, _ = _of_scores(rows)
    return {"drawn": drawn, "unreadable": unreadable, "share": unreadable / drawn} if drawn else None


def unreadable_reasons(rows: Iterable[Row]) -> dict[str, int]:
    """Why rows have no score, most frequent first; numbers in a reason are those of its first row."""
    told: dict[str, tuple[str, int]] = {}
    for row in rows:
        if row["episode"] is None or row["episode"]["score"]["value"] is not None:
            continue
        why = str((row["episode"]["score"].get("detail") or {}).get("why", "the answer was no score"))
        kind = re.sub(r"[0-9][0-9.e+-]*", "#", why)
        first, count = told.get(kind, (why, 0))
        told[kind] = (first, count + 1)
    return dict(sorted(told.values(), key=lambda one: -one[1]))


def random_similarity(rows: Iterable[Row]) -> float | None:
    """The mean similarity of random catalogue items to the targets, over rows scored by rules: what a
    rules score of 0 stands for. None without such rows."""
    return _of_scores(rows)[2]


def _of_scores(rows: Iterable[Row]) -> tuple[int, int, float | None]:
    """Votes drawn, those of them that could not be read, and the mean similarity of random items."""

    def found() -> tuple[int, int, float | None]:
        drawn = unreadable = 0
        means = array("d")
        for row in rows:
            if row["episode"] is None:
                continue
            score = row["episode"]["score"]
            if votes := score.get("votes", 0):
                drawn += votes
                unreadable += score.get("unreadable", 0)
            detail = score.get("detail")
            if isinstance(detail, Mapping) and isinstance(value := detail.get("mean"), float):
                means.append(value)
        return drawn, unreadable, mean(means)

    return rows.remembered("of scores", found) if isinstance(rows, Columns) else found()


def second_judge(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean of the second judge's scores and the judge's name; None where it judged nothing.

    ``random_similarity`` is the mean similarity of random items to the targets: what its 0 stands for.
    """
    if not may_have(rows, "second_judge"):
        return None
    names: set[str] = set()
    similarities = array("d")
    for row in rows:
        if (opinion := row.get("second_judge")) is not None:
            names.add(opinion["name"])
            if opinion.get("mean") is not None:
                similarities.append(opinion["mean"])
    if not names:
        return None
    found = interval(rows, second_score, seed=seed, place="second_judge", resamples=resamples, within=SCORE)
    return {
        "name": ", ".join(sorted(names)),
        **found.to_json(),
        "random_similarity": mean(similarities),
    }


def training_spread(rows: Sequence[Row]) -> dict[str, Any] | None:
    """How far the training seeds lie apart in rows pooled over several of them; None for rows of one.

    ``{"ieval": {"by_seed", "min", "max", "sd"}, "hit": the same}``, see :func:`spread_of`. Rows say by
    ``training`` which seed they belong to, and by ``retrained`` that a training of that seed made them; those
    of a system without training stand beside each seed as they are, and have no spread.
    """
    if not may_have(rows, "retrained") or not any(row.get("retrained") for row in rows):
        return None
    by_seed: dict[int, list[Row]] = {}
    for row in rows:
        by_seed.setdefault(row.get("training", 0), []).append(row)
    measures: Mapping[str, Measure] = {"ieval": score, "hit": hit}
    return {
        name: spread_of(
            [
                mean(value for row in by_seed[seed] if (value := measure(row)) is not None)
                for seed in sorted(by_seed)
            ]
        )
        for name, measure in measures.items()
    }


def spread_of(means: Sequence[float | None]) -> dict[str, Any]:
    """The means of the training seeds, their extremes, and their standard deviation (None for one)."""
    known = [mean for mean in means if mean is not None]
    return {
        "by_seed": list(means),
        "min": min(known, default=None),
        "max": max(known, default=None),
        "sd": round(statistics.stdev(known), 6) if len(known) > 1 else None,
    }
