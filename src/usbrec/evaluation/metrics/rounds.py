"""Round metrics: recall and success of the ranking, round by round (iEvaLM's tables).

Recall is micro-averaged over targets, as in the literature: every target counts once, in the list of
that round alone. Success asks whether a dialogue has had some target in the first k of its list in this
round or before. Round 0 is the recorded context: what a system has before a word is said. Intervals
resample dialogues. Rows whose context names a target stand apart: `non_repeats` has the others, in lists
from which all that the context names is left out.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.evaluation.metrics import Row
from usbrec.evaluation.statistics import Interval, mean_interval
from usbrec.keys import derive_seed

#: The lengths of list at which recall and success are taken.
CUTOFFS = (1, 10, 50)


def by_round(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> list[dict[str, Any]] | None:
    """An entry a round: ``{"round", "recall", "success", "non_repeats": {"recall", "success"}}``, each
    measure ``{"1", "10", "50"}`` to an interval as JSON. None where no row has ranks (no catalogue)."""
    told = [row for row in rows if row.get("rounds")]
    if not told:
        return None
    fresh = [row for row in told if row["repeat"] is False]
    entries = []
    for number in range(max(len(row["rounds"]) for row in told)):
        measures = {
            "": _measures(told, "ranks", number, seed, resamples),
            "non_repeats": _measures(fresh, "fresh_ranks", number, seed, resamples),
        }
        entries.append({"round": number, **measures[""], "non_repeats": measures["non_repeats"]})
    return entries


def rounds_to_success(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean round in which a target first was in the first k, over the dialogues where one was."""
    told = [row for row in rows if row.get("rounds")]
    if not told:
        return None
    found = {}
    for k in CUTOFFS:
        values: Values = []
        for row in told:
            reached = (n for n, record in enumerate(row["rounds"]) if _within(record["ranks"], k))
            values += [(float(first), row["dialogue_id"]) for first in itertools.islice(reached, 1)]
        found[str(k)] = _interval(values, f"rounds_to_success@{k}", seed, resamples)
    return found


def final_recall(entries: Sequence[Mapping[str, Any]] | None) -> dict[str, float | None] | None:
    """Recall at each cutoff after the last round, the numbers alone."""
    if not entries:
        return None
    return {k: interval["mean"] for k, interval in entries[-1]["recall"].items()}


def persuasiveness(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean rating of the explanations, in [0, 2], with its interval and the number of unreadable ratings.

    None where nothing was rated: rules in the judge's seat cannot tell, and attribute questions explain
    nothing.
    """
    ratings = [
        (row["persuasion"]["value"], row["dialogue_id"]) for row in rows if row.get("persuasion") is not None
    ]
    if not ratings:
        return None
    values = [(float(value), dialogue) for value, dialogue in ratings if value is not None]
    return {
        **_interval(values, "persuasiveness", seed, resamples),
        "unreadable": len(ratings) - len(values),
    }


def asked_counts(rows: Sequence[Row]) -> dict[str, Any] | None:
    """How often each attribute was asked for and a list recommended, and how many of these choices came of
    an answer that could not be read. None where nothing was asked."""
    picks = [pick for row in rows for pick in row.get("asked", ())]
    if not picks:
        return None
    asked = Counter(pick["attribute"] for pick in picks if pick["attribute"] is not None)
    return {
        "attributes": dict(sorted(asked.items())),
        "recommended": len(picks) - asked.total(),
        "unreadable": sum(pick["unreadable"] for pick in picks),
    }


def check_rounds(entries: Any) -> None:
    """Raises ValueError when `entries`, read from a file, is not what :func:`by_round` gives."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("not a list of rounds")
    for entry in entries:
        try:
            groups = [entry["recall"], entry["success"], entry["non_repeats"]["recall"]]
            intervals = [group[str(k)] for group in groups for k in CUTOFFS]
        except (KeyError, TypeError):
            raise ValueError("a round without recall, success and non_repeats") from None
        for interval in intervals:
            Interval.from_json(interval)


#: Numbers with the dialogue each belongs to.
Values = list[tuple[float, str]]


def _interval(values: Values, place: str, seed: int, resamples: int) -> dict[str, Any]:
    numbers = [number for number, _ in values]
    clusters = [cluster for _, cluster in values]
    drawn = derive_seed(seed, "interval", place)
    return mean_interval(numbers, clusters, seed=drawn, resamples=resamples).to_json()


def _measures(
    rows: Sequence[Row], name: str, number: int, seed: int, resamples: int
) -> dict[str, dict[str, Any]]:
    recall, success = {}, {}
    for k in CUTOFFS:
        found: Values = []
        reached: Values = []
        for row in rows:
            ranks = [record[name] for record in row["rounds"][: number + 1]]
            if not ranks[-1]:  # none of its targets is in the catalogue
                continue
            cluster = row["dialogue_id"]
            found += [(float(rank is not None and rank <= k), cluster) for rank in ranks[-1]]
            reached.append((float(any(_within(one, k) for one in ranks)), cluster))
        place = f"{name}/{number}/{k}"
        recall[str(k)] = _interval(found, f"recall/{place}", seed, resamples)
        success[str(k)] = _interval(reached, f"success/{place}", seed, resamples)
    return {"recall": recall, "success": success}


def _within(ranks: Sequence[int | None], k: int) -> bool:
    return any(rank is not None and rank <= k for rank in ranks)
