"""The catalogue: every item that can be recommended, found by id and by title.

Read from JSON (the id2info files of the iEvaLM project), JSONL or CSV; see :func:`load_catalogue`.
"""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from usbrec.dialogue import Item
from usbrec.errors import BadLines, InputError
from usbrec.files import json_lines, json_problem, parse_json, read_text
from usbrec.items.fields import FieldMap, Mapper
from usbrec.items.titles import normalise_title, split_title
from usbrec.keys import digest

__all__ = ["Catalogue", "FieldMap", "load_catalogue", "normalise_title"]


class Catalogue:
    """An immutable collection of items, in the order they were given.

    Raises InputError when it is empty or an id stands twice.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = tuple(items)
        self._by_id: dict[str, Item] = {}
        for item in self._items:
            if item.id in self._by_id:
                raise InputError(f"catalogue: id {item.id!r} stands twice. Ids must be unique.")
            self._by_id[item.id] = item
        if not self._items:
            raise InputError("catalogue: no items. It needs at least one.")
        self._by_title: dict[str, list[Item]] = {}
        for item in sorted(self._items, key=by_popularity):
            self._by_title.setdefault(normalise_title(item.title), []).append(item)

    @classmethod
    def from_items(cls, items: Iterable[Item]) -> Catalogue:
        return cls(items)

    @property
    def items(self) -> tuple[Item, ...]:
        return self._items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._by_id

    def get(self, item_id: str) -> Item | None:
        return self._by_id.get(item_id)

    def find(self, title: str) -> tuple[Item, ...]:
        """The items of that title, most popular first, ties by id.

        With "(year)" only those of the year; when there are none, those of no known year.
        """
        bare, year = split_title(title)
        found = self._by_title.get(normalise_title(bare), [])
        if year is None:
            return tuple(found)
        return tuple(item for item in found if item.year == year) or tuple(
            item for item in found if item.year is None
        )

    def resolve(self, titles: Iterable[str]) -> tuple[Item, ...]:
        """All items of the given titles, in their order, each once. A shared title gives all its items."""
        found = {item.id: item for title in titles for item in self.find(title)}
        return tuple(found.values())

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over all items, whatever their order."""
        return digest(
            [
                [
                    item.id,
                    item.title,
                    item.year,
                    list(item.genres),
                    list(item.people),
                    item.text,
                    item.popularity,
                    dict(item.extra),
                ]
                for item in sorted(self._items, key=lambda item: item.id)
            ]
        )

    @functools.cached_property
    def has_popularity(self) -> bool:
        return any(item.popularity > 0 for item in self._items)

    def with_popularity(self, counts: Mapping[str, float]) -> Catalogue:
        """The same items with the popularity `counts` gives by id, 0 where it has none."""
        return Catalogue(replace(item, popularity=float(counts.get(item.id, 0.0))) for item in self._items)


def by_popularity(item: Item) -> tuple[float, str]:
    """The sort key that puts the most popular first, ties by id."""
    return (-item.popularity, item.id)


def load_catalogue(path: str | Path, fields: FieldMap | None = None) -> Catalogue:
    """Read a catalogue from a file.

    JSON: an object of id -> attributes (id2info.json), or a list of objects. JSONL: one object a line.
    CSV (also tab or semicolon): a header, then one item a line. Columns go by their usual names, or by
    `fields`. A title may carry its year, "Title (1999)"; an id that is missing is the title with year.
    Lists may be written as one text with commas. Where the id column is one of a register of works
    (IMDb, ISBN), a second row with the same id and another title is kept as "ID#2".

    Raises InputError for a file that is missing, unreadable, not UTF-8, broken JSON, empty or without a
    title column; BadLines listing the rows without a title and the ids that stand twice; ConfigError
    when `fields` names a column that is not there.
    """
    text = read_text(path)
    where = str(path)
    kind = _kind(Path(path).suffix.casefold(), text)
    if kind == "json":
        rows, problems = _json_rows(where, text)
    elif kind == "jsonl":
        rows, problems = _jsonl_rows(text)
    else:
        rows, problems = _csv_rows(where, text)
    return Catalogue(_items(where, rows, problems, fields))


