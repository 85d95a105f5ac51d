"""A damaged, full or closed database is told in words, and no changed byte becomes another number."""

from __future__ import annotations

import collections
import contextlib
import itertools
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from support.disks import no_room
from usbrec.databases import _untouched, reading, told
from usbrec.dialogue import Usage
from usbrec.errors import InputError, RunFolderError, StoreFailed
from usbrec.journal import Journal, UnitRecord
from usbrec.serve.storage.store import Store, Vote

ANSWER = {"completions": [["I would see Casino (1995).", "stop"]], "usage": Usage(1, 10, 2, 0, 0.5).to_json()}


def _filled(path: Path, units: int = 60) -> None:
    with Journal(path) as journal:
        journal.bind({"stage": "test", "settings": {"seed": 3}})
        for number in range(units):
            journal.record_call(f"u{number}", "k", seat="m", request={"q": "x" * 300}, answer=ANSWER)
            journal.record_unit(UnitRecord(f"u{number}", {"score": number / 7, "text": "word " * 40}, None))


def _read(path: Path) -> list[object]:
    with Journal(path, mode="read") as journal:
        found: list[object] = [journal.unit(f"u{number}") for number in range(60)]
        found += [journal.call(f"u{number}", "k") for number in range(60)]
        found += [journal.usage(f"u{number}") for number in range(60)]
        journal.usages()
        return found


@pytest.mark.parametrize("together", [200, 1])
def test_random_bytes_in_a_journal_are_told_or_change_nothing(tmp_path: Path, together: int) -> None:
    whole = tmp_path / "whole.db"
    _filled(whole)
    said, data = _read(whole), whole.read_bytes()
    told_of = 0
    for seed in range(60):
        moments = random.Random(seed)
        broken = bytearray(data)
        for _ in range(200 // together):
            at = moments.randrange(len(broken) - together)
            broken[at : at + together] = moments.randbytes(together)
        path = tmp_path / "run.db"
        path.write_bytes(broken)
        for part in ("run.db-wal", "run.db-shm"):
            (tmp_path / part).unlink(missing_ok=True)
        found = None
        with contextlib.suppress(RunFolderError):
            found = _read(path)
        if found is None:
            told_of += 1
            continue
        for one, other in zip(found, said, strict=True):
            # What is no longer found is done again.
            assert one in (other, None, Usage())
        # Written to, it may be found damaged as well, and says so.
        with contextlib.suppress(RunFolderError), Journal(path) as journal:
            journal.record_unit(UnitRecord("new", {"score": 1}, None))
            journal.forget_calls("u1")
    assert told_of > 20


def test_a_changed_digit_is_no_other_number(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    _filled(path, 3)
    data = path.read_bytes()
    assert data.count(b'"score":0.14285714285714285') == 1
    path.write_bytes(data.replace(b'"score":0.14', b'"score":0.94'))
    with Journal(path) as journal:
        assert journal.unit("u0") is not None
        with pytest.raises(RunFolderError, match=r"damaged .*checksum"):
            journal.unit("u1")


def test_a_journal_of_before_there_were_checksums_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    _filled(path, 2)
    with contextlib.closing(sqlite3.connect(path)) as db:
        for table in ("calls", "units"):
            db.execute(f"ALTER TABLE {table} DROP COLUMN checksum")
        db.commit()
    for mode in ("read", "write"):
        with Journal(path, mode=mode) as journal:  # type: ignore[arg-type]
            assert journal.usage("u1") == Usage(1, 10, 2, 0, 0.5)
            record = journal.unit("u1")
            assert record is not None
            assert record.record == {"score": 1 / 7, "text": "word " * 40}


def test_a_full_disk_loses_nothing_committed_and_nothing_in_halves(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    with Journal(path) as journal:
        calls = [(f"{number}", {"text": "x" * 3000}) for number in range(30)]
        for key, request in calls:
            journal.record_call("u", key, seat="m", request=request, answer=ANSWER)
        kept = journal.calls("u")
        size = path.with_name("run.db-wal").stat().st_size
        with no_room(size + 20_000):
            done = itertools.count()
            more = (UnitRecord(f"{number}", {"text": "y" * 3000}, None) for number in done)
            with pytest.raises(RunFolderError, match=r"no room. Make room.*is kept"):
                collections.deque(map(journal.record_unit, more))
            with pytest.raises(RunFolderError, match="no room"):
                journal.put_back("u", kept)
        lost = next(done) - 1
        assert lost > 0
        assert journal.calls("u") == kept
        journal.put_back("u", kept)
        journal.record_unit(UnitRecord("last", {}, None))
    with Journal(path) as journal:
        assert all(journal.unit(f"{number}") for number in range(lost))
        assert journal.unit(f"{lost}") is None
        assert journal.calls("u") == kept


def test_a_store_says_why_it_cannot_be_written_and_deletes_where_it_can(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.db")
    session = store.begin("ann")
    with no_room(200_000):
        # The log of changes alone would be larger. It is emptied into the file, which gives room again.
        for number in range(100):
            store.vote(Vote("ann", str(number % 3), "a", "b", "tie"))
        assert store.delete(session)
        begun = (store.begin("somebody " * 20) for _ in itertools.count())
        with pytest.raises(StoreFailed, match=r"store.db: cannot be written .*no room"):
            collections.deque(begun)
    left = [one.id for one in store.sessions()]
    assert len(left) > 10
    with no_room(), pytest.raises(StoreFailed, match="no room"):
        store.delete(left[5])
    # What could not be deleted is all there.
    assert store.session(left[5]) is not None
    assert store.delete(left[5])
    store.close()


def test_a_damaged_store_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store(path)
    session = store.begin("ann")
    for _ in range(50):
        store.begin("ann " * 100)
    store.close()
    broken = bytearray(path.read_bytes())
    broken[4096:] = random.Random(1).randbytes(len(broken) - 4096)
    path.write_bytes(broken)
    with pytest.raises((StoreFailed, InputError), match=r"store.db: is (damaged|no store)"):
        Store(path).session(session)


def test_a_file_in_a_closed_folder_is_read_with_all_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE words (word)")
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    closed = tmp_path / "closed #1?"
    closed.mkdir()
    shutil.copyfile(path, closed / "run.db")
    with _untouched(closed / "run.db") as database:
        assert database.execute("SELECT count(*) FROM words").fetchone() == (0,)
    writer.execute("INSERT INTO words VALUES ('late')")
    # As a killed process leaves them: the last change stands in the log alone.
    for part in ("run.db", "run.db-wal"):
        shutil.copyfile(tmp_path / part, closed / part)
    writer.close()
    with _untouched(closed / "run.db") as database:
        assert database.execute("SELECT word FROM words").fetchall() == [("late",)]
    assert {part.name for part in closed.iterdir()} == {"run.db", "run.db-wal"}
    with reading(closed / "run.db") as database:
        assert database.execute("SELECT word FROM words").fetchall() == [("late",)]


def test_what_sqlite_says_is_told_by_what_to_do() -> None:
    def error_of(statement: str) -> sqlite3.Error:
        with contextlib.closing(sqlite3.connect(":memory:")) as db, pytest.raises(sqlite3.Error) as raised:
            db.executescript(statement)
        return raised.value

    assert "Make room" in told(error_of("PRAGMA max_page_count=1; CREATE TABLE a (b); CREATE TABLE c (d);"))
    assert "damaged" in told(sqlite3.OperationalError("Could not decode to UTF-8 column 'answer'"))
    assert "Look at the disk" in told(sqlite3.Error("something else"))
