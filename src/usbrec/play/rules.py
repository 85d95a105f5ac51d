"""Seekers by rules: they answer from attributes, cost no model call and say the same thing every time.

As in attribute-based evaluation and agenda-based user simulation: a question is answered with the
attribute it asks for, an offer that is not the right one is declined with the next hint that the
dialogue does not hold yet, and the right one is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Turn
from usbrec.keys import derive_seed
from usbrec.play.describe import Fact, FactKind, facts_of
from usbrec.play.knowledge import Knowledge, Targets
from usbrec.play.profile import Profile
from usbrec.play.simulator import Seeker, SeekerAnswer
from usbrec.play.taste import Taste

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
_NOTHING_LEFT = ("Please surprise me with something different.", "What else comes to your mind?")
_HINTS: Mapping[FactKind, tuple[str, ...]] = {
    "genre": ("I am in the mood for {}.", "Something with {} in it would be nice."),
    "style": ("I like it {}.", "It should feel {}."),
    "era": ("Something from the {} would suit me.", "I was thinking of the {}."),
    "person": ("I enjoy the work of {}.", "Anything with {} catches my eye."),
    "item": ("I enjoyed {}.", "I had a good time with {}."),
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
        facts = tuple(
            fact
            for item in targets.items[:1]
            for fact in facts_of(item)
            if not targets.matcher.named(fact.text) and not targets.matcher.named(_hint(fact, 0))
        )

        def accepts(turns: Sequence[Turn]) -> bool:
            return targets.named_by(turns[-1].text)

        return _RulesSeeker(self.knowledge, facts, accepts, self.explain)


@dataclass(frozen=True)
class RulesInternalSimulator:
    """Seats seekers who answer from a profile and accept what is near enough to it."""

    knowledge: Knowledge
    explain: str
    accept_from: float = 0.5

    def seat(self, profile: Profile) -> Seeker:
        liked = profile.liked
        facts = (
            *(Fact("genre", (genre,)) for genre in liked.genres),
            *(Fact("style", (style,)) for style in liked.styles),
            *(Fact("person", (person,)) for person in liked.people),
            *(Fact("item", (item,)) for item in liked.items),
        )
        taste = Taste.of(profile, self.knowledge)

        def accepts(turns: Sequence[Turn]) -> bool:
            before = self.knowledge.named_in(turns[:-1])
            offered = next((i for i in self.knowledge.named(turns[-1].text) if i not in before), None)
            return offered is not None and taste.nearness(offered) >= self.accept_from

        return _RulesSeeker(self.knowledge, facts, accepts, self.explain)


@dataclass(frozen=True)
class _RulesSeeker:
    knowledge: Knowledge
    facts: tuple[Fact, ...]
    accepts: Callable[[Sequence[Turn]], bool]
    explain: str

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        if self.accepts(turns):
            return SeekerAnswer(_pick(_ACCEPT, seed, "accept"), accepted=True)
        last = turns[-1].text
        parts = [_pick(_DECLINE, seed, "decline")] if self.knowledge.named(last) else []
        fact = self._next_fact(turns, last)
        parts.append(_pick(_NOTHING_LEFT, seed, "left") if fact is None else _hint(fact, seed))
        if explain:
            parts.append(self.explain)
        return SeekerAnswer(" ".join(parts))

    def _next_fact(self, turns: Sequence[Turn], last: str) -> Fact | None:
        said = " ".join(turn.text for turn in turns if turn.role == "seeker").lower()
        fresh = [fact for fact in self.facts if not all(word.lower() in said for word in fact.words)]
        if "?" in last:
            for kind, pattern in _ASKS:
                asked = next((fact for fact in fresh if fact.kind == kind), None)
                if asked is not None and pattern.search(last):
                    return asked
        return fresh[0] if fresh else None


def _hint(fact: Fact, seed: int) -> str:
    return _pick(_HINTS[fact.kind], seed, "hint").format(fact.text)


def _pick(choices: Sequence[str], seed: int, what: str) -> str:
    return choices[derive_seed(seed, what) % len(choices)]
