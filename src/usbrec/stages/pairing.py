"""`usbrec pairs`: draw and play first replies, and keep what is worth learning from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from usbrec.config import Config, Pairs
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent
from usbrec.errors import ConfigError
from usbrec.pairs import FURTHER, SCHEMA, all_pairs, count_pairs, make_pair, select_pairs
from usbrec.pairs.advice import EARLY_ROWS, advice, early_notice
from usbrec.pairs.filters import MIN_MARGIN
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

#: Pairs beside those of drafts, where candidates are shown and rules judge: what the log found good.
_COUNTERFACTUAL, _FOCUSED, _DECLINED = 3, 2, 2
#: A draft is chosen from here on where its rows seldom have a label that can be chosen instead.
_FAIR = 0.5


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
) -> Mapping[str, Any]:
    """Build preference pairs from a file of samples; returns what ``results.json`` holds.

    Writes ``pairs.jsonl`` (the pairs), ``candidates.jsonl`` (every reply that was played, and why a
    sample gave no pair) and ``results.json`` into `out`. `tell` hears of it as soon as the first rows give
    none. Raises as :func:`usbrec.stages.evaluate`.
    """
    config = config or Config()
    out = Path(out)
    inputs = read_inputs(config, samples, catalogue, interactions)
    settings = resolve_pairs(config, inputs)
    config = config.model_copy(update={"pairs": settings})
    about = {"grounded": config.play.candidates > 0, "catalogue": inputs.catalogue is not None}
    early: list[Mapping[str, Any]] = []

    async def work(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        runner = replace(participants.runner, horizon=settings.horizon)
        record = await make_pair(sample, runner, settings, accept_at=settings.accept_at or 0.0)
        early.append(record)
        if len(early) == EARLY_ROWS and len(inputs.samples) > EARLY_ROWS:
            counts = count_pairs(_selected(early, settings, config.seed))
            if not counts["pairs"]:
                tell(early_notice(counts, EARLY_ROWS, settings, **about))
        return record

    stage = run_stage(
        "pairs",
        work,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress or Silent(),
        replay=replay,
        label="preference pairs",
    )
    done = stage.rows
    made = [record.record for _, record, _ in done if record.record is not None]
    records = _selected(made, settings, config.seed)
    write_jsonl(out / "pairs.jsonl", all_pairs(records))
    write_jsonl(
        out / "candidates.jsonl",
        [
            {key: value for key, value in record.items() if key not in ("pair", *FURTHER)}
            for record in records
        ],
    )
    cost = [usage for _, _, usage in done]
    counts = count_pairs(records)
    results = {
        "schema": SCHEMA,
        "n": len(done),
        "scoring": stage.scoring,
        "failed": sum(record.failure is not None for _, record, _ in done),
        **counts,
        "advice": advice(counts, len(records), settings, **about),
        **{
            name: round(sum(usage[name] for usage in cost), 6)
            for name in ("calls", "prompt_tokens", "completion_tokens", "cached_tokens", "seconds")
        },
        "config": config.model_dump(mode="json") | {"inputs": inputs.decides()},
    }
    write_json(out / "results.json", results)
    return results


def _selected(
    records: Sequence[Mapping[str, Any]], settings: Pairs, seed: int
) -> Sequence[Mapping[str, Any]]:
    return select_pairs(records, settings, seed=seed) if settings.one_item else records


def resolve_pairs(config: Config, inputs: Inputs) -> Pairs:
    """``config.pairs`` with every default filled in. Raises ConfigError where they need a catalogue."""
    given, judge = config.pairs, config.seats.judge
    if given.one_item and inputs.catalogue is None:
        raise ConfigError("pairs.one_item looks items up: add --catalogue FILE.")
    grounded = config.play.candidates > 0
    belief = judge == RULES_BELIEF
    further = grounded and judge in (RULES, RULES_BELIEF)
    if belief:
        # An expectation over what may be wanted: there is no score that one target alone would give.
        accept_at = 0.0
    elif judge == RULES:
        labels = any(sample.label for sample in inputs.samples)
        accept_at = 2.0 if labels and not grounded else _FAIR
    else:
        # A model's expected score is never quite 2, a rule's is when the target was named.
        accept_at = 1.5
    # Where a fair draft is chosen, the worst need not be below fair to be the worse one.
    reject_below = 2.0 if accept_at <= _FAIR and (given.accept_at is None or belief) else None
    defaults = {
        "accept_at": accept_at,
        "reject_below": reject_below,
        "min_margin": 0.05 if belief else MIN_MARGIN,
        "max_length_ratio": 2.0 if grounded else None,
        "one_item": grounded,
        "more_than_title": grounded,
        "horizon": 1 if further else None,
        "counterfactual": _COUNTERFACTUAL if further else 0,
        "focused": _FOCUSED if further else 0,
        "declined": _DECLINED if further else 0,
    }
    missing = {name: value for name, value in defaults.items() if getattr(given, name) is None}
    settled = given.model_copy(update=missing)
    if settled.reject_below is None:
        settled = settled.model_copy(update={"reject_below": settled.accept_at})
    return settled
