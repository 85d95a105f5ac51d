"""Formats of catalogue files: rows one after the other, errors with file and line.

A format gives a :class:`Table`: the columns, and the rows as they come. What a column means is decided in
:mod:`usbrec.items.files.columns`. Rows are not kept, so that a file of a million items can be read.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import datetime
import decimal
import itertools
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from usbrec.databases import FAULTS, reading
from usbrec.dialogue import Item
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.extras import extra
from usbrec.items.constraints.column_roles import makers_of
from usbrec.items.constraints.column_types import ColumnType
from usbrec.items.files.columns import FieldMap, Mapper
from usbrec.items.files.detail_objects import DetailObjects
from usbrec.items.files.entity_rows import EntityRows
from usbrec.items.files.envelopes import envelope, names_inside, opened
from usbrec.items.files.report import ReadingReport
from usbrec.items.files.unpublished_rows import UnpublishedRows
from usbrec.items.files.variant_rows import VariantRows
from usbrec.patterns import LazyPattern
from usbrec.storage import NO_OBJECT, json_lines, json_problem, parse_json, read_text

SQLITE, PARQUET = b"SQLite format 3\0", b"PAR1"
_BATCH = 10_000
#: What files are that have to be opened by something else first.
_PACKED = {
    b"\x1f\x8b": "packed with gzip; unpack it first (gunzip)",
    b"BZh": "packed with bzip2; unpack it first (bunzip2)",
    b"\xfd7zXZ": "packed with xz; unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it first (unzstd)",
    b"PK\x03\x04": "a workbook of a spreadsheet, or an archive; save the table as CSV, or unpack it first",
    b"\xd0\xcf\x11\xe0": "a workbook of a spreadsheet; save the table as CSV",
}
#: How XML, HTML, BibTeX and RIS begin, of which no line is a header of columns.
_MARKED = LazyPattern(r"\s*(?:<(?=[?!A-Za-z])|@\w+\s*\{|TY  - )")


@dataclass(frozen=True)
class Row:
    """`place` says where it is in its file; `key` is its id where that stands outside the row."""

    place: str
    columns: Mapping[str, Any]
    key: str | None = None


class Unreadable(str):
    """A line that is no JSON: the file is refused whole."""

    __slots__ = ()


@dataclass(frozen=True)
class Table:
    """All columns there are, and the rows in order; a row that cannot be used is the problem as a text."""

    header: tuple[str, ...]
    rows: Iterator[Row | str]
    keyed: bool = False
    """Whether the file gives each row's id outside the row."""
    again: Callable[[], Iterable[object]] | None = None
    """Gives the columns of all rows once more, for names that only some rows have inside an object."""


#: Hears what reading a table took and left, once all its items are read.
Tell = Callable[[ReadingReport], None]


def read_items(
    path: str | Path,
    fields: FieldMap | None = None,
    table: str | None = None,
    *,
    encoding: str | None = None,
    tell: Tell | None = None,
    types: Mapping[str, ColumnType] | None = None,
) -> Iterator[Item]:
    """The items of a file, in its order; ids stand once. Errors as in :func:`usbrec.items.load_catalogue`."""
    yield from table_items(_table(Path(path), table, encoding), str(path), fields, tell=tell, types=types)


#: So many rows say what the name of a column leaves open.
_FIRST = 50

#: How a reader of a file says which column is the title.
_NAME_IT = 'title = "..." in the table [catalogue] of the settings'


