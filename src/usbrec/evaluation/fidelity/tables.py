"""Tables of a seeker's fidelity that people read, for the terminal and for LaTeX alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.evaluation.comparison.columns import Cell
from usbrec.evaluation.comparison.tables import Table
from usbrec.evaluation.fidelity.summary import COUNTED, MEANINGS
from usbrec.evaluation.report import formatting


def measures_table(results: Mapping[str, Any]) -> Table:
    """A line a measure: people, the seeker, and how much higher the seeker is."""
    rows = []
    for name, told in results["measures"].items():
        kind: formatting.Kind = "score" if name in COUNTED else "share"
        difference = told["difference"]
        rows.append(
            (
                Cell(name),
                Cell(f"{told['people']['n']:,}"),
                *(_cell(told[who], kind) for who in ("people", "seeker")),
                Cell(formatting.signed(difference["mean"], kind), _interval(difference["ci95"], kind)),
            )
        )
    return Table(
        "fidelity",
        ("measure", "n", "people", "seeker", "difference"),
        tuple(rows),
        legend=tuple((name, MEANINGS[name]) for name in results["measures"]),
    )


def further_table(results: Mapping[str, Any]) -> Table:
    """Reactions to the same recommendations, the counterfactual check, the discriminator."""
    reactions, checked, apart = (
        results["reactions"],
        results["counterfactual"],
        results["discriminator"],
    )
    lines = [
        ("reacts as the person did", reactions["same"]),
        ("accepts what people accepted", reactions["accepts_accepted"]),
        ("accepts what people declined", reactions["accepts_declined"]),
        ("accepts a target in its place", checked["good"]),
        ("accepts an item unlike these", checked["bad"]),
    ]
    rows = [(Cell(told), Cell(f"{one['n']:,}"), _cell(one, "share")) for told, one in lines]
    for told, name in (("told from people, area", "auc"), ("by form alone, area", "auc_form")):
        one = apart[name]
        value = Cell(formatting.number(one["value"], "score"), _interval(one["ci95"], "score"))
        rows.append((Cell(told), Cell(f"{apart['n']:,}"), value))
    return Table("the seeker", ("the seeker", "n", "value"), tuple(rows))


def _cell(interval: Mapping[str, Any], kind: formatting.Kind) -> Cell:
    return Cell(formatting.number(interval["mean"], kind), _interval(interval["ci95"], kind))


def _interval(ci95: Any, kind: formatting.Kind) -> str:
    low, high = ci95
    return "" if low is None else formatting.limits(low, high, kind)
