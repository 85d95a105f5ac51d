"""Baseline recommenders without a language model, which every result is held against.

Each says a fixed sentence with one item that the dialogue has not named: a random one, the most popular
one, the retriever's first, or the best of the retriever's first few. What a model gains over
`rules:retriever`, it gained by conversation; what self-enhancement gains over `rules:best`, it gained by more
than putting the retriever's candidates in the order of the internal judge's rules, which needs no model.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Literal

import numpy as np

from usbrec.dialogue import Conversation, Reply, Turn
from usbrec.errors import ConfigError, UnusableAnswer
from usbrec.items import Retriever
from usbrec.items.constraints.column_table import Allowed
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import words
from usbrec.play.grounding.candidates import not_understood
from usbrec.play.grounding.nothing_fits import nothing_fits
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.scores import PreferenceScorer
from usbrec.play.protocol import Drawn, Sampling
from usbrec.play.seats import alternating
from usbrec.prompts import Prompts

BaselineKind = Literal["random", "popular", "retriever", "best"]
#: How many candidates `best` orders where the settings show none to a model.
CANDIDATES = 10


class BaselineRecommender:
    """A Recommender that always names `n` items, one a reply, best first.

    `best` orders the retriever's first `candidates` as self-enhancement's judge by rules would: by nearness
    to what the seeker's own words like or, with `beliefs`, by the score expected over what may be wanted; it
    is told no target. Ties keep the retriever's order.

    A dialogue is read as a language model would be shown it, with `opening` in front where the recommender
    began, so that the same items are found for both.

    What the seeker asks of an item holds for all of them; where nothing meets it, the fixed sentence of
    `prompts` says so.

    Raises ConfigError when `popular` is asked for and the catalogue knows no popularity.
    """

    parallel = True

    def __init__(
        self,
        kind: BaselineKind,
        knowledge: Knowledge,
        retriever: Retriever,
        candidates: int = CANDIDATES,
        beliefs: Beliefs | None = None,
        *,
        opening: str = "Hello!",
        languages: Languages = ENGLISH,
        prompts: Prompts | None = None,
    ) -> None:
        if kind == "popular" and not knowledge.catalogue.has_popularity:
            raise ConfigError(
                "rules:popular needs to know what is popular: the catalogue has no popularity column. "
                "Add --interactions FILE (mentions or samples to count)."
            )
        self._kind = kind
        self._knowledge = knowledge
        self._retriever = retriever
        self._candidates = candidates
        self._opening = opening
        self._prompts = prompts or Prompts()
        self._scorer = PreferenceScorer(knowledge, beliefs)
        self._extractor = RulesExtractor(knowledge, languages)
        self._languages = languages
        ids = [item.id for item in knowledge.catalogue]
        self._ids = ids
        self._by_popularity = sorted(knowledge.catalogue, key=lambda item: (-item.popularity, item.id))

    @property
    def name(self) -> str:
        return f"rules:{self._kind}"

    @property
    def identity(self) -> Mapping[str, Any]:
        decides: dict[str, Any] = {
            "backend": "rules",
            "kind": self._kind,
            "catalogue": self._knowledge.catalogue.digest,
        }
        if self._kind == "best":
            decides |= {"candidates": self._candidates, "belief": self._scorer.beliefs is not None}
        return decides

    def not_understood(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """Words of the seeker's last turn that describe something and that no item has."""
        heard = alternating(turns, opening=self._opening)
        return not_understood(heard, self._knowledge, self._retriever)

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises UnusableAnswer when fewer than `n` items are left to name, UnknownLanguage where the
        dialogue is in a language that rules do not know."""
        language = self._languages.of(conversation.turns)
        sentence = words(language, "recommender")["recommend"]
        constraints = self._knowledge.constraints(conversation.turns, conversation.constraints)
        nothing = nothing_fits(constraints, self._knowledge, self._prompts, language) if constraints else None
        if nothing is not None:
            return Drawn((Reply(nothing),) * sampling.n)
        turns = alternating(conversation.turns, opening=self._opening)
        named = self._knowledge.named_in(turns)
        picked = self._picked(sampling, turns, named, self._knowledge.allowed(constraints))
        if constraints and len(picked) < sampling.n:
            # All that meets what is asked for was offered already.
            return Drawn((Reply(self._prompts.say("fallback_ask", language)),) * sampling.n)
        if len(picked) < sampling.n:
            raise UnusableAnswer(f"{self.name}: the dialogue has named every item of the catalogue.")
        items = [self._knowledge.catalogue.get(item_id) for item_id in picked]
        return Drawn(tuple(Reply(sentence.replace("{}", item.name)) for item in items if item))

    async def aclose(self) -> None:
        return

    def _picked(
        self, sampling: Sampling, turns: Sequence[Turn], named: Set[str], allowed: Allowed | None
    ) -> list[str]:
        """Up to `n` ids that the dialogue has not named, best first, all of them `allowed`."""
        looked_at = max(sampling.n, self._candidates) if self._kind == "best" else sampling.n
        ranked = self._ranked(sampling, turns, looked_at + len(named), allowed)
        fresh = list(itertools.islice((item_id for item_id in ranked if item_id not in named), looked_at))
        if self._kind == "best":
            scores = self._scorer.after(turns, self._extractor.read(turns))
            # Sorting is stable: among equals the retriever's earlier one stays ahead.
            fresh.sort(key=lambda item_id: -scores.score(item_id))
        return fresh[: sampling.n]

    def _ranked(
        self, sampling: Sampling, turns: Sequence[Turn], k: int, allowed: Allowed | None
    ) -> Iterator[str]:
        if self._kind == "random":
            order = np.random.default_rng(sampling.seed).permutation(len(self._ids))
            drawn = (self._ids[index] for index in order)
            return (item_id for item_id in drawn if allowed is None or item_id in allowed)
        if self._kind == "popular":
            return (item.id for item in self._by_popularity if allowed is None or item.id in allowed)
        if allowed is None:
            return (item_id for item_id, _ in self._retriever.rank(turns, k))
        return (item_id for item_id, _ in self._retriever.rank(turns, k, allowed=allowed))
