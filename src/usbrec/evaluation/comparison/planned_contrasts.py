"""Planned contrasts: the comparisons an experiment was made for, over all its training seeds.

They are written down here, before any result is seen. A system that was trained several times has each
test row as often; the others' rows stand beside each of them. Dialogues are resampled whole, rows of all
seeds together, so repeating a training does not make the rows look like more people than they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from usbrec.evaluation.comparison.compare import compare
from usbrec.evaluation.comparison.differences import Difference, holm_adjusted
from usbrec.evaluation.metrics import Row, spread_of
from usbrec.evaluation.runs.results import Run, summarise

#: System and what it is held against, the most telling first (paper: each stage helps, both most).
PLANNED = (
    ("RL+SES", "B/L"),
    ("RL+SES", "SFT"),
    ("RL+SES", "SFT+SES"),
    ("RL+SES", "rules:retriever"),
    ("SES", "B/L"),
    ("SFT", "B/L"),
    ("RL", "SFT"),
    ("SFT+SES", "SFT"),
    ("RL+SES", "RL"),
    # What choosing gains beyond filtering for replies that name an item.
    ("SES", "SES, random draft"),
    ("RL+SES", "RL+SES, random draft"),
)


def pooled(runs: Sequence[Run], seeds: int, *, resamples: int) -> Run:
    """One system's runs, one a training seed, as one; a run that does not depend on it is repeated.

    Rows are numbered by seed (also as ``training``; ``retrained`` where a training of that seed made them),
    dialogues keep their ids.
    """
    retrained = len(runs) == seeds and seeds > 1
    repeated = list(runs) if len(runs) == seeds else [runs[0]] * seeds
    rows: list[Row] = [
        {**row, "sample_id": f"{row['sample_id']}#{seed}", "training": seed, "retrained": retrained}
        for seed, run in enumerate(repeated)
        for row in run.rows
    ]
    first = runs[0].results
    results = summarise(
        rows,
        config=first["config"],
        seed=first["config"]["seed"],
        resamples=resamples,
        probe=first.get("probe"),
    )
    return replace(runs[0], rows=tuple(rows), results=results)


def differences_of(
    systems: Mapping[str, Run], pairs: Sequence[tuple[str, str]], *, seed: int, resamples: int
) -> tuple[Difference, ...]:
    """The differences of `pairs` (such as `PLANNED`) between pooled runs by system's name, those of systems
    that are there; p values adjusted together (Holm). On all rows."""
    found: list[Difference] = []
    for other, baseline in pairs:
        if other in systems and baseline in systems:
            pair = [replace(systems[name], name=name) for name in (baseline, other)]
            taken = compare(pair, seed=seed, resamples=resamples).differences
            found += [difference for difference in taken if difference.scope == "all"]
    return holm_adjusted(found)


def spread(runs: Sequence[Run]) -> Mapping[str, Any]:
    """How far the training seeds lie apart in ``ieval`` and ``hit``: see :func:`usbrec.evaluation.metrics.
    spread_of`."""
    return {name: spread_of([run.results[name]["mean"] for run in runs]) for name in ("ieval", "hit")}
