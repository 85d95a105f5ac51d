"""Seat messages: turns as the model in a seat sees them.

For the recommender, the seeker's turns are ``user`` and its own are ``assistant``; for a simulator it
is the other way round. Many chat templates insist that a user opens and that speakers alternate, so a
neutral user turn is put in front of an assistant's opening and neighbouring turns of one seat become
one message. What an application adds to a turn as data stands before its words, for the recommender alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.dialogue import Role, Turn
from usbrec.llm.protocol import Message


def alternating(turns: Sequence[Turn], *, opening: str, seat: Role = "recommender") -> tuple[Turn, ...]:
    """The turns as a model in `seat` can be shown them: they alternate, and the other seat begins.

    Neighbouring turns of one seat are one turn, a line each; `opening` is the other seat's where this one
    began, or the dialogue is empty. Turns without words hold data, which the recommender alone is shown.
    """
    merged: list[Turn] = []
    for turn in turns:
        if seat == "seeker" and _wordless(turn):
            continue
        if merged and merged[-1].role == turn.role:
            merged[-1] = _joined(merged[-1], turn)
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
            Message("assistant" if turn.role == seat else "user", _shown(turn, seat))
            for turn in alternating(turns, opening=opening, seat=seat)
        ),
    )


def transcript(turns: Sequence[Turn]) -> str:
    """The dialogue as text, a line a turn, for a judge who sits in neither seat.

    Line breaks inside a turn become spaces, so that nobody can write a line for the other side.
    """
    said = (turn for turn in turns if not _wordless(turn))
    return "\n".join(f"{turn.role.capitalize()}: {' '.join(turn.text.split())}" for turn in said)


def _wordless(turn: Turn) -> bool:
    return bool(turn.data) and not turn.text


def _joined(turn: Turn, after: Turn) -> Turn:
    data = "\n\n".join(part for part in (turn.data, after.data) if part)
    calls = (*turn.calls, *after.calls)
    if _wordless(turn) or _wordless(after):
        return Turn(turn.role, turn.text + after.text, data=data, calls=calls)
    return Turn(turn.role, f"{turn.text}\n{after.text}", data=data, calls=calls)


def _shown(turn: Turn, seat: Role) -> str:
    if seat == "seeker" or not turn.data:
        return turn.text
    return f"{turn.data}\n\n{turn.text}" if turn.text else turn.data
