"""Experiment runner: does the steps of a plan, each unless it stands finished in its folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.engine import Progress
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation import Run, load_run
from usbrec.experiment.plan import (
    CellPlan,
    ChooseRows,
    DrawPairs,
    Evaluate,
    Iteration,
    Train,
    TrainRanker,
    best_of,
    rising,
)
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs
from usbrec.stages.ranking import make_ranker
from usbrec.stages.rows import PARTS, choose_rows
from usbrec.stages.run_folder import write_json
from usbrec.stages.training import read_training, train_model

#: Hears of what begins.
Tell = Callable[[str], None]

_FOR = dict(zip(PARTS, ("to test on", "for SFT", "for pairs", "held out"), strict=True))


@dataclass(frozen=True)
class Found:
    """What the steps of a plan left behind: rows in each part, runs by system (one a training seed), and what
    each seed's trainings measured. `plan` has the rankers that were trained."""

    plan: CellPlan
    rows: Mapping[str, int]
    runs: Mapping[str, Sequence[Run]]
    training: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class StepRunner:
    """Does the steps of one plan, with the items of its dataset."""

    plan: CellPlan
    progress: Progress
    tell: Tell

    def run(self) -> Found:
        """Every step there is, in order; what is finished is read. Raises as :func:`usbrec.experiment.
        experiment`."""
        rows = self._choose_rows(self.plan.choose_rows())
        rankers = self.plan.rankers_to_train(rows)
        for ranker in rankers:
            self._train_ranker(ranker)
        plan = self.plan.with_rankers(rankers)
        runs: dict[str, list[Run]] = {}

        def test(step: Evaluate) -> None:
            self.tell(f"testing {step.told}")
            runs.setdefault(step.system, []).append(self._test(step))

        for step in plan.untrained():
            test(step)
        training = []
        for seed in plan.seeds:
            sft = self._train(plan.sft(seed))
            rl, story = self._reinforce(plan, seed, sft)
            for step in plan.trained(seed, sft, rl):
                test(step)
            training.append({"seed": seed, "sft": _told(sft), "rl": story})
        for step in plan.untrained_random_draft():
            test(step)
        return Found(plan, rows, runs, training)

    def _reinforce(self, plan: CellPlan, seed: int, sft: Path) -> tuple[Path, list[Mapping[str, Any]]]:
        """RL from `sft` on, so many times as the settings say while it helps; the best adapter and the
        story of each iteration."""
        adapters = [sft]
        scores = [self._score(plan.held_out(seed, 0, sft))]
        story: list[Mapping[str, Any]] = []
        for number in range(1, plan.config.experiment.iterations + 1):
            story.append(self._iterate(plan.iteration(seed, number, adapters[-1]), adapters, scores))
            if not rising(scores):
                break
        return adapters[best_of(scores)], story

    def _iterate(
        self, step: Iteration, adapters: list[Path], scores: list[float | None]
    ) -> Mapping[str, Any]:
        told: dict[str, Any] = {"iteration": step.number}
        if step.pairs is not None:
            told["pairs"] = self._draw_pairs(step.pairs)
        adapters.append(self._train(step.train))
        scores.append(self._score(step.held_out))
        return told | {"training": _told(adapters[-1]), "held_out": scores[-1]}

    def _choose_rows(self, step: ChooseRows) -> Mapping[str, int]:
        name = self.plan.name
        if not step.counts.is_file():
            self.tell(f"{name}: choosing rows")
            write_json(step.counts, choose_rows(step.config, step.files, step.out))
        chosen: Mapping[str, int] = json.loads(step.counts.read_text(encoding="utf-8"))
        self.tell(f"{name}: " + ", ".join(f"{chosen[part]} rows {_FOR[part]}" for part in PARTS))
        return chosen

    def _train_ranker(self, step: TrainRanker) -> None:
        catalogue = self.plan.files.catalogue
        if catalogue is None:
            raise ConfigError("experiment.train_rankers needs the items: add --catalogue FILE.")
        if (step.out / "ranker.json").is_file():
            return
        self.tell(f"training the ranker for {'-'.join(step.parts)} rows")
        make_ranker(
            (step.samples,),
            step.out,
            catalogue=catalogue,
            interactions=self.plan.files.interactions,
            leave_out=step.leave_out,
            config=step.config,
            progress=self.progress,
        )

    def _test(self, step: Evaluate) -> Run:
        # The experiment's own folder has bound settings and files: what is finished here is of these.
        if not _finished(step.out):
            evaluate(
                step.rows,
                step.out,
                config=step.config,
                **self._items,
                reuse=step.reuse,
                progress=self.progress,
            )
        return load_run(step.out)

    def _score(self, step: Evaluate | None) -> float | None:
        if step is None:
            return None
        mean: float | None = self._test(step).results["ieval"]["mean"]
        return mean

    def _draw_pairs(self, step: DrawPairs) -> Mapping[str, Any]:
        # Rows that failed are not tried again: what is learnt from may not change once training has begun.
        if not (step.out / "results.json").is_file():
            self.tell(f"drawing pairs (seed {step.seed})")
            make_pairs(
                step.rows,
                step.out,
                config=step.config,
                **self._items,
                progress=self.progress,
                tell=self.tell,
            )
        results = json.loads((step.out / "results.json").read_text(encoding="utf-8"))
        return {name: value for name, value in results.items() if name != "config"}

    def _train(self, step: Train) -> Path:
        if not (step.out / "training.json").is_file():
            self.tell(f"training {step.method} (seed {step.seed})")
            try:
                train_model(
                    step.method,
                    step.data,
                    step.out,
                    config=step.config,
                    **self._items,
                    progress=self.progress,
                )
            except InputError as error:
                raise InputError(f"{step.out}: {error}") from None
        return step.out

    @property
    def _items(self) -> dict[str, Any]:
        files = self.plan.files
        return {"catalogue": files.catalogue, "interactions": files.interactions}


def _finished(run: Path) -> bool:
    """Whether an evaluation stands finished in a folder; where rows failed, they are to be tried again."""
    results = run / "results.json"
    return results.is_file() and not json.loads(results.read_text(encoding="utf-8"))["failed"]


def _told(adapter: Path) -> Mapping[str, Any]:
    told = read_training(adapter)
    return {name: told[name] for name in told if name not in ("schema", "settings", "base", "adapter")}
