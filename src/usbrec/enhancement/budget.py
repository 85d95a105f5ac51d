"""Search budget: calls, tokens and seconds, counted wherever a model is asked.

The models of all inner seats are wrapped once, when the system is put together; which search a call
belongs to is known from its context, so that searches side by side do not pay for each other.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from usbrec.dialogue import Usage
from usbrec.errors import ModelError
from usbrec.llm.protocol import Around, ChatReply, ChatRequest, Choice, ChoiceRequest

Limit = Literal["calls", "tokens", "seconds", "deadline"]


class BudgetSpent(ModelError):
    """The search has to end now; never leaves `enhance`.

    To a model in between, which could go on asking, it is a call that failed.
    """

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass
class Meter:
    """What one search has spent, and what it may. `ends` is a time.monotonic() moment or None."""

    max_calls: int | None = None
    max_tokens: int | None = None
    ends: float | None = None
    ends_because: Limit = "seconds"
    started: int = 0
    usage: Usage = field(default_factory=Usage)

    def open_call(self) -> None:
        """Raises BudgetSpent when one more call would be too many."""
        if self.max_calls is not None and self.started >= self.max_calls:
            raise BudgetSpent("calls")
        spent = self.usage.prompt_tokens + self.usage.completion_tokens
        if self.max_tokens is not None and spent >= self.max_tokens:
            raise BudgetSpent("tokens")
        remaining = self.remaining()
        if remaining is not None and remaining <= 0.0:
            raise BudgetSpent(self.ends_because)
        self.started += 1

    def remaining(self) -> float | None:
        """Seconds left, or None without a clock."""
        return None if self.ends is None else self.ends - time.monotonic()


current_meter: ContextVar[Meter | None] = ContextVar("usbrec_meter", default=None)


class MeteredModel(Around):
    """Counts a model's calls on the meter of the search that makes them; is a ChatModel."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        meter = current_meter.get()
        if meter is None:
            return await self.inner.chat(request)
        meter.open_call()
        reply = await self.inner.chat(request)
        meter.usage += reply.usage
        return reply

    async def choose(self, request: ChoiceRequest) -> Choice:
        meter = current_meter.get()
        if meter is None:
            return await self.inner.choose(request)
        meter.open_call()
        choice = await self.inner.choose(request)
        meter.usage += choice.usage
        return choice
