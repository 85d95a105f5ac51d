"""Lists asked of a model: it sees the candidates, and what it says is said as it stands.

In place of grounding (play/grounding/grounded.py), which draws single recommendations again until they are
sound: a list is measured and learnt from place by place, so a title that does not exist, or is one of the
dialogue, is counted and not put right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from usbrec.dialogue import Conversation, Reply
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.protocol import Drawn, Recommender, Sampling
from usbrec.play.said import as_said


class Listing:
    """The Recommender `inner`, shown the candidates of `grounding`, whose replies are lists.

    Each reply's `grounding` has the ids of the ``candidates``. Where no item meets what the seeker asks for,
    a fixed sentence says so.
    """

    def __init__(self, inner: Recommender, grounding: Grounding) -> None:
        self.inner = inner
        self._grounding = grounding

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def identity(self) -> Mapping[str, Any]:
        grounding = self._grounding
        return {
            "listed": self.inner.identity,
            "candidates": grounding.count,
            "list_length": grounding.list_length,
        }

    @property
    def parallel(self) -> bool:
        return self.inner.parallel

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises ModelError."""
        grounding = self._grounding
        constraints = await grounding.read_constraints(conversation, seed=sampling.seed)
        told: dict[str, Any] = {"candidates": [], "redraws": 0, "mended": False, "fallback": False}
        if (sentence := grounding.nothing_fits(constraints, conversation.turns)) is not None:
            fixed = Reply(sentence, grounding={**told, "fallback": True, "nothing_fits": True})
            return Drawn((fixed,) * sampling.n)
        if constraints:
            conversation = replace(conversation, constraints=constraints)
        shown = grounding.with_candidates(conversation)
        drawn = await self.inner.draw(shown, sampling)
        told |= {"candidates": [item.id for item in shown.candidates]}
        told |= grounding.told_of(grounding.heard(conversation.turns))
        return replace(
            drawn, replies=tuple(replace(as_said(reply), grounding=told) for reply in drawn.replies)
        )

    async def aclose(self) -> None:
        await self.inner.aclose()
