"""Dialogues of a report: picked by rule, so that nobody picks the flattering ones."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from usbrec.evaluation import metrics
from usbrec.evaluation.comparison.pairing import Pair
from usbrec.evaluation.metrics import Row
from usbrec.evaluation.report import formatting
from usbrec.evaluation.runs.results import Run

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pick:
    """A dialogue to read: why it was picked, and its row in each run shown (None where it has none)."""

    heading: str
    why: str
    sample_id: str
    rows: tuple[Row | None, ...]

    @property
    def sample(self) -> Mapping[str, Any] | None:
        """The sample as JSON, from the first row that was played."""
        for row in self.rows:
            if row is not None and row["episode"] is not None:
                sample: Mapping[str, Any] = row["episode"]["sample"]
                return sample
        return None


def pick_dialogues(runs: Sequence[Run]) -> list[Pick]:
    """Four to six dialogues of the first two runs, fewer where there are not as many.

    Of two runs: the two biggest gains of the second over the first, the two biggest losses, a typical
    row (nearest to the median difference), and a failed or unreadable one. Of one run: its two best,
    two worst, typical and failed or unreadable rows. Ties go to the smaller sample id.
    """
    columns = [run.columns for run in runs[:2]]
    paired = len(columns) == 2
    ids = columns[0].ids
    if paired:
        pair = Pair.of(*runs[:2])
        places, order = pair.first, pair.differences(metrics.score)
        beside = [columns[0].values(metrics.score)[pair.first], columns[1].values(metrics.score)[pair.second]]
        best, worst = "Gain", "Loss"
    else:
        order = columns[0].values(metrics.score)
        places, beside = np.arange(len(order)), []
        best, worst = "Best score", "Worst score"
    known = np.flatnonzero(~np.isnan(order))
    picked: list[tuple[str, str, int | None]] = []

    def take(heading: str, ranks: Floats, among: Places, most: int) -> None:
        """The rows of the smallest ranks; of equal ones that with the smaller id."""
        taken = {place for _, _, place in picked}
        free = among[~np.isin(among, [place for place in taken if place is not None])]
        if len(free) > most:
            free = free[ranks[free] <= np.partition(ranks[free], most - 1)[most - 1]]
        smallest = heapq.nsmallest(most, free.tolist(), key=lambda at: (ranks[at], ids[int(places[at])]))
        picked.extend((heading, ids[int(places[at])], at) for at in smallest)

    take(best, -order, known[order[known] > 0] if paired else known, 2)
    take(worst, order, known[order[known] < 0] if paired else known, 2)
    if len(known):
        middle = np.sort(order[known])[len(known) // 2]
        take("Typical", np.abs(order - middle), known, 1)
    taken = {sample_id for _, sample_id, _ in picked}
    unscored = (
        sample_id
        for one in columns
        for place in np.flatnonzero(np.isnan(one.values(metrics.score))).tolist()
        if (sample_id := one.ids[place]) not in taken
    )
    if (first := min(unscored, default=None)) is not None:
        picked.append(("Without a score", first, None))

    def why(at: int | None) -> str:
        if at is None:
            return "left out of the means"
        if paired:
            moved = " to ".join(formatting.number(float(scores[at]), "score") for scores in beside)
            return f"{formatting.signed(float(order[at]), 'score')}: from {moved}"
        return f"score {formatting.number(float(order[at]), 'score')}"

    whole = [run.whole([key for _, key, _ in picked]) for run in runs[:2]]
    return [
        Pick(heading, why(at), key, tuple(table.get(key) for table in whole)) for heading, key, at in picked
    ]
