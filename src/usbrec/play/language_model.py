"""Language-model recommender: a conversation becomes messages, and completions become replies.

This is the only place where messages are made for the recommender. What stands around it (grounding,
self-enhancement) works on conversations.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from usbrec.dialogue import Conversation, Reply
from usbrec.llm.protocol import ChatModel, ChatRequest, Message
from usbrec.play.grounding.formatting import CandidateFormatter
from usbrec.play.protocol import Drawn, Sampling
from usbrec.play.seats import messages_for
from usbrec.prompts import Prompts


@functools.cache
def _packaged_format() -> CandidateFormatter:
    return CandidateFormatter(Prompts())


@dataclass(frozen=True)
class PromptTemplate:
    """How a conversation becomes messages.

    `system` and `opening` are prompt texts, `examples` worked exchanges between the system message and the
    dialogue (see play/grounding/examples.py). The model reads the last `window` messages of the dialogue
    (None: all); worked examples count for nothing there. `format` writes candidates, where there are any,
    into the last message.
    """

    system: str
    opening: str
    examples: tuple[Message, ...] = ()
    window: int | None = None
    format: CandidateFormatter = field(default_factory=_packaged_format)

    def messages(self, conversation: Conversation) -> tuple[Message, ...]:
        """What the model reads at this point, ending with a user's message."""
        system = self.system if conversation.system is None else conversation.system
        messages = messages_for("recommender", "", conversation.turns, opening=self.opening)
        if self.window is not None and len(messages) > self.window:
            messages = messages[-self.window :]
            if messages[0].role == "assistant":
                # Chat templates want a user to begin.
                messages = (Message("user", self.opening), *messages)
        *before, last = messages
        return (
            *([Message("system", system)] if system else []),
            *self.examples,
            *before,
            Message(last.role, self._with_candidates(last.content, conversation)),
        )

    def _with_candidates(self, text: str, conversation: Conversation) -> str:
        items = conversation.candidates
        if conversation.focus is None:
            return self.format.block(text, items) if items else text
        known = {item.id: item for item in items}
        asked = [known[item_id] for item_id in conversation.focus if item_id in known]
        return self.format.focus(text, asked) if asked else text


@dataclass(frozen=True)
class LanguageModel:
    """The Recommender that asks a ChatModel. Its replies are the completions, word for word."""

    model: ChatModel
    template: PromptTemplate

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def identity(self) -> Mapping[str, Any]:
        return self.model.identity

    @property
    def parallel(self) -> bool:
        return self.model.parallel

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises ModelError."""
        answer = await self.model.chat(
            ChatRequest(
                self.template.messages(conversation),
                n=sampling.n,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                max_tokens=sampling.max_tokens,
                frequency_penalty=sampling.frequency_penalty,
                stop=sampling.stop,
                seed=sampling.seed,
                grammar=sampling.grammar,
                deadline=sampling.deadline,
                on_delta=sampling.on_delta,
            )
        )
        replies = tuple(
            Reply(one.text, finish=one.finish, reasoning=one.reasoning) for one in answer.completions
        )
        return Drawn(replies, answer.usage)

    async def aclose(self) -> None:
        await self.model.aclose()
