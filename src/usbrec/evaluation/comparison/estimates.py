"""Estimates of a comparison as one flat table: a system's mean a row, or a difference of two.

The same table goes to CSV and to pandas, numbers unrounded. Everything that a comparison holds stands in
it but for the warnings: pick the rows by `kind` and `measure`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from usbrec.evaluation.comparison.power import Power
from usbrec.evaluation.comparison.systems import System
from usbrec.evaluation.report.formatting import PASS
from usbrec.evaluation.statistics import Interval

if TYPE_CHECKING:
    from usbrec.evaluation.comparison.compare import Comparison

#: Column -> what it holds. Empty (NaN in pandas) where there is nothing to say.
COLUMNS: Mapping[str, str] = {
    "kind": "`mean` of a system, `difference` of two systems on the rows both have, or `power` of one",
    "system": "the system's name",
    "reference": "difference: the system it is held against; the value is `system` minus `reference`",
    "measure": "what is measured, see below",
    "rows": "`all`, or `non_repeats`: only rows whose targets the context had not named",
    "value": "the mean, the difference, or the count",
    "low": "lower end of the 95 % interval (dialogues resampled), of measures that have one",
    "high": "upper end of it",
    "n": "rows the value is taken over",
    "p": "difference: two-sided p value of a sign-flip test on dialogues",
    "p_holm": "difference in ieval or hit: p adjusted for all those told (Holm)",
}
#: Measure -> what it is, with its unit; those that begin with `replies.` are named as in results.json.
MEASURES: Mapping[str, str] = {
    "ieval": "iEval score, 0 to 2",
    "hit": "share of rows in which the recommender named a target",
    "second": "second judge's score, 0 to 2",
    "persuasiveness": "rating of the explanations by the judge's model, 0 to 2 (where it was asked)",
    "calibrated": "score between fixed replies with random items (0) and the target (2) (where it was asked)",
    "ndcg": "NDCG of the ranked lists that replies are, 0 to 1 (with `play.list_length`)",
    "violated": "share of recommendations that do not meet what is asked of an item (where something is)",
    "pass^1": "chance that a trial succeeds (with trials or tasks; likewise pass^2, pass^4 ...)",
    "failed": "rows that failed on the model's side",
    "unreadable": "rows whose judge gave no readable score",
    "calls": "model calls a row",
    "tokens": "tokens a row, prompt and completion",
    "seconds": "seconds of model time a row",
    "training_sd.ieval": "standard deviation of the means of the training seeds (where there are several)",
    "training_sd.hit": "the same of the hit",
    "MEASURE.detectable": "power: the smallest difference that these rows tell in 4 of 5 repetitions, at 5 %",
    "MEASURE.rows_needed": "power: rows that the seen difference needs for that",
    "MEASURE.rows_needed.0.1": "power: rows that a difference of 0.1 needs (likewise 0.05 and 0.2)",
}
_WHERE_THERE_IS = frozenset({"second", "persuasiveness", "violated", "calibrated", "ndcg"})
#: Counts of `replies` that are no estimates of their own.
_NOT_TOLD = frozenset({"n"})


def estimates(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """The rows of the table, each with all of the :data:`COLUMNS`; None where there is nothing to say."""
    for system in comparison.systems:
        yield from _means(system)
    for found in (*comparison.differences, *comparison.secondary):
        difference = found.difference
        yield _row(
            "difference",
            found.other,
            found.measure,
            difference.mean,
            reference=found.baseline,
            rows=found.scope,
            low=difference.low,
            high=difference.high,
            n=difference.n,
            p=difference.p_value,
            p_holm=found.adjusted,
        )
    for power in comparison.power:
        yield from _power(power)


def _power(power: Power) -> Iterator[dict[str, Any]]:
    needed = {f"rows_needed.{size:g}": rows for size, rows in power.needed_for.items()}
    for name, value in {"detectable": power.detectable, "rows_needed": power.needed, **needed}.items():
        yield _row(
            "power",
            power.other,
            f"{power.measure}.{name}",
            value,
            reference=power.baseline,
            n=power.rows,
        )


def _means(system: System) -> Iterator[dict[str, Any]]:
    for measure, rows, interval in (
        ("ieval", "all", system.ieval),
        ("ieval", "non_repeats", system.ieval_non_repeats),
        ("hit", "all", system.hit),
        ("hit", "non_repeats", system.hit_non_repeats),
        ("second", "all", system.second),
        ("persuasiveness", "all", system.persuasiveness),
        ("calibrated", "all", system.calibrated),
        ("ndcg", "all", system.ndcg),
        ("violated", "all", system.violated),
    ):
        if measure in _WHERE_THERE_IS and not interval.n:
            continue
        yield _interval(system.name, measure, interval, rows)
    for k, interval in system.passes.items():
        yield _interval(system.name, f"{PASS}{k}", interval, "all")
    for measure in ("failed", "unreadable", "calls", "tokens", "seconds"):
        yield _row("mean", system.name, measure, getattr(system, measure), n=system.n)
    if system.training is not None:
        for measure in ("ieval", "hit"):
            yield _row("mean", system.name, f"training_sd.{measure}", system.training[measure]["sd"])
    yield from _replies(system.name, system.replies, "replies")


def _replies(name: str, counts: Mapping[str, Any], place: str) -> Iterator[dict[str, Any]]:
    for key, value in counts.items():
        if isinstance(value, Mapping) and "ci95" in value:
            yield _interval(name, f"{place}.{key}", Interval.from_json(value), "all")
        elif isinstance(value, Mapping):
            yield from _replies(name, value, f"{place}.{key}")
        elif key not in _NOT_TOLD and value is not None:
            yield _row("mean", name, f"{place}.{key}", value)


def _interval(name: str, measure: str, interval: Interval, rows: str) -> dict[str, Any]:
    return _row(
        "mean",
        name,
        measure,
        interval.mean,
        rows=rows,
        low=interval.low,
        high=interval.high,
        n=interval.n,
    )


def _row(
    kind: str, system: str, measure: str, value: float | None, *, rows: str = "all", **more: Any
) -> dict[str, Any]:
    told = {"kind": kind, "system": system, "measure": measure, "rows": rows, "value": value, **more}
    return {column: told.get(column) for column in COLUMNS}
