"""Run folder: ``config.toml``, ``run.db`` and what is exported from it."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from usbrec.config import CatalogueFile, Config, settled
from usbrec.data import limit_samples, read_samples, samples_digest
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Unit, run_units, step
from usbrec.errors import (
    BadLines,
    ConfigError,
    Interrupted,
    ModelRefused,
    RunFolderError,
    UnknownLanguage,
)
from usbrec.event_loop import run as run_coroutine
from usbrec.items import Catalogue, FieldMap, known_targets, popularity_from
from usbrec.items.open import open_catalogue, told_of
from usbrec.journal import Journal, UnitRecord
from usbrec.keys import digest
from usbrec.lexicon import USUAL
from usbrec.llm import quicker
from usbrec.llm.open import read_seat
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.seekers.phrases import read_phrases
from usbrec.play.seekers.wishes import check_wishes
from usbrec.prompts import Prompts
from usbrec.stages.costs import costs_of
from usbrec.stages.engines import workers_of
from usbrec.stages.languages import check_languages, unknown_language
from usbrec.stages.measured import measured_agreement
from usbrec.stages.rules import RULES, is_seeker_by_rules
from usbrec.stages.seated import seats_told
from usbrec.stages.settings_file import write_settings
from usbrec.stages.shares import Given, Workers, run_shared, take_over_parts
from usbrec.stages.thoughts import without_thoughts
from usbrec.stages.wiring import Participants, seat_participants
from usbrec.storage import Stamped, content_digest, stamped, write_text, write_texts
from usbrec.stored_units import StoredUnits

_log = logging.getLogger(__name__)

#: Samples and items as a stage is given them: a file, or what was read already.
GivenSamples: TypeAlias = "str | Path | Sequence[Sample]"
GivenCatalogue: TypeAlias = "str | Path | Catalogue"

#: Said after Ctrl-C.
STOPPED = "Stopped. What is finished is kept: the same command goes on from there."


@dataclass(frozen=True)
class Inputs:
    """What a stage reads, read whole and checked before any model is asked; `ranker` is the digest of a
    ranker's folder, `left_out` are the samples that could not be used, each with the reason; `languages` tell
    what each dialogue's language is."""

    samples: tuple[Sample, ...]
    catalogue: Catalogue | None
    prompts: Prompts
    ranker: str | None = None
    left_out: tuple[str, ...] = ()
    languages: Languages = ENGLISH
    sentences: Mapping[str, str] = field(default_factory=dict)

    def left_out_counts(self) -> dict[str, int]:
        """How many rows of samples and of the catalogue were left out."""
        report = None if self.catalogue is None else self.catalogue.report
        return {"samples": len(self.left_out), "items": 0 if report is None else len(report.left_out)}

    def decides(self) -> dict[str, Any]:
        spoken = [self.languages.told(sample.turns) for sample in self.samples]
        other = {language for language in spoken if language != USUAL}
        return {
            "samples": samples_digest(self.samples),
            "catalogue": None if self.catalogue is None else self.catalogue.digest,
            "prompts": digest(dict(self.prompts.texts(other))),
            "ranker": self.ranker,
            **({"spoken": digest(spoken)} if other else {}),
            **self.sentences,
            **self._columns_given(),
        }

    def _columns_given(self) -> dict[str, Any]:
        """The types of columns that the user said; left out where none are, as in runs of before."""
        report = None if self.catalogue is None else self.catalogue.report
        types = () if report is None else report.types
        given = {column.name: column.type for column in types if column.given}
        return {"columns": given} if given else {}


