"""Paired differences between two runs, on the rows both have, and p values adjusted together (Holm)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from usbrec.evaluation import metrics
from usbrec.evaluation.runs.results import Run
from usbrec.evaluation.statistics import PairedDifference, holm, paired_difference
from usbrec.keys import derive_seed

MeasureName = Literal["ieval", "hit", "second", "calibrated"]
Scope = Literal["all", "non_repeats"]

MEASURES: Mapping[MeasureName, metrics.Measure] = {"ieval": metrics.score, "hit": metrics.hit}
#: Taken where both runs have it, and not adjusted together with the outcomes.
SECONDARY: Mapping[MeasureName, metrics.Measure] = {
    "second": metrics.second_score,
    "calibrated": metrics.calibrated,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`other` minus `baseline` in one measure, on all rows or on those that repeat no named item.

    `adjusted` is the p value after Holm, over the family that :class:`Comparison` states; None without rows
    and for a secondary outcome.
    """

    baseline: str
    other: str
    measure: MeasureName
    scope: Scope
    difference: PairedDifference
    adjusted: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline,
            "other": self.other,
            "measure": self.measure,
            "rows": self.scope,
            **self.difference.to_json(),
            "p_holm": self.adjusted,
        }


def differences_between(
    baseline: Run,
    other: Run,
    measures: Mapping[MeasureName, metrics.Measure],
    *,
    seed: int,
    resamples: int,
) -> Iterator[Difference]:
    """The measures on all shared rows and, where these are others, on those that do not repeat."""
    ours = {row["sample_id"]: row for row in baseline.rows}
    theirs = {row["sample_id"]: row for row in other.rows}
    shared = ours.keys() & theirs.keys()
    clusters = {sample_id: ours[sample_id]["dialogue_id"] for sample_id in shared}
    fresh = {sample_id for sample_id in shared if not ours[sample_id]["repeat"]}
    scopes: dict[Scope, set[str]] = {"all": set(shared)}
    if fresh != shared:
        scopes["non_repeats"] = fresh
    for scope, kept in scopes.items():
        for name, measure in measures.items():
            found = paired_difference(
                metrics.measured((ours[sample_id] for sample_id in sorted(kept)), measure),
                metrics.measured((theirs[sample_id] for sample_id in sorted(kept)), measure),
                clusters,
                seed=derive_seed(seed, "difference", name, scope),
                resamples=resamples,
            )
            yield Difference(baseline.name, other.name, name, scope, found, None)


def holm_adjusted(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences with their p values adjusted together; those without rows stay without one."""
    found = list(differences)
    tested = [index for index, one in enumerate(found) if one.difference.p_value is not None]
    values = holm([found[index].difference.p_value or 0.0 for index in tested])
    for index, adjusted in zip(tested, values, strict=True):
        found[index] = replace(found[index], adjusted=adjusted)
    return tuple(found)
