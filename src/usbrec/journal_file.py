"""Journal file: its tables, how it is opened, what is stored in a row, and what a fault of it is in words."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from usbrec.databases import Fault, is_full, is_held, told
from usbrec.errors import RunFolderError
from usbrec.keys import canonical_json
from usbrec.storage import sharing_names

#: What a call's key is made of; it is raised when an earlier version's calls would not be found again.
VERSION = 2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    unit TEXT NOT NULL, key TEXT NOT NULL, seat TEXT NOT NULL,
    request TEXT NOT NULL, answer TEXT, failure TEXT, checksum INTEGER,
    PRIMARY KEY (unit, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS units (
    key TEXT PRIMARY KEY, record TEXT, failure TEXT, checksum INTEGER
) WITHOUT ROWID;
"""
#: All units with calls, each found by one search in the key instead of by reading every call.
UNITS_WITH_CALLS = """
WITH RECURSIVE found(unit) AS (
    SELECT min(unit) FROM calls
    UNION ALL
    SELECT (SELECT min(unit) FROM calls WHERE unit > found.unit) FROM found WHERE found.unit IS NOT NULL
)
SELECT unit FROM found WHERE unit IS NOT NULL
"""


@contextlib.contextmanager
def written(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that holds the file for good, in autocommit mode; folder and tables are made. Raises
    sqlite3.Error and OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A second is enough for somebody who only looked into the file; a run holds it for good.
    # Where a loop is running already, the run's own is in another thread, while this one waits.
    with contextlib.closing(
        sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    ) as db:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(_SCHEMA)
        for table in ("calls", "units"):
            if "checksum" not in columns(db, table):
                db.execute(f"ALTER TABLE {table} ADD COLUMN checksum INTEGER")
        # Locking mode is lazy: the first write takes the lock and this connection keeps it.
        db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (str(VERSION),))
        yield db


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in db.execute(f"PRAGMA table_info({table})")]


def check_version(path: Path, version: str) -> None:
    """Raises RunFolderError for a file of another version."""
    if version == str(VERSION):
        return
    which = "a later" if version.isdecimal() and int(version) > VERSION else "an earlier"
    raise RunFolderError(
        f"{path.parent}: this run was recorded by {which} version of usbrec (its journal has "
        f"version {version}, here it is {VERSION}), and its calls would not be found again. Start a "
        "new folder with -o, or go on with it, or replay it, with the version that recorded it."
    )


def refused(path: Path, error: Fault | OSError) -> RunFolderError:
    """Why the file cannot be opened."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return RunFolderError(
            f"{path.parent}: a file stands where the run folder belongs. Choose another folder with -o."
        )
    if isinstance(error, OSError):
        return RunFolderError(f"{path}: not a run journal ({error}). Choose another folder with -o.")
    if is_held(error):
        return RunFolderError(
            f"{path.parent}: another process is working in this run folder. "
            "Wait for it, stop it, or choose another folder with -o."
        )
    if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB" or "no such table" in str(error):
        return RunFolderError(f"{path}: not a run journal ({error}). Choose another folder with -o.")
    return failed(path, error)


def failed(path: Path, error: Fault | ValueError) -> RunFolderError:
    """What a fault of the file or of the disk under it is to whoever runs it."""
    if isinstance(error, ValueError) and not isinstance(error, UnicodeDecodeError):
        return RunFolderError(
            f"{path}: is damaged (what it holds is no longer what was written: {error}). Take a "
            "copy of before, or start anew in another folder with -o."
        )
    kept = " What is finished is kept: the same command goes on from there." if is_full(error) else ""
    return RunFolderError(f"{path}: {told(error)}, or choose another folder with -o.{kept}")


def check_texts(path: Path, checksum: int | None, *texts: str | None) -> None:
    """Raises RunFolderError where texts are not those that were committed together: SQLite notices damage
    to its own structure alone, and a changed digit would be a wrong number that nobody is told of."""
    if checksum is not None and checksum != _checksum(*texts):
        raise failed(path, ValueError("its checksum is another"))


def parsed(path: Path, text: str | None) -> Any:
    """What a stored text says, None for none. Raises RunFolderError."""
    if text is None:
        return None
    try:
        return json.loads(text, object_pairs_hook=sharing_names)
    except (ValueError, TypeError, RecursionError) as error:
        raise failed(path, ValueError(error)) from None


def call_row(
    unit: str,
    key: str,
    seat: str,
    request: Mapping[str, Any] | str,
    answer: Mapping[str, Any] | None,
    failure: tuple[str, str] | None,
) -> tuple[str | int | None, ...]:
    """A call as it is stored."""
    asked = request if isinstance(request, str) else canonical_json(request)
    texts = _text(answer), _text(failure)
    return unit, key, seat, asked, *texts, _checksum(*texts)


def unit_row(
    key: str, record: Mapping[str, Any] | None, failure: str | None
) -> tuple[str, str | None, str | None, int]:
    """A finished unit as it is stored."""
    texts = _text(record), _text(failure)
    return key, *texts, _checksum(*texts)


def _text(value: Any) -> str | None:
    return None if value is None else canonical_json(value)


def _checksum(*texts: str | None) -> int:
    value = 0
    for text in texts:
        value = zlib.crc32(b"\xff" if text is None else text.encode("utf-8", "surrogatepass"), value)
    return value
