"""Focus of drafts: each is shown other candidates, so that they differ by more than chance.

Replies drawn from one prompt mostly name one or two of its candidates, whatever the temperature: a judge
that would choose another one is not offered it. So each further draft of a reply is shown a few of the
candidates alone, each draft others. Where the judge inside works by rules, its score of an item costs no
call, and the drafts begin with the best; else they follow the retriever's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Turn
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScorer


@dataclass(frozen=True)
class Focusing:
    """Shares the candidates of `grounding` among drafts, `each` to one; `scorer` orders them, if given."""

    grounding: Grounding
    each: int
    scorer: PreferenceScorer | None = None

    def foci(
        self, turns: Sequence[Turn], preferences: Preferences, drafted: Sequence[str], n: int
    ) -> list[tuple[str, ...]]:
        """For up to `n` drafts the ids of the candidates each is shown; what `drafted` replies name is left
        out. Fewer than `n` where the candidates do not suffice."""
        knowledge = self.grounding.knowledge
        said = knowledge.named_in(turns)
        named = {item_id for text in drafted for item_id in knowledge.named(text, said)}
        constraints = knowledge.constraints(turns, preferences.constraints.hard)
        ids = [item.id for item in self.grounding.candidates(turns, constraints) if item.id not in named]
        if self.scorer is not None:
            scores = self.scorer.after(turns, preferences)
            # Sorting is stable: among equals the retriever's earlier one stays ahead.
            ids.sort(key=lambda item_id: -scores.score(item_id))
        return [tuple(ids[start : start + self.each]) for start in range(0, len(ids), self.each)][:n]
