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

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from usbrec.databases import FAULTS, is_held, reading
from usbrec.dialogue import Usage
from usbrec.errors import RunFolderError
from usbrec.group_commit import GroupCommit
from usbrec.journal_file import (
    UNITS_WITH_CALLS,
    call_row,
    check_texts,
    check_version,
    columns,
    failed,
    parsed,
    refused,
    unit_row,
    written,
)
from usbrec.keys import canonical_json, leaves
from usbrec.rough_set import RoughSet


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

    With `mode` "read" it is left as it is, also where nothing may be written. Entering raises RunFolderError
    when another process holds the file, when it is no journal, and when an earlier or a later version of this
    program recorded it; so does every method when the file cannot be read or written any more. What was
    committed before stays.
    """

    _db: sqlite3.Connection
    _commits: GroupCommit

    def __init__(self, path: str | Path, *, mode: Literal["write", "read"] = "write") -> None:
        self.path = Path(path)
        self._mode = mode
        self._open = ExitStack()
        #: Where the checksum of a row stands; rows of before this version have none.
        self._checksum = "checksum"
        #: Units of which calls may be recorded, and the calls of those under way.
        self._units_with_calls = RoughSet()
        self._held: dict[str, dict[str, CallRecord]] = {}

    def __enter__(self) -> Self:
        if self._mode == "read" and not self.path.is_file():
            raise RunFolderError(f"{self.path}: no recorded run here (run.db is missing).")
        with ExitStack() as opening:
            try:
                self._db = opening.enter_context(self._read() if self._mode == "read" else written(self.path))
                found = self._db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
                version = str(found[0]) if found else "unknown"
                if self._mode == "read" and "checksum" not in columns(self._db, "units"):
                    self._checksum = "NULL"
                check_version(self.path, version)
                self._units_with_calls = RoughSet(unit for (unit,) in self._db.execute(UNITS_WITH_CALLS))
            except (*FAULTS, OSError) as error:
                raise refused(self.path, error) from None
            self._open = opening.pop_all()
        self._commits = GroupCommit(self._db, self._cannot_commit)
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
            self._open.close()

    def _read(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        return reading(self.path)

    def _do(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute one statement, committed when this returns; its rows. Raises RunFolderError."""
        with self._commits.lock:
            self._commits.settle()
            try:
                return self._db.execute(statement, tuple(values)).fetchall()
            except FAULTS as error:
                raise failed(self.path, error) from None

    def _cannot_commit(self, error: Exception) -> Exception:
        return failed(self.path, error) if isinstance(error, FAULTS) else error

    @property
    def bound(self) -> bool:
        """Whether the run is tied to a configuration already."""
        return bool(self._do("SELECT 1 FROM meta WHERE name = 'configuration'"))

    def note(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep something about the run that decides nothing, such as where its servers were, in its order."""
        row = (f"note: {name}", json.dumps(value, allow_nan=False))
        self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)

    def noted(self, name: str) -> Mapping[str, Any] | None:
        rows = self._do("SELECT value FROM meta WHERE name = ?", (f"note: {name}",))
        return dict(parsed(self.path, rows[0][0])) if rows else None

    def bind(self, decides: Mapping[str, Any]) -> None:
        """Tie the run to the configuration that decides it, or refuse with what changed.

        `decides` is nested JSON; it is compared leaf by leaf. Null is the same as not being there, so that a
        run goes on in which nobody knew yet of what is not set.
        """
        text = canonical_json(decides)
        rows = self._do("SELECT value FROM meta WHERE name = 'configuration'")
        if not rows:
            self._do("INSERT INTO meta VALUES ('configuration', ?)", (text,))
            return
        if rows[0][0] == text:
            return
        before, now = leaves(parsed(self.path, rows[0][0])), leaves(json.loads(text))
        changed = [
            f"  {name}: was {_shown(before, name)}, is {_shown(now, name)}"
            for name in sorted(before.keys() | now.keys())
            if before.get(name) != now.get(name)
        ]
        if not changed:
            return
        raise RunFolderError(
            f"{self.path.parent}: this folder holds a run with another configuration:\n"
            + "\n".join(changed)
            + "\nUse the settings of before to go on with it, or another folder with -o."
        )

    def call(self, unit: str, key: str) -> CallRecord | None:
        if self._mode == "read":
            found = f"SELECT answer, failure, {self._checksum} FROM calls WHERE unit = ? AND key = ?"
            rows = self._do(found, (unit, key))
            return self._call_record(*rows[0]) if rows else None
        if unit not in self._held:
            self._held[unit] = self._stored(unit)
        return self._held[unit].get(key)

    def _stored(self, unit: str) -> dict[str, CallRecord]:
        if unit not in self._units_with_calls:
            return {}
        rows = self._do("SELECT key, answer, failure, checksum FROM calls WHERE unit = ?", (unit,))
        return {key: self._call_record(*row) for key, *row in rows}

    def _call_record(self, answer: str | None, failure: str | None, checksum: int | None) -> CallRecord:
        check_texts(self.path, checksum, answer, failure)
        failed = parsed(self.path, failure)
        return CallRecord(parsed(self.path, answer), None if failed is None else tuple(failed))

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
        row = call_row(unit, key, seat, request, answer, failure)
        self._units_with_calls.add(unit)
        self._do("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)", row)
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
        row = call_row(unit, key, seat, request, answer, failure)
        self._units_with_calls.add(unit)
        await self._commits.commit("calls", row)
        if unit in self._held:
            self._held[unit][key] = CallRecord(answer, failure)

    def calls(self, unit: str) -> list[tuple[Any, ...]]:
        """All calls of a unit as they are stored, for :meth:`put_back`."""
        return self._do("SELECT * FROM calls WHERE unit = ?", (unit,))

    def put_back(self, unit: str, calls: Iterable[tuple[Any, ...]]) -> None:
        """Let a unit have these calls and no others."""
        self._held.pop(unit, None)
        self._units_with_calls.add(unit)
        with self._commits.lock:
            self._commits.settle()
            try:
                # Taken back as a whole where a part of it cannot be written.
                self._db.execute("BEGIN")
                with self._db:
                    self._db.execute("DELETE FROM calls WHERE unit = ?", (unit,))
                    self._db.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)", calls)
            except FAULTS as error:
                raise failed(self.path, error) from None

    def row(self, unit: str) -> tuple[Any, ...]:
        """The row of a finished unit as it is stored, for :meth:`commit_row`."""
        return self._do("SELECT * FROM units WHERE key = ?", (unit,))[0]

    async def commit_row(self, row: Sequence[Any], calls: Iterable[Sequence[Any]]) -> None:
        """Hold a finished unit as another journal stores it (:meth:`row`, :meth:`calls`), in place of what is
        held of it, without making the event loop wait for the disk."""
        unit = str(row[0])
        self._held.pop(unit, None)
        self._units_with_calls.add(unit)
        rows = [*(("calls", call) for call in calls), ("units", row)]
        await self._commits.commit_together(rows, first=("DELETE FROM calls WHERE unit = ?", (unit,)))

    def take_over(self, path: Path) -> None:
        """Hold what the journal of a process that had a share of this run has committed, in place of what is
        held of the same units; twice is as once. One that was never begun holds nothing."""
        with self._commits.lock:
            self._commits.settle()
            try:
                self._db.execute("ATTACH ? AS part", (str(path),))
                try:
                    self._units_with_calls.update(self._merged())
                finally:
                    self._db.execute("DETACH part")
            except FAULTS as error:
                raise (refused(self.path, error) if is_held(error) else failed(self.path, error)) from None
        self._held = {}

    def _merged(self) -> set[str]:
        tables = {name for (name,) in self._db.execute("SELECT name FROM part.sqlite_master")}
        if not {"calls", "units"} <= tables:
            return set()
        units = {unit for (unit,) in self._db.execute("SELECT DISTINCT unit FROM part.calls")}
        self._db.execute("BEGIN")
        with self._db:
            self._db.execute("DELETE FROM calls WHERE unit IN (SELECT DISTINCT unit FROM part.calls)")
            self._db.execute("INSERT INTO calls SELECT * FROM part.calls")
            self._db.execute("INSERT OR REPLACE INTO units SELECT * FROM part.units")
        return units

    def forget_calls(self, unit: str, *, failed_only: bool = False) -> None:
        """Drop the calls of a unit that starts again; with `failed_only`, those to be tried again."""
        self._held.pop(unit, None)
        if unit not in self._units_with_calls:
            return
        condition = " AND failure IS NOT NULL" if failed_only else ""
        # Nobody waits for it: what the unit records from now on comes behind it.
        self._commits.put(f"DELETE FROM calls WHERE unit = ?{condition}", (unit,))

    def lost_calls(self, unit: str) -> int:
        """How many calls of a unit got no answer although another try may get one (ModelUnavailable)."""
        if unit not in self._units_with_calls:
            return 0
        rows = self._do(
            "SELECT count(*) FROM calls WHERE unit = ? AND failure LIKE '[\"ModelUnavailable\",%'", (unit,)
        )
        return int(rows[0][0])

    def usage(self, unit: str) -> Usage:
        """What the answered calls of a unit cost together."""
        rows = self._do(
            f"SELECT answer, failure, {self._checksum} FROM calls WHERE unit = ? AND answer IS NOT NULL",
            (unit,),
        )
        return sum((self._usage(*row) for row in rows), Usage())

    def usages(self) -> dict[str, dict[bool, Usage]]:
        """What all answered calls cost, by whom they asked and by whether their tokens were counted."""
        found: dict[str, dict[bool, Usage]] = {}
        # By units, so that not all answers of a long run are held at once.
        units = [unit for (unit,) in self._do(UNITS_WITH_CALLS)]
        statement = (
            f"SELECT seat, answer, failure, {self._checksum} FROM calls WHERE unit = ? AND answer IS NOT NULL"
        )
        for seat, *row in (row for unit in units for row in self._do(statement, (unit,))):
            usage = self._usage(*row)
            of = found.setdefault(seat, {})
            counted = usage.prompt_tokens > 0
            of[counted] = of.get(counted, Usage()) + usage
        return found

    def _usage(self, answer: str, failure: str | None, checksum: int | None) -> Usage:
        check_texts(self.path, checksum, answer, failure)
        try:
            return Usage.from_json(parsed(self.path, answer)["usage"])
        except (KeyError, TypeError, ValueError) as error:
            raise failed(self.path, ValueError(error)) from None

    def unit(self, key: str) -> UnitRecord | None:
        rows = self._do(f"SELECT record, failure, {self._checksum} FROM units WHERE key = ?", (key,))
        if not rows:
            return None
        *texts, checksum = rows[0]
        check_texts(self.path, checksum, *texts)
        record, failure = (parsed(self.path, text) for text in texts)
        return UnitRecord(key, record, failure)

    def record_unit(self, unit: UnitRecord) -> UnitRecord:
        """Commit a finished unit before it counts; returns it as it will be read back."""
        row = unit_row(unit.key, unit.record, unit.failure)
        self._do("INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?)", row)
        return self._ended(row)

    async def commit_unit(self, unit: UnitRecord) -> UnitRecord:
        """As :meth:`record_unit`, without making the event loop wait for the disk."""
        row = unit_row(unit.key, unit.record, unit.failure)
        await self._commits.commit("units", row)
        return self._ended(row)

    def _ended(self, row: tuple[str, str | None, str | None, int]) -> UnitRecord:
        key, record, failure, _ = row
        self._held.pop(key, None)
        return UnitRecord(key, parsed(self.path, record), parsed(self.path, failure))


def _shown(leaves: Mapping[str, Any], name: str) -> str:
    return json.dumps(leaves[name], ensure_ascii=False) if name in leaves else "not set"
