"""How rows were scored: by which method, against which random baseline, and by the second judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from usbrec.evaluation.metrics.rows import Row, interval, mean, second_score


def score_methods(rows: Iterable[Row]) -> dict[str, int]:
    """How many scores came from log-probabilities, votes and rules."""
    methods = Counter(row["episode"]["score"]["method"] for row in rows if row["episode"] is not None)
    return {method: methods[method] for method in ("exact", "votes", "rules")}


def random_similarity(rows: Iterable[Row]) -> float | None:
    """The mean similarity of random catalogue items to the targets, over rows scored by rules: what a
    rules score of 0 stands for. None without such rows."""
    details = (row["episode"]["score"].get("detail") for row in rows if row["episode"] is not None)
    return mean(
        value
        for detail in details
        if isinstance(detail, Mapping) and isinstance(value := detail.get("mean"), float)
    )


def second_judge(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean of the second judge's scores and the judge's name; None where it judged nothing.

    ``random_similarity`` is the mean similarity of random items to the targets: what its 0 stands for.
    """
    opinions = [opinion for row in rows if (opinion := row.get("second_judge")) is not None]
    if not opinions:
        return None
    found = interval(rows, second_score, seed=seed, place="second_judge", resamples=resamples)
    return {
        "name": ", ".join(sorted({opinion["name"] for opinion in opinions})),
        **found.to_json(),
        "random_similarity": mean(opinion["mean"] for opinion in opinions if opinion.get("mean") is not None),
    }
