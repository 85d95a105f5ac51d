"""Columns of logs with a row a turn: who speaks in which dialogue, in what words, and what people thought.

The names stand in ``lexicon/turn_columns.toml``.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.data.given_ratings import is_missing, rating_of
from usbrec.data.reading import clean, show
from usbrec.data.speakers import SEATS, seats_of
from usbrec.dialogue import Role
from usbrec.errors import InputError
from usbrec.lexicon import shared

_OWED = ("dialogue", "speaker", "text")


@functools.cache
def _names(use: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shared("turn_columns")["names"][use].split()))


@functools.cache
def known_seats() -> Mapping[str, Role]:
    directions = shared("turn_columns")["directions"]
    return {
        **SEATS,
        **dict.fromkeys(directions["seeker"].split(), "seeker"),
        **dict.fromkeys(directions["recommender"].split(), "recommender"),
    }


@functools.lru_cache(512)
def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def is_header(header: Sequence[str]) -> bool:
    """Whether these columns have a dialogue, a speaker and words."""
    keys = {_key(name) for name in header}
    return all(not keys.isdisjoint(_names(use)) for use in _OWED)


def is_row(value: Mapping[str, Any]) -> bool:
    """Whether this is a turn and no whole dialogue: the columns are there, and none of them is a list."""
    names = [name for name in value if isinstance(name, str)]
    if not is_header(names):
        return False
    owed = {one for use in _OWED for one in _names(use)}
    return not any(isinstance(value[name], list | dict) for name in names if _key(name) in owed)


@dataclass(frozen=True)
class Columns:
    """Which columns are read as what."""

    dialogue: str
    speaker: str
    text: str
    order: tuple[str, ...]
    time: tuple[str, ...]
    system: str | None
    dataset: str | None
    targets: str | None
    items: str | None
    of_dialogues: tuple[str, ...]
    of_turns: tuple[str, ...]
    labels: tuple[str, ...]


def columns_of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Of several columns for one thing the first in the list of names; of speakers the first whose names are
    all known."""
    by_key: dict[str, str] = {}
    for name in dict.fromkeys(name for row in rows for name in row if isinstance(name, str)):
        by_key.setdefault(_key(name), name)

    def called(use: str) -> list[str]:
        return [by_key[name] for name in _names(use) if name in by_key]

    def first(use: str) -> str | None:
        return next(iter(called(use)), None)

    def strangers(column: str) -> int:
        names = {speaker_of(row.get(column)) for row in rows}
        return sum(seat is None for seat in seats_of(sorted(names), known_seats()))

    def gaps(column: str) -> int:
        return sum(is_missing(row.get(column)) for row in rows)

    speakers = called("speaker")
    dialogues = called("dialogue")
    if not dialogues or not speakers or not called("text"):
        raise InputError("expected a row a turn, with columns such as conversation_id, role and text")
    speaker = min(speakers, key=strangers)
    ratings = {name: _scope(key) for key, name in by_key.items() if _rates(key)}
    return Columns(
        dialogue=min(dialogues, key=gaps),
        speaker=speaker,
        text=min(called("text"), key=lambda name: gaps(name) > len(rows) // 2),
        order=tuple(called("order")),
        time=tuple(called("time")),
        system=first("system"),
        dataset=first("dataset"),
        targets=first("targets"),
        items=first("items"),
        of_dialogues=tuple(name for name, scope in ratings.items() if scope != "turns"),
        of_turns=tuple(name for name, scope in ratings.items() if scope != "dialogues"),
        labels=tuple(called("labels")),
    )


def _rates(key: str) -> bool:
    return _without_scope(key)[1] in _names("ratings")


def _scope(key: str) -> str:
    """ "dialogues" or "turns" where a name says it, else ""."""
    return _without_scope(key)[0]


def _without_scope(key: str) -> tuple[str, str]:
    if key not in _names("ratings"):
        for scope in ("dialogues", "turns"):
            for prefix in _names(f"of_{scope}"):
                if key.startswith(prefix):
                    return scope, key.removeprefix(prefix)
    return "", key


def speaker_of(value: Any) -> str:
    return value.strip().rstrip(":").rstrip().casefold() if isinstance(value, str) else ""


def scopes_of(dialogues: Sequence[Sequence[Mapping[str, Any]]], columns: Columns) -> Mapping[str, str]:
    """Of what the ratings of each column are. A column whose name does not say it is of dialogues where it
    says the same on all rows of each, or is filled on the last alone, of dialogues with several replies."""
    found: dict[str, str] = {}
    for name in dict.fromkeys((*columns.of_dialogues, *columns.of_turns)):
        if name not in columns.of_turns:
            found[name] = "dialogues"
        elif name not in columns.of_dialogues:
            found[name] = "turns"
        else:
            rated = [rows for rows in dialogues if any(not is_missing(row.get(name)) for row in rows)]
            longer = [rows for rows in rated if len(rows) > 2]
            same = all(len({rating_in(row, name) for row in rows}) == 1 for rows in rated)
            last = all(all(is_missing(row.get(name)) for row in rows[:-1]) for rows in rated)
            found[name] = "dialogues" if rated and (same or (last and longer)) else "turns"
    return found


@functools.cache
def aspects() -> Mapping[str, str]:
    """How ratings of what judges are asked are called, by their names without capitals and marks."""
    return {_key(name): name for name in shared("turn_columns")["aspects"]["names"].split()}


def rating_name(column: str) -> str:
    """What a rating of this column is called: "Relevance" and "turn_relevance" are relevance."""
    key = _key(column)
    return aspects().get(key) or aspects().get(_without_scope(key)[1]) or column


def items_in(value: Any) -> Iterator[str]:
    """The titles or ids of a cell: a list, a list as JSON or Python write it, or parted by semicolons or
    bars. Raises InputError."""
    if is_missing(value):
        return
    if isinstance(value, str) and value.strip().startswith("["):
        value = _list_in(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a frame's column with gaps
    listed = value if isinstance(value, list | tuple) else re.split(r"[;|]", str(value))
    yield from (clean(str(one)).strip() for one in listed if str(one).strip())


def _list_in(text: str) -> list[Any]:
    for read in (json.loads, ast.literal_eval):
        try:
            listed = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(listed, list):
            return listed
    raise InputError(f"{show(text)}: a list that cannot be read")


def rating_in(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    return None if is_missing(value) else rating_of(value)
