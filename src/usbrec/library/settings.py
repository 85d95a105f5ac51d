"""Arguments of the library and options of the command line, laid over settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from usbrec.config import Config, load_config
from usbrec.config.loading import GivenSettings
from usbrec.errors import ConfigError

#: The setting that an argument, or an option of the command line, stands for where it has another name.
SETTINGS = {
    "ses": "enhanced",
    "filter": "play.filter",
    "tools": "play.tools",
    "base_url": "models.base_url",
    "concurrency": "models.concurrency",
    "workers": "models.processes",
    "engine": "engine.kind",
    "rounds": "play.rounds",
    "candidates": "play.candidates",
    "second_judge": "judging.second",
    "search": "search.kind",
    "search_drafts": "search.drafts",
    "search_rounds": "search.rounds",
    "ses_simulator": "search.simulator",
    "ses_judge": "search.judge",
    "pair_drafts": "pairs.drafts",
    "horizon": "pairs.horizon",
    "noun": "seekers.noun",
    "writer": "seekers.writer",
    "language": "language",
    "strict": "catalogue.strict",
    "preset": "train.preset",
    "max_steps": "train.max_steps",
    "method": "experiment.method",
    "training_seeds": "experiment.training_seeds",
    "iterations": "experiment.iterations",
}


def laid_over(
    config: GivenSettings | None, seats: Mapping[str, str | None], *, rules: bool = False, **arguments: Any
) -> Config:
    """The settings with the arguments that are not None laid over them; one that is a mapping is a table.

    `seats` are those named by a text; with `rules`, simulator and judge go by rules where nobody names them.
    Raises ConfigError, which names file or setting.
    """
    given = load_config(config)
    told = given.seats.model_fields_set | {seat for seat, named in seats.items() if named is not None}
    by_rules = dict.fromkeys(sorted({"simulator", "judge"} - told), "rules") if rules else {}
    over: dict[str, Any] = {"seats": {**seats, **by_rules}}
    for name, value in arguments.items():
        *tables, setting = SETTINGS.get(name, name).split(".")
        place = over
        for table in tables:
            place = place.setdefault(table, {})
        if isinstance(value, Mapping):
            place[setting] = {**place.get(setting, {}), **value}
        else:
            place[setting] = os.fspath(value) if isinstance(value, os.PathLike) else value
    config = load_config(given, over)
    if arguments.get("base_url") is not None:
        _check_address_is_used(config)
    return config


def _check_address_is_used(config: Config) -> None:
    """Raises ConfigError where an address is given that no seat goes by, though seats have servers: what
    another one says would be taken for this one's."""
    seats = [config.seats.recommender, config.seats.simulator, config.seats.judge, config.seekers.writer]
    found = [
        (seat, prefix)
        for seat in [*seats, config.search.simulator, config.search.judge]
        if seat is not None and (prefix := seat.partition(":")[0]) in {*config.servers, "openai"}
    ]
    if found and all(prefix != "openai" for _, prefix in found):
        seat, prefix = found[0]
        raise ConfigError(
            f"--base-url (base_url) is the address of openai: seats, and there is none: {seat} is on "
            f"[servers.{prefix}], whose base_url counts. Change it there, or name the seat openai:MODEL."
        )
