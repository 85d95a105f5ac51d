"""Cost metrics: drafts, choices, tokens and seconds of searches and calls."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from usbrec.evaluation.metrics.columns import Columns, Row, Tally


def search_counts(rows: Iterable[Row]) -> dict[str, Any] | None:
    """What self-enhancement did, over all replies it searched for; None for a plain model."""
    if isinstance(rows, Columns):
        return rows.remembered("searches", lambda: _search_counts(rows) if rows.has("traces") else None)
    return _search_counts(rows)


def _search_counts(rows: Iterable[Row]) -> dict[str, Any] | None:
    replies = failed = 0
    drafts, not_greedy, stopped = Tally(), Tally(), Counter[str]()
    for row in rows:
        for trace in () if row["episode"] is None else row["episode"].get("traces", ()):
            if trace is None:
                continue
            replies += 1
            drafts.add(len(trace["drafts"]))
            not_greedy.add(trace["chosen"] != 0)
            failed += len(trace.get("failures", ()))
            if trace.get("stopped") is not None:
                stopped[trace["stopped"]] += 1
    if not replies:
        return None
    return {
        "replies": replies,
        "drafts": drafts.mean,
        "chosen_not_greedy": not_greedy.mean,
        "stopped": dict(sorted(stopped.items())),
        "failed_drafts": failed,
    }


def usage_sums(rows: Sequence[Row]) -> dict[str, int | float]:
    """Calls, tokens and seconds summed over all rows, failed ones included: they were paid for too."""
    counted = (
        *("calls", "prompt_tokens", "completion_tokens", "cached_tokens"),
        *("cut_prompts", "cut_replies", "end_tokens", "removed_characters"),
    )
    sums: dict[str, int | float] = dict.fromkeys(counted, 0)
    seconds = array("d")
    for row in rows:
        usage = row["usage"]
        for name in counted:
            sums[name] += usage.get(name, 0)
        seconds.append(usage["seconds"])
    return sums | {"seconds": math.fsum(seconds)}
