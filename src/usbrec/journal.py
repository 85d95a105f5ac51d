"""Run journal: every finished model call and every finished unit of work, in one SQLite file.

A *unit* is what is done or not done as a whole: one episode, or one sample's drafts. A call or a unit
counts once it is committed here, so that a killed run repeats nothing finished. One process holds a
run folder at a time: SQLite's exclusive locking mode is the lock, and the operating system releases it
when the process dies, however it dies.

Calls are keyed by their unit and by everything that decides their answer, never by time or order. That
makes three things one mechanism: resuming, accounting, and replaying a run without its models.

Whoever runs in an event loop commits through it (`commit_call`, `commit_unit`): one thread writes, and many
calls share one wait for the disk (group_commit.py). What a unit under way has recorded is held in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from usbrec.dialogue import Usage
from usbrec.errors import RunFolderError
from usbrec.group_commit import GroupCommit
from usbrec.keys import canonical_json

#: What a call's key is made of; it is raised when an earlier version's calls would not be found again.
VERSION = 2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    unit TEXT NOT NULL, key TEXT NOT NULL, seat TEXT NOT NULL,
    request TEXT NOT NULL, answer TEXT, failure TEXT,
    PRIMARY KEY (unit, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS units (key TEXT PRIMARY KEY, record TEXT, failure TEXT) WITHOUT ROWID;
"""
#: All units with calls, each found by one search in the key instead of by reading every call.
_UNITS_WITH_CALLS = """
WITH RECURSIVE found(unit) AS (
    SELECT min(unit) FROM calls
    UNION ALL
    SELECT (SELECT min(unit) FROM calls WHERE unit > found.unit) FROM found WHERE found.unit IS NOT NULL
)
SELECT unit FROM found WHERE unit IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """An answered call (`answer`) or a failed one (`failure`: error class name and message)."""

    answer: Mapping[str, Any] | None
    failure: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A finished unit: what it produced, or why the model's side failed."""

    key: str
    record: Mapping[str, Any] | None
    failure: str | None


