"""Experiment: the six systems side by side; training and self-enhancement, each alone and both together."""

from usbrec.experiment.cell import Cell
from usbrec.experiment.plan import RANDOM_DRAFT, SYSTEMS, rankers_for
from usbrec.experiment.run import SCHEMA, experiment
from usbrec.experiment.runner import Tell

__all__ = ["RANDOM_DRAFT", "SCHEMA", "SYSTEMS", "Cell", "Tell", "experiment", "rankers_for"]