def table_items(
    source: Table,
    where: str,
    fields: FieldMap | None = None,
    *,
    name_it: str = _NAME_IT,
    tell: Tell | None = None,
    types: Mapping[str, ColumnType] | None = None,
) -> Iterator[Item]:
    """The items of a table's rows, as :func:`read_items`. `where` is what the errors call it, `name_it` how
    the user says which column is the title, `types` what further columns hold. `tell` may raise, too."""
    rows = iter(source.rows)
    first = list(itertools.islice(rows, _FIRST))
    header = source.header
    entities = EntityRows(
        header, [row.columns for row in first if isinstance(row, Row)], _named(fields, types)
    )
    if entities:
        joined = (
            one if isinstance(one, str) else replace(one[0], columns=one[1])
            for one in entities.together(itertools.chain(first, rows))
        )
        header = entities.header
        first, rows = list(itertools.islice(joined, _FIRST)), joined
    known = [row.columns for row in first if isinstance(row, Row)]
    wanted = fields.title if fields is not None and isinstance(fields.title, str) else None
    # Most files have a title in their header, and no look at their cells.
    within = envelope(header, known, wanted)
    if within is not None:
        inner = names_inside(source.again() if source.again is not None else known, within)
        header = tuple(dict.fromkeys((*(name for name in header if name != within), *inner)))
        first, rows = [_opened(row, within) for row in first], (_opened(row, within) for row in rows)
    known = [row.columns for row in first if isinstance(row, Row)]
    details = DetailObjects(header, known, _named(fields, types))
    if details:
        header = details.header
        first, rows = list(map(_with(details), first)), map(_with(details), rows)
    mapper = Mapper(
        header,
        fields,
        where,
        keyed=source.keyed,
        types=types,
        first=[row.columns for row in first if isinstance(row, Row)],
        within=within,
    )
    # Where each id stands first. Texts alone: a million small tuples would keep the garbage collector busy.
    taken: dict[str, str] = {}
    names: dict[str, str] = {}
    problems: list[str] = []
    unreadable: list[str] = []
    could_be = " or ".join(map(repr, mapper.title.could_be))
    why = f"no column is plainly the title; it could be {could_be}" if could_be else "no title column"
    untitled = InputError(
        f"{where}: {why}. Columns: {', '.join(header) or 'none'}. Rename one to "
        f"'title', or say which it is: {name_it}. A file without a line of names needs one."
    )
    external = mapper.external_id
    #: Where ids are titles, whose each of them is.
    titled = not (mapper.columns["id"] or source.keyed)
    makers: dict[str, int] = {}
    unpublished = UnpublishedRows(source.header)
    variants = VariantRows(source.header, mapper.columns["title"], unpublished.is_hidden)
    for row in unpublished.without(variants.together(itertools.chain(first, rows))):
        if isinstance(row, str):
            (unreadable if isinstance(row, Unreadable) else problems).append(row)
            continue
        if not mapper.columns["title"]:
            raise untitled
        item = mapper.item(row.columns, row.key, row.place)
        if item is None:
            problems.append(f"{row.place}: no title")
            continue
        if external and item.id in taken and names[item.id] != item.name:
            item = replace(item, id=_numbered(item.id, taken))
        if titled and item.id in taken and (who := makers_of(item)) and hash(tuple(who)) != makers[item.id]:
            # Two things of one name by two makers.
            item = replace(item, id=f"{item.id}, {', '.join(who)}")
        if item.id in taken:
            problems.append(f"{row.place}: id {item.id!r} stands already in {taken[item.id]}")
            continue
        taken[item.id] = row.place
        if external:
            names[item.id] = item.name
        if titled:
            makers[item.id] = hash(tuple(makers_of(item)))
        mapper.take(item, row.place)
        yield item
    report = mapper.report(where, len(taken), problems, name_it)
    if told := variants.told():
        report = replace(report, joined=f"{report.joined} {told}".strip(), variants=variants.count)
    if told := details.told():
        report = replace(report, joined=f"{report.joined} {told}".strip())
    if told := entities.told():
        report = replace(report, joined=f"{report.joined} {told}".strip(), variants=entities.count)
    if told := unpublished.told():
        report = replace(
            report,
            joined=f"{report.joined} {told}".strip(),
            unpublished=unpublished.counts.total(),
        )
    if unreadable:
        raise BadLines(where, unreadable, "Repair or remove these lines: what they say cannot be known.")
    if problems and source.header and not mapper.columns["title"]:
        raise untitled
    if len(taken) < len(problems):
        raise BadLines(
            where,
            problems,
            f"Less than half of the rows can be used ({len(taken)} of {len(taken) + len(problems)}). "
            f"Every row needs a title and an id of its own. {report.columns_told()}",
        )
    if not taken:
        there = "a header but no items" if source.header else "no items"
        there += f". {unpublished.told()}".rstrip(". ") if unpublished.counts else ""
        raise InputError(f"{where}: {there}. The catalogue needs at least one.")
    if tell is not None:
        tell(report)


