"""Narrowing of drafts: which are told apart, and which are worth playing on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from usbrec.dialogue import Turn, plain_words
from usbrec.enhancement.trace import Draft
from usbrec.items.knowledge import Knowledge
from usbrec.patterns import LazyPattern

#: Said of drafts that are not played on.
VIOLATES = "names what the seeker rules out, where another draft does not"
ALONE = "the only draft that could be said"
SEEN = "not played on: at the first look others were better"
_MARKS = LazyPattern(r"[^\w\s]|_")


def told_apart_by(text: str, turns: Sequence[Turn], knowledge: Knowledge | None) -> Hashable:
    """What makes a draft after `turns` another one than a draft before it: the new items it names and, where
    it names none or none are known, its words."""
    if knowledge is not None:
        said = knowledge.named_in(turns)
        if new := frozenset(knowledge.named(text, said)) - said:
            return new
    # Marks alone ("?!") are words too, so that they are not nothing.
    return plain_words(_MARKS.sub(" ", text)) or text


def best_looking(drafts: Sequence[Draft], keep: int, violates: Sequence[bool]) -> list[Draft]:
    """The `keep` drafts that scored best where they stand, in their own order; the others are told so. Those
    that break what the seeker asks for come last, and before them those without a score."""
    order = sorted(
        range(len(drafts)),
        key=lambda place: (violates[place], drafts[place].look is None, -(drafts[place].look or 0.0)),
    )
    for place in order[keep:]:
        drafts[place].note = drafts[place].note or SEEN
    return [drafts[place] for place in sorted(order[:keep])]
