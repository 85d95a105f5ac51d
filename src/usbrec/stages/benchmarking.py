"""`usbrec benchmark`: a system on the field's own table of recorded dialogues, beside the published rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.data import read_mentions
from usbrec.data.utterances import says_title
from usbrec.dialogue import Conversation, Sample, Turn
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation.benchmarks import Benchmark, benchmark_named
from usbrec.evaluation.metrics.mentions import difference_of_mentions, summarise_mentions
from usbrec.evaluation.runs.results import rounded
from usbrec.items import Catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.journal import Journal
from usbrec.keys import derive_seed
from usbrec.play.questions.ranking import LISTED, place_of
from usbrec.stages.benchmark_files import Listed, read_lists, rows_of, shared_rows
from usbrec.stages.inputs import Inputs, read_inputs
from usbrec.stages.learnt import counted_dialogues, learnt_dialogues
from usbrec.stages.lists import refuse_lists
from usbrec.stages.resolve import in_mode, resolve
from usbrec.stages.rules import RULES
from usbrec.stages.run_folder import run_stage, write_json, write_jsonl
from usbrec.stages.settings_file import write_settings
from usbrec.stages.wiring import Participants, similarity_of
from usbrec.storage import content_digest

SCHEMA = "usbrec.benchmark/1"
#: The recommender that ranks the whole catalogue: by a ranker where one is given, else by attributes.
RANKED = "rules:retriever"
#: The baseline that recommends again what the dialogue named, newest first.
NAMED_AGAIN = "rules:named"


def benchmark(
    name: str,
    dialogues: Sequence[str | Path],
    out: str | Path,
    *,
    catalogue: str | Path | None = None,
    interactions: str | Path | None = None,
    lists: str | Path | None = None,
    against: str | Path | None = None,
    config: Config | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Run the configured recommender on a benchmark; returns what ``benchmark.json`` holds.

    `dialogues` are files of recorded dialogues (raw ReDial counts every film that the recommender named;
    other formats give their samples). The recommender is a ranker, a seat, :data:`NAMED_AGAIN`, or the file
    `lists`: ``{"sample_id": ..., "items": [ids or titles, best first]}`` a line. `against` is the folder of
    another run of the same benchmark, to which paired differences are told.

    Writes ``benchmark.json`` and ``mentions.jsonl`` into `out`, and goes on there where it was stopped.
    Raises ConfigError, InputError, BadLines, RunFolderError, ModelRefused, Interrupted.
    """
    told = benchmark_named(name)
    out, progress = Path(out), progress or Silent()
    config = config or Config()
    refuse_lists(config, "what a benchmark lists is laid down by its protocol")
    seat = config.seats.recommender if "recommender" in config.seats.model_fields_set else RANKED
    if lists is not None and ("recommender" in config.seats.model_fields_set or config.ranker is not None):
        raise ConfigError("--lists is a system of its own: leave out --recommender and --ranker.")
    if seat == NAMED_AGAIN and config.ranker is not None:
        raise ConfigError(f"{NAMED_AGAIN} names again what was named and asks no ranker: leave out --ranker.")
    config = in_mode(config.with_(mode="retrieval" if seat in (RANKED, NAMED_AGAIN) else "episode"))
    if config.mode == "episode":
        config = config.with_(seats={"simulator": RULES, "judge": RULES}, play={"rounds": 1})
    with step(progress, "reading dialogues and items"):
        read = _read(dialogues)
        inputs = read_inputs(config.with_(mode="retrieval"), read.samples, catalogue, interactions)
        inputs = replace(inputs, left_out=read.left_out)
    if inputs.catalogue is None:
        raise ConfigError("A benchmark ranks a catalogue: add --catalogue FILE or --ranker DIR.")
    _refuse_other_catalogue(inputs.samples, inputs.catalogue)
    config = resolve(config, inputs.catalogue)
    knowledge = Knowledge.of(inputs.catalogue, similarity_of(config.judging), seed=config.seed)
    before = None if against is None else rows_of(Path(against), name)
    told_lists: Mapping[str, int] | None = None
    if lists is not None:
        system = str(lists)
        listed, told_lists = read_lists(Path(lists), inputs.samples, knowledge)
        _bind(out, config, inputs, {"lists": content_digest(Path(lists))})
    elif seat == NAMED_AGAIN:
        system, listed = seat, {sample.id: _named_again(sample, knowledge) for sample in inputs.samples}
        _bind(out, config, inputs, {"system": seat})
    else:
        system = seat if config.ranker is None else f"{seat}, {config.ranker}"
        listed = _played(seat, config, inputs, out, progress)
    learnt = (
        None if config.ranker is None else learnt_dialogues(config.ranker, inputs.samples, inputs.catalogue)
    )
    counted = (
        None if interactions is None else counted_dialogues(interactions, inputs.samples, inputs.catalogue)
    )
    rows = _rows(read.samples, inputs.samples, listed, knowledge, learnt or frozenset())
    shared = None if before is None else shared_rows(rows, before, Path(str(against)))
    write_jsonl(out / "mentions.jsonl", rows)
    with step(progress, "means and intervals"):
        results = {
            "schema": SCHEMA,
            "benchmark": name,
            "system": system,
            **rounded(summarise_mentions(rows, seed=config.seed, resamples=config.statistics.resamples)),
            "left_out": inputs.left_out_counts(),
            "lists": told_lists,
            "learnt_from": None if config.ranker is None else _learnt_told(learnt, rows),
            "counted_from": None if counted is None else _learnt_told(counted, rows),
            "published": _published(told),
            "notes": [
                *told.notes,
                *_other_dialogues(told, read.formats),
                *_some(told, len(inputs.samples), len(read.samples)),
            ],
            "against": None
            if shared is None
            else {
                "folder": str(against),
                "turns": len(shared[0]),
                **rounded(
                    difference_of_mentions(*shared, seed=config.seed, resamples=config.statistics.resamples)
                ),
            },
            "inputs": inputs.decides(),
        }
    write_json(out / "benchmark.json", results)
    return results


