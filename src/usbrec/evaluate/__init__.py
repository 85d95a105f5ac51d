"""Evaluation: metrics, statistics, comparison, report. Nothing here asks a model."""

from usbrec.evaluate.comparison import Comparison, compare, print_table
from usbrec.evaluate.report import write_report
from usbrec.evaluate.results import Run, load_run, summarise

__all__ = ["Comparison", "Run", "compare", "load_run", "print_table", "summarise", "write_report"]
