"""Settings: where the processes are that play rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from usbrec.config.servers import without_secrets
from usbrec.config.stage import Stage, free


class Engine(Stage):
    """Where rows are played. What comes out is the same."""

    later: ClassVar[Mapping[str, Any]] = {"kind": "processes", "address": None, "gpus": 0.0}

    kind: Literal["processes", "ray"] = free("processes")
    """This machine (processes: one, or those of `--workers`), or a Ray cluster (ray, extra `ray`); as
    `--engine`. The run's own process alone writes the run folder."""
    address: str | None = free(None)
    """Where the cluster is, such as 10.0.0.1:6379, or `auto` for the one that this machine belongs to; by
    default RAY_ADDRESS, else one that lives on this machine for as long as the run."""
    gpus: float = free(0.0, ge=0, allow_inf_nan=False)
    """GPUs that each process on the cluster is given, for models that run in it; .5 lets two share one."""

    @field_validator("address")
    @classmethod
    def _holds_no_secret(cls, address: str | None) -> str | None:
        return without_secrets(address)
