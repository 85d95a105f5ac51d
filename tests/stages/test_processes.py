"""A run in several processes says what it says in one, whoever of them is killed or stopped, and goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.films import CATALOGUE
from usbrec.config import Config
from usbrec.dialogue import Usage
from usbrec.errors import ConfigError, RunFolderError
from usbrec.event_loop import in_thread
from usbrec.journal import Journal, UnitRecord
from usbrec.stages import run_folder
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
FILMS = ROOT / "docs" / "examples" / "film-model.jsonl"
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")


def _config(processes: int, **more: Any) -> Config:
    seats = {"recommender": f"scripted:{FILMS}", "simulator": "rules", "judge": "rules"}
    settings = {"seats": seats, "limit": 3, "judging": {"second": False}, "statistics": {"resamples": 100}}
    return Config.model_validate({**settings, "models": {"processes": processes}, **more})


def _evaluated(out: Path, processes: int, **more: Any) -> bytes:
    evaluate(
        DEMO / "dialogues.jsonl", out, config=_config(processes, **more), catalogue=DEMO / "catalogue.csv"
    )
    return _said(out)


def _said(out: Path) -> bytes:
    """The rows of a run, less how long they took."""
    rows = [json.loads(line) for line in (out / "episodes.jsonl").read_text().splitlines()]

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: timeless(inner) for name, inner in value.items() if name != "seconds"}
        return [timeless(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(timeless(rows)).encode()


def _recorded(out: Path) -> list[Any]:
    with contextlib.closing(sqlite3.connect(out / "run.db")) as database:
        calls = database.execute("SELECT unit, key, seat, request FROM calls ORDER BY unit, key").fetchall()
        return [calls, database.execute("SELECT key, failure FROM units ORDER BY key").fetchall()]


def _children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return {pid for pid in found if b"usbrec.stages.worker" in _command_line(pid)}


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextlib.contextmanager
def _killing(most: int) -> Iterator[list[int]]:
    """Kills the first `most` processes that play rows, as soon as they are there."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while len(killed) < most and not over.is_set():
            for pid in sorted(_children() - set(killed))[: most - len(killed)]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            time.sleep(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.fixture(name="alone", scope="module")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("alone") / "run"
    _evaluated(out, 1, enhanced=True)
    return out


def test_processes_say_what_one_says_also_where_one_is_killed(
    alone: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "run"
    with _killing(1) as killed:
        assert _evaluated(out, 2, enhanced=True) == _said(alone)
    assert len(killed) == 1
    assert "ended by itself (signal 9)" in caplog.text
    assert _recorded(out) == _recorded(alone)
    assert not (out / "workers").exists()
    assert not _children()


def test_pairs_are_drawn_by_processes_as_by_one_and_early_rows_are_heard_of(tmp_path: Path) -> None:
    def drawn(out: Path, processes: int) -> tuple[Any, list[str]]:
        heard: list[str] = []
        # Nothing is good enough, so that no row gives a pair.
        more = {"limit": 12, "pairs": {"drafts": 2, "min_margin": 2.0, "max_length_ratio": 1.0}}
        make_pairs(
            DEMO / "dialogues.jsonl",
            out,
            config=_config(processes, **more),
            catalogue=DEMO / "catalogue.csv",
            tell=heard.append,
        )
        return [(out / name).read_bytes() for name in ("pairs.jsonl", "candidates.jsonl")], heard

    alone, told = drawn(tmp_path / "alone", 1)
    shared, told_of_two = drawn(tmp_path / "two", 2)
    assert shared == alone
    assert _recorded(tmp_path / "two") == _recorded(tmp_path / "alone")
    # Which eight are the first may be others.
    for (line,) in (told, told_of_two):
        assert line.startswith("None of 8 rows gave a pair")


def test_a_worker_that_would_give_other_answers_is_told_by_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = run_folder.decides

    def decides(*given: Any) -> dict[str, Any]:
        decided = true(*given)
        return {**decided, "settings": {**decided["settings"], "seed": 99}}

    monkeypatch.setattr(run_folder, "decides", decides)
    with pytest.raises(
        ConfigError, match=r"would give other answers \(settings\.seed\)\. Each machine needs"
    ):
        _evaluated(tmp_path / "run", 2)
    assert not _children()


def test_all_killed_is_told_and_the_run_goes_on_in_one_process(alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with _killing(2), pytest.raises(RunFolderError, match=r"before it had finished a row \(signal 9\)"):
        _evaluated(out, 2, enhanced=True)
    assert _evaluated(out, 1, enhanced=True) == _said(alone)
    assert _recorded(out) == _recorded(alone)


async def test_a_stopped_run_leaves_no_process_and_no_part(tmp_path: Path) -> None:
    out = tmp_path / "run"
    running = asyncio.create_task(in_thread(lambda: _evaluated(out, 2, enhanced=True)))
    while len(_children()) < 2 and not running.done():  # noqa: ASYNC110 - other processes set no event
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not _children()
    assert {path.name for path in out.iterdir()} <= {"run.db", "config.toml"}


def _journal(path: Path, *units: str, calls: int = 1) -> Path:
    with Journal(path) as journal:
        for unit in units:
            for number in range(calls):
                answer = {"text": f"{unit} {number}", "usage": Usage(1).to_json()}
                journal.record_call(unit, str(number), seat="m", request={}, answer=answer)
            journal.record_unit(UnitRecord(unit, {"of": calls}, None))
    return path


def test_a_part_is_taken_over_once_however_often(tmp_path: Path) -> None:
    part = _journal(tmp_path / "part.db", "a", "b", calls=2)
    with Journal(_journal(tmp_path / "run.db", "b", "c")) as journal:
        for _ in range(2):
            journal.take_over(part)
            assert {unit: journal.usage(unit).calls for unit in "abc"} == {"a": 2, "b": 2, "c": 1}
            assert [journal.unit(unit) for unit in "abc"] == [
                UnitRecord(unit, {"of": calls}, None) for unit, calls in (("a", 2), ("b", 2), ("c", 1))
            ]
            assert journal.call("b", "1") is not None


def test_a_part_that_was_never_begun_holds_nothing_and_one_in_use_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with Journal(_journal(tmp_path / "run.db", "c")) as journal:
        journal.take_over(tmp_path / "empty.db")
        assert journal.unit("c") is not None
        with (
            Journal(tmp_path / "busy.db"),
            pytest.raises(RunFolderError, match="another process is working in this run folder"),
        ):
            journal.take_over(tmp_path / "busy.db")
        assert journal.unit("c") is not None


def test_what_cannot_be_given_to_another_process_is_refused(tmp_path: Path) -> None:
    rows = DEMO / "dialogues.jsonl"
    with pytest.raises(ConfigError, match="items for itself, so these must be files"):
        evaluate(rows, tmp_path / "a", config=_config(2), catalogue=CATALOGUE)
    with pytest.raises(ConfigError, match="objects sit in this process alone"):
        evaluate(rows, tmp_path / "b", config=_config(2), objects={"recommender": lambda turns: "Heat"})
    assert not list(tmp_path.iterdir())