def read_inputs(
    config: Config,
    samples: GivenSamples,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
) -> Inputs:
    """Read samples, catalogue and prompts. Raises InputError or BadLines.

    Where rules need them, samples whose targets the catalogue lacks are left out, which an InputWarning
    tells; refused where they are more than half or `catalogue.strict` is set.
    """
    loaded, unusable = _read_samples(samples, strict=config.catalogue.strict)
    prompts = Prompts(config.play.prompts)
    if catalogue is None:
        if interactions is not None:
            raise ConfigError("--interactions counts items of a catalogue: add --catalogue FILE.")
        if config.ranker is None:
            limited = _limited(loaded, config, samples)
            languages = Languages.of_samples(config.language, limited)
            return Inputs(limited, None, prompts, left_out=unusable, languages=languages)
        # scipy and all that a ranker learns from: only with --ranker.
        from usbrec.items import ranked_items

        items = ranked_items(config.ranker)
    else:
        items = read_catalogue(catalogue, interactions, config.catalogue)
    where = (
        "the catalogue"
        if isinstance(catalogue, Catalogue)
        else catalogue or f"the items of {config.ranker} (train it anew), or name others by --catalogue"
    )
    unknown: tuple[str, ...] = ()
    # Who only ranks may miss a target; who judges by its attributes cannot.
    if config.mode != "retrieval" and (
        config.seats.judge == RULES or is_seeker_by_rules(config.seats.simulator)
    ):
        named = str(samples) if isinstance(samples, str | Path) else "samples"
        if config.catalogue.strict:
            loaded = _limited(loaded, config, samples)
        advice = f"Rules need the targets' items: add them to {where}."
        loaded, unknown = known_targets(loaded, items, named, advice, strict=config.catalogue.strict)
    _check_constraints(loaded, items, str(samples) if isinstance(samples, str | Path) else "samples")
    ranker = None if config.ranker is None else ranker_digest(Path(config.ranker))
    limited = _limited(loaded, config, samples)
    languages = Languages.of_samples(config.language, limited)
    left_out = (*unusable, *unknown)
    return Inputs(limited, items, prompts, ranker, left_out, languages, _sentences(config))


def _sentences(config: Config) -> dict[str, str]:
    """What decides the sentences of rules beside language and catalogue, where somebody said so."""
    kind, templates = config.catalogue.kind, config.seekers.templates
    return ({} if kind == "auto" else {"kind": kind}) | (
        {} if templates is None else {"templates": digest(dict(read_phrases(Path(templates))))}
    )


def _check_constraints(samples: Sequence[Sample], items: Catalogue, where: str) -> None:
    """Raises BadLines for constraints that the catalogue's columns cannot meet, or that no target does."""
    problems = [check_wishes(sample, items) for sample in samples if sample.constraints]
    if told := [problem for problem in problems if problem is not None]:
        raise BadLines(where, told, "A sample's constraints are about columns of the catalogue.")


def _limited(samples: tuple[Sample, ...], config: Config, given: GivenSamples) -> tuple[Sample, ...]:
    """Those of the limit, without thoughts in what was said."""
    found = samples if config.limit is None else limit_samples(samples, config.limit)
    where = str(given) if isinstance(given, str | Path) else "samples"
    return without_thoughts(found, config.models.reasoning, where)


def ranker_digest(folder: Path) -> str:
    """A digest of the files of a ranker's folder. Raises ConfigError."""
    if not folder.is_dir():
        raise ConfigError(f"--ranker {folder}: no such folder. `usbrec train ranker -o` writes one.")
    files = sorted(
        path for path in folder.iterdir() if path.suffix in {".json", ".jsonl", ".npz", ".npy", ".txt"}
    )
    return digest([[str(path.relative_to(folder)), content_digest(path)] for path in files])


def given_samples(samples: GivenSamples) -> tuple[Sample, ...]:
    """The samples, read where they are a file. Raises InputError or BadLines."""
    return _read_samples(samples)[0]


