"""Experiment report: from the runs to the comparisons and the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from usbrec.evaluation import compare, write_report
from usbrec.evaluation.comparison.planned_contrasts import PLANNED, differences_of, pooled, spread
from usbrec.experiment.cell import Cell
from usbrec.experiment.plan import RANDOM_DRAFT, SYSTEMS
from usbrec.experiment.runner import Found
from usbrec.stages.training import read_losses

#: What the report says of a training's pairs.
_COUNTS = ("n", "failed", "pairs", "rows_with_pairs", "origins", "dropped", "margin_mean")


def cell_of(found: Found) -> Cell:
    """The systems pooled over training seeds, and the differences between them."""
    plan, config = found.plan, found.plan.config
    order = (*SYSTEMS, *RANDOM_DRAFT, *found.runs)
    runs = {name: found.runs[name] for name in dict.fromkeys(order) if name in found.runs}
    resamples = config.statistics.resamples
    systems = {name: pooled(one, len(found.training), resamples=resamples) for name, one in runs.items()}
    firsts = [replace(one[0], name=name) for name, one in runs.items()]
    also = config.experiment.also_compare
    return Cell(
        dataset=plan.name,
        model=plan.model,
        report=plan.folder / "report.html",
        rows=found.rows,
        runs=runs,
        systems=systems,
        planned=differences_of(systems, PLANNED, seed=config.seed, resamples=resamples),
        also=differences_of(systems, also, seed=config.seed, resamples=resamples),
        pooled=compare(
            [replace(run, name=name) for name, run in systems.items()],
            reference=firsts[0].name,
            seed=config.seed,
            resamples=resamples,
        ),
        first=compare(firsts, reference=firsts[0].name, seed=config.seed, resamples=resamples),
        training=found.training,
    )


def write_cell_report(cell: Cell, found: Found) -> None:
    """Write the page of a cell."""
    write_report(
        cell.report,
        cell.first.runs,
        title=f"Experiment: {cell.model} on {cell.dataset}",
        comparison=cell.first,
        pairs=_drawn_pairs(found, cell.training[0]),
        experiment={
            "rows": cell.rows,
            "planned": cell.planned,
            "also": cell.also,
            "systems": [
                {"system": system, "seeds": spread(cell.runs[system.name])} for system in cell.pooled.systems
            ],
            "trainings": [one for told in cell.training for one in _trainings(found, told)],
        },
    )


def _drawn_pairs(found: Found, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Counts and examples of the first pairs of a training seed; None where the method draws none."""
    counts = told["rl"][0].get("pairs")
    if counts is None:
        return None
    path = found.plan.seed_folder(told["seed"]) / "pairs" / "pairs.jsonl"
    shown = {name: counts[name] for name in _COUNTS}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {"counts": shown, "examples": [json.loads(line) for line in lines]}


def _trainings(found: Found, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the report says of each training of a seed, with the losses on its way."""
    seed, last = told["seed"], len(told["rl"])
    steps = [("SFT", "sft-adapter", told["sft"])]
    for step in told["rl"]:
        number = step["iteration"]
        suffix = "" if number == 1 else f"-{number}"
        name = "RL" if last == 1 else f"RL {number}"
        steps.append((name, f"rl-adapter{suffix}", step["training"]))
    many = found.plan.config.experiment.training_seeds > 1
    return [
        {
            **training,
            "name": f"{name}, seed {seed}" if many else name,
            "losses": read_losses(found.plan.seed_folder(seed) / folder),
        }
        for name, folder, training in steps
    ]