@dataclass(frozen=True, slots=True)
class _Dialogues:
    """The turns that recommend, of all files; entries that could not be used; the files' formats."""

    samples: tuple[Sample, ...]
    left_out: tuple[str, ...]
    formats: frozenset[str]


def _read(paths: Sequence[str | Path]) -> _Dialogues:
    """What seekers turned down counts as well, where the format tells it. Raises InputError or BadLines."""
    found: dict[str, Sample] = {}
    left_out: list[str] = []
    formats: set[str] = set()
    for path in paths:
        read = read_mentions(path)
        left_out += read.left_out
        formats.add(read.format)
        for sample in read.found:
            if found.setdefault(sample.id, sample) is not sample:
                raise InputError(
                    f"{path}: sample {sample.id!r} stands in an earlier file. Name each file once."
                )
    return _Dialogues(tuple(found.values()), tuple(left_out), frozenset(formats))


def _other_dialogues(told: Benchmark, formats: frozenset[str]) -> Iterable[str]:
    """What a reader has to know where the files are not the authors' own."""
    if other := sorted(formats - {told.format}):
        published = "published rows are of other dialogues, and " if told.published else ""
        yield (
            f"Files of another format ({', '.join(other)}) than {told.name}'s own ({told.format}) were read: "
            f"{published}mentions that seekers turned down may be missing."
        )


def _some(told: Benchmark, played: int, there: int) -> Iterable[str]:
    """What a reader has to know where a limit left turns out."""
    if played < there:
        published = "; published rows are of whole files" if told.published else ""
        yield f"These are {played} of {there} turns, as the limit asks{published}."


def _refuse_other_catalogue(samples: Sequence[Sample], catalogue: Catalogue) -> None:
    """Raises InputError where the catalogue has none of what was recommended: every list would miss."""
    titles = dict.fromkeys(title for sample in samples for title in sample.targets)
    if not any(map(catalogue.find, titles)):
        named, had = next(iter(titles)), next(iter(catalogue)).name
        raise InputError(
            f"none of the {len(titles)} titles that these dialogues recommend (such as {named!r}) is in the "
            f"catalogue, whose items are such as {had!r}. Name the catalogue that they are of."
        )


def _bind(out: Path, config: Config, inputs: Inputs, system: Mapping[str, str]) -> None:
    """Tie the folder to this run, as one that is played is. Raises RunFolderError."""
    with Journal(out / "run.db") as journal:
        journal.bind(
            {"stage": "benchmark", "settings": config.decides(), "inputs": inputs.decides(), **system}
        )
        write_settings(journal, out, config)


