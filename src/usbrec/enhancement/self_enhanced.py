"""Self-enhanced recommender: a Recommender around another whose replies are searched for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from usbrec.config import Search
from usbrec.dialogue import Conversation
from usbrec.enhancement.budget import BudgetSpent, Limit, Meter, current_meter
from usbrec.enhancement.internal_seats import InternalSeats
from usbrec.enhancement.search import OneSearch
from usbrec.keys import derive_seed
from usbrec.play.protocol import Drawn, Recommender, Sampling


class SelfEnhanced:
    """A Recommender whose replies are searched for; around any other Recommender, `inner`.

    `draw` searches from round `settings.from_round` on (a conversation without a round counts as in its
    first), and not where there is a `focus`: that asks for one draft. With n > 1 it gives the n best drafts,
    best first. A sampling's own `drafts` and a conversation's `rounds` go before the settings', its `profile`
    before what is read from the dialogue; `on_progress` is told of every stage. A `deadline` is kept: what
    the first draft had come to by then is the reply, cut off, where there is no other. `inner` must be
    metered (see enhancement/budget.py); a grounded one grounds every draft and every inner turn. `opening` is
    the neutral turn in front of a dialogue that the recommender began.
    """

    def __init__(self, inner: Recommender, seats: InternalSeats, settings: Search, *, opening: str) -> None:
        self.inner = inner
        self._seats = seats
        self._settings = settings
        self._opening = opening

    @property
    def name(self) -> str:
        return f"{self.inner.name}:ses"

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"enhanced": self.inner.identity, "search": self._settings.model_dump(mode="json")}

    @property
    def parallel(self) -> bool:
        return self.inner.parallel

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises ModelError when not even the first draft could be made, or not a word of it in time."""
        early = conversation.round is not None and conversation.round < self._settings.from_round
        if early or conversation.focus is not None:
            return await self.inner.draw(conversation, sampling)
        token = current_meter.set(self._meter(sampling))
        try:
            conversation = await self._with_constraints(conversation, sampling.seed)
            search = OneSearch(
                self.inner, self._seats, self._settings, conversation, sampling, opening=self._opening
            )
            return await search.run()
        finally:
            current_meter.reset(token)

    async def aclose(self) -> None:
        await self.inner.aclose()

    async def _with_constraints(self, conversation: Conversation, seed: int) -> Conversation:
        """The conversation with what the seeker asks of an item, where a model reads that."""
        reader = self._seats.reader
        if reader is None or any(one.turn is not None for one in conversation.constraints):
            return conversation
        try:
            read = await reader.read(conversation.turns, seed=derive_seed(seed, "constraints"))
        except BudgetSpent:
            return conversation
        return replace(conversation, constraints=(*conversation.constraints, *read))

    def _meter(self, sampling: Sampling) -> Meter:
        settings = self._settings
        clocks: list[tuple[float | None, Limit]] = [
            (settings.max_seconds, "seconds"),
            (sampling.deadline, "deadline"),
        ]
        running = [(time.monotonic() + seconds, why) for seconds, why in clocks if seconds is not None]
        if not running:
            return Meter(settings.max_calls, settings.max_tokens)
        ends, because = min(running)
        return Meter(settings.max_calls, settings.max_tokens, ends, because)
