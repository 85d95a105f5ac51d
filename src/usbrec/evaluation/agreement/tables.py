"""Table of a judge's agreement with people, for LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.evaluation.comparison.columns import Cell
from usbrec.evaluation.comparison.tables import Table
from usbrec.evaluation.report import formatting


def correlations_table(results: Mapping[str, Any]) -> Table:
    """A line a rating and data set of the results of `usbrec agreement`; intervals draw dialogues again, and
    systems in columns of their own."""
    rows = []
    for rating, sets in results["agreement"].items():
        for dataset, told in sets.items():
            cells = [Cell(rating.replace("_", " ")), Cell(dataset), Cell(f"{told['n']:,}")]
            for name in ("pearson", "spearman"):
                one = told[name]
                cells.append(Cell(formatting.number(one["value"], "score"), _limits(one["ci95"])))
                cells.append(Cell(_limits(one["ci95_systems"]) or formatting.UNKNOWN))
            rows.append(tuple(cells))
    headings = ("rating", "data", "n", "Pearson", "over systems", "Spearman", "over systems")
    return Table("agreement", headings, tuple(rows), words=2)


def _limits(ci95: Any) -> str:
    low, high = ci95
    return "" if low is None else formatting.limits(low, high, "score")
