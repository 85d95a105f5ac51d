"""Where a run's workers are: on this machine or on a cluster, as the settings say."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from usbrec.config import Config
from usbrec.stages.shares import Given, Workers


def workers_of(shared: Given | None, config: Config) -> AbstractContextManager[Workers | None]:
    """The workers of a run that several share; None for a run of one process. Entering raises ConfigError."""
    if shared is None:
        return nullcontext()
    if config.engine.kind == "ray":
        from usbrec.stages.ray_cluster import ray_workers

        return ray_workers(config, shared)
    from usbrec.stages.processes import local_workers

    return local_workers(config)
