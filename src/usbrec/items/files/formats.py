"""Formats of catalogue files: rows one after the other, errors with file and line.

A format gives a :class:`Table`: the columns, and the rows as they come. What a column means is decided in
:mod:`usbrec.items.files.columns`. Rows are not kept, so that a file of a million items can be read.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from usbrec.dialogue import Item
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.items.constraints.column_roles import makers_of
from usbrec.items.constraints.column_types import ColumnType
from usbrec.items.files.columns import FieldMap, Mapper
from usbrec.items.files.csv_tables import csv_table
from usbrec.items.files.database_tables import parquet_table, sqlite_table
from usbrec.items.files.detail_objects import DetailObjects
from usbrec.items.files.entity_rows import EntityRows
from usbrec.items.files.envelopes import envelope, names_inside, opened
from usbrec.items.files.json_tables import json_lines_table, json_table
from usbrec.items.files.report import ReadingReport
from usbrec.items.files.rows import Row, Table, Unreadable
from usbrec.items.files.unpublished_rows import UnpublishedRows
from usbrec.items.files.variant_rows import VariantRows
from usbrec.patterns import LazyPattern
from usbrec.storage import parse_json, read_text

SQLITE, PARQUET = b"SQLite format 3\0", b"PAR1"
#: What files are that have to be opened by something else first.
_PACKED = {
    b"\x1f\x8b": "packed with gzip; unpack it first (gunzip)",
    b"BZh": "packed with bzip2; unpack it first (bunzip2)",
    b"\xfd7zXZ": "packed with xz; unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it first (unzstd)",
    b"PK\x03\x04": "a workbook of a spreadsheet, or an archive; save the table as CSV, or unpack it first",
    b"\xd0\xcf\x11\xe0": "a workbook of a spreadsheet; save the table as CSV",
}
#: So many characters are looked at for what no text has.
_PEEKED = 8192
#: How XML, HTML, BibTeX and RIS begin, of which no line is a header of columns.
_MARKED = LazyPattern(r"\s*(?:<(?=[?!A-Za-z])|@\w+\s*\{|TY  - )")


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
        return sqlite_table(path, table)
    if table is not None:
        raise ConfigError(f"{path}: table = {table!r} is for SQLite files, and this is none. Leave it out.")
    if opening.startswith(PARQUET):
        return parquet_table(path)
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
        return json_table(str(path), text)
    return json_lines_table(text) if kind == "jsonl" else csv_table(str(path), text)


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