def _named(fields: FieldMap | None, types: Mapping[str, ColumnType] | None) -> frozenset[str]:
    """The columns that the user names."""
    given = () if fields is None else dataclasses.astuple(fields)
    columns = [
        one for columns in given if columns for one in ([columns] if isinstance(columns, str) else columns)
    ]
    return frozenset((*columns, *(types or {})))


def _with(details: DetailObjects) -> Callable[[Row | str], Row | str]:
    return lambda row: row if isinstance(row, str) else replace(row, columns=details.opened(row.columns))


def _opened(row: Row | str, within: str) -> Row | str:
    return row if isinstance(row, str) else replace(row, columns=opened(row.columns, within))


def _numbered(item_id: str, taken: Mapping[str, object]) -> str:
    number = 2
    while f"{item_id}#{number}" in taken:
        number += 1
    return f"{item_id}#{number}"


_OTHER_ENCODING = (
    'As {encoding} it reads {line}. If that is right, say encoding = "{encoding}" in the table [catalogue] '
    'of the settings (in Python, encoding="{encoding}"); or save the file as UTF-8.'
)
_UNKNOWN_ENCODING = (
    "Save the file as UTF-8, or say its encoding in the table [catalogue] of the settings (in Python, "
    'encoding="...").'
)


def _table(path: Path, table: str | None, encoding: str | None) -> Table:
    suffix = path.suffix.casefold()
    opening = _opening(path)
    if encoding is not None and opening.startswith((SQLITE, PARQUET)):
        raise ConfigError(
            f"{path}: encoding = {encoding!r} is for text files, and this is none. Leave it out."
        )
    if opening.startswith(SQLITE):
        return _sqlite(path, table)
    if table is not None:
        raise ConfigError(f"{path}: table = {table!r} is for SQLite files, and this is none. Leave it out.")
    if opening.startswith(PARQUET):
        return _parquet(path)
    if packed := next((what for mark, what in _PACKED.items() if opening.startswith(mark)), None):
        raise InputError(f"{path}: {packed}.")
    if suffix in {".parquet", ".sqlite", ".sqlite3", ".db"} and opening:
        raise InputError(f"{path}: does not begin like a {suffix[1:]} file. Is it whole, and one?")
    text = read_text(path, encoding, _OTHER_ENCODING, _UNKNOWN_ENCODING)
    if "\x00" in text[:_PEEKED]:
        raise InputError(
            f'{path}: holds characters that are no text. If it is UTF-16, say encoding = "utf-16-le" in the '
            "table [catalogue] of the settings; an archive has to be unpacked first."
        )
    if marked := _MARKED.match(text):
        what = "XML or HTML" if marked[0].strip() == "<" else "a bibliography"
        raise InputError(f"{path}: {what}, which is not read. Export the items as CSV or JSON.")
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


def _jsonl(text: str) -> Table:
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


