"""`usbrec pairs`: draw and play first replies, and keep what is worth learning from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from usbrec.config import Config, Pairs
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError
from usbrec.pairs import FURTHER, all_pairs, count_pairs, make_pair, select_pairs
from usbrec.stages.run_folder import (
    GivenCatalogue,
    GivenSamples,
    Inputs,
    read_inputs,
    run_stage,
    write_json,
    write_jsonl,
)
from usbrec.stages.wiring import RULES, RULES_BELIEF, Participants


def make_pairs(
    samples: GivenSamples,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    replay: str | Path | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Build preference pairs from a file of samples; returns what ``results.json`` holds.

    Writes ``pairs.jsonl`` (the pairs), ``candidates.jsonl`` (every reply that was played, and why a
    sample gave no pair) and ``results.json`` into `out`. Raises as :func:`usbrec.stages.evaluate`.
    """
    config = config or Config()
    out = Path(out)
    progress = progress or Silent()
    with step(progress, "reading samples and items"):
        inputs = read_inputs(config, samples, catalogue, interactions)
    accept_at, reject_below = _thresholds(config)
    grounded = config.play.candidates > 0
    ratio = config.pairs.max_length_ratio
    more = config.pairs.more_than_title
    settings = config.pairs.model_copy(
        update={
            "one_item": _one_item(config.pairs, inputs, grounded),
            "more_than_title": grounded if more is None else more,
            "reject_below": reject_below,
            "max_length_ratio": 2.0 if ratio is None and grounded else ratio,
        }
    )

    async def work(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        return await make_pair(sample, participants.runner, settings, accept_at=accept_at)

    stage = run_stage(
        "pairs",
        work,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress,
        replay=replay,
        label="preference pairs",
    )
    done = stage.rows
    records = [record.record for _, record, _ in done if record.record is not None]
    if settings.one_item:
        records = select_pairs(records, settings, seed=config.seed)
    write_jsonl(out / "pairs.jsonl", all_pairs(records))
    write_jsonl(
        out / "candidates.jsonl",
        [
            {key: value for key, value in record.items() if key not in ("pair", *FURTHER)}
            for record in records
        ],
    )
    cost = [usage for _, _, usage in done]
    results = {
        "schema": "usbrec.pairs/1",
        "n": len(done),
        "scoring": stage.scoring,
        "failed": sum(record.failure is not None for _, record, _ in done),
        **count_pairs(records),
        **{
            name: round(sum(usage[name] for usage in cost), 6)
            for name in ("calls", "prompt_tokens", "completion_tokens", "cached_tokens", "seconds")
        },
        "config": config.model_dump(mode="json") | {"inputs": inputs.decides()},
    }
    write_json(out / "results.json", results)
    return results


def _thresholds(config: Config) -> tuple[float, float | None]:
    """From which score on a draft is chosen, and below which it is rejected (None: the same)."""
    settings, judge = config.pairs, config.seats.judge
    if judge == RULES_BELIEF:
        # An expectation over what may be wanted: there is no score that one target alone would give.
        return settings.accept_at or 0.0, 2.0 if settings.reject_below is None else settings.reject_below
    # A model's expected score is never quite 2, a rule's is when the target was named.
    default = 2.0 if judge == RULES else 1.5
    return default if settings.accept_at is None else settings.accept_at, settings.reject_below


def _one_item(settings: Pairs, inputs: Inputs, grounded: bool) -> bool:
    """Whether both sides must name exactly one new item. Raises ConfigError where nobody knows items."""
    if settings.one_item and inputs.catalogue is None:
        raise ConfigError("pairs.one_item looks items up: add --catalogue FILE.")
    return grounded if settings.one_item is None else settings.one_item
