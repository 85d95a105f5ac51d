"""Declined pairs: what to say after a reply that was declined, and not the same again.

Pairs at first replies teach nothing of what comes after. Small models then say their first reply once more,
word for word, although the seeker has just turned it down (docs/log.md). Here the dialogue goes on by one
exchange: the model's own reply, and what the seeker answers. From there replies are drawn, and both sides
answer that prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from usbrec.config import Pairs
from usbrec.dialogue import Conversation, PreferencePair, Reply, Sample, Turn
from usbrec.judge.episodes import EpisodeRunner
from usbrec.keys import derive_seed
from usbrec.pairs.filters import drop_reason, may_be_chosen, names_one
from usbrec.pairs.sides import Candidate, pair_of, play_replies, play_reply
from usbrec.play.targets import Targets


async def declined_pairs(
    sample: Sample, runner: EpisodeRunner, settings: Pairs, drafts: Sequence[Candidate]
) -> list[PreferencePair]:
    """Up to ``settings.declined`` pairs, 2 at most, from the first of `drafts` that the seeker declines.

    Of ``settings.drafts`` replies drawn after it, chosen is the best that names exactly one new item and is
    of a form that may be chosen. Rejected is first the declined reply said again, then the worst that names
    one, as far as the filters of other pairs hold. None without a catalogue, which tells what is new. Raises
    ModelError when the seeker does not answer or no reply could be drawn.
    """
    if not settings.declined or runner.knowledge is None:
        return []
    offered = next((draft for draft in drafts if names_one(draft)), None)
    if offered is None:
        return []
    asked = (*sample.turns, Turn("recommender", offered.text))
    seed = derive_seed(runner.seed, sample.id, "declined")
    seat = runner.simulator.seat(Targets.of(sample, runner.knowledge))
    # Every other seeker asks for reasons too, as all do in the last round but one.
    answer = await seat.answer(asked, explain=seed % 2 == 0, seed=derive_seed(seed, "seeker"))
    if answer.accepted or answer.left:
        return []
    later = replace(sample, turns=(*asked, Turn("seeker", answer.text)), label=None)
    replies = await runner.recommender.draft(
        Conversation(later.turns, round=1, rounds=runner.rounds),
        n=settings.drafts,
        temperature=settings.temperature,
        seed=seed,
    )
    played = await play_replies(later, runner, replies, "declined")
    scored = [one for one in played if one.value is not None and names_one(one)]
    choosable = [one for one in scored if may_be_chosen(one, settings)]
    if not choosable:
        return []
    chosen = max(choosable, key=_value)
    again = await play_reply(later, runner, Reply(offered.text), "repeated")
    sides = (again, min(scored, key=_value))[: settings.declined]
    return [
        pair_of(later, runner, chosen, rejected)
        for rejected in sides
        if drop_reason(chosen, rejected, settings) is None
    ]


def _value(candidate: Candidate) -> float:
    return candidate.value or 0.0
