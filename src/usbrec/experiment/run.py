"""Experiment run: the six systems side by side; training and self-enhancement, each alone and both together.

For one base model on one dataset: B/L is the model as it is, SFT has learnt labels, RL goes on from SFT
by preferences that a simulator's scores made (paper section 3), and each is tested plain and
self-enhanced (SES), on the same rows, with the same seeds and the same candidates. Controls stand beside
them. Every part is a run folder of its own that a later call goes on with or leaves as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from usbrec.config import Config, Dataset, deciding, dump_config
from usbrec.engine import Progress, Silent
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation import Comparison, Run, compare, load_run, write_report
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.planned_contrasts import PLANNED, differences_of, pooled, spread
from usbrec.journal import Journal
from usbrec.keys import digest
from usbrec.llm.transformers.checkpoint import HF
from usbrec.llm.transformers.model import device_of
from usbrec.prompts import Prompts
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs
from usbrec.stages.ranking import make_ranker
from usbrec.stages.resolve import for_experiment, with_ranker
from usbrec.stages.rows import PARTS, choose_rows
from usbrec.stages.run_folder import ranker_digest, write_json
from usbrec.stages.training import read_losses, read_training, train_model, trainable, training_library
from usbrec.stages.wiring import RULES
from usbrec.storage import content_digest, write_text
from usbrec.training.settings import learns_by_playing

SCHEMA = "usbrec.experiment/1"

#: The paper's six systems, in its order, and the folder of each one's runs.
SYSTEMS = {"B/L": "bl", "SFT": "sft", "RL": "rl", "SES": "ses", "SFT+SES": "sft-ses", "RL+SES": "rl-ses"}
#: Self-enhancement that says any draft that names an item: what is gained by filtering alone.
RANDOM_DRAFT = {"SES, random draft": "ses-random", "RL+SES, random draft": "rl-ses-random"}

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Cell:
    """One base model on one dataset: what its folder holds.

    `report` is its page; `planned` are the differences it was made for, `also` those asked for beside them
    (``experiment.also_compare``); `runs` are each system's runs, one a training seed (one alone where
    training plays no part); `systems` the same, pooled, and `pooled` compares these with B/L; `first` does
    so for the first training seed.
    """

    dataset: str
    model: str
    report: Path
    rows: Mapping[str, int]
    runs: Mapping[str, Sequence[Run]]
    systems: Mapping[str, Run]
    planned: Sequence[Difference]
    also: Sequence[Difference]
    pooled: Comparison
    first: Comparison
    training: Sequence[Mapping[str, Any]]

    def to_json(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "model": self.model,
            "rows": dict(self.rows),
            "systems": {
                name: {key: value for key, value in run.results.items() if key != "config"}
                | {"seeds": len(self.runs[name]), "spread": spread(self.runs[name])}
                for name, run in self.systems.items()
            },
            "planned": [one.to_json() for one in self.planned],
            "also": [one.to_json() for one in self.also],
            "training": list(self.training),
        }


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
    config = for_experiment(config)
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
    models = config.experiment.models
    # What cannot be done is said before the long work starts.
    _check_names(config)
    for model in models:
        trainable(model, config.servers)
    training_library()
    device_of(config.models.device)
    plan = [(name, files, model) for name, files in datasets.items() for model in models]
    folders = _folders(out, [(name, model) for name, _, model in plan])
    # Files that cannot be read leave no folder behind.
    decides = {"stage": "experiment", "settings": _decides(config, datasets)}
    with Journal(out / "run.db") as journal:
        journal.bind(decides)
        write_text(out / "config.toml", dump_config(config))
        cells = []
        for folder, (name, files, model) in zip(folders, plan, strict=True):
            cell = _Cell(folder, name, files, model, config, progress or Silent(), tell, recorded)
            cells.append(cell.run())
    write_json(
        out / "results.json",
        {
            "schema": SCHEMA,
            "cells": [cell.to_json() for cell in cells],
            "config": config.model_dump(mode="json"),
        },
    )
    return cells


def _check_names(config: Config) -> None:
    """Raises ConfigError where a system that is to be compared is none."""
    names = {*SYSTEMS, *RANDOM_DRAFT, *(f"{RULES}:{kind}" for kind in config.experiment.controls)}
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


def _decides(config: Config, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
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


def _folders(out: Path, cells: Sequence[tuple[str, str]]) -> list[Path]:
    """The folder of each cell's (dataset, model). Raises ConfigError where two would share one."""
    if len(cells) == 1:
        return [out]
    folders = [out / _folder_name(f"{name}-{model}") for name, model in cells]
    for folder, cell in zip(folders, cells, strict=True):
        if len(same := [one for one, its in zip(cells, folders, strict=True) if its == folder]) > 1:
            told = " and ".join(f"{model} on {name}" for name, model in same)
            raise ConfigError(
                f"{told} would share the folder {folder}. Name the dataset {cell[0]} otherwise."
            )
    return folders


