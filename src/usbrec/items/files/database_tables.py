"""Databases as catalogue files: Parquet, and a table of an SQLite file."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from usbrec.databases import FAULTS, reading
from usbrec.errors import ConfigError, InputError
from usbrec.extras import extra
from usbrec.items.files.rows import Row, Table

_BATCH = 10_000


def parquet_table(path: Path) -> Table:
    with extra("retrieval", f"{path}: reading Parquet"):
        import pyarrow as pa
        from pyarrow import parquet

    def rows() -> Iterator[Row | str]:
        number = 0
        with telling():
            for batch in file.iter_batches(batch_size=_BATCH):
                for columns in batch.to_pylist():
                    number += 1
                    yield Row(f"row {number}", {name: _plain(value) for name, value in columns.items()})

    @contextlib.contextmanager
    def telling() -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: broken Parquet ({error}). Write the file anew.") from None

    with telling():
        file = parquet.ParquetFile(path)
    return Table(tuple(file.schema_arrow.names), rows())


def sqlite_table(path: Path, table: str | None) -> Table:
    def rows() -> Iterator[Row | str]:
        with telling(), stack, contextlib.closing(cells):
            for number, values in enumerate(cells, start=1):
                yield Row(f"row {number}", dict(zip(header, map(_plain, values), strict=True)))

    @contextlib.contextmanager
    def telling() -> Iterator[None]:
        try:
            yield
        except (*FAULTS, OSError) as error:
            raise InputError(f"{path}: cannot be read as SQLite ({error}). Is the file whole?") from None

    with telling(), contextlib.ExitStack() as opening:
        connection = opening.enter_context(reading(path))
        name = _chosen(path, connection, table).replace('"', '""')
        cells = connection.execute(f'SELECT * FROM "{name}"')  # a table's name cannot be a parameter
        stack = opening.pop_all()
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
    if isinstance(value, dict):
        return {str(name): _plain(entry) for name, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else value