class Journal:
    """One run's record. Use it as a context manager, from one thread at a time: nothing is made before it is
    entered.

    Entering raises RunFolderError when another process holds the file, when it is no journal, and when an
    earlier or a later version of this program recorded it.
    """

    _db: sqlite3.Connection
    _commits: GroupCommit

    def __init__(self, path: str | Path, *, mode: Literal["write", "read"] = "write") -> None:
        self.path = Path(path)
        self._mode = mode
        #: Units of which calls are recorded, and the calls of those under way.
        self._units_with_calls: set[str] = set()
        self._held: dict[str, dict[str, CallRecord]] = {}

    def __enter__(self) -> Self:
        if self._mode == "read" and not self.path.is_file():
            raise RunFolderError(f"{self.path}: no recorded run here (run.db is missing).")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # A second is enough for somebody who only looked into the file; a run holds it for good.
            # Where a loop is running already, the run's own is in another thread, while this one waits.
            self._db = sqlite3.connect(self.path, timeout=1.0, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            # Locking mode is lazy: the first write takes the lock and this connection keeps it.
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (str(VERSION),))
            (version,) = self._db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise RunFolderError(
                    f"{self.path.parent}: another process is working in this run folder. "
                    "Wait for it, stop it, or choose another folder with -o."
                ) from None
            raise RunFolderError(f"{self.path}: cannot be opened ({error}).") from None
        except (sqlite3.DatabaseError, OSError) as error:
            raise RunFolderError(
                f"{self.path}: not a run journal ({error}). Choose another folder with -o."
            ) from None
        if version != str(VERSION):
            self._db.close()
            which = "a later" if version.isdecimal() and int(version) > VERSION else "an earlier"
            raise RunFolderError(
                f"{self.path.parent}: this run was recorded by {which} version of usbrec (its journal has "
                f"version {version}, here it is {VERSION}), and its calls would not be found again. Start a "
                "new folder with -o, or go on with it, or replay it, with the version that recorded it."
            )
        self._commits = GroupCommit(self._db, self._cannot_be_written)
        self._units_with_calls = {unit for (unit,) in self._db.execute(_UNITS_WITH_CALLS)}
        self._held = {}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._commits.close()
        except RunFolderError:
            # Who failed already has said so.
            if error is None:
                raise
        finally:
            self._db.close()

    @property
    def bound(self) -> bool:
        """Whether the run is tied to a configuration already."""
        return bool(self._rows("SELECT 1 FROM meta WHERE name = 'configuration'"))

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds once all that was put in is written."""
        with self._commits.lock:
            self._commits.settle()
            return self._db.execute(query, values).fetchall()

    def _write(self, statement: str, *values: Any) -> None:
        self._commits.put(statement, values)
        self._commits.settle()

    def _cannot_be_written(self, error: Exception) -> Exception:
        if not isinstance(error, sqlite3.Error | OSError):
            return error
        return RunFolderError(
            f"{self.path}: cannot be written ({error}). What was recorded until then is kept: make room on "
            "its disk, then run the same command again."
        )

    def note(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep something about the run that decides nothing, such as where its servers were, in its order."""
        row = (f"note: {name}", json.dumps(value, allow_nan=False))
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", *row)

    def noted(self, name: str) -> Mapping[str, Any] | None:
        rows = self._rows("SELECT value FROM meta WHERE name = ?", f"note: {name}")
        return dict(json.loads(rows[0][0])) if rows else None

    def bind(self, decides: Mapping[str, Any]) -> None:
        """Tie the run to the configuration that decides it, or refuse with what changed.

        `decides` is nested JSON; it is compared leaf by leaf.
        """
        text = canonical_json(decides)
        rows = self._rows("SELECT value FROM meta WHERE name = 'configuration'")
        if not rows:
            self._write("INSERT INTO meta VALUES ('configuration', ?)", text)
            return
        ((bound,),) = rows
        if bound == text:
            return
        before, now = _leaves(json.loads(bound)), _leaves(json.loads(text))
        changed = [
            f"  {name}: was {_shown(before, name)}, is {_shown(now, name)}"
            for name in sorted(before.keys() | now.keys())
            if before.get(name, _ABSENT) != now.get(name, _ABSENT)
        ]
        raise RunFolderError(
            f"{self.path.parent}: this folder holds a run with another configuration:\n"
            + "\n".join(changed)
            + "\nUse the settings of before to go on with it, or another folder with -o."
        )

    def call(self, unit: str, key: str) -> CallRecord | None:
        if self._mode == "read":
            rows = self._rows("SELECT answer, failure FROM calls WHERE unit = ? AND key = ?", unit, key)
            return _call_record(*rows[0]) if rows else None
        held = self._held.get(unit)
        if held is None:
            held = self._held[unit] = self._stored(unit)
        return held.get(key)

    def _stored(self, unit: str) -> dict[str, CallRecord]:
        if unit not in self._units_with_calls:
            return {}
        rows = self._rows("SELECT key, answer, failure FROM calls WHERE unit = ?", unit)
        return {key: _call_record(*stored) for key, *stored in rows}

    def record_call(
        self,
        unit: str,
        key: str,
        *,
        seat: str,
        request: Mapping[str, Any] | str,
        answer: Mapping[str, Any] | None = None,
        failure: tuple[str, str] | None = None,
    ) -> None:
        """Commit one call before its answer is used. A `request` that is text is canonical JSON already."""
        row = _call_row(unit, key, seat, request, answer, failure)
        self._units_with_calls.add(unit)
        self._write("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?)", *row)
        if unit in self._held:
            self._held[unit][key] = CallRecord(answer, failure)

    async def commit_call(
        self,
        unit: str,
        key: str,
        *,
        seat: str,
        request: Mapping[str, Any] | str,
        answer: Mapping[str, Any] | None = None,
        failure: tuple[str, str] | None = None,
    ) -> None:
        """As :meth:`record_call`, without making the event loop wait for the disk."""
        row = _call_row(unit, key, seat, request, answer, failure)
        self._units_with_calls.add(unit)
        await self._commits.commit("calls", row)
        if unit in self._held:
            self._held[unit][key] = CallRecord(answer, failure)

    def calls(self, unit: str) -> list[tuple[Any, ...]]:
        """All calls of a unit as they are stored, for :meth:`put_back`."""
        return self._rows("SELECT * FROM calls WHERE unit = ?", unit)

    def put_back(self, unit: str, calls: Iterable[tuple[Any, ...]]) -> None:
        """Let a unit have these calls and no others."""
        with self._commits.lock:
            self.forget_calls(unit)
            for call in calls:
                self._units_with_calls.add(unit)
                self._commits.put("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)", call)
            self._commits.settle()

    def forget_calls(self, unit: str, *, failed_only: bool = False) -> None:
        """Drop the calls of a unit that starts again; with `failed_only`, those to be tried again."""
        self._held.pop(unit, None)
        if unit not in self._units_with_calls:
            return
        condition = " AND failure IS NOT NULL" if failed_only else ""
        # Nobody waits for it: what the unit records now comes behind it.
        self._commits.put(f"DELETE FROM calls WHERE unit = ?{condition}", (unit,))

    def lost_calls(self, unit: str) -> int:
        """How many calls of a unit got no answer although another try may get one (ModelUnavailable)."""
        if unit not in self._units_with_calls:
            return 0
        ((count,),) = self._rows(
            "SELECT count(*) FROM calls WHERE unit = ? AND failure LIKE '[\"ModelUnavailable\",%'", unit
        )
        return int(count)

    def usage(self, unit: str) -> Usage:
        """What the answered calls of a unit cost together."""
        rows = self._rows("SELECT answer FROM calls WHERE unit = ? AND answer IS NOT NULL", unit)
        return sum((Usage.from_json(json.loads(answer)["usage"]) for (answer,) in rows), Usage())

    def usages(self) -> dict[str, dict[bool, Usage]]:
        """What all answered calls cost, by whom they asked and by whether their tokens were counted."""
        found: dict[str, dict[bool, Usage]] = {}
        with self._commits.lock:
            self._commits.settle()
            for seat, answer in self._db.execute("SELECT seat, answer FROM calls WHERE answer IS NOT NULL"):
                usage = Usage.from_json(json.loads(answer)["usage"])
                of = found.setdefault(seat, {})
                counted = usage.prompt_tokens > 0
                of[counted] = of.get(counted, Usage()) + usage
        return found

    def unit(self, key: str) -> UnitRecord | None:
        rows = self._rows("SELECT record, failure FROM units WHERE key = ?", key)
        return UnitRecord(key, *map(_read, rows[0])) if rows else None

    def record_unit(self, unit: UnitRecord) -> UnitRecord:
        """Commit a finished unit before it counts; returns it as it will be read back."""
        row = _unit_row(unit)
        self._write("INSERT OR REPLACE INTO units VALUES (?, ?, ?)", *row)
        return self._ended(row)

    async def commit_unit(self, unit: UnitRecord) -> UnitRecord:
        """As :meth:`record_unit`, without making the event loop wait for the disk."""
        row = _unit_row(unit)
        await self._commits.commit("units", row)
        return self._ended(row)

    def _ended(self, row: tuple[str, str | None, str | None]) -> UnitRecord:
        self._held.pop(row[0], None)
        return UnitRecord(row[0], *map(_read, row[1:]))


