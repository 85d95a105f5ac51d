"""Targets of one sample: their titles, their items, and whether a text names one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from usbrec.dialogue import Constraint, Item, Sample, Turn
from usbrec.items import Linker, Mention, TitleMatcher, matcher_of, normalise_title, split_title
from usbrec.items.knowledge import Knowledge
from usbrec.play.seekers.persona import Persona
from usbrec.play.seekers.wishes import Wish, wishes_of


@dataclass(frozen=True)
class Secrets:
    """Titles that must not be said: what spells one out betrays it, and what a catalogue's linker reads as
    one, which knows the titles beside it ("i loved inception and the prestige")."""

    matcher: TitleMatcher
    linker: Linker | None = None
    ids: frozenset[str] = frozenset()

    def betrayed(self, text: str) -> bool:
        """Whether a text says one."""
        return bool(self.matcher.betrayed(text)) or bool(self._mentions(text))

    def mask(self, text: str, with_: str) -> str:
        """`text` with `with_` for all that betrays a title. The result betrays none."""
        text = self.matcher.mask(text, with_)
        while mentions := self._mentions(text):
            for mention in reversed(mentions):
                text = f"{text[: mention.start]}{with_}{text[mention.end :]}"
            # As the matcher has it: what is left may name a title by what it now stands next to.
            text, with_ = self.matcher.mask(text, with_), "\n\n"
        return text

    def _mentions(self, text: str) -> list[Mention]:
        if self.linker is None or not self.ids:
            return []
        return [one for one in self.linker.link(text) if self.ids & {one.item_id, *one.candidates}]


@dataclass(frozen=True)
class Targets:
    """The targets of one sample: titles as the source writes them, and their items where known.

    `unresolved` are the titles that no catalogue knows, `matcher` finds all of them by their words. `persona`
    says how the seeker who wants them behaves, `context` is what was said when they are seated, `wishes` what
    an item must be for them. With wishes and no titles, nothing fits, and to say so is right.
    """

    titles: tuple[str, ...]
    items: tuple[Item, ...]
    unresolved: frozenset[str]
    matcher: TitleMatcher
    knowledge: Knowledge | None
    persona: Persona = field(default_factory=Persona)
    context: tuple[Turn, ...] = ()
    wishes: tuple[Wish, ...] = ()

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
            matcher_of(sample.targets),
            knowledge,
            Persona.from_json(sample.seeker),
            context=sample.turns,
            wishes=wishes_of(sample, knowledge),
        )

    def unsaid(self, turns: Sequence[Turn]) -> Secrets:
        """The targets that nobody has named in these turns, as what must not be said."""
        known = set(self.matcher.betrayed_in(turns))
        if self.knowledge is None:
            return Secrets(matcher_of(tuple(title for title in self.titles if title not in known)))
        said = set(self.knowledge.named_in(turns))
        known.update(title for title in self.titles if said & self._ids(title))
        unsaid = tuple(title for title in self.titles if title not in known)
        return Secrets(matcher_of(unsaid), self.knowledge.linker, frozenset().union(*map(self._ids, unsaid)))

    def _ids(self, title: str) -> frozenset[str]:
        items = () if self.knowledge is None else self.knowledge.catalogue.resolve((title,))
        return frozenset(item.id for item in items)

    @property
    def nothing_fits(self) -> bool:
        """Whether the right answer is that nothing fits."""
        return bool(self.wishes) and not self.titles

    def constraints(self, turns: Sequence[Turn]) -> tuple[Constraint, ...]:
        """What a recommendation after these turns has to meet.

        Of a seeker with wishes, these, told or not; else what their words ask for. What no target meets was
        then misread, for their targets are what they ended up with.
        """
        if self.knowledge is None:
            return ()
        if self.wishes:
            return (*self.knowledge.given, *(wish.constraint for wish in self.wishes))
        return tuple(
            one
            for one in self.knowledge.constraints(turns)
            if one.turn is None or not self.items or self._met(one)
        )

    def _met(self, one: Constraint) -> bool:
        columns = None if self.knowledge is None else self.knowledge.columns
        return columns is None or any(columns.meets(item.id, one) for item in self.items)

    def named_by(self, text: str) -> bool:
        """Whether a text names a target.

        Targets that a catalogue knows are linked, so that a bare title which several items share is never
        read in the targets' favour; the others are compared as words.
        """
        if self.knowledge is None:
            return bool(self.matcher.named(text))
        return self._named(self.knowledge.linker.link(text), lambda: self.matcher.named(text))

    def named_in(self, turns: Sequence[Turn]) -> bool:
        return any(map(self.named_by_turn, turns))

    def named_by_turn(self, turn: Turn) -> bool:
        """Whether a turn names a target: by what its speaker's own system gives, else by its text."""
        if turn.items is not None:
            return any(item.id in turn.items for item in self.items)
        if self.knowledge is None:
            return bool(self.matcher.named_by_turn(turn))
        linked = turn.read_by(self.knowledge.linker)
        return self._named(linked.mentions, lambda: self.matcher.named_by_turn(turn))

    def _named(self, mentions: Sequence[Mention], named: Callable[[], Sequence[str]]) -> bool:
        ids = {item.id for item in self.items}
        if any(mention.item_id in ids for mention in mentions):
            return True
        if not self.unresolved:
            return False
        # Nor is a bare title in their favour that the catalogue has as another item's.
        others = {normalise_title(mention.title) for mention in mentions if mention.year is None}
        return any(
            normalise_title(split_title(title)[0]) not in others
            for title in named()
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
