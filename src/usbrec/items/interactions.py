"""Interactions: conversations and sessions of which only the items are known (mentions, clicks, purchases).

One JSON object a line with an id of the conversation, session or user (`conversationId`, `session`,
`user`, `dialogue_id`, `dialog_id` or `id`) and its `items`: ids or titles, or objects with `movie_id`,
`item_id` or `id`, `name` or `title`, and, where known, `by` (``seeker`` or ``recommender``) and
`sentiment` (``neg``: not counted as recommended). Without `by`, every item counts as named and as chosen.
The `targets` of our samples and the `rec` of iEvaLM rows are read as such items, too.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.errors import BadLines, InputError, InputWarning
from usbrec.items.catalogue import Catalogue
from usbrec.items.titles import collapse
from usbrec.storage import json_lines, read_text

_SESSION = ("conversationId", "session", "user", "dialogue_id", "dialog_id", "id")
_ITEMS = ("items", "targets", "rec")
_ITEM_ID = ("movie_id", "item_id", "id")
_ITEM_NAME = ("name", "title")
#: So many of the items that the catalogue lacks are told, those named most often.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Session:
    """Ids of the items of one conversation, each with whether the seeker named it, None for unknown.

    `held_out` marks a conversation that the file's makers evaluate on.
    """

    id: str
    items: tuple[tuple[str, bool | None], ...]
    held_out: bool = False


def read_sessions(path: str | Path, catalogue: Catalogue) -> tuple[Session, ...]:
    """The sessions of a file, items that are not in the catalogue left out; an InputWarning says how many.

    Raises InputError for a file that cannot be read or none of whose items is in the catalogue, BadLines
    for lines that are no session.
    """
    sessions: list[Session] = []
    problems: list[str] = []
    named, lacking = 0, Counter[str]()
    for number, row in json_lines(read_text(path)):
        problem = row if isinstance(row, str) else problem_of(row)
        if problem is None and not isinstance(row, str):
            sessions.append(session_of(row, catalogue, lacking))
            named += len(_items_of(row))
        else:
            problems.append(f"line {number}: {problem}")
    if problems:
        raise BadLines(str(path), problems)
    if sessions and not any(session.items for session in sessions):
        raise InputError(f"{path}: none of its items is in the catalogue. Do they belong to the same items?")
    if lacking:
        shown = ", ".join(repr(one) for one, _ in lacking.most_common(_SHOWN))
        warnings.warn(
            InputWarning(
                f"{path}: {lacking.total()} of {named} items are not in the catalogue and count for nothing "
                f"({shown}{', ...' if len(lacking) > _SHOWN else ''})"
            ),
            stacklevel=2,
        )
    return tuple(sessions)


def _items_of(row: Mapping[str, Any]) -> list[Any]:
    return next((row[field] for field in _ITEMS if field in row), [])


def problem_of(row: Mapping[str, Any]) -> str | None:
    """Why a line is no session, or None."""
    if not any(isinstance(row.get(field), (str, int)) for field in _SESSION):
        return f"no id of the session (one of {', '.join(_SESSION)})"
    field = next((field for field in _ITEMS if field in row), None)
    if field is None:
        return f"no items (one of {', '.join(_ITEMS)})"
    items = row[field]
    if not isinstance(items, list):
        return f"field {field!r} must be a list"
    for item in items:
        if isinstance(item, dict) and not any(
            isinstance(item.get(name), (str, int)) for name in (*_ITEM_ID, *_ITEM_NAME)
        ):
            return f"field {field!r}: an object without an id or a name"
        if not isinstance(item, (dict, str, int)):
            return f"field {field!r} must hold ids, titles or objects"
    return None


def session_of(row: Mapping[str, Any], catalogue: Catalogue, lacking: Counter[str] | None = None) -> Session:
    """The session on a line that has no problem; `lacking` counts what the catalogue lacks."""
    items: list[tuple[str, bool | None]] = []
    for item in _items_of(row):
        seeker: bool | None = None
        if isinstance(item, dict):
            item_id = next((str(item[field]) for field in _ITEM_ID if item.get(field) is not None), "")
            name = next((str(item[field]) for field in _ITEM_NAME if item.get(field) is not None), "")
            # What was refused was not chosen, whoever named it.
            seeker = (
                True
                if item.get("by") == "seeker" or item.get("sentiment") == "neg"
                else (False if item.get("by") == "recommender" else None)
            )
        else:
            item_id = name = str(item)
        known = list(ids_of(catalogue, item_id, name))
        if not known and lacking is not None:
            lacking[name or item_id] += 1
        items += [(found, seeker) for found in known]
    return Session(_id_of(row), tuple(items), bool(row.get("in_ievalm_valid")))


def sessions_among(path: str | Path, ids: Container[str], catalogue: Catalogue) -> Iterator[Session]:
    """The sessions of a file that are of one of the `ids`, what is held out left out; lines that are no
    session are passed over, as they were told when the file was read. Raises InputError."""
    for _, row in json_lines(read_text(path)):
        if isinstance(row, str) or problem_of(row) is not None or _id_of(row) not in ids:
            continue
        session = session_of(row, catalogue)
        if not session.held_out:
            yield session


def _id_of(row: Mapping[str, Any]) -> str:
    return next(str(row[field]) for field in _SESSION if isinstance(row.get(field), (str, int)))


def ids_of(catalogue: Catalogue, item_id: str, title: str) -> Iterator[str]:
    """The items meant: by id where the name agrees or is missing, by the very name, else by the title."""
    item = catalogue.get(item_id)
    found = catalogue.find(title) if title and title != item_id else ()
    if item is not None and (item in found or not found):
        yield item.id
        return
    found = found or catalogue.find(title)
    named = [other.id for other in found if other.name == collapse(title)]
    yield from named or [other.id for other in found]
