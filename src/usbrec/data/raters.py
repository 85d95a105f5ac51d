"""Rows of a log that say one message again: by another rater, or with another of the items it recommends.

Logs that several people rated have each message once a rater, and some have a row for each item. Read as they
stand, everybody would say everything twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from usbrec.data.given_ratings import is_missing
from usbrec.data.turn_columns import Columns, items_in, rating_in
from usbrec.data.turn_order import Row


def joined(rows: Sequence[Row], columns: Columns) -> tuple[list[Row], int]:
    """The rows of a dialogue, those of one message as one, and how many of them were joined to another.

    Of one message are rows with the same number, time, speaker and words, some of which differ in another
    cell. A rating is the mean of all of them, items are those of all, and what they contradict each other in
    is not known.
    """
    groups: dict[str, list[Row]] = {}
    for at, row in enumerate(rows):
        numbered = any(not is_missing(one) for one in row.numbers.values())
        told = repr((sorted(row.numbers.items()), sorted(row.times.items()), row.name, row.text))
        groups.setdefault(told if numbered else f"row {at}", []).append(row)
    again = {}
    for group in groups.values():
        cells = {repr(sorted(row.cells.items(), key=repr)): row for row in group}
        if len(cells) > 1:
            again[id(group[0])] = replace(group[0], cells=_cells(list(cells.values()), columns))
    if not again:
        return list(rows), 0
    firsts = {id(group[0]) for group in groups.values()}
    alike = {id(row) for group in groups.values() if id(group[0]) not in again for row in group}
    kept = [again.get(id(row), row) for row in rows if id(row) in firsts or id(row) in alike]
    return kept, len(rows) - len(kept)


def _cells(rows: Sequence[Row], columns: Columns) -> Mapping[str, Any]:
    """The cells of one row in place of several."""
    found = dict(rows[0].cells)
    for name in (*columns.of_turns, *columns.of_dialogues):
        numbers = [number for row in rows if (number := rating_in(row.cells, name)) is not None]
        if numbers:
            found[name] = math.fsum(numbers) / len(numbers)
    for name in columns.labels:
        told = {str(value).strip() for row in rows if not is_missing(value := row.cells.get(name))}
        found[name] = told.pop() if len(told) == 1 else None
    if columns.items is not None:
        listed = [item for row in rows for item in items_in(row.cells.get(columns.items))]
        found[columns.items] = list(dict.fromkeys(listed))
    return found
