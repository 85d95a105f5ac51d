"""Seats of those who speak in a log: whose words are the seeker's, the recommender's, and neither's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from usbrec.dialogue import Role

#: The two, "neither" for instructions and what tools say, None for a speaker who is not known.
Seat: TypeAlias = "Role | Literal['neither'] | None"

#: Who speaks in a log and has no seat.
_NEITHER = frozenset(
    ("developer", "tool", "function", "observation", "function_call", "function_response", "tool_call")
) | {"tool_response", "tool_result"}
#: Instructions in logs of chat models, and the recommender in much of the field.
SYSTEM = "system"
SEATS: Mapping[str, Role] = {
    **dict.fromkeys(("seeker", "user", "human", "client", "customer"), "seeker"),
    **dict.fromkeys(
        ("recommender", "assistant", "agent", "bot", "wizard", "asst", "ai", "gpt", "model"), "recommender"
    ),
}


def seats_of(names: Sequence[str], seats: Mapping[str, Role] = SEATS) -> list[Seat]:
    """The seat of each message by the name of its speaker, which is without capitals and blanks around.

    Where nobody else recommends and `system` speaks behind the seeker, `system` is the recommender.
    """
    known = [seats.get(name) for name in names]
    first = known.index("seeker") if "seeker" in known else len(known)
    recommends = "recommender" not in known and SYSTEM in names[first:]
    found: list[Seat] = []
    for name, seat in zip(names, known, strict=True):
        if name == SYSTEM:
            found.append("recommender" if recommends else "neither")
        else:
            found.append("neither" if name in _NEITHER else seat)
    return found
