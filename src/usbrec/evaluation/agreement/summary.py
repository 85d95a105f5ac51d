"""Results of `usbrec agreement`: a judge's ratings beside people's, by aspect and data set."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from usbrec.dialogue import RecordedDialogue
from usbrec.evaluation.agreement.correlation import Rated, agreement_of, ranking_of
from usbrec.evaluation.agreement.measured import ALL, UNNAMED
from usbrec.evaluation.statistics import mean_interval
from usbrec.judge.aspects import OWN, Aspect, aspect_of
from usbrec.judge.copies import homes_of
from usbrec.keys import derive_seed

SCHEMA = "usbrec.agreement/1"
#: Published on all 467 dialogues of CRSArena-Eval (half of which are here at most): Pearson's correlation of
#: the overall satisfaction, by data set. FACE (Joko et al. 2025), which fits the judge to people's ratings;
#: G-Eval and one plain prompt as its authors report them.
PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "FACE": {"redial": 0.712, "opendialkg": 0.766},
    "G-Eval": {"redial": 0.577, "opendialkg": 0.656},
    "plain prompt": {"redial": 0.564, "opendialkg": 0.655},
}
#: The format whose dialogues these figures are of.
PUBLISHED_ON = "crsarena-eval"

Row = Mapping[str, Any]


def people_and_judge(
    dialogues: Sequence[RecordedDialogue], rows: Sequence[Row], judged: Sequence[Aspect]
) -> dict[str, dict[str, list[Rated]]]:
    """By the rating's name in the file and by data set, what people and judge say of the same thing.

    A judge of the user's own gives one score, which is held against the overall satisfaction. Dialogues that
    say the same are one for intervals, whoever rated them.
    """
    names = {aspect.name for aspect in judged}
    homes = homes_of(dialogues)
    found: dict[str, dict[str, list[Rated]]] = {}
    #: What each rating is called in the file; where dialogues differ, as in the first one.
    names_here: dict[str, str] = {}
    for dialogue, row in zip(dialogues, rows, strict=True):
        if row["failed"] is not None:
            continue
        dataset = dialogue.dataset or UNNAMED
        # Of two names of one rating ("overall") in one dialogue one counts; `rated_twice` says they agree.
        of_dialogue = {one.name: rating for rating in dialogue.ratings if (one := aspect_of(rating))}
        for rating, people, given in _both(dialogue, row, names):
            aspect = aspect_of(rating)
            assert aspect is not None, "it is rated by the judge"
            if aspect.level == "dialogue" and of_dialogue[aspect.name] != rating:
                continue
            pair = Rated(homes[dialogue.id], dialogue.system, people, given)
            called = names_here.setdefault(aspect.name, rating)
            found.setdefault(called, {}).setdefault(dataset, []).append(pair)
    for of in found.values():
        if len(of) > 1:
            of[ALL] = [pair for dataset in sorted(of) for pair in of[dataset]]
    return dict(sorted(found.items()))


def _both(dialogue: RecordedDialogue, row: Row, judged: set[str]) -> Iterator[tuple[str, float, float]]:
    for rating, people in dialogue.ratings.items():
        aspect = aspect_of(rating)
        if aspect is not None and aspect.level == "dialogue":
            name = OWN.name if OWN.name in judged and aspect.name == "overall" else aspect.name
            if (value := _value(row["aspects"], name)) is not None:
                yield rating, float(people), value
    by_turn = {told["turn"]: told["aspects"] for told in row["turns"]}
    for place, given in by_turn.items():
        for rating, people in dialogue.rated(place).items():
            aspect = aspect_of(rating)
            if aspect is None or aspect.level != "turn":
                continue
            if (value := _value(given, aspect.name)) is not None:
                yield rating, float(people), value


def _value(aspects: Mapping[str, Any], name: str) -> float | None:
    given = aspects.get(name)
    return None if given is None or given["value"] is None else float(given["value"])


def summarise_agreement(
    dialogues: Sequence[RecordedDialogue],
    rows: Sequence[Row],
    judged: Sequence[Aspect],
    varied: Mapping[str, Mapping[str, Mapping[str, Any]]],
    *,
    seed: int,
    resamples: int,
) -> dict[str, Any]:
    """``agreement`` and ``ranking`` by rating and data set, ``checks`` of what else moves the judge, the
    ``published`` figures where they are of such dialogues, and what to ``mind``."""
    pairs = people_and_judge(dialogues, rows, judged)
    agreement = {
        rating: {
            dataset: agreement_of(of, seed=derive_seed(seed, rating, dataset), resamples=resamples)
            for dataset, of in sets.items()
        }
        for rating, sets in pairs.items()
    }
    ranking: dict[str, dict[str, Any]] = {}
    for rating, sets in pairs.items():
        for dataset, of in sets.items():
            made = ranking_of(of, seed=derive_seed(seed, "ranking", rating, dataset), resamples=resamples)
            if made is not None and dataset != ALL:
                ranking.setdefault(rating, {})[dataset] = made
    checks = _checks(dialogues, rows, varied, seed=seed, resamples=resamples)
    of_these = {dialogue.source for dialogue in dialogues} == {PUBLISHED_ON}
    held_out, alike = (sum(bool(row.get(name)) for row in rows) for name in ("held_out", "alike"))
    return {
        "agreement": agreement,
        "ranking": ranking,
        "checks": checks,
        "published": {name: dict(told) for name, told in PUBLISHED.items()} if of_these else {},
        "held_out": held_out,
        "alike": alike,
        "mind": [*_mind(agreement, checks, held_out, alike), *_unnamed(dialogues)],
    }


def _unnamed(dialogues: Sequence[RecordedDialogue]) -> Iterator[str]:
    """What a reader has to know where some dialogues name their system and others do not."""
    unnamed = sum(not one.system for one in dialogues)
    if 0 < unnamed < len(dialogues):
        yield (
            f"{unnamed} of {len(dialogues)} dialogues name no system: they count in the correlations, "
            "and not in the intervals over systems and in the orders of them."
        )


#: Shifts of a check that are told of, as a part of the scale.
_MOVED = 0.025


def _mind(
    agreement: Mapping[str, Any], checks: Mapping[str, Any], held_out: int, alike: int
) -> Iterator[str]:
    if alike:
        yield (
            f"The judge was learnt from dialogues that have most words of {alike} of these and are not the "
            "same word for word: what it says of them is partly memory, and these figures are not kept. "
            "Leave them out, or name the file that it was learnt from."
        )
    if held_out:
        yield (
            f"The judge was learnt from {held_out} of these dialogues: of each it says what it said while "
            "that one was left out."
        )
    few = min((one["systems"] for sets in agreement.values() for one in sets.values()), default=0)
    if 2 <= few < 10:
        yield f"Intervals over systems, and orders of them, rest on as few as {few} systems: they are wide."
    for name, told in checks.items():
        if "mean" not in told or told["mean"] is None or told["ci95"][0] is None:
            continue
        low, high = told["ci95"]
        if (low > 0 or high < 0) and abs(told["mean"]) > _MOVED * told["top"]:
            yield _MOVED_BY[name].format(told["mean"], told["top"])


_MOVED_BY = {
    "flattery": "Flattery moves the judge: by {:+.2f} of {} when each reply ends in a compliment.",
    "padding": "Length moves the judge: by {:+.2f} of {} when each reply ends in words that say nothing.",
    "position": "Place moves the judge: beside people, later replies get {:+.2f} of {} more than early ones.",
}


def _checks(
    dialogues: Sequence[RecordedDialogue],
    rows: Sequence[Row],
    varied: Mapping[str, Mapping[str, Mapping[str, Any]]],
    *,
    seed: int,
    resamples: int,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    homes = homes_of(dialogues)
    plain = varied.get("unchanged", {})
    for change, rated in varied.items():
        if change == "unchanged":
            continue
        both = [(name, _first(plain.get(name, {})), _first(told)) for name, told in rated.items()]
        shifts = {name: b[0] - a[0] for name, a, b in both if a is not None and b is not None}
        tops = [b[1] for _, _, b in both if b is not None]
        interval = mean_interval(
            list(shifts.values()),
            [homes[name] for name in shifts],
            seed=derive_seed(seed, "check", change),
            resamples=resamples,
        )
        found[change] = {**interval.to_json(), "top": max(tops, default=4)}
    found["position"] = _position(dialogues, rows, homes, seed=seed, resamples=resamples)
    found["length"] = _length(dialogues, rows)
    return {name: told for name, told in found.items() if told is not None}


def _first(aspects: Mapping[str, Any]) -> tuple[float, int] | None:
    """The overall satisfaction, or the score of a judge of one's own, and the top of its scale."""
    for name, top in (("overall", 4), (OWN.name, OWN.top)):
        if (value := _value(aspects, name)) is not None:
            return value, top
    return None


