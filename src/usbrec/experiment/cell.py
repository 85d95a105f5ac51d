"""Experiment cell: what was found for one base model on one dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.evaluation import Comparison, Run
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.planned_contrasts import spread


@dataclass(frozen=True)
class Cell:
    """One base model on one dataset: what its folder holds.

    `report` is its page; `planned` are the differences it was made for, `also` those asked for beside them
    (``experiment.also_compare``); `runs` are each system's runs, one a training seed (one alone where
    training plays no part); `systems` the same, pooled, and `pooled` compares these with B/L; `first` does
    so for the first training seed.
    """

    dataset: str
    model: str
    report: Path
    rows: Mapping[str, int]
    runs: Mapping[str, Sequence[Run]]
    systems: Mapping[str, Run]
    planned: Sequence[Difference]
    also: Sequence[Difference]
    pooled: Comparison
    first: Comparison
    training: Sequence[Mapping[str, Any]]

    def to_json(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "model": self.model,
            "rows": dict(self.rows),
            "systems": {
                name: {key: value for key, value in run.results.items() if key != "config"}
                | {"seeds": len(self.runs[name]), "spread": spread(self.runs[name])}
                for name, run in self.systems.items()
            },
            "planned": [one.to_json() for one in self.planned],
            "also": [one.to_json() for one in self.also],
            "training": list(self.training),
        }
