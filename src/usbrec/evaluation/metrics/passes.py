"""Pass metrics: in how many samples a system succeeds in all of k trials (pass^k), after τ-bench and τ-Rec.

Of n trials of a sample, c of them good, C(c, k) / C(n, k) is the unbiased estimate of the chance that k
trials of it are all good. The mean is taken over samples. A trial that the model's side broke is left out; a
sample with fewer trials than k then says nothing of pass^k.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from usbrec.evaluation.metrics.columns import Row, may_have
from usbrec.evaluation.metrics.rows import hit
from usbrec.evaluation.statistics import SHARE, Interval, mean_interval
from usbrec.keys import derive_seed

#: What counts as the recommendation: an item linked in the words, or one that a tool was called with.
Basis = Literal["linked", "called"]
KS = (1, 2, 4, 8, 16, 32, 64)


def trials_of(rows: Iterable[Row]) -> int:
    """The number of trials of the samples; 1 where each was played once."""
    if not may_have(rows, "trial"):
        return 1
    return max((int(row["trial"]["number"]) for row in rows if row.get("trial")), default=1)


def ks_of(rows: Sequence[Row]) -> tuple[int, ...]:
    """The k that pass^k is told for; none where neither trials nor tasks are there."""
    trials = trials_of(rows)
    if trials == 1 and not (may_have(rows, "task") and any(row.get("task") for row in rows)):
        return ()
    return tuple(k for k in KS if k <= trials)


def basis_of(rows: Iterable[Row]) -> Basis:
    """What counts first: the call where the recommender calls tools, else the linked item."""
    called = may_have(rows, "task") and any((row.get("task") or {}).get("called") is not None for row in rows)
    return "called" if called else "linked"


def success(row: Row, basis: Basis) -> bool | None:
    """Whether a trial succeeded; None where it failed or, by calls, where there were no tools. Without a
    task, a hit is a success."""
    if row["episode"] is None:
        return None
    task = row.get("task")
    if task is None:
        named = hit(row)
        return None if named is None or basis == "called" else bool(named)
    outcome = task[basis]
    return None if outcome is None else bool(outcome["success"])


def pass_by_sample(rows: Iterable[Row], k: int, basis: Basis) -> dict[str, float]:
    """The estimate of each sample that has at least k trials."""
    trials: dict[str, list[bool]] = {}
    for row in rows:
        if (good := success(row, basis)) is not None:
            trials.setdefault(sample_of(row), []).append(good)
    return {
        sample: math.comb(sum(good), k) / math.comb(len(good), k)
        for sample, good in trials.items()
        if len(good) >= k
    }


def sample_of(row: Row) -> str:
    """The id of the sample that a row is a trial of."""
    return str(row["trial"]["of"]) if row.get("trial") else str(row["sample_id"])


def dialogues_of(rows: Iterable[Row]) -> dict[str, str]:
    """The dialogue of each sample."""
    return {sample_of(row): row["dialogue_id"] for row in rows}


def pass_interval(rows: Sequence[Row], k: int, basis: Basis, *, seed: int, resamples: int) -> Interval:
    """The mean over samples with its interval; n is the number of samples."""
    found, dialogues = pass_by_sample(rows, k, basis), dialogues_of(rows)
    samples = sorted(found)
    return mean_interval(
        [found[one] for one in samples],
        [dialogues[one] for one in samples],
        seed=derive_seed(seed, "interval", "pass", basis, k),
        resamples=resamples,
        within=SHARE,
    )


def passes(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """pass^k by the linked item and, of a recommender that calls tools, by the call, which then counts first
    (`by`); how often each flag of a policy was violated, in finished trials. None without trials and
    tasks."""
    ks = ks_of(rows)
    if not ks:
        return None
    by = basis_of(rows)
    told: tuple[Basis, ...] = ("called", "linked") if by == "called" else ("linked",)
    return {
        "trials": trials_of(rows),
        "samples": len({sample_of(row) for row in rows}),
        "by": by,
        **{
            basis: {
                str(k): pass_interval(rows, k, basis, seed=seed, resamples=resamples).to_json() for k in ks
            }
            for basis in told
        },
        "violated": {basis: _violated(rows, basis) for basis in told},
    }


def _violated(rows: Iterable[Row], basis: Basis) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(((row.get("task") or {}).get(basis) or {}).get("violated", ()))
    return dict(sorted(counts.items()))
