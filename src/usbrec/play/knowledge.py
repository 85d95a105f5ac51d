"""What is known about items, and about one sample's targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from usbrec.dialogue import Item, Sample, Turn
from usbrec.items import (
    Baseline,
    Catalogue,
    Linker,
    Similarity,
    TitleMatcher,
    Traits,
    normalise_title,
    open_linker,
    split_title,
    traits_of,
)
from usbrec.play.persona import Persona


@dataclass(frozen=True)
class Knowledge:
    """The catalogue and the tools that read it; one for a run, shared by all rule-based seats."""

    catalogue: Catalogue
    linker: Linker
    similarity: Similarity
    baseline: Baseline
    traits: Mapping[str, Traits]

    @classmethod
    def of(cls, catalogue: Catalogue, similarity: Similarity, *, baseline_items: int, seed: int) -> Knowledge:
        return cls(
            catalogue=catalogue,
            linker=open_linker(catalogue),
            similarity=similarity,
            baseline=Baseline(catalogue, similarity, size=baseline_items, seed=seed),
            traits={item.id: traits_of(item) for item in catalogue},
        )

    def named(self, text: str, said: Set[str] = frozenset()) -> tuple[str, ...]:
        """Ids of the items a text names, in order, repeated namings included.

        A bare title that several items share means the one in `said` (what the dialogue has named), if
        there is one: who speaks of "Jumanji" after "Jumanji (2017)" means that film.
        """
        return tuple(
            next((item_id for item_id in mention.candidates if item_id in said), mention.item_id)
            if mention.year is None
            else mention.item_id
            for mention in self.linker.link(text)
        )

    def words_beside(self, text: str) -> int:
        """How many words with a letter a text has beside the titles it names."""
        end, beside = 0, []
        for mention in self.linker.link(text):
            beside.append(text[end : mention.start])
            end = mention.end
        return sum(any(map(str.isalpha, word)) for word in " ".join([*beside, text[end:]]).split())

    def named_in(self, turns: Sequence[Turn]) -> frozenset[str]:
        return frozenset(item_id for turn in turns for item_id in self.named(turn.text))

    def names_new(self, turns: Sequence[Turn], text: str) -> bool:
        """Whether a reply that follows `turns` names an item that they have not named."""
        said = self.named_in(turns)
        return any(item_id not in said for item_id in self.named(text, said))


@dataclass(frozen=True)
class Targets:
    """The targets of one sample: titles as the source writes them, and their items where known.

    `unresolved` are the titles that no catalogue knows, `matcher` finds all of them by their words. `persona`
    says how the seeker who wants them behaves.
    """

    titles: tuple[str, ...]
    items: tuple[Item, ...]
    unresolved: frozenset[str]
    matcher: TitleMatcher
    knowledge: Knowledge | None
    persona: Persona = field(default_factory=Persona)

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
        )

    def named_by(self, text: str) -> bool:
        """Whether a text names a target.

        Targets that a catalogue knows are linked, so that a bare title which several items share is never
        read in the targets' favour; the others are compared as words.
        """
        if self.knowledge is None:
            return bool(self.matcher.named(text))
        ids = {item.id for item in self.items}
        if any(item_id in ids for item_id in self.knowledge.named(text)):
            return True
        if not self.unresolved:
            return False
        # Nor is a bare title in their favour that the catalogue has as another item's.
        mentions = self.knowledge.linker.link(text)
        others = {normalise_title(mention.title) for mention in mentions if mention.year is None}
        return any(
            normalise_title(split_title(title)[0]) not in others
            for title in self.matcher.named(text)
            if title in self.unresolved
        )

    def named_in(self, turns: Sequence[Turn]) -> bool:
        return any(self.named_by(turn.text) for turn in turns)

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
            fresh = set(self.knowledge.named(turn.text, said)) - said
            unfitting += turn.role == "recommender" and bool(fresh) and not fresh & ids
            said |= fresh
        return unfitting >= self.persona.patience