def _position(
    dialogues: Sequence[RecordedDialogue],
    rows: Sequence[Row],
    homes: Mapping[str, str],
    *,
    seed: int,
    resamples: int,
) -> dict[str, Any] | None:
    """How much more the judge gives replies in a dialogue's later half than those in the earlier one, beyond
    what people give them more: of relevance, else of interestingness."""
    values: dict[str, float] = {}
    for dialogue, row in zip(dialogues, rows, strict=True):
        errors = []
        for told in row["turns"]:
            rated = dialogue.rated(told["turn"])
            for name in ("relevance", "interestingness"):
                given = _value(told["aspects"], name)
                if name in rated and given is not None:
                    errors.append(given - float(rated[name]))
                    break
        half = len(errors) // 2
        if half:
            values[dialogue.id] = float(np.mean(errors[-half:]) - np.mean(errors[:half]))
    if not values:
        return None
    interval = mean_interval(
        list(values.values()),
        [homes[name] for name in values],
        seed=derive_seed(seed, "check", "position"),
        resamples=resamples,
    )
    return {**interval.to_json(), "top": 2}


def _length(dialogues: Sequence[RecordedDialogue], rows: Sequence[Row]) -> dict[str, Any] | None:
    """Spearman's correlation with the words of the replies, of the judge's ratings and of people's."""
    told = []
    for dialogue, row in zip(dialogues, rows, strict=True):
        people = next(
            (
                value
                for name, value in dialogue.ratings.items()
                if (aspect := aspect_of(name)) is not None and aspect.name == "overall"
            ),
            None,
        )
        given = _first(row["aspects"])
        if people is not None and given is not None and row["facts"] is not None:
            told.append((float(row["facts"]["words"]), float(people), given[0]))
    if len(told) < 3:
        return None
    from scipy.stats import rankdata  # costs every command a tenth of its start

    words, people_n, judge_n = (rankdata(column) for column in zip(*told, strict=True))
    return {"judge": _r(words, judge_n), "people": _r(words, people_n), "n": len(told)}


def _r(a: Any, b: Any) -> float | None:
    value = float(np.corrcoef(a, b)[0, 1]) if np.ptp(a) and np.ptp(b) else math.nan
    return None if math.isnan(value) else value