# Where a row is in its file, its id where that stands outside the row, and its columns.
_Row = tuple[str, str | None, Mapping[str, Any]]
_Rows = tuple[list[_Row], list[str]]


def _kind(suffix: str, text: str) -> str:
    """json, jsonl or csv: by suffix, but content decides about .json and what has no usual suffix."""
    if suffix in {".jsonl", ".ndjson"}:
        return "jsonl"
    if suffix in {".csv", ".tsv"}:
        return "csv"
    opening = text.lstrip()
    if opening[0] not in "{[":
        return "json" if suffix == ".json" else "csv"
    lines = opening.split("\n", 2)
    if opening[0] == "{" and len(lines) > 1 and lines[1].lstrip().startswith("{"):
        try:
            return "jsonl" if isinstance(parse_json(lines[0]), dict) else "json"
        except ValueError:
            return "json"
    return "json"


def _json_rows(where: str, text: str) -> _Rows:
    try:
        data = parse_json(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}:{error.lineno}: {json_problem(error)}. Repair the file.") from None
    except ValueError as error:
        raise InputError(f"{where}: {json_problem(error)}. Repair the file.") from None
    if isinstance(data, dict):
        entries: list[tuple[str, str | None, Any]] = [
            (f"item {key!r}", str(key).strip(), value) for key, value in data.items()
        ]
    elif isinstance(data, list):
        entries = [(f"item number {number}", None, value) for number, value in enumerate(data, start=1)]
    else:
        raise InputError(f"{where}: not a catalogue. JSON must be an object of id -> attributes, or a list.")
    rows: list[_Row] = []
    problems = []
    for place, key, value in entries:
        if isinstance(value, dict):
            rows.append((place, key, value))
        else:
            problems.append(f"{place}: not an object with attributes")
    return rows, problems


def _jsonl_rows(text: str) -> _Rows:
    rows: list[_Row] = []
    problems = []
    for number, value in json_lines(text):
        if isinstance(value, str):
            problems.append(f"line {number}: {value}")
        else:
            rows.append((f"line {number}", None, value))
    return rows, problems


def _csv_rows(where: str, text: str) -> _Rows:
    header_line = next(line for line in text.splitlines() if line.strip())
    delimiter = max(",\t;|", key=header_line.count)
    # newline="" leaves line ends inside quotes to the reader.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows: list[_Row] = []
    problems = []
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            place, begins = f"line {begins}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
            elif len(cells) > len(header):
                problems.append(f"{place}: {len(cells)} columns, the header has {len(header)}")
            else:
                rows.append((place, None, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise InputError(f"{where}:{reader.line_num}: broken CSV ({error}). Repair the file.") from None
    if header is not None and not rows and not problems:
        raise InputError(f"{where}: a header but no items. The catalogue needs at least one.")
    return rows, problems


def _items(where: str, rows: list[_Row], problems: list[str], fields: FieldMap | None) -> list[Item]:
    if not rows and not problems:
        raise InputError(f"{where}: no items. The catalogue needs at least one.")
    header = {str(name): None for _, _, row in rows for name in row}
    mapper = Mapper(header, fields, where, keyed=any(key is not None for _, key, _ in rows))
    if rows and not mapper.columns["title"]:
        raise InputError(
            f"{where}: no title column. Columns: {', '.join(header) or 'none'}. "
            "Rename one to 'title', or say in the field map which one it is."
        )
    taken: dict[str, tuple[str, str]] = {}
    items = []
    for place, key, row in rows:
        item = mapper.item(row, key)
        if item is None:
            problems.append(f"{place}: no title")
            continue
        if item.id in taken and mapper.external_id and item.name not in taken[item.id]:
            number = 2
            while f"{item.id}#{number}" in taken:
                number += 1
            item = replace(item, id=f"{item.id}#{number}")
        if item.id in taken:
            problems.append(f"{place}: id {item.id!r} stands already in {taken[item.id][0]}")
            continue
        taken[item.id] = (place, item.name)
        items.append(item)
    if problems:
        raise BadLines(where, problems, "Every row needs a title and an id of its own.")
    return items
