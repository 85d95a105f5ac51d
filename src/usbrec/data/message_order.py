"""Order of the messages of a recorded dialogue: by their own numbers, where a file has them in another one.

A file that was sorted by another column, or joined of parts, has messages whose numbers do not rise. Read as
they stand, questions would follow their answers.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from usbrec.patterns import LazyPattern

#: What formats call the list of messages, and the number of a message in it.
_LISTS = ("turns", "dialogue", "messages", "dialog", "conversation", "utterances")
_NUMBERS = (
    *("turn_ind", "turn_index", "utterance_id", "utterance ID", "utt_id", "local_id", "messageId"),
    *("turn_id", "turn", "index"),
)
#: "barcor_redial-u1_12": a number behind what is the same for all.
_NUMBERED = LazyPattern(r"^(.*?)([0-9]{1,15})$", re.DOTALL)

#: What was read, and the name of the numbers by which it was put in order; "" where it stood in it.
Ordered: TypeAlias = "tuple[Any, str]"


def in_order(value: Any) -> Ordered:
    """A dialogue as its file has it, its messages by their numbers where these are all different and stand in
    another order. Where one kind of number rises, or none tells the messages apart, all stays as it is."""
    if isinstance(value, list):
        return _by_numbers(value)
    if not isinstance(value, dict):
        return value, ""
    for name in _LISTS:
        listed = value.get(name)
        if isinstance(listed, list):
            ordered, by = _by_numbers(listed)
            if by:
                return {**value, name: ordered}, by
    return value, ""


def _by_numbers(messages: list[Any]) -> Ordered:
    if len(messages) < 2 or not isinstance(messages[0], dict):
        return messages, ""
    telling: list[tuple[str, Sequence[int]]] = []
    for name in _NUMBERS:
        if name not in messages[0]:
            continue
        numbers = _numbers(messages, name)
        if numbers is None or len(set(numbers)) == 1:
            continue
        if all(one <= other for one, other in itertools.pairwise(numbers)):
            return messages, ""
        if len(set(numbers)) == len(numbers):
            telling.append((name, numbers))
    if not telling:
        return messages, ""
    name, places = telling[0]
    return [messages[at] for at in sorted(range(len(messages)), key=places.__getitem__)], name


def _numbers(messages: Sequence[Any], name: str) -> list[int] | None:
    """The numbers of all messages; None where one has none, or they are numbers of different things."""
    numbers: list[int] = []
    kinds: set[str] = set()
    for message in messages:
        given = message.get(name) if isinstance(message, Mapping) else None
        if isinstance(given, float) and given.is_integer():
            given = int(given)  # a frame's column with gaps elsewhere
        if isinstance(given, str):
            found = _NUMBERED.match(given.strip())
            if found is None:
                return None
            kinds.add(found[1])
            numbers.append(int(found[2]))
        elif isinstance(given, int) and not isinstance(given, bool):
            kinds.add("")
            numbers.append(given)
        else:
            return None
    return numbers if len(kinds) == 1 else None
