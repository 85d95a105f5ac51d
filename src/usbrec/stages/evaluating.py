"""`usbrec evaluate`: play every sample, score it, and say what came out, with intervals."""

from __future__ import annotations

import json
import logging
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usbrec.config import Config
from usbrec.data import repeated, trial_id
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError, InputError, Interrupted, ModelRefused
from usbrec.evaluation import Run, compare, summarise, write_report
from usbrec.evaluation.metrics import facts_of, on_one_scale
from usbrec.evaluation.metrics.columns import Columns
from usbrec.evaluation.metrics.rows import score
from usbrec.evaluation.runs.index import write_index
from usbrec.evaluation.runs.lean import RowsDigest, lean
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.filters import read_filter
from usbrec.keys import derive_seed
from usbrec.long_lists import LongList
from usbrec.play.questions.ranking import round_records
from usbrec.play.targets import Targets
from usbrec.stages.anchoring import refuse_anchors
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, Inputs, read_inputs
from usbrec.stages.learnt import tell_of_learnt
from usbrec.stages.lists import list_record
from usbrec.stages.own_seats import with_objects
from usbrec.stages.resolve import in_mode, resolve
from usbrec.stages.run_folder import STOPPED, StageRun, run_stage, write_json, write_jsonl
from usbrec.stages.shares import given_files
from usbrec.stages.wiring import Participants

if TYPE_CHECKING:
    from usbrec.stages.asking import Work

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
        if config.trials > 1:
            raise ConfigError("trials: a ranking is the same each time; leave --trials out.")
        if replay is not None:
            raise ConfigError("--replay: no model is asked for a ranking, so there is nothing to replay.")
        from usbrec.stages.retrieving import retrieve

        return retrieve(
            samples, out, config=config, catalogue=catalogue, interactions=interactions, progress=progress
        )
    progress = progress or Silent()
    shared = given_files("evaluate", config, samples, catalogue, interactions, replay, reuse, objects=objects)
    with step(progress, "reading samples and items"):
        config, inputs, trials = prepared(config, samples, catalogue, interactions)
    if config.mode == "ask" and config.play.tools:
        raise ConfigError("play.tools: --mode ask asks for attributes itself; leave one of them out.")
    refuse_anchors(config, catalogue=inputs.catalogue is not None)
    tell_of_learnt(config.ranker, inputs.samples, inputs.catalogue, interactions)
    _tell_of_filtered(config, inputs)
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
        shared=shared,
    )
    try:
        return _summed_up(lambda: _rows(stage, trials), stage, out, config, inputs, progress)
    except KeyboardInterrupt:
        raise Interrupted(STOPPED) from None


def prepared(
    config: Config,
    samples: GivenSamples,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
) -> tuple[Config, Inputs, Mapping[str, Mapping[str, Any]]]:
    """The resolved settings, what is read, and of which sample each is which trial. Raises InputError."""
    inputs = read_inputs(config, samples, catalogue, interactions)
    config = resolve(config, inputs.catalogue)
    return config, *_in_trials(inputs, config.trials)


