"""From turns to the messages a model sees in its seat, and back.

For the recommender, the seeker's turns are ``user`` and its own are ``assistant``; for a simulator it
is the other way round. Many chat templates insist that a user opens and that speakers alternate, so a
neutral user turn is put in front of an assistant's opening and neighbouring turns of one seat become
one message.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.dialogue import Role, Turn
from usbrec.llm.protocol import Message


def messages_for(seat: Role, system: str, turns: Sequence[Turn], *, opening: str) -> tuple[Message, ...]:
    """The dialogue as the model in `seat` sees it; `opening` is the neutral user turn."""
    messages = [Message("system", system)] if system else []
    spoken: list[Message] = []
    for turn in turns:
        role = "assistant" if turn.role == seat else "user"
        if spoken and spoken[-1].role == role:
            spoken[-1] = Message(spoken[-1].role, f"{spoken[-1].content}\n{turn.text}")
        elif role == "assistant":
            spoken.append(Message("assistant", turn.text))
        else:
            spoken.append(Message("user", turn.text))
    if not spoken or spoken[0].role == "assistant":
        spoken.insert(0, Message("user", opening))
    return (*messages, *spoken)


def turns_of(messages: Sequence[Message], examples: Sequence[Message] = ()) -> tuple[str, tuple[Turn, ...]]:
    """A recommender's messages read back: the system text (joined) and the turns.

    `examples` are left out where they open the conversation: they were never said.
    """
    system = "\n".join(message.content for message in messages if message.role == "system")
    spoken = [message for message in messages if message.role != "system"]
    if examples and spoken[: len(examples)] == list(examples):
        spoken = spoken[len(examples) :]
    turns = tuple(
        Turn("recommender" if message.role == "assistant" else "seeker", message.content)
        for message in spoken
    )
    return system, turns


def transcript(turns: Sequence[Turn]) -> str:
    """The dialogue as text, a line a turn, for a judge who sits in neither seat.

    Line breaks inside a turn become spaces, so that nobody can write a line for the other side.
    """
    return "\n".join(f"{turn.role.capitalize()}: {' '.join(turn.text.split())}" for turn in turns)
