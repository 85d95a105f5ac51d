"""Rating of one recorded dialogue: facts by rules, ratings by whoever sits in the judge's seat."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from usbrec.dialogue import RecordedDialogue, Score
from usbrec.errors import ModelRefused
from usbrec.judge.aspects import ASPECTS
from usbrec.judge.recorded import RecordedFacts
from usbrec.judge.trained.model import OVERALL
from usbrec.keys import derive_seed
from usbrec.stages.judge_seat import JudgeSeat


def first_reply(dialogue: RecordedDialogue) -> int | None:
    """The place of the recommender's first turn."""
    return next((index for index, turn in enumerate(dialogue.turns) if turn.role == "recommender"), None)


async def rated(
    seat: JudgeSeat, facts: RecordedFacts, seed: int, dialogue: RecordedDialogue
) -> Mapping[str, Any]:
    """The facts and ratings of one dialogue, turn by turn and as a whole. Raises ModelError.

    Nobody is asked about a dialogue in which the recommender says nothing.
    """
    of_turns, of_dialogue = facts.of(dialogue)
    ratings: dict[str, Score] = {}
    held_out = alike = False
    turns = [{**told, "aspects": {}} for told in of_turns]
    seed = derive_seed(seed, dialogue.id)
    if of_turns and seat.model is not None:
        judge = seat.model
        for told in turns:
            until = dialogue.turns[: told["turn"] + 1]
            for aspect in judge.of("turn"):
                place = derive_seed(seed, aspect.name, told["turn"])
                told["aspects"][aspect.name] = (await judge.rate(aspect, until, seed=place)).to_json()
        for aspect in judge.of("dialogue"):
            place = derive_seed(seed, aspect.name)
            ratings[aspect.name] = await judge.rate(aspect, dialogue.turns, seed=place)
    elif of_turns and seat.trained is not None:
        predicted = seat.trained.rate(dialogue.turns)
        assert predicted is not None, "the recommender has spoken"
        for told in turns:
            told["aspects"] = {
                name: Score(value, "trained").to_json()
                for name, value in predicted.turns[told["turn"]].items()
            }
        ratings = {name: Score(value, "trained") for name, value in predicted.whole.items()}
        held_out, alike = predicted.held_out, predicted.alike
    elif of_turns and seat.rules is not None:
        by_turn, ratings = seat.rules.rate(dialogue, of_turns, of_dialogue)
        for told, given in zip(turns, by_turn, strict=True):
            told["aspects"] = {name: one.to_json() for name, one in given.items()}
    elif of_turns and seat.own is not None:
        (aspect,) = seat.aspects
        place = derive_seed(seed, aspect.name)
        ratings[aspect.name] = await seat.judged_by_own(seat.own, dialogue, facts.knowledge, place)
    return {
        "turns": turns,
        "facts": of_dialogue,
        "aspects": {name: rating.to_json() for name, rating in ratings.items()},
        # Said only of what a trained judge was learnt from: rows of other judges keep their bytes.
        **({"held_out": True} if held_out else {}),
        **({"alike": True} if alike else {}),
    }


async def rated_overall(
    seat: JudgeSeat, facts: RecordedFacts, seed: int, dialogue: RecordedDialogue
) -> Mapping[str, Any]:
    """How satisfying one dialogue is by the judge, with what is asked for alone. Raises ModelError."""
    if seat.trained is not None:
        # Held against other dialogues that were never learnt from, so nothing is remembered.
        predicted = seat.trained.rate(dialogue.turns, remembered=False)
        return {} if predicted is None else {OVERALL: Score(predicted.whole[OVERALL], "trained").to_json()}
    if seat.model is None:
        found = await rated(seat, facts, seed, dialogue)
        return dict(found["aspects"])
    place = derive_seed(seed, dialogue.id, OVERALL)
    return {OVERALL: (await seat.model.rate(ASPECTS[OVERALL], dialogue.turns, seed=place)).to_json()}


def refuse_without_ratings(results: Mapping[str, Any], out: Path) -> None:
    """Raises ModelRefused where a judge was asked and not one rating could be read: what was rated stays in
    the folder."""
    aspects = results["aspects"].values()
    if not any(one["n"] for one in aspects) and any(one["unreadable"] for one in aspects):
        reasons = {why: count for one in aspects for why, count in one["reasons"].items()}
        told = "; ".join(f"{count}: {why}" for why, count in list(reasons.items())[:5])
        raise ModelRefused(
            f"{out}: no rating could be read. {told}.\n"
            "See judging.mass_floor, judging.way and judging.max_tokens in docs/configuration.md, or choose "
            "another --judge."
        )
