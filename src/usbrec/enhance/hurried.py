"""A model that is told how long it may take, and listened to while it speaks.

What it has said until then is what self-enhancement falls back on when a deadline comes before a first draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from usbrec.llm.base import ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest


class Hurried:
    """`inner`, whose requests end after `deadline` seconds, and whose words `heard` gets as they come."""

    def __init__(self, inner: ChatModel, deadline: float, heard: Callable[[str], None]) -> None:
        self._inner = inner
        self._deadline = deadline
        self._heard = heard

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def identity(self) -> Mapping[str, Any]:
        return self._inner.identity

    @property
    def parallel(self) -> bool:
        return self._inner.parallel

    async def chat(self, request: ChatRequest) -> ChatReply:
        return await self._inner.chat(replace(request, deadline=self._deadline, on_delta=self._heard))

    async def choose(self, request: ChoiceRequest) -> Choice:
        return await self._inner.choose(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
