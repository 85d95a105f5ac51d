"""Seats as a caller names them: by a text, as on the command line, or by an object that sits there."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from usbrec.config import Config, load_config
from usbrec.config.loading import GivenSettings
from usbrec.errors import ConfigError
from usbrec.library.models import OpenModel
from usbrec.llm import read_seat

Seat: TypeAlias = "str | object"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NamedSeats:
    """`named` are the seats that have a text, None where nobody was named; `objects` those with an object.

    `settings` are what the models among them run by: the tables ``models`` and ``servers``.
    """

    named: Mapping[str, str | None]
    objects: Mapping[str, object]
    settings: Mapping[str, Any] = field(default_factory=dict)


def named_seats(**seats: Seat | None) -> NamedSeats:
    """The seats apart. A model of :func:`usbrec.open_model` is named by its text, so that a run's settings
    say how it was reached; two models of one server with other settings become two servers. Raises
    ConfigError where two models want other settings of what there is once in a run."""
    named: dict[str, str | None] = {}
    objects: dict[str, object] = {}
    models: dict[str, Any] = {}
    servers: dict[str, Any] = {}
    for name, seat in seats.items():
        named[name] = seat if isinstance(seat, str) else None
        if isinstance(seat, OpenModel):
            models = _agreed(models, seat.settings)
            named[name] = _on_its_server(seat, servers)
        elif isinstance(seat, type):
            raise ConfigError(f"{name}: {seat.__name__} is a class. Give an object: {seat.__name__}(...).")
        elif seat is not None and not isinstance(seat, str):
            objects[name] = seat
    return NamedSeats(named, objects, {"models": models, "servers": servers})


def tell_of_nobody(config: GivenSettings | None, recommender: Seat | None) -> None:
    """A word where nobody is named for the recommender's seat, neither here nor in the settings: the packaged
    model plays it then, and its figures would be taken for somebody else's."""
    seats = load_config(config).seats
    if recommender is None and "recommender" not in seats.model_fields_set:
        _tell_once(seats.recommender)


@functools.cache
def _tell_once(packaged: str) -> None:
    _log.warning(
        "No recommender is named, so the packaged model %s plays; recommender=... names it, or another.",
        packaged,
    )


def _agreed(models: dict[str, Any], settings: Config) -> dict[str, Any]:
    asked = settings.models.model_dump(exclude_unset=True)
    for name, value in asked.items():
        if models.get(name, value) != value:
            raise ConfigError(
                f"models.{name}: one model asks for {models[name]!r} and another for {value!r}, and a run "
                "has one of it. Open both alike."
            )
    return models | asked


def _on_its_server(model: OpenModel, servers: dict[str, Any]) -> str:
    """The text of the model's seat; its server's settings are added to `servers`."""
    seat = read_seat(model.seat, model.settings.servers)
    server = model.settings.servers.get(seat.server)
    if seat.kind != "server" or server is None:
        return model.seat
    asked = server.model_dump(exclude_unset=True)
    name, number = seat.server, 1
    while servers.get(name, asked) != asked:
        number += 1
        name = f"{seat.server}-{number}"
    servers[name] = asked
    return f"{name}:{seat.rest}"
