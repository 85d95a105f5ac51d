"""Who sat where, as results and reports tell it: each seat, and its server where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.config import Config
from usbrec.llm import base_url_of, read_seat


def seats_told(config: Config, *, replayed: bool = False) -> dict[str, dict[str, Any]]:
    """For each seat of an episode ``{"seat": as it is written}``, with "server", "model" and "base_url" of a
    server's. An address holds no key: one that does is refused when it is read. A replay asks no server."""
    told = {}
    for name in ("recommender", "simulator", "judge"):
        text = getattr(config.seats, name)
        seat = read_seat(text, config.servers)
        told[name] = {"seat": text}
        if seat.kind == "server":
            told[name] |= {"server": seat.server, "model": seat.rest}
            if not replayed:
                told[name]["base_url"] = base_url_of(seat.server, config.models, config.servers)
    return told


def servers_told(seats: Mapping[str, Mapping[str, Any]]) -> str:
    """One line for people; "" where nobody sits on a server."""
    return "; ".join(
        f"{'seeker' if name == 'simulator' else name}: {told['model']} on {told['server']}"
        + (f" ({told['base_url']})" if "base_url" in told else "")
        for name, told in seats.items()
        if "server" in told
    )
