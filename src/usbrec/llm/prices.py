"""Prices of a server's models, and what answers cost by them; nothing is guessed.

Prices are per million tokens. Tokens of a prompt that the server had cached cost `cached`, or as much as
others where no price of their own is given. An answer without counted tokens has a cost that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from usbrec.config import Server
from usbrec.dialogue import Usage
from usbrec.llm.open import find_seat
from usbrec.llm.protocol import Around, ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per million tokens; `currency` is only said (None: nobody named one)."""

    input: float
    output: float
    cached: float | None = None
    currency: str | None = None

    def cost(self, usage: Usage) -> float | None:
        """What answers cost; None where they have no counted tokens."""
        if usage.calls and not usage.prompt_tokens:
            return None
        cached = min(usage.cached_tokens, usage.prompt_tokens)
        at = self.input if self.cached is None else self.cached
        prompts = (usage.prompt_tokens - cached) * self.input + cached * at
        return (prompts + usage.completion_tokens * self.output) / _MILLION


def prices_of(seat: str, servers: Mapping[str, Server]) -> Prices | None:
    """The prices of the model in a seat, as it is written; None where none are given."""
    found = find_seat(seat, servers)
    server = None if found is None or found.kind != "server" else servers.get(found.server)
    if server is None or server.price_input is None or server.price_output is None:
        return None
    return Prices(server.price_input, server.price_output, server.price_cached, server.currency)


class PricedModel(Around):
    """A model whose answers say what they cost; is a ChatModel. It stands around what records the answers, so
    that a record holds no prices and a replay costs what it would by today's."""

    def __init__(self, inner: ChatModel, prices: Prices) -> None:
        super().__init__(inner)
        self._prices = prices

    async def chat(self, request: ChatRequest) -> ChatReply:
        reply = await self.inner.chat(request)
        return replace(reply, usage=self._priced(reply.usage))

    async def choose(self, request: ChoiceRequest) -> Choice:
        choice = await self.inner.choose(request)
        return replace(choice, usage=self._priced(choice.usage))

    def _priced(self, usage: Usage) -> Usage:
        cost = self._prices.cost(usage)
        return replace(usage, cost=0.0 if cost is None else cost, uncosted=usage.calls if cost is None else 0)
