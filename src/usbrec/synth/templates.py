"""Utterance templates: how simulated seekers open, and what the recommender says in earlier exchanges.

The sentences stand in the lexicon, for each language and kind of item (play/seekers/phrases.py). An opening
is put together from several, so that few of them give many openings.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from usbrec.dialogue import FactKind, Item
from usbrec.items import Catalogue
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.persona import Persona
from usbrec.play.seekers.phrases import Phrases
from usbrec.play.seekers.rules import hint


@dataclass(frozen=True)
class Clue:
    """One thing an opening tells: a fact, or liked items."""

    fact: Fact | None = None
    liked: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Phrasing:
    """Puts clues into words about items of this noun and catalogue; `said` are the sentences."""

    noun: str
    catalogue: Catalogue
    said: Phrases

    def opening(self, clues: Sequence[Clue], persona: Persona, rng: random.Random) -> str:
        """What the seeker says first; the talkative in more words."""
        terse = rng.random() > 0.5 + persona.talkativeness
        if terse:
            text = ", ".join(self._told(clue, rng, terse=True) for clue in clues)
        else:
            parts = [self._told(clue, rng, terse=False) for clue in clues]
            if rng.random() < 0.7:
                parts.insert(0, rng.choice(self.filled("wants")))
            if rng.random() < 0.4 + persona.talkativeness / 2:
                parts.insert(0, rng.choice(self.said.choices("greetings")))
            if rng.random() < 0.2 + persona.talkativeness / 2:
                parts.append(rng.choice(self.said.choices("closings")))
            text = " ".join(parts)
        return text.lower().rstrip(".") if terse or rng.random() < 0.25 else text

    def _told(self, clue: Clue, rng: random.Random, *, terse: bool) -> str:
        if clue.fact is None:
            names = self.said.joined([self._name(item, rng) for item in clue.liked])
            return rng.choice(self.said.choices("terse_liked" if terse else "liked")).replace("{}", names)
        if terse:
            forms = self.said.about("terse_vague" if clue.fact.vague else "terse", clue.fact)
        elif clue.fact.vague:
            return hint(clue.fact, rng.randrange(2**31), self.said)
        else:
            forms = self.said.about("told", clue.fact)
        return rng.choice(forms).replace("{}", self.said.joined(clue.fact.words))

    def _name(self, item: Item, rng: random.Random) -> str:
        """A title, often with its year; without it where it alone means this item."""
        found = self.catalogue.find(item.title)
        return item.title if rng.random() < 0.5 and found and found[0].id == item.id else item.name

    def filled(self, name: str) -> tuple[str, ...]:
        """The sentences for an occasion, with the word for an item."""
        return self.said.fill(self.said.choices(name), self.noun)

    def questions(self, fact: Fact) -> tuple[str, ...]:
        """What the recommender asks to hear a fact."""
        return self.said.fill(self.said.about("asks", fact), self.noun)


def choose_clues(
    facts: Sequence[Fact], liked: tuple[Item, ...], persona: Persona, rng: random.Random
) -> list[Clue]:
    """What the opening tells: the more talkative, the more; a period alone says too little."""
    firsts: Mapping[FactKind, Fact] = {fact.kind: fact for fact in reversed(facts)}
    pool = [Clue(fact=fact) for fact in firsts.values()]
    if liked:
        pool.append(Clue(liked=liked))
    weights = {"genre": 3.0, "person": 1.5, "era": 1.0, "value": 1.0}
    ranked = sorted(
        pool, key=lambda clue: rng.expovariate(3.0 if clue.fact is None else weights[clue.fact.kind])
    )
    count = 1 + (rng.random() < 0.3 + persona.talkativeness / 2) + (rng.random() < persona.talkativeness)
    told = ranked[:count]
    if len(told) == 1 and told[0].fact is not None and told[0].fact.kind == "era":
        told = ranked[:2]
    return told
