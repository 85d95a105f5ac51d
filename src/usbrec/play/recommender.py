"""The recommender's seat: any ChatModel, told to ask, to recommend and to be brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Turn
from usbrec.errors import UnusableAnswer
from usbrec.llm.protocol import ChatModel, ChatRequest, Completion, Message
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.seats import messages_for


@dataclass(frozen=True, slots=True)
class Reply:
    """What the recommender said; `unfinished` when it was cut off, `trace` when it was self-enhanced,
    `grounding` when it was grounded (see play/grounding/grounded.py)."""

    text: str
    unfinished: bool = False
    trace: Mapping[str, Any] | None = None
    grounding: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Recommender:
    """A ChatModel in the recommender's seat.

    `system` and `opening` are prompt texts, `examples` worked exchanges between the system message and
    the dialogue (see play/grounding/examples.py). `grounding` is that of a grounded model, which adds
    candidates to what it is asked.
    """

    model: ChatModel
    system: str
    opening: str
    temperature: float = 0.0
    max_tokens: int = 64
    frequency_penalty: float = 0.0
    examples: tuple[Message, ...] = ()
    grounding: Grounding | None = None
    stop: tuple[str, ...] = ()
    top_p: float = 1.0

    def messages(self, turns: Sequence[Turn]) -> tuple[Message, ...]:
        """What the seat asks its model."""
        messages = messages_for("recommender", self.system, turns, opening=self.opening)
        start = 1 if self.system else 0
        return (*messages[:start], *self.examples, *messages[start:])

    def prompt(self, turns: Sequence[Turn], focus: Sequence[str] | None = None) -> tuple[Message, ...]:
        """What the language model itself reads at this point: with all candidates, or those of `focus`."""
        messages = self.messages(turns)
        if self.grounding is None:
            return messages
        if focus is not None:
            return self.grounding.shown(messages, self.grounding.items(focus), focused=True)
        return self.grounding.shown(messages, self.grounding.candidates(turns))

    async def reply(self, turns: Sequence[Turn], *, round_: int, rounds: int, seed: int) -> Reply:
        """One reply. Raises ModelError; an empty reply is an UnusableAnswer."""
        answer = await self.model.chat(
            ChatRequest(
                self.messages(turns),
                temperature=self.temperature,
                max_tokens=self.max_tokens,
                frequency_penalty=self.frequency_penalty,
                stop=self.stop,
                top_p=self.top_p,
                seed=seed,
                round=round_,
                rounds=rounds,
            )
        )
        reply = _reply(answer.completions[0], answer.trace)
        if not reply.text:
            raise UnusableAnswer(f"{self.model.name}: the reply is empty.")
        return reply

    async def draft(
        self,
        turns: Sequence[Turn],
        *,
        n: int,
        temperature: float,
        seed: int,
        round_: int | None = None,
        rounds: int | None = None,
        focus: tuple[str, ...] | None = None,
    ) -> tuple[Reply, ...]:
        """Up to `n` different replies in one request; empty and identical ones are left out, and fixed
        sentences in place of a reply (fallbacks) where there is another. A grounded model is shown the
        candidates of `focus` (ids) alone, if given."""
        answer = await self.model.chat(
            ChatRequest(
                self.messages(turns),
                n=n,
                temperature=temperature,
                max_tokens=self.max_tokens,
                frequency_penalty=self.frequency_penalty,
                stop=self.stop,
                top_p=self.top_p,
                seed=seed,
                round=round_,
                rounds=rounds,
                focus=focus,
            )
        )
        different: dict[str, Reply] = {}
        for completion in answer.completions:
            reply = _reply(completion, answer.trace)
            if reply.text:
                different.setdefault(reply.text, reply)
        replies = tuple(different.values())
        own = tuple(reply for reply in replies if not (reply.grounding or {}).get("fallback"))
        return own or replies


def _reply(completion: Completion, trace: Mapping[str, Any] | None) -> Reply:
    return Reply(completion.text.strip(), completion.finish == "length", trace, completion.detail)
