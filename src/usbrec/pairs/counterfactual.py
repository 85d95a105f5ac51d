"""Counterfactual pairs: one sentence twice, with another of the shown titles in it.

Two drafts differ in everything: length, manner, number of titles, and somewhere in it the recommendation.
What is learnt from such a pair is mostly what has nothing to do with the choice (docs/log.md). Here both
sides are a draft of the model's own, and only the title differs: what one has over the other is the item.
"""

from __future__ import annotations

import random

from usbrec.config import Pairs
from usbrec.dialogue import Item, PreferencePair, Reply, Sample
from usbrec.judge.episodes import EpisodeRunner
from usbrec.keys import derive_seed
from usbrec.pairs.filters import drop_reason, least_margin, may_be_chosen, names_one
from usbrec.pairs.sides import Candidate, pair_of, play_reply
from usbrec.play.grounding.candidates import Grounding


async def counterfactual_pairs(
    sample: Sample, runner: EpisodeRunner, settings: Pairs, drafts: list[Candidate]
) -> list[PreferencePair]:
    """Up to ``settings.counterfactual`` pairs; none where no draft names a shown item by its full name.

    Chosen is the best of the shown items, in the sentence of a draft whose form may be chosen; rejected
    are others in the same sentence: first those that the model itself had named, then the rest in an order
    drawn from the seed. Each version is played and scored, and the filters of other pairs hold.
    """
    grounding = runner.recommender.grounding
    if not settings.counterfactual or grounding is None:
        return []
    shown = grounding.candidates(sample.turns)
    sentences = [found for draft in drafts if (found := _sentence(draft, shown, grounding, settings))]
    if not sentences:
        return []

    async def say(sentence: tuple[str, Item], item: Item) -> Candidate:
        text, said = sentence
        version = text.replace(grounding.format.name(said), grounding.format.name(item))
        return await play_reply(sample, runner, Reply(version), "counterfactual")

    versions = [(item, await say(sentences[0], item)) for item in shown]
    scored = [(item, version.value) for item, version in versions if version.value is not None]
    if not scored:
        return []
    best, highest = max(scored, key=lambda one: one[1])
    worse = [item for item, value in scored if highest - value >= least_margin(settings) and item != best]
    random.Random(derive_seed(runner.seed, sample.id, "counterfactual")).shuffle(worse)
    own = {item.id for _, item in sentences}
    worse.sort(key=lambda item: item.id not in own)
    pairs = []
    for place, item in enumerate(worse[: settings.counterfactual]):
        sentence = sentences[place % len(sentences)]
        chosen, rejected = await say(sentence, best), await say(sentence, item)
        fit = names_one(chosen) and names_one(rejected)
        if fit and drop_reason(chosen, rejected, settings) is None:
            pairs.append(pair_of(sample, runner, chosen, rejected))
    return pairs


def _sentence(
    draft: Candidate, shown: tuple[Item, ...], grounding: Grounding, settings: Pairs
) -> tuple[str, Item] | None:
    """A draft's text with the one shown item it names, if it names it once and by its full name."""
    if not names_one(draft) or not may_be_chosen(draft, settings):
        return None
    for item in shown:
        if item.id in _named(draft) and draft.text.count(grounding.format.name(item)) == 1:
            return draft.text, item
    return None


def _named(draft: Candidate) -> tuple[str, ...]:
    return () if draft.episode is None else tuple(draft.episode.facts["named"][0])
