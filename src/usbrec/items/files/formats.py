"""Formats of catalogue files: rows one after the other, errors with file and line.

A format gives a :class:`Table`: the columns, and the rows as they come. What a column means is decided in
:mod:`usbrec.items.files.columns`. Rows are not kept, so that a file of a million items can be read.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import decimal
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from usbrec.dialogue import Item
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.items.files.columns import FieldMap, Mapper
from usbrec.storage import json_lines, json_problem, parse_json, read_text

SQLITE, PARQUET = b"SQLite format 3\0", b"PAR1"
_BATCH = 10_000


@dataclass(frozen=True)
class Row:
    """`place` says where it is in its file; `key` is its id where that stands outside the row."""

    place: str
    columns: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True)
class Table:
    """All columns there are, and the rows in order; a row that cannot be read is the problem as a text."""

    header: tuple[str, ...]
    rows: Iterator[Row | str]
    keyed: bool = False
    """Whether the file gives each row's id outside the row."""


def read_items(path: str | Path, fields: FieldMap | None = None, table: str | None = None) -> Iterator[Item]:
    """The items of a file, in its order; ids stand once. Errors as in :func:`usbrec.items.load_catalogue`."""
    yield from table_items(_table(Path(path), table), str(path), fields)


#: How a reader of a file says which column is the title.
_NAME_IT = 'title = "..." in the table [catalogue] of the settings'


def table_items(
    source: Table, where: str, fields: FieldMap | None = None, *, name_it: str = _NAME_IT
) -> Iterator[Item]:
    """The items of a table's rows, as :func:`read_items`. `where` is what the errors call it, `name_it` how
    the user says which column is the title."""
    mapper = Mapper(source.header, fields, where, keyed=source.keyed)
    taken: dict[str, tuple[str, str]] = {}
    problems: list[str] = []
    for row in source.rows:
        if isinstance(row, str):
            problems.append(row)
            continue
        if not mapper.columns["title"]:
            raise InputError(
                f"{where}: no title column. Columns: {', '.join(source.header) or 'none'}. Rename one to "
                f"'title', or say which it is: {name_it}."
            )
        item = mapper.item(row.columns, row.key)
        if item is None:
            problems.append(f"{row.place}: no title")
            continue
        if mapper.external_id and item.id in taken and taken[item.id][1] != item.name:
            item = replace(item, id=_numbered(item.id, taken))
        if item.id in taken:
            problems.append(f"{row.place}: id {item.id!r} stands already in {taken[item.id][0]}")
            continue
        taken[item.id] = (row.place, item.name)
        yield item
    if problems:
        raise BadLines(where, problems, "Every row needs a title and an id of its own.")
    if not taken:
        there = "a header but no items" if source.header else "no items"
        raise InputError(f"{where}: {there}. The catalogue needs at least one.")


def _numbered(item_id: str, taken: Mapping[str, object]) -> str:
    number = 2
    while f"{item_id}#{number}" in taken:
        number += 1
    return f"{item_id}#{number}"


def _table(path: Path, table: str | None) -> Table:
    suffix = path.suffix.casefold()
    opening = _opening(path)
    if opening.startswith(SQLITE):
        return _sqlite(path, table)
    if table is not None:
        raise ConfigError(f"{path}: table = {table!r} is for SQLite files, and this is none. Leave it out.")
    if opening.startswith(PARQUET):
        return _parquet(path)
    if suffix in {".parquet", ".sqlite", ".sqlite3", ".db"} and opening:
        raise InputError(f"{path}: does not begin like a {suffix[1:]} file. Is it whole, and one?")
    text = read_text(path)
    kind = _kind(suffix, text)
    if kind == "json":
        return _json(str(path), text)
    return _jsonl(text) if kind == "jsonl" else _csv(str(path), text)


