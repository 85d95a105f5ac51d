"""Many calls share one commit, none is acknowledged before it is on the disk, a failure reaches everybody."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from usbrec.dialogue import Usage
from usbrec.engine import Silent, Unit, run_units
from usbrec.errors import RunFolderError
from usbrec.journal import Journal, UnitRecord

ANSWER = {"completions": [["x" * 300, "stop"]], "usage": Usage(1, 10, 2, 0, 0.5).to_json()}
#: `make soak` kills a hundred times.
KILLS = int(os.environ.get("USBREC_KILLS", "3"))


async def _commit(journal: Journal, number: int) -> None:
    await journal.commit_call(f"u{number}", "k", seat="m", request={"q": number}, answer=ANSWER)


async def test_calls_that_come_together_are_committed_together_and_stand_in_the_file(tmp_path: Path) -> None:
    commits: list[str] = []
    with Journal(tmp_path / "run.db") as journal:
        journal._db.set_trace_callback(commits.append)
        await asyncio.gather(*(_commit(journal, number) for number in range(200)))
        journal._db.set_trace_callback(None)
        written = [statement for statement in commits if "INTO calls" in statement]
        assert 1 <= len(written) < 50
    with Journal(tmp_path / "run.db") as journal:
        assert all(journal.call(f"u{number}", "k") for number in range(200))


async def test_what_is_forgotten_before_a_call_never_takes_the_call_away(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.record_call("u1", "k", seat="m", request={}, failure=("ModelUnavailable", "503"))
        journal.forget_calls("u1")
        await asyncio.gather(_commit(journal, 1), _commit(journal, 2))
        assert journal.lost_calls("u1") == 0
        assert [call[1] for call in journal.calls("u1")] == ["k"]


async def test_an_event_loop_goes_on_while_the_disk_is_waited_for(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        await _commit(journal, 0)
        with journal._commits.lock:  # as the thread holds it while it waits for the disk
            waiting = asyncio.create_task(_commit(journal, 1))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not waiting.done()
        await waiting


async def test_a_full_disk_is_told_to_everybody_who_waits_and_takes_nothing_acknowledged(
    tmp_path: Path,
) -> None:
    acknowledged: list[int] = []

    async def one(journal: Journal, number: int) -> None:
        await _commit(journal, number)
        acknowledged.append(number)

    journal = Journal(tmp_path / "run.db").__enter__()
    await asyncio.gather(*(one(journal, number) for number in range(10)))
    journal._db.execute("PRAGMA max_page_count = 12")
    found = await asyncio.gather(*(one(journal, number) for number in range(10, 400)), return_exceptions=True)
    errors = [error for error in found if error is not None]
    assert errors
    assert all(isinstance(error, RunFolderError) for error in errors)
    assert len(errors) + len(acknowledged) == 400
    # A later one is not acknowledged on top of what is missing.
    with pytest.raises(RunFolderError):
        await one(journal, 400)
    with pytest.raises(RunFolderError, match=r"run\.db: cannot be written \(.*full.*same command goes on"):
        journal.__exit__(None, None, None)
    with Journal(tmp_path / "run.db") as journal:
        assert all(journal.call(f"u{number}", "k") for number in acknowledged)


async def test_a_full_disk_ends_a_run_with_a_message_and_keeps_the_rows_before(tmp_path: Path) -> None:
    async def work(number: int) -> Mapping[str, Any]:
        if number == 6:
            journal._db.execute("PRAGMA max_page_count = 1")
        return {"said": "x" * 4096}

    units = [Unit(f"u{number}", number) for number in range(40)]
    with pytest.raises(RunFolderError, match="Make room"), Journal(tmp_path / "run.db") as journal:
        await run_units(
            units, work, journal=journal, workers=1, restart_whole=False, label="x", progress=Silent()
        )
    with Journal(tmp_path / "run.db") as journal:
        assert all(journal.unit(f"u{number}") for number in range(6))
        assert journal.unit("u39") is None


_COMMITTING = """
import asyncio, os
from usbrec.journal import Journal, UnitRecord

ANSWER = {{"text": "x" * 2000}}

async def row(journal, number):
    unit = f"u{{number}}"
    journal.forget_calls(unit)
    for key in "abc":
        await journal.commit_call(unit, key, seat="m", request={{"q": key}}, answer=ANSWER)
        os.write(1, f"{{unit}} {{key}}\\n".encode())
    await journal.commit_unit(UnitRecord(unit, {{"done": number}}, None))
    os.write(1, f"{{unit}} -\\n".encode())

async def worker(journal, numbers):
    for number in numbers:
        await row(journal, number)

async def main():
    with Journal({path!r}) as journal:
        numbers = iter(range({first}, 10**9))
        await asyncio.gather(*(worker(journal, numbers) for _ in range(16)))

asyncio.run(main())
"""


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path) -> None:
    rng, path = random.Random(25), tmp_path / "run.db"
    acknowledged: list[tuple[str, str]] = []
    for kill in range(KILLS):
        script = textwrap.dedent(_COMMITTING).format(path=str(path), first=kill * 1_000_000)
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(rng.randrange(1, 600)):
                unit, key = child.stdout.readline().split()
                acknowledged.append((unit, key))
            os.kill(child.pid, signal.SIGKILL)
            # What it had said by then counts, too; a line may be cut.
            lines = child.stdout.read().splitlines(keepends=True)
            acknowledged += [
                (line.split()[0], line.split()[1]) for line in lines if line.endswith("\n") and " " in line
            ]
    with Journal(path) as journal:
        for unit, key in acknowledged:
            if key == "-":
                assert journal.unit(unit) == UnitRecord(unit, {"done": int(unit[1:])}, None)
            else:
                found = journal.call(unit, key)
                assert found is not None
                assert found.answer == {"text": "x" * 2000}
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