def _csv(where: str, text: str) -> Table:
    told = _SEPARATOR_TOLD.match(text)
    if told:  # a blank line, so that lines keep their numbers
        text = "\n" + text[told.end() :]
    header_line, second_line = _first_lines(text)
    delimiter = between = told[1] if told else _delimiter(header_line, second_line)
    if len(delimiter) > 1:
        # The reader takes one character: one that the text has not, and inside quotes what stood there.
        between = next(mark for mark in _STAND_INS if mark not in text)
        text = text.replace(delimiter, between)
    if '\\"' in text and _escaped(delimiter).search(text):
        text = _ESCAPED_QUOTE.sub('""', text)
    # A description may be longer than the reader's limit, which is there for files that are no CSV.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    plain = delimiter == "\t" and _quotes_are_text(text, header_line)
    reader = csv.reader(
        _lines(text),
        delimiter=between,
        skipinitialspace=True,
        quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
    )

    def all_cells() -> Iterator[tuple[str, list[str]]]:
        begins = 1
        last = 1
        try:
            for cells in reader:
                last, begins = begins, reader.line_num + 1
                if any(map(str.strip, cells)):
                    if between != delimiter:
                        cells = [cell.replace(between, delimiter) for cell in cells]
                    yield f"line {last}", cells
        except csv.Error as error:
            raise InputError(f"{where}:{reader.line_num}: broken CSV ({error}). Repair the file.") from None
        if last < reader.line_num and _never_closed(text, last, between):
            raise InputError(
                f"{where}:{last}: broken CSV (a quote that opens in this row is never closed). "
                "Repair the file."
            )

    def rows() -> Iterator[Row | str]:
        for place, cells in filled:
            if len(cells) > len(header):
                yield f"{place}: {len(cells)} columns, the header has {len(header)}"
            else:
                yield Row(place, dict(zip(header, cells, strict=False)))

    filled = all_cells()
    header = _each_once(cell.strip() for cell in next(filled, ("", []))[1])
    return Table(header, rows())


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    """The names of columns, where a second one of a name is called "name (2)": none covers another."""
    found: dict[str, None] = {}
    for name in names:
        number, free = 2, name
        while free in found:
            number, free = number + 1, f"{name} ({number})"
        found[free] = None
    return tuple(found)


def _quotes_are_text(text: str, header: str) -> bool:
    """Whether a table with tabs has no quoting (IMDb's, say): a cell opens with a quote and does not close
    with it, and all lines have the same tabs nevertheless."""
    if not _OPENED.search(text):
        return False
    tabs = header.count("\t")
    return all(line.count("\t") == tabs for line in _lines(text) if line.strip())


def _escaped(delimiter: str) -> re.Pattern[str]:
    """What finds a quote inside quotes that a backslash escapes, as Spark and MySQL do: one that neither a
    column's end nor another quote follows ("C:\\" ends with one)."""
    mark = re.escape(delimiter)
    return re.compile(rf'(?:^|[\n\r]|{mark})"(?:[^"\\]|\\[^"]|"")*\\"(?!{mark}|[\r\n"]|$)')


_ESCAPED_QUOTE = LazyPattern(r'(?<!\\)\\"')
# What spreadsheets write into a first line: sep=;
_SEPARATOR_TOLD = LazyPattern(r"\s*\"?sep=([^\w\s\"]|\t)\"?[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_OPENED = LazyPattern(r'(?:^|[\t\n\r])"(?!")[^"\t\r\n]*(?:"(?![\t\r\n]|$)|[\t\r\n]|$)')
_PEEKED = 8192
_LONGEST_FIELD = 1 << 30
_STAND_INS = ("\x1f", "\x1e", "\x1d", "\x1c", *map(chr, range(0xE000, 0xF8FF)))


def _lines(text: str) -> Iterator[str]:
    """As universal newlines do it: a line end inside quotes is left to the reader."""
    return (match[0] for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))


def _first_lines(text: str) -> tuple[str, str]:
    """The first two lines that are not blank."""
    filled = (match[0] for match in re.finditer(r"[^\r\n]+", text) if match[0].strip())
    return next(filled), next(filled, "")


def _delimiter(header: str, second: str) -> str:
    """What stands between the columns: comma, tab, semicolon, bar, or a sign of several characters."""
    single = max(",\t;|", key=header.count)
    signs = re.findall(r"[|:;,~^§¦#$@*+=<>&%!\t]{2,}", header)
    if not signs:
        return single
    sign = max(signs, key=signs.count)
    # In "a,,b" a column has no name; "a||b" and "a::b" say that two characters are meant.
    enough = header.count(sign) > 1 or sign[0] not in ",;\t"
    alone = single not in header.replace(sign, "")
    return sign if alone and enough and (sign in second or not second) else single


def _never_closed(text: str, line: int, delimiter: str) -> bool:
    """Whether the row that begins in this line and goes to the end of the text ends inside quotes."""
    rest = itertools.islice(_lines(text), line - 1, None)
    try:
        for _ in csv.reader(rest, delimiter=delimiter, skipinitialspace=True, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _parquet(path: Path) -> Table:
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


def _sqlite(path: Path, table: str | None) -> Table:
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
