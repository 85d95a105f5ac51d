"""The engine does what is owed, keeps order, records failures and gives up when nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from usbrec.engine import Silent, Unit, run_units
from usbrec.errors import ModelRefused, ModelUnavailable
from usbrec.journal import Journal, UnitRecord
from usbrec.lockstep import LockstepBatch, current_scope

UNITS = [Unit(f"u{number}", number) for number in range(8)]


async def _run(
    journal: Journal, work: Any, *, workers: int = 3, units: Any = UNITS, retry_lost: bool = False
) -> list[UnitRecord]:
    records = await run_units(
        units,
        work,
        journal=journal,
        workers=workers,
        restart_whole=False,
        label="test",
        progress=Silent(),
        retry_lost=retry_lost,
    )
    return list(records)


async def test_results_come_in_the_order_of_the_units_whatever_finishes_first(tmp_path: Path) -> None:
    async def work(number: int) -> Mapping[str, Any]:
        await asyncio.sleep(0.02 if number % 2 == 0 else 0.0)
        return {"number": number}

    with Journal(tmp_path / "run.db") as journal:
        records = await _run(journal, work)
    assert [record.record for record in records] == [{"number": number} for number in range(8)]


async def test_no_more_units_run_at_once_than_there_are_lanes(tmp_path: Path) -> None:
    running: set[int] = set()
    most = 0

    async def work(number: int) -> Mapping[str, Any]:
        nonlocal most
        scope = current_scope.get()
        assert scope is not None
        assert scope.worker not in running
        running.add(scope.worker)
        most = max(most, len(running))
        await asyncio.sleep(0.005)
        running.discard(scope.worker)
        return {}

    with Journal(tmp_path / "run.db") as journal:
        await _run(journal, work, workers=3)
    assert most == 3


async def test_a_second_run_does_only_what_the_first_left(tmp_path: Path) -> None:
    done: list[int] = []

    reached = asyncio.Event()

    async def stops_at_five(number: int) -> Mapping[str, Any]:
        if number == 5:
            reached.set()
            await asyncio.Event().wait()
        done.append(number)
        return {"number": number}

    async def goes_on(number: int) -> Mapping[str, Any]:
        done.append(number)
        return {"number": number}

    with Journal(tmp_path / "run.db") as journal:
        running = asyncio.create_task(_run(journal, stops_at_five, workers=1))
        await reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert done == [0, 1, 2, 3, 4]
        records = await _run(journal, goes_on, workers=1)
    assert done == list(range(8))
    assert [record.record for record in records] == [{"number": number} for number in range(8)]


async def test_a_failed_row_is_recorded_and_tried_again_by_the_next_run(tmp_path: Path) -> None:
    attempts = 0

    async def work(number: int) -> Mapping[str, Any]:
        nonlocal attempts
        if number == 3:
            attempts += 1
            if attempts == 1:
                raise ModelUnavailable("503 from the server")
        return {}

    with Journal(tmp_path / "run.db") as journal:
        records = await _run(journal, work)
        assert [record.key for record in records if record.failure] == ["u3"]
        assert records[3].failure == "ModelUnavailable: 503 from the server"
        records = await _run(journal, work)
        assert all(record.failure is None for record in records)
    assert attempts == 2


async def test_nobody_answering_ends_the_run_early(tmp_path: Path) -> None:
    asked: list[int] = []

    async def work(number: int) -> Mapping[str, Any]:
        asked.append(number)
        raise ModelUnavailable("connection refused")

    with Journal(tmp_path / "run.db") as journal, pytest.raises(ModelRefused, match="connection refused"):
        await _run(journal, work, workers=1)
    assert len(asked) == 5


async def test_a_server_that_refuses_everything_ends_the_run_at_once(tmp_path: Path) -> None:
    asked: list[int] = []

    async def work(number: int) -> Mapping[str, Any]:
        asked.append(number)
        raise ModelRefused("the key was rejected")

    with Journal(tmp_path / "run.db") as journal, pytest.raises(ModelRefused, match="the key was rejected"):
        await _run(journal, work, workers=1)
    assert asked == [0]


async def _lockstep_run(
    journal: Journal, work: Any, *, workers: int = 1, batch_size: int = 4
) -> list[UnitRecord]:
    records = await run_units(
        UNITS[:6],
        work,
        journal=journal,
        workers=workers,
        restart_whole=True,
        label="test",
        progress=Silent(),
        batch_size=batch_size,
    )
    return list(records)


class _Batches:
    """Answers all requests of a batch with their squares, and remembers the batches."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def answer(self, requests: Sequence[int]) -> Sequence[int | ModelUnavailable]:
        self.asked.append(list(requests))
        await asyncio.sleep(0)
        return [ModelUnavailable("one of them") if request == 30 else request**2 for request in requests]


