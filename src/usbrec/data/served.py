"""Dialogues of our own service's store (``usbrec serve --store``), read without changing it.

A session keeps what each reply answered; a dialogue here is the session's last exchange with its reply. What
users thought of a reply ("liked", "disliked", "accepted", each 1) is that turn's rating; an opinion holds
until the opposite one of the same item is heard. The items that were accepted are the targets. The store is
written by ``usbrec.serve.storage.store``, which stands above this room.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from usbrec.data.utterances import Transcript, Utterance
from usbrec.databases import reading
from usbrec.dialogue import Turn
from usbrec.errors import InputError

MAGIC = b"SQLite format 3\0"
#: In the header of a store's file, and the makes of it whose tables are known.
_APPLICATION, _VERSIONS = 0x75736272, (1, 2, 3)
_TAKEN = frozenset({"accepted", "purchased"})
_OPPOSITE = {
    **dict.fromkeys(("liked", *_TAKEN), ("disliked",)),
    "disliked": ("liked", "accepted", "purchased"),
}


def is_database(path: str | os.PathLike[str]) -> bool:
    """Whether a file is one of SQLite. A pipe is not looked into."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def transcripts_of(path: str | os.PathLike[str]) -> Iterator[Transcript]:
    """The dialogues of a store, the oldest first. Raises InputError where it is none."""
    where = os.fspath(path)
    try:
        with reading(Path(path)) as store:
            if store.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
                raise InputError(f"{where}: is a database of something else, and no store of usbrec serve")
            if store.execute("PRAGMA user_version").fetchone()[0] not in _VERSIONS:
                raise InputError(f"{where}: was written by a newer version of usbrec. Use that one.")
            sessions = store.execute("SELECT id FROM sessions ORDER BY created, id").fetchall()
            for (session,) in sessions:
                transcript = _transcript(store, session)
                if transcript is not None:
                    yield transcript
    except (sqlite3.Error, OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{where}: cannot be read as a store ({error}). Is the file whole?") from None


def _transcript(store: sqlite3.Connection, session: str) -> Transcript | None:
    rows = store.execute("SELECT turn, record FROM exchanges WHERE session = ? ORDER BY turn", (session,))
    exchanges: dict[int, Mapping[str, Any]] = {turn: json.loads(record) for turn, record in rows}
    if not exchanges:
        return None
    opinions = _opinions(store, session)
    last = exchanges[max(exchanges)]
    turns = [*map(Turn.from_json, last["turns"]), Turn("recommender", last["reply"])]
    rated: dict[int, dict[str, float]] = {}
    targets: dict[str, None] = {}
    for number, exchange in exchanges.items():
        at = len(exchange["turns"])
        held = {kind for kind, _ in opinions.get(number, ())}
        # A reply that was asked for again stands in no later exchange, and its ratings with it.
        if held and at < len(turns) and turns[at].text == exchange["reply"]:
            rated.setdefault(at, {}).update(dict.fromkeys(sorted(held), 1.0))
        targets.update(dict.fromkeys(_accepted(exchange, opinions.get(number, set()))))
    return Transcript(
        session,
        tuple(Utterance(turn.role, turn.text, (), rated.get(at, {})) for at, turn in enumerate(turns)),
        "served",
        system=str(last.get("model") or ""),
        targets=tuple(targets),
    )


def _opinions(store: sqlite3.Connection, session: str) -> dict[int, set[tuple[str, str | None]]]:
    opinions: dict[int, set[tuple[str, str | None]]] = {}
    rows = store.execute("SELECT turn, kind, item FROM feedback WHERE session = ? ORDER BY rowid", (session,))
    for turn, kind, item in rows:
        held = opinions.setdefault(turn, set())
        held -= {(other, item) for other in _OPPOSITE.get(kind, ())}
        held.add((kind, item))
    return opinions


def _accepted(exchange: Mapping[str, Any], opinions: set[tuple[str, str | None]]) -> Iterator[str]:
    marked = {item for kind, item in opinions if kind in _TAKEN}
    for item in exchange["items"]:
        if None in marked or str(item["id"]) in marked:
            year = item.get("year")
            yield str(item["title"]) if year is None else f"{item['title']} ({year})"
