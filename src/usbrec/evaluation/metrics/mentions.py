"""The field's own table: recall a mention, with and without repeats, success rate, reward a turn.

A *mention* is one item that the human recommender named at one turn of a recorded dialogue; the system
gives one ranked list for that turn. Two views are kept apart, because about half of the published accuracy on
ReDial is repetition (Kostric and Balog, SIGIR 2026):

- ``full``: every mention counts, and lists stand as the system gave them;
- ``without_repeats``: mentions of what the dialogue had named before are left out.

Of the utility measures (Bernard and Balog, 2025) a recorded dialogue allows this reading: a turn succeeds
when the first item of its list is one of its mentions; a dialogue succeeds when one of its turns does
(``success_rate``), and ``reward_per_turn`` is the number of its successful turns over its length in turns.
Intervals resample dialogues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.evaluation.metrics import Row
from usbrec.evaluation.metrics.rounds import CUTOFFS
from usbrec.evaluation.statistics import SHARE, mean_interval, paired_difference
from usbrec.keys import derive_seed

#: The two views, and which ranks of a row each reads.
VIEWS: Mapping[str, str] = {"full": "ranks", "without_repeats": "fresh_ranks"}
#: Measures of a whole dialogue.
OF_DIALOGUES = ("success_rate", "reward_per_turn")


def summarise_mentions(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any]:
    """The table of one system, by view and measure, each an interval as in results.json.

    A row is one turn: `sample_id`, `dialogue_id`, `length` (turns of its dialogue), `ranks` and `fresh_ranks`
    (the rank of each mention from 1, None below the list's end), `repeated` (for each mention, whether it had
    been named) and `failed`. A failed turn is left out and counted.
    """
    table: dict[str, Any] = {}
    for view in VIEWS:
        measured = {}
        for name, values in _measured(rows, view).items():
            clusters = [home for home, _ in values.values()]
            interval = mean_interval(
                [value for _, value in values.values()],
                clusters,
                seed=derive_seed(seed, "interval", f"mentions/{view}/{name}"),
                resamples=resamples,
                within=SHARE,
            )
            measured[name] = interval.to_json()
        table[view] = measured
    return {
        "turns": len(rows),
        "failed": sum(row["failed"] is not None for row in rows),
        "dialogues": len({row["dialogue_id"] for row in rows}),
        "mentions": sum(len(row["repeated"]) for row in rows),
        "repeats": sum(map(sum, (row["repeated"] for row in rows))),
        "unknown": sum(row["unknown"] for row in rows),
        **table,
    }


def difference_of_mentions(
    rows: Sequence[Row], reference: Sequence[Row], *, seed: int, resamples: int = 2000
) -> dict[str, Any]:
    """How much higher than the reference each measure is on the mentions (dialogues) that both have."""
    told: dict[str, Any] = {}
    for view in VIEWS:
        first, second = _measured(reference, view), _measured(rows, view)
        told[view] = {
            name: paired_difference(
                {key: value for key, (_, value) in first[name].items()},
                {key: value for key, (_, value) in second[name].items()},
                {key: home for key, (home, _) in second[name].items()},
                seed=derive_seed(seed, "difference", f"mentions/{view}/{name}"),
                resamples=resamples,
            ).to_json()
            for name in second
        }
    return told


def _measured(rows: Sequence[Row], view: str) -> dict[str, dict[str, tuple[str, float]]]:
    """Measure -> key of a mention or dialogue -> (dialogue, value)."""
    found: dict[str, dict[str, tuple[str, float]]] = {f"recall@{k}": {} for k in CUTOFFS}
    rewards: dict[str, int] = {}
    lengths: dict[str, int] = {}
    for row in rows:
        if row["failed"] is not None:
            continue
        home = row["dialogue_id"]
        ranks = [
            (place, rank)
            for place, rank in enumerate(row[VIEWS[view]])
            if view == "full" or not row["repeated"][place]
        ]
        for k in CUTOFFS:
            for place, rank in ranks:
                hit = float(rank is not None and rank <= k)
                found[f"recall@{k}"][f"{row['sample_id']}\n{place}"] = (home, hit)
        if ranks:
            rewards[home] = rewards.get(home, 0) + any(rank == 1 for _, rank in ranks)
            lengths[home] = row["length"]
    found["success_rate"] = {home: (home, float(reward > 0)) for home, reward in rewards.items()}
    found["reward_per_turn"] = {home: (home, reward / lengths[home]) for home, reward in rewards.items()}
    return found