def _folder_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-")


class _Cell:
    def __init__(
        self,
        folder: Path,
        name: str,
        files: Dataset,
        model: str,
        config: Config,
        progress: Progress,
        tell: Tell,
        recorded: str | Path | None,
    ) -> None:
        self._recorded = None if recorded is None else Path(recorded)
        self._folder = folder
        self._name = name
        self._files = files
        self._model = model
        self._progress = progress
        self._tell = tell
        seat = model if model.startswith(HF) else f"{HF}{model}"
        # Who sits in all seats is one model, not the same one read by two libraries.
        seats = {
            role: seat if sitting == model else sitting for role, sitting in config.seats.settings().items()
        }
        self._config = config.with_(seats={**seats, "recommender": seat}, ranker=files.ranker, enhanced=False)
        self._runs: dict[str, list[Run]] = {}

    def run(self) -> Cell:
        settings, config = self._config.experiment, self._config
        rows = self._choose_rows()
        self._train_rankers(rows)
        self._test("SES", self._base, enhanced=True)
        self._test("B/L", self._base, after="SES")
        if self._files.catalogue is not None:
            for kind in settings.controls:
                self._test(f"{RULES}:{kind}", f"{RULES}:{kind}")
        training = [self._trained(seed) for seed in range(config.seed, config.seed + settings.training_seeds)]
        self._test("SES, random draft", self._base, enhanced=True, choice="random", after="SES")
        order = (*SYSTEMS, *RANDOM_DRAFT, *self._runs)
        runs = {name: self._runs[name] for name in dict.fromkeys(order) if name in self._runs}
        resamples = config.statistics.resamples
        systems = {name: pooled(found, len(training), resamples=resamples) for name, found in runs.items()}
        firsts = [replace(found[0], name=name) for name, found in runs.items()]
        cell = Cell(
            dataset=self._name,
            model=self._model,
            report=self._folder / "report.html",
            rows=rows,
            runs=runs,
            systems=systems,
            planned=differences_of(systems, PLANNED, seed=config.seed, resamples=resamples),
            also=differences_of(systems, settings.also_compare, seed=config.seed, resamples=resamples),
            pooled=compare(
                [replace(run, name=name) for name, run in systems.items()],
                reference=next(iter(systems)),
                seed=config.seed,
                resamples=resamples,
            ),
            first=compare(firsts, reference=firsts[0].name, seed=config.seed, resamples=resamples),
            training=training,
        )
        write_report(
            cell.report,
            firsts,
            title=f"Experiment: {self._model} on {self._name}",
            comparison=cell.first,
            pairs=self._drawn_pairs(training[0]),
            experiment={
                "rows": rows,
                "planned": cell.planned,
                "also": cell.also,
                "systems": [
                    {"system": system, "seeds": spread(runs[system.name])} for system in cell.pooled.systems
                ],
                "trainings": [one for told in training for one in self._trainings(told)],
            },
        )
        return cell

    def _drawn_pairs(self, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Counts and examples of the first pairs of a training seed; None where the method draws none."""
        counts = told["rl"][0].get("pairs")
        if counts is None:
            return None
        lines = (self._folder / f"seed-{told['seed']}" / "pairs" / "pairs.jsonl").read_text(encoding="utf-8")
        shown = {name: counts[name] for name in _COUNTS}
        return {"counts": shown, "examples": [json.loads(line) for line in lines.splitlines()]}

    def _trainings(self, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What the report says of each training of a seed, with the losses on its way."""
        seed, last = told["seed"], len(told["rl"])
        steps = [("SFT", "sft-adapter", told["sft"])]
        for step in told["rl"]:
            number = step["iteration"]
            suffix = "" if number == 1 else f"-{number}"
            name = "RL" if last == 1 else f"RL {number}"
            steps.append((name, f"rl-adapter{suffix}", step["training"]))
        many = self._config.experiment.training_seeds > 1
        return [
            {
                **training,
                "name": f"{name}, seed {seed}" if many else name,
                "losses": read_losses(self._folder / f"seed-{seed}" / folder),
            }
            for name, folder, training in steps
        ]

    def _choose_rows(self) -> Mapping[str, int]:
        folder = self._folder / "rows"
        counts = folder / "rows.json"
        if not counts.is_file():
            self._tell(f"{self._name}: choosing rows")
            write_json(counts, choose_rows(self._config, self._files, folder))
        chosen: Mapping[str, int] = json.loads(counts.read_text(encoding="utf-8"))
        self._tell(f"{self._name}: " + ", ".join(f"{chosen[part]} rows {_FOR[part]}" for part in PARTS))
        return chosen

    def _train_rankers(self, rows: Mapping[str, int]) -> None:
        """The ranker of each part, trained where the settings ask for it; the tests' goes into the
        configuration."""
        given = self._config.ranker
        self._rankers: dict[str, str | None] = dict.fromkeys(PARTS, given)
        if not self._config.experiment.train_rankers:
            return
        for parts in rankers_for(rows, tests=given is None):
            ranker = str(self._ranker("-".join(parts), parts))
            self._rankers |= dict.fromkeys(parts, ranker)
        self._config = self._config.with_(ranker=self._rankers["test"])

    def _ranker(self, part: str, left_out: Sequence[str]) -> Path:
        out = self._folder / f"ranker-{part}"
        if self._files.catalogue is None:
            raise ConfigError("experiment.train_rankers needs the items: add --catalogue FILE.")
        if not (out / "ranker.json").is_file():
            self._tell(f"training the ranker for {part} rows")
            make_ranker(
                (self._files.train,),
                out,
                catalogue=self._files.catalogue,
                interactions=self._files.interactions,
                leave_out=[self._rows(name) for name in left_out],
                config=self._config.with_(limit=None),
                progress=self._progress,
            )
        return out

    def _trained(self, seed: int) -> Mapping[str, Any]:
        """Train with `seed` and test what comes out; what the trainings measured."""
        folder = self._folder / f"seed-{seed}"
        sft = self._train("sft", "sft", self._rows("sft"), self._base, folder / "sft-adapter", seed)
        rl, steps = self._reinforce(sft, folder, seed)
        for name, seat in (("RL", _with(self._base, rl)), ("SFT", _with(self._base, sft))):
            self._test(f"{name}+SES", seat, enhanced=True, folder=folder)
            self._test(name, seat, folder=folder, after=f"{name}+SES")
        random, after = "RL+SES, random draft", "RL+SES"
        seat = _with(self._base, rl)
        self._test(random, seat, enhanced=True, choice="random", folder=folder, after=after)
        return {"seed": seed, "sft": _told(sft), "rl": steps}

    def _reinforce(self, sft: Path, folder: Path, seed: int) -> tuple[Path, list[Mapping[str, Any]]]:
        """RL from `sft` on, so many times as the settings say while it helps; the best adapter and the
        story of each iteration."""
        settings = self._config.experiment
        adapters = [sft]
        story: list[Mapping[str, Any]] = []
        scores = [self._held_out(sft, folder, 0)]
        for iteration in range(1, settings.iterations + 1):
            suffix = "" if iteration == 1 else f"-{iteration}"
            seat = _with(self._base, adapters[-1])
            told: dict[str, Any] = {"iteration": iteration}
            data = self._rows("pairs")
            if not learns_by_playing(settings.method):
                data = folder / f"pairs{suffix}"
                told["pairs"] = self._pairs(data, seat, seed, enhanced=iteration > 1)
            out = folder / f"rl-adapter{suffix}"
            adapter = self._train(settings.method, "pairs", data, seat, out, seed)
            adapters.append(adapter)
            scores.append(self._held_out(adapter, folder, iteration))
            told |= {"training": _told(adapter), "held_out": scores[-1]}
            story.append(told)
            if (before := scores[-2]) is not None and (now := scores[-1]) is not None and now <= before:
                break
        best = max(range(1, len(adapters)), key=lambda index: scores[index] or 0.0)
        return adapters[best], story

    def _held_out(self, adapter: Path, folder: Path, iteration: int) -> float | None:
        """The mean score on the training rows kept apart; None where they are not needed."""
        if self._config.experiment.iterations == 1:
            return None
        out = folder / f"held-out-{iteration}"
        config = self._seated(_with(self._base, adapter), ranker=self._rankers["pairs"])
        run = self._evaluate(out, self._rows("held_out"), config)
        mean: float | None = run.results["ieval"]["mean"]
        return mean

    @property
    def _base(self) -> str:
        return self._config.seats.recommender

    def _rows(self, part: str) -> Path:
        return self._folder / "rows" / f"{part}.jsonl"

    def _seated(self, seat: str, **update: Any) -> Config:
        return self._config.with_(seats={"recommender": seat}, limit=None, **update)

    def _learning(self, seat: str, **update: Any) -> Config:
        """As :meth:`_seated`, with the judge and the rounds of what is learnt from."""
        settings = self._config.experiment
        # What is shown and how it is scored are those of the tests, whatever the training's seed.
        return self._seated(seat, **update).with_(
            seats={"judge": settings.pairs_judge}, play={"rounds": settings.pair_rounds}
        )

    def _test(
        self,
        name: str,
        seat: str,
        *,
        enhanced: bool = False,
        choice: str = "best",
        folder: Path | None = None,
        after: str | None = None,
    ) -> None:
        """Evaluate one system on the test rows, unless it stands there finished.

        `after` names a system tested before whose recorded drafts are these; they are not drawn again. A
        plain model's reply is the greedy draft of its search, as long as both stand at the same point.
        """
        config = self._seated(seat, enhanced=enhanced, search={"choice": choice})
        own = folder or self._folder
        out = own / (SYSTEMS.get(name) or RANDOM_DRAFT.get(name) or _folder_name(name))
        reuse = own / SYSTEMS[after] if after is not None else self._recorded if name == "SES" else None
        label = name if folder is None else f"{name} (seed {folder.name.rpartition('-')[2]})"
        self._tell(f"testing {label}")
        self._runs.setdefault(name, []).append(self._evaluate(out, self._rows("test"), config, reuse))

    def _evaluate(self, out: Path, rows: Path, config: Config, reuse: Path | None = None) -> Run:
        # The experiment's own folder has bound settings and files: what is finished here is of these.
        if not _finished(out):
            evaluate(rows, out, config=config, **self._items, reuse=reuse, progress=self._progress)
        return load_run(out)

    def _pairs(self, out: Path, seat: str, seed: int, *, enhanced: bool) -> Mapping[str, Any]:
        # Rows that failed are not tried again: what is learnt from may not change once training has begun.
        if not (out / "results.json").is_file():
            self._tell(f"drawing pairs (seed {seed})")
            config = self._learning(seat, seed=seed, enhanced=enhanced, ranker=self._rankers["pairs"])
            rows = self._rows("pairs")
            make_pairs(rows, out, config=config, **self._items, progress=self._progress, tell=self._tell)
        results = json.loads((out / "results.json").read_text(encoding="utf-8"))
        return {name: value for name, value in results.items() if name != "config"}

    def _train(self, method: str, part: str, data: Path, seat: str, out: Path, seed: int) -> Path:
        """Train the model of `seat` on `data`, made of the rows of `part`, unless it is finished."""
        if not (out / "training.json").is_file():
            self._tell(f"training {method} (seed {seed})")
            settings = self._config.experiment
            apart = settings.sft if method == "sft" else settings.rl
            train = apart.over(self._config.train)
            config = self._learning(seat, seed=seed, train=train, ranker=self._rankers[part])
            try:
                train_model(method, data, out, config=config, **self._items, progress=self._progress)
            except InputError as error:
                raise InputError(f"{out}: {error}") from None
        return out

    @property
    def _items(self) -> dict[str, Any]:
        return {"catalogue": self._files.catalogue, "interactions": self._files.interactions}


def _finished(run: Path) -> bool:
    """Whether an evaluation stands finished in a folder; where rows failed, they are to be tried again."""
    results = run / "results.json"
    return results.is_file() and not json.loads(results.read_text(encoding="utf-8"))["failed"]


#: What the report says of a training's pairs.
_COUNTS = ("n", "failed", "pairs", "rows_with_pairs", "origins", "dropped", "margin_mean")
_FOR = dict(zip(PARTS, ("to test on", "for SFT", "for pairs", "held out"), strict=True))


def _with(base: str, adapter: Path) -> str:
    """The seat of `base` with another adapter than it may have."""
    return f"{HF}{trainable(base)[0]}+{adapter}"


def rankers_for(rows: Mapping[str, int], *, tests: bool) -> list[tuple[str, ...]]:
    """The parts that share a ranker, which has seen none of their dialogues; `tests`: one for these, too.

    `rows` are the counts of :func:`choose_rows`. One serves all that is learnt from, as long as at least as
    much is left for it to learn from itself.
    """
    # Held-out rows look like the pairs' rows: neither may be known to the ranker of either.
    others = tuple(part for part in ("pairs", "held_out") if rows[part])
    learnt = ("sft", *others)
    shared = sum(rows[part] for part in learnt) <= rows["unused"]
    return [*([("test",)] if tests else []), *([learnt] if shared else [("sft",), others])]


def _told(adapter: Path) -> Mapping[str, Any]:
    told = read_training(adapter)
    return {name: told[name] for name in told if name not in ("schema", "settings", "base", "adapter")}
