"""Candidates: items retrieved for the dialogue as it stands and shown to the recommender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.dialogue import Constraint, Conversation, Item, Turn
from usbrec.items import Retriever
from usbrec.items.knowledge import Knowledge
from usbrec.items.retrieval import RequestReader
from usbrec.play.grounding.formatting import CandidateFormatter
from usbrec.play.grounding.nothing_fits import nothing_fits
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.preferences.constraint_model import ModelConstraintReader
from usbrec.play.seats import alternating
from usbrec.prompts import Prompts

#: A title of more characters may be cut or changed so that it is not read as the item any more.
_LONG = 80


@dataclass(frozen=True)
class Grounding:
    """What puts `count` retrieved items into a conversation; `text_words` of each one's text are shown.
    `reader` is a model that reads what the seeker asks of an item, None where rules do. With `slots` a reply
    names items by their numbers; it is a ranked list of `list_length` items where that is above 1."""

    knowledge: Knowledge
    retriever: Retriever
    prompts: Prompts
    count: int
    text_words: int = 0
    languages: Languages = ENGLISH
    reader: ModelConstraintReader | None = None
    slots: bool = False
    list_length: int = 1

    @property
    def format(self) -> CandidateFormatter:
        return CandidateFormatter(
            self.prompts, self.text_words, self.slots, self.list_length, self.knowledge.told_apart_by
        )

    def heard(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """The turns as a language model is shown them, which is what candidates are retrieved for."""
        return alternating(turns, opening=self.prompts.render("opening"))

    def candidates(
        self, turns: Sequence[Turn], constraints: Sequence[Constraint] | None = None
    ) -> tuple[Item, ...]:
        """The items for a dialogue that stands here, best first, none of them named in it, and each read
        back from how it is shown. All of them meet the `constraints`, by default what the seeker's words ask
        for."""
        allowed = self.knowledge.allowed(
            self.knowledge.constraints(turns) if constraints is None else constraints
        )
        turns = self.heard(turns)
        looked_at = self.count
        while True:
            ranked = (
                self.retriever.rank(turns, looked_at)
                if allowed is None
                else self.retriever.rank(turns, looked_at, allowed=allowed)
            )
            items = tuple(filter(self._read_back, self.items([item_id for item_id, _ in ranked])))
            if len(items) >= self.count or len(ranked) < looked_at:
                return items[: self.count]
            # The next ones move up.
            looked_at += self.count - len(items)

    def not_understood(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """Words of the seeker's last turn that describe something and that no item has, none where the
        retriever reads no words; and amounts of money that no constraint was read from."""
        return not_understood(self.heard(turns), self.knowledge, self.retriever)

    def told_of(self, turns: Sequence[Turn]) -> dict[str, Any]:
        """What a record of a reply to these turns says beside its candidates: the words that were
        `not_understood`, where there are any."""
        words = self.not_understood(turns)
        return {"not_understood": list(words)} if words else {}

    def with_candidates(
        self, conversation: Conversation, candidates: Sequence[Item] | None = None
    ) -> Conversation:
        """The conversation with its `candidates`, looked up unless they are given; what a `focus` asks about
        beside them stands behind."""
        if candidates is None:
            candidates = self.candidates(conversation.turns, self.constraints(conversation))
        known = {item.id for item in candidates}
        others = [item_id for item_id in conversation.focus or () if item_id not in known]
        return replace(conversation, candidates=(*candidates, *self.items(others)))

    async def read_constraints(self, conversation: Conversation, *, seed: int) -> tuple[Constraint, ...]:
        """The same, asked of the model that reads them, unless they have been read already. Raises
        ModelError."""
        known = conversation.constraints
        if self.reader is not None and all(one.turn is None for one in known):
            known = (*known, *await self.reader.read(conversation.turns, seed=seed))
        return self.constraints(replace(conversation, constraints=known))

    def constraints(self, conversation: Conversation) -> tuple[Constraint, ...]:
        """What an item must be at this point: what came with the request, and what the words ask for."""
        return self.knowledge.constraints(conversation.turns, conversation.constraints)

    def nothing_fits(self, constraints: Sequence[Constraint], turns: Sequence[Turn] = ()) -> str | None:
        """The sentence, in the language of these turns, that nothing meets these constraints; None where
        something does."""
        allowed = self.knowledge.allowed(constraints)
        if allowed is None or allowed.count:
            return None  # the usual case: the turns need not be read for their language
        return nothing_fits(constraints, self.knowledge, self.prompts, self.languages.told(turns))

    def items(self, ids: Sequence[str]) -> tuple[Item, ...]:
        """The items of these ids, those that the catalogue has."""
        found = (self.knowledge.catalogue.get(item_id) for item_id in ids)
        return tuple(item for item in found if item is not None)

    def _read_back(self, item: Item) -> bool:
        """Whether the fixed sentence names the very item; looked at for long titles alone."""
        return len(item.title) <= _LONG or self.knowledge.named(self.format.suggestion(item))[:1] == (
            item.id,
        )


def not_understood(heard: Sequence[Turn], knowledge: Knowledge, retriever: object) -> tuple[str, ...]:
    """Words of the seeker's last turn that no item has, as far as a retriever reads words, and amounts of
    money that no constraint was read from."""
    words = retriever.not_understood(heard) if isinstance(retriever, RequestReader) else ()
    reader = knowledge.reader
    if reader is None:
        return words
    held = {(one.column, one.value) for one in reader.read(heard)} if words else frozenset()
    return (
        *(
            word
            for word in words
            # "Blaue", of which no item has the word, is the colour "blue" all the same.
            if not reader.is_operator(word)
            and not any((one.column, one.value) in held for one in reader.read((Turn("seeker", word),)))
        ),
        *reader.unread(heard),
    )
