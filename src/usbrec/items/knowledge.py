"""Catalogue tools of one run: the catalogue with linker, similarity, random baseline and traits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from usbrec.dialogue import Constraint, Item, Turn
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_table import Allowed, ColumnTable, open_columns
from usbrec.items.constraints.filters import read_filter
from usbrec.items.constraints.words_read import reads_words
from usbrec.items.linking import departed
from usbrec.items.linking.linker import Linker
from usbrec.items.linking.namesakes import told_apart_by
from usbrec.items.linking.reading import Mention
from usbrec.items.open import open_linker
from usbrec.items.similarity import RandomSimilarity, Similarity, Traits, traits_of

if TYPE_CHECKING:
    from usbrec.items.constraints.reading import ConstraintReader

#: So many random items of the catalogue stand for it where a mean similarity is taken.
BASELINE_ITEMS = 500


@dataclass(frozen=True)
class Knowledge:
    """The catalogue and the tools that read it; one for a run, shared by all rule-based seats.

    `reader` reads constraints in what seekers say; None where nobody does, as in a catalogue without prices,
    stock or brands. `given` are those that hold in every dialogue.
    """

    catalogue: Catalogue
    linker: Linker
    similarity: Similarity
    baseline: RandomSimilarity
    traits: Mapping[str, Traits]
    reader: ConstraintReader | None = None
    given: tuple[Constraint, ...] = ()

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        similarity: Similarity,
        *,
        seed: int,
        baseline_items: int = BASELINE_ITEMS,
        constraints: bool | None = None,
        held: Mapping[str, Any] | None = None,
    ) -> Knowledge:
        """`constraints` says whether they are read in words; by default where the catalogue has what people
        in shops ask for. `held` is the filter that holds in every dialogue. Raises FilterError."""
        linker = open_linker(catalogue)
        reads = reads_words(catalogue) if constraints is None else constraints
        return cls(
            catalogue=catalogue,
            reader=_reader(catalogue, linker) if reads else None,
            given=read_filter(held, open_columns(catalogue), "play.filter") if held else (),
            linker=linker,
            similarity=similarity,
            baseline=RandomSimilarity(catalogue, similarity, size=baseline_items, seed=seed),
            traits={item.id: traits_of(item) for item in catalogue},
        )

    def after(self, before: Knowledge) -> Knowledge:
        """The same in place of `before`: what its catalogue had and this one has not is out of the catalogue
        wherever it is named."""
        linker = departed.after(self.linker, self.catalogue, before.catalogue, before.linker)
        reader = None if self.reader is None else _reader(self.catalogue, linker)
        return replace(self, linker=linker, reader=reader)

    @property
    def columns(self) -> ColumnTable:
        """The catalogue's typed columns, which constraints are about."""
        return open_columns(self.catalogue)

    def constraints(self, turns: Sequence[Turn], given: Iterable[Constraint] = ()) -> tuple[Constraint, ...]:
        """What an item must be after these turns: what was given beside them (without a turn), and what the
        seeker's words ask for."""
        # What others have read in words stands; what our reader read in fewer turns is read anew.
        others = given if self.reader is None else (one for one in given if one.turn is None)
        with_request = (*self.given, *others)
        read = () if self.reader is None else self.reader.read(turns)
        return tuple(dict.fromkeys((*with_request, *read)))

    def allowed(self, constraints: Sequence[Constraint]) -> Allowed | None:
        """The items that meet constraints; None where there are none, so that all do."""
        return self.columns.allowed(constraints) if constraints else None

    def violated(self, item_id: str, constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
        """Those of the constraints that an item does not meet."""
        return tuple(one for one in constraints if not self.columns.meets(item_id, one))

    def told_apart_by(self, item: Item) -> str | None:
        """Whom to name beside an item's title so that it is not another item of that title: its maker, artist
        or author, else where it is or what else it has of its own. None where no item is called so, and where
        nothing tells them apart."""
        others = self.linker.namesakes(item)
        return told_apart_by(item, others) if others else None

    def named(self, text: str, said: Set[str] = frozenset()) -> tuple[str, ...]:
        """Ids of the items a text names, in order, repeated namings included.

        A bare title that several items share means the one in `said` (what the dialogue has named), if
        there is one: who speaks of "Jumanji" after "Jumanji (2017)" means that film.
        """
        return self.meant(self.linker.link(text), said)

    def meant(self, mentions: Sequence[Mention], said: Set[str] = frozenset()) -> tuple[str, ...]:
        """The same of mentions that were read already."""
        return _meant(mentions, said)

    def named_by(self, turn: Turn, said: Set[str] = frozenset()) -> tuple[str, ...]:
        """The same of a turn: what its speaker's own system recommends, else what its text names."""
        return _meant(turn.read_by(self.linker).mentions, said) if turn.items is None else turn.items

    def words_beside(self, said: str | Turn) -> int:
        """How many words with a letter a text, or a turn, has beside the titles it names."""
        linked = self.linker.read(said) if isinstance(said, str) else said.read_by(self.linker)
        return sum(any(map(str.isalpha, word)) for word in " ".join(linked.beside).split())

    def named_in(self, turns: Sequence[Turn]) -> frozenset[str]:
        return frozenset(item_id for turn in turns for item_id in self.named_by(turn))

    def names_new(self, turns: Sequence[Turn], text: str) -> bool:
        """Whether a reply that follows `turns` names an item that they have not named."""
        said = self.named_in(turns)
        return any(item_id not in said for item_id in self.named(text, said))


def _reader(catalogue: Catalogue, linker: Linker) -> ConstraintReader:
    # What films are played with does not load it.
    from usbrec.items.constraints.reading import ConstraintReader

    return ConstraintReader(catalogue, linker)


def _meant(mentions: Sequence[Mention], said: Set[str]) -> tuple[str, ...]:
    return tuple(
        next((item_id for item_id in mention.candidates if item_id in said), mention.item_id)
        if mention.year is None
        else mention.item_id
        for mention in mentions
    )
