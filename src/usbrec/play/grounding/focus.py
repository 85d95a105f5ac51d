"""Drafts that differ by what they are shown, and not by chance alone.

Replies drawn from one prompt mostly name one or two of its candidates, whatever the temperature: a judge
that would choose another one is not offered it. So each further draft of a reply is shown a few of the
candidates alone, each draft others. Where the judge inside works by rules, what an item is worth to it costs
nothing to know, and the drafts begin with the best; else they follow the retriever's order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Turn
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.nearness import PreferenceSimilarity
from usbrec.play.preferences.profile import Profile


@dataclass(frozen=True)
class CandidateScorer:
    """What recommending an item is worth to self-enhancement's judge by rules: the score expected over what
    may be wanted or, without `beliefs`, nearness to what a profile likes."""

    knowledge: Knowledge
    beliefs: Beliefs | None = None

    def after(self, turns: Sequence[Turn], profile: Profile) -> Callable[[str], float]:
        """The worth of an item, by its id, at this point of a dialogue."""
        if self.beliefs is not None:
            belief = self.beliefs.after(turns)
            return lambda item_id: belief.expected((item_id,))
        return PreferenceSimilarity.of(profile, self.knowledge).nearness


@dataclass(frozen=True)
class Focusing:
    """Shares the candidates of `grounding` among drafts, `each` to one; the order is by `worth`, if given."""

    grounding: Grounding
    each: int
    worth: CandidateScorer | None = None

    def foci(
        self, turns: Sequence[Turn], profile: Profile, drafted: Sequence[str], n: int
    ) -> list[tuple[str, ...]]:
        """For up to `n` drafts the ids of the candidates each is shown; what `drafted` replies name is left
        out. Fewer than `n` where the candidates do not suffice."""
        knowledge = self.grounding.knowledge
        said = knowledge.named_in(turns)
        named = {item_id for text in drafted for item_id in knowledge.named(text, said)}
        ids = [item.id for item in self.grounding.candidates(turns) if item.id not in named]
        if self.worth is not None:
            worth = self.worth.after(turns, profile)
            # Sorting is stable: among equals the retriever's earlier one stays ahead.
            ids.sort(key=lambda item_id: -worth(item_id))
        return [tuple(ids[start : start + self.each]) for start in range(0, len(ids), self.each)][:n]
