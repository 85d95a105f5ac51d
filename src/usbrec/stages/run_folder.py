"""Run folder: ``config.toml``, ``run.db`` and what is exported from it."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from usbrec.config import Config, settled
from usbrec.dialogue import Sample
from usbrec.engine import Progress, UnitKeys, Units, run_units, step
from usbrec.errors import (
    Interrupted,
    ModelRefused,
    RunFolderError,
    UnknownLanguage,
)
from usbrec.event_loop import run as run_coroutine
from usbrec.journal import Journal, UnitRecord
from usbrec.llm import quicker
from usbrec.llm.open import read_seat
from usbrec.long_lists import LongList
from usbrec.stages.costs import costs_of
from usbrec.stages.engines import workers_of
from usbrec.stages.inputs import Inputs
from usbrec.stages.languages import check_languages, unknown_language
from usbrec.stages.measured import measured_agreement
from usbrec.stages.seated import seats_told
from usbrec.stages.settings_file import write_settings
from usbrec.stages.shares import Given, Workers, run_shared, take_over_parts
from usbrec.stages.wiring import Participants, seat_participants
from usbrec.storage import write_text, write_texts
from usbrec.stored_units import StoredUnits

_log = logging.getLogger(__name__)

#: Said after Ctrl-C.
STOPPED = "Stopped. What is finished is kept: the same command goes on from there."


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
            stored = StoredUnits(journal, self._keys, {})
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
        units = Units(inputs.samples, lambda sample: f"{name}/{sample.id}")
        _check_identities(participants, journal, UnitKeys(units), out)
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
    if len(records.failures) == len(records):
        raise ModelRefused(
            f"{out}: no row was answered at all. The first failed with: {records.failures[0]}\n"
            "Check the server or object that it names, then run the same command again."
        )
    usages = LongList(journal.usage(key).to_json() for key in records.keys)
    rows = StoredRows(journal.path, inputs.samples, records.keys, usages)
    lost = sum(
        journal.lost_calls(key) for place, key in enumerate(records.keys) if place not in records.failures
    )
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
    records = map(journal.unit, keys)
    if all(record is not None and record.failure is None for record in records):
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
