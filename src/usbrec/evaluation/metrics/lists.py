"""List metrics: NDCG, recall and reciprocal rank of the ranked lists that replies are (`play.list_length`).

Held beside the first candidates as the retriever ordered them, cut at the same length: a model that copies
the first lines of what it was shown is as good as these, and no better. Relevant are the row's targets, each
once; one that the catalogue does not have is missed by both. A place that is missing is no hit. Each row
counts once, a row that failed in no mean, and intervals resample dialogues.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from usbrec.evaluation.metrics.columns import Columns, Measure, Row, Tally, may_have
from usbrec.evaluation.metrics.rows import interval
from usbrec.evaluation.statistics import SHARE
from usbrec.items.score_law import discount

#: Who ordered a row's items, and where their targets' ranks stand in it.
ORDERS: Mapping[str, str] = {"reply": "ranks", "retriever": "retrieved_ranks"}


def claimed_ranks(listed: Sequence[str], wanted: Sequence[Collection[str]]) -> list[int | None]:
    """The rank, from 1, at which each target stands in a list of ids; `wanted` has the ids that each could
    be. An item stands for one target only, the first that it could be."""
    ranks: list[int | None] = [None] * len(wanted)
    for rank, item_id in enumerate(listed, start=1):
        for target, ids in enumerate(wanted):
            if ranks[target] is None and item_id in ids:
                ranks[target] = rank
                break
    return ranks


def ndcg(ranks: Sequence[int | None], length: int) -> float:
    """Discounted gain of the targets over that of a list which has them first, in [0, 1]."""
    best = sum(discount(rank) for rank in range(1, min(len(ranks), length) + 1))
    return sum(discount(rank) for rank in ranks if rank is not None) / best


def recall(ranks: Sequence[int | None], length: int) -> float:
    """The share of the targets in the list."""
    return sum(rank is not None for rank in ranks) / len(ranks)


def reciprocal_rank(ranks: Sequence[int | None], length: int) -> float:
    """1 over the rank of the first target, 0 without one."""
    return max((1.0 / rank for rank in ranks if rank is not None), default=0.0)


#: Of a row: the ranks of its targets and the length of the list in, a number in [0, 1] out.
MEASURES: Mapping[str, Callable[[Sequence[int | None], int], float]] = {
    "ndcg": ndcg,
    "recall": recall,
    "mrr": reciprocal_rank,
}


def list_ndcg(row: Row) -> float | None:
    """NDCG of a row's list; None where there is none."""
    return _measured(row, "ndcg", "reply")


def list_summary(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The measures of replies and of the retriever's order, how much higher the replies' are, on all rows and
    on those whose context names no target; and what the replies name beside their lists, a reply. None where
    no row has a list."""
    if not may_have(rows, "list"):
        return None
    number = unknown = length = 0
    places, short, as_shown = Tally(), Tally(), Tally()
    beside = {name: Tally() for name in BESIDE}
    for row in rows:
        if not (one := row.get("list")):
            continue
        length = length or int(one["length"])
        number += 1
        places.add(len(one["items"]))
        short.add(len(one["items"]) < length)
        as_shown.add(one["items"] == one["retrieved"])
        unknown += one["unknown_targets"]
        for name, tally in beside.items():
            tally.add(one[name])
    if not number:
        return None
    told = Columns.of(rows)

    def figures(place: str, among: npt.NDArray[np.bool_] | None = None) -> dict[str, Any]:
        return {
            measure: {
                who: interval(
                    told,
                    _MEASURES[measure, who],
                    among=among,
                    seed=seed,
                    place=f"list/{place}/{measure}/{who}",
                    resamples=resamples,
                    within=None if who == "difference" else SHARE,
                ).to_json()
                for who in (*ORDERS, "difference")
            }
            for measure in MEASURES
        }

    return {
        "length": length,
        "rows": number,
        **figures("all"),
        "non_repeats": figures("non_repeats", told.fresh),
        "places": places.mean,
        "short": short.mean,
        "as_shown": as_shown.mean,
        "unknown_targets": unknown,
        "beside": {name: tally.mean for name, tally in beside.items()},
    }


#: What else replies name, as :class:`usbrec.play.ranked_list.RankedList` counts it; ``not_shown`` are places
#: with items that were no candidates.
BESIDE = ("made_up", "repeated", "named_before", "beyond", "other_lines", "not_shown")


def _measured(row: Row, measure: str, who: str) -> float | None:
    told = row.get("list")
    if not told or not told["ranks"]:
        return None
    if who == "difference":
        reply, retriever = (_measured(row, measure, one) for one in ORDERS)
        return None if reply is None or retriever is None else reply - retriever
    return MEASURES[measure](told[ORDERS[who]], told["length"])


#: By measure and who ordered the list, or the difference of both.
_MEASURES: Mapping[tuple[str, str], Measure] = {
    (measure, who): functools.partial(_measured, measure=measure, who=who)
    for measure in MEASURES
    for who in (*ORDERS, "difference")
}
