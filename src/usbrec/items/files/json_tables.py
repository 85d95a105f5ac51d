"""JSON of catalogue files: an object or a list of items, or an object a line, as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from usbrec.errors import InputError
from usbrec.items.files.rows import Row, Table, Unreadable
from usbrec.storage import NO_OBJECT, json_lines, json_problem, parse_json


def json_table(where: str, text: str) -> Table:
    try:
        data = parse_json(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}:{error.lineno}: {json_problem(error)}. Repair the file.") from None
    except ValueError as error:
        raise InputError(f"{where}: {json_problem(error)}. Repair the file.") from None
    data = _unwrapped(data)
    if isinstance(data, dict):
        entries: list[tuple[str, str | None, Any]] = [
            (f"item {key!r}", str(key).strip(), value) for key, value in data.items()
        ]
    elif isinstance(data, list):
        entries = [(f"item number {number}", None, value) for number, value in enumerate(data, start=1)]
    else:
        raise InputError(f"{where}: not a catalogue. JSON must be an object of id -> attributes, or a list.")
    header = dict.fromkeys(name for _, _, value in entries if isinstance(value, dict) for name in value)
    rows = (
        Row(place, value, key) if isinstance(value, dict) else f"{place}: not an object with attributes"
        for place, key, value in entries
    )
    values = [value for _, _, value in entries]
    return Table(tuple(header), rows, keyed=isinstance(data, dict), again=lambda: values)


def _unwrapped(data: Any) -> Any:
    """The items where an object holds them beside what is said of them: {"page": 1, "results": [...]}."""
    if not isinstance(data, dict):
        return data
    lists = [
        value
        for value in data.values()
        if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value)
    ]
    if len(lists) == 1 and not any(isinstance(value, dict) for value in data.values()):
        return lists[0]
    inside = next(iter(data.values()), None)
    if (
        len(data) == 1
        and isinstance(inside, dict)
        and all(isinstance(entry, dict) for entry in inside.values())
    ):
        named = {str(key).casefold() for key in inside} & {"title", "name"}
        return data if named or not inside else inside
    return data


def json_lines_table(text: str) -> Table:
    # Any line may bring a column of its own, so they are read twice rather than kept.
    header = dict.fromkeys(name for _, value in json_lines(text) if isinstance(value, dict) for name in value)

    def rows() -> Iterator[Row | str]:
        for number, value in json_lines(text):
            if not isinstance(value, str):
                yield Row(f"line {number}", value)
            elif value == NO_OBJECT:
                yield f"line {number}: {value}"
            else:
                yield Unreadable(f"line {number}: {value}")

    return Table(tuple(header), rows(), again=lambda: (value for _, value in json_lines(text)))
