"""Settings: how results are stated."""

from __future__ import annotations

from usbrec.config.stage import Stage, free

#: With fewer the ends of an interval are those of single draws.
FEWEST_RESAMPLES = 100


class Statistics(Stage):
    """How results are stated."""

    resamples: int = free(2000, ge=FEWEST_RESAMPLES)
    """Bootstrap resamples of dialogues behind every 95 % interval."""
