"""Preference scores: a record of preferences laid over the catalogue, which scores what could be recommended.

Two measures: nearness to what is liked, and the score expected over what may be wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from usbrec.dialogue import Turn
from usbrec.items import Traits, score_law
from usbrec.items.knowledge import Knowledge
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.record import Preferences, Tastes


@dataclass(frozen=True)
class PreferenceScores:
    """The scores of items by one record of preferences.

    `liked` and `disliked` are traits: one for each item that is named there and the catalogue knows, and one
    for the genres and people.
    """

    knowledge: Knowledge
    preferences: Preferences
    liked: tuple[Traits, ...]
    disliked: tuple[Traits, ...]

    @classmethod
    def of(cls, preferences: Preferences, knowledge: Knowledge) -> PreferenceScores:
        liked, disliked = (_traits(side, knowledge) for side in (preferences.likes, preferences.dislikes))
        return cls(knowledge, preferences, liked, disliked)

    def score(self, item_id: str) -> float:
        """Of recommending one item: by the belief, where there is one, else by what is liked."""
        return self.nearness(item_id) if self.preferences.belief is None else self.expected((item_id,))

    def similarity(self, item_id: str) -> float:
        """To the nearest liked trait, in [0, 1]; 0 when nothing liked is known."""
        return self.knowledge.similarity.best(self.knowledge.traits[item_id], self.liked)

    @property
    def baseline(self) -> float:
        """The mean similarity of random catalogue items to what is liked."""
        return self.knowledge.baseline.mean(self.liked) if self.liked else 0.0

    def nearness(self, item_id: str) -> float:
        """Similarity rescaled so that a random item is at 0; 0 for what is nearer to the disliked."""
        similarity = self.similarity(item_id)
        if self.knowledge.similarity.best(self.knowledge.traits[item_id], self.disliked) > similarity:
            return score_law.NOTHING
        return score_law.score(is_target=False, similarity=similarity, mean=self.baseline)

    def expected(self, recommended: Sequence[str]) -> float:
        """The score, in [0, 2], that the rules judge would give on average over what may be wanted.

        `recommended` are the new items of each reply, in order; each item of the belief is the one target in
        turn (items/score_law.py). 0 without a belief.
        """
        total = 0.0
        for item_id, probability in self.preferences.belief or ():
            total += probability * self._with_target(recommended, item_id)
        return total

    def _with_target(self, recommended: Sequence[str], target: str) -> float:
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


@dataclass(frozen=True)
class PreferenceScorer:
    """Scores items at any point of a dialogue, as self-enhancement's judge by rules would: with `beliefs` by
    what may be wanted there, else by what is liked."""

    knowledge: Knowledge
    beliefs: Beliefs | None = None

    def after(self, turns: Sequence[Turn], preferences: Preferences) -> PreferenceScores:
        if self.beliefs is not None:
            believed = self.beliefs.after(turns)
            preferences = replace(preferences, constraints=believed.constraints, belief=believed.belief)
        return PreferenceScores.of(preferences, self.knowledge)


def _traits(tastes: Tastes, knowledge: Knowledge) -> tuple[Traits, ...]:
    found = [knowledge.catalogue.find(name) for name in tastes.items]
    traits = [knowledge.traits[items[0].id] for items in found if items]
    if tastes.genres or tastes.people:
        traits.append(Traits.of(genres=tastes.genres, people=tastes.people))
    return tuple(traits)
