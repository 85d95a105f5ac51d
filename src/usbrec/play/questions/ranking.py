"""Round ranking: what a system would recommend after a round, over the whole catalogue.

A language model has no scores over items, it names a few. So its list is made of two parts, the same for
every model: first what its reply of this round names (what the dialogue had not named before in front),
then the retriever's ranking given the dialogue. iEvaLM does alike: its ChatGPT is ranked by embeddings.

- After a round that recommended, the list is the one that was recommended: the reply's items, then the
  ranking given what was said before the reply.
- After a round that asked, it is the ranking given the dialogue with the answer.
- What was recommended before and turned down is left out: the seeker would have accepted a target. The
  retriever does not read those turns, or it would take what was declined for what is liked.

Most of a list is the retriever's, so recall says what a system with this retriever reaches in the dialogue
that the model led; what the model itself named is the hit of its episodes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Turn
from usbrec.items import Retriever
from usbrec.items.knowledge import Knowledge
from usbrec.play.targets import Targets

#: Length of a list; what recall is taken at goes no further.
LISTED = 50


@dataclass(frozen=True, slots=True)
class RoundList:
    """Item ids, best first, at most :data:`LISTED`.

    `items` ranks everything, as published evaluations do; `fresh` leaves out what the recorded context
    names.
    """

    items: tuple[str, ...]
    fresh: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """The retriever and what is known, for lists round after round."""

    retriever: Retriever
    knowledge: Knowledge

    def after(
        self,
        context: Sequence[Turn],
        heard: Sequence[Turn] = (),
        *,
        first: Sequence[str] = (),
        without: Set[str] = frozenset(),
    ) -> RoundList:
        """The list after `context` (recorded) and `heard` (played), with the ids `first` in front and
        those of `without` left out."""
        named = self.knowledge.named_in(context)
        ranked = self.retriever.rank(
            (*context, *heard), LISTED + len(named) + len(without) + len(first), keep_named=True
        )
        ids = dict.fromkeys((*first, *(item_id for item_id, _ in ranked)))
        listed = [item_id for item_id in ids if item_id not in without]
        return RoundList(
            tuple(listed[:LISTED]), tuple(item_id for item_id in listed if item_id not in named)[:LISTED]
        )

    def recommended(self, reply: Turn, before: Sequence[Turn]) -> tuple[str, ...]:
        """The items a reply names, each once; those that the dialogue had not named come first."""
        said = self.knowledge.named_in(before)
        ids = tuple(dict.fromkeys(self.knowledge.named_by(reply, said)))
        return (*(i for i in ids if i not in said), *(i for i in ids if i in said))

    def of_chat(self, context: Sequence[Turn], played: Sequence[Turn]) -> tuple[RoundList, ...]:
        """The lists of a free chat: after the context, then after each round that was played."""
        lists = [self.after(context)]
        heard: list[Turn] = []
        declined: set[str] = set()
        for place, reply in enumerate(played):
            if reply.role != "recommender":
                continue
            answer = played[place + 1 : place + 2]
            named = self.recommended(reply, (*context, *played[:place]))
            if named:
                lists.append(self.after(context, heard, first=named, without=declined))
                declined.update(named)
                heard += answer
            else:
                heard += (reply, *answer)
                lists.append(self.after(context, heard, without=declined))
        return tuple(lists)


def round_records(lists: Iterable[RoundList], targets: Targets, rounds: int) -> list[dict[str, Any]]:
    """For rounds 0 (the context alone) to `rounds`: the rank of each target in both lists, from 1, or None.

    Targets that the catalogue does not have are passed over, as published evaluations do; of a title
    that several items share the best counts. A dialogue that ended early keeps its last list, and its
    later rounds are marked `over`.
    """
    knowledge = targets.knowledge
    wanted = [] if knowledge is None else [knowledge.catalogue.find(title) for title in targets.titles]
    ids = [{item.id for item in items} for items in wanted if items]
    records = [
        {
            "round": number,
            "over": False,
            "ranks": [place_of(listed.items, one) for one in ids],
            "fresh_ranks": [place_of(listed.fresh, one) for one in ids],
        }
        for number, listed in enumerate(lists)
    ]
    ended = records[-1]
    return records + [{**ended, "round": number, "over": True} for number in range(len(records), rounds + 1)]


def place_of(listed: Sequence[str], wanted: Collection[str]) -> int | None:
    """The rank, from 1, of the first of the wanted ids in a list; None where none stands there."""
    return next((place for place, item_id in enumerate(listed, start=1) if item_id in wanted), None)
