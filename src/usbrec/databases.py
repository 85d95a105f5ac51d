"""SQLite files: what went wrong with one in words, and reading one that may not be written to.

SQLite says "disk I/O error" of a full disk as of a broken one, and "unable to open database file" of a file
in WAL mode on read-only media. Here both are told by what can be done about them.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

#: What a connection raises. Of a damaged file, SQLite's own message may quote bytes that are no text.
Fault: TypeAlias = sqlite3.Error | UnicodeDecodeError
FAULTS = (sqlite3.Error, UnicodeDecodeError)
#: Names of SQLite's errors (the last word of extended ones is dropped) by what can be done about them.
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_MISMATCH", "SQLITE_FORMAT")
_CLOSED = ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_CANTOPEN")
_HELD = ("SQLITE_BUSY", "SQLITE_LOCKED")


def is_full(error: Fault) -> bool:
    """Whether it could not be written for want of room: a full disk, a quota, a limit of the process."""
    return _name(error).startswith(_NO_ROOM)


def is_held(error: Fault) -> bool:
    """Whether another process holds it."""
    return _name(error).startswith(_HELD)


def is_closed(error: Fault) -> bool:
    """Whether it may not be opened, or not be written to."""
    return _name(error).startswith(_CLOSED)


def told(error: Fault) -> str:
    """What happened, and what to do, behind the name of the file."""
    if is_full(error):
        return f"cannot be written ({error}): there is no room. Make room"
    if is_held(error):
        return f"is held by another process ({error}). Wait for it, or stop it"
    if is_closed(error):
        return f"may not be opened or written to ({error}). Check who may use it"
    if _name(error).startswith(_DAMAGED) or "decode" in str(error) or "no such" in str(error):
        return f"is damaged ({error}). Take a copy of before, or start anew with another one"
    return f"cannot be read or written ({error}). Look at the disk"


def _name(error: Fault) -> str:
    # Errors of Python's module itself have no name of SQLite's.
    return str(getattr(error, "sqlite_errorname", ""))


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads the file and leaves it and its folder as they are, also on read-only media.

    Raises one of `FAULTS` and OSError. What another process commits while it runs is seen.
    """
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(contextlib.closing(_connected(path, "mode=ro")))
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if not is_closed(error):
                raise
            connection = stack.enter_context(_untouched(path))
        yield connection


@contextlib.contextmanager
def _untouched(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file whose folder takes no file beside it, which WAL mode asks for.

    Where no log lies beside it, the file alone is all there is. Where one does, as a killed process leaves
    it, what it holds counts as well: both are copied to where they can be put together.
    """
    log = path.with_name(f"{path.name}-wal")
    if not log.is_file() or not log.stat().st_size:
        with contextlib.closing(_connected(path, "mode=ro&immutable=1")) as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix="usbrec-") as folder:
        for part in (path, log):
            shutil.copyfile(part, Path(folder) / part.name)
        with contextlib.closing(_connected(Path(folder) / path.name, "mode=rw")) as connection:
            yield connection


def _connected(path: Path, options: str) -> sqlite3.Connection:
    # Quoted by hand: what a file's name may hold, such as ? and #, means something in an address.
    address = f"file:{quote(str(path.absolute()))}?{options}"
    return sqlite3.connect(address, uri=True, timeout=2.0, isolation_level=None, check_same_thread=False)
