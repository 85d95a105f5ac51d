"""Settings: how results are stated."""

from __future__ import annotations

from usbrec.config.stage import Stage, free


class Statistics(Stage):
    """How results are stated."""

    resamples: int = free(2000, ge=100)
    """Bootstrap resamples of dialogues behind every 95 % interval."""
