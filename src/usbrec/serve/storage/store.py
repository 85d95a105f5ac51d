"""Conversation store: what people said and thought of it, in one SQLite file, where it is asked for.

An exchange is one reply with all that was said before it: clients send the whole conversation each time,
change it and ask again, so that a chain of turns would tell less than what each reply answered. A method
returns when its change is on the disk. What is deleted is overwritten.

A session belongs to the key that began it (`key`, its name; None where the service has no keys): with another
key it is not there. A name outlives its key, so that a key can be replaced; sessions whose key is gone are
deleted here alone (`forget`).
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from usbrec.databases import FAULTS, is_full, told
from usbrec.dialogue import Turn
from usbrec.errors import InputError, StoreFailed

Kind = Literal["liked", "disliked", "accepted", "clicked", "purchased"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Winner = Literal["left", "right", "tie"]

_SCHEMA = """
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, key TEXT, user TEXT, created REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user, key);
CREATE TABLE exchanges (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, turn INTEGER NOT NULL,
    at REAL NOT NULL, record TEXT NOT NULL, PRIMARY KEY (session, turn)
) WITHOUT ROWID;
CREATE TABLE feedback (
    session TEXT NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, item TEXT, at REAL NOT NULL,
    FOREIGN KEY (session, turn) REFERENCES exchanges (session, turn) ON DELETE CASCADE
);
CREATE INDEX feedback_turn ON feedback (session, turn);
CREATE TABLE votes (
    at REAL NOT NULL, left TEXT NOT NULL, right TEXT NOT NULL, winner TEXT NOT NULL, key TEXT, dialogue TEXT
);
CREATE UNIQUE INDEX votes_once ON votes (coalesce(key, ''), dialogue);
"""
#: In the file's header: this is a store of ours, and of this make.
_APPLICATION, _VERSION = 0x75736272, 3
#: What a store of the make before each of these lacks.
_UPGRADES = {
    # Sessions had no owner: they stay those of a service without keys.
    2: "ALTER TABLE sessions ADD COLUMN key TEXT; DROP INDEX sessions_user; "
    "CREATE INDEX sessions_user ON sessions (user, key);",
    # Votes were nobody's, and of no dialogue.
    3: "ALTER TABLE votes ADD COLUMN key TEXT; ALTER TABLE votes ADD COLUMN dialogue TEXT; "
    "CREATE UNIQUE INDEX votes_once ON votes (coalesce(key, ''), dialogue);",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One reply to `turns`. `system` is what the model was told to be, `items` what the reply names."""

    system: str
    turns: tuple[Turn, ...]
    reply: str
    model: str
    finish: str
    items: tuple[Mapping[str, Any], ...] = ()
    profile: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "turns": [turn.to_json() for turn in self.turns],
            "reply": self.reply,
            "model": self.model,
            "finish": self.finish,
            "items": list(self.items),
            "profile": self.profile,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Exchange:
        return cls(
            data["system"],
            tuple(Turn.from_json(turn) for turn in data["turns"]),
            data["reply"],
            data["model"],
            data["finish"],
            tuple(data["items"]),
            data["profile"],
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the seeker thought of a reply, or of one item in it."""

    turn: int
    kind: Kind
    item: str | None
    at: float

    def to_json(self) -> dict[str, Any]:
        return {"turn": self.turn, "kind": self.kind, "item": self.item, "at": self.at}


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation: its exchanges by number."""

    id: str
    user: str | None
    created: float
    exchanges: Mapping[int, Exchange]
    feedback: tuple[Feedback, ...]

    def to_json(self) -> dict[str, Any]:
        last = self.exchanges[max(self.exchanges)] if self.exchanges else None
        turns = () if last is None else (*last.turns, Turn("recommender", last.reply))
        return {
            "session": self.id,
            "user": self.user,
            "created": self.created,
            "turns": [turn.to_json() for turn in turns],
            "exchanges": [
                {"turn": number, **exchange.to_json()} for number, exchange in self.exchanges.items()
            ],
            "feedback": [one.to_json() for one in self.feedback],
        }


@dataclass(frozen=True, slots=True)
class Vote:
    """Which of two models somebody preferred in a dialogue. Votes of before have no `dialogue`."""

    key: str | None
    dialogue: str | None
    left: str
    right: str
    winner: Winner


class Store:
    """The file. Use it from one thread at a time, and close it.

    Raises InputError when the file is something else, or is not there (`must_exist`); every method
    StoreFailed when it cannot be read or written, and then nothing of what was to be written is there.
    """

    def __init__(self, path: str | Path, *, must_exist: bool = False) -> None:
        self.path = Path(path)
        try:
            if must_exist and not self.path.is_file():
                raise InputError(f"{path}: no such store. `usbrec serve --store FILE` writes one.")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # What people say is for the owner's eyes, from the first moment on.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(self.path, timeout=10.0, isolation_level=None, check_same_thread=False)
        except (OSError, *FAULTS) as error:
            raise InputError(f"{path}: cannot be opened ({error}). Check the path.") from None
        try:
            self._prepare()
        except FAULTS as error:
            self._db.close()
            raise InputError(f"{path}: is no store ({error}). Name another file.") from None
        except InputError:
            self._db.close()
            raise

    def _prepare(self) -> None:
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        mark = self._db.execute("PRAGMA application_id").fetchone()[0]
        if tables and mark != _APPLICATION:
            raise InputError(f"{self.path}: is a database of something else. Name another file.")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise InputError(f"{self.path}: was written by a newer version of usbrec. Use that one.")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.execute("PRAGMA foreign_keys=ON")
        if not tables:
            self._db.executescript(
                f"BEGIN; PRAGMA application_id={_APPLICATION}; PRAGMA user_version={_VERSION}; "
                f"{_SCHEMA} COMMIT;"
            )
        else:
            # A version's table is there once; the mark and the tables change together.
            steps = "".join(
                f"{text} PRAGMA user_version={make}; " for make, text in _UPGRADES.items() if make > version
            )
            if steps:
                self._db.executescript(f"BEGIN; {steps} COMMIT;")

    def close(self) -> None:
        self._db.close()

    def _do(self, statement: str, values: Iterable[Any] = ()) -> tuple[list[tuple[Any, ...]], int]:
        """Execute one statement, committed when this returns: its rows, and how many it changed."""
        values = tuple(values)
        try:
            return self._once(statement, values)
        except FAULTS as error:
            if not (is_full(error) and self._emptied()):
                raise StoreFailed(f"{self.path}: {told(error)}.") from None
        try:
            return self._once(statement, values)
        except FAULTS as error:
            raise StoreFailed(f"{self.path}: {told(error)}.") from None

    def _once(self, statement: str, values: tuple[Any, ...]) -> tuple[list[tuple[Any, ...]], int]:
        cursor = self._db.execute(statement, values)
        # All rows are fetched, because the change is only committed when the statement is over.
        return cursor.fetchall(), cursor.rowcount

    def _emptied(self) -> bool:
        """Whether the log of changes could be written into the file and emptied. It gives back the room that
        the log took, and leaves nothing in it of what was deleted."""
        try:
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except FAULTS:
            return False
        return not busy

    def begin(self, user: str | None, key: str | None = None) -> str:
        """A new session's id."""
        session = f"s-{secrets.token_urlsafe(16)}"
        self._do(
            "INSERT INTO sessions (id, key, user, created) VALUES (?, ?, ?, ?)",
            (session, key, user, time.time()),
        )
        return session

    def has(self, session: str, key: str | None = None) -> bool:
        found, _ = self._do("SELECT 1 FROM sessions WHERE id = ? AND key IS ?", (session, key))
        return bool(found)

    def add(self, session: str, exchange: Exchange) -> int | None:
        """The number that the exchange got; None when there is no such session (any more)."""
        next_turn = "(SELECT coalesce(max(turn) + 1, 0) FROM exchanges WHERE session = sessions.id)"
        rows, _ = self._do(
            f"INSERT INTO exchanges SELECT id, {next_turn}, ?, ? FROM sessions WHERE id = ? RETURNING turn",
            # In ASCII: half a surrogate pair, which a model may say, could not be written otherwise.
            (time.time(), json.dumps(exchange.to_json()), session),
        )
        return int(rows[0][0]) if rows else None

    def add_feedback(
        self, session: str, turn: int, kind: Kind, item: str | None, key: str | None = None
    ) -> bool:
        """False when there is no such reply. Whether it names the item is :meth:`named` to say."""
        _, done = self._do(
            "INSERT INTO feedback SELECT session, turn, ?, ?, ? FROM exchanges JOIN sessions "
            "ON sessions.id = session WHERE session = ? AND turn = ? AND key IS ?",
            (kind, item, time.time(), session, turn, key),
        )
        return done == 1

    def named(self, session: str, turn: int, key: str | None = None) -> Mapping[int, tuple[str, ...]] | None:
        """The ids of the items that each reply of a session names, by its number; None where there is no such
        reply."""
        rows, _ = self._do(
            "SELECT turn, record FROM exchanges JOIN sessions ON sessions.id = session "
            "WHERE session = ? AND key IS ? ORDER BY turn",
            (session, key),
        )
        found = {
            number: tuple(str(item["id"]) for item in json.loads(record)["items"]) for number, record in rows
        }
        return found if turn in found else None

    def session(self, session: str, key: str | None = None) -> Session | None:
        rows, _ = self._do("SELECT id, user, created FROM sessions WHERE id = ? AND key IS ?", (session, key))
        return self._read(*rows[0]) if rows else None

    def sessions(self) -> list[Session]:
        """All of them, whatever the key, the oldest first."""
        rows, _ = self._do("SELECT id, user, created FROM sessions ORDER BY created, id")
        return [self._read(*row) for row in rows]

    def _read(self, session: str, user: str | None, created: float) -> Session:
        exchanges, _ = self._do(
            "SELECT turn, record FROM exchanges WHERE session = ? ORDER BY turn", (session,)
        )
        feedback, _ = self._do(
            "SELECT turn, kind, item, at FROM feedback WHERE session = ? ORDER BY rowid", (session,)
        )
        return Session(
            session,
            user,
            created,
            {turn: Exchange.from_json(json.loads(record)) for turn, record in exchanges},
            tuple(Feedback(*one) for one in feedback),
        )

    def delete(self, session: str, key: str | None = None) -> bool:
        """A session with all of its exchanges and feedback; False when there was none."""
        return self._wipe("DELETE FROM sessions WHERE id = ? AND key IS ?", session, key) > 0

    def delete_user(self, user: str, key: str | None = None) -> int:
        """All of a person's sessions; how many there were."""
        return self._wipe("DELETE FROM sessions WHERE user = ? AND key IS ?", user, key)

    def delete_person(self, name: str) -> int:
        """All sessions of a user of this name, whatever the key, and of a key of this name, and the votes of
        that key; how many sessions."""
        self._do("DELETE FROM votes WHERE key = ?", (name,))
        return self._wipe("DELETE FROM sessions WHERE user = ? OR key = ?", name, name)

    def vote(self, vote: Vote) -> None:
        """Keep a vote in place of one that the same key has cast on the same dialogue before."""
        row = (time.time(), vote.left, vote.right, vote.winner, vote.key, vote.dialogue)
        self._do("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?, ?)", row)

    def votes(self) -> list[Vote]:
        rows, _ = self._do("SELECT key, dialogue, left, right, winner FROM votes ORDER BY rowid")
        return [Vote(*row) for row in rows]

    def _wipe(self, statement: str, *values: str | None) -> int:
        _, count = self._do(statement, values)
        # The log of changes would still hold the old pages.
        if not self._emptied() and count:
            raise StoreFailed(
                f"{self.path}: what was to be deleted is gone from the store, but its words are still in "
                f"{self.path.name}-wal, which could not be emptied. They go once there is room, with the "
                "next deletion or when the service ends."
            )
        return count


def forget(path: str | Path, name: str) -> int:
    """Delete what a store holds of a person, known by the name of a user or of a key; how many sessions that
    were. A service may be running on it. Raises InputError."""
    store = Store(path, must_exist=True)
    try:
        return store.delete_person(name)
    finally:
        store.close()
