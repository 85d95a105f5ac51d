"""Run journal: every finished model call and every finished unit of work, in one SQLite file.

A *unit* is what is done or not done as a whole: one episode, or one sample's drafts. A call or a unit
counts once it is committed here, so that a killed run repeats nothing finished. One process holds a
run folder at a time: SQLite's exclusive locking mode is the lock, and the operating system releases it
when the process dies, however it dies.

Calls are keyed by their unit and by everything that decides their answer, never by time or order. That
makes three things one mechanism: resuming, accounting, and replaying a run without its models.
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

    def __init__(self, path: str | Path, *, mode: Literal["write", "read"] = "write") -> None:
        self.path = Path(path)
        self._mode = mode

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
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    @property
    def bound(self) -> bool:
        """Whether the run is tied to a configuration already."""
        return self._db.execute("SELECT 1 FROM meta WHERE name = 'configuration'").fetchone() is not None

    def note(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep something about the run that decides nothing, such as where its servers were, in its order."""
        row = (f"note: {name}", json.dumps(value, allow_nan=False))
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)

    def noted(self, name: str) -> Mapping[str, Any] | None:
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (f"note: {name}",)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def bind(self, decides: Mapping[str, Any]) -> None:
        """Tie the run to the configuration that decides it, or refuse with what changed.

        `decides` is nested JSON; it is compared leaf by leaf.
        """
        text = canonical_json(decides)
        row = self._db.execute("SELECT value FROM meta WHERE name = 'configuration'").fetchone()
        if row is None:
            self._db.execute("INSERT INTO meta VALUES ('configuration', ?)", (text,))
            return
        if row[0] == text:
            return
        before, now = _leaves(json.loads(row[0])), _leaves(json.loads(text))
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
        row = self._db.execute(
            "SELECT answer, failure FROM calls WHERE unit = ? AND key = ?", (unit, key)
        ).fetchone()
        if row is None:
            return None
        answer = None if row[0] is None else json.loads(row[0])
        failure = None if row[1] is None else tuple(json.loads(row[1]))
        return CallRecord(answer, failure)

    def record_call(
        self,
        unit: str,
        key: str,
        *,
        seat: str,
        request: Mapping[str, Any],
        answer: Mapping[str, Any] | None = None,
        failure: tuple[str, str] | None = None,
    ) -> None:
        """Commit one call before its answer is used."""
        self._db.execute(
            "INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?)",
            (
                unit,
                key,
                seat,
                canonical_json(request),
                None if answer is None else canonical_json(answer),
                None if failure is None else canonical_json(failure),
            ),
        )

    def calls(self, unit: str) -> list[tuple[Any, ...]]:
        """All calls of a unit as they are stored, for :meth:`put_back`."""
        return self._db.execute("SELECT * FROM calls WHERE unit = ?", (unit,)).fetchall()

    def put_back(self, unit: str, calls: Iterable[tuple[Any, ...]]) -> None:
        """Let a unit have these calls and no others."""
        self._db.execute("BEGIN")
        self.forget_calls(unit)
        self._db.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)", calls)
        self._db.execute("COMMIT")

    def forget_calls(self, unit: str, *, failed_only: bool = False) -> None:
        """Drop the calls of a unit that starts again; with `failed_only`, those to be tried again."""
        condition = " AND failure IS NOT NULL" if failed_only else ""
        self._db.execute(f"DELETE FROM calls WHERE unit = ?{condition}", (unit,))

    def lost_calls(self, unit: str) -> int:
        """How many calls of a unit got no answer although another try may get one (ModelUnavailable)."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM calls WHERE unit = ? AND failure LIKE '[\"ModelUnavailable\",%'", (unit,)
        ).fetchone()
        return int(count)

    def usage(self, unit: str) -> Usage:
        """What the answered calls of a unit cost together."""
        rows = self._db.execute("SELECT answer FROM calls WHERE unit = ? AND answer IS NOT NULL", (unit,))
        return sum((Usage.from_json(json.loads(row[0])["usage"]) for row in rows), Usage())

    def usages(self) -> dict[str, dict[bool, Usage]]:
        """What all answered calls cost, by whom they asked and by whether their tokens were counted."""
        found: dict[str, dict[bool, Usage]] = {}
        for seat, answer in self._db.execute("SELECT seat, answer FROM calls WHERE answer IS NOT NULL"):
            usage = Usage.from_json(json.loads(answer)["usage"])
            of = found.setdefault(seat, {})
            counted = usage.prompt_tokens > 0
            of[counted] = of.get(counted, Usage()) + usage
        return found

    def unit(self, key: str) -> UnitRecord | None:
        row = self._db.execute("SELECT record, failure FROM units WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        record, failure = (None if text is None else json.loads(text) for text in row)
        return UnitRecord(key, record, failure)

    def record_unit(self, unit: UnitRecord) -> UnitRecord:
        """Commit a finished unit before it counts; returns it as it will be read back."""
        texts = (None if part is None else canonical_json(part) for part in (unit.record, unit.failure))
        self._db.execute("INSERT OR REPLACE INTO units VALUES (?, ?, ?)", (unit.key, *texts))
        return self.unit(unit.key) or unit


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
