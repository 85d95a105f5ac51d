"""Relay: two seats take turns, round after round, until the score is due.

Rounds 1 to R-1 end with the seeker; the seeker's turn of round R-1 also asks for an explanation of the
last recommendation. Round R is one recommender reply, after which the judge speaks. A seeker who
accepts ends the episode early (paper section 3; iEvaLM plays five rounds), and so does one who loses
patience and leaves: what was recommended until then is what is scored.

An episode is a line; a search that tries several replies at every turn is a tree. Both are played here:
a line is a tree that never branches.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.dialogue import Conversation, Reply, Turn
from usbrec.keys import derive_seed
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.seekers.base import Seeker


@dataclass(frozen=True, slots=True)
class Played:
    """What was played: the new turns, and what the relay saw on the way.

    `unfinished` counts recommender replies that were cut off, `ran_on` replies and `seeker_ran_on` answers
    that went on with the next speaker's turn; `traces` and `groundings` have one entry a reply.
    """

    turns: tuple[Turn, ...] = ()
    accepted: bool = False
    leaks: int = 0
    unfinished: int = 0
    ran_on: int = 0
    seeker_ran_on: int = 0
    traces: tuple[Mapping[str, Any] | None, ...] = ()
    groundings: tuple[Mapping[str, Any] | None, ...] = ()

    def after_reply(self, reply: Reply) -> Played:
        return replace(
            self,
            turns=(*self.turns, _spoken(reply)),
            unfinished=self.unfinished + reply.unfinished,
            ran_on=self.ran_on + reply.ran_on,
            traces=(*self.traces, reply.trace),
            groundings=(*self.groundings, reply.grounding),
        )


def _spoken(reply: Reply) -> Turn:
    return Turn("recommender", reply.text, reply.items, reply.reasoning, calls=reply.calls)


#: Gives the recommender's replies to try after these turns: (turns, round, seed) -> replies.
Branch = Callable[[Sequence[Turn], int, int], Awaitable[Sequence[Reply]]]
#: Receives each way the dialogue can end, as soon as it is played.
Leaf = Callable[[Played], Awaitable[None]]


async def play_tree(
    turns: Sequence[Turn],
    *,
    branch: Branch,
    seeker: Seeker,
    rounds: int,
    seed: int,
    start: int,
    first: Reply,
    leaf: Leaf,
) -> None:
    """Play rounds `start` to `rounds` after `turns` (which end with the seeker), beginning with the
    reply `first`, depth first. Raises ModelError; leaves given out before that stay given out."""

    async def follow(played: Played, round_: int) -> None:
        if round_ == rounds:
            return await leaf(played)
        answer = await seeker.answer(
            (*turns, *played.turns), explain=round_ == rounds - 1, seed=derive_seed(seed, "seeker", round_)
        )
        played = replace(
            played,
            turns=(*played.turns, Turn("seeker", answer.text, reasoning=answer.reasoning)),
            leaks=played.leaks + answer.leaked,
            seeker_ran_on=played.seeker_ran_on + answer.ran_on,
            accepted=answer.accepted,
        )
        if answer.accepted or answer.left:
            return await leaf(played)
        place = derive_seed(seed, "recommender", round_ + 1)
        for reply in await branch((*turns, *played.turns), round_ + 1, place):
            await follow(played.after_reply(reply), round_ + 1)
        return None

    await follow(Played().after_reply(first), start)


async def play_on(
    turns: Sequence[Turn],
    *,
    recommender: RecommenderSeat,
    seeker: Seeker,
    rounds: int,
    seed: int,
    first: Reply | None = None,
    task: Mapping[str, Any] | None = None,
) -> Played:
    """Play `rounds` rounds after `turns` (which end with the seeker), one reply a round.

    With `first` given, that is the recommender's first reply. `task` is the sample's. Raises ModelError.
    """
    known = task or {}

    async def branch(dialogue: Sequence[Turn], round_: int, place: int) -> Sequence[Reply]:
        conversation = Conversation(tuple(dialogue), round_, rounds, task=known)
        return (await recommender.reply(conversation, seed=place),)

    ends: list[Played] = []

    async def leaf(played: Played) -> None:
        ends.append(played)

    if first is None:
        (first,) = await branch(turns, 1, derive_seed(seed, "recommender", 1))
    await play_tree(
        turns, branch=branch, seeker=seeker, rounds=rounds, seed=seed, start=1, first=first, leaf=leaf
    )
    return ends[0]