async def _ask(batches: _Batches, request: int) -> int:
    scope = current_scope.get()
    assert scope is not None
    assert scope.lockstep is not None
    answer: int = await scope.lockstep.ask(scope.unit, batches.answer, request)
    return answer


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_crew_is_answered_together_whatever_its_members_wait_for(
    tmp_path: Path, workers: int
) -> None:
    seen = []
    for delay in (0.0, 0.01):
        batches = _Batches()

        async def work(number: int, batches: _Batches = batches, delay: float = delay) -> Mapping[str, Any]:
            await asyncio.sleep(delay * (7 - number))
            first = await _ask(batches, number)
            # Member 2 ends early, and the others go on without it.
            return {"said": [first] if number == 2 else [first, await _ask(batches, 10 * number)]}

        with Journal(tmp_path / f"{delay}.db") as journal:
            records = await _lockstep_run(journal, work, workers=workers)
        assert records[1].record == {"said": [1, 100]}
        assert records[2].record == {"said": [4]}
        # What one member alone met is that member's failure.
        assert records[3].failure == "ModelUnavailable: one of them"
        seen.append(sorted(batches.asked))
    assert seen[0] == seen[1] == [[0, 1, 2, 3], [0, 10, 30], [4, 5], [40, 50]]


async def test_a_crew_with_something_left_to_do_is_done_again_as_a_whole(tmp_path: Path) -> None:
    batches, tries = _Batches(), [0]

    async def work(number: int) -> Mapping[str, Any]:
        said = await _ask(batches, number)
        tries[0] += number == 1
        if number == 1 and tries[0] == 1:
            raise ModelUnavailable("not this time")
        return {"said": said}

    with Journal(tmp_path / "run.db") as journal:
        assert [record.failure is None for record in await _lockstep_run(journal, work)].count(False) == 1
        assert all(record.failure is None for record in await _lockstep_run(journal, work))
        assert batches.asked == [[0, 1, 2, 3], [4, 5], [0, 1, 2, 3]]


async def test_what_was_finished_and_fails_when_it_is_done_again_stays_as_it_was(tmp_path: Path) -> None:
    tries = [0]

    async def work(number: int) -> Mapping[str, Any]:
        scope, attempt = current_scope.get(), tries[0]
        assert scope is not None
        journal.record_call(scope.unit, f"asked {attempt}", seat="m", request={}, answer={"usage": {}})
        if (number, attempt) in {(1, 0), (2, 1)}:
            raise ModelUnavailable("not this time")
        return {"attempt": attempt}

    with Journal(tmp_path / "run.db") as journal:
        records = await _lockstep_run(journal, work)
        assert [record.failure is None for record in records] == [True, False, True, True, True, True]
        tries[0] = 1
        records = await _lockstep_run(journal, work)
        assert [record.record for record in records] == [{"attempt": n} for n in (1, 1, 0, 1, 0, 0)]
        # What it said is still what it was read from.
        assert journal.call(records[2].key, "asked 0")
        assert not journal.call(records[2].key, "asked 1")
        assert not journal.call(records[3].key, "asked 0")


