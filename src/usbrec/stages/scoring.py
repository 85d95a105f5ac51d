"""`usbrec score`: dialogues that people had with any system, read by rules and rated by a judge."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from usbrec.config import Config
from usbrec.dialogue import RecordedDialogue
from usbrec.engine import Progress, Silent, Unit, run_units, step
from usbrec.errors import (
    ConfigError,
    Interrupted,
    ModelRefused,
    RunFolderError,
)
from usbrec.evaluation.runs.recorded import summarise_recorded
from usbrec.event_loop import run as run_coroutine
from usbrec.items.knowledge import Knowledge
from usbrec.journal import Journal, UnitRecord
from usbrec.judge.model import ModelJudge, Question
from usbrec.judge.recorded import RecordedFacts
from usbrec.llm import read_seat
from usbrec.prompts import Prompts
from usbrec.stages.costs import costs_of
from usbrec.stages.inputs import GivenCatalogue
from usbrec.stages.judge_seat import JudgeSeat, aspects_named, seat_judge
from usbrec.stages.measured import measured_agreement
from usbrec.stages.own_seats import with_objects
from usbrec.stages.probing import ROWS, scoring_of
from usbrec.stages.probing_seats import probe_servers
from usbrec.stages.rating import first_reply, rated, rated_overall, refuse_without_ratings
from usbrec.stages.recorded_inputs import GivenDialogues, RecordedInputs, read_recorded
from usbrec.stages.resolve import resolve
from usbrec.stages.rules import RULES
from usbrec.stages.run_folder import STOPPED, write_json, write_jsonl
from usbrec.stages.seated import seats_told
from usbrec.stages.settings_file import write_settings
from usbrec.stages.wiring import similarity_of

#: Changed dialogues by the change's name, of the dialogues and for the judge that is seated.
Vary: TypeAlias = (
    "Callable[[tuple[RecordedDialogue, ...], JudgeSeat], Mapping[str, Sequence[RecordedDialogue]]]"
)

#: What may stand for "nobody judges".
_NOBODY = ("none", RULES)


def score(
    dialogues: GivenDialogues,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    aspects: str | Sequence[str] | None = None,
    kind: str | None = None,
    replay: str | Path | None = None,
    progress: Progress | None = None,
    objects: Mapping[str, object] | None = None,
) -> Mapping[str, Any]:
    """Read facts in recorded dialogues and have them rated; returns what ``results.json`` holds.

    `dialogues` is a file of any of the formats in :data:`usbrec.data.KINDS` (`kind` names one), a service's
    store, or dialogues. Facts that need items are read with a `catalogue`. A model in the judge's seat is
    asked the `aspects` (by default all of :data:`usbrec.judge.aspects.ASPECTS`), an object of one's own for
    one score of the dialogue; rules, who sit there where nobody is named, are asked for nothing.

    Writes ``config.toml``, ``run.db``, ``dialogues.jsonl`` and ``results.json`` into `out`, or goes on with
    what stands there; with `replay`, a recorded run folder answers instead of the judge. Raises InputError,
    RunFolderError, ModelRefused, Interrupted.
    """
    scored = score_recorded(
        "score",
        dialogues,
        out,
        config=config,
        catalogue=catalogue,
        aspects=aspects,
        kind=kind,
        replay=replay,
        progress=progress,
        objects=objects,
    )
    write_json(scored.out / "results.json", scored.results)
    refuse_without_ratings(scored.results, scored.out)
    return scored.results


@dataclass(frozen=True)
class Scored:
    """What rules and judge say of recorded dialogues. `seat` is closed, `rows` are those of
    ``dialogues.jsonl``, `results` what `usbrec score` says of them; `varied` the ratings of changed dialogues
    by the change's name and the dialogue's id."""

    out: Path
    config: Config
    seat: JudgeSeat
    dialogues: tuple[RecordedDialogue, ...]
    prompts: Prompts
    rows: Sequence[Mapping[str, Any]]
    results: Mapping[str, Any]
    varied: Mapping[str, Mapping[str, Mapping[str, Any]]]


def score_recorded(
    stage: str,
    dialogues: GivenDialogues,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    aspects: str | Sequence[str] | None = None,
    kind: str | None = None,
    replay: str | Path | None = None,
    progress: Progress | None = None,
    objects: Mapping[str, object] | None = None,
    rules_rate: bool = False,
    choose: Callable[[tuple[RecordedDialogue, ...]], tuple[RecordedDialogue, ...]] | None = None,
    aspects_of: Callable[[tuple[RecordedDialogue, ...]], tuple[str, ...]] | None = None,
    vary: Vary | None = None,
) -> Scored:
    """What :func:`score` and `usbrec agreement` have in common; writes all but ``results.json``.

    `choose` picks the dialogues that are worked on, and `aspects_of` says of these what a model is asked
    where no `aspects` are named. With `rules_rate`, rules in the judge's seat rate as well. `vary` makes
    changed dialogues of them, each of which is rated for its overall satisfaction alone.
    """
    config = _for_scoring(with_objects(config or Config(), objects))
    chosen = aspects_named(aspects if aspects is None or isinstance(aspects, str) else tuple(aspects))
    progress = progress or Silent()
    with step(progress, "reading dialogues and items"):
        inputs = read_recorded(dialogues, kind, catalogue, config, choose)
    config = resolve(config, inputs.catalogue)
    if chosen is None and aspects_of is not None and read_seat(config.seats.judge, config.servers).is_model:
        chosen = aspects_named(aspects_of(inputs.dialogues))
    if rules_rate and config.seats.judge == RULES and inputs.catalogue is None:
        raise ConfigError("--judge rules reads facts of items: add --catalogue FILE.")
    out = Path(out)
    journal = Journal(out / "run.db")
    source = None if replay is None else Journal(Path(replay) / "run.db", mode="read")
    knowledge = None
    if inputs.catalogue is not None:
        with step(progress, "indexing titles"):
            knowledge = Knowledge.of(
                inputs.catalogue, similarity_of(config.judging), baseline_items=1, seed=config.seed
            )
    facts = RecordedFacts(knowledge, inputs.languages)
    with step(progress, "opening the judge"):
        seat = seat_judge(
            config,
            inputs.prompts,
            chosen,
            journal,
            replay=source,
            objects=objects,
            rules_rate=facts if rules_rate else None,
        )
    varied = {} if vary is None else vary(inputs.dialogues, seat)
    run = _Run(stage, config, inputs, out, journal, source, seat, facts, progress, varied)
    try:
        with source or nullcontext(), journal:
            rows, changed, told = run_coroutine(run.all())
        write_jsonl(out / "dialogues.jsonl", rows)
        with step(progress, "means and intervals"):
            results = summarise_recorded(
                rows,
                aspects=seat.aspects,
                catalogue=knowledge is not None,
                left_out=inputs.left_out,
                config=config.model_dump(mode="json") | {"inputs": inputs.decides(seat.aspects)},
                seed=config.seed,
                resamples=config.statistics.resamples,
                **told,
            )
    except KeyboardInterrupt:
        raise Interrupted(STOPPED) from None
    return Scored(out, config, seat, inputs.dialogues, inputs.prompts, rows, results, changed)


def _for_scoring(config: Config) -> Config:
    """The settings with nobody but a judge in a seat; rules, where no judge is named."""
    judge = config.seats.judge if "judge" in config.seats.model_fields_set else RULES
    return config.with_(
        seats={
            "recommender": "rules:retriever",
            "simulator": RULES,
            "judge": RULES if judge in _NOBODY else judge,
        },
        enhanced=False,
        mode="episode",
        ranker=None,
    )


@dataclass(frozen=True)
class _Run:
    """One run folder being worked on. `varied` are changed dialogues, by the change's name."""

    stage: str
    config: Config
    inputs: RecordedInputs
    out: Path
    journal: Journal
    source: Journal | None
    seat: JudgeSeat
    facts: RecordedFacts
    progress: Progress
    varied: Mapping[str, Sequence[RecordedDialogue]]

    async def all(
        self,
    ) -> tuple[list[dict[str, Any]], dict[str, dict[str, Mapping[str, Any]]], dict[str, Any]]:
        """The rows of ``dialogues.jsonl``, the ratings of changed dialogues, and what was found of the
        judge."""
        journal, seat, config = self.journal, self.seat, self.config
        units = [Unit(f"score/{dialogue.id}", dialogue) for dialogue in self.inputs.dialogues]
        changed = [
            (change, dialogue.id, Unit(f"{change}/{dialogue.id}", dialogue))
            for change, dialogues in self.varied.items()
            for dialogue in dialogues
        ]
        try:
            self._check_identity([unit.key for unit in units])
            journal.bind(
                {
                    "stage": self.stage,
                    "settings": config.decides(),
                    "inputs": self.inputs.decides(seat.aspects),
                }
                | {"models": dict(seat.identities)}
            )
            told = {"judge": seats_told(config, seat.identities)["judge"]}
            seats = told if self.source is None else self.source.noted("seats") or told
            journal.note("seats", seats)
            agreement = self._judge_agreement()
            write_settings(journal, self.out, config)
            before = [] if self.source is None else [self.source]
            probe = await probe_servers(seat, self.inputs.dialogues, config, journal, before, self.progress)
            with step(self.progress, "trying out the judge"):
                scoring = await self._scoring()
            records = await run_units(
                units,
                functools.partial(rated, seat, self.facts, config.seed),
                journal=journal,
                workers=seat.workers,
                restart_whole=seat.restart_whole,
                label=self.stage,
                progress=self.progress,
                batch_size=seat.batch_size,
            )
            further = (
                await run_units(
                    [unit for _, _, unit in changed],
                    functools.partial(rated_overall, seat, self.facts, config.seed),
                    journal=journal,
                    workers=seat.workers,
                    restart_whole=seat.restart_whole,
                    label="checks",
                    progress=self.progress,
                    batch_size=seat.batch_size,
                )
                if changed
                else []
            )
        finally:
            await seat.aclose()
        if all(record.failure is not None for record in records):
            raise ModelRefused(
                f"{self.out}: no dialogue was rated at all. The first failed with: {records[0].failure}\n"
                "Check the server or object that it names, then run the same command again."
            )
        rows = [
            self._row(dialogue, record)
            for dialogue, record in zip(self.inputs.dialogues, records, strict=True)
        ]
        costs = costs_of(journal, config, seat, probe)
        ratings: dict[str, dict[str, Mapping[str, Any]]] = {}
        for (change, dialogue_id, _), record in zip(changed, further, strict=True):
            if record.record is not None:
                ratings.setdefault(change, {})[dialogue_id] = record.record
        return (
            rows,
            ratings,
            {
                "scoring": scoring,
                "probe": probe,
                "seats": seats,
                "costs": costs,
                "judge_agreement": agreement,
            },
        )

    def _judge_agreement(self) -> Mapping[str, Any] | None:
        """What is known of the judge's agreement with people; None where nobody rates, and where that is what
        is being measured."""
        if not self.seat.aspects or self.stage == "agreement":
            return None
        known = measured_agreement(self.seat.seat, self.seat.identities, self.inputs.prompts)
        agreement = known if self.source is None else self.source.noted("judge agreement") or known
        self.journal.note("judge agreement", agreement)
        return agreement

    def _check_identity(self, keys: Sequence[str]) -> None:
        """Raises RunFolderError where a run would go on with an object that may be another than before."""
        unknown = self.seat.seats.unidentified
        if not unknown or not self.journal.bound:
            return
        if all((record := self.journal.unit(key)) is not None and record.failure is None for key in keys):
            return
        raise RunFolderError(
            f"{self.out}: this run is not finished, and nobody can say whether the {unknown[0].kind} in the "
            f"judge's seat is the one of before. Add to {unknown[0].kind} what decides its answers, such as\n"
            '    identity = {"version": 1}\n'
            "and start anew in another folder; with it, a run goes on where it was stopped."
        )

    async def _scoring(self) -> Mapping[str, Any]:
        """How the judge scores, found on questions about several aspects and dialogues."""
        judge = self.seat.model
        told = [(one, reply) for one in self.inputs.dialogues if (reply := first_reply(one)) is not None]
        if judge is None or not told:
            return {}

        def prompts(_: ModelJudge) -> list[str | Question]:
            asked = []
            for number in range(ROWS):
                dialogue, reply = told[number % len(told)]
                aspect = judge.aspects[number * (len(judge.aspects) - 1) // (ROWS - 1)]
                until = reply + 1 if aspect.level == "turn" else len(dialogue.turns)
                asked.append(judge.question(aspect, dialogue.turns[:until]))
            return list(dict.fromkeys(asked))

        return await scoring_of({self.seat.seat: judge.base}, prompts, self.config, self.journal)

    def _row(self, dialogue: RecordedDialogue, record: UnitRecord) -> dict[str, Any]:
        found = {"turns": [], "facts": None, "aspects": {}} if record.record is None else record.record
        return {
            "id": dialogue.id,
            "system": dialogue.system,
            "dataset": dialogue.dataset,
            "dialogue": dialogue.to_json(),
            **found,
            "failed": record.failure,
            "usage": self.journal.usage(record.key).to_json(),
        }
