"""Seat descriptions for results and reports: who sat in each seat, and its server where it has one."""

from __future__ import annotations

from typing import Any

from usbrec.config import Config
from usbrec.llm import base_url_of, read_seat


def seats_told(config: Config) -> dict[str, dict[str, Any]]:
    """For each seat of an episode ``{"seat": as it is written}``, with "server", "model" and "base_url" of a
    server's. An address holds no key: one that does is refused when it is read."""
    told = {}
    for name in ("recommender", "simulator", "judge"):
        text = getattr(config.seats, name)
        seat = read_seat(text, config.servers)
        told[name] = {"seat": text}
        if seat.kind == "server":
            where = base_url_of(seat.server, config.models, config.servers)
            told[name] |= {"server": seat.server, "model": seat.rest, "base_url": where}
    return told
