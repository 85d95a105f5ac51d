"""Results of `usbrec fidelity`: each measure of people's answers beside the seeker's, on the same points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from usbrec.evaluation.fidelity.discriminator import Said, tell_apart
from usbrec.evaluation.statistics import SHARE, mean_interval, paired_difference
from usbrec.keys import derive_seed

SCHEMA = "usbrec.fidelity/1"

Row = Mapping[str, Any]
Read = Mapping[str, Any]


def _is(field: str, wanted: str) -> Callable[[Read], float | None]:
    return lambda read: None if read[field] is None else float(read[field] == wanted)


#: Measure -> what it says of an answer; None where it says nothing.
MEASURES: Mapping[str, Callable[[Read], float | None]] = {
    "accepts": _is("reaction", "accepted"),
    "declines": _is("reaction", "declined"),
    "says_yes": _is("says", "accepted"),
    "says_no": _is("says", "declined"),
    "words": lambda read: float(read["words"]),
    "asks": lambda read: float(read["asks"]),
    "tells": lambda read: None if read["tells"] is None else float(read["tells"]),
    "names": lambda read: float(read["names"]),
    "repeats": lambda read: float(read["repeats"]),
}
#: What they are in words.
MEANINGS: Mapping[str, str] = {
    "accepts": "share of recommendations that are accepted (people: by the form, or by words)",
    "declines": "share of recommendations that are declined",
    "says_yes": "share of answers to recommendations whose words accept",
    "says_no": "share of those whose words decline",
    "words": "words an answer",
    "asks": "share of answers with a question",
    "tells": "genres, people and decades an answer",
    "names": "share of answers that name an item",
    "repeats": "share of answers given before in the same dialogue, word for word",
}
#: Those that are no shares.
COUNTED = frozenset({"words", "tells"})
#: Acceptance of bad recommendations from which on a seeker is told of, in the lower end of its interval.
_GULLIBLE = 0.1
#: Of fewer dialogues no interval tells a thing (as for a sign test of six: 2 / 2**6 is the first below .05).
_FEWEST = 6
#: Area from which on the lower end of its interval says that the seeker is easily told from people.
_APART = 0.75


def summarise_fidelity(rows: Sequence[Row], *, seed: int, resamples: int) -> dict[str, Any]:
    """``measures``, ``reactions``, ``discriminator``, ``counterfactual``, ``over_cooperative`` and what to
    ``mind``, of rows of ``turns.jsonl``; failed ones are counted and left out."""
    played = [row for row in rows if row["failed"] is None]
    measures = {
        name: _beside(
            played,
            of,
            seed=derive_seed(seed, name),
            resamples=resamples,
            within=None if name in COUNTED else SHARE,
        )
        for name, of in MEASURES.items()
    }
    answers = [Said(_home(row), who == "person", row[who]["text"]) for row in played for who in _BOTH]
    apart = tell_apart(answers, seed=derive_seed(seed, "discriminator"), resamples=resamples)
    checked = _counterfactual(played, seed=seed, resamples=resamples)
    reactions = _reactions(played, seed=seed, resamples=resamples)
    eager = list(_over_cooperative(measures, checked, reactions))
    return {
        "dialogues": len({row["dialogue_id"] for row in rows}),
        "points": len(rows),
        "failed": len(rows) - len(played),
        "measures": measures,
        "reactions": reactions,
        "discriminator": apart,
        "counterfactual": checked,
        "over_cooperative": eager,
        "mind": [*eager, *_mind(apart, checked, reactions)],
    }


_BOTH = ("person", "seeker")


def _home(row: Row) -> str:
    """The dialogue that a row is of, for statistics: of those that say the same, one."""
    home: str = row.get("same_as", row["dialogue_id"])
    return home


def _beside(
    rows: Sequence[Row],
    of: Callable[[Read], float | None],
    *,
    seed: int,
    resamples: int,
    within: tuple[float, float] | None,
) -> dict[str, Any]:
    """The mean of people, that of the seeker, and the difference (seeker less people), on the points at which
    both have a value."""
    values: dict[str, dict[str, float]] = {who: {} for who in _BOTH}
    for row in rows:
        both = {who: of(row[who]) for who in _BOTH}
        for who, value in both.items():
            if all(one is not None for one in both.values()) and value is not None:
                values[who][row["id"]] = value
    homes = {row["id"]: _home(row) for row in rows}
    found: dict[str, Any] = {}
    for who, column in (("people", values["person"]), ("seeker", values["seeker"])):
        clusters = [homes[point] for point in column]
        interval = mean_interval(
            list(column.values()), clusters, seed=seed, resamples=resamples, within=within
        )
        found[who] = interval.to_json()
    difference = paired_difference(values["person"], values["seeker"], homes, seed=seed, resamples=resamples)
    return {**found, "difference": difference.to_json()}


def _reactions(rows: Sequence[Row], *, seed: int, resamples: int) -> dict[str, Any]:
    """Whether the seeker reacts as the person did at the same recommendation: the share of equal reactions,
    and how often it accepts what people accepted, and what they declined."""
    told = [row for row in rows if all(row[who]["reaction"] is not None for who in _BOTH)]

    def share(among: Sequence[Row], says: Callable[[Row], bool], place: str) -> dict[str, Any]:
        return mean_interval(
            [float(says(row)) for row in among],
            [_home(row) for row in among],
            seed=derive_seed(seed, "reactions", place),
            resamples=resamples,
            within=SHARE,
        ).to_json()

    found: dict[str, Any] = {
        "by": {by: sum(row["by"] == by for row in told) for by in ("form", "words")},
        "same": share(told, lambda row: row["person"]["reaction"] == row["seeker"]["reaction"], "same"),
    }
    for reaction in ("accepted", "declined"):
        among = [row for row in told if row["person"]["reaction"] == reaction]
        found[f"accepts_{reaction}"] = share(
            among, lambda row: bool(row["seeker"]["reaction"] == "accepted"), reaction
        )
    return found


def _counterfactual(rows: Sequence[Row], *, seed: int, resamples: int) -> dict[str, Any]:
    """How often the seeker accepts a target, and an item unlike all of them, in place of what was
    recommended; and the difference at the same points."""
    checked = [row for row in rows if row["checks"]]
    values = {
        side: {row["id"]: float(row["checks"][side]["reaction"] == "accepted") for row in checked}
        for side in ("good", "bad")
    }
    homes = {row["id"]: _home(row) for row in checked}
    found: dict[str, Any] = {
        side: mean_interval(
            list(column.values()),
            [homes[point] for point in column],
            seed=derive_seed(seed, "counterfactual", side),
            resamples=resamples,
            within=SHARE,
        ).to_json()
        for side, column in values.items()
    }
    found["difference"] = paired_difference(
        values["bad"], values["good"], homes, seed=derive_seed(seed, "counterfactual"), resamples=resamples
    ).to_json()
    return found


def _over_cooperative(
    measures: Mapping[str, Any], checked: Mapping[str, Any], reactions: Mapping[str, Any]
) -> Iterator[str]:
    """What the seeker does to please more than people do, where the data can tell."""
    for name, sign, what in (
        ("accepts", 1, "accepts more of what is recommended"),
        ("declines", -1, "declines less of what is recommended"),
        ("says_yes", 1, "says yes to more of what is recommended"),
        ("tells", 1, "tells more in an answer"),
    ):
        told = measures[name]["difference"]
        low, high = told["ci95"]
        if (
            low is not None
            and measures[name]["people"]["clusters"] >= _FEWEST
            and (low > 0 if sign > 0 else high < 0)
        ):
            values = (measures[name][who]["mean"] for who in ("seeker", "people"))
            seeker, people = (f"{value:.2f}" for value in values)
            yield f"Over-cooperative: the seeker {what} than people do ({seeker}, people {people})."
    low = checked["bad"]["ci95"][0]
    if low is not None and checked["bad"]["clusters"] >= _FEWEST and low > _GULLIBLE:
        share = f"{checked['bad']['mean']:.0%}"
        yield f"Over-cooperative: the seeker accepts {share} of items that are unlike all that it wants."
    low = reactions["accepts_declined"]["ci95"][0]
    if low is not None and reactions["accepts_declined"]["clusters"] >= _FEWEST and low > 0.5:
        yield "Over-cooperative: the seeker accepts most of what people declined."


def _mind(
    apart: Mapping[str, Any], checked: Mapping[str, Any], reactions: Mapping[str, Any]
) -> Iterator[str]:
    low: float | None = apart["auc"]["ci95"][0]
    if low is not None and low > _APART:
        words = f" It gives itself away by: {' '.join(apart['seeker'])}." if apart["seeker"] else ""
        yield f"The seeker's answers are easily told from people's (area {apart['auc']['value']:.2f}).{words}"
    good, bad = (checked[side]["mean"] for side in ("good", "bad"))
    low = checked["difference"]["ci95"][0]
    if low is not None and low <= 0:
        yield (
            f"The seeker does not tell a good recommendation from a bad one: it accepts {good:.0%} and "
            f"{bad:.0%}."
        )
    if reactions["by"]["words"]:
        yield (
            f"Of {reactions['by']['words']} recommendations people's reaction is read in their words, which "
            "finds less than they meant: most answers say neither yes nor no."
        )