def _read_samples(
    samples: GivenSamples, *, strict: bool = False
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """The samples, and what of a file of them cannot be used."""
    if not isinstance(samples, str | Path):
        return tuple(samples), ()
    read = read_samples(samples, strict=strict)
    return read.found, read.left_out


def read_catalogue(
    catalogue: GivenCatalogue, interactions: str | Path | None, file: CatalogueFile | None = None
) -> Catalogue:
    """The items, with their popularity counted where `interactions` are given. `file` says which columns
    hold what. Raises InputError or BadLines.

    An experiment asks for the same items many times: files that have not changed are read once.
    """
    if isinstance(catalogue, Catalogue):
        return _counted(catalogue, interactions)
    return _read_catalogue(
        stamped(catalogue),
        None if interactions is None else stamped(interactions),
        (file or CatalogueFile()).model_dump_json(),
    )


@functools.lru_cache(maxsize=4)
def _read_catalogue(catalogue: Stamped, interactions: Stamped | None, settings: str) -> Catalogue:
    file = CatalogueFile.model_validate_json(settings)
    items = read_catalogue_anew(catalogue[0], None if interactions is None else interactions[0], file)
    if items.report is not None:
        told_of(items.report)
    return items


def read_catalogue_anew(
    path: str | Path, interactions: str | Path | None, file: CatalogueFile | None = None
) -> Catalogue:
    """The same of a file as it is now, which nobody keeps and whose `report` nobody has told yet. Raises
    InputError or BadLines."""
    file = file or CatalogueFile()
    fields = FieldMap(**file.model_dump(include=set(FieldMap.__dataclass_fields__)))
    items = open_catalogue(
        path, fields, table=file.table, encoding=file.encoding, strict=file.strict, types=file.columns
    )
    return _counted(items, interactions)


def _counted(items: Catalogue, interactions: str | Path | None) -> Catalogue:
    return items if interactions is None else items.with_popularity(popularity_from(interactions, items))


class StoredRows:
    """Each sample with its record and what its calls cost, in order, once its run has ended: read from the
    run's journal whenever they are gone through, so that they are never all held. Raises RunFolderError."""

    def __init__(
        self, path: Path, samples: Sequence[Sample], keys: Sequence[str], usages: Sequence[Mapping[str, Any]]
    ) -> None:
        self._path, self._samples, self._keys, self.usages = path, samples, keys, usages

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[tuple[Sample, UnitRecord, Mapping[str, Any]]]:
        # To be read alone, it would leave an empty log beside it.
        with Journal(self._path) as journal:
            stored = StoredUnits(journal, self._keys, dict.fromkeys(self._keys))
            yield from zip(self._samples, stored, self.usages, strict=True)


@dataclass(frozen=True)
class StageRun:
    """What a stage did: each sample with its record and what its calls cost, in order; how each model judge
    scored, by its seat (see stages/probing.py); who sat where (see stages/seated.py); how many calls of
    finished rows got no answer, though another try may get one; and what the servers' models support that
    matters for the run (see stages/probing_seats.py)."""

    rows: StoredRows
    scoring: Mapping[str, Any]
    seats: Mapping[str, Any]
    lost_calls: int
    probe: Mapping[str, Any]
    #: See stages/costs.py; None without prices.
    costs: Mapping[str, Any] | None = None
    #: See stages/measured.py.
    judge_agreement: Mapping[str, Any] = field(default_factory=dict)


def run_stage(
    name: str,
    work: Callable[[Participants, Sample], Awaitable[Mapping[str, Any]]],
    *,
    config: Config,
    inputs: Inputs,
    out: str | Path,
    progress: Progress,
    replay: str | Path | None = None,
    reuse: str | Path | None = None,
    label: str | None = None,
    objects: Mapping[str, object] | None = None,
    shared: Given | None = None,
    hear_record: Callable[[Mapping[str, Any]], None] | None = None,
) -> StageRun:
    """Do `work` for every sample in the run folder `out`, or go on with it; by several workers where
    `shared` says what each is given. `hear_record` is then told the record of each row that ended well.

    Answers come from the run folder `replay` alone, or from `reuse` where it has them. Raises RunFolderError
    when the folder is in use or holds another configuration, ModelRefused when no row was answered at all or
    a model judge cannot score, Interrupted on Ctrl-C.
    """
    out = Path(out)
    journal = Journal(out / "run.db")
    source, other = (recorded(folder) for folder in (replay, reuse))
    check_languages(config, inputs.samples, inputs.languages)
    # Everyone is seated before the folder is made: a seat that cannot be taken leaves nothing behind.
    with step(progress, "opening models and ranker"):
        participants = seat_participants(
            config,
            inputs.prompts,
            inputs.catalogue,
            journal,
            replay=source,
            reuse=other,
            objects=objects,
            languages=inputs.languages,
        )
    try:
        with source or nullcontext(), other or nullcontext(), workers_of(shared, config) as among, journal:
            # Of a replay, who sat there when it was recorded.
            told = seats_told(config, participants.identities)
            seats = told if source is None else source.noted("seats") or told
            before = [one for one in (source, other) if one is not None]
            known = measured_agreement(config.seats.judge, participants.identities, inputs.prompts)
            agreement = known if source is None else source.noted("judge agreement") or known
            return run_coroutine(
                _run(
                    name,
                    work,
                    config,
                    inputs,
                    out,
                    journal,
                    participants,
                    progress,
                    label or name,
                    seats,
                    agreement,
                    before,
                    retry_lost=source is None and not participants.restart_whole,
                    among=among,
                    shared=shared,
                    hear_record=hear_record,
                )
            )
    except KeyboardInterrupt:
        raise Interrupted(STOPPED) from None


def decides(stage: str, config: Config, inputs: Inputs, models: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the answers of a run, with the identities of its models."""
    decided = {"stage": stage, "settings": config.decides(), "inputs": inputs.decides()}
    return decided | {"models": dict(models)}


def recorded(folder: str | Path | None) -> Journal | None:
    """The journal of a recorded run folder, to be read."""
    return None if folder is None else Journal(Path(folder) / "run.db", mode="read")


async def _run(
    name: str,
    work: Callable[[Participants, Sample], Awaitable[Mapping[str, Any]]],
    config: Config,
    inputs: Inputs,
    out: Path,
    journal: Journal,
    participants: Participants,
    progress: Progress,
    label: str,
    seats: Mapping[str, Any],
    agreement: Mapping[str, Any],
    before: Sequence[Journal],
    *,
    retry_lost: bool,
    among: Workers | None,
    shared: Given | None,
    hear_record: Callable[[Mapping[str, Any]], None] | None,
) -> StageRun:
    try:
        take_over_parts(journal, out)
        units = [Unit(f"{name}/{sample.id}", sample) for sample in inputs.samples]
        _check_identities(participants, journal, [unit.key for unit in units], out)
        if not journal.bound and not before:
            _tell_of_quicker(participants, config)
        decided = decides(name, config, inputs, participants.identities)
        journal.bind(decided)
        journal.note("seats", seats)
        journal.note("judge agreement", agreement)
        write_settings(journal, out, config)
        probe: Mapping[str, Any] = {}
        scoring: Mapping[str, Any] = {}
        if participants.seated:
            # Of rules nothing has to be found out, and these take long to import.
            from usbrec.stages.probing_seats import probe_servers

            probe = await probe_servers(participants, inputs.samples, config, journal, before, progress)
        if participants.judges:
            from usbrec.stages.probing import find_scoring

            with step(progress, "trying out the judge"):
                scoring = await find_scoring(participants, inputs.samples, config, journal)

        how: dict[str, Any] = {
            "journal": journal,
            "workers": participants.workers,
            "restart_whole": participants.restart_whole,
            "label": label,
            "progress": progress,
            "batch_size": participants.batch_size,
            "retry_lost": retry_lost,
        }
        if shared is None or among is None:
            records = await run_units(units, working(work, participants, config, inputs), **how)
        else:
            records = await run_shared(
                shared,
                units,
                among,
                decides=decided,
                out=out,
                concurrency=settled(config.models.concurrency, "models.concurrency"),
                first=tried_out(),
                hear_record=hear_record,
                **how,
            )
    finally:
        await participants.aclose()
    if None not in records.failures:
        raise ModelRefused(
            f"{out}: no row was answered at all. The first failed with: {records.failures[0]}\n"
            "Check the server or object that it names, then run the same command again."
        )
    usages = [journal.usage(key).to_json() for key in records.keys]
    rows = StoredRows(journal.path, inputs.samples, records.keys, usages)
    told = zip(records.keys, records.failures, strict=True)
    lost = sum(journal.lost_calls(key) for key, failure in told if failure is None)
    costs = costs_of(journal, config, participants, probe)
    return StageRun(rows, scoring, seats, lost, probe, costs, agreement)


def working(
    work: Callable[[Participants, Sample], Awaitable[Mapping[str, Any]]],
    participants: Participants,
    config: Config,
    inputs: Inputs,
) -> Callable[[Sample], Awaitable[Mapping[str, Any]]]:
    """`work` for each sample alone."""

    async def one(sample: Sample) -> Mapping[str, Any]:
        try:
            return await work(participants, sample)
        except UnknownLanguage:
            # A row left out for its language would make the mean one of those that were easy.
            raise unknown_language(config, inputs.samples, inputs.languages) from None

    return one


def tried_out() -> tuple[str, ...]:
    """The units of what was found before the first row."""
    from usbrec.stages import probing, probing_seats

    return probing.UNIT, probing_seats.UNIT


def _tell_of_quicker(participants: Participants, config: Config) -> None:
    """A line for each seat whose model another backend, which is installed, would run several times as
    quickly; while it can still be chosen."""
    for seat in participants.seated:
        if (line := quicker.told(read_seat(seat, config.servers))) is not None:
            _log.warning("%s", line)


def _check_identities(participants: Participants, journal: Journal, keys: Sequence[str], out: Path) -> None:
    """Raises RunFolderError where a run would go on with an object that may be another than before."""
    if not participants.unidentified or not journal.bound:
        return
    done = [record for key in keys if (record := journal.unit(key)) is not None and record.failure is None]
    if len(done) == len(keys):
        return
    one = participants.unidentified[0]
    raise RunFolderError(
        f"{out}: this run is not finished, and nobody can say whether the {one.kind} in the {one.seat}'s "
        f"seat is the one of before. Add to {one.kind} what decides its answers, such as\n"
        '    identity = {"version": 1}\n'
        "and start anew in another folder; with it, a run goes on where it was stopped."
    )


def write_json(path: Path, value: Mapping[str, Any]) -> Path:
    return write_text(path, json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False) + "\n")


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    return write_texts(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
