"""Evaluation: metrics, statistics, comparison, report. Nothing here asks a model."""

from usbrec.evaluation.comparison.compare import Comparison, compare
from usbrec.evaluation.report.page import write_report
from usbrec.evaluation.runs.results import Run, load_run, summarise

__all__ = ["Comparison", "Run", "compare", "load_run", "summarise", "write_report"]
