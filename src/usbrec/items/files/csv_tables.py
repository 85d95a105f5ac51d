"""CSV of catalogue files: columns between commas, tabs, or whatever the header has between them."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator

from usbrec.errors import InputError
from usbrec.items.files.rows import Row, Table
from usbrec.patterns import LazyPattern


def csv_table(where: str, text: str) -> Table:
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
