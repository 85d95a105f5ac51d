"""How many requests of a search wait for one another, and that asking at once changes no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from support.films import seeker
from support.seats import after, language_model
from usbrec.config import Search
from usbrec.dialogue import Conversation, Usage
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.errors import ModelUnavailable
from usbrec.judge.model import ModelJudge, ModelProfileJudge, Scoring
from usbrec.keys import canonical_json, digest
from usbrec.llm import ChatReply, ChatRequest, Choice, ChoiceRequest, ScriptedModel
from usbrec.llm.protocol import Around
from usbrec.lockstep import LockstepBatch, Scope, current_scope
from usbrec.play.preferences.extraction import ModelExtractor
from usbrec.play.protocol import Drawn, Sampling
from usbrec.play.seekers.model import ModelInternalSimulator, ModelSimulator
from usbrec.prompts import Prompts

WISH = after(seeker("I loved Goodfellas (1990), more crime please."))
SAYINGS = ("Casino (1995)!", "Alien (1979)?", "Heat (1995), then.", "Up (2009).", "Tell me more.", "Jaws!")


def _say(request: ChatRequest) -> list[str]:
    start = int(digest(request.to_json())[:8], 16)
    return [SAYINGS[(start + place) % len(SAYINGS)] for place in range(request.n)]


def _choose(request: ChoiceRequest) -> Mapping[str, float]:
    start = int(digest(request.to_json())[:8], 16)
    return {option: 1.0 + (start >> place) % 5 for place, option in enumerate(request.options)}


class Stepping(Around):
    """Answers all that has been asked at once, and counts how often it did."""

    def __init__(self, model: ScriptedModel, *, parallel: bool = True) -> None:
        super().__init__(model)
        self.asked: list[Any] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.steps = 0
        self._parallel = parallel

    @property
    def parallel(self) -> bool:
        return self._parallel

    async def chat(self, request: ChatRequest) -> ChatReply:
        await self._turn(request)
        return await super().chat(request)

    async def choose(self, request: ChoiceRequest) -> Choice:
        await self._turn(request)
        return await super().choose(request)

    async def _turn(self, request: Any) -> None:
        self.asked.append(request.to_json())
        self.waiting.append(asyncio.get_running_loop().create_future())
        await self.waiting[-1]

    async def answering(self) -> None:
        while True:
            for _ in range(60):  # until nobody has anything else to ask
                await asyncio.sleep(0)
            if self.waiting:
                self.steps += 1
                asked, self.waiting = self.waiting, []
                for one in asked:
                    one.set_result(None)


def _enhanced(model: Around, **search: Any) -> SelfEnhanced:
    metered, prompts = MeteredModel(model), Prompts()
    judge = ModelJudge(metered, prompts, scoring=Scoring("exact"))
    seats = InternalSeats(
        ModelExtractor(metered, prompts),
        ModelInternalSimulator(ModelSimulator(metered, prompts, 0.7, 64)),
        ModelProfileJudge(judge),
    )
    return SelfEnhanced(language_model(metered), seats, Search(**search), opening="Hello!")


async def _searched(model: Stepping, conversation: Conversation, **search: Any) -> Drawn:
    answering = asyncio.create_task(model.answering())
    try:
        return await _enhanced(model, **search).draw(conversation, Sampling(seed=3))
    finally:
        answering.cancel()


@pytest.mark.parametrize(
    ("search", "place", "steps"),
    [
        ({"rounds": 2}, {}, 4),  # drafts and profile; seeker; reply; judge
        ({"rounds": 2}, {"round": 2, "rounds": 2}, 2),  # drafts and profile; judge
        ({"rounds": 5}, {}, 10),
        ({"rounds": 2, "choice": "random"}, {}, 1),
        ({"rounds": 2, "kind": "tree", "drafts": 2}, {}, 5),  # two leaves are judged one after the other
    ],
)
async def test_drafts_and_profile_wait_for_nothing(
    search: dict[str, Any], place: dict[str, int], steps: int
) -> None:
    model = Stepping(ScriptedModel(_say, choose=_choose))
    await _searched(model, Conversation(WISH.turns, **place), **search)
    assert model.steps == steps


@pytest.mark.parametrize("kind", ["flat", "tree"])
async def test_asking_at_once_changes_neither_a_request_nor_the_answer(kind: str) -> None:
    found = []
    for parallel in (True, False):
        model = Stepping(ScriptedModel(_say, choose=_choose), parallel=parallel)
        drawn = await _searched(model, WISH, rounds=3, kind=kind)
        found.append((sorted(model.asked, key=canonical_json), drawn.replies, drawn.trace))
        assert (model.steps == len(model.asked)) == (not parallel)
    assert found[0] == found[1]


async def test_what_failed_is_told_in_one_order_however_it_was_asked() -> None:
    def fail(request: ChatRequest) -> list[str]:
        if request.n > 1:
            raise ModelUnavailable("drafts")
        if "genres" in request.messages[-1].content or "genres" in request.messages[0].content:
            raise ModelUnavailable("profile")
        return _say(request)

    told = []
    for parallel in (True, False):
        model = Stepping(ScriptedModel(fail, choose=_choose), parallel=parallel)
        trace = (await _searched(model, WISH, rounds=1)).trace
        assert trace is not None
        told.append(trace["failures"])
    assert told == [["ModelUnavailable: profile", "ModelUnavailable: drafts"]] * 2


class Timed(Stepping):
    """Answers take different times, and come in one order or the other."""

    def __init__(self, model: ScriptedModel, *, last_first: bool) -> None:
        super().__init__(model)
        self._last_first = last_first

    async def chat(self, request: ChatRequest) -> ChatReply:
        reply = await super().chat(request)
        return replace(reply, usage=self._usage(request))

    async def choose(self, request: ChoiceRequest) -> Choice:
        choice = await super().choose(request)
        return replace(choice, usage=self._usage(request))

    async def answering(self) -> None:
        while True:
            for _ in range(60):
                await asyncio.sleep(0)
            if self._last_first:
                self.waiting.reverse()
            asked, self.waiting = self.waiting, []
            for one in asked:
                one.set_result(None)
                await asyncio.sleep(0)

    def _usage(self, request: Any) -> Usage:
        seconds = int(digest(request.to_json())[:8], 16) % 10**6 / 10**6
        return Usage(calls=1, prompt_tokens=1, seconds=seconds, cost=seconds / 7)


async def test_sums_are_the_same_in_whatever_order_answers_come() -> None:
    for wish in range(12):
        heard = after(seeker(f"I loved Goodfellas (1990), {wish} more please."))
        models = [Timed(ScriptedModel(_say, choose=_choose), last_first=order) for order in (False, True)]
        traces = [(await _searched(model, heard, rounds=3)).trace for model in models]
        assert traces[0] == traces[1]


class InStep(Around):
    """Answers as a model in this process does: all requests of a lockstep batch together."""

    def __init__(self) -> None:
        super().__init__(ScriptedModel(_say, choose=_choose))
        self.passes: list[int] = []

    @property
    def parallel(self) -> bool:
        return False

    async def chat(self, request: ChatRequest) -> ChatReply:
        scope = current_scope.get()
        assert scope is not None
        if scope.lockstep is None:
            return (await self._together([request]))[0]
        reply: ChatReply = await scope.lockstep.ask(scope.unit, self._together, request, scope.strand.path)
        return reply

    async def _together(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        self.passes.append(len(requests))
        return [await self.inner.chat(request) for request in requests]


async def _in_step(*, lockstep: bool, **search: Any) -> tuple[list[int], list[Drawn]]:
    """What two rows were answered, and how many requests each pass through the model had."""
    model = InStep()
    enhanced = _enhanced(model, **search)
    batch = LockstepBatch(["0", "1"]) if lockstep else None

    async def row(place: int) -> Drawn:
        current_scope.set(Scope(str(place), 0, batch))
        try:
            return await enhanced.draw(WISH, Sampling(seed=3 + place))
        finally:
            if batch is not None:
                batch.leave(str(place))

    return model.passes, list(await asyncio.gather(row(0), row(1)))


@pytest.mark.parametrize(
    ("search", "passes"),
    [
        ({"rounds": 2}, 3),  # drafts and profile; seeker; reply
        ({"rounds": 2, "kind": "tree", "drafts": 2}, 3),
        ({"rounds": 1}, 1),
    ],
)
async def test_in_a_lockstep_batch_drafts_and_plays_share_the_passes(
    search: dict[str, Any], passes: int
) -> None:
    in_step, drawn = await _in_step(lockstep=True, **search)
    in_turn, alone = await _in_step(lockstep=False, **search)
    assert (drawn, len(in_step)) == (alone, passes)
    assert sum(in_step) == sum(in_turn) == len(in_turn)


@pytest.mark.parametrize("budget", [{"max_calls": 9}, {"max_tokens": 10**6}, {"max_seconds": 1000.0}])
async def test_what_is_counted_or_timed_goes_one_after_the_other(budget: dict[str, Any]) -> None:
    in_step, drawn = await _in_step(lockstep=True, rounds=2, **budget)
    in_turn, alone = await _in_step(lockstep=False, rounds=2, **budget)
    assert drawn == alone
    # Two rows, one request each at a time.
    assert max(in_step) == 2
    assert sum(in_step) == len(in_turn)
