"""Seat descriptions for results and reports: who sat in each seat, and its server where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.config import Config
from usbrec.keys import digest
from usbrec.llm import base_url_of, read_seat

#: The seats by what identities call them.
_CALLED = {"recommender": "recommender", "simulator": "seeker", "judge": "judge"}


def seats_told(config: Config, identities: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each seat of an episode ``{"seat": as it is written}``, with "server", "model" and "base_url" of a
    server's, and "identity" of a user's own object: a digest of what decides its answers, as far as that is
    known. An address holds no key: one that does is refused when it is read."""
    told = {}
    for name, called in _CALLED.items():
        text = getattr(config.seats, name)
        seat = read_seat(text, config.servers)
        told[name] = {"seat": text}
        if seat.kind == "server":
            where = base_url_of(seat.server, config.models, config.servers)
            told[name] |= {"server": seat.server, "model": seat.rest, "base_url": where}
        identity = identities.get(f"{called} {text}", {})
        if identity.get("backend") == "own":
            told[name]["identity"] = digest(dict(identity))[:16]
    return told
