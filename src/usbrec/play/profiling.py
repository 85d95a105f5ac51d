"""How a profile is made from a dialogue: by rules (linking and cue words), or by a model.

The rules read the seeker's clauses: an item, genre or person in a clause with a word of dislike is
disliked, else liked. What the recommender names counts by the seeker's next turn, if that speaks
for or against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from usbrec.dialogue import Turn
from usbrec.items import genres_in, people_in
from usbrec.llm.base import ChatModel, ChatRequest, Message
from usbrec.play.knowledge import Knowledge
from usbrec.play.profile import Profile, Tastes, parse_profile
from usbrec.play.seats import transcript
from usbrec.prompts import Prompts

#: Words of dislike. A bare "not" says too little ("not so long ago"), so it has to deny a liking.
_AGAINST = re.compile(
    r"\b(hate[ds]?|dislike[ds]?|bor(ed|ing)|awful|terrible|worst|overrated|tired of|sick of|avoid|except"
    r"|without|can'?t stand|no more|enough of|no (?!doubt|problem|idea|matter|one|wonder)"
    r"|(not|never|(do|did|does|is|was|would|could|wo|ca)n'?t|hardly) (\w+ ){0,3}?(like|love|enjoy|want|care"
    r"|into|fan|keen|interested|for me|good|great|my|mine|stand|too|another|really))",
    re.I,
)
_FOR = re.compile(
    r"\b(love[ds]?|like[ds]?|enjoy(ed)?|great|good|favou?rite|awesome|amazing|perfect|excellent|fantastic)\b",
    re.I,
)
#: Not knowing something is no dislike of it.
_UNSEEN = re.compile(r"\b(have(n'?t| not)|hasn'?t|never) (seen|watched|heard|read|tried|played)\b", re.I)
_CLAUSE = re.compile(r"(?<=[.!?;])\s+|,\s+|\s+(?=but\b|though\b|however\b)", re.I)


class Profiler(Protocol):
    """Makes a profile from the dialogue so far."""

    async def profile(self, turns: Sequence[Turn], *, seed: int) -> Profile: ...


@dataclass(frozen=True)
class ModelProfiler:
    """Asks a model to summarise the taste in the fixed format."""

    model: ChatModel
    prompts: Prompts
    max_tokens: int = 160

    async def profile(self, turns: Sequence[Turn], *, seed: int) -> Profile:
        """Raises ModelError. A text without any line of the format is the empty profile."""
        messages = (
            Message("system", self.prompts.render("profile")),
            Message("user", transcript(turns)),
        )
        answer = await self.model.chat(ChatRequest(messages, max_tokens=self.max_tokens, seed=seed))
        return parse_profile(answer.text)


@dataclass
class _Side:
    found: dict[str, dict[str, None]] = field(
        default_factory=lambda: {kind: {} for kind in ("genres", "styles", "items", "people")}
    )

    def add(self, kind: str, names: Iterable[str]) -> None:
        self.found[kind].update(dict.fromkeys(names))

    def without(self, other: _Side) -> Tastes:
        """What is said on both sides is left to the other side."""
        return Tastes(
            **{
                kind: tuple(name for name in names if name not in other.found[kind])
                for kind, names in self.found.items()
            }
        )


@dataclass(frozen=True)
class RulesProfiler:
    """Links what was said to the catalogue; no model call."""

    knowledge: Knowledge

    async def profile(self, turns: Sequence[Turn], *, seed: int) -> Profile:
        return self.read(turns)

    def read(self, turns: Sequence[Turn]) -> Profile:
        liked, disliked = _Side(), _Side()
        offered: tuple[str, ...] = ()
        for turn in turns:
            if turn.role == "recommender":
                offered = self._names(turn.text)
                continue
            own = self._clauses(turn.text, liked, disliked)
            if not own and not _UNSEEN.search(turn.text):
                if _AGAINST.search(turn.text):
                    disliked.add("items", offered)
                elif _FOR.search(turn.text):
                    liked.add("items", offered)
            offered = ()
        return Profile(liked.without(disliked), disliked.without(_Side()))

    def _clauses(self, text: str, liked: _Side, disliked: _Side) -> bool:
        """Read the seeker's own words; True when they named an item."""
        named = False
        for clause in _CLAUSE.split(text):
            items = self._names(clause)
            named = named or bool(items)
            unseen = _UNSEEN.search(clause)
            against = _AGAINST.search(clause) and not unseen
            side = disliked if against else liked
            if not unseen:
                side.add("items", items)
            side.add("genres", genres_in(clause, self.knowledge.catalogue))
            side.add("people", people_in(clause, self.knowledge.catalogue))
        return named

    def _names(self, text: str) -> tuple[str, ...]:
        found = (self.knowledge.catalogue.get(item_id) for item_id in self.knowledge.named(text))
        return tuple(item.name for item in found if item is not None)
