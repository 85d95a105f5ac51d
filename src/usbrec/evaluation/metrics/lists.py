"""List metrics: NDCG, recall and reciprocal rank of the ranked lists that replies are (`play.list_length`).

Held beside the first candidates as the retriever ordered them, cut at the same length: a model that copies
the first lines of what it was shown is as good as these, and no better. Relevant are the row's targets, each
once; one that the catalogue does not have is missed by both. A place that is missing is no hit. Each row
counts once, a row that failed in no mean, and intervals resample dialogues.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from usbrec.evaluation.metrics.rows import Row, interval, mean
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
    told = [row for row in rows if row.get("list")]
    if not told:
        return None
    lists: list[Mapping[str, Any]] = [row["list"] for row in told]
    length = int(lists[0]["length"])

    def figures(group: Sequence[Row], place: str) -> dict[str, Any]:
        return {
            measure: {
                who: interval(
                    group,
                    lambda row, measure=measure, who=who: _measured(row, measure, who),  # type: ignore[misc]
                    seed=seed,
                    place=f"list/{place}/{measure}/{who}",
                    resamples=resamples,
                ).to_json()
                for who in (*ORDERS, "difference")
            }
            for measure in MEASURES
        }

    return {
        "length": length,
        "rows": len(told),
        **figures(told, "all"),
        "non_repeats": figures([row for row in told if row["repeat"] is False], "non_repeats"),
        "places": mean(len(one["items"]) for one in lists),
        "short": mean(len(one["items"]) < length for one in lists),
        "as_shown": mean(one["items"] == one["retrieved"] for one in lists),
        "unknown_targets": sum(one["unknown_targets"] for one in lists),
        "beside": {name: mean(one[name] for one in lists) for name in BESIDE},
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
