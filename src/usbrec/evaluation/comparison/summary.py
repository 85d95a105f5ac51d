"""Summary sentence: the outcome of a comparison in words."""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.evaluation.comparison.compare import Comparison
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.systems import System
from usbrec.evaluation.report import formatting

# From here on a difference is said to be one that chance alone could explain.
_CHANCE = 0.05
#: Of more systems a sentence says the lowest, the highest and the first alone: the table has all.
_NAMED_ONE_BY_ONE = 6


def summary_sentence(comparison: Comparison) -> str:
    """The outcome in one sentence: the iEval score of the best later system against the first.

    Controls are told apart (:func:`of_controls`), so that they neither hide what the systems did nor are
    hidden by it; where there is nothing but controls, they are the systems.
    """
    systems = comparison.systems
    baseline = systems[0]
    found = _scored(comparison)
    if len(systems) == 1:
        if baseline.ieval.mean is None:
            return f"{baseline.name} has no readable score on {formatting.rows(baseline.n)}."
        interval = formatting.limits(baseline.ieval.low, baseline.ieval.high, "score")
        said = formatting.number(baseline.ieval.mean, "score") + (
            "" if interval == formatting.UNKNOWN else f" {interval}"
        )
        return f"{baseline.name} scores {said} on {formatting.rows(baseline.ieval.n)}."
    if not found:
        return f"No row was scored both by {baseline.name} and by another system, so nothing can be compared."
    proper, _ = _told_apart(comparison, found)
    return _best_of(proper or found, baseline.name)


def of_controls(comparison: Comparison) -> str | None:
    """The same sentence of the best control, where there are controls beside systems; else None."""
    proper, controls = _told_apart(comparison, _scored(comparison))
    return _best_of(controls, comparison.systems[0].name, "control") if proper and controls else None


def _scored(comparison: Comparison) -> list[Difference]:
    """The differences in iEval score that could be taken, in the order of the systems."""
    return [
        difference
        for system in comparison.systems[1:]
        if (difference := comparison.between(system.name, "ieval")) is not None
        and difference.difference.mean is not None
    ]


def _told_apart(
    comparison: Comparison, found: Sequence[Difference]
) -> tuple[list[Difference], list[Difference]]:
    controls = {system.name for system in comparison.systems if system.control}
    return (
        [difference for difference in found if difference.other not in controls],
        [difference for difference in found if difference.other in controls],
    )


def _best_of(found: Sequence[Difference], baseline: str, kind: str = "system") -> str:
    best = max(found, key=lambda difference: difference.difference.mean or 0.0)
    sentence = _sentence(best)
    if len(found) == 1:
        return sentence
    if (best.difference.mean or 0.0) <= 0:
        return f"No {kind} scores higher than {baseline}; at best, {sentence}"
    return f"Best of {len(found)} {kind}s: {sentence}"


def _sentence(found: Difference) -> str:
    """``B scores 0.12 [0.03, 0.21] higher than A on 100 rows (adjusted p = 0.010).``"""
    difference = found.difference
    mean = difference.mean or 0.0
    size = f"{abs(mean):.2f}"
    where = f"on {formatting.rows(difference.n)}"
    if float(size) == 0:
        interval = formatting.limits(difference.low, difference.high, "score")
        between = "" if interval == formatting.UNKNOWN else f" (difference {interval})"
        return f"{found.other} scores the same as {found.baseline} {where}{between}."
    # Said of the size, so a loss turns its interval round with it.
    ends = (difference.low, difference.high)
    if mean < 0 and difference.low is not None and difference.high is not None:
        ends = (-difference.high, -difference.low)
    interval = formatting.limits(*ends, "score")
    direction = "higher" if mean > 0 else "lower"
    said = size if interval == formatting.UNKNOWN else f"{size} {interval}"
    p = formatting.p_value(found.adjusted)
    p = f"adjusted p {p}" if p.startswith("<") else f"adjusted p = {p}"
    doubt = (
        "" if found.adjusted is not None and found.adjusted < _CHANCE else "; chance alone could explain it"
    )
    return f"{found.other} scores {said} {direction} than {found.baseline} {where} ({p}{doubt})."


def primary_outcome(comparison: Comparison) -> str | None:
    """A sentence on hits among rows that repeat no named item: the measure that no judge and no echo
    moves. None without such rows."""
    counted = [system for system in comparison.systems if system.hit_non_repeats.mean is not None]
    if not counted:
        return None
    where = "On rows whose targets the context had not named, a target was named in"
    if len(counted) > _NAMED_ONE_BY_ONE:
        ordered = sorted(counted, key=lambda system: (system.hit_non_repeats.mean or 0.0, system.name))
        if ordered[0].hit_non_repeats.mean == ordered[-1].hit_non_repeats.mean:
            share = formatting.number(counted[0].hit_non_repeats.mean, "share")
            return f"{where} {share} by each of the {len(counted)} systems."
        ends = " to ".join(map(_share_by, (ordered[0], ordered[-1])))
        told = f"{where} {ends}"
        own = "" if counted[0] in (ordered[0], ordered[-1]) else f"; {_share_by(counted[0])}"
        return f"{told}{own}."
    return f"{where} {', '.join(map(_share_by, counted))}."


def _share_by(system: System) -> str:
    return f"{formatting.number(system.hit_non_repeats.mean, 'share')} by {system.name}"
