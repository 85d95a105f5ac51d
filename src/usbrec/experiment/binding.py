"""Experiment binding: what a folder belongs to, and what has to be right before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config, Dataset, deciding
from usbrec.errors import ConfigError
from usbrec.experiment.plan import RANDOM_DRAFT, SYSTEMS, folder_name
from usbrec.keys import digest
from usbrec.prompts import Prompts
from usbrec.stages.inputs import ranker_digest
from usbrec.stages.rules import RULES
from usbrec.storage import content_digest


def check_names(config: Config) -> None:
    """Raises ConfigError where a system that is to be compared is none."""
    random = RANDOM_DRAFT if config.experiment.random_draft else ()
    names = {*SYSTEMS, *random, *(f"{RULES}:{kind}" for kind in config.experiment.controls)}
    for pair in config.experiment.also_compare:
        if unknown := [name for name in pair if name not in names]:
            raise ConfigError(
                f"experiment.also_compare: no system is called {unknown[0]!r}. "
                f"There are: {', '.join(map(repr, sorted(names)))}."
            )
        if pair[0] == pair[1]:
            raise ConfigError(
                f"experiment.also_compare: {pair[0]!r} is held against itself. Name two systems."
            )


def decides(config: Config, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    """The settings and the contents of the files that decide an experiment's results, as nested JSON."""
    train = config.train.model_dump(mode="json", exclude={"checkpoint_steps", "report_to"})
    chosen = {name: value for name, value in deciding(config.experiment).items() if name != "datasets"}
    files = {name: _contents(dataset) for name, dataset in datasets.items()}
    prompts = digest(dict(Prompts(config.play.prompts).texts()))
    return {**config.decides(), "train": train, "experiment": chosen, "datasets": files, "prompts": prompts}


def _contents(dataset: Dataset) -> dict[str, Any]:
    """What the files of a dataset hold: parts that stand finished are not read again, and have to be of
    these."""
    ranker = dataset.ranker
    paths = dataset.model_dump(mode="json", exclude={"ranker"})
    return {name: None if path is None else content_digest(path) for name, path in paths.items()} | {
        "ranker": None if ranker is None else ranker_digest(Path(ranker))
    }


def folders_of(out: Path, cells: Sequence[tuple[str, str]]) -> list[Path]:
    """The folder of each cell's (dataset, model). Raises ConfigError where two would share one."""
    if len(cells) == 1:
        return [out]
    folders = [out / folder_name(f"{name}-{model}") for name, model in cells]
    for folder, cell in zip(folders, cells, strict=True):
        if len(same := [one for one, its in zip(cells, folders, strict=True) if its == folder]) > 1:
            told = " and ".join(f"{model} on {name}" for name, model in same)
            raise ConfigError(
                f"{told} would share the folder {folder}. Name the dataset {cell[0]} otherwise."
            )
    return folders
