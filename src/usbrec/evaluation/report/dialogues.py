"""Dialogues of a report: picked by rule, so that nobody picks the flattering ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.evaluation import metrics
from usbrec.evaluation.metrics import Row
from usbrec.evaluation.report import formatting
from usbrec.evaluation.runs.results import Run


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
    tables = [{row["sample_id"]: row for row in run.rows} for run in runs[:2]]
    scores = [metrics.measured(run.rows, metrics.score) for run in runs[:2]]
    paired = len(scores) == 2
    if paired:
        shared = scores[0].keys() & scores[1].keys()
        order = {key: scores[1][key] - scores[0][key] for key in shared}
        best, worst = "Gain", "Loss"
    else:
        order = dict(scores[0])
        best, worst = "Best score", "Worst score"
    ranked = sorted(order, key=lambda key: (order[key], key))
    picked: list[tuple[str, str]] = []

    def take(heading: str, keys: Iterable[str], most: int) -> None:
        taken = {key for _, key in picked}
        fresh = [key for key in keys if key not in taken][:most]
        picked.extend((heading, key) for key in fresh)

    falling = sorted(order, key=lambda key: (-order[key], key))
    take(best, (key for key in falling if not paired or order[key] > 0), 2)
    take(worst, (key for key in ranked if not paired or order[key] < 0), 2)
    if ranked:
        middle = order[ranked[len(ranked) // 2]]
        take("Typical", sorted(order, key=lambda key: (abs(order[key] - middle), key)), 1)
    unscored = [
        key for key in sorted(set().union(*tables)) if any(_unscored(table.get(key)) for table in tables)
    ]
    take("Without a score", unscored, 1)

    def why(key: str) -> str:
        if key not in order:
            return "left out of the means"
        if paired:
            moved = " to ".join(formatting.number(score[key], "score") for score in scores)
            return f"{formatting.signed(order[key], 'score')}: from {moved}"
        return f"score {formatting.number(order[key], 'score')}"

    whole = [run.whole([key for _, key in picked]) for run in runs[:2]]
    return [Pick(heading, why(key), key, tuple(table.get(key) for table in whole)) for heading, key in picked]


def _unscored(row: Row | None) -> bool:
    return row is not None and metrics.score(row) is None
