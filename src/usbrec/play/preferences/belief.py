"""What a seeker may be after, as far as a retriever can tell: items with probabilities.

A profile says what somebody likes; it does not say which item they have in mind. The retriever's scores
do, roughly, and a recommendation that is good for most of what the seeker may be after is a better bet
than the likeliest item alone (minimum Bayes risk). No target is known here: only the dialogue is read.

A retriever learnt from recorded dialogues, where a recommendation is rarely declined, makes little of what
is said when one is. So what the seeker's last words ask for narrows the belief (Bayes): whoever wants a
comedy from the 1990s says so more often than somebody who wants something else.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Turn
from usbrec.items import Retriever, score_law
from usbrec.items.knowledge import Knowledge
from usbrec.play.preferences.constraints import Constraints

#: So many of the retriever's first items may be wanted.
ITEMS = 30
#: Above 1 the retriever's order is trusted less.
TEMPERATURE = 1.0
#: So many dialogues' beliefs are kept.
_KNOWN = 256


@dataclass(frozen=True)
class Belief:
    """Item ids with their probabilities, which sum to 1; empty where nothing comes into question."""

    knowledge: Knowledge
    wanted: tuple[tuple[str, float], ...]

    def expected(self, recommended: Sequence[str]) -> float:
        """The score, in [0, 2], that the rules judge would give on average over what may be wanted.

        `recommended` are the new items of each reply, in order; each item that may be wanted is the one
        target in turn (items/score_law.py).
        """
        total = 0.0
        for item_id, probability in self.wanted:
            total += probability * self._score(recommended, item_id)
        return total

    def _score(self, recommended: Sequence[str], target: str) -> float:
        place = score_law.counting(recommended, (target,))
        if place is None:
            return score_law.NOTHING
        if recommended[place] == target:
            return score_law.score(is_target=True)
        traits = self.knowledge.traits[target]
        return score_law.score(
            is_target=False,
            similarity=self.knowledge.similarity(self.knowledge.traits[recommended[place]], traits),
            mean=self.knowledge.baseline.mean((traits,)),
        )


class Beliefs:
    """Forms beliefs: a softmax of the retriever's scores over its first `items`, narrowed by what is asked
    for.

    `temperature` above 1 trusts the retriever's order less. An item that meets the share f of what the
    seeker's last words state is weighted by exp(-answers (1 - f)). The defaults are for a learned ranker,
    whose scores are logits; on its scores over dialogues it had not seen they did best (docs/log.md).
    """

    def __init__(
        self,
        knowledge: Knowledge,
        retriever: Retriever,
        *,
        items: int = ITEMS,
        temperature: float = TEMPERATURE,
        answers: float = 6.0,
    ) -> None:
        self._knowledge = knowledge
        self._retriever = retriever
        self._items = items
        self._temperature = temperature
        self._answers = answers
        # All drafts of a reply are judged against the same dialogue, those of a crew in turn.
        self._known = functools.lru_cache(maxsize=_KNOWN)(self._form)

    def after(self, turns: Sequence[Turn]) -> Belief:
        return self._known(tuple(turns))

    def _form(self, turns: tuple[Turn, ...]) -> Belief:
        ranked = self._retriever.rank(turns, self._items)
        stated = Constraints.last(turns, self._knowledge)
        logits = [
            score / self._temperature - self._answers * (1.0 - stated.fit(self._knowledge.traits[item_id]))
            for item_id, score in ranked
        ]
        top = max(logits, default=0.0)
        weights = [math.exp(logit - top) for logit in logits]
        total = sum(weights)
        return Belief(
            self._knowledge,
            tuple((item_id, weight / total) for (item_id, _), weight in zip(ranked, weights, strict=True)),
        )
