"""A model that is told how long it may take, and listened to while it speaks.

What it has said until then is what self-enhancement falls back on when a deadline comes before a first draft.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from usbrec.llm.protocol import Around, ChatModel, ChatReply, ChatRequest


class DeadlineModel(Around):
    """`inner`, whose requests end after `deadline` seconds, and whose words `heard` gets as they come."""

    def __init__(self, inner: ChatModel, deadline: float, heard: Callable[[str], None]) -> None:
        super().__init__(inner)
        self._deadline = deadline
        self._heard = heard

    async def chat(self, request: ChatRequest) -> ChatReply:
        return await self.inner.chat(replace(request, deadline=self._deadline, on_delta=self._heard))
