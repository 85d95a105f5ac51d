"""Experiment run: the six systems side by side; training and self-enhancement, each alone and both together.

Each base model on each dataset is a plan of steps (plan.py) that is run step by step (runner.py). Every part
is a run folder of its own that a later call goes on with or leaves as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from usbrec.config import Config, Dataset
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError
from usbrec.experiment.binding import check_names, decides, folders_of
from usbrec.experiment.cell import Cell
from usbrec.experiment.plan import CellPlan
from usbrec.experiment.report import cell_of, write_cell_report
from usbrec.experiment.runner import StepRunner, Tell
from usbrec.journal import Journal
from usbrec.llm.transformers.devices import device_of
from usbrec.stages.anchoring import refuse_anchors
from usbrec.stages.resolve import for_experiment, with_ranker
from usbrec.stages.run_folder import write_json
from usbrec.stages.settings_file import write_settings
from usbrec.stages.training import trainable, training_library

SCHEMA = "usbrec.experiment/1"


def experiment(
    out: str | Path,
    *,
    config: Config,
    dataset: Dataset | None = None,
    recorded: str | Path | None = None,
    progress: Progress | None = None,
    tell: Tell = lambda line: None,
) -> Sequence[Cell]:
    """Run, or go on with, everything in `out`; returns a cell for each dataset and base model.

    `dataset` is for settings that name none; `recorded` is a run folder of the untrained model with SES,
    whose answers are taken where they are to the same question. Writes ``config.toml``, ``results.json`` and
    in each cell's folder ``report.html``; `tell` hears what begins. Raises InputError, BadLines, ConfigError,
    RunFolderError (another configuration), ModelRefused, Interrupted.
    """
    out = Path(out)
    progress = progress or Silent()
    config = for_experiment(config)
    datasets = datasets_of(config, dataset)
    models = config.experiment.models
    # What cannot be done is said before the long work starts.
    check_names(config)
    for model in models:
        trainable(model, config.servers)
    training_library()
    device_of(config.models.device)
    plan = [(name, files, model) for name, files in datasets.items() for model in models]
    folders = folders_of(out, [(name, model) for name, _, model in plan])
    earlier = None if recorded is None else Path(recorded)
    cell_plans = [
        CellPlan.of(folder, name, files, model, config, earlier)
        for folder, (name, files, model) in zip(folders, plan, strict=True)
    ]
    for steps in cell_plans:
        # The first evaluation would say it, which an experiment comes to after its ranker's training.
        refuse_anchors(steps.config, catalogue=steps.files.catalogue is not None)
    # Files that cannot be read leave no folder behind.
    bound = {"stage": "experiment", "settings": decides(config, datasets)}
    with Journal(out / "run.db") as journal:
        journal.bind(bound)
        write_settings(journal, out, config)
        cells = []
        for steps in cell_plans:
            found = StepRunner(steps, progress, tell).run()
            with step(progress, "means and intervals"):
                cell = cell_of(found)
            with step(progress, "report"):
                write_cell_report(cell, found)
            cells.append(cell)
    write_json(
        out / "results.json",
        {
            "schema": SCHEMA,
            "cells": [cell.to_json() for cell in cells],
            "config": config.model_dump(mode="json"),
        },
    )
    return cells


def datasets_of(config: Config, dataset: Dataset | None) -> dict[str, Dataset]:
    """The datasets of an experiment by name: those of the settings, or the one given in their place. Raises
    ConfigError for both, and for none."""
    datasets = dict(config.experiment.datasets)
    if dataset is not None:
        if datasets:
            raise ConfigError(
                f"The settings name datasets ({', '.join(datasets)}), and --train and --test another one. "
                "Leave either out."
            )
        datasets = {Path(dataset.test).stem: with_ranker(dataset, config)}
    if not datasets:
        raise ConfigError(
            "An experiment needs rows: --train SAMPLES --test SAMPLES, or [experiment.datasets.NAME]."
        )
    return datasets
