"""Recommenders without a language model: the controls every result is held against.

Each says a fixed sentence with one item that the dialogue has not named: a random one, the most popular
one, or the retriever's first. What a model gains over `rules:retriever`, it gained by conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from usbrec.dialogue import Turn
from usbrec.errors import ConfigError, UnusableAnswer
from usbrec.items import Retriever
from usbrec.llm.base import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion
from usbrec.play.knowledge import Knowledge
from usbrec.play.seats import turns_of

Control = Literal["random", "popular", "retriever"]


class RulesRecommender:
    """A ChatModel that always recommends `n` items, one a reply, best first.

    Raises ConfigError when `popular` is asked for and the catalogue knows no popularity.
    """

    parallel = True

    def __init__(self, kind: Control, knowledge: Knowledge, retriever: Retriever) -> None:
        if kind == "popular" and not knowledge.catalogue.has_popularity:
            raise ConfigError(
                "rules:popular needs to know what is popular: the catalogue has no popularity column. "
                "Add --interactions FILE (mentions or samples to count)."
            )
        self._kind = kind
        self._knowledge = knowledge
        self._retriever = retriever
        ids = [item.id for item in knowledge.catalogue]
        self._ids = ids
        self._by_popularity = sorted(knowledge.catalogue, key=lambda item: (-item.popularity, item.id))

    @property
    def name(self) -> str:
        return f"rules:{self._kind}"

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"backend": "rules", "kind": self._kind, "catalogue": self._knowledge.catalogue.digest}

    async def chat(self, request: ChatRequest) -> ChatReply:
        _, turns = turns_of(request.messages)
        named = self._knowledge.named_in(turns)
        ranked = self._ranked(request, turns, request.n + len(named))
        picked = [item_id for item_id in ranked if item_id not in named][: request.n]
        if len(picked) < request.n:
            raise UnusableAnswer(f"{self.name}: the dialogue has named every item of the catalogue.")
        items = [self._knowledge.catalogue.get(item_id) for item_id in picked]
        return ChatReply(tuple(Completion(f"I recommend {item.name}.") for item in items if item))

    async def choose(self, request: ChoiceRequest) -> Choice:
        raise ConfigError(f"{self.name} recommends; it cannot judge. Choose another --judge.")

    async def aclose(self) -> None:
        return

    def _ranked(self, request: ChatRequest, turns: Sequence[Turn], k: int) -> Iterator[str]:
        if self._kind == "random":
            order = np.random.default_rng(request.seed).permutation(len(self._ids))
            return (self._ids[index] for index in order)
        if self._kind == "popular":
            return (item.id for item in self._by_popularity)
        return (item_id for item_id, _ in self._retriever.rank(turns, k))
