"""`usbrec evaluate`: play every sample, score it, and say what came out, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent
from usbrec.evaluate import compare, load_run, summarise, write_report
from usbrec.play.knowledge import Targets
from usbrec.stages.assembly import Company
from usbrec.stages.folder import read_inputs, run_stage, write_json, write_jsonl


def evaluate(
    samples: str | Path,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: str | Path | None = None,
    interactions: str | Path | None = None,
    replay: str | Path | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Evaluate the configured system on a file of samples; returns what ``results.json`` holds.

    Writes ``config.toml``, ``run.db``, ``episodes.jsonl``, ``results.json`` and ``report.html`` into
    `out`, or goes on with what stands there. With `replay`, a recorded run folder answers instead of
    the models. Raises InputError, RunFolderError, ModelRefused.
    """
    config = config or Config()
    out = Path(out)
    inputs = read_inputs(config, samples, catalogue, interactions)
    done = run_stage(
        "evaluate",
        _play,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress or Silent(),
        replay=replay,
        label="self-enhanced" if config.enhanced else config.seats.recommender,
    )
    rows = [
        {
            "sample_id": sample.id,
            "dialogue_id": sample.dialogue_id,
            "repeat": None if record.record is None else record.record["repeat"],
            "episode": None if record.record is None else record.record["episode"],
            "failed": record.failure,
            "usage": usage,
        }
        for sample, record, usage in done
    ]
    write_jsonl(out / "episodes.jsonl", rows)
    results = summarise(
        rows,
        config=config.model_dump(mode="json") | {"inputs": inputs.decides()},
        seed=config.seed,
        resamples=config.statistics.resamples,
    )
    write_json(out / "results.json", results)
    run = load_run(out)
    write_report(
        out / "report.html",
        [run],
        title=f"Evaluation: {out.name}",
        comparison=compare([run], seed=config.seed, resamples=config.statistics.resamples),
    )
    return results


async def _play(company: Company, sample: Sample) -> Mapping[str, Any]:
    episode = await company.table.play(sample)
    repeat = Targets.of(sample, company.table.knowledge).named_in(sample.turns)
    return {"episode": episode.to_json(), "repeat": repeat}
