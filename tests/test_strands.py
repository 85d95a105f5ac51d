"""Strands of a lockstep batch: what is asked together depends on the units alone, and all are answered."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usbrec.engine import Silent, Unit, run_units
from usbrec.errors import ModelUnavailable
from usbrec.journal import CallRecord, Journal
from usbrec.llm.recorded import Recorder
from usbrec.lockstep import REQUESTS_A_UNIT, LockstepBatch, Scope, Strand, current_scope, in_strands

#: What a strand does: ask for a number, fail, or split into strands.
Program = list[Any]

_PROGRAMS = st.recursive(
    st.lists(st.one_of(st.integers(0, 30), st.just("fail")), max_size=3),
    lambda inner: st.lists(st.one_of(st.integers(0, 30), st.lists(inner, max_size=4)), max_size=3),
    max_leaves=12,
)


class _Failed(Exception):
    pass


def _asked(program: Program) -> Iterator[list[int]]:
    """What a strand and those that it splits into ask for at a time, one step after the other."""
    for step in program:
        if isinstance(step, int):
            yield [step]
        elif step == "fail":
            raise _Failed
        else:
            going, failed = [_asked(part) for part in step], False
            while going:
                asked: list[int] = []
                for part in list(going):
                    try:
                        asked += next(part)
                    except (StopIteration, _Failed) as ended:
                        going.remove(part)
                        failed = failed or isinstance(ended, _Failed)
                if asked:
                    yield asked
            if failed:
                raise _Failed


def _expected(units: Sequence[Program]) -> list[list[int]]:
    going, batches = [_asked(unit) for unit in units], []
    while going:
        asked: list[int] = []
        for unit in list(going):
            try:
                asked += dict.fromkeys(next(unit))  # the same is asked once
            except (StopIteration, _Failed):
                going.remove(unit)
        most = REQUESTS_A_UNIT * len(units)
        batches += [asked[start : start + most] for start in range(0, len(asked), most)]
    return batches


async def _turns(moments: random.Random) -> None:
    for _ in range(moments.randrange(5)):
        await asyncio.sleep(0)


async def _run(units: Sequence[Program], moments: random.Random) -> list[list[int]]:
    """Run them in one lockstep batch; the batches that were asked."""
    lockstep, batches = LockstepBatch([str(place) for place in range(len(units))]), list[list[int]]()

    async def answer(requests: Sequence[int]) -> Sequence[int]:
        batches.append(list(requests))
        await _turns(moments)
        return [request + 1 for request in requests]

    async def strand(program: Program) -> None:
        for step in program:
            await _turns(moments)
            if isinstance(step, int):
                assert await _ask(answer, step) == step + 1
            elif step == "fail":
                raise ModelUnavailable("on purpose")
            else:
                await in_strands(strand(part) for part in step)
        await _turns(moments)

    async def unit(place: int) -> None:
        current_scope.set(Scope(str(place), 0, lockstep))
        try:
            await strand(units[place])
        except ModelUnavailable:
            pass
        finally:
            lockstep.leave(str(place))

    async with asyncio.timeout(20):
        await asyncio.gather(*(unit(place) for place in range(len(units))))
    return batches


async def _ask(answer: Any, request: Any) -> Any:
    scope = current_scope.get()
    assert scope is not None
    assert scope.lockstep is not None
    return await scope.lockstep.ask(scope.unit, answer, request, scope.strand.path)


@settings(max_examples=100, deadline=None)
@given(st.lists(_PROGRAMS, min_size=1, max_size=3), st.integers(0, 2**32))
def test_what_is_asked_together_depends_on_the_units_alone(units: list[Program], seed: int) -> None:
    for moments in (seed, seed + 1):
        assert asyncio.run(_run(units, random.Random(moments))) == _expected(units)


async def test_the_error_of_the_first_strand_is_raised_once_all_have_ended() -> None:
    ended: list[str] = []

    async def fail(name: str, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        ended.append(name)
        raise ModelUnavailable(name)

    current_scope.set(Scope("a", 0, LockstepBatch(["a"])))
    with pytest.raises(ModelUnavailable, match="first"):
        await in_strands([fail("first", 5), fail("second", 0)])
    assert ended == ["second", "first"]


async def test_a_unit_that_stops_waiting_for_its_strands_holds_up_nobody() -> None:
    lockstep, batches = LockstepBatch(["a", "b"]), list[list[str]]()

    async def answer(requests: Sequence[str]) -> Sequence[str]:
        batches.append(list(requests))
        return requests

    async def nested() -> None:
        await in_strands([_none(_ask(answer, "deep")), _none(_ask(answer, "deeper")), _nothing()])

    async def a() -> str:
        current_scope.set(Scope("a", 0, lockstep))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await in_strands([nested(), _none(_ask(answer, "beside"))])
        return str(await _ask(answer, "late"))

    async def b() -> str:
        current_scope.set(Scope("b", 0, lockstep))
        await asyncio.sleep(0.05)
        return str(await _ask(answer, "b"))

    async with asyncio.timeout(10):
        assert await asyncio.gather(a(), b()) == ["late", "b"]
    assert batches == [["late", "b"]]


async def _none(work: Any) -> None:
    await work


async def _nothing() -> None:
    return


async def test_after_an_error_that_ends_the_run_nobody_is_asked_any_more(
    tmp_path: Path,
) -> None:
    asked: list[str] = []

    async def answer(requests: Sequence[str]) -> Sequence[str]:
        asked.extend(requests)
        return requests

    async def broken() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    async def work(name: str) -> dict[str, Any]:
        more = [broken()] if name == "b" else [_none(_ask(answer, "a3"))]
        await in_strands([_none(_ask(answer, f"{name}1")), *more, _none(_ask(answer, f"{name}2"))])
        return {}

    with Journal(tmp_path / "run.db") as journal, pytest.raises(ZeroDivisionError):
        await run_units(
            [Unit(name, name) for name in "abc"],
            work,
            journal=journal,
            workers=1,
            restart_whole=True,
            label="test",
            progress=Silent(),
            batch_size=3,
        )
    await asyncio.sleep(0.01)
    assert asked == []


async def test_outside_a_lockstep_batch_they_run_side_by_side() -> None:
    order: list[str] = []

    async def say(name: str) -> None:
        order.append(name)
        await asyncio.sleep(0)
        order.append(name.upper())

    await in_strands([say("a"), say("b")])
    assert order == ["a", "b", "A", "B"]


def test_a_strand_begins_with_what_its_parent_has_which_goes_on_with_what_the_first_has() -> None:
    whole = Strand()
    whole.keep("model", "prompt")
    parts = whole.split(3)
    assert [part.path for part in parts] == [(0,), (1,), (2,)]
    for part in (parts[2], parts[1]):
        part.keep("model", f"prompt of {part.path}")
    parts[2].keep("other", "another")
    assert parts[0].kept("model") == "prompt"
    assert parts[1].split(1)[0].kept("model") == "prompt of (1,)"
    whole.take_over(parts)
    assert (whole.kept("model"), whole.kept("other")) == ("prompt of (1,)", "another")
    assert whole.kept("nobody") is None


class _SlowDisk:
    """A journal of calls that takes its time over each."""

    def __init__(self, moments: random.Random) -> None:
        self.calls: dict[tuple[str, str], CallRecord] = {}
        self._moments = moments

    def call(self, unit: str, key: str) -> CallRecord | None:
        return self.calls.get((unit, key))

    async def commit_call(
        self, unit: str, key: str, *, answer: Any = None, failure: Any = None, **_: Any
    ) -> None:
        for _ in range(self._moments.randrange(1, 9)):
            await asyncio.sleep(0)
        self.calls[unit, key] = CallRecord(answer, failure)


async def test_whether_a_strand_asks_what_another_has_asked_is_not_for_the_disk_to_decide() -> None:
    for seed in range(30):
        lockstep, batches = LockstepBatch(["a"]), list[list[str]]()
        recorder: Any = Recorder(_SlowDisk(random.Random(seed)))  # type: ignore[arg-type]

        async def answer(requests: Sequence[str], batches: list[list[str]] = batches) -> Sequence[Any]:
            batches.append(list(requests))
            return [{"said": request} for request in requests]

        async def ask(*names: str, recorder: Any = recorder, answer: Any = answer) -> None:
            for name in names:
                said = await recorder.answer("chat", "m", {"name": name}, partial(_ask, answer, name))
                assert said == {"said": name}

        current_scope.set(Scope("a", 0, lockstep))
        await in_strands([ask("x", "y"), ask("y", "x", "z"), ask("x", "y", "w")])
        assert batches == [["x", "y"], ["z", "w"]], seed