def _rows(stage: StageRun, trials: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows as they were played, one by one."""
    for sample, record, usage in stage.rows:
        yield {
            "sample_id": sample.id,
            "dialogue_id": sample.dialogue_id,
            **({"trial": trial} if (trial := trials.get(sample.id)) else {}),
            **({"repeat": None, "episode": None} if record.record is None else record.record),
            "failed": record.failure,
            "usage": usage,
        }


def _tell_of_filtered(config: Config, inputs: Inputs) -> None:
    """A line where the filter leaves rows without a target. Raises ConfigError where no item meets it, and
    FilterError where it is none."""
    if not config.play.filter or inputs.catalogue is None:
        return
    table = open_columns(inputs.catalogue)
    allowed = table.allowed(read_filter(config.play.filter, table, "play.filter"))
    if not allowed.count:
        raise ConfigError("play.filter: no item of the catalogue meets it, so nothing could be recommended.")
    known = (inputs.catalogue.resolve(sample.targets) for sample in inputs.samples)
    without = sum(bool(items) and not any(item.id in allowed for item in items) for items in known)
    if without:
        _log.warning(
            "play.filter: none of the targets of %d of %d rows meets it, so no recommendation can hit them.",
            without,
            len(inputs.samples),
        )


def _in_trials(inputs: Inputs, trials: int) -> tuple[Inputs, Mapping[str, Mapping[str, Any]]]:
    """The inputs with each sample as often as it is played, and of which sample each is which trial; nothing
    of samples that are played once. Raises InputError where ids do not stay apart."""
    if trials == 1:
        return inputs, {}
    samples = repeated(inputs.samples, trials)
    found = {
        trial_id(sample.id, number): {"of": sample.id, "number": number}
        for sample in inputs.samples
        for number in range(1, trials + 1)
    }
    if len(found) < len(samples):
        raise InputError(
            'trials: some samples have ids that end like those of trials, " (trial 2)". Rename them.'
        )
    return replace(inputs, samples=samples), found


def _summed_up(
    played: Callable[[], Iterator[Mapping[str, Any]]],
    stage: StageRun,
    out: Path,
    config: Config,
    inputs: Inputs,
    progress: Progress,
) -> Mapping[str, Any]:
    """Write what stands in a run's folder beside its journal; returns what ``results.json`` holds. The rows
    are gone through twice, and never all held where there are many."""
    read = LongList(lean(row) for row in played())
    judged = LongList(_with_second_opinion(read, config, inputs, progress))
    rows = LongList(on_one_scale(judged))
    del read, judged
    digest = RowsDigest()

    def whole() -> Iterator[Mapping[str, Any]]:
        for row, told in zip(played(), rows, strict=True):
            # What the rows together say of each.
            row = {**row, **{name: told[name] for name in ("anchors", "second_judge") if name in told}}
            digest.add(row)
            yield row

    write_jsonl(out / "episodes.jsonl", whole())
    seed, resamples = config.seed, config.statistics.resamples
    columns = Columns(rows)
    with step(progress, "means and intervals"):
        results = summarise(
            columns,
            config=config.model_dump(mode="json") | {"inputs": inputs.decides()},
            seed=seed,
            resamples=resamples,
            scoring=stage.scoring,
            seats=stage.seats,
            lost_calls=stage.lost_calls,
            probe=stage.probe,
            left_out=inputs.left_out_counts(),
            costs=stage.costs,
            judge_agreement=stage.judge_agreement,
        )
        write_json(out / "results.json", results)
        _tell_of_no_scale(results, config)
        _tell_of_flat_scores(results, columns, config)
        # As it will be read back, without a second copy of every row.
        run = Run(out.resolve().name, out, json.loads(json.dumps(results)), columns, digest.hexdigest())
        comparison = compare([run], seed=seed, resamples=resamples)
    write_index(out / "episodes.jsonl", columns, digest.hexdigest())
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


#: A model judge whose scores of so many rows and more spread less, in [0, 2], says little but its prior.
_ENOUGH_ROWS, _FLAT = 20, 0.1


def _tell_of_flat_scores(results: Mapping[str, Any], columns: Columns, config: Config) -> None:
    """Says where a model gives nearly the same score whatever is played: a table of equal systems then tells
    of the judge."""
    if not results["scoring"] or results.get("calibrated", {}).get("n"):
        return
    scores = [value for row in columns if (value := score(row)) is not None]
    if len(scores) >= _ENOUGH_ROWS and (spread := statistics.pstdev(scores)) < _FLAT:
        _log.warning(
            "%s: its scores of %d rows hardly differ (standard deviation %.2f on a scale of 2), so that "
            "systems which differ look alike. judging.anchors = %d scores fixed replies beside and shows "
            "whether it tells a target from a random item; a larger judge, another prompt (play.prompts) or "
            "--judge rules helps.",
            config.seats.judge,
            len(scores),
            spread,
            max(2, config.play.rounds),
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
) -> Iterator[dict[str, Any]]:
    """The rows with what the second judge says of each; null where it is off, without a catalogue or the
    extra `retrieval`, and for attribute questions, where the facts do not hold the lists that were shown."""
    if inputs.catalogue is None or config.mode == "ask" or not config.judging.second:
        yield from ({**row, "second_judge": None} for row in rows)
        return
    from usbrec.items.retrieval.encoder import encoder_of
    from usbrec.judge.embedding import EmbeddingJudge

    judge = EmbeddingJudge(inputs.catalogue, encoder_of(config.encoder))
    opinions = judge.opinions(lambda: map(facts_of, rows), progress=progress)
    yield from ({**row, "second_judge": opinion} for row, opinion in zip(rows, opinions, strict=True))


def work_of(config: Config, inputs: Inputs) -> Work:
    """What is done with a sample where seats speak. Raises ConfigError."""
    if config.mode != "ask":
        return _play
    from usbrec.stages.asking import questions

    return questions(config, inputs)


async def _play(participants: Participants, sample: Sample) -> Mapping[str, Any]:
    """Free chat: the episode, the ranks of its targets round by round, how persuasive it was."""
    runner, ranking = participants.runner, participants.ranking()
    targets = Targets.of(sample, runner.knowledge)
    episode = await runner.play(sample)
    played: dict[str, Any] = {"episode": episode.to_json(), "repeat": targets.named_in(sample.turns)}
    if ranking is not None:
        lists = ranking.of_chat(sample.turns, episode.played)
        played["rounds"] = round_records(lists, targets, runner.rounds)
    if (length := runner.recommender.list_length) > 1 and runner.knowledge is not None:
        played["list"] = list_record(sample, episode, runner.knowledge, length)
    if sample.task:
        from usbrec.judge.tasks import task_outcome

        outcome = task_outcome(sample, episode.played, targets, tools=participants.tools)
        played |= {} if outcome is None else {"task": outcome}
    if participants.persuasion is not None:
        seed = derive_seed(runner.seed, sample.id, "persuasion")
        rating = await participants.persuasion.rate(sample.turns, episode.played, targets, seed=seed)
        played["persuasion"] = rating.to_json()
    if (anchors := participants.anchors()) is not None:
        # Last of all: what a model has in its cache must not depend on whether others asked this before.
        played["anchors"] = await anchors.rate(sample, targets, episode.played)
    return played
