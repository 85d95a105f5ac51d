"""Keyword arguments of the library laid over settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from usbrec.config import Config, load_config
from usbrec.errors import ConfigError

#: Settings as a caller gives them: a TOML file, a nested mapping, or the record.
Settings: TypeAlias = "Config | Mapping[str, Any] | str | os.PathLike[str]"
#: The argument that a setting has in the library.
_ARGUMENTS = {
    "rounds": "play.rounds",
    "candidates": "play.candidates",
    "ses": "enhanced",
    "base_url": "models.base_url",
    "concurrency": "models.concurrency",
    "drafts": "search.drafts",
    "horizon": "pairs.horizon",
    "pair_drafts": "pairs.drafts",
    "preset": "train.preset",
    "max_steps": "train.max_steps",
}


def laid_over(
    config: Settings | None,
    seats: Mapping[str, str | None],
    *,
    rules: bool = False,
    **arguments: Any,
) -> Config:
    """The settings with the arguments that are not None laid over them.

    `seats` are those named by a text; with `rules`, simulator and judge go by rules where nobody names them.
    Raises ConfigError, which names file or argument.
    """
    given = _given(config)
    told = given.seats.model_fields_set | {seat for seat, named in seats.items() if named is not None}
    by_rules = dict.fromkeys({"simulator", "judge"} - told, "rules") if rules else {}
    over: dict[str, Any] = {"seats": {**seats, **by_rules}}
    for name, value in arguments.items():
        *stages, setting = _ARGUMENTS.get(name, name).split(".")
        place = over
        for stage in stages:
            place = place.setdefault(stage, {})
        place[setting] = str(value) if isinstance(value, os.PathLike) else value
    # Settings that nobody named stay so: what they are by default may depend on the others.
    return load_config(None, _laid(given.model_dump(exclude_unset=True), over))


def _given(config: Settings | None) -> Config:
    if isinstance(config, Config):
        return config
    if config is None or isinstance(config, Mapping):
        return load_config(None, config or {})
    if isinstance(config, str | os.PathLike):
        return load_config(Path(config))
    raise ConfigError(
        f"config: {type(config).__name__} holds no settings. Give a usbrec.Config, a mapping or a TOML file."
    )


def _laid(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in over.items():
        if isinstance(value, Mapping):
            merged[name] = _laid(merged.get(name) or {}, value)
        elif value is not None:
            merged[name] = value
    return merged
