"""Paired differences between two runs, on the rows both have, and p values adjusted together (Holm)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from usbrec.evaluation import metrics
from usbrec.evaluation.comparison.pairing import Pair
from usbrec.evaluation.metrics.lists import list_ndcg
from usbrec.evaluation.runs.results import Run
from usbrec.evaluation.statistics import PairedDifference, difference_of, holm, paired_difference
from usbrec.keys import derive_seed

MeasureName = Literal["ieval", "hit", "second", "calibrated", "ndcg", "pass^1", "pass^2", "pass^4"]
Scope = Literal["all", "non_repeats"]

MEASURES: Mapping[MeasureName, metrics.Measure] = {"ieval": metrics.score, "hit": metrics.hit}
#: Taken where both runs have it, and not adjusted together with the outcomes.
SECONDARY: Mapping[MeasureName, metrics.Measure] = {
    "second": metrics.second_score,
    "calibrated": metrics.calibrated,
    "ndcg": list_ndcg,
}


# From here on chance alone could explain a difference.
_CHANCE = 0.05


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

    @property
    def supported(self) -> bool:
        """Whether the data tell the difference from none: the interval leaves out 0, and p after Holm (of a
        secondary outcome, p) is below .05."""
        p = self.difference.p_value if self.adjusted is None else self.adjusted
        return self.difference.clear and p is not None and p < _CHANCE

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
    for run in (baseline, other):
        run.columns.prepare(metrics.MEASURES)
    pair = Pair.of(baseline, other)
    dialogues, fresh = pair.dialogues, pair.may_be_fresh
    scopes: tuple[Scope, ...] = ("all",) if fresh.all() else ("all", "non_repeats")
    for scope in scopes:
        for name, measure in measures.items():
            told = pair.differences(measure)
            kept = ~np.isnan(told) if scope == "all" else ~np.isnan(told) & fresh
            found = difference_of(
                told[kept],
                dialogues[kept],
                seed=derive_seed(seed, "difference", name, scope),
                resamples=resamples,
            )
            yield Difference(baseline.name, other.name, name, scope, found, None)


def pass_differences(baseline: Run, other: Run, *, seed: int, resamples: int) -> Iterator[Difference]:
    """pass^k on the samples that both have, for each k that both know; the call counts where both call
    tools."""
    both = (baseline.rows, other.rows)
    by: metrics.Basis = "called" if all(metrics.basis_of(rows) == "called" for rows in both) else "linked"
    known = set(metrics.ks_of(baseline.rows)) & set(metrics.ks_of(other.rows))
    names: Mapping[int, MeasureName] = {1: "pass^1", 2: "pass^2", 4: "pass^4"}
    for k, name in names.items():
        if k in known:
            found = paired_difference(
                metrics.pass_by_sample(baseline.rows, k, by),
                metrics.pass_by_sample(other.rows, k, by),
                metrics.dialogues_of(baseline.rows),
                seed=derive_seed(seed, "difference", name),
                resamples=resamples,
            )
            yield Difference(baseline.name, other.name, name, "all", found, None)


def holm_adjusted(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences with their p values adjusted together; those without rows stay without one."""
    found = list(differences)
    tested = [index for index, one in enumerate(found) if one.difference.p_value is not None]
    values = holm([found[index].difference.p_value or 0.0 for index in tested])
    for index, adjusted in zip(tested, values, strict=True):
        found[index] = replace(found[index], adjusted=adjusted)
    return tuple(found)


def judges_disagree(outcomes: Sequence[Difference], secondary: Sequence[Difference]) -> Iterator[str]:
    """A sentence for each pair of systems of which the judge finds one better and the second judge the other:
    where the two differences have opposite signs, and one of them is clear of 0, or both. One of the judges
    then sees something else than how well the system recommends."""
    second = {(one.baseline, one.other): one.difference for one in secondary if one.scope == "all"}
    for one in outcomes:
        other = second.get((one.baseline, one.other))
        if one.measure != "ieval" or one.scope != "all" or other is None:
            continue
        first = one.difference
        if first.mean is None or other.mean is None or first.mean * other.mean >= 0:
            continue
        if first.clear or other.clear:
            better, worse = (one.other, one.baseline) if first.mean > 0 else (one.baseline, one.other)
            yield (
                f"the judges disagree about {one.baseline} and {one.other}: the judge finds "
                f"{better} better (by {abs(first.mean):.2f}), the second judge {worse} (by "
                f"{abs(other.mean):.2f}). Read the dialogues before you believe either: a judge can be moved "
                "by flattery, length or confident words."
            )
