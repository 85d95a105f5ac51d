"""Sample generator: simulated seekers, made from a catalogue alone.

A seeker wants one to three related items, likes others that resemble them, and tells part of what is
known of the first: straight or vaguely, much or little, as their persona has it. The opening is put
together from parts (synth/templates.py); earlier exchanges are played with the same rules seeker that
plays on from the sample. No target is ever named, and nobody knows what a human would have answered, so
the samples have no label.
"""

from __future__ import annotations

import itertools
import math
import random
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from usbrec.dialogue import Item, Sample, Turn
from usbrec.errors import InputError
from usbrec.items import TitleMatcher, TraitTable
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon import USUAL
from usbrec.play.languages import Languages
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.persona import Persona
from usbrec.play.seekers.phrases import Phrases, phrases
from usbrec.play.seekers.rules import RulesSeeker, RulesTargetSimulator, tellable
from usbrec.play.seekers.voices import Voices
from usbrec.play.targets import Targets
from usbrec.synth import templates
from usbrec.synth.sampling import drawn

#: Liked items and wrong offers are drawn from so many of the items most like the target.
_NEAR = 40
#: What is less like a target than this is no second target.
_RELATED_FROM = 0.5
#: How often a context is composed anew when it names a target by accident.
_ATTEMPTS = 8


@dataclass(frozen=True)
class SeekerDistribution:
    """What seekers are drawn from.

    A share of `popular` of the first targets is drawn by popularity, the others evenly. `related` is the
    chance of a second target much like the first, and then of a third; `exchanges` the most earlier exchanges
    in a context. The least patient seeker leaves with `patience` unfitting recommendations, the most patient
    one bears `patience_spread` more. Vagueness is drawn from 0 (says all as it is) to `vaguest` (1: hints at
    everything first), talkativeness from 0 (one thing at a time) to `most_talkative` (1: often several).
    """

    popular: float = 0.5
    related: float = 0.3
    exchanges: int = 2
    patience: int = 2
    patience_spread: int = 4
    vaguest: float = 1.0
    most_talkative: float = 1.0


@dataclass(frozen=True)
class Made:
    """The samples, and how many items could be no target: because nothing is known of them
    (`undescribed`), or because what is known names them (`unspeakable`)."""

    samples: tuple[Sample, ...]
    undescribed: int
    unspeakable: int


def make_seekers(
    knowledge: Knowledge,
    *,
    noun: str,
    distribution: SeekerDistribution,
    number: int,
    seed: int,
    among: Collection[str] | None = None,
    first: int = 0,
    voices: Voices | None = None,
    language: str = USUAL,
) -> Made:
    """`number` samples with the ids ``catalogue:SEED:first`` and on, the same for the same catalogue.

    Every described item can be a target (of those in `among`, where it is given), and none is the first
    target twice before all were. A share of `distribution.popular` is drawn by popularity, the rest evenly.
    Raises InputError when no item is described.
    """
    items = [item for item in knowledge.catalogue if among is None or item.id in among]
    voices = voices or Voices.about(knowledge.catalogue)
    said = phrases(language, voices.kind, voices.own)
    described = [item for item in items if voices.facts(item, said)]
    if not described:
        raise InputError(
            "No item has a genre, a year or a person, nor what several items share (a colour, a group), so a "
            "seeker has nothing to ask for. Add such a column, or say in [catalogue] of the settings which "
            "it is."
        )
    maker = _Maker(knowledge, noun, distribution, frozenset(item.id for item in items), voices, said)
    samples: list[Sample] = []
    unspeakable: set[str] = set()
    cycles = (
        drawn(described, distribution.popular, derive_seed(seed, "targets", first, cycle))
        for cycle in itertools.count()
    )
    draws = itertools.chain.from_iterable(cycles)
    while len(samples) < number:
        item = next(draws)
        sample = None
        if item.id not in unspeakable:
            sample = maker.sample(item, f"catalogue:{seed}:{first + len(samples)}", seed)
        if sample is not None:
            samples.append(sample)
            continue
        unspeakable.add(item.id)
        if len(unspeakable) == len(described):
            raise InputError("Of no item can anything be said without naming it. Add genres or people.")
    return Made(tuple(samples), len(items) - len(described), len(unspeakable))


