"""Experiment plan: the steps as records; what is done, with which inputs and settings, and where it ends up.

Nothing here reads or writes a file. For one base model on one dataset, B/L is the model as it is, SFT has
learnt labels, RL goes on from SFT by preferences that a simulator's scores made (paper section 3), and each
is tested plain and self-enhanced (SES), on the same rows, with the same seeds and the same candidates;
controls stand beside them. Which steps there are is known from the settings and the counts of rows, but for
expert iteration: whether there is a next one depends on the scores of the last (:func:`rising`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from usbrec.config import Config, Dataset
from usbrec.llm.transformers.checkpoint import HF
from usbrec.stages.rows import PARTS
from usbrec.stages.rules import RULES
from usbrec.stages.training import trainable
from usbrec.training.settings import learns_by_playing

#: The paper's six systems, in its order, and the folder of each one's runs.
SYSTEMS = {"B/L": "bl", "SFT": "sft", "RL": "rl", "SES": "ses", "SFT+SES": "sft-ses", "RL+SES": "rl-ses"}
#: Self-enhancement that says any draft that names an item: what is gained by filtering alone.
RANDOM_DRAFT = {"SES, random draft": "ses-random", "RL+SES, random draft": "rl-ses-random"}


@dataclass(frozen=True)
class ChooseRows:
    """Divide a dataset's rows into the files of the folder `out`, and count them in `counts`."""

    files: Dataset
    out: Path
    config: Config

    @property
    def counts(self) -> Path:
        return self.out / "rows.json"


@dataclass(frozen=True)
class TrainRanker:
    """Train the ranker of some parts of the rows, on all training dialogues but those of `leave_out`."""

    parts: tuple[str, ...]
    samples: str
    leave_out: tuple[Path, ...]
    out: Path
    config: Config


@dataclass(frozen=True)
class Evaluate:
    """Evaluate one system on rows; answers that the run folder `reuse` holds are not asked for again.

    `told` is what is said when it begins: the system, with its training seed where it has one.
    """

    system: str
    told: str
    rows: Path
    out: Path
    config: Config
    reuse: Path | None = None


@dataclass(frozen=True)
class DrawPairs:
    """Draw preference pairs on rows."""

    seed: int
    rows: Path
    out: Path
    config: Config


@dataclass(frozen=True)
class Train:
    """Train the model in the recommender's seat on pairs or rows."""

    method: str
    seed: int
    data: Path
    out: Path
    config: Config


@dataclass(frozen=True)
class Iteration:
    """One round of expert iteration: pairs (None where the method draws its own replies), what is trained on
    them, and where it is scored (None with a single iteration)."""

    number: int
    pairs: DrawPairs | None
    train: Train
    held_out: Evaluate | None


