"""Group commit: one thread writes to the database, and what many ask for at once is durable in one commit.

Who waits for the disk is a thread, so that an event loop never does. What is put in before something else is
written before it, and nothing is written any more after a failure: what is acknowledged then stands on
everything that was put in before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

#: Seconds that the thread gives others to join a commit, once several have asked at a time.
GATHER = 0.002
#: Values of one statement, of which SQLite takes 32,766.
_MOST_VALUES = 30_000


class _Asked(NamedTuple):
    """A row for a table, or, where `table` is "", a statement with its values. `waits`: who is told."""

    table: str
    statement: str
    values: Sequence[Any]
    waits: asyncio.Future[None] | None


class GroupCommit:
    """Writes through a connection in autocommit mode, from any thread; `failed` says what is raised for an
    error of the database.

    The thread begins with the first who waits without blocking (:meth:`commit`).
    """

    def __init__(self, db: sqlite3.Connection, failed: Callable[[Exception], Exception]) -> None:
        self._db = db
        self._failed = failed
        #: Held by whoever uses the connection.
        self.lock = threading.RLock()
        self._asked: deque[_Asked] = deque()
        self._failure: Exception | None = None
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closing = False

    def put(self, statement: str, values: Sequence[Any]) -> None:
        """Have a statement done before all that is asked for later, without waiting for it."""
        self._asked.append(_Asked("", statement, values, None))

    async def commit(self, table: str, row: Sequence[Any]) -> None:
        """Put a row into a table, in place of one with the same key; returns when it is on the disk. Raises
        what `failed` makes of an error, also of an earlier one."""
        await self.commit_together([(table, row)])

    async def commit_together(
        self, rows: Sequence[tuple[str, Sequence[Any]]], *, first: tuple[str, Sequence[Any]] | None = None
    ) -> None:
        """Put rows into tables, after the statement `first`, in one commit; as :meth:`commit`."""
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asked = [] if first is None else [_Asked("", *first, None)]
        asked += [_Asked(table, "", row, None) for table, row in rows[:-1]]
        table, row = rows[-1]
        # At once, so that the thread finds all of it or nothing.
        self._asked.extend([*asked, _Asked(table, "", row, waits)])
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name="usbrec-journal", daemon=True)
            self._thread.start()
        self._wake.set()
        await waits

    def settle(self) -> None:
        """Write what was put in by now, here and at once. Raises as :meth:`commit`."""
        with self.lock:
            self._write()
            if self._failure is not None:
                raise self._failure

    def close(self) -> None:
        """End the thread; what was put in is written. Raises as :meth:`commit`."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.settle()

    def _live(self) -> None:
        several = False
        while not self._closing:
            self._wake.wait()
            self._wake.clear()
            if several and not self._closing:
                time.sleep(GATHER)
            with self.lock:
                several = self._write() > 1

    def _write(self) -> int:
        """Write all that waits, in one transaction, and tell those who wait for it; returns how many."""
        asked: list[_Asked] = []
        while self._asked:
            asked.append(self._asked.popleft())
        if asked and self._failure is None:
            try:
                self._execute(asked)
            except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
                self._failure = self._failed(error)
        _tell([one.waits for one in asked if one.waits is not None], self._failure)
        return len(asked)

    def _execute(self, asked: Iterable[_Asked]) -> None:
        statements = list(_statements(asked))
        if len(statements) == 1:
            # A transaction of its own. Each statement gives the lock of Python away and has to get it back.
            self._db.execute(*statements[0])
            return
        try:
            self._db.execute("BEGIN")
            for statement, values in statements:
                self._db.execute(statement, values)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            raise


def _statements(asked: Iterable[_Asked]) -> Iterable[tuple[str, Sequence[Any]]]:
    """As few statements as do the same: rows between two other statements go in together, table by table."""
    rows: dict[str, list[Sequence[Any]]] = {}
    for one in asked:
        if one.table:
            rows.setdefault(one.table, []).append(one.values)
            continue
        yield from _inserts(rows)
        rows = {}
        yield one.statement, one.values
    yield from _inserts(rows)


def _inserts(rows: dict[str, list[Sequence[Any]]]) -> Iterable[tuple[str, Sequence[Any]]]:
    for table, listed in rows.items():
        row = f"({', '.join('?' * len(listed[0]))})"
        most = _MOST_VALUES // len(listed[0])
        for start in range(0, len(listed), most):
            part = listed[start : start + most]
            values = [value for one in part for value in one]
            yield f"INSERT OR REPLACE INTO {table} VALUES {', '.join([row] * len(part))}", values


def _tell(waiting: Iterable[asyncio.Future[None]], failure: Exception | None) -> None:
    """Wake who waits, each in its loop; a loop that is gone has nobody left who waits."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for one in waiting:
        by_loop.setdefault(one.get_loop(), []).append(one)
    for loop, futures in by_loop.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, futures, failure)


def _resolve(futures: Iterable[asyncio.Future[None]], failure: Exception | None) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)
