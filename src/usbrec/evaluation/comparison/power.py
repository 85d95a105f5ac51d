"""Power: how many rows a difference needs to be told from none, and what the rows at hand can tell.

For a two-sided test at 5 % that finds a difference in four of five repetitions, the difference has to be
(1.96 + 0.84) standard errors. The standard error is that of the paired differences, dialogues as clusters,
and falls with the square root of the rows as long as further rows come in dialogues of the same size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from usbrec.evaluation import metrics
from usbrec.evaluation.comparison.differences import MEASURES, SECONDARY, MeasureName
from usbrec.evaluation.runs.results import Run

#: Of the normal distribution: two-sided 5 %, and 80 %.
_QUANTILES = 1.959964 + 0.841621
#: Differences that rows are counted for beside the one that was seen.
ASKED = (0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True)
class Power:
    """What the shared rows of two runs can tell in one measure.

    `difference` is the one seen and `error` its standard error. `detectable` is the smallest difference that
    so many rows tell in four of five repetitions, `needed` the rows that the seen one needs (None for none),
    `needed_for` those of other sizes.
    """

    baseline: str
    other: str
    measure: MeasureName
    rows: int
    dialogues: int
    difference: float
    error: float
    detectable: float
    needed: int | None
    needed_for: Mapping[float, int]

    def to_json(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline,
            "other": self.other,
            "measure": self.measure,
            "rows": self.rows,
            "dialogues": self.dialogues,
            "difference": self.difference,
            "standard_error": self.error,
            "detectable": self.detectable,
            "rows_needed": self.needed,
            "rows_needed_for": {f"{size:g}": rows for size, rows in self.needed_for.items()},
        }


def power_of(baseline: Run, other: Run) -> Iterator[Power]:
    """The power of each measure on all rows both have; nothing of one with fewer than two dialogues."""
    ours = {row["sample_id"]: row for row in baseline.rows}
    for name, measure in {**MEASURES, **SECONDARY}.items():
        a = metrics.measured(baseline.rows, measure)
        b = metrics.measured(other.rows, measure)
        shared = sorted(a.keys() & b.keys())
        clusters: dict[str, list[float]] = {}
        for sample_id in shared:
            clusters.setdefault(ours[sample_id]["dialogue_id"], []).append(b[sample_id] - a[sample_id])
        if len(clusters) < 2:
            continue
        n = len(shared)
        mean = math.fsum(value for values in clusters.values() for value in values) / n
        squares = math.fsum(math.fsum(value - mean for value in values) ** 2 for values in clusters.values())
        error = math.sqrt(squares * len(clusters) / (len(clusters) - 1)) / n
        least = _QUANTILES * error

        def needed(size: float, least: float = least, n: int = n) -> int:
            return max(2, math.ceil(n * (least / size) ** 2 - 1e-9))

        yield Power(
            baseline.name,
            other.name,
            name,
            n,
            len(clusters),
            mean,
            error,
            least,
            needed(abs(mean)) if abs(mean) > 1e-9 else None,
            {size: needed(size) for size in ASKED},
        )
