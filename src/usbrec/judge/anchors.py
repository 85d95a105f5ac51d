"""Anchored judging: a model judge's score, read between its scores of fixed replies in the same context.

A small model's digit is mostly its prior for the prompt: it differs more from dialogue to dialogue than from
a target to a random item. In each row's own context the judge therefore also scores fixed replies, one with
the target and some with random items (the anchors), which carry the same prior. They follow from the row and
from the seed that systems share, so all systems of a row have the same ones, and what the judge says of them
is asked once (llm/shared_choices.py). What was played is put to it in the same form: each reply by itself,
right behind the recorded context, because further talk moves a small judge more than a target does. The paper
has no such thing; its scores lie between 1.0 and 1.4.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Item, Sample, Turn
from usbrec.errors import ModelError
from usbrec.items.knowledge import Knowledge
from usbrec.judge.model import ModelTargetJudge
from usbrec.keys import derive_seed
from usbrec.lexicon import words
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.targets import Targets


@dataclass(frozen=True, slots=True)
class Anchors:
    """The items of a row's fixed replies, and the sentence with "{}" that recommends them."""

    target: Item
    others: tuple[Item, ...]
    sentence: str

    def reply(self, item: Item) -> Turn:
        return Turn("recommender", self.sentence.replace("{}", item.name))


def anchors_of(
    sample: Sample,
    targets: Targets,
    knowledge: Knowledge,
    *,
    count: int,
    seed: int,
    languages: Languages = ENGLISH,
) -> Anchors | None:
    """The anchors of a row with `count` random items; None where no target is in the catalogue, and where it
    holds too few other items.

    Random items are neither targets nor named in the dialogue; `seed` is the one that systems share. Raises
    UnknownLanguage where rules do not speak the dialogue's language.
    """
    if not targets.items:
        return None
    left_out = {item.id for item in targets.items} | knowledge.named_in(sample.turns)
    ids = [item_id for item_id in knowledge.baseline.ids if item_id not in left_out]
    if len(ids) < count:
        return None
    drawn = random.Random(derive_seed(seed, sample.id, "anchors")).sample(ids, count)
    others = tuple(item for item_id in drawn if (item := knowledge.catalogue.get(item_id)) is not None)
    sentence = words(languages.of(sample.turns), "recommender")["recommend"]
    return Anchors(targets.items[0], others, sentence)


@dataclass(frozen=True)
class AnchorJudge:
    """Asks about the anchors of a row, `count` random items beside the target, and about its replies."""

    judge: ModelTargetJudge
    knowledge: Knowledge
    count: int
    seed: int
    languages: Languages = ENGLISH

    async def rate(self, sample: Sample, targets: Targets, played: Sequence[Turn]) -> Mapping[str, Any]:
        """What the judge says of the target, of random items and of each reply in `played`, as JSON:
        ``{"target": {"item", "value"}, "others": [the same], "replies": [value or null]}``.

        ``{"why"}`` where there are no anchors, or the model fails on one; the row's own score stands in
        either case.
        """
        try:
            anchors = anchors_of(
                sample,
                targets,
                self.knowledge,
                count=self.count,
                seed=self.seed,
                languages=self.languages,
            )
            if anchors is None:
                return {"why": "no target is in the catalogue, or too few other items"}
            target, *others = [
                {"item": item.id, "value": await self._rated(anchors.reply(item), sample, targets)}
                for item in (anchors.target, *anchors.others)
            ]
            replies = [
                await self._rated(turn, sample, targets) for turn in played if turn.role == "recommender"
            ]
        except ModelError as error:
            return {"why": str(error)}
        return {"target": target, "others": others, "replies": replies}

    async def _rated(self, reply: Turn, sample: Sample, targets: Targets) -> float | None:
        """The score of a reply right behind the recorded context; that of the same words is the same."""
        seed = derive_seed(self.seed, sample.id, "anchor", reply.text)
        return (await self.judge.score(sample.turns, (reply,), targets, seed=seed)).value