def _opening(path: Path) -> bytes:
    """The first bytes; none of what cannot be read, which is for the reader of text to report."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE))
    except (OSError, ValueError):
        return b""


def _kind(suffix: str, text: str) -> str:
    """json, jsonl or csv: by suffix, but content decides about .json and what has no usual suffix."""
    if suffix in {".jsonl", ".ndjson"}:
        return "jsonl"
    if suffix in {".csv", ".tsv"}:
        return "csv"
    opening = text[: len(text) - len(text.lstrip()) + 1][-1]
    if opening not in "{[":
        return "json" if suffix == ".json" else "csv"
    lines = text.lstrip().split("\n", 2)
    if opening == "{" and len(lines) > 1 and lines[1].lstrip().startswith("{"):
        try:
            return "jsonl" if isinstance(parse_json(lines[0]), dict) else "json"
        except ValueError:
            return "json"
    return "json"


def _json(where: str, text: str) -> Table:
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
    header = dict.fromkeys(name for _, _, value in entries if isinstance(value, dict) for name in value)
    rows = (
        Row(place, value, key) if isinstance(value, dict) else f"{place}: not an object with attributes"
        for place, key, value in entries
    )
    return Table(tuple(header), rows, keyed=isinstance(data, dict))


def _jsonl(text: str) -> Table:
    # Any line may bring a column of its own, so they are read twice rather than kept.
    header = dict.fromkeys(name for _, value in json_lines(text) if isinstance(value, dict) for name in value)
    rows = (
        f"line {number}: {value}" if isinstance(value, str) else Row(f"line {number}", value)
        for number, value in json_lines(text)
    )
    return Table(tuple(header), rows)


def _csv(where: str, text: str) -> Table:
    # As universal newlines do it: a line end inside quotes is left to the reader.
    lines = (match[0] for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))
    header_line = next(match[0] for match in re.finditer(r"[^\r\n]+", text) if match[0].strip())
    delimiter = max(",\t;|", key=header_line.count)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)

    def all_cells() -> Iterator[tuple[str, list[str]]]:
        begins = 1
        try:
            for cells in reader:
                place, begins = f"line {begins}", reader.line_num + 1
                if any(cell.strip() for cell in cells):
                    yield place, cells
        except csv.Error as error:
            raise InputError(f"{where}:{reader.line_num}: broken CSV ({error}). Repair the file.") from None

    def rows() -> Iterator[Row | str]:
        for place, cells in filled:
            if len(cells) > len(header):
                yield f"{place}: {len(cells)} columns, the header has {len(header)}"
            else:
                yield Row(place, dict(zip(header, cells, strict=False)))

    filled = all_cells()
    header = tuple(cell.strip() for cell in next(filled, ("", []))[1])
    return Table(header, rows())


def _parquet(path: Path) -> Table:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            f"{path}: reading Parquet needs pyarrow. Install it: pip install 'usbrec[retrieval]'."
        ) from None

    def rows() -> Iterator[Row | str]:
        number = 0
        with reading():
            for batch in file.iter_batches(batch_size=_BATCH):
                for columns in batch.to_pylist():
                    number += 1
                    yield Row(f"row {number}", {name: _plain(value) for name, value in columns.items()})

    @contextlib.contextmanager
    def reading() -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: broken Parquet ({error}). Write the file anew.") from None

    with reading():
        file = parquet.ParquetFile(path)
    return Table(tuple(file.schema_arrow.names), rows())


def _sqlite(path: Path, table: str | None) -> Table:
    def rows() -> Iterator[Row | str]:
        with reading(), contextlib.closing(connection), contextlib.closing(cells):
            for number, values in enumerate(cells, start=1):
                yield Row(f"row {number}", dict(zip(header, map(_plain, values), strict=True)))

    @contextlib.contextmanager
    def reading() -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise InputError(f"{path}: cannot be read as SQLite ({error}). Is the file whole?") from None

    with reading():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        name = _chosen(path, connection, table).replace('"', '""')
        cells = connection.execute(f'SELECT * FROM "{name}"')  # a table's name cannot be a parameter
    header = tuple(column[0] for column in cells.description)
    return Table(header, rows())


def _chosen(path: Path, connection: sqlite3.Connection, table: str | None) -> str:
    """The table to read: the one named, or the only one there is."""
    listed = connection.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    there = ", ".join(sorted(str(name) for name, _ in listed)) or "none"
    if table is not None:
        found = [str(name) for name, _ in listed if str(name).casefold() == table.casefold()]
        if not found:
            raise ConfigError(f"{path}: no table {table!r}. Tables: {there}.")
        return found[0]
    tables = [str(name) for name, kind in listed if kind == "table"]
    if len(tables) != 1:
        raise ConfigError(
            f'{path}: which table holds the items? Tables: {there}. Say table = "..." in the table '
            "[catalogue] of the settings."
        )
    return tables[0]


def _plain(value: Any) -> Any:
    """What a database returns, as JSON would have it; bytes that are no text count as unknown."""
    if isinstance(value, (datetime.date, datetime.time, decimal.Decimal)):
        return str(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return [_plain(entry) for entry in value] if isinstance(value, list) else value
