"""Tables of ranked lists: what replies rank, beside the retriever's order of the same candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from usbrec.evaluation.comparison.columns import Cell
from usbrec.evaluation.comparison.tables import Table
from usbrec.evaluation.metrics.lists import MEASURES, ORDERS
from usbrec.evaluation.report import formatting

_NAMES = {"ndcg": "NDCG", "recall": "recall", "mrr": "MRR"}
_BESIDE = {
    "made_up": "titles that the catalogue lacks",
    "repeated": "items named again",
    "named_before": "items the dialogue had named",
    "beyond": "items behind the last place",
    "other_lines": "lines without a title",
    "not_shown": "items that were no candidates",
}


def lists_table(found: Mapping[str, Any]) -> Table:
    """The measures of `lists` in results.json, a line a measure; those of rows that repeat no named item
    where others do."""
    length = found["length"]
    rows = []
    for scope, figures in (("", found), (", not repeated", found["non_repeats"])):
        for measure in MEASURES:
            if scope and figures[measure] == found[measure]:
                continue
            cells = [_cell(figures[measure][who]) for who in ORDERS]
            cells.append(_cell(figures[measure]["difference"], signed=True))
            rows.append((Cell(f"{_NAMES[measure]}@{length}{scope}"), *cells))
    heading = f"lists of {length}, {formatting.rows(found['rows'])}"
    return Table("lists", (heading, "replies", "retriever's\norder", "difference"), tuple(rows))


def lists_in_words(found: Mapping[str, Any]) -> str:
    """What lists lack, and what replies name beside them, as sentences."""
    beside = found["beside"]
    named = [f"{what} {beside[name]:.2f}" for name, what in _BESIDE.items() if beside[name]]
    return " ".join(
        (
            f"{found['places']:.1f} of {found['length']} places are filled, a missing one is no hit; "
            f"{_share(found['short'])} of the lists are short, {_share(found['as_shown'])} are the "
            "retriever's order as it was shown.",
            *([f"Beside the places, a reply: {'; '.join(named)}."] if named else []),
            *_unknown(found["unknown_targets"]),
        )
    )


def _unknown(count: int) -> Iterator[str]:
    if count:
        yield f"{count} targets are in no catalogue, and missed by both."


def _share(value: float) -> str:
    return formatting.number(value, "share")


def _cell(interval: Mapping[str, Any], *, signed: bool = False) -> Cell:
    """A number with three decimals, for differences of lists are small."""
    if interval["mean"] is None:
        return Cell(formatting.UNKNOWN)
    low, high = interval["ci95"]
    limits = "" if low is None else f"[{_number(low)}, {_number(high)}]"
    return Cell(_number(interval["mean"], signed=signed), limits)


def _number(value: float, *, signed: bool = False) -> str:
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return (text.lstrip("+-") if float(text) == 0 else text).replace("-", formatting.MINUS)
