"""`usbrec fidelity`: a simulated seeker beside the people in whose recorded dialogues it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import RecordedDialogue, Sample, Turn, plain_words
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError, InputError, Interrupted
from usbrec.evaluation.fidelity.points import Counterfactual, Point, counterfactual_of, points_of
from usbrec.evaluation.fidelity.reading import read_answer
from usbrec.evaluation.fidelity.summary import SCHEMA, summarise_fidelity
from usbrec.evaluation.runs.results import rounded
from usbrec.items.knowledge import Knowledge
from usbrec.judge.answers import Answer
from usbrec.judge.copies import copied, homes_of
from usbrec.judge.recorded import RecordedFacts
from usbrec.keys import derive_seed
from usbrec.llm import read_seat
from usbrec.play.seekers.base import SeekerAnswer
from usbrec.play.targets import Targets
from usbrec.stages.inputs import GivenCatalogue, Inputs, read_inputs
from usbrec.stages.own_seats import with_objects
from usbrec.stages.recorded_inputs import GivenDialogues, opinions_of_file, read_recorded
from usbrec.stages.resolve import resolve
from usbrec.stages.rules import RULES, is_seeker_by_rules
from usbrec.stages.run_folder import STOPPED, run_stage, write_json, write_jsonl
from usbrec.stages.wiring import Participants, similarity_of

#: Dialogues with the counterfactual check: of a seeker that has to be asked, of others.
CHECKED, CHECKED_HERE = 50, 500
#: The sentence in which the check recommends.
_RECOMMENDS = "fallback_item"


def fidelity(
    dialogues: GivenDialogues,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    kind: str | None = None,
    checks: bool = True,
    replay: str | Path | None = None,
    progress: Progress | None = None,
    objects: Mapping[str, object] | None = None,
) -> Mapping[str, Any]:
    """Hold a simulated seeker against the people of recorded dialogues; returns ``results.json``.

    At each of the person's answers the seeker of `config` (rules, a model, an object of one's own) answers
    the same turns, told what the person liked but for what the recommender names there (see
    evaluation/fidelity/points.py). Both answers are read in the same way. `dialogues` are as in
    :func:`usbrec.stages.score`; of raw ReDial the forms say what was liked. With `checks`, some
    recommendations are replaced by a target and by something unlike all targets.

    Writes ``config.toml``, ``run.db``, ``turns.jsonl`` and ``results.json`` into `out`, or goes on with what
    stands there. Raises InputError, RunFolderError, ModelRefused, Interrupted.
    """
    progress = progress or Silent()
    config = _for_seeker(with_objects(config or Config(), objects))
    if catalogue is None:
        raise ConfigError("Fidelity reads what is recommended and told: add --catalogue FILE.")
    with step(progress, "reading dialogues and items"):
        given = read_recorded(dialogues, kind, catalogue, config)
        opinions = opinions_of_file(dialogues, kind, given.dialogues)
    assert given.catalogue is not None
    with step(progress, "reading answers"):
        knowledge = Knowledge.of(
            given.catalogue, similarity_of(config.judging), baseline_items=1, seed=config.seed
        )
        facts = RecordedFacts(knowledge, given.languages)
        points, without = _points(given.dialogues, opinions, facts)
    samples = tuple(point.sample for point in points.values())
    inputs = read_inputs(config.with_(limit=None), samples, given.catalogue, None)
    config = resolve(config, given.catalogue)
    seat = config.seats.simulator
    asked = not is_seeker_by_rules(seat)
    replaced = _replaced(points, knowledge, config.seed, CHECKED if asked else CHECKED_HERE) if checks else {}

    async def work(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        point = points[sample.id]
        place = derive_seed(config.seed, sample.id, "fidelity")
        given_answer = await _answer(participants, sample, point.turns, place)
        found: dict[str, Any] = {"answer": given_answer}
        if (other := replaced.get(sample.id)) is not None:
            found["checks"] = {
                side: {
                    "item": item_id,
                    "turn": (turn := _recommending(inputs, given.catalogue, point, item_id)).text,
                    **await _answer(participants, sample, (*point.turns[:-1], turn), place),
                }
                for side, item_id in (("good", other.good), ("bad", other.bad))
            }
        return found

    stage = run_stage(
        "fidelity",
        work,
        config=config,
        inputs=inputs,
        out=out,
        progress=progress,
        replay=replay,
        label=f"seeker {seat}",
        objects=objects,
    )
    out = Path(out)
    try:
        with step(progress, "means and intervals"):
            rows = _rows(stage.rows, points, facts, dict(copied(homes_of(given.dialogues))))
            write_jsonl(out / "turns.jsonl", rows)
            results = {
                "schema": SCHEMA,
                "seeker": seat,
                **rounded(summarise_fidelity(rows, seed=config.seed, resamples=config.statistics.resamples)),
                "left_out": {
                    "points": without + len(points) - len(rows),
                    "dialogues": given.left_out,
                },
                "calls": sum(row["usage"]["calls"] for row in rows),
                **({} if stage.costs is None else {"cost": dict(stage.costs)}),
                "seats": {"simulator": stage.seats["simulator"]},
                "config": config.model_dump(mode="json") | {"inputs": inputs.decides()},
            }
            write_json(out / "results.json", results)
    except KeyboardInterrupt:
        raise Interrupted(STOPPED) from None
    return results


def _for_seeker(config: Config) -> Config:
    """The settings with nobody but a seeker in a seat; rules, where none is named."""
    seeker = config.seats.simulator if "simulator" in config.seats.model_fields_set else RULES
    seat = read_seat(seeker, config.servers)
    if not (is_seeker_by_rules(seeker) or seat.is_model or seat.is_own):
        raise ConfigError(
            f"--seeker {seeker}: no seeker. Name rules, rules:people, trained:DIR, a model, or an object of "
            "your own."
        )
    return config.with_(
        seats={"recommender": "rules:random", "simulator": seeker, "judge": RULES},
        enhanced=False,
        # Nobody recommends: rules do not have to know the language of a dialogue that they only read.
        mode="retrieval",
        ranker=None,
        trials=1,
        judging={"second": False, "anchors": 0},
        play={"tools": False, "filter": {}, "candidates": 0, "constraints": "auto"},
    )


def _points(
    dialogues: Sequence[RecordedDialogue],
    opinions: Mapping[str, Mapping[str, bool]],
    facts: RecordedFacts,
) -> tuple[dict[str, Point], int]:
    """The points with a target, by id, and how many have none left. Raises InputError where all have none."""
    every = [
        point for dialogue in dialogues for point in points_of(dialogue, opinions.get(dialogue.id), facts)
    ]
    found = {point.id: point for point in every if point.targets}
    if not found:
        raise InputError(
            f"none of {len(every)} answers of seekers can be held against a simulated one: a seeker needs "
            "targets of the catalogue beside what is recommended just then. Name dialogues whose format says "
            "what was liked (raw ReDial), or give `targets`, and the catalogue that they are of "
            "(docs/fidelity.md)."
        )
    return found, len(every) - len(found)


def _replaced(
    points: Mapping[str, Point], knowledge: Knowledge, seed: int, most: int
) -> dict[str, Counterfactual]:
    """By the point's id what stands in place of its recommendation: one point a dialogue, of so many."""
    first: dict[str, tuple[str, Counterfactual]] = {}
    order = sorted(
        {point.dialogue_id for point in points.values()}, key=lambda one: derive_seed(0, "checked", one)
    )
    chosen = set(order[:most])
    for point in points.values():
        if point.dialogue_id in first or point.dialogue_id not in chosen or not point.recommended:
            continue
        if (found := counterfactual_of(point, knowledge, seed)) is not None:
            first[point.dialogue_id] = (point.id, found)
    return dict(first.values())


