"""Choices shared by runs: what a model said to a question that many runs ask alike is asked once.

SQLite in the user's cache holds them, by everything that decides the answer: the model's identity and the
request. Several processes may add at once; a file that is damaged or cannot be written costs time alone. A
run records what it was given as it records an answer, so that it replays without this store.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from usbrec.keys import canonical_json, digest
from usbrec.llm.protocol import Around, ChatModel, Choice, ChoiceRequest

#: Seconds to wait for another process that is writing.
_PATIENCE = 5.0


class SharedChoices(Around):
    """A model whose choices are kept in `file`; `about` is what decides them beside its identity, such as
    where a server is, and `served` asks, once, what runs there by now. A choice that could not be read is
    asked for again."""

    def __init__(
        self,
        inner: ChatModel,
        file: Path,
        about: Mapping[str, Any] | None = None,
        served: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        super().__init__(inner)
        self._file = file
        self._about = dict(about or {})
        self._served = served
        self._asking = asyncio.Lock()

    async def choose(self, request: ChoiceRequest) -> Choice:
        async with self._asking:
            if self._served is not None:
                self._about["served"] = await self._served()
                self._served = None
        decides = {"identity": dict(self.identity), "about": self._about, "request": request.to_json()}
        key = digest(decides)
        known = self._read(key)
        if known is not None:
            return known
        choice = await self.inner.choose(request)
        if choice.probabilities is not None:
            self._write(key, choice)
        return choice

    def _read(self, key: str) -> Choice | None:
        if not self._file.is_file():
            return None
        try:
            with self._opened() as kept:
                row = kept.execute("SELECT answer FROM choices WHERE asked = ?", (key,)).fetchone()
            return None if row is None else Choice.from_json(json.loads(row[0]))
        except (OSError, sqlite3.OperationalError):
            return None
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError):
            # No database any more, or not ours: what is asked anew takes its place.
            with contextlib.suppress(OSError):
                self._file.unlink()
            return None

    def _write(self, key: str, choice: Choice) -> None:
        with contextlib.suppress(OSError, sqlite3.Error):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as kept:
                kept.execute(
                    "INSERT OR REPLACE INTO choices VALUES (?, ?)", (key, canonical_json(choice.to_json()))
                )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database, whose changes are kept together when the block ends without an error."""
        with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as kept, kept:
            kept.execute("CREATE TABLE IF NOT EXISTS choices (asked TEXT PRIMARY KEY, answer TEXT)")
            yield kept
