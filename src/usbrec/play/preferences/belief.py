"""Belief: which items a seeker may have in mind, as far as a retriever can tell, with probabilities.

A profile says what somebody likes; it does not say which item they have in mind. The retriever's scores
do, roughly, and a recommendation that is good for most of what the seeker may be after is a better bet
than the likeliest item alone (minimum Bayes risk). No target is known here: only the dialogue is read.

A retriever learnt from recorded dialogues, where a recommendation is rarely declined, makes little of what
is said when one is. So what the seeker's last words ask for narrows the belief (Bayes): whoever wants a
comedy from the 1990s says so more often than somebody who wants something else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from usbrec.dialogue import Turn
from usbrec.items import Retriever
from usbrec.items.knowledge import Knowledge
from usbrec.method_cache import cached_method
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.record import Preferences

#: So many of the retriever's first items may be wanted.
ITEMS = 30
#: Above 1 the retriever's order is trusted less.
TEMPERATURE = 1.0
#: So many dialogues' beliefs are kept.
_KNOWN = 256


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
        languages: Languages = ENGLISH,
    ) -> None:
        self._knowledge = knowledge
        self._extractor = RulesExtractor(knowledge, languages)
        self._retriever = retriever
        self._items = items
        self._temperature = temperature
        self._answers = answers
        # All drafts of a reply are judged against the same dialogue, those of a lockstep batch in turn.
        self._known = cached_method(self._form, maxsize=_KNOWN)

    def after(self, turns: Sequence[Turn]) -> Preferences:
        """The belief after `turns`, and the constraints that narrowed it; what is liked is left to others."""
        return self._known(tuple(turns))

    def _form(self, turns: tuple[Turn, ...]) -> Preferences:
        allowed = self._knowledge.allowed(self._knowledge.constraints(turns))
        ranked = (
            self._retriever.rank(turns, self._items)
            if allowed is None
            else self._retriever.rank(turns, self._items, allowed=allowed)
        )
        stated = self._extractor.stated(turns)
        logits = [
            score / self._temperature - self._answers * (1.0 - stated.fit(self._knowledge.traits[item_id]))
            for item_id, score in ranked
        ]
        top = max(logits, default=0.0)
        weights = [math.exp(logit - top) for logit in logits]
        total = sum(weights)
        belief = tuple(
            (item_id, weight / total) for (item_id, _), weight in zip(ranked, weights, strict=True)
        )
        return Preferences(constraints=stated, belief=belief)
