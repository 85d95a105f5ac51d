"""Pairing of two runs: the rows that both have, as their places in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from usbrec.evaluation.metrics import Measure
from usbrec.evaluation.metrics.columns import Columns
from usbrec.evaluation.runs.results import Run

Places = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two runs' rows; `first` and `second` are the places of those that both have, row by row."""

    baseline: Columns
    other: Columns
    first: Places
    second: Places

    @classmethod
    def of(cls, baseline: Run, other: Run) -> Pair:
        ours, theirs = baseline.columns, other.columns
        if ours.ids == theirs.ids:
            places = np.arange(len(ours), dtype=np.intp)
            return cls(ours, theirs, places, places)
        known = {sample_id: place for place, sample_id in enumerate(theirs.ids)}
        shared = [(place, known[sample_id]) for place, sample_id in enumerate(ours.ids) if sample_id in known]
        both = np.array(shared, dtype=np.intp).reshape(-1, 2)
        return cls(ours, theirs, both[:, 0], both[:, 1])

    def __len__(self) -> int:
        return len(self.first)

    @property
    def may_be_fresh(self) -> npt.NDArray[np.bool_]:
        """Whether a row is not known to repeat what its context named."""
        return ~self.baseline.repeats[self.first]

    @property
    def dialogues(self) -> npt.NDArray[np.int32]:
        return self.baseline.dialogues[self.first]

    def differences(self, measure: Measure) -> Floats:
        """The other run's less the baseline's, NaN where one has none."""
        return self.other.values(measure)[self.second] - self.baseline.values(measure)[self.first]
