"""`usbrec benchmark`: a system on the field's own table of recorded dialogues, beside the published rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.data import read_samples
from usbrec.data.reading import parse_line, read_lines
from usbrec.data.redial import read_mentions
from usbrec.dialogue import Conversation, Sample, Turn
from usbrec.engine import Progress, Silent, step
from usbrec.errors import BadLines, ConfigError, InputError, RunFolderError
from usbrec.evaluation.benchmarks import Benchmark, benchmark_named
from usbrec.evaluation.metrics.mentions import difference_of_mentions, summarise_mentions
from usbrec.evaluation.runs.results import rounded
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.play.questions.ranking import LISTED, place_of
from usbrec.stages.resolve import in_mode, resolve
from usbrec.stages.run_folder import Inputs, read_inputs, run_stage, write_json, write_jsonl
from usbrec.stages.wiring import RULES, Participants, similarity_of

SCHEMA = "usbrec.benchmark/1"
#: The recommender that ranks the whole catalogue: by a ranker where one is given, else by attributes.
RANKED = "rules:retriever"
#: The baseline that recommends again what the dialogue named, newest first.
NAMED_AGAIN = "rules:named"


@dataclass(frozen=True, slots=True)
class Listed:
    """The list that a system gives at a turn, best first, and the same without what was named before; or why
    there is none."""

    items: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    failed: str | None = None


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
    seat = config.seats.recommender if "recommender" in config.seats.model_fields_set else RANKED
    if lists is not None and ("recommender" in config.seats.model_fields_set or config.ranker is not None):
        raise ConfigError("--lists is a system of its own: leave out --recommender and --ranker.")
    config = in_mode(config.with_(mode="retrieval" if seat in (RANKED, NAMED_AGAIN) else "episode"))
    if config.mode == "episode":
        config = config.with_(seats={"simulator": RULES, "judge": RULES}, play={"rounds": 1})
    with step(progress, "reading dialogues and items"):
        inputs = read_inputs(config.with_(mode="retrieval"), _samples(dialogues), catalogue, interactions)
    if inputs.catalogue is None:
        raise ConfigError("A benchmark ranks a catalogue: add --catalogue FILE or --ranker DIR.")
    config = resolve(config, inputs.catalogue)
    knowledge = Knowledge.of(inputs.catalogue, similarity_of(config.judging), seed=config.seed)
    before = None if against is None else _rows_of(Path(against), name)
    if lists is not None:
        system, listed = str(lists), _read_lists(Path(lists), inputs.samples, knowledge)
    elif seat == NAMED_AGAIN:
        system, listed = seat, {sample.id: _named_again(sample, knowledge) for sample in inputs.samples}
    else:
        system = seat if config.ranker is None else f"{seat}, {config.ranker}"
        listed = _played(seat, config, inputs, out, progress)
    rows = _rows(inputs.samples, listed, knowledge)
    write_jsonl(out / "mentions.jsonl", rows)
    with step(progress, "means and intervals"):
        results = {
            "schema": SCHEMA,
            "benchmark": name,
            "system": system,
            **rounded(summarise_mentions(rows, seed=config.seed, resamples=config.statistics.resamples)),
            "left_out": inputs.left_out_counts(),
            "published": _published(told),
            "notes": list(told.notes),
            "against": None
            if before is None
            else {
                "folder": str(against),
                **rounded(
                    difference_of_mentions(
                        rows, before, seed=config.seed, resamples=config.statistics.resamples
                    )
                ),
            },
            "inputs": inputs.decides(),
        }
    write_json(out / "benchmark.json", results)
    return results


def _samples(paths: Sequence[str | Path]) -> tuple[Sample, ...]:
    """The turns that recommend, of all files; raw ReDial with every film that was named."""
    found: dict[str, Sample] = {}
    for path in paths:
        read = read_samples(path)
        samples = read_mentions(path) if read.format == "redial" else read.found
        for sample in samples:
            if found.setdefault(sample.id, sample) is not sample:
                raise InputError(
                    f"{path}: sample {sample.id!r} stands in an earlier file. Name each file once."
                )
    return tuple(found.values())


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
        named = ranking.recommended(said, sample.turns)
        if runner.recommender.model is None:  # rules, and whoever brings a list of their own
            before = runner.knowledge.named_in(sample.turns)
            listed = named[:LISTED]
            return {"items": listed, "fresh": [one for one in listed if one not in before]}
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


def _read_lists(path: Path, samples: Sequence[Sample], knowledge: Knowledge) -> Mapping[str, Listed]:
    """The lists of a file, by sample. Raises InputError, and BadLines for lines that are none."""
    known = {sample.id: sample for sample in samples}
    ids = {item.id for item in knowledge.catalogue}
    found: dict[str, Listed] = {}
    problems: list[str] = []
    for number, line in read_lines(path):
        try:
            sample_id, items = _read_list(parse_line(line))
        except InputError as problem:
            problems.append(f"line {number}: {problem}")
            continue
        if sample_id in found:
            problems.append(f"line {number}: sample_id: {sample_id!r} has a list above")
        elif sample_id in known:
            listed = tuple(dict.fromkeys(_ids_of(items, ids, knowledge)))[:LISTED]
            before = knowledge.named_in(known[sample_id].turns)
            found[sample_id] = Listed(listed, tuple(one for one in listed if one not in before))
    if problems:
        raise BadLines(str(path), problems, 'A line is {"sample_id": "...", "items": ["best", "next", ...]}.')
    if not found:
        raise InputError(
            f"{path}: no line is about a sample of this benchmark. Sample ids look like "
            f"{samples[0].id!r}; usbrec samples FILE -o FILE writes them all."
        )
    missing = Listed(failed="the file of lists has none for this sample")
    return {sample.id: found.get(sample.id, missing) for sample in samples}


def _read_list(value: Any) -> tuple[str, list[str]]:
    if not isinstance(value, dict):
        raise InputError("not a JSON object")
    sample_id, items = value.get("sample_id"), value.get("items")
    if not isinstance(sample_id, str):
        raise InputError("sample_id: missing or no text")
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise InputError("items: missing, or not a list of texts")
    return sample_id, items


def _ids_of(items: Iterable[str], ids: frozenset[str] | set[str], knowledge: Knowledge) -> Iterable[str]:
    """Ids as they are; a title as the first of its items, what is neither as a place that nothing holds."""
    for place, item in enumerate(items):
        if item in ids:
            yield item
        else:
            meant = knowledge.catalogue.find(item)
            yield meant[0].id if meant else f"\n{place}"


def _rows(
    samples: Sequence[Sample], listed: Mapping[str, Listed], knowledge: Knowledge
) -> list[Mapping[str, Any]]:
    """One row a turn, as evaluation/metrics/mentions.py reads it. A dialogue is as long as its
    last turn that recommends says."""
    lengths: dict[str, int] = {}
    for sample in samples:
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
                "repeated": [bool(ids & before) for ids in wanted],
                "unknown": sum(not ids for ids in wanted),
                "ranks": [place_of(given.items, ids) for ids in wanted],
                "fresh_ranks": [place_of(given.fresh, ids) for ids in wanted],
                "failed": given.failed,
            }
        )
    return rows


def _rows_of(folder: Path, name: str) -> list[Mapping[str, Any]]:
    """The rows of another run of the same benchmark. Raises RunFolderError."""
    try:
        about = json.loads((folder / "benchmark.json").read_text(encoding="utf-8"))
        rows = [json.loads(line) for line in (folder / "mentions.jsonl").read_text("utf-8").splitlines()]
    except (OSError, ValueError):
        raise RunFolderError(
            f"{folder}: no finished run of usbrec benchmark, which --against asks for."
        ) from None
    if about.get("benchmark") != name:
        raise RunFolderError(f"{folder}: a run of {about.get('benchmark')}, not of {name}.")
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