def _learnt_told(learnt: frozenset[str] | None, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """How many of the dialogues were learnt or counted from; null where a ranker's folder does not say."""
    dialogues = {row["dialogue_id"] for row in rows}
    return {"dialogues": None if learnt is None else len(learnt & dialogues), "of": len(dialogues)}


def _played(seat: str, config: Config, inputs: Inputs, out: Path, progress: Progress) -> Mapping[str, Listed]:
    """The lists of a ranker or of whoever sits in the recommender's seat."""

    async def ranked(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        ranking = participants.ranking()
        if ranking is None:
            raise ConfigError("A benchmark ranks a catalogue: add --catalogue FILE.")
        after = ranking.after(sample.turns)
        return {"items": list(after.items), "fresh": list(after.fresh)}

    async def replied(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        runner, ranking = participants.runner, participants.ranking()
        seed = derive_seed(runner.seed, sample.id, "benchmark")
        reply = await runner.recommender.reply(Conversation(sample.turns, 1, 1), seed=seed)
        if ranking is None or runner.knowledge is None:
            raise ConfigError("A benchmark ranks a catalogue: add --catalogue FILE.")
        said = Turn("recommender", reply.text, items=reply.items)
        before = runner.knowledge.named_in(sample.turns)
        # In the order in which they are given: a repeat in front stands in front.
        named = tuple(dict.fromkeys(runner.knowledge.named_by(said, before)))
        if runner.recommender.model is None:  # rules, and whoever brings a list of their own
            fresh = [one for one in named if one not in before]
            return {"items": named[:LISTED], "fresh": fresh[:LISTED]}
        # A language model names a few items; the retriever's follow, as iEvaLM has it.
        after = ranking.after(sample.turns, first=named)
        return {"items": list(after.items), "fresh": list(after.fresh)}

    stage = run_stage(
        "benchmark",
        ranked if seat == RANKED else replied,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress,
        label=seat,
    )
    return {
        sample.id: Listed(failed=record.failure or "no record")
        if record.record is None
        else Listed(tuple(record.record["items"]), tuple(record.record["fresh"]))
        for sample, record, _ in stage.rows
    }


def _named_again(sample: Sample, knowledge: Knowledge) -> Listed:
    """What the dialogue named, newest first."""
    named = [item for turn in sample.turns for item in knowledge.named_by(turn)]
    return Listed(tuple(dict.fromkeys(reversed(named)))[:LISTED])


def _rows(
    every: Sequence[Sample],
    samples: Sequence[Sample],
    listed: Mapping[str, Listed],
    knowledge: Knowledge,
    learnt: frozenset[str],
) -> list[Mapping[str, Any]]:
    """One row a turn of `samples`, as evaluation/metrics/mentions.py reads it. A dialogue is as long as its
    last turn that recommends says, also where `samples` are some of `every` one."""
    lengths: dict[str, int] = {}
    for sample in every:
        lengths[sample.dialogue_id] = max(lengths.get(sample.dialogue_id, 0), len(sample.turns) + 1)
    rows: list[Mapping[str, Any]] = []
    for sample in samples:
        given = listed[sample.id]
        wanted = [{item.id for item in knowledge.catalogue.resolve([title])} for title in sample.targets]
        before = knowledge.named_in(sample.turns)
        rows.append(
            {
                "sample_id": sample.id,
                "dialogue_id": sample.dialogue_id,
                "length": lengths[sample.dialogue_id],
                "targets": list(sample.targets),
                "repeated": [
                    # What the catalogue lacks is known again by its words.
                    bool(ids & before) if ids else any(says_title(turn.text, title) for turn in sample.turns)
                    for title, ids in zip(sample.targets, wanted, strict=True)
                ],
                "unknown": sum(not ids for ids in wanted),
                "ranks": [place_of(given.items, ids) for ids in wanted],
                "fresh_ranks": [place_of(given.fresh, ids) for ids in wanted],
                "failed": given.failed,
                **({"learnt_from": True} if sample.dialogue_id in learnt else {}),
            }
        )
    return rows


def _published(told: Benchmark) -> list[Mapping[str, Any]]:
    return [
        {
            "name": row.name,
            "source": row.source,
            "full": dict(row.full),
            "without_repeats": dict(row.without_repeats),
        }
        for row in told.published
    ]
