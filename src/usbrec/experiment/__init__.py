"""Experiment: the six systems side by side; training and self-enhancement, each alone and both together."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.experiment.cell import Cell
    from usbrec.experiment.plan import RANDOM_DRAFT, SYSTEMS, rankers_for
    from usbrec.experiment.run import SCHEMA, experiment
    from usbrec.experiment.runner import Tell
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "cell": "Cell",
            "plan": "RANDOM_DRAFT SYSTEMS rankers_for",
            "run": "SCHEMA experiment",
            "runner": "Tell",
        },
    )

__all__ = ["RANDOM_DRAFT", "SCHEMA", "SYSTEMS", "Cell", "Tell", "experiment", "rankers_for"]
