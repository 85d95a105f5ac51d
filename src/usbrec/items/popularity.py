"""How often people chose each item, counted from recorded dialogues.

Popularity decides what a bare title means and is the prior of the retriever, so it must never be
counted from what is evaluated on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from usbrec.errors import BadLines, InputError
from usbrec.files import json_lines, read_text
from usbrec.items.catalogue import Catalogue
from usbrec.items.titles import collapse


def popularity_from(path: str | Path, catalogue: Catalogue) -> dict[str, float]:
    """In how many dialogues each item was chosen or mentioned, by id; items never met are left out.

    Each line says by its fields what it is:

    - an iEvaLM row (`dialog_id`, `rec`) or one of our samples (`dialogue_id`, `targets`): the targets,
      once for each dialogue;
    - a conversation with its mentions (`conversationId`, `items`): each item once, and none at all
      where `in_ievalm_valid` marks the conversation as one to evaluate on.

    Raises InputError for a file that cannot be read or none of whose titles is in the catalogue,
    BadLines for lines that are none of these.
    """
    text = read_text(path)
    chosen: set[tuple[str, str]] = set()
    problems = []
    titles = 0
    for number, row in json_lines(text):
        if isinstance(row, str):
            problems.append(f"line {number}: {row}")
            continue
        entries = _entries(row)
        if isinstance(entries, str):
            problems.append(f"line {number}: {entries}")
            continue
        dialogue, named = entries
        for item_id, title in named:
            titles += 1
            chosen.update((dialogue, found) for found in _ids(catalogue, item_id, title))
    if problems:
        raise BadLines(str(path), problems)
    if titles and not chosen:
        raise InputError(
            f"{path}: none of its {titles} titles is in the catalogue. Do they belong to the same items?"
        )
    counts = Counter(item_id for _, item_id in chosen)
    return {item_id: float(counts[item_id]) for item_id in sorted(counts)}


_Named = list[tuple[str, str]]


def _entries(row: Mapping[str, Any]) -> tuple[str, _Named] | str:
    """The dialogue of a row and the (id, title) it names; the id is "" where only titles are given."""
    if "rec" in row or "targets" in row:
        dialogue_field, field = ("dialog_id", "rec") if "rec" in row else ("dialogue_id", "targets")
        titles = row[field]
        if not isinstance(row.get(dialogue_field), (str, int)):
            return f"field {dialogue_field!r} must be a text or a number"
        if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
            return f"field {field!r} must be a list of titles"
        return str(row[dialogue_field]), [("", title) for title in titles]
    if "conversationId" in row and "items" in row:
        items = row["items"]
        if not isinstance(items, list) or not all(
            isinstance(item, dict) and isinstance(item.get("name"), str) for item in items
        ):
            return "field 'items' must be a list of objects with a name"
        if row.get("in_ievalm_valid"):
            return str(row["conversationId"]), []
        return str(row["conversationId"]), [(str(item.get("movie_id", "")), item["name"]) for item in items]
    return "neither an iEvaLM row (rec), a sample (targets) nor a conversation (items)"


def _ids(catalogue: Catalogue, item_id: str, title: str) -> Iterable[str]:
    """The items a title counts for: by id where the name agrees, by the very name, else by the title."""
    item = catalogue.get(item_id)
    found = catalogue.find(title)
    if item is not None and item in found:
        return (item.id,)
    named = [item.id for item in found if item.name == collapse(title)]
    return named or [item.id for item in found]
