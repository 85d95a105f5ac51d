"""Recommender's seat: who sits there, how replies are drawn, and what a reply has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from usbrec.dialogue import Constraint, Conversation, Item, Reply, Turn
from usbrec.errors import UnusableAnswer
from usbrec.llm.protocol import ChatModel, Message
from usbrec.play.language_model import PromptTemplate
from usbrec.play.protocol import Drawn, Recommender, Sampling
from usbrec.play.said import as_said, why_empty

if TYPE_CHECKING:
    from usbrec.play.grounding.candidates import Grounding


@dataclass(frozen=True, slots=True)
class RecommenderSeat:
    """A Recommender with the `sampling` of its replies.

    `template` says what a language model in this seat reads: the innermost one does read it, and training
    learns from it. `model` is that language model, None where none sits here. `grounding` looks candidates
    up, None where none are shown.
    """

    recommender: Recommender
    template: PromptTemplate
    sampling: Sampling = field(default_factory=Sampling)
    model: ChatModel | None = None
    grounding: Grounding | None = None

    @property
    def name(self) -> str:
        return self.recommender.name

    @property
    def list_length(self) -> int:
        """How many items a reply ranks; 1 where it is no list."""
        return 1 if self.grounding is None else self.grounding.list_length

    def candidates(
        self, turns: Sequence[Turn], constraints: Sequence[Constraint] | None = None
    ) -> tuple[Item, ...]:
        """The items that are shown at this point, best first; none without grounding. `constraints` are as
        :meth:`Grounding.candidates` takes them."""
        if self.grounding is None:
            return ()
        if constraints is None:
            return self.grounding.candidates(turns)
        return self.grounding.candidates(turns, constraints)

    def prompt(self, turns: Sequence[Turn], focus: Sequence[str] | None = None) -> tuple[Message, ...]:
        """What the language model itself reads at this point: with all candidates, or those of `focus`."""
        conversation = Conversation(tuple(turns), focus=None if focus is None else tuple(focus))
        return self.template.messages(
            conversation if self.grounding is None else self.grounding.with_candidates(conversation)
        )

    async def reply(self, conversation: Conversation, *, seed: int) -> Reply:
        """One reply. Raises ModelError; an empty reply is an UnusableAnswer."""
        drawn = await self.recommender.draw(conversation, replace(self.sampling, n=1, seed=seed))
        reply = replace(_said(drawn, 0), usage=drawn.usage)
        if not reply.text:
            raise UnusableAnswer(f"{self.name}: {_why_empty(reply, drawn.replies[0].text)}")
        return reply

    async def draft(
        self, conversation: Conversation, *, n: int, temperature: float, seed: int
    ) -> tuple[Reply, ...]:
        """Up to `n` different replies in one request; empty and identical ones are left out, and fixed
        sentences in place of a reply (fallbacks) where there is another. Raises ModelError."""
        sampling = replace(self.sampling, n=n, temperature=temperature, seed=seed)
        drawn = await self.recommender.draw(conversation, sampling)
        different: dict[str, Reply] = {}
        for place in range(len(drawn.replies)):
            reply = _said(drawn, place)
            if reply.text:
                different.setdefault(reply.text, reply)
        replies = tuple(different.values())
        own = tuple(reply for reply in replies if not (reply.grounding or {}).get("fallback"))
        return own or replies


def _why_empty(reply: Reply, answer: str) -> str:
    unknown = (reply.grounding or {}).get("unknown") or []
    if not unknown:
        return why_empty(answer)
    listed = ", ".join(repr(one) for one in unknown[:3]) + (", ..." if len(unknown) > 3 else "")
    return f"the reply has no text, and its items are unknown: the catalogue has no id {listed}."


def _said(drawn: Drawn, place: int) -> Reply:
    reply = drawn.replies[place]
    return replace(as_said(reply), trace=drawn.trace)
