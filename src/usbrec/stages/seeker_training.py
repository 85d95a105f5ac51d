"""`usbrec train seeker`: recorded dialogues in, a seeker who reacts, tells and asks as these people do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import RecordedDialogue
from usbrec.engine import Progress, Silent, step
from usbrec.errors import InputError, Interrupted
from usbrec.evaluation.fidelity.fitting import Answered, Read, fit_manner, nearness, patience_of
from usbrec.evaluation.fidelity.points import Point, points_of
from usbrec.evaluation.fidelity.reading import read_answer
from usbrec.items.knowledge import Knowledge
from usbrec.judge.recorded import RecordedFacts
from usbrec.keys import derive_seed, digest
from usbrec.lexicon import LANGUAGES
from usbrec.play.languages import Languages
from usbrec.play.seekers.manner import FILE, SCHEMA, Manner
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.seekers.voices import Voices
from usbrec.play.targets import Targets
from usbrec.stages.inputs import GivenCatalogue
from usbrec.stages.recorded_inputs import GivenDialogues, opinions_of_file, read_recorded
from usbrec.stages.wiring import similarity_of
from usbrec.storage import write_text

#: Of fewer answers, or reactions to what was recommended, no share says a thing.
FEWEST = 30


def make_seeker(
    dialogues: Sequence[GivenDialogues],
    out: str | Path,
    *,
    catalogue: GivenCatalogue,
    config: Config | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Fit a seeker by rules to the people of recorded dialogues, for ``--seeker trained:OUT``; returns what
    its file says.

    Fitted are what it likes, how often it says so, tells something, asks, how long its answers are, and its
    patience (see play/seekers/manner.py); the same files give the same file. Dialogues need targets or, as
    raw ReDial, forms. Raises InputError or BadLines, also where the dialogues are too few.
    """
    config = config or Config()
    progress = progress or Silent()
    out = Path(out)
    try:
        with step(progress, "reading dialogues and items"):
            found, knowledge, languages, opinions = _read(dialogues, kind, catalogue, config)
        with step(progress, "reading answers"):
            facts = RecordedFacts(knowledge, languages)
            every = [
                point for dialogue in found for point in points_of(dialogue, opinions.get(dialogue.id), facts)
            ]
            points = [_answered(point, facts) for point in every if _is_spoken(point, languages)]
            _check_many(points)
        with step(progress, "fitting"):
            seekers = _Seekers(points, knowledge, languages, facts, config)
            manner = fit_manner(points, seekers.play, patience_of(every))
            played = seekers.play(manner)
    except KeyboardInterrupt:
        raise Interrupted("Stopped. Nothing was written; the same command begins again.") from None
    made = {
        "schema": SCHEMA,
        "manner": manner.to_json(),
        "dialogues": len({one.point.dialogue_id for one in points}),
        "answers": len(points),
        "reactions": {
            by: sum(one.point.by == by and _is_reaction(one) for one in points) for by in ("form", "words")
        },
        "patience_of": len({point.dialogue_id for point in every if point.recommended}),
        "people": _means([one.person for one in points]),
        "seeker": _means(played),
        "learnt_from": digest([dialogue.to_json() for dialogue in found])[:16],
    }
    write_text(out / FILE, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    return made


def _read(
    sources: Sequence[GivenDialogues], kind: str | None, catalogue: GivenCatalogue, config: Config
) -> tuple[tuple[RecordedDialogue, ...], Knowledge, Languages, Mapping[str, Mapping[str, bool]]]:
    found: dict[str, RecordedDialogue] = {}
    opinions: dict[str, Mapping[str, bool]] = {}
    items = None
    for source in sources:
        given = read_recorded(source, kind, items or catalogue, config)
        items = given.catalogue
        for dialogue in given.dialogues:
            if dialogue.id in found:
                where = source if isinstance(source, str | Path) else "dialogues"
                raise InputError(
                    f"{where}: dialogue {dialogue.id!r} stands in an earlier file as well. Give the "
                    "dialogues of one file other ids, or name the file once."
                )
            found[dialogue.id] = dialogue
        opinions |= opinions_of_file(source, kind, given.dialogues)
    assert items is not None
    knowledge = Knowledge.of(items, similarity_of(config.judging), baseline_items=1, seed=config.seed)
    all_of_it = tuple(found.values())
    return all_of_it, knowledge, Languages.of_samples(config.language, all_of_it), opinions


def _is_spoken(point: Point, languages: Languages) -> bool:
    """Whether a seeker can be seated here, and speaks the language."""
    return bool(point.targets) and languages.told(point.turns[:-1]) in LANGUAGES


def _answered(point: Point, facts: RecordedFacts) -> Answered:
    assert facts.knowledge is not None
    person = read_answer(point.answer, point.reaction, point.turns, facts)
    return Answered(point, person, nearness(point, facts.knowledge))


def _is_reaction(one: Answered) -> bool:
    return one.point.reaction in ("accepted", "declined")


def _check_many(points: Sequence[Answered]) -> None:
    known = sum(map(_is_reaction, points))
    if len(points) >= FEWEST and known >= FEWEST:
        return
    raise InputError(
        f"{len(points)} answers with another target left, {known} of them with a reaction to what was "
        f"recommended: a seeker is fitted to {FEWEST} of each or more. Name more dialogues, with targets or "
        "forms that say what was liked (docs/fidelity.md), and the catalogue that they are of."
    )


class _Seekers:
    """Seekers with a manner at the points that people answered."""

    def __init__(
        self,
        points: Sequence[Answered],
        knowledge: Knowledge,
        languages: Languages,
        facts: RecordedFacts,
        config: Config,
    ) -> None:
        self._points, self._knowledge, self._facts, self._config = points, knowledge, facts, config
        kind, own = config.catalogue.kind, config.seekers.templates
        self._voices = Voices.about(
            knowledge.catalogue,
            languages,
            kind=None if kind == "auto" else kind,
            own=None if own is None else Path(own),
        )

    def play(self, manner: Manner) -> list[Read]:
        """What each answers, read as people's answers are."""
        # Patience ends a dialogue; here each answer stands for itself.
        seats = RulesTargetSimulator(self._knowledge, "", self._voices, _patient(manner))
        read: list[Read] = []
        for one in self._points:
            point = one.point
            seeker = seats.seat_by_rules(Targets.of(point.sample, self._knowledge))
            seed = derive_seed(self._config.seed, point.id, "fit seeker")
            answer = seeker.say(point.turns, explain=False, seed=seed)
            read.append(read_answer(answer.text, None, point.turns, self._facts))
        return read


def _patient(manner: Manner) -> Manner:
    return Manner.from_json({**manner.to_json(), "patience": []})


def _means(answers: Sequence[Read]) -> dict[str, float]:
    """Of the answers, as `usbrec fidelity` counts them."""
    told = [one for one in answers if one["says"] is not None]
    return {
        "says_yes": _mean([one["says"] == "accepted" for one in told]),
        "says_no": _mean([one["says"] == "declined" for one in told]),
        "words": _mean([one["words"] for one in answers]),
        "asks": _mean([one["asks"] for one in answers]),
        "tells": _mean([one["tells"] or 0 for one in answers]),
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0
