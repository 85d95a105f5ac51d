"""Seekers by rules: they answer from attributes, cost no model call and say the same thing every time.

As in attribute-based evaluation and agenda-based user simulation: a question is answered with the
attribute it asks for, an offer that is not the right one is declined with the next hint that the
dialogue does not hold yet, and the right one is accepted. A persona (play/seekers/persona.py) tells some
facts vaguely first, or two at once, and leaves when too much did not suit.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from usbrec.dialogue import Turn
from usbrec.errors import UnknownLanguage
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon import LANGUAGES, USUAL
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.seekers.base import Seeker, SeekerAnswer
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.manner import Manner
from usbrec.play.seekers.phrases import Phrases, phrases
from usbrec.play.seekers.voices import Voices
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


@dataclass(frozen=True)
class RulesTargetSimulator:
    """Seats seekers who answer from the attributes of their targets; never names a target.

    `explain` asks why something was recommended, in each language where it is a mapping. Seekers of a
    dialogue whose language the lexicon lacks accept what is right, and raise UnknownLanguage where they have
    to say anything else.
    """

    knowledge: Knowledge
    explain: str | Mapping[str, str]
    voices: Voices | None = None
    manner: Manner | None = None

    def seat(self, targets: Targets) -> Seeker:
        return self.seat_by_rules(targets)

    def seat_by_rules(self, targets: Targets) -> RulesSeeker:
        """The same seeker, who can also be asked without waiting."""
        voices = self.voices or Voices.about(self.knowledge.catalogue)
        said = functools.cache(lambda: voices.phrases(targets.context))
        facts: tuple[Fact, ...] = ()
        if voices.languages.told(targets.context) in LANGUAGES:
            known = targets.persona.remaining
            if known is None:
                known = tuple(fact for item in targets.items[:1] for fact in voices.facts(item, said()))
            facts = tuple(fact for fact in known if tellable(fact, targets, said()))

        def accepts(turns: Sequence[Turn]) -> bool:
            return targets.named_by_turn(turns[-1])

        traits = [self.knowledge.traits[item.id] for item in targets.items]

        def nearness(item_id: str) -> float:
            known = self.knowledge.traits.get(item_id)
            return 0.0 if known is None else self.knowledge.similarity.best(known, traits)

        def leaves(turns: Sequence[Turn]) -> bool:
            return targets.lose_patience(turns) or self._gives_up(targets, turns, nearness)

        return RulesSeeker(
            self.knowledge,
            facts,
            accepts,
            leaves,
            self.explain,
            phrases=lambda turns: said(),
            talkativeness=targets.persona.talkativeness,
            wishes=targets.wishes,
            nothing_fits=targets.nothing_fits,
            manner=self.manner,
            nearness=nearness,
        )

    def _gives_up(self, targets: Targets, turns: Sequence[Turn], nearness: Callable[[str], float]) -> bool:
        """Whether as many recommendations were not liked as a seeker of this manner bears. Who brings a
        patience of their own goes by that."""
        if self.manner is None or not self.manner.patience or targets.persona.patience is not None:
            return False
        bears = self.manner.bears(*targets.titles, *(turn.text for turn in targets.context[:1]))
        said: set[str] = set()
        unliked = 0
        for turn in turns:
            fresh = set(self.knowledge.named_by(turn, said)) - said
            liked = any(nearness(one) >= self.manner.likes_from for one in fresh)
            unliked += turn.role == "recommender" and bool(fresh) and not liked
            said |= fresh
        return bears is not None and unliked >= bears


@dataclass(frozen=True)
class RulesInternalSimulator:
    """Seats seekers who answer from a profile and accept what is near enough to it."""

    knowledge: Knowledge
    explain: str | Mapping[str, str]
    accept_from: float = 0.5
    voices: Voices | None = None

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

        voices = self.voices or Voices.about(self.knowledge.catalogue)
        return RulesSeeker(
            self.knowledge, facts, accepts, lambda turns: False, self.explain, phrases=voices.phrases
        )


def _in_english(turns: Sequence[Turn]) -> Phrases:
    """What fits any kind of item, in English, whatever was said."""
    return phrases(USUAL)


@dataclass(frozen=True)
class RulesSeeker:
    """One seeker by rules: what they can say, what they accept, when they leave, and in which words they
    speak in a dialogue."""

    knowledge: Knowledge
    facts: tuple[Fact, ...]
    accepts: Callable[[Sequence[Turn]], bool]
    leaves: Callable[[Sequence[Turn]], bool]
    explain: str | Mapping[str, str]
    talkativeness: float = 0.0
    phrases: Callable[[Sequence[Turn]], Phrases] = _in_english
    wishes: tuple[Wish, ...] = ()
    nothing_fits: bool = False
    manner: Manner | None = None
    nearness: Callable[[str], float] = lambda item_id: 0.0

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        return self.say(turns, explain=explain, seed=seed)

    def say(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        violated = self._violated(turns)
        if violated is None and self.accepts(turns):
            return SeekerAnswer(_pick(self._yes(turns), seed, "accept"), accepted=True)
        said = self.phrases(turns)
        if self.nothing_fits and violated is None and says_nothing_fits(turns[-1].text):
            return SeekerAnswer(accepts_nothing(seed, said.language), accepted=True)
        if self.leaves(turns):
            return SeekerAnswer(_pick(said.choices("leave"), seed, "leave"), left=True)
        last = turns[-1].text
        asked = self.explain if isinstance(self.explain, str) else self.explain[said.language]
        named = self.knowledge.named_by(turns[-1])
        parts = [_pick(said.choices("decline"), seed, "decline")] if named else []
        if violated is not None and violated.told != "hidden":
            parts = [declined(violated, seed, said.language)]
        if told := self._told(turns, violated, said.language):
            # One thing at a time: what an item must be goes before what it is like.
            parts += [spoken(wish, seed, said.language) for wish in told]
            return SeekerAnswer(" ".join([*parts, *([asked] if explain else [])]))
        if self.manner is not None and violated is None:
            parts, likes = self._as_people(self.manner, turns, seed, said)
            return SeekerAnswer(" ".join([*parts, *([asked] if explain else [])]), likes=likes)
        fresh = self.untold(turns)
        if fresh:
            first = _asked_for(fresh, last, said) or fresh[0]
            parts.append(hint(first, seed, said))
            other = next((fact for fact in fresh if fact.kind != first.kind), None)
            if other and derive_seed(seed, "talk") < self.talkativeness / 2 * 2**31:
                parts.append(hint(other, seed, said))
        else:
            parts.append(_pick(said.choices("nothing_left"), seed, "left"))
        if explain:
            parts.append(asked)
        return SeekerAnswer(" ".join(parts))

    def _as_people(
        self, manner: Manner, turns: Sequence[Turn], seed: int, said: Phrases
    ) -> tuple[list[str], bool | None]:
        """What is said by somebody who likes what is near their targets, and does not tell something each
        time; see play/seekers/manner.py. And whether they like what was recommended, where something was."""
        before = self.knowledge.named_in(turns[:-1])
        offered = [one for one in self.knowledge.named_by(turns[-1], before) if one not in before]
        liked = any(self.nearness(one) >= manner.likes_from for one in offered)
        heard = " ".join(turn.text for turn in turns if turn.role == "seeker")

        def pick(name: str) -> str:
            choices = said.choices(name)
            return _pick([one for one in choices if one not in heard] or choices, seed, name)

        def happens(what: str, share: float) -> bool:
            return derive_seed(seed, what) < share * 2**31

        parts = []
        if offered and happens("says", manner.says_liked if liked else manner.says_declined):
            parts.append(pick("likes" if liked else "decline"))
        elif offered:
            parts.append(pick("undecided"))
        fresh = self.untold(turns)
        asked = _asked_for(fresh, turns[-1].text, said)
        tells = manner.tells_else
        if offered:
            tells = manner.tells_liked if liked else manner.tells_declined
        if asked is not None or (fresh and happens("tells", tells)):
            parts.append(hint(_brief(asked or fresh[0], heard), seed, said))
        if not parts or happens("chats", manner.chats_recommended if offered else manner.chats_else):
            parts.append(pick("small_talk"))
        if happens("asks", manner.asks_recommended if offered else manner.asks_else):
            parts.append(pick("asks_about" if offered else "asks_for"))
        return parts, liked if offered else None

    def _yes(self, turns: Sequence[Turn]) -> Sequence[str]:
        """How to accept. It is the last that is said, so English does where no language is known."""
        try:
            return self.phrases(turns).choices("accept")
        except UnknownLanguage:
            return _in_english(turns).choices("accept")

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

    def _told(self, turns: Sequence[Turn], violated: Wish | None, language: str) -> list[Wish]:
        """The wishes that are told now: the volunteered ones, and those that were asked for."""
        return [
            wish
            for wish in untold(self.wishes, turns, self.knowledge)
            if wish != violated
            and (
                wish.told == "volunteered"
                or (wish.told == "asked" and asked_for(wish, turns[-1].text, language))
            )
        ]

    def untold(self, turns: Sequence[Turn]) -> list[Fact]:
        """The facts that the seeker has not told yet, in their order."""
        said = " ".join(turn.text for turn in turns if turn.role == "seeker").lower()
        return [fact for fact in self.facts if not all(_stands_in(said, word.lower()) for word in fact.words)]


def _stands_in(said: str, word: str) -> bool:
    """Whether `word` is said, and not only part of another one: "pop" is no part of "popular"."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None


def _brief(fact: Fact, heard: str) -> Fact:
    """The first part of a fact that was not told yet: people name one genre, and not two."""
    heard = heard.lower()
    return replace(fact, words=next((word,) for word in fact.words if not _stands_in(heard, word.lower())))


def _asked_for(fresh: Sequence[Fact], last: str, said: Phrases) -> Fact | None:
    if "?" in last:
        for kind, pattern in said.asked_for():
            asked = next((fact for fact in fresh if fact.kind == kind), None)
            if asked is not None and pattern.search(last):
                return asked
    return None


def tellable(fact: Fact, targets: Targets, said: Phrases) -> bool:
    """Whether a fact can be told without naming a target."""
    named = targets.matcher.named
    return not named(fact.text) and not named(said.joined(fact.words)) and not named(hint(fact, 0, said))


def hint(fact: Fact, seed: int, said: Phrases) -> str:
    """A fact as a seeker tells it."""
    forms = said.about("vague_hints" if fact.vague else "hints", fact)
    return _pick(forms, seed, "hint").replace("{}", said.joined(fact.words))


def _pick(choices: Sequence[str], seed: int, what: str) -> str:
    return choices[derive_seed(seed, what) % len(choices)]
