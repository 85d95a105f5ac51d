"""Focused pairs: what to say when one candidate alone is shown.

Self-enhancement may show each draft other candidates (``search.focus``), so that the drafts cover the list. A
draft that then names nothing, or something else, is lost to the search: these pairs teach to name what is
shown. Both sides answer the same focused prompt.
"""

from __future__ import annotations

from usbrec.config import Pairs
from usbrec.dialogue import Conversation, PreferencePair, Sample
from usbrec.judge.episodes import EpisodeRunner
from usbrec.keys import derive_seed
from usbrec.pairs.filters import drop_reason, may_be_chosen, names_nothing, names_one
from usbrec.pairs.sides import pair_of, play_replies


async def focused_pairs(sample: Sample, runner: EpisodeRunner, settings: Pairs) -> list[PreferencePair]:
    """Up to ``settings.focused`` pairs, one for each of the first candidates.

    To each, ``settings.drafts`` replies are drawn. Chosen is the best of those that name exactly one new
    item and may be chosen by their form, rejected the worst that names one or nothing, as far as the
    filters of other pairs hold. Raises ModelError when drafts could not be drawn.
    """
    seat = runner.recommender
    if not settings.focused:
        return []
    pairs = []
    for item in seat.candidates(sample.turns)[: settings.focused]:
        drafts = await seat.draft(
            Conversation(sample.turns, round=1, rounds=runner.rounds, focus=(item.id,)),
            n=settings.drafts,
            temperature=settings.temperature,
            seed=derive_seed(runner.seed, sample.id, "focused", item.id),
        )
        played = await play_replies(sample, runner, drafts, "focused")
        scored = [one for one in played if one.value is not None and (names_one(one) or names_nothing(one))]
        named = [one for one in scored if names_one(one) and may_be_chosen(one, settings)]
        if not named:
            continue
        chosen = max(named, key=lambda one: one.value or 0.0)
        rejected = min(scored, key=lambda one: one.value or 0.0)
        if drop_reason(chosen, rejected, settings) is None:
            pairs.append(pair_of(sample, runner, chosen, rejected, focus=(item.id,)))
    return pairs
