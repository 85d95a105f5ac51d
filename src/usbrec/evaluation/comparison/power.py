"""Power: how many rows a difference needs to be told from none, and what the rows at hand can tell.

For a two-sided test at 5 % that finds a difference in four of five repetitions, the difference has to be
(1.96 + 0.84) standard errors, and more of few dialogues, as Student's distribution has it. The standard error
is that of the paired differences, dialogues as clusters, and falls with the square root of the rows as long
as further rows come in dialogues of the same size. The test flips the signs of whole dialogues: below six of
them no pattern of signs is rarer than 5 %, and nothing can be told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from usbrec.evaluation import quantiles
from usbrec.evaluation.comparison.differences import MEASURES, SECONDARY, MeasureName
from usbrec.evaluation.comparison.pairing import Pair
from usbrec.evaluation.runs.results import Run

#: Dialogues from which on signs alone can tell a difference: two of 2**6 patterns are 3 %.
LEAST_DIALOGUES = 6
#: Differences that rows are counted for beside the one that was seen.
ASKED = (0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True)
class Power:
    """What the shared rows of two runs can tell in one measure.

    `difference` is the one seen and `error` its standard error. `detectable` is the smallest difference that
    so many rows tell in four of five repetitions (None for too few dialogues), `needed` the rows that the
    seen one needs (None for none), `needed_for` those of other sizes. Where all differences are the same,
    nothing is known of their spread, and all three are None.
    """

    baseline: str
    other: str
    measure: MeasureName
    rows: int
    dialogues: int
    difference: float
    error: float
    detectable: float | None
    needed: int | None
    needed_for: Mapping[float, int | None]

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
    pair = Pair.of(baseline, other)
    for name, measure in {**MEASURES, **SECONDARY}.items():
        told = pair.differences(measure)
        known = ~np.isnan(told)
        clusters: dict[int, list[float]] = {}
        for dialogue, value in zip(pair.dialogues[known].tolist(), told[known].tolist(), strict=True):
            clusters.setdefault(dialogue, []).append(value)
        if len(clusters) < 2:
            continue
        n = int(known.sum())
        mean = math.fsum(value for values in clusters.values() for value in values) / n
        squares = math.fsum(math.fsum(value - mean for value in values) ** 2 for values in clusters.values())
        error = math.sqrt(squares * len(clusters) / (len(clusters) - 1)) / n
        spread = error * math.sqrt(len(clusters))  # of one dialogue

        def needed(size: float, spread: float = spread, per: float = n / len(clusters)) -> int | None:
            return None if size <= _NONE else _rows_for(spread / size, per)

        enough = spread > _NONE and len(clusters) >= LEAST_DIALOGUES
        yield Power(
            baseline.name,
            other.name,
            name,
            n,
            len(clusters),
            mean,
            error,
            _errors(len(clusters)) * error if enough else None,
            needed(abs(mean)),
            {size: needed(size) for size in ASKED},
        )


#: Smaller is rounding.
_NONE = 1e-9


def _errors(dialogues: int) -> float:
    """How many standard errors a difference has to be: the quantiles of a two-sided 5 %, and of 80 %."""
    return quantiles.student(dialogues - 1, 0.975) + quantiles.student(dialogues - 1, 0.8)


def _rows_for(spread: float, per: float) -> int | None:
    """The rows in dialogues of `per` rows each that tell a difference of 1, where one dialogue's difference
    has this `spread`."""
    if spread <= _NONE:
        return None
    # By the normal distribution first, from which Student's asks for a few more.
    dialogues = max(LEAST_DIALOGUES, math.ceil((2.801585 * spread) ** 2 - 1e-9))
    while _errors(dialogues) * spread > math.sqrt(dialogues) * (1 + 1e-9):
        dialogues += 1
    return math.ceil(dialogues * per - 1e-9)