def _recommending(inputs: Inputs, items: Any, point: Point, item_id: str) -> Turn:
    language = inputs.languages.told(point.turns)
    name = items.get(item_id).name
    return Turn("recommender", inputs.prompts.say(_RECOMMENDS, language, title=name))


async def _answer(
    participants: Participants, sample: Sample, turns: Sequence[Turn], seed: int
) -> dict[str, Any]:
    """What a seeker who sits down for this one answer says. Raises ModelError."""
    runner = participants.runner
    seeker = runner.simulator.seat(Targets.of(sample, runner.knowledge))
    answer: SeekerAnswer = await seeker.answer(turns, explain=False, seed=seed)
    return {
        "text": answer.text,
        "accepted": answer.accepted,
        "left": answer.left,
        "likes": answer.likes,
        "leaked": answer.leaked,
    }


def _rows(
    played: Iterable[tuple[Sample, Any, Mapping[str, Any]]],
    points: Mapping[str, Point],
    facts: RecordedFacts,
    same_as: Mapping[str, str],
) -> list[dict[str, Any]]:
    """A row a point, as evaluation/fidelity/summary.py reads it; `same_as` names the dialogues that say the
    same as another one."""
    said: dict[tuple[str, str], set[str]] = {}

    def repeated(who: str, dialogue_id: str, text: str) -> bool:
        before = said.setdefault((who, dialogue_id), set())
        words = plain_words(text)
        again = words in before
        before.add(words)
        return again

    rows: list[dict[str, Any]] = []
    for sample, record, usage in played:
        point = points[sample.id]
        person = read_answer(point.answer, point.reaction, point.turns, facts)
        person["repeats"] = repeated("person", point.dialogue_id, point.answer)
        row: dict[str, Any] = {
            "id": point.id,
            "dialogue_id": point.dialogue_id,
            "recommender": point.turns[-1].text,
            "recommended": list(point.recommended),
            "targets": list(point.targets),
            "by": point.by,
            "person": person,
            "seeker": None,
            "checks": None,
            "failed": record.failure,
            "usage": usage,
            **({"same_as": same_as[point.dialogue_id]} if point.dialogue_id in same_as else {}),
        }
        if record.record is not None:
            given = record.record["answer"]
            by_form = point.by == "form"
            reaction = _reaction(given, point.turns, facts, by_form) if point.recommended else None
            row["seeker"] = read_answer(given["text"], reaction, point.turns, facts)
            row["seeker"]["repeats"] = repeated("seeker", point.dialogue_id, given["text"])
            row["seeker"]["ends"] = "accepted" if given["accepted"] else "left" if given["left"] else None
            if (checks := record.record.get("checks")) is not None:
                row["checks"] = {
                    side: {
                        "item": told["item"],
                        "text": told["text"],
                        "reaction": _reaction(
                            told, (*point.turns[:-1], Turn("recommender", told["turn"])), facts, True
                        ),
                    }
                    for side, told in checks.items()
                }
        rows.append(row)
    return rows


def _reaction(
    given: Mapping[str, Any], turns: Sequence[Turn], facts: RecordedFacts, by_form: bool
) -> Answer | None:
    """A seeker who ends the dialogue has accepted or declined. Beside a person's form stands what it thinks,
    if it has an opinion that it may not say; else its words say it, as people's do."""
    if given["accepted"]:
        return "accepted"
    if given["left"]:
        return "declined"
    if by_form and given.get("likes") is not None:
        return "accepted" if given["likes"] else "declined"
    return facts.answer_to(turns, given["text"])
