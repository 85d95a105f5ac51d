"""The journal keeps what is finished, belongs to one process, and refuses another configuration."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.dialogue import Usage
from usbrec.errors import RunFolderError
from usbrec.journal import Journal, UnitRecord
from usbrec.journal_file import VERSION
from usbrec.keys import canonical_json, derive_seed, digest

ANSWER = {"completions": [["hi", "stop"]], "usage": Usage(1, 10, 2, 0, 0.5).to_json()}


def test_a_recorded_call_is_found_by_unit_and_key(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.record_call("evaluate/1", "k", seat="m", request={"q": 1}, answer=ANSWER)
        found = journal.call("evaluate/1", "k")
        assert found is not None
        assert found.answer == ANSWER
        assert journal.call("evaluate/2", "k") is None
        assert journal.call("evaluate/1", "other") is None


def test_a_failed_call_is_kept_as_failed_and_can_be_forgotten_alone(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.record_call("u", "good", seat="m", request={}, answer=ANSWER)
        journal.record_call("u", "bad", seat="m", request={}, failure=("ModelUnavailable", "503"))
        bad = journal.call("u", "bad")
        assert bad is not None
        assert bad.failure == ("ModelUnavailable", "503")
        journal.forget_calls("u", failed_only=True)
        assert journal.call("u", "bad") is None
        assert journal.call("u", "good") is not None


def test_the_cost_of_a_unit_is_the_sum_of_its_answered_calls(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.record_call("u", "a", seat="m", request={}, answer=ANSWER)
        journal.record_call("u", "b", seat="m", request={}, answer=ANSWER)
        journal.record_call("u", "c", seat="m", request={}, failure=("ModelUnavailable", "503"))
        journal.record_call("other", "a", seat="m", request={}, answer=ANSWER)
        assert journal.usage("u") == Usage(2, 20, 4, 0, 1.0)


def test_what_was_recorded_survives_the_process(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.record_unit(UnitRecord("u", {"score": 1.5, "text": "naïve \ud83d 😀"}, None))
    with Journal(tmp_path / "run.db") as journal:
        assert journal.unit("u") == UnitRecord("u", {"score": 1.5, "text": "naïve \ud83d 😀"}, None)


def test_a_second_process_is_refused_while_the_first_lives_and_let_in_after_kill_9(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import time
        from usbrec.journal import Journal, UnitRecord
        journal = Journal({str(tmp_path / "run.db")!r}).__enter__()
        journal.record_unit(UnitRecord("u", {{"done": True}}, None))
        print("ready", flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "ready"
        with (
            pytest.raises(RunFolderError, match="another process is working"),
            Journal(tmp_path / "run.db"),
        ):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with Journal(tmp_path / "run.db") as journal:
        assert journal.unit("u") == UnitRecord("u", {"done": True}, None)


def test_another_configuration_is_refused_with_what_changed(tmp_path: Path) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.bind({"settings": {"seed": 1, "play": {"rounds": 2}}})
    with Journal(tmp_path / "run.db") as journal:
        journal.bind({"settings": {"play": {"rounds": 2}, "seed": 1}})
        with pytest.raises(RunFolderError) as refused:
            journal.bind({"settings": {"seed": 1, "play": {"rounds": 3}, "extra": True}})
    assert "settings.play.rounds: was 2, is 3" in str(refused.value)
    assert "settings.extra: was not set, is true" in str(refused.value)
    assert "seed" not in str(refused.value)


@pytest.mark.parametrize(("version", "which"), [("1", "an earlier"), ("3", "a later")])
@pytest.mark.parametrize("mode", ["write", "read"])
def test_a_run_of_another_version_is_refused_with_what_to_do_and_left_as_it_was(
    tmp_path: Path, version: str, which: str, mode: Literal["write", "read"]
) -> None:
    path = tmp_path / "run.db"
    with Journal(path) as journal:
        journal.record_call("u", "k", seat="m", request={}, answer=ANSWER)
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() == [(str(VERSION),)]
        db.execute("UPDATE meta SET value = ? WHERE name = 'schema'", (version,))
        db.commit()
    with pytest.raises(RunFolderError, match=f"recorded by {which} version .*\n?.*new folder with -o"):
        Journal(path, mode=mode).__enter__()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() == [(version,)]


def test_a_file_that_is_no_journal_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_bytes(b"this is not a database, it is a text" * 50)
    with pytest.raises(RunFolderError, match="not a run journal"), Journal(tmp_path / "run.db"):
        pass
    (tmp_path / "notes.txt").write_text("a file where -o names the folder")
    with (
        pytest.raises(RunFolderError, match=r"notes\.txt: a file stands where"),
        Journal(tmp_path / "notes.txt" / "run.db"),
    ):
        pass
    missing = Journal(tmp_path / "missing" / "run.db", mode="read")
    with pytest.raises(RunFolderError, match="no recorded run"), missing:
        pass
    assert not (tmp_path / "missing").exists()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_the_order_of_keys_does_not_change_a_digest(value: dict[str, object]) -> None:
    assert digest(dict(reversed(value.items()))) == digest(value)


def test_a_number_that_is_none_has_no_digest() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


@given(st.integers(0, 2**31), st.text(), st.integers(0, 100))
def test_seeds_are_in_range_and_differ_by_place(seed: int, place: str, index: int) -> None:
    here, there = derive_seed(seed, place, index), derive_seed(seed, place, index + 1)
    assert 0 <= here < 2**31
    assert here == derive_seed(seed, place, index)
    assert here != there
