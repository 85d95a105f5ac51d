"""`usbrec evaluate`: play every sample, score it, and say what came out, with intervals."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError, Interrupted, ModelRefused
from usbrec.evaluation import compare, load_run, summarise, write_report
from usbrec.evaluation.metrics import calibrated_rows, facts_of
from usbrec.judge.embedding import EmbeddingJudge
from usbrec.keys import derive_seed
from usbrec.play.questions.ranking import round_records
from usbrec.play.targets import Targets
from usbrec.stages.anchoring import refuse_anchors
from usbrec.stages.asking import Work, questions
from usbrec.stages.own_seats import with_objects
from usbrec.stages.resolve import in_mode, resolve
from usbrec.stages.retrieving import retrieve
from usbrec.stages.run_folder import (
    STOPPED,
    GivenCatalogue,
    GivenSamples,
    Inputs,
    StageRun,
    read_inputs,
    run_stage,
    write_json,
    write_jsonl,
)
from usbrec.stages.wiring import Participants

_log = logging.getLogger(__name__)


def evaluate(
    samples: GivenSamples,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    replay: str | Path | None = None,
    reuse: str | Path | None = None,
    progress: Progress | None = None,
    objects: Mapping[str, object] | None = None,
) -> Mapping[str, Any]:
    """Evaluate the configured system on a file of samples; returns what ``results.json`` holds.

    Writes ``config.toml``, ``run.db``, ``episodes.jsonl``, ``results.json`` and ``report.html`` into
    `out`, or goes on with what stands there; in retrieval mode see :mod:`usbrec.stages.retrieving`. With
    `replay`, a recorded run folder answers instead of the models; with `reuse`, one answers what it
    holds and the models the rest. `objects` sit in the seats of their keys: recommender, seeker, judge (see
    stages/own_seats.py). Raises InputError, RunFolderError, ModelRefused.
    """
    config = in_mode(with_objects(config or Config(), objects))
    out = Path(out)
    if config.mode == "retrieval":
        if replay is not None:
            raise ConfigError("--replay: no model is asked for a ranking, so there is nothing to replay.")
        return retrieve(
            samples, out, config=config, catalogue=catalogue, interactions=interactions, progress=progress
        )
    progress = progress or Silent()
    with step(progress, "reading samples and items"):
        inputs = read_inputs(config, samples, catalogue, interactions)
    config = resolve(config, inputs.catalogue)
    refuse_anchors(config, catalogue=inputs.catalogue is not None)
    stage = run_stage(
        "evaluate",
        work_of(config, inputs),
        config=config,
        inputs=inputs,
        out=out,
        progress=progress,
        replay=replay,
        reuse=reuse,
        label="self-enhanced" if config.enhanced else config.seats.recommender,
        objects=objects,
    )
    rows = [
        {
            "sample_id": sample.id,
            "dialogue_id": sample.dialogue_id,
            **({"repeat": None, "episode": None} if record.record is None else record.record),
            "failed": record.failure,
            "usage": usage,
        }
        for sample, record, usage in stage.rows
    ]
    try:
        return _summed_up(rows, stage, out, config, inputs, progress)
    except KeyboardInterrupt:
        raise Interrupted(STOPPED) from None


def _summed_up(
    rows: Sequence[Mapping[str, Any]],
    stage: StageRun,
    out: Path,
    config: Config,
    inputs: Inputs,
    progress: Progress,
) -> Mapping[str, Any]:
    """Write what stands in a run's folder beside its journal; returns what ``results.json`` holds."""
    rows = calibrated_rows(_with_second_opinion(rows, config, inputs, progress))
    write_jsonl(out / "episodes.jsonl", rows)
    seed, resamples = config.seed, config.statistics.resamples
    with step(progress, "means and intervals"):
        results = summarise(
            rows,
            config=config.model_dump(mode="json") | {"inputs": inputs.decides()},
            seed=seed,
            resamples=resamples,
            scoring=stage.scoring,
            seats=stage.seats,
            lost_calls=stage.lost_calls,
            probe=stage.probe,
            left_out=inputs.left_out_counts(),
            costs=stage.costs,
        )
        write_json(out / "results.json", results)
        _tell_of_no_scale(results, config)
        run = load_run(out)
        comparison = compare([run], seed=seed, resamples=resamples)
    with step(progress, "report"):
        write_report(out / "report.html", [run], title=f"Evaluation: {out.name}", comparison=comparison)
    _refuse_without_scores(results, out)
    return results


def _tell_of_no_scale(results: Mapping[str, Any], config: Config) -> None:
    """Says why there are no calibrated scores where they were asked for."""
    found = results.get("calibrated")
    if found is None or found["n"]:
        return
    why = "no fixed reply could be read"
    if found["target"] is not None:
        why = (
            f"on average it gives fixed replies with the target {found['target']:.2f} and those with random "
            f"items {found['random']:.2f}, so it does not tell them apart"
        )
    _log.warning(
        "%s: no calibrated scores: %s. Its raw scores tell no more. A larger judge or another prompt helps "
        "(play.prompts, judge_targets.txt).",
        config.seats.judge,
        why,
    )


def _refuse_without_scores(results: Mapping[str, Any], out: Path) -> None:
    """Raises ModelRefused where rows were played and not one of them has a score: a table of nothing is no
    result. What was played stays in the folder."""
    if results["ieval"]["n"] == 0 and (reasons := results["unreadable_reasons"]):
        told = "; ".join(f"{count} rows: {why}" for why, count in reasons.items())
        raise ModelRefused(
            f"{out}: no row has a score. {told}.\n"
            "See judging.mass_floor, judging.way and judging.max_tokens in docs/configuration.md, or choose "
            "another --judge."
        )


def _with_second_opinion(
    rows: Sequence[Mapping[str, Any]], config: Config, inputs: Inputs, progress: Progress
) -> list[dict[str, Any]]:
    """The rows with what the second judge says of each; null where it is off, without a catalogue or the
    extra `retrieval`, and for attribute questions, where the facts do not hold the lists that were shown."""
    if inputs.catalogue is None or config.mode == "ask" or not config.judging.second:
        return [{**row, "second_judge": None} for row in rows]
    opinions = EmbeddingJudge(inputs.catalogue).judge([facts_of(row) for row in rows], progress=progress)
    return [{**row, "second_judge": opinion} for row, opinion in zip(rows, opinions, strict=True)]


def work_of(config: Config, inputs: Inputs) -> Work:
    """What is done with a sample where seats speak. Raises ConfigError."""
    return questions(config, inputs) if config.mode == "ask" else _play


async def _play(participants: Participants, sample: Sample) -> Mapping[str, Any]:
    """Free chat: the episode, the ranks of its targets round by round, how persuasive it was."""
    runner, ranking = participants.runner, participants.ranking()
    targets = Targets.of(sample, runner.knowledge)
    episode = await runner.play(sample)
    played: dict[str, Any] = {"episode": episode.to_json(), "repeat": targets.named_in(sample.turns)}
    if ranking is not None:
        lists = ranking.of_chat(sample.turns, episode.played)
        played["rounds"] = round_records(lists, targets, runner.rounds)
    if participants.persuasion is not None:
        seed = derive_seed(runner.seed, sample.id, "persuasion")
        rating = await participants.persuasion.rate(sample.turns, episode.played, targets, seed=seed)
        played["persuasion"] = rating.to_json()
    if (anchors := participants.anchors()) is not None:
        # Last of all: what a model has in its cache must not depend on whether others asked this before.
        played["anchors"] = await anchors.rate(sample, targets, episode.played)
    return played
