"""Rules judges of ranked lists: the discounted gain of the items that a reply lists, the best first.

Each place is scored as the judge of single items would score it alone (judge/rules.py), and the places are
put together by the score law (items/score_law.py). The reply that counts is the last: where lists are asked
for, an episode has one. The score's `detail` has the ``items``, and under ``places`` the score of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Constraint, Score, Turn
from usbrec.items import score_law
from usbrec.items.knowledge import Knowledge
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.ranked_list import RankedList, read_list
from usbrec.play.targets import Targets


@dataclass(frozen=True)
class RulesListJudge:
    """Judges lists of `length` items by the attributes of the targets. Targets without a known item give an
    unreadable score, and so do rows in which nothing fits, because no list says that."""

    knowledge: Knowledge
    length: int

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, *, seed: int
    ) -> Score:
        return self.judge(context, played, targets)

    def judge(self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets) -> Score:
        if targets.nothing_fits:
            return _unreadable("nothing fits, which a list cannot say")
        if not targets.items:
            return _unreadable("no target is in the catalogue")
        ids = {item.id for item in targets.items}
        wanted = tuple(self.knowledge.traits[item.id] for item in targets.items)
        mean = self.knowledge.baseline.mean(wanted)

        def alone(item_id: str) -> float:
            similarity = self.knowledge.similarity.best(self.knowledge.traits[item_id], wanted)
            return score_law.score(is_target=item_id in ids, similarity=similarity, mean=mean)

        listed, before = _listed(context, played, self.knowledge, self.length)
        places = _places(listed, alone, self.knowledge, targets.constraints(before))
        # Kept with every score: the results state it, because it says what 0 means.
        return _score(listed, places, self.length, len(ids), mean=round(mean, 6))


@dataclass(frozen=True)
class ProfileListJudge:
    """Judges the same way against a profile, or with `beliefs` by the score expected of each item over what
    may be wanted. Any item could be right, so that the best list has all places of a target."""

    knowledge: Knowledge
    length: int
    beliefs: Beliefs | None = None

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], wanted: object, *, seed: int
    ) -> Score:
        listed, _ = _listed(context, played, self.knowledge, self.length)
        given = wanted if isinstance(wanted, Preferences) else None
        preferences = self.beliefs.after(context) if self.beliefs is not None else given or Preferences()
        scores = PreferenceScores.of(preferences, self.knowledge)
        hard = () if given is None else given.constraints.hard
        return _score(listed, _places(listed, scores.score, self.knowledge, hard), self.length, self.length)


def _listed(
    context: Sequence[Turn], played: Sequence[Turn], knowledge: Knowledge, length: int
) -> tuple[RankedList, Sequence[Turn]]:
    """The list of the last reply, and the turns before it; an empty one without a reply."""
    turns = (*context, *played)
    replies = [place for place in range(len(context), len(turns)) if turns[place].role == "recommender"]
    if not replies:
        return RankedList(), turns
    before = turns[: replies[-1]]
    return read_list(before, turns[replies[-1]], knowledge, length), before


def _places(
    listed: RankedList,
    alone: Callable[[str], float],
    knowledge: Knowledge,
    asked: Sequence[Constraint],
) -> list[float]:
    """The score of each item alone; of one that does not meet what is asked for that of nothing."""
    return [
        score_law.NOTHING if asked and knowledge.violated(item_id, asked) else alone(item_id)
        for item_id in listed.items
    ]


def _score(listed: RankedList, places: Sequence[float], length: int, targets: int, **detail: object) -> Score:
    value = score_law.list_score(places, length, targets)
    why = "discounted gain of a list" if listed.items else "nothing real was recommended"
    shown = {"items": list(listed.items), "places": [round(place, 6) for place in places]}
    return Score(round(value, 6), "rules", detail={"why": why, **shown, **detail})


def _unreadable(why: str) -> Score:
    return Score(None, "rules", unreadable=1, detail={"why": why})
