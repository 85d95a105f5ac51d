"""A search on a model in this process: rows whose drafts and plays share passes say what they say alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import torch

from support.films import FILMS, KNOWLEDGE, seeker
from support.seats import after, language_model
from support.small_model import small_checkpoint
from usbrec.config import Search
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.judge.rules import RulesProfileJudge
from usbrec.llm.transformers import model as model_module
from usbrec.llm.transformers.model import TransformersModel
from usbrec.lockstep import LockstepBatch, Scope, current_scope
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.protocol import Drawn, Sampling
from usbrec.play.seekers.rules import RulesInternalSimulator

pytestmark = pytest.mark.model

ROWS = [after(seeker(f"I loved {film.name}, more please.")) for film in FILMS[:3]]


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_checkpoint(tmp_path_factory.mktemp("small"))


async def _searched(base: str, *, lockstep: bool, whole: bool = True, **search: Any) -> tuple[list[Any], int]:
    """What the rows were answered, and how many passes were begun."""
    model = TransformersModel(base, name="hf:small")
    passes, draw_all = [0], model_module.draw_all

    def counted(*arguments: Any) -> None:
        passes[0] += 1
        draw_all(*arguments)

    metered = MeteredModel(model)
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE),
        RulesInternalSimulator(KNOWLEDGE, "Why?"),
        RulesProfileJudge(KNOWLEDGE),
    )
    settings = Search(rounds=3, drafts=3, **search)
    enhanced = SelfEnhanced(language_model(metered), seats, settings, opening="Hello!")
    batch = LockstepBatch([str(place) for place in range(len(ROWS))]) if lockstep else None

    async def row(place: int) -> Drawn:
        current_scope.set(Scope(str(place), 0, batch))
        try:
            return await enhanced.draw(ROWS[place], Sampling(max_tokens=12, temperature=0.0, seed=place))
        finally:
            if batch is not None:
                batch.leave(str(place))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module, "draw_all", counted)
        # In half precision, sums that are made in another order differ so much that words do, now and then.
        if whole:
            patch.setattr(model_module, "half_precision", lambda device: torch.float32)
        drawn = list(await asyncio.gather(*map(row, range(len(ROWS)))))
        await model.aclose()
    return _said(drawn), passes[0]


def _said(drawn: list[Drawn]) -> list[Any]:
    """Replies, and what was tried on the way: how many tokens came from a cache is not the same."""
    return [
        (
            [reply.text for reply in one.replies],
            {name: value for name, value in (one.trace or {}).items() if name != "usage"},
        )
        for one in drawn
    ]


@pytest.mark.parametrize("kind", ["flat", "tree"])
async def test_rows_say_together_what_they_say_alone(base: str, kind: str) -> None:
    together, passes = await _searched(base, lockstep=True, kind=kind)
    alone, in_turn = await _searched(base, lockstep=False, kind=kind)
    assert together == alone
    assert passes * 2 * len(ROWS) < in_turn
    assert len({draft["text"] for _, trace in together for draft in trace["drafts"]}) > 3


async def test_rows_say_the_same_again_in_whatever_precision(base: str) -> None:
    once, _ = await _searched(base, lockstep=True, whole=False)
    again, _ = await _searched(base, lockstep=True, whole=False)
    assert once == again
