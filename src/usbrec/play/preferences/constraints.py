"""What a seeker's words ask of an item: genres, people and decades, wanted and unwanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Turn
from usbrec.items import Traits
from usbrec.items.knowledge import Knowledge
from usbrec.play.preferences.extraction import RulesExtractor

_DECADE = re.compile(r"\b((?:18|19|20)\d0)s\b")


@dataclass(frozen=True)
class Constraints:
    """Attributes that were stated. Items that are named say what is liked, not what is asked for, and are
    passed over."""

    wanted: Traits
    unwanted: Traits
    decades: frozenset[int]

    @classmethod
    def last(cls, turns: Sequence[Turn], knowledge: Knowledge) -> Constraints:
        """By the seeker's last turn: what it asks for goes before what was asked for earlier."""
        words = next((turn for turn in reversed(turns) if turn.role == "seeker"), Turn("seeker", ""))
        profile = RulesExtractor(knowledge).read((words,))
        return cls(
            Traits.of(profile.liked.genres, profile.liked.people),
            Traits.of(profile.disliked.genres, profile.disliked.people),
            frozenset(int(year) for year in _DECADE.findall(words.text)),
        )

    def fit(self, item: Traits) -> float:
        """The share of what was stated that an item meets, in [0, 1]; 1 where nothing was."""
        met = [
            *(genre in item.genres for genre in self.wanted.genres),
            *(person in item.people for person in self.wanted.people),
            *(genre not in item.genres for genre in self.unwanted.genres),
            *(person not in item.people for person in self.unwanted.people),
        ]
        if self.decades:
            met.append(item.year is not None and item.year // 10 * 10 in self.decades)
        return sum(met) / len(met) if met else 1.0
