"""Spoken of: which item a reply without a title means by "it", and whether the catalogue has that item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from usbrec.dialogue import Item, Turn
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck
from usbrec.play.grounding.naming.page import Heard


class SpokenOf(NamedTuple):
    """What "it" is at one point of a dialogue: `item`, None for several or none; `just` says that the last
    turn or the one before it named the item; `lost` that nothing which the catalogue has was named, or not
    since the recommender named what it has not (any more)."""

    item: Item | None = None
    just: bool = True
    lost: bool = False


def spoken_of(turns: Sequence[Turn], knowledge: Knowledge, check: ReplyCheck, heard: Heard) -> SpokenOf:
    """The one item that the last turn naming any has named, whoever said it; outside shops a seeker names
    more that they have seen than they ask about, so there it takes a question."""
    for back, turn in enumerate(reversed(turns)):
        if turn.role == "seeker" and not check.sells and "?" not in turn.text:
            continue
        if named := knowledge.named_in([turn]):
            item = knowledge.catalogue.get(next(iter(named))) if len(named) == 1 else None
            return SpokenOf(item, back < _JUST)
        # What was sold yesterday and has left the catalogue is no name of it today.
        if check.sells and turn.role == "recommender" and check.made_up(turn.text, (), heard):
            break
    return SpokenOf(lost=True)


#: The seeker's last turn, and the reply that it answers.
_JUST = 2
