"""Copies of recorded dialogues: those that say the same under several ids, which are one for statistics.

A dialogue that two people rated stands twice in many files, joined files hold some twice, and logs without
ids get one of all that stands in them. Drawn again as if they were independent, four copies halve an
interval; left out apart, one is learnt from when its copy is predicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.items.scripts import count_words
from usbrec.patterns import LazyPattern

#: Of fewer words two people may say the same by chance.
LEAST = 16

_WORD = LazyPattern(r"\w+")


def homes_of(dialogues: Iterable[RecordedDialogue]) -> dict[str, str]:
    """By the dialogue's id that of the first, in the order of ids, which says the same."""
    return homes((one.id, one.turns) for one in dialogues)


def homes(said: Iterable[tuple[str, Sequence[Turn]]]) -> dict[str, str]:
    """The same of ids and turns."""
    found: dict[str, str] = {}
    first: dict[tuple[tuple[str, tuple[str, ...]], ...], str] = {}
    for name, turns in sorted(said, key=lambda one: one[0]):
        many = sum(count_words(turn.text) for turn in turns)
        found[name] = name if many < LEAST else first.setdefault(_words_of(turns), name)
    return found


def _words_of(turns: Sequence[Turn]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who says which words, without differences of case, of marks and of where one message ends and the next
    of the same speaker begins."""
    merged: list[tuple[str, tuple[str, ...]]] = []
    for turn in turns:
        words = tuple(_WORD.findall(turn.text.casefold()))
        if merged and merged[-1][0] == turn.role:
            words = merged.pop()[1] + words
        merged.append((turn.role, words))
    return tuple(merged)


def copied(found: Mapping[str, str]) -> list[tuple[str, str]]:
    """Of :func:`homes_of` the copies, each with the one that it says the same as."""
    return [(name, home) for name, home in found.items() if name != home]
