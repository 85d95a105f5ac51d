"""Seat messages: turns as the model in a seat sees them.

For the recommender, the seeker's turns are ``user`` and its own are ``assistant``; for a simulator it
is the other way round. Many chat templates insist that a user opens and that speakers alternate, so a
neutral user turn is put in front of an assistant's opening and neighbouring turns of one seat become
one message.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.dialogue import Role, Turn
from usbrec.llm.protocol import Message


def alternating(turns: Sequence[Turn], *, opening: str, seat: Role = "recommender") -> tuple[Turn, ...]:
    """The turns as a model in `seat` can be shown them: they alternate, and the other seat begins.

    Neighbouring turns of one seat are one turn, a line each; `opening` is the other seat's where this one
    began, or the dialogue is empty.
    """
    merged: list[Turn] = []
    for turn in turns:
        if merged and merged[-1].role == turn.role:
            merged[-1] = Turn(turn.role, f"{merged[-1].text}\n{turn.text}")
        else:
            merged.append(turn)
    if not merged or merged[0].role == seat:
        merged.insert(0, Turn("seeker" if seat == "recommender" else "recommender", opening))
    return tuple(merged)


def messages_for(seat: Role, system: str, turns: Sequence[Turn], *, opening: str) -> tuple[Message, ...]:
    """The dialogue as the model in `seat` sees it; `opening` is the neutral user turn."""
    return (
        *([Message("system", system)] if system else []),
        *(
            Message("assistant" if turn.role == seat else "user", turn.text)
            for turn in alternating(turns, opening=opening, seat=seat)
        ),
    )


def transcript(turns: Sequence[Turn]) -> str:
    """The dialogue as text, a line a turn, for a judge who sits in neither seat.

    Line breaks inside a turn become spaces, so that nobody can write a line for the other side.
    """
    return "\n".join(f"{turn.role.capitalize()}: {' '.join(turn.text.split())}" for turn in turns)