@dataclass(frozen=True)
class CellPlan:
    """All steps for one base model on one dataset.

    `config` are the settings of its tests, with the base in the recommender's seat, whose weights are named
    by `weights`; `rankers` the ranker of each part of the rows, which is that of the tests until others are
    trained; `recorded` a run folder of the untrained model with SES whose answers may be taken.
    """

    folder: Path
    name: str
    model: str
    weights: str
    files: Dataset
    config: Config
    rankers: Mapping[str, str | None] = field(default_factory=dict)
    recorded: Path | None = None

    @classmethod
    def of(
        cls,
        folder: Path,
        name: str,
        files: Dataset,
        model: str,
        config: Config,
        recorded: Path | None = None,
    ) -> Self:
        """The plan of `model` on the dataset `name`, with the experiment's resolved settings. Raises
        ConfigError and InputError where that model cannot be trained."""
        seat = model if model.startswith(HF) else f"{HF}{model}"
        # Who sits in all seats is one model, not the same one read by two libraries.
        seats = {
            role: seat if sitting == model else sitting for role, sitting in config.seats.settings().items()
        }
        config = config.with_(seats={**seats, "recommender": seat}, ranker=files.ranker, enhanced=False)
        weights, _ = trainable(seat)
        rankers = dict.fromkeys(PARTS, files.ranker)
        return cls(folder, name, model, weights, files, config, rankers, recorded)

    @property
    def base(self) -> str:
        """The seat of the untrained model."""
        return self.config.seats.recommender

    @property
    def seeds(self) -> range:
        """The training seeds."""
        return range(self.config.seed, self.config.seed + self.config.experiment.training_seeds)

    def seat(self, adapter: Path) -> str:
        """The seat of the base with an adapter in place of what it may have."""
        return f"{HF}{self.weights}+{adapter}"

    def seed_folder(self, seed: int) -> Path:
        return self.folder / f"seed-{seed}"

    def choose_rows(self) -> ChooseRows:
        return ChooseRows(self.files, self.folder / "rows", self.config)

    def rankers_to_train(self, rows: Mapping[str, int]) -> tuple[TrainRanker, ...]:
        """The rankers that the settings ask for, with `rows` in each part."""
        if not self.config.experiment.train_rankers:
            return ()
        return tuple(
            TrainRanker(
                parts,
                self.files.train,
                tuple(self._rows(part) for part in parts),
                self.folder / f"ranker-{'-'.join(parts)}",
                self.config.with_(limit=None),
            )
            for parts in rankers_for(rows, tests=self.config.ranker is None)
        )

    def with_rankers(self, trained: Sequence[TrainRanker]) -> Self:
        """The plan with trained rankers; that of the tests is in the settings of all."""
        rankers = dict(self.rankers)
        for step in trained:
            rankers |= dict.fromkeys(step.parts, str(step.out))
        return replace(self, rankers=rankers, config=self.config.with_(ranker=rankers["test"]))

    def untrained(self) -> tuple[Evaluate, ...]:
        """What needs no training. SES comes first, because plain replies are the greedy drafts of its
        search."""
        controls = self.config.experiment.controls if self.files.catalogue is not None else ()
        return (
            self._test("SES", self.base, enhanced=True, reuse=self.recorded),
            self._test("B/L", self.base, reuse=self.folder / SYSTEMS["SES"]),
            *(self._test(f"{RULES}:{kind}", f"{RULES}:{kind}") for kind in controls),
        )

    def untrained_random_draft(self) -> tuple[Evaluate, ...]:
        """The last test, where the settings want it."""
        return self._random_draft("SES", self.base, self.folder)

    def sft(self, seed: int) -> Train:
        rows = self._rows("sft")
        return self._train("sft", "sft", rows, self.base, self.seed_folder(seed) / "sft-adapter", seed)

    def held_out(self, seed: int, iteration: int, adapter: Path) -> Evaluate | None:
        """The score on training rows that were kept apart; None where there is one iteration alone."""
        if self.config.experiment.iterations == 1:
            return None
        return Evaluate(
            system=f"held out {iteration}",
            told="",
            rows=self._rows("held_out"),
            out=self.seed_folder(seed) / f"held-out-{iteration}",
            config=self._seated(self.seat(adapter), ranker=self.rankers["pairs"]),
        )

    def iteration(self, seed: int, number: int, adapter: Path) -> Iteration:
        """The `number`-th iteration (from 1) of RL, on from `adapter`."""
        folder, method, seat = self.seed_folder(seed), self.config.experiment.method, self.seat(adapter)
        suffix = "" if number == 1 else f"-{number}"
        pairs, data = None, self._rows("pairs")
        if not learns_by_playing(method):
            config = self._learning(seat, seed=seed, enhanced=number > 1, ranker=self.rankers["pairs"])
            pairs = DrawPairs(seed, data, folder / f"pairs{suffix}", config)
            data = pairs.out
        train = self._train(method, "pairs", data, seat, folder / f"rl-adapter{suffix}", seed)
        return Iteration(number, pairs, train, self.held_out(seed, number, train.out))

    def trained(self, seed: int, sft: Path, rl: Path) -> tuple[Evaluate, ...]:
        """The tests of one training seed's adapters."""
        tests = []
        for name, adapter in (("RL", rl), ("SFT", sft)):
            seat, searched = self.seat(adapter), f"{name}+SES"
            drawn = self.seed_folder(seed) / SYSTEMS[searched]
            tests.append(self._test(searched, seat, enhanced=True, seed=seed))
            tests.append(self._test(name, seat, seed=seed, reuse=drawn))
        return (*tests, *self._random_draft("RL+SES", self.seat(rl), self.seed_folder(seed), seed))

    def _random_draft(
        self, searched: str, seat: str, folder: Path, seed: int | None = None
    ) -> tuple[Evaluate, ...]:
        """The test of any draft in place of the best, which takes the answers of the system `searched`."""
        if not self.config.experiment.random_draft:
            return ()
        name, drawn = f"{searched}, random draft", folder / SYSTEMS[searched]
        return (self._test(name, seat, enhanced=True, choice="random", seed=seed, reuse=drawn),)

    def _rows(self, part: str) -> Path:
        return self.folder / "rows" / f"{part}.jsonl"

    def _test(
        self,
        system: str,
        seat: str,
        *,
        enhanced: bool = False,
        choice: str = "best",
        seed: int | None = None,
        reuse: Path | None = None,
    ) -> Evaluate:
        folder = self.folder if seed is None else self.seed_folder(seed)
        return Evaluate(
            system=system,
            told=system if seed is None else f"{system} (seed {seed})",
            rows=self._rows("test"),
            out=folder / (SYSTEMS.get(system) or RANDOM_DRAFT.get(system) or folder_name(system)),
            config=self._seated(seat, enhanced=enhanced, search={"choice": choice}),
            reuse=reuse,
        )

    def _train(self, method: str, part: str, data: Path, seat: str, out: Path, seed: int) -> Train:
        settings = self.config.experiment
        train = (settings.sft if method == "sft" else settings.rl).over(self.config.train)
        config = self._learning(seat, seed=seed, train=train, ranker=self.rankers[part])
        return Train(method, seed, data, out, config)

    def _seated(self, seat: str, **changes: Any) -> Config:
        return self.config.with_(seats={"recommender": seat}, limit=None, **changes)

    def _learning(self, seat: str, **changes: Any) -> Config:
        """As :meth:`_seated`, with the judge and the rounds of what is learnt from; what is shown and how it
        is scored are those of the tests, whatever the training's seed (``common_seed``)."""
        settings = self.config.experiment
        return self._seated(seat, **changes).with_(
            seats={"judge": settings.pairs_judge}, play={"rounds": settings.pair_rounds}
        )


def rankers_for(rows: Mapping[str, int], *, tests: bool) -> list[tuple[str, ...]]:
    """The parts that share a ranker, which has seen none of their dialogues; `tests`: one for these, too.

    `rows` are the counts of :func:`usbrec.stages.rows.choose_rows`. One serves all that is learnt from, as
    long as at least as much is left for it to learn from itself.
    """
    # Held-out rows look like the pairs' rows: neither may be known to the ranker of either.
    others = tuple(part for part in ("pairs", "held_out") if rows[part])
    learnt = ("sft", *others)
    shared = sum(rows[part] for part in learnt) <= rows["unused"]
    return [*([("test",)] if tests else []), *([learnt] if shared else [("sft",), others])]


def rising(scores: Sequence[float | None]) -> bool:
    """Whether the last score of expert iteration allows for another: it rose, or one cannot tell."""
    *_, before, now = scores
    return before is None or now is None or now > before


def best_of(scores: Sequence[float | None]) -> int:
    """Which iteration is kept, by the scores from before the first (0) to after the last."""
    return max(range(1, len(scores)), key=lambda index: scores[index] or 0.0)


def folder_name(name: str) -> str:
    """A name as one of a folder."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-")
