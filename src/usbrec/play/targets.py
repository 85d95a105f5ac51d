"""Targets of one sample: their titles, their items, and whether a text names one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from usbrec.dialogue import Item, Sample, Turn
from usbrec.items import Mention, TitleMatcher, normalise_title, split_title
from usbrec.items.knowledge import Knowledge
from usbrec.play.seekers.persona import Persona


@dataclass(frozen=True)
class Targets:
    """The targets of one sample: titles as the source writes them, and their items where known.

    `unresolved` are the titles that no catalogue knows, `matcher` finds all of them by their words. `persona`
    says how the seeker who wants them behaves, `context` is what was said when they are seated.
    """

    titles: tuple[str, ...]
    items: tuple[Item, ...]
    unresolved: frozenset[str]
    matcher: TitleMatcher
    knowledge: Knowledge | None
    persona: Persona = field(default_factory=Persona)
    context: tuple[Turn, ...] = ()

    @classmethod
    def of(cls, sample: Sample, knowledge: Knowledge | None) -> Targets:
        items = knowledge.catalogue.resolve(sample.targets) if knowledge else ()
        unresolved = frozenset(
            title for title in sample.targets if knowledge is None or not knowledge.catalogue.find(title)
        )
        return cls(
            sample.targets,
            items,
            unresolved,
            TitleMatcher(sample.targets),
            knowledge,
            Persona.from_json(sample.seeker),
            context=sample.turns,
        )

    def named_by(self, text: str) -> bool:
        """Whether a text names a target.

        Targets that a catalogue knows are linked, so that a bare title which several items share is never
        read in the targets' favour; the others are compared as words.
        """
        return self._named(text, () if self.knowledge is None else self.knowledge.linker.link(text))

    def named_in(self, turns: Sequence[Turn]) -> bool:
        return any(map(self.named_by_turn, turns))

    def named_by_turn(self, turn: Turn) -> bool:
        """Whether a turn names a target: by what its speaker's own system gives, else by its text."""
        if turn.items is not None:
            return any(item.id in turn.items for item in self.items)
        linked = None if self.knowledge is None else turn.read_by(self.knowledge.linker)
        return self._named(turn.text, linked.mentions if linked else ())

    def _named(self, text: str, mentions: Sequence[Mention]) -> bool:
        if self.knowledge is None:
            return bool(self.matcher.named(text))
        ids = {item.id for item in self.items}
        if any(mention.item_id in ids for mention in mentions):
            return True
        if not self.unresolved:
            return False
        # Nor is a bare title in their favour that the catalogue has as another item's.
        others = {normalise_title(mention.title) for mention in mentions if mention.year is None}
        return any(
            normalise_title(split_title(title)[0]) not in others
            for title in self.matcher.named(text)
            if title in self.unresolved
        )

    def lose_patience(self, turns: Sequence[Turn]) -> bool:
        """Whether the seeker leaves: as many recommendations as they bear did not suit them.

        A recommendation is a reply that names something new; without a catalogue there is none to see.
        """
        if self.persona.patience is None or self.knowledge is None:
            return False
        ids = {item.id for item in self.items}
        said: set[str] = set()
        unfitting = 0
        for turn in turns:
            fresh = set(self.knowledge.named_by(turn, said)) - said
            unfitting += turn.role == "recommender" and bool(fresh) and not fresh & ids
            said |= fresh
        return unfitting >= self.persona.patience
