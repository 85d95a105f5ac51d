"""Rules judge: links what a reply recommends to the catalogue and compares it with the targets.

It looks at one item a reply, the first that the dialogue has not named yet, because with the best of
all named items a recommender scores by listing. How these items score is one law for all judges by
facts (items/score_law.py): 2 for a target, else the attribute similarity of the last to the nearest
target, rescaled, else 0. An item that does not meet what the seeker asks for (price, stock, brand) scores 0,
whatever it is; where no item does, to say that nothing fits scores what a target would.

The laws that follow, and that tests hold: to append words or titles to a reply that recommends never
raises its score, and neither does repeating what was said, flattering or padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Score, Turn
from usbrec.items import score_law
from usbrec.items.constraints.filters import in_words
from usbrec.items.knowledge import Knowledge
from usbrec.judge.facts import constraints_of_replies, first_new_items, nothing_fits_said
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.targets import Targets

_VIOLATES = "violates what was asked for"


@dataclass(frozen=True)
class RulesTargetJudge:
    """Judges by the attributes of the targets. Targets without a known item give an unreadable score."""

    knowledge: Knowledge

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, *, seed: int
    ) -> Score:
        return self.judge(context, played, targets)

    def judge(self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets) -> Score:
        if targets.nothing_fits:
            return self._nothing_fits(context, played, targets)
        if not targets.items:
            return Score(None, "rules", unreadable=1, detail={"why": "no target is in the catalogue"})
        recommended = _recommended(context, played, self.knowledge)
        wanted = tuple(self.knowledge.traits[item.id] for item in targets.items)
        # Kept with every score: the results state it, because it says what 0 means.
        mean = self.knowledge.baseline.mean(wanted)
        ids = {item.id for item in targets.items}
        place = score_law.counting([item_id for _, item_id in recommended], ids)
        if place is None:
            return _nothing(mean=round(mean, 6))
        reply, item_id = recommended[place]
        about = {"item": item_id, "reply": reply, "mean": round(mean, 6)}
        if violated := self._violated(context, played, targets, reply, item_id):
            return _score(score_law.NOTHING, why=_VIOLATES, violated=violated, **about)
        if item_id in ids:
            return _score(score_law.score(is_target=True), why="a target was recommended", **about)
        similarity = self.knowledge.similarity.best(self.knowledge.traits[item_id], wanted)
        return _score(
            score_law.score(is_target=False, similarity=similarity, mean=mean),
            why="similarity to the nearest target",
            similarity=round(similarity, 6),
            **about,
        )

    def _violated(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, reply: int, item_id: str
    ) -> list[str]:
        """What an item that a reply recommends does not meet of what was asked for, in words."""
        if not (targets.wishes or self.knowledge.given or self.knowledge.reader):
            return []
        asked = constraints_of_replies(context, played, targets)[reply]
        return [in_words(one) for one in self.knowledge.violated(item_id, asked)]

    def _nothing_fits(self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets) -> Score:
        """Where no item meets what the seeker wants, the score of a target for saying so, else 0."""
        if nothing_fits_said(context, played, self.knowledge):
            return _score(score_law.TARGET, why="nothing fits, which was said")
        recommended = _recommended(context, played, self.knowledge)
        if not recommended:
            return _nothing()
        reply, item_id = recommended[-1]
        violated = self._violated(context, played, targets, reply, item_id)
        return _score(score_law.NOTHING, why=_VIOLATES, violated=violated, item=item_id, reply=reply)


@dataclass(frozen=True)
class RulesProfileJudge:
    """Judges the same way against a profile; at most 1, because a profile holds no target."""

    knowledge: Knowledge

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, *, seed: int
    ) -> Score:
        return self.judge(context, played, preferences)

    def judge(self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences) -> Score:
        recommended = _recommended(context, played, self.knowledge)
        if not recommended:
            return _nothing()
        reply, item_id = recommended[-1]
        if unmet := _unmet(item_id, preferences, self.knowledge):
            return _score(score_law.NOTHING, why=_VIOLATES, violated=unmet, item=item_id, reply=reply)
        scores = PreferenceScores.of(preferences, self.knowledge)
        return _score(scores.nearness(item_id), why="nearness to the profile", item=item_id, reply=reply)


@dataclass(frozen=True)
class RulesBeliefJudge:
    """Judges by what the retriever believes the seeker is after: the expected score of
    :class:`RulesTargetJudge`, each item believed in taken for the target in turn.

    It reads the dialogue alone, neither profile nor target, and so may sit in either judge's seat. As the
    judge of drafts to learn from it gives the score that the target's judge gives on average, without the
    chance of the one target that a row happens to have.
    """

    knowledge: Knowledge
    beliefs: Beliefs

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], wanted: object, *, seed: int
    ) -> Score:
        recommended = _recommended(context, played, self.knowledge)
        if not recommended:
            return _nothing()
        reply, item_id = recommended[-1]
        if isinstance(wanted, Preferences) and (unmet := _unmet(item_id, wanted, self.knowledge)):
            return _score(score_law.NOTHING, why=_VIOLATES, violated=unmet, item=item_id, reply=reply)
        scores = PreferenceScores.of(self.beliefs.after(context), self.knowledge)
        value = scores.expected([item_id for _, item_id in recommended])
        reply, item_id = recommended[-1]
        return _score(value, why="expected over what may be wanted", item=item_id, reply=reply)


def _recommended(
    context: Sequence[Turn], played: Sequence[Turn], knowledge: Knowledge
) -> list[tuple[int, str]]:
    """(reply number from 0, item id) of every reply that recommends something real and new."""
    firsts = first_new_items(context, played, knowledge)
    return [(reply, items[0]) for reply, items in enumerate(firsts) if items]


def _unmet(item_id: str, preferences: Preferences, knowledge: Knowledge) -> list[str]:
    """What an item does not meet of what the seeker's words ask for, in words."""
    return [in_words(one) for one in knowledge.violated(item_id, preferences.constraints.hard)]


def _nothing(**detail: object) -> Score:
    return _score(score_law.NOTHING, why="nothing real was recommended", **detail)


def _score(value: float, **detail: object) -> Score:
    return Score(round(value, 6), "rules", detail=detail)