async def test_a_member_that_stops_waiting_holds_up_nobody() -> None:
    batches, lockstep = _Batches(), LockstepBatch(["a", "b"])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lockstep.ask("a", batches.answer, 1), timeout=0.01)
    asked = asyncio.create_task(lockstep.ask("b", batches.answer, 2))
    await asyncio.sleep(0)
    assert batches.asked == []
    lockstep.leave("a")
    assert await asked == 4


def _lost(journal: Journal, unit: str, name: str = "draft") -> None:
    journal.record_call(unit, name, seat="m", request={}, failure=("ModelUnavailable", "503 in the end"))


def _poorer_at(first: int, journal: Journal, tries: dict[int, int]) -> Any:
    """Work that loses a call at its first tries of unit 3, and says at which try it was."""

    async def work(number: int) -> Mapping[str, Any]:
        tries[number] = tries.get(number, 0) + 1
        if number == 3 and tries[number] <= first:
            _lost(journal, "u3")
        return {"try": tries[number]}

    return work


async def test_a_row_that_lost_a_call_is_tried_again_at_the_end_and_by_the_next_run(tmp_path: Path) -> None:
    tries: dict[int, int] = {}
    with Journal(tmp_path / "run.db") as journal:
        work = _poorer_at(2, journal, tries)
        poorer = await _run(journal, work, retry_lost=True)
        assert tries == {**dict.fromkeys(range(8), 1), 3: 2}
        assert journal.lost_calls("u3") == 1
        assert poorer[3].record == {"try": 2}
        whole = await _run(journal, work, retry_lost=True)
        assert whole[3].record == {"try": 3}
        assert journal.lost_calls("u3") == 0
        await _run(journal, work, retry_lost=True)
    assert tries == {**dict.fromkeys(range(8), 1), 3: 3}


@pytest.mark.parametrize("ends", [ModelUnavailable("gone"), ModelRefused("no key"), asyncio.CancelledError()])
async def test_a_row_that_lost_a_call_stays_as_it_was_where_another_try_ends_otherwise(
    tmp_path: Path, ends: BaseException
) -> None:
    tries: dict[int, int] = {}
    with Journal(tmp_path / "run.db") as journal:
        once = _poorer_at(2, journal, tries)

        async def work(number: int) -> Mapping[str, Any]:
            if number == 3 and tries.get(3):
                raise ends
            return await once(number)

        await _run(journal, work, retry_lost=True, units=UNITS[:4])
        found = journal.unit("u3")
        assert found is not None
        assert found.record == {"try": 1}
        assert journal.lost_calls("u3") == 1


async def test_a_server_that_is_gone_after_it_had_answered_ends_the_run_and_keeps_the_rows(
    tmp_path: Path,
) -> None:
    asked: list[int] = []

    async def work(number: int) -> Mapping[str, Any]:
        asked.append(number)
        if number < 2:
            return {}
        raise ModelUnavailable("connection refused")

    units = [Unit(f"u{number}", number) for number in range(50)]
    with Journal(tmp_path / "run.db") as journal:
        with pytest.raises(
            ModelRefused, match=r"The last 10 rows all failed[^\n]*connection refused\n.*stays"
        ):
            await _run(journal, work, workers=2, units=units)
        # The other worker may have begun one more.
        assert asked in (list(range(12)), list(range(13)))
        assert all(journal.unit(f"u{number}") for number in range(12))


async def test_rows_that_fail_here_and_there_do_not_end_the_run(tmp_path: Path) -> None:
    async def work(number: int) -> Mapping[str, Any]:
        if number % 5:
            raise ModelUnavailable("503")
        return {}

    units = [Unit(f"u{number}", number) for number in range(40)]
    with Journal(tmp_path / "run.db") as journal:
        records = await _run(journal, work, workers=1, units=units)
    assert sum(record.failure is None for record in records) == 8
