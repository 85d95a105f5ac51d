"""Cost estimate of an experiment, before any model is asked: its tests and pairs, played by stand-ins.

Every part is counted as if nothing were reused. What training itself asks is not among it, but for the pairs:
the model is on this machine, and only methods that draw their own replies (grpo, rloo) ask a judge on the
way.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from usbrec.config import Config, Dataset
from usbrec.experiment.plan import CellPlan, DrawPairs, Evaluate
from usbrec.experiment.run import datasets_of
from usbrec.stages.estimating import Asked, Estimate, count_evaluation, count_pairs, summed
from usbrec.stages.inputs import read_inputs
from usbrec.stages.pairing import to_pair
from usbrec.stages.resolve import for_experiment, resolve
from usbrec.stages.rows import choose_rows
from usbrec.training.settings import learns_by_playing

#: So many rows of a part stand for all of it: an experiment has a dozen parts.
ROWS = 8


def estimate_experiment(config: Config, dataset: Dataset | None = None, *, rows: int = ROWS) -> Estimate:
    """What `usbrec experiment` with these settings will ask and cost. Nothing is kept and no model asked.

    Raises as :func:`usbrec.experiment.experiment` for settings and files that cannot be used.
    """
    config = for_experiment(config)
    parts: list[Asked] = []
    with tempfile.TemporaryDirectory(prefix="usbrec-") as kept:
        for number, (name, files) in enumerate(datasets_of(config, dataset).items()):
            for model in config.experiment.models:
                plan = CellPlan.of(Path(kept) / str(number), name, files, model, config)
                step = plan.choose_rows()
                choose_rows(step.config, step.files, step.out)
                parts += _asked_by(plan, rows)
    also = "Parts that take answers of others are counted whole; nothing of a training is but its pairs"
    if learns_by_playing(config.experiment.method):
        also += f", so not what {config.experiment.method} asks its judge"
    return summed(parts, f"{also}.")


def _asked_by(plan: CellPlan, rows: int) -> list[Asked]:
    """What the parts of a plan ask, those of one training seed taken for each."""
    chosen, seed = plan.config.experiment, plan.config.seed
    sft, rl = plan.seed_folder(seed) / "sft-adapter", plan.seed_folder(seed) / "rl-adapter"
    once: list[Evaluate | DrawPairs] = [*plan.untrained(), *plan.untrained_random_draft()]
    again: list[Evaluate | DrawPairs | None] = [*plan.trained(seed, sft, rl)]
    for number in range(1, chosen.iterations + 1):
        iteration = plan.iteration(seed, number, sft)
        again += [iteration.pairs, iteration.held_out]
    again.append(plan.held_out(seed, 0, sft))
    asked = [_asked(plan, step, rows) for step in once]
    for step in again:
        if step is not None:
            one = _asked(plan, step, rows)
            asked.append(replace(one, of=one.of * chosen.training_seeds))
    return asked


def _asked(plan: CellPlan, step: Evaluate | DrawPairs, rows: int) -> Asked:
    inputs = read_inputs(step.config, step.rows, plan.files.catalogue, plan.files.interactions)
    if isinstance(step, DrawPairs):
        return count_pairs(to_pair(step.config, inputs), inputs, rows)
    return count_evaluation(resolve(step.config, inputs.catalogue), inputs, rows)
