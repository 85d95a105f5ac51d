"""Evaluation: metrics, statistics, comparison, report. Nothing here asks a model."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.evaluation.comparison.compare import Comparison, compare
    from usbrec.evaluation.report.page import write_report
    from usbrec.evaluation.runs.results import Run, load_run, summarise
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "comparison.compare": "Comparison compare",
            "report.page": "write_report",
            "runs.results": "Run load_run summarise",
        },
    )

__all__ = ["Comparison", "Run", "compare", "load_run", "summarise", "write_report"]
