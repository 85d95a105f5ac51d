"""Row split of an experiment: which rows it learns from, and which it is tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from usbrec.config import Config, Dataset
from usbrec.data import limit_samples
from usbrec.dialogue import Sample
from usbrec.errors import InputError
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.play.targets import Targets
from usbrec.stages.inputs import read_inputs
from usbrec.stages.run_folder import write_jsonl
from usbrec.stages.wiring import similarity_of

#: The files that :func:`choose_rows` writes, and what is done with each.
PARTS = ("test", "sft", "pairs", "held_out")


def choose_rows(config: Config, dataset: Dataset, out: Path) -> Mapping[str, int]:
    """Write the rows of each of the `PARTS` into `out` as files of ours; returns how many each has, and as
    "unused" how many rows are in training dialogues of which nothing is learnt.

    ``config.limit`` bounds the test rows, ``config.experiment`` says the rest. Dialogues go to one part
    whole, by hash, so that nothing is tested or preferred on a dialogue that was learnt, also when both
    files are the same. Raises InputError and BadLines; InputError also when a part is left without rows.
    """
    settings = config.experiment
    whole = config.with_(limit=None, ranker=None)
    tested = _fresh(whole, dataset, dataset.test)
    if config.limit is not None and tested:
        tested = tuple(limit_samples(tested, config.limit))
    dialogues = {sample.dialogue_id for sample in tested}
    learnt: Sequence[Sample] = [
        sample for sample in _fresh(whole, dataset, dataset.train) if sample.dialogue_id not in dialogues
    ]
    offered = learnt
    if settings.train_rows is not None and learnt:
        learnt = limit_samples(learnt, settings.train_rows)
    parts: dict[str, list[Sample]] = {"test": list(tested), "sft": [], "pairs": [], "held_out": []}
    held_out = _held_out(learnt, settings.held_out_rows) if settings.iterations > 1 else frozenset()
    for sample in learnt:
        if sample.dialogue_id in held_out:
            part = "held_out"
        else:
            place = derive_seed(0, sample.dialogue_id, "sft") / 2**31
            part = "sft" if place < settings.sft_share else "pairs"
        parts[part].append(sample)
    if settings.pair_rows is not None and parts["pairs"]:
        parts["pairs"] = list(limit_samples(parts["pairs"], settings.pair_rows))
    for part in PARTS:
        rows = parts[part]
        if not rows and (part != "held_out" or settings.iterations > 1):
            raise InputError(
                f"{dataset.train if part != 'test' else dataset.test}: no rows are left for {part}. Give "
                "more rows, or set experiment.new_targets = false to keep those whose context names a target."
            )
        write_jsonl(out / f"{part}.jsonl", [sample.to_json() for sample in rows])
    touched = {sample.dialogue_id for sample in learnt}
    unused = sum(sample.dialogue_id not in touched for sample in offered)
    return {**{part: len(parts[part]) for part in PARTS}, "unused": unused}


def _fresh(config: Config, dataset: Dataset, path: str) -> tuple[Sample, ...]:
    """The samples of a file, without those whose context names a target already."""
    inputs = read_inputs(config, path, dataset.catalogue, dataset.interactions)
    if not config.experiment.new_targets:
        return tuple(inputs.samples)
    knowledge = None
    if inputs.catalogue is not None:
        knowledge = Knowledge.of(
            inputs.catalogue, similarity_of(config.judging), baseline_items=1, seed=config.seed
        )
    return tuple(
        sample for sample in inputs.samples if not Targets.of(sample, knowledge).named_in(sample.turns)
    )


def _held_out(samples: Sequence[Sample], rows: int) -> frozenset[str]:
    """Dialogues with at least `rows` samples together, by hash."""
    counts: dict[str, int] = {}
    for sample in samples:
        counts[sample.dialogue_id] = counts.get(sample.dialogue_id, 0) + 1
    kept: set[str] = set()
    for dialogue_id in sorted(counts, key=lambda one: derive_seed(0, one, "held out")):
        if sum(counts[one] for one in kept) >= rows:
            break
        kept.add(dialogue_id)
    return frozenset(kept)
