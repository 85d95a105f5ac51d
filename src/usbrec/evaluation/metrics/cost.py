"""Cost metrics: drafts, choices, tokens and seconds of searches and calls."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from usbrec.evaluation.metrics.rows import Row, mean


def search_counts(rows: Iterable[Row]) -> dict[str, Any] | None:
    """What self-enhancement did, over all replies it searched for; None for a plain model."""
    traces = [
        trace
        for row in rows
        if row["episode"] is not None
        for trace in row["episode"].get("traces", ())
        if trace is not None
    ]
    if not traces:
        return None
    stopped = Counter(trace["stopped"] for trace in traces if trace.get("stopped") is not None)
    return {
        "replies": len(traces),
        "drafts": mean(len(trace["drafts"]) for trace in traces),
        "chosen_not_greedy": mean(trace["chosen"] != 0 for trace in traces),
        "stopped": dict(sorted(stopped.items())),
        "failed_drafts": sum(len(trace.get("failures", ())) for trace in traces),
    }


def usage_sums(rows: Sequence[Row]) -> dict[str, int | float]:
    """Calls, tokens and seconds summed over all rows, failed ones included: they were paid for too."""
    counted = (
        *("calls", "prompt_tokens", "completion_tokens", "cached_tokens"),
        *("cut_prompts", "cut_replies", "end_tokens", "removed_characters"),
    )
    sums: dict[str, int | float] = {name: sum(row["usage"].get(name, 0) for row in rows) for name in counted}
    sums["seconds"] = math.fsum(row["usage"]["seconds"] for row in rows)
    return sums
