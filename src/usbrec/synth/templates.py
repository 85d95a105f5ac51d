"""Utterance templates: how simulated seekers open, and what the recommender says in earlier exchanges.

They fit any kind of item: `{noun}` is what one is called, `{a}` its article, `{}` what is told. An
opening is put together from sentences, so that few of them give many openings.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from usbrec.dialogue import FactKind, Item
from usbrec.items import Catalogue
from usbrec.play.seekers.facts import Fact, and_join
from usbrec.play.seekers.persona import Persona
from usbrec.play.seekers.rules import hint

GREETINGS = (
    *("Hi!", "Hello.", "Hello there!", "Hey!", "Good evening.", "Good morning!", "Hi, how are you?"),
    *("Hello, I hope you can help me.", "Hi there, I am new here.", "Hey, me again."),
)
WANTS = (
    "I am looking for {a} {noun}.",
    "Could you recommend me {a} {noun}, please?",
    "I need a new {noun} for the weekend.",
    "What {noun} should I get next?",
    "I have an evening to myself and no {noun} for it.",
    "Can you help me find a good {noun}?",
    "I would like to try {a} {noun} that I do not know yet.",
    "My sister says you always know the right {noun}.",
    "I am in a bit of a rut and want {a} {noun} that gets me out of it.",
    "Do you have {a} {noun} for me?",
    "It is for a long journey, so it should be {a} {noun} that lasts.",
    "I am after {a} {noun} as a present, but really it is for me.",
)
LIKED = (
    "I loved {}.",
    "I really liked {}.",
    "I have just finished with {} and want more like that.",
    "Something along the lines of {} would be great.",
    "If it helps, I count {} among my favourites.",
    "I keep coming back to {}.",
    "What won me over last: {}.",
    "My friends and I all enjoy {}.",
    "I was sad when {} came to its end.",
)
TOLD: Mapping[FactKind, tuple[str, ...]] = {
    "genre": (
        "I am in the mood for {}.",
        "Today I fancy {}.",
        "I mostly go for {}.",
        "Something with {} in it, if you have that.",
        "I can never resist {}.",
        "What is good in {}?",
    ),
    "era": (
        "It should be from the {}.",
        "Something from the {} would be nice.",
        "I have a soft spot for the {}.",
        "Do you have anything from the {}?",
    ),
    "person": (
        "I like what {} does.",
        "Anything with {} interests me.",
        "Is there something by {}?",
        "I would go anywhere for {}.",
    ),
}
CLOSINGS = ("Thanks!", "Any ideas?", "What would you suggest?", "Thank you in advance.", "What do you think?")
#: Short forms, joined by commas by those who waste no word.
TERSE: Mapping[FactKind, tuple[str, ...]] = {
    "genre": ("{}", "some {}", "{} please"),
    "era": ("{}", "from the {}"),
    "person": ("{}", "something with {}"),
}
TERSE_VAGUE: Mapping[FactKind, tuple[str, ...]] = {
    "genre": ("a touch of {}", "kind of {}"),
    "era": ("{}", "rather {}"),
    "person": ("somebody called {}", "{} or so"),
}
TERSE_LIKED = ("like {}", "more like {}", "loved {}")

RECOMMENDER_OPENS = (
    "Hello! What can I find for you?",
    "Hi there, what are you in the mood for?",
    "Good day! Which {noun} shall it be today?",
    "Welcome! Tell me what you like.",
)
ASKS: Mapping[FactKind, tuple[str, ...]] = {
    "genre": (
        "Which kind of {noun} do you like?",
        "What sort of mood should it have?",
        "Any genre you like?",
    ),
    "era": ("Should it be old or new?", "Does it have to be a recent one?", "Do you like classics?"),
    "person": ("Who do you like best?", "Who made the ones that you enjoyed?"),
}
OFFERS = (
    "How about {}?",
    "You could try {}.",
    "Then I would say {}, many people like it.",
    "Do you know {}? That might be for you.",
    "My first thought is {}.",
)


@dataclass(frozen=True)
class Clue:
    """One thing an opening tells: a fact, or liked items."""

    fact: Fact | None = None
    liked: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Phrasing:
    """Puts clues into words about items of this noun and catalogue."""

    noun: str
    catalogue: Catalogue

    def opening(self, clues: Sequence[Clue], persona: Persona, rng: random.Random) -> str:
        """What the seeker says first; the talkative in more words."""
        terse = rng.random() > 0.5 + persona.talkativeness
        if terse:
            text = ", ".join(self._told(clue, rng, terse=True) for clue in clues)
        else:
            parts = [self._told(clue, rng, terse=False) for clue in clues]
            if rng.random() < 0.7:
                parts.insert(0, rng.choice(WANTS))
            if rng.random() < 0.4 + persona.talkativeness / 2:
                parts.insert(0, rng.choice(GREETINGS))
            if rng.random() < 0.2 + persona.talkativeness / 2:
                parts.append(rng.choice(CLOSINGS))
            text = self.fill(" ".join(parts))
        return text.lower().rstrip(".") if terse or rng.random() < 0.25 else text

    def _told(self, clue: Clue, rng: random.Random, *, terse: bool) -> str:
        if clue.fact is None:
            names = and_join([self._name(item, rng) for item in clue.liked])
            return rng.choice(TERSE_LIKED if terse else LIKED).replace("{}", names)
        if terse:
            forms = (TERSE_VAGUE if clue.fact.vague else TERSE)[clue.fact.kind]
        elif clue.fact.vague:
            return hint(clue.fact, rng.randrange(2**31))
        else:
            forms = TOLD[clue.fact.kind]
        return rng.choice(forms).replace("{}", clue.fact.text)

    def _name(self, item: Item, rng: random.Random) -> str:
        """A title, often with its year; without it where it alone means this item."""
        found = self.catalogue.find(item.title)
        return item.title if rng.random() < 0.5 and found and found[0].id == item.id else item.name

    def fill(self, text: str) -> str:
        """`text` with the word for an item. Not str.format: titles and names may hold braces."""
        article = "an" if self.noun[0].lower() in "aeiou" else "a"
        return text.replace("{noun}", self.noun).replace("{a}", article)


def choose_clues(
    facts: Sequence[Fact], liked: tuple[Item, ...], persona: Persona, rng: random.Random
) -> list[Clue]:
    """What the opening tells: the more talkative, the more; a period alone says too little."""
    firsts: Mapping[FactKind, Fact] = {fact.kind: fact for fact in reversed(facts)}
    pool = [Clue(fact=fact) for fact in firsts.values()]
    if liked:
        pool.append(Clue(liked=liked))
    weights = {"genre": 3.0, "person": 1.5, "era": 1.0}
    ranked = sorted(
        pool, key=lambda clue: rng.expovariate(3.0 if clue.fact is None else weights[clue.fact.kind])
    )
    count = 1 + (rng.random() < 0.3 + persona.talkativeness / 2) + (rng.random() < persona.talkativeness)
    told = ranked[:count]
    if len(told) == 1 and told[0].fact is not None and told[0].fact.kind == "era":
        told = ranked[:2]
    return told
