"""`usbrec agreement`: how far a judge agrees with people who rated the same dialogues."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.engine import Progress, Silent, step
from usbrec.errors import InputError, InputWarning, Interrupted
from usbrec.evaluation.agreement.summary import SCHEMA, summarise_agreement
from usbrec.evaluation.runs.results import rounded
from usbrec.judge.aspects import ASPECTS, people_rated, rated_twice
from usbrec.keys import derive_seed
from usbrec.stages.inputs import GivenCatalogue
from usbrec.stages.judge_seat import JudgeSeat
from usbrec.stages.measured import keep_measured
from usbrec.stages.rating import refuse_without_ratings
from usbrec.stages.recorded_inputs import GivenDialogues
from usbrec.stages.run_folder import STOPPED, write_json
from usbrec.stages.scoring import score_recorded

#: Dialogues that are changed and rated again in the checks: by a judge that has to be asked, by others.
CHECKED, CHECKED_HERE = 20, 60
#: What the checks add to every reply: a compliment, and words that say nothing.
FLATTERY = "What wonderful taste you have! It is a real pleasure to talk with somebody as clever as you."
PADDING = "There is much that could be said about this, and one could go on about it for quite a while."


def agreement(
    dialogues: GivenDialogues,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    aspects: str | Sequence[str] | None = None,
    kind: str | None = None,
    checks: bool = True,
    replay: str | Path | None = None,
    progress: Progress | None = None,
    objects: Mapping[str, object] | None = None,
) -> Mapping[str, Any]:
    """Hold a judge against the ratings by people that recorded dialogues carry; returns ``results.json``.

    The judge is that of `config`: a model, which is asked the `aspects` (by default those that people rated),
    ``trained`` or ``trained:DIR``, an object of one's own, or rules, which need a `catalogue`. Correlations
    come with 95 % intervals over dialogues and over systems. With `checks`, changed dialogues are rated as
    well (a compliment or empty words behind every reply; :data:`CHECKED` dialogues).

    Writes what `usbrec score` writes into `out`, and keeps the figures in the user's cache, for the tables of
    later runs with this judge. Dialogues without ratings are left out. Raises what
    :func:`usbrec.stages.score` raises.
    """
    progress = progress or Silent()
    scored = score_recorded(
        "agreement",
        dialogues,
        out,
        config=config,
        catalogue=catalogue,
        aspects=aspects,
        kind=kind,
        replay=replay,
        progress=progress,
        objects=objects,
        rules_rate=True,
        choose=_rated_by_people,
        aspects_of=_aspects_rated,
        vary=_vary if checks else None,
    )
    try:
        with step(progress, "agreement and intervals"):
            found = summarise_agreement(
                scored.dialogues,
                scored.rows,
                scored.seat.aspects,
                scored.varied,
                seed=scored.config.seed,
                resamples=scored.config.statistics.resamples,
            )
            results = {**scored.results, "schema": SCHEMA, **rounded(found)}
            write_json(scored.out / "results.json", results)
    except KeyboardInterrupt:
        raise Interrupted(STOPPED) from None
    refuse_without_ratings(results, scored.out)
    if replay is None and not results["alike"]:
        keep_measured(scored.seat.seat, scored.seat.identities, scored.prompts, scored.dialogues, results)
    return results


def _rated_by_people(dialogues: tuple[RecordedDialogue, ...]) -> tuple[RecordedDialogue, ...]:
    """Raises InputError where people rated none of them."""
    with_ratings = [one for one in dialogues if _ratings_of(one)]
    rated = tuple(one for one in with_ratings if any(t.role == "recommender" for t in one.turns))
    if not rated:
        names = ", ".join(name for name in ASPECTS if name != "overall")
        raise InputError(
            "no dialogue carries a rating by people of what a judge can be asked: ratings of dialogues or "
            f"turns called {names}, overall or dialogue_overall (docs/agreement.md). {_others(dialogues)}"
        )
    for one in rated:
        _check_scales(one)
    for count, why in (
        (len(dialogues) - len(with_ratings), "carry no rating by people"),
        (len(with_ratings) - len(rated), "have a rating and no turn of the recommender"),
    ):
        if count:
            warnings.warn(InputWarning(f"{count} dialogues {why} and are left out"), stacklevel=4)
    return rated


def _others(dialogues: tuple[RecordedDialogue, ...]) -> str:
    """What people rated beside what a judge can be asked."""
    of_dialogues = dict.fromkeys(name for one in dialogues for name in one.ratings)
    of_turns = dict.fromkeys(name for one in dialogues for told in one.turn_ratings for name in told)
    said = [
        f"{', '.join(map(repr, list(names)[:5]))} of {what}"
        for what, names in (("dialogues", of_dialogues), ("turns", of_turns))
        if names
    ]
    return f"What they carry: {' and '.join(said)}." if said else "They carry no rating at all."


def _check_scales(dialogue: RecordedDialogue) -> None:
    """A correlation does not care about a scale, but people who used another one rated something else."""
    if twice := rated_twice(dialogue.ratings):
        raise InputError(f"dialogue {dialogue.id!r}, ratings: {twice}")
    for place, ratings in _ratings_of(dialogue):
        for name, value in ratings.items():
            if not 0 <= value <= ASPECTS[name].top:
                raise InputError(
                    f"dialogue {dialogue.id!r}, {place}: {name} is {value:g}, and its scale is 0 to "
                    f"{ASPECTS[name].top}. Bring the ratings to that scale first."
                )


def _ratings_of(dialogue: RecordedDialogue) -> list[tuple[str, dict[str, float]]]:
    """What people rated of the dialogue, and of each turn of the recommender; only what a judge is asked."""
    places = [("ratings", people_rated(dialogue.ratings), "dialogue")]
    for index, turn in enumerate(dialogue.turns):
        if turn.role == "recommender":
            places.append((f"turns[{index}].ratings", people_rated(dialogue.rated(index)), "turn"))
    found = []
    for place, ratings, level in places:
        kept = {name: value for name, value in ratings.items() if ASPECTS[name].level == level}
        if kept:
            found.append((place, kept))
    return found


def _aspects_rated(dialogues: tuple[RecordedDialogue, ...]) -> tuple[str, ...]:
    named = {name for one in dialogues for _, ratings in _ratings_of(one) for name in ratings}
    return tuple(name for name in ASPECTS if name in named)


def _vary(
    dialogues: tuple[RecordedDialogue, ...], seat: JudgeSeat
) -> Mapping[str, Sequence[RecordedDialogue]]:
    """Some of the dialogues as they are, flattered and padded."""
    most = CHECKED if seat.model or seat.own else CHECKED_HERE
    chosen = sorted(dialogues, key=lambda one: derive_seed(0, "checked", one.id))[:most]
    changes = {"flattery": FLATTERY, "padding": PADDING}
    return {
        "unchanged": [_ended(one, "") for one in chosen],
        **{name: [_ended(one, words) for one in chosen] for name, words in changes.items()},
    }


def _ended(dialogue: RecordedDialogue, words: str) -> RecordedDialogue:
    """The dialogue with `words` behind each reply."""
    turns = tuple(
        Turn(turn.role, f"{turn.text} {words}".rstrip(), turn.items, data=turn.data)
        if turn.role == "recommender" and words
        else turn
        for turn in dialogue.turns
    )
    return RecordedDialogue(dialogue.id, turns, dialogue.system, dialogue.dataset, dialogue.source)