def _call_row(
    unit: str,
    key: str,
    seat: str,
    request: Mapping[str, Any] | str,
    answer: Mapping[str, Any] | None,
    failure: tuple[str, str] | None,
) -> tuple[str | None, ...]:
    asked = request if isinstance(request, str) else canonical_json(request)
    return unit, key, seat, asked, _text(answer), _text(failure)


def _unit_row(unit: UnitRecord) -> tuple[str, str | None, str | None]:
    return unit.key, _text(unit.record), _text(unit.failure)


def _call_record(answer: str | None, failure: str | None) -> CallRecord:
    failed = _read(failure)
    return CallRecord(_read(answer), None if failed is None else tuple(failed))


def _text(value: Any) -> str | None:
    return None if value is None else canonical_json(value)


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)


_ABSENT = object()


def _leaves(value: Any, name: str = "") -> dict[str, Any]:
    def walk(part: Any, at: str) -> Iterator[tuple[str, Any]]:
        if isinstance(part, Mapping) and part:
            for key, inner in part.items():
                yield from walk(inner, f"{at}.{key}" if at else str(key))
        else:
            yield at, part

    return dict(walk(value, name))


def _shown(leaves: Mapping[str, Any], name: str) -> str:
    return json.dumps(leaves[name], ensure_ascii=False) if name in leaves else "not set"
