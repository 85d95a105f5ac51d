"""Experiment: the six systems side by side; training and self-enhancement, each alone and both together."""

from usbrec.experiment.run import RANDOM_DRAFT, SCHEMA, SYSTEMS, Cell, Tell, experiment, rankers_for

__all__ = ["RANDOM_DRAFT", "SCHEMA", "SYSTEMS", "Cell", "Tell", "experiment", "rankers_for"]
