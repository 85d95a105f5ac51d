"""`usbrec pairs`: draw and play first replies, and keep the pairs to learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usbrec.config import Config, Pairs, settled
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError
from usbrec.evaluation.runs.results import rounded
from usbrec.pairs import FURTHER, SCHEMA, all_pairs, count_pairs, distinct_pairs, make_pair, select_pairs
from usbrec.pairs.advice import EARLY_ROWS, advice, early_notice
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, Inputs, read_inputs
from usbrec.stages.lists import listing
from usbrec.stages.own_seats import with_objects
from usbrec.stages.resolve import resolve, to_draw_pairs
from usbrec.stages.run_folder import run_stage, write_json, write_jsonl
from usbrec.stages.shares import given_files
from usbrec.stages.wiring import Participants

if TYPE_CHECKING:
    from usbrec.stages.asking import Work


def to_pair(config: Config, inputs: Inputs) -> Config:
    """The settings that pairs of these samples are made with."""
    config = to_draw_pairs(config, labelled=any(sample.label for sample in inputs.samples))
    return resolve(config, inputs.catalogue)


async def draw(participants: Participants, sample: Sample, settings: Pairs) -> Mapping[str, Any]:
    """What is done with one sample: its replies drawn and played, and what is kept of them."""
    runner = replace(participants.runner, horizon=settings.horizon)
    accept_at = settled(settings.accept_at, "pairs.accept_at")
    return await make_pair(sample, runner, settings, accept_at=accept_at)


def prepared(
    config: Config,
    samples: GivenSamples,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
) -> tuple[Config, Inputs, Work]:
    """The resolved settings, what is read, and what is done with a sample. Raises InputError."""
    inputs = read_inputs(config, samples, catalogue, interactions)
    config = to_pair(config, inputs)

    async def work(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        return await draw(participants, sample, config.pairs)

    return config, inputs, work


def make_pairs(
    samples: GivenSamples,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    replay: str | Path | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda line: None,
    objects: Mapping[str, object] | None = None,
) -> Mapping[str, Any]:
    """Build preference pairs from a file of samples; returns what ``results.json`` holds.

    Writes ``pairs.jsonl`` (the pairs), ``candidates.jsonl`` (every reply that was played, and why a
    sample gave no pair) and ``results.json`` into `out`. `tell` hears of it as soon as the first rows give
    none; `objects` sit in seats. Raises as :func:`usbrec.stages.evaluate`.
    """
    config = with_objects(config or Config(), objects)
    if config.play.tools:
        raise ConfigError("play.tools: pairs are of words alone, which a model with tools does not only say.")
    out = Path(out)
    progress = progress or Silent()
    shared = given_files("pairs", config, samples, catalogue, interactions, replay, None, objects=objects)
    with step(progress, "reading samples and items"):
        config, inputs, work = prepared(config, samples, catalogue, interactions)
    settings = config.pairs
    if settings.one_item and inputs.catalogue is None:
        raise ConfigError("pairs.one_item looks items up: add --catalogue FILE.")
    about = {
        "grounded": config.play.candidates > 0,
        "catalogue": inputs.catalogue is not None,
        "lists": listing(config),
    }
    early: list[Mapping[str, Any]] = []

    def hear(record: Mapping[str, Any]) -> None:
        early.append(record)
        if len(early) == EARLY_ROWS and len(inputs.samples) > EARLY_ROWS:
            counts = count_pairs(_selected(early, settings, config.seed))
            if not counts["pairs"]:
                tell(early_notice(counts, EARLY_ROWS, settings, **about))

    async def heard(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        record = await work(participants, sample)
        hear(record)
        return record

    stage = run_stage(
        "pairs",
        heard,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress,
        replay=replay,
        label="preference pairs",
        objects=objects,
        shared=shared,
        hear_record=hear,
    )
    done = stage.rows
    made = [record.record for _, record, _ in done if record.record is not None]
    records = _selected(made, settings, config.seed)
    write_jsonl(out / "pairs.jsonl", all_pairs(records))
    write_jsonl(
        out / "candidates.jsonl",
        [
            {key: value for key, value in record.items() if key not in ("pair", "thinned", *FURTHER)}
            for record in records
        ],
    )
    cost = done.usages
    counts = count_pairs(records)
    results = {
        "schema": SCHEMA,
        "n": len(done),
        "scoring": stage.scoring,
        "probe": dict(stage.probe),
        "failed": sum(record.failure is not None for _, record, _ in done),
        "lost_calls": stage.lost_calls,
        "left_out": inputs.left_out_counts(),
        **counts,
        "advice": advice(counts, len(records), settings, **about),
        **{
            name: round(sum(usage.get(name, 0) for usage in cost), 6)
            for name in (
                *("calls", "prompt_tokens", "completion_tokens", "cached_tokens"),
                *("cut_prompts", "cut_replies", "end_tokens", "removed_characters", "seconds"),
            )
        },
        **({} if stage.costs is None else {"cost": rounded(stage.costs)}),
        "seats": dict(stage.seats),
        "config": config.model_dump(mode="json") | {"inputs": inputs.decides()},
    }
    write_json(out / "results.json", results)
    return results


def _selected(
    records: Sequence[Mapping[str, Any]], settings: Pairs, seed: int
) -> Sequence[Mapping[str, Any]]:
    chosen = select_pairs(records, settings, seed=seed) if settings.one_item else records
    return distinct_pairs(chosen, settings.most_per_item, seed=seed)
