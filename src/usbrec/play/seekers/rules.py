"""Seekers by rules: they answer from attributes, cost no model call and say the same thing every time.

As in attribute-based evaluation and agenda-based user simulation: a question is answered with the
attribute it asks for, an offer that is not the right one is declined with the next hint that the
dialogue does not hold yet, and the right one is accepted. A persona (play/seekers/persona.py) tells some
facts vaguely first, or two at once, and leaves when too much did not suit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from usbrec.dialogue import FactKind, Turn
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.seekers.base import Seeker, SeekerAnswer
from usbrec.play.seekers.facts import Fact, facts_of
from usbrec.play.seekers.wishes import (
    Wish,
    accepts_nothing,
    asked_for,
    declined,
    says_nothing_fits,
    spoken,
    untold,
)
from usbrec.play.targets import Targets

_ACCEPT = (
    "Yes, that is just what I was hoping for, thank you!",
    "Perfect, that one sounds right for me. Thanks!",
    "That is the one, I will go for it. Thank you!",
)
_DECLINE = (
    "That is not quite it.",
    "Not really what I am after.",
    "Hmm, I would rather have something else.",
)
_LEAVE = (
    "I will leave it at that for today. Bye!",
    "Never mind, I will look elsewhere. Goodbye.",
    "This is not going anywhere, I am off.",
)
_NOTHING_LEFT = ("Please surprise me with something different.", "What else comes to your mind?")
_HINTS: Mapping[FactKind, tuple[str, ...]] = {
    "genre": ("I am in the mood for {}.", "Something with {} in it would be nice."),
    "style": ("I like it {}.", "It should feel {}."),
    "era": ("Something from the {} would suit me.", "I was thinking of the {}."),
    "person": ("I enjoy the work of {}.", "Anything with {} catches my eye."),
    "item": ("I enjoyed {}.", "I had a good time with {}."),
}
_VAGUE_HINTS: Mapping[FactKind, tuple[str, ...]] = {
    "genre": ("A touch of {}, perhaps.", "Maybe it leans towards {}, hard to say."),
    "era": ("Something {}, I would say.", "Rather {}, more or less."),
    "person": ("I think the name {} was on it.", "There was a {} in the credits, or a name like that."),
}
#: Which words of a question ask for which kind of fact.
_ASKS: tuple[tuple[FactKind, re.Pattern[str]], ...] = (
    (
        "person",
        re.compile(r"\b(who|actors?|actress(es)?|directors?|stars?|starring|authors?|artists?)\b", re.I),
    ),
    ("era", re.compile(r"\b(when|old(er)?|new(er)?|recent|years?|decades?|classics?|era)\b", re.I)),
    ("genre", re.compile(r"\b(genres?|kinds?|types?|sorts?|mood|styles?|categor(y|ies))\b", re.I)),
)


@dataclass(frozen=True)
class RulesTargetSimulator:
    """Seats seekers who answer from the attributes of their targets; never names a target."""

    knowledge: Knowledge
    explain: str

    def seat(self, targets: Targets) -> Seeker:
        return self.seat_by_rules(targets)

    def seat_by_rules(self, targets: Targets) -> RulesSeeker:
        """The same seeker, who can also be asked without waiting."""
        known = targets.persona.remaining
        if known is None:
            known = tuple(fact for item in targets.items[:1] for fact in facts_of(item))
        facts = tuple(fact for fact in known if tellable(fact, targets))

        def accepts(turns: Sequence[Turn]) -> bool:
            return targets.named_by_turn(turns[-1])

        return RulesSeeker(
            self.knowledge,
            facts,
            accepts,
            targets.lose_patience,
            self.explain,
            targets.persona.talkativeness,
            targets.wishes,
            nothing_fits=targets.nothing_fits,
        )


@dataclass(frozen=True)
class RulesInternalSimulator:
    """Seats seekers who answer from a profile and accept what is near enough to it."""

    knowledge: Knowledge
    explain: str
    accept_from: float = 0.5

    def seat(self, preferences: Preferences) -> Seeker:
        liked = preferences.likes
        facts = (
            *(Fact("genre", (genre,)) for genre in liked.genres),
            *(Fact("style", (style,)) for style in liked.styles),
            *(Fact("person", (person,)) for person in liked.people),
            *(Fact("item", (item,)) for item in liked.items),
        )
        scores = PreferenceScores.of(preferences, self.knowledge)

        def accepts(turns: Sequence[Turn]) -> bool:
            before = self.knowledge.named_in(turns[:-1])
            offered = next((i for i in self.knowledge.named_by(turns[-1]) if i not in before), None)
            if offered is None or self.knowledge.violated(offered, preferences.constraints.hard):
                return False
            return scores.nearness(offered) >= self.accept_from

        return RulesSeeker(self.knowledge, facts, accepts, lambda turns: False, self.explain)


@dataclass(frozen=True)
class RulesSeeker:
    """One seeker by rules: what they can say, what they accept, and when they leave."""

    knowledge: Knowledge
    facts: tuple[Fact, ...]
    accepts: Callable[[Sequence[Turn]], bool]
    leaves: Callable[[Sequence[Turn]], bool]
    explain: str
    talkativeness: float = 0.0
    wishes: tuple[Wish, ...] = ()
    nothing_fits: bool = False

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        return self.say(turns, explain=explain, seed=seed)

    def say(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        violated = self._violated(turns)
        if violated is None and self.accepts(turns):
            return SeekerAnswer(_pick(_ACCEPT, seed, "accept"), accepted=True)
        if self.nothing_fits and violated is None and says_nothing_fits(turns[-1].text):
            return SeekerAnswer(accepts_nothing(seed), accepted=True)
        if self.leaves(turns):
            return SeekerAnswer(_pick(_LEAVE, seed, "leave"), left=True)
        last = turns[-1].text
        parts = [_pick(_DECLINE, seed, "decline")] if self.knowledge.named_by(turns[-1]) else []
        if violated is not None:
            parts = [declined(violated, seed)]
        if told := self._told(turns, violated):
            # One thing at a time: what an item must be goes before what it is like.
            parts += [spoken(wish, seed) for wish in told]
            return SeekerAnswer(" ".join([*parts, *([self.explain] if explain else [])]))
        fresh = self.untold(turns)
        if fresh:
            first = _asked_for(fresh, last) or fresh[0]
            parts.append(hint(first, seed))
            other = next((fact for fact in fresh if fact.kind != first.kind), None)
            if other and derive_seed(seed, "talk") < self.talkativeness / 2 * 2**31:
                parts.append(hint(other, seed))
        else:
            parts.append(_pick(_NOTHING_LEFT, seed, "left"))
        if explain:
            parts.append(self.explain)
        return SeekerAnswer(" ".join(parts))

    def _violated(self, turns: Sequence[Turn]) -> Wish | None:
        """The first wish that what was just recommended does not meet."""
        if not self.wishes:
            return None
        before = self.knowledge.named_in(turns[:-1])
        offered = self.knowledge.named_by(turns[-1], before)
        # What is looked at is the first that is new, as a judge does.
        item = next((item_id for item_id in offered if item_id not in before), next(iter(offered), None))
        if item is None:
            return None
        return next((wish for wish in self.wishes if self.knowledge.violated(item, (wish.constraint,))), None)

    def _told(self, turns: Sequence[Turn], violated: Wish | None) -> list[Wish]:
        """The wishes that are told now: the volunteered ones, and those that were asked for."""
        return [
            wish
            for wish in untold(self.wishes, turns, self.knowledge)
            if wish != violated
            and (wish.told == "volunteered" or (wish.told == "asked" and asked_for(wish, turns[-1].text)))
        ]

    def untold(self, turns: Sequence[Turn]) -> list[Fact]:
        """The facts that the seeker has not told yet, in their order."""
        said = " ".join(turn.text for turn in turns if turn.role == "seeker").lower()
        return [fact for fact in self.facts if not all(_stands_in(said, word.lower()) for word in fact.words)]


def _stands_in(said: str, word: str) -> bool:
    """Whether `word` is said, and not only part of another one: "pop" is no part of "popular"."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None


def _asked_for(fresh: Sequence[Fact], last: str) -> Fact | None:
    if "?" in last:
        for kind, pattern in _ASKS:
            asked = next((fact for fact in fresh if fact.kind == kind), None)
            if asked is not None and pattern.search(last):
                return asked
    return None


def tellable(fact: Fact, targets: Targets) -> bool:
    """Whether a fact can be told without naming a target."""
    return not targets.matcher.named(fact.text) and not targets.matcher.named(hint(fact, 0))


def hint(fact: Fact, seed: int) -> str:
    """A fact as a seeker tells it."""
    forms = _VAGUE_HINTS.get(fact.kind, _HINTS[fact.kind]) if fact.vague else _HINTS[fact.kind]
    return _pick(forms, seed, "hint").replace("{}", fact.text)


def _pick(choices: Sequence[str], seed: int, what: str) -> str:
    return choices[derive_seed(seed, what) % len(choices)]
