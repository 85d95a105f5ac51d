"""Lowercase rules: where in a sentence a title may stand, for texts without capitals.

"have you seen the hangover?", "i liked frozen, coco and trolls", "insidious was scary": what comes before
takes a title, what comes behind ends it. How much of this a title needs goes by how ordinary its words are.
The lists follow what ReDial's workers tagged in the training part (bench/linking.py measures it): with both
sides right, nine in ten matches of ordinary words are the film; with one side, about half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    INTRODUCING,
    KINDS,
    is_always_capital,
    is_empty,
    is_frequent,
    is_kind,
)


class Side(IntEnum):
    """What stands on one side of a match."""

    OPEN = 0
    """A word that may go with the match: it is part of something longer."""
    FITTING = 1
    """A word that a title may stand beside: "i like ...", "... was good"."""
    EDGE = 2
    """The sentence, or the clause, begins or ends here."""
    NAMED = 3
    """Another title that the text names: lists go on."""
    ASKED = 4
    """(before) A verb or a phrase that titles are introduced with."""


@dataclass(frozen=True, slots=True)
class Slot:
    before: Side
    after: Side
    subject: bool
    """Whether "is", "was" or the like follows."""


_SEEING = INTRODUCING | {"reccomend", "rewatch", "see", "tried", "try", "watching"}
# "and" is not among them: "don't drink and drive". Beside a named title it joins (Side.NAMED).
_BEFORE = frozenset(
    {"also", "enjoyed", "film", "is", "like", "liked", "love", "loved", "maybe", "movie", "or", "original"}
)
_PHRASES = frozenset(
    [("how", "about"), ("what", "about"), ("similar", "to"), ("heard", "of"), ("fan", "of"), ("check", "out")]
)
# They open a sentence and say nothing of what follows.
OPENERS = frozenset({"but", "hmm", "lol", "now", "oh", "ok", "okay", "so", "well", "yeah", "yes"})
SAID = frozenset({"are", "has", "is", "starring", "was", "with"})
_JOINS = frozenset(
    {"also", "and", "as", "but", "if", "lol", "or", "that", "then", "though", "too", "yes", "yet"}
)
AFTER = SAID | _JOINS | {"a", "have", "i", "im", "it", "its", "would", "you"}


def side_before(word: str, earlier: str) -> Side:
    """What the two normalised words before a match make of it; "" where none is."""
    if word in _SEEING or (earlier, word) in _PHRASES or (word == "like" and earlier in KINDS):
        return Side.ASKED
    if word in OPENERS:
        return Side.EDGE
    return Side.FITTING if word in _BEFORE else Side.OPEN


def side_after(word: str) -> Side:
    return Side.FITTING if word in AFTER else Side.OPEN


def is_said_of(word: str) -> bool:
    return word in SAID


def fills(title_words: Sequence[str], slot: Slot) -> bool:
    """Whether a title of these normalised words, all ordinary, is meant where it stands."""
    content = [word for word in title_words if word not in ARTICLES] or list(title_words)
    before, after = slot.before, slot.after
    if any(is_kind(word) for word in content) and len(title_words) == 1:
        return False
    if all(is_empty(word) or len(word) == 1 for word in content):
        return False
    if all(word.isdigit() for word in content):
        return before in (Side.ASKED, Side.NAMED) and after > Side.OPEN
    if all(is_frequent(word) or is_empty(word) for word in content):
        if len(title_words) == 1:
            if before is Side.EDGE:
                return slot.subject
            return before is Side.ASKED and after > Side.OPEN
        if before is Side.EDGE:
            return slot.subject or after is Side.NAMED
        return before > Side.OPEN and after > Side.OPEN
    if len(title_words) == 1 and is_always_capital(content[0]):
        if before is Side.EDGE:
            return slot.subject or after is Side.NAMED
        return before > Side.OPEN and after > Side.OPEN
    if after is Side.OPEN:
        return before in (Side.ASKED, Side.NAMED)
    return before > Side.OPEN
