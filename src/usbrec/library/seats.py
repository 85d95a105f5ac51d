"""Seats as a caller names them: by a text, as on the command line, or by an object that sits there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Seat: TypeAlias = "str | object"


@dataclass(frozen=True, slots=True)
class NamedSeats:
    """`named` are the seats that have a text, None where nobody was named; `objects` those with an object."""

    named: Mapping[str, str | None]
    objects: Mapping[str, object]


def named_seats(**seats: Seat | None) -> NamedSeats:
    """The seats apart: those written as texts, and the objects."""
    objects = {name: seat for name, seat in seats.items() if seat is not None and not isinstance(seat, str)}
    named = {name: seat if isinstance(seat, str) else None for name, seat in seats.items()}
    return NamedSeats(named, objects)
