"""Results of scored recorded dialogues: means of facts and ratings with intervals, in all and by system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from usbrec.dialogue import Turn
from usbrec.evaluation.metrics import usage_sums
from usbrec.evaluation.runs.results import rounded
from usbrec.evaluation.statistics import SHARE, mean_interval
from usbrec.judge.aspects import Aspect
from usbrec.judge.copies import homes
from usbrec.keys import derive_seed

SCHEMA = "usbrec.scored/1"
#: What systems that nobody names are called in the table of systems.
UNNAMED = "(not named)"

Row = Mapping[str, Any]
Values = Iterable[tuple[float, str]]

#: Facts of a turn as a number, None where it does not count; those below need a catalogue.
_TURN_FACTS: Mapping[str, Callable[[Mapping[str, Any]], float | None]] = {
    "words": lambda told: told["words"],
    "asks": lambda told: told["questions"] > 0,
    "recommends": lambda told: len(told["new"]) > 0,
    "repeats": lambda told: len(told["repeated"]) > 0,
    "out_of_catalogue": lambda told: len(told["out_of_catalogue"]) + len(told["unknown_items"]) > 0,
    "accepted": lambda told: None if told["answer"] is None else told["answer"] == "accepted",
    "declined": lambda told: None if told["answer"] is None else told["answer"] == "declined",
}
_DIALOGUE_FACTS = (
    "turns",
    "replies",
    "words",
    "seeker_words",
    "questions",
    "recommended",
    "first_recommendation",
    "items",
    "out_of_catalogue",
    "accepted",
    "target_named",
)
#: Those that are shares.
_SHARES = frozenset({"recommended", "accepted", "target_named"})
_WITH_CATALOGUE = frozenset(
    {"recommends", "repeats", "out_of_catalogue", "recommended", "first_recommendation", "items"}
)


def summarise_recorded(
    rows: Sequence[Row],
    *,
    aspects: Sequence[Aspect],
    catalogue: bool,
    left_out: int,
    config: Mapping[str, Any],
    seed: int,
    resamples: int = 2000,
    scoring: Mapping[str, Any] | None = None,
    probe: Mapping[str, Any] | None = None,
    seats: Mapping[str, Any] | None = None,
    costs: Mapping[str, Any] | None = None,
    judge_agreement: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What `results.json` of `usbrec score` holds, from the rows of `dialogues.jsonl`.

    Intervals draw whole dialogues again (95 %), those of a system its own dialogues; what says the same under
    several ids is drawn as one. Failed rows are left out of every mean. Numbers are rounded to six digits,
    and the order of the rows does not matter.
    """
    same = homes((row["id"], tuple(map(Turn.from_json, row["dialogue"]["turns"]))) for row in rows)

    def means(group: Sequence[Row], place: str) -> dict[str, Any]:
        def interval(values: Values, name: str, within: tuple[float, float] | None = None) -> dict[str, Any]:
            listed = list(values)
            found = mean_interval(
                [float(value) for value, _ in listed],
                [same[cluster] for _, cluster in listed],
                seed=derive_seed(seed, "interval", place, name),
                resamples=resamples,
                within=within,
            )
            return found.to_json()

        return {
            "dialogues": len(group),
            "failed": sum(row["failed"] is not None for row in group),
            "turns": sum(len(row["turns"]) for row in group),
            "aspects": {
                aspect.name: {
                    "level": aspect.level,
                    "top": aspect.top,
                    **interval(_ratings(group, aspect), f"aspects/{aspect.name}", (0.0, float(aspect.top))),
                    **_readability(group, aspect),
                }
                for aspect in aspects
            },
            "facts": {
                "turn": {
                    name: interval(_of_turns(group, read), f"turn/{name}", None if name == "words" else SHARE)
                    for name, read in _TURN_FACTS.items()
                    if catalogue or name not in _WITH_CATALOGUE
                },
                "dialogue": {
                    name: interval(
                        _of_dialogues(group, name), f"dialogue/{name}", SHARE if name in _SHARES else None
                    )
                    for name in _DIALOGUE_FACTS
                    if catalogue or name not in _WITH_CATALOGUE
                },
            },
        }

    listed = sorted(rows, key=lambda row: str(row["id"]))
    systems: dict[str, list[Row]] = {}
    for row in listed:
        systems.setdefault(row["system"] or UNNAMED, []).append(row)
    named = systems if set(systems) != {UNNAMED} else {}
    summary = {
        "schema": SCHEMA,
        **means(listed, "all"),
        "catalogue": catalogue,
        "left_out": left_out,
        "accepted_by": dict(sorted(Counter(_sources(listed)).items())),
        "languages": dict(sorted(Counter(_languages(listed)).items())),
        "by_system": {name: means(systems[name], f"system/{name}") for name in sorted(named)},
        **usage_sums(listed),
        **({} if costs is None else {"cost": dict(costs)}),
        "scoring": dict(scoring or {}),
        "probe": dict(probe or {}),
        # Where somebody rates.
        **({} if judge_agreement is None else {"judge_agreement": dict(judge_agreement)}),
    }
    return {**rounded(summary), "seats": dict(seats or {}), "config": dict(config)}


def _sources(rows: Sequence[Row]) -> Iterator[str]:
    """Who says of each dialogue whether something was accepted."""
    for row in rows:
        if row["facts"] is not None and row["facts"]["accepted_by"] is not None:
            yield row["facts"]["accepted_by"]


def _languages(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row["facts"] is not None:
            yield row["facts"]["language"]


def _of_turns(rows: Sequence[Row], read: Callable[[Mapping[str, Any]], float | None]) -> Values:
    for row in rows:
        for told in row["turns"]:
            value = read(told)
            if value is not None:
                yield value, row["id"]


def _of_dialogues(rows: Sequence[Row], name: str) -> Values:
    for row in rows:
        if row["facts"] is not None and row["facts"][name] is not None:
            yield row["facts"][name], row["id"]


def _scores(rows: Sequence[Row], aspect: Aspect) -> Iterator[tuple[Mapping[str, Any], str]]:
    for row in rows:
        for rated in row["turns"] if aspect.level == "turn" else (row,):
            if aspect.name in rated["aspects"]:
                yield rated["aspects"][aspect.name], row["id"]


def _ratings(rows: Sequence[Row], aspect: Aspect) -> Values:
    for score, cluster in _scores(rows, aspect):
        if score["value"] is not None:
            yield score["value"], cluster


def _readability(rows: Sequence[Row], aspect: Aspect) -> dict[str, Any]:
    """How many answers were no rating and why, how the others were read, and how many votes were lost."""
    scores = [score for score, _ in _scores(rows, aspect)]
    unread = [score for score in scores if score["value"] is None]
    return {
        "unreadable": len(unread),
        "reasons": dict(sorted(Counter(score["detail"].get("why", "") for score in unread).items())),
        "methods": dict(sorted(Counter(score["method"] for score in scores).items())),
        "votes": sum(score["votes"] for score in scores),
        "unreadable_votes": sum(score["unreadable"] for score in scores if score["votes"]),
    }