class _Maker:
    def __init__(
        self,
        knowledge: Knowledge,
        noun: str,
        distribution: SeekerDistribution,
        pool: frozenset[str],
        voices: Voices,
        said: Phrases,
    ) -> None:
        self._knowledge = knowledge
        self._distribution = distribution
        self._pool = pool
        self._voices, self._said = voices, said
        self._phrasing = templates.Phrasing(said.noun(noun), knowledge.catalogue, said)
        self._items = knowledge.catalogue.items
        self._table = TraitTable((knowledge.traits[item.id] for item in self._items), knowledge.similarity)
        years = [item.year for item in self._items if item.year is not None]
        self._middle = statistics.median(years) if years else 0
        # Whatever an opening looks like: seekers speak the language that they were made in.
        speaking = replace(voices, languages=Languages(fixed=said.language))
        self._rules = RulesTargetSimulator(knowledge, "", speaking)

    def sample(self, item: Item, sample_id: str, seed: int) -> Sample | None:
        """A seeker who wants this item, or None when every attempt named a target."""
        near = self._near(item)
        for attempt in range(_ATTEMPTS):
            rng = random.Random(derive_seed(seed, sample_id, item.id, attempt))
            made = self._attempt(item, near, sample_id, rng)
            if made is not None:
                return made
        return None

    def _attempt(
        self, item: Item, near: Sequence[tuple[Item, float]], sample_id: str, rng: random.Random
    ) -> Sample | None:
        wanted = self._wanted(item, near, rng)
        patience = self._distribution.patience + rng.randint(0, self._distribution.patience_spread)
        persona = Persona(
            vagueness=round(rng.uniform(0, self._distribution.vaguest), 2),
            talkativeness=round(rng.uniform(0, self._distribution.most_talkative), 2),
        )
        draft = Sample(sample_id, sample_id, (), tuple(item.name for item in wanted), source="catalogue")
        targets = Targets.of(draft, self._knowledge)
        facts = tuple(fact for fact in self._facts(item, persona, rng) if tellable(fact, targets, self._said))
        liked = self._liked(targets, near, rng)
        clues = templates.choose_clues(facts, liked, persona, rng)
        if not clues or item not in targets.items:
            return None
        targets = replace(targets, persona=replace(persona, remaining=facts))
        turns = [Turn("recommender", rng.choice(self._phrasing.filled("opens")))]
        turns = turns if rng.random() < 0.25 else []
        turns.append(Turn("seeker", self._phrasing.opening(clues, persona, rng)))
        # Patience is settled afterwards: here nobody leaves.
        seat = replace(self._rules.seat_by_rules(targets), leaves=lambda turns: False)
        offered = self._exchanges(turns, targets, seat, near, rng)
        if _named(targets, turns):
            return None
        untold = seat.untold(turns)
        told = [self._said.joined(fact.words) for fact in facts if fact not in untold]
        persona = replace(
            persona,
            # Who has refused something and is still there had the patience for it.
            patience=max(patience, offered + 1),
            revealed=(*told, *(one.name for clue in clues for one in clue.liked)),
            remaining=tuple(untold),
        )
        return replace(draft, turns=tuple(turns), seeker=persona.to_json())

    def _near(self, item: Item) -> list[tuple[Item, float]]:
        """The items most like this one, and how much; the item itself is not among them."""
        similarity_n = self._table.to(self._knowledge.traits[item.id])
        order_n = (-similarity_n.round(9)).argsort(kind="stable")[: _NEAR + 1]
        found = ((self._items[int(row)], float(similarity_n[row])) for row in order_n)
        return [(other, value) for other, value in found if other.id != item.id and value > 0]

    def _wanted(self, item: Item, near: Sequence[tuple[Item, float]], rng: random.Random) -> tuple[Item, ...]:
        related = [other for other, value in near if value >= _RELATED_FROM and other.id in self._pool]
        wanted = [item]
        while related and len(wanted) < 3 and rng.random() < self._distribution.related:
            wanted.append(related.pop(rng.randrange(min(5, len(related)))))
        return tuple(wanted)

    def _facts(self, item: Item, persona: Persona, rng: random.Random) -> list[Fact]:
        """What can be told of the item; some of it vaguely before it is told straight."""
        facts: list[Fact] = []
        for fact in self._voices.facts(item, self._said):
            vague = self._vaguely(fact, item)
            if vague is not None and rng.random() < persona.vagueness:
                facts.append(vague)
            facts.append(fact)
        return facts

    def _vaguely(self, fact: Fact, item: Item) -> Fact | None:
        if fact.kind == "era" and item.year is not None:
            return Fact("era", (self._said.age(old=item.year < self._middle),), vague=True)
        if fact.kind == "genre" and len(fact.words) > 1:
            return Fact("genre", fact.words[-1:], vague=True)
        if fact.kind == "person" and " " in fact.text:
            return Fact("person", (fact.text.split()[-1],), vague=True)
        return None

    def _liked(
        self, targets: Targets, near: Sequence[tuple[Item, float]], rng: random.Random
    ) -> tuple[Item, ...]:
        """Up to three items like the target that somebody may know; the known ones sooner."""
        ids = {item.id for item in targets.items}
        fitting = [
            (other, value * (1 + math.log1p(other.popularity)))
            for other, value in near
            if value >= near[0][1] / 2 and other.id not in ids
        ]
        ranked = sorted(fitting, key=lambda pair: (rng.expovariate(1.0) / pair[1], pair[0].id))
        # To look for a target in a name costs most, so it is done only for those that are said.
        sayable = (other for other, _ in ranked if not targets.matcher.named(other.name))
        return tuple(itertools.islice(sayable, rng.choice((1, 1, 1, 2, 2, 3))))

    def _exchanges(
        self,
        turns: list[Turn],
        targets: Targets,
        seat: RulesSeeker,
        near: Sequence[tuple[Item, float]],
        rng: random.Random,
    ) -> int:
        """Play earlier exchanges onto `turns`; returns how many offers were refused."""
        ids = {item.id for item in targets.items}
        refused = 0
        for _ in range(self._distribution.exchanges):
            untold = seat.untold(turns)
            # The last fact stays for the episode: a seeker with nothing left to say teaches nobody.
            if len(untold) < 2 or rng.random() < 0.5:
                break
            said = self._knowledge.named_in(turns)
            others = [other for other, _ in near if other.id not in ids and other.id not in said]
            if others and rng.random() < 0.5:
                reply = rng.choice(self._said.choices("offers")).replace("{}", rng.choice(others).name)
                refused += 1
            else:
                asked = [turn.text for turn in turns]
                questions = self._phrasing.questions(rng.choice(untold))
                reply = rng.choice([ask for ask in questions if ask not in asked] or questions)
            turns.append(Turn("recommender", reply))
            answer = seat.say(turns, explain=False, seed=rng.randrange(2**31))
            turns.append(Turn("seeker", answer.text))
        return refused


def _named(targets: Targets, turns: Sequence[Turn]) -> bool:
    """Whether a turn names a target: as the catalogue reads it, or as words alone."""
    titles = TitleMatcher(item.title for item in targets.items)
    return targets.named_in(turns) or any(
        targets.matcher.named(turn.text) or titles.named(turn.text) for turn in turns
    )
