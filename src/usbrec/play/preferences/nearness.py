"""A profile laid over the catalogue: how near an item is to what somebody likes."""

from __future__ import annotations

from dataclasses import dataclass

from usbrec.items import Traits
from usbrec.items.knowledge import Knowledge
from usbrec.play.preferences.profile import Profile, Tastes


@dataclass(frozen=True)
class PreferenceSimilarity:
    """Liked and disliked traits: one for each item of the profile that the catalogue knows, and one for
    the genres and people it states."""

    knowledge: Knowledge
    liked: tuple[Traits, ...]
    disliked: tuple[Traits, ...]

    @classmethod
    def of(cls, profile: Profile, knowledge: Knowledge) -> PreferenceSimilarity:
        return cls(knowledge, _traits(profile.liked, knowledge), _traits(profile.disliked, knowledge))

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
            return 0.0
        return self.knowledge.baseline.rescale(similarity, self.baseline)


def _traits(tastes: Tastes, knowledge: Knowledge) -> tuple[Traits, ...]:
    found = [knowledge.catalogue.find(name) for name in tastes.items]
    traits = [knowledge.traits[items[0].id] for items in found if items]
    if tastes.genres or tastes.people:
        traits.append(Traits.of(genres=tastes.genres, people=tastes.people))
    return tuple(traits)
