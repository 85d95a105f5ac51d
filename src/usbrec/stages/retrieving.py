"""`usbrec evaluate --mode retrieval`: where the targets stand when all items are ranked for the context.

The original protocol of the field: the recorded context alone is read, nobody speaks, all items of the
catalogue are ranked, and every target counts once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError
from usbrec.evaluation.metrics.ranked import summarise_ranked
from usbrec.play.questions.ranking import place_of
from usbrec.play.targets import Targets
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, read_inputs
from usbrec.stages.learnt import tell_of_learnt
from usbrec.stages.resolve import resolve
from usbrec.stages.run_folder import run_stage, write_json, write_jsonl
from usbrec.stages.wiring import Participants


def retrieve(
    samples: GivenSamples,
    out: str | Path,
    *,
    config: Config,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Rank the catalogue for every sample; returns what ``results.json`` holds.

    Writes ``config.toml``, ``run.db``, ``rankings.jsonl`` and ``results.json`` into `out`, or goes on
    with what stands there. Raises as :func:`usbrec.stages.evaluate`.
    """
    out = Path(out)
    progress = progress or Silent()
    with step(progress, "reading samples and items"):
        inputs = read_inputs(config, samples, catalogue, interactions)
    items = inputs.catalogue
    config = resolve(config, items)
    if items is None:
        raise ConfigError("--mode retrieval ranks a catalogue: add --catalogue FILE or --ranker DIR.")
    tell_of_learnt(config.ranker, inputs.samples, items, interactions)
    # What is popular, the ranker learnt from its training dialogues; no test row is counted.
    known = items
    if config.ranker is not None:
        # scipy and all that a ranker learns from: only with --ranker.
        from usbrec.items import ranked_items

        known = ranked_items(config.ranker)
    counts = {item.id: item.popularity for item in known}
    stage = run_stage(
        "retrieve",
        _rank,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress,
        label="retrieval",
    )
    rows = [
        {
            "sample_id": sample.id,
            "dialogue_id": sample.dialogue_id,
            "targets": list(sample.targets),
            **(record.record or {}),
            "failed": record.failure,
        }
        for sample, record, _ in stage.rows
    ]
    write_jsonl(out / "rankings.jsonl", rows)
    with step(progress, "means and intervals"):
        results = summarise_ranked(
            rows,
            popularity={item.id: counts.get(item.id, 0.0) for item in items},
            config=config.model_dump(mode="json") | {"inputs": inputs.decides()},
            seed=config.seed,
            resamples=config.statistics.resamples,
        )
    write_json(out / "results.json", results)
    return results


async def _rank(participants: Participants, sample: Sample) -> Mapping[str, Any]:
    """The rank of each target in the list for the context, with and without what the context names."""
    ranking = participants.ranking()
    if ranking is None:
        raise ConfigError("--mode retrieval ranks a catalogue: add --catalogue FILE.")
    knowledge = ranking.knowledge
    begun = time.perf_counter()
    listed = ranking.after(sample.turns)
    seconds = time.perf_counter() - begun
    wanted = [[item.id for item in knowledge.catalogue.resolve([title])] for title in sample.targets]
    return {
        "target_ids": wanted,
        "ranks": [place_of(listed.items, ids) for ids in wanted],
        "fresh_ranks": [place_of(listed.fresh, ids) for ids in wanted],
        "repeat": Targets.of(sample, knowledge).named_in(sample.turns),
        "listed": list(listed.items),
        "seconds": round(seconds, 6),
    }
