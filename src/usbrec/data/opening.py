"""Container of a file of dialogues: JSON lines, one JSON document, a table, or a text, told by its content.

Whatever the container, it gives entries: what stands in one place of the file, read when it is asked for.
"""

from __future__ import annotations

import csv
import functools
import json
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal, Self

from usbrec.data.reading import parse_line, raw_lines
from usbrec.errors import InputError, InputWarning

_BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_NO_JSON = "broken JSON: lists or objects nested too deeply"
#: Said by those who talk in a text (LLM-REDIAL).
_SPOKEN = re.compile(
    rb"\s*\**(?:user|agent|seeker|assistant|recommender|client|customer|expert|wizard)\**\s*:", re.IGNORECASE
)
_SEEN_FOR_SPEAKERS = 60
_TABLES = (
    "Tables of dialogues are OpenDialKG's (Messages) and those with a row a turn, INSPIRED's and your own "
    "(conversation_id, role, text); a catalogue goes with --catalogue; other dialogues are JSON lines."
)
#: What a column of a table may be called: not many words, and at least one letter.
_NAME = re.compile(r"(?=.*[^\W\d_])[\w#%€$*]+(?:[ .\-/_()]+[\w#%€$*]+){0,4}[).]?")
_LONGEST_CELL = 2**31 - 1
#: Files beside those of a folder that may hold dialogues, too.
_OTHERS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".gz"})

Container = Literal["lines", "document", "table", "text", "folder", "rows"]


@dataclass(slots=True)
class Entry:
    """What stands in one place of a file. `place` is a line or a file of a folder, `within` the path of the
    value in it ("[3]"); `value` gives the value or raises InputError."""

    place: str
    value: Callable[[], Any]
    within: str = ""

    def about(self, told: str) -> str:
        """ "line 12, [3]: the same dialogue stands already on line 2"."""
        return f"{self.place}, {self.within}: {told}" if self.within else f"{self.place}: {told}"

    def complaint(self, problem: object) -> str:
        """ "line 12: [3].conversation: missing"."""
        text = str(problem)
        dot = "." if self.within and not text.startswith("[") else ""
        return f"{self.place}: {self.within}{dot}{text}"


@dataclass(frozen=True)
class Opened:
    """A file with its entries. `header` are the columns of a table, `folder` is where files that belong to
    it may lie (None for a pipe), `owed` what should stand in it."""

    where: str
    container: Container
    entries: Iterator[Entry]
    folder: Path | None = None
    header: tuple[str, ...] = ()
    owed: str = "one JSON value on each line"


def open_entries(
    path: str | os.PathLike[str], is_header: Callable[[tuple[str, ...]], bool] = lambda header: False
) -> Opened:
    """The entries of a file, or of the .json files of a folder. The file is opened once, so a pipe will do.

    `is_header` says whether cells are the header of a table that somebody can read. Raises InputError when
    the file cannot be read, or is one JSON document or table that is broken.
    """
    where = os.fspath(path)
    try:
        if Path(path).is_dir():
            return _folder(Path(path))
        folder = Path(path).parent if Path(path).is_file() else None
    except (OSError, ValueError):
        folder = None  # for the reader of lines to report
    lines = raw_lines(path)
    seen: list[bytes] = []
    for line in lines:
        seen.append(line)
        if line.removeprefix(_BOM).strip():
            break
    head = seen[-1].removeprefix(_BOM).strip() if seen else b""
    if head[:1] in (b"{", b"["):
        return _json(where, folder, seen, lines, is_header)
    header = _header(head)
    if header is None and is_header((_alone(head),)):
        header = _Header(",", (_alone(head),))
    if header is not None and is_header(header.split_cells):
        return _table(where, folder, b"".join(chain(seen, lines)), header.delimiter)
    for line in lines:
        seen.append(line)
        if len(seen) >= _SEEN_FOR_SPEAKERS:
            break
    if any(_SPOKEN.match(line) for line in seen):
        return Opened(where, "text", _text_lines(where, chain(seen, lines)), folder, owed="dialogues")
    if header is not None and _are_names(header.split_cells) and not any(map(_stands_alone, seen)):
        columns = ", ".join(header.split_cells)[:200]
        raise InputError(f"{where}: a table of none of the known formats. Its columns: {columns}. {_TABLES}")
    return Opened(where, "lines", _lines(chain(seen, lines)), folder)


def _are_names(cells: tuple[str, ...]) -> bool:
    """Whether cells are the names of columns: words, each once, and no sentences or JSON."""
    words = [cell for cell in cells if _NAME.fullmatch(cell)]
    return len(cells) > 1 and len(words) == len(cells) == len(set(words))


def _lines(lines: Iterator[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        content = line.removeprefix(_BOM).strip()
        if content:
            yield Entry(f"line {number}", functools.partial(parse_line, content))


def _text_lines(where: str, lines: Iterator[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        text = _decoded(where, line.removeprefix(_BOM), number).strip()
        yield Entry(f"line {number}", functools.partial(_itself, text))


def _json(
    where: str,
    folder: Path | None,
    seen: list[bytes],
    lines: Iterator[bytes],
    is_header: Callable[[tuple[str, ...]], bool],
) -> Opened:
    try:
        first = parse_line(seen[-1].removeprefix(_BOM).strip())
    except InputError:
        rest = list(lines)
        text = b"".join(chain(seen, rest))
        if _is_document(text) or (not any(map(_stands_alone, rest)) and _has_more(rest)):
            return _document(where, folder, _decoded(where, text.removeprefix(_BOM), 1))
        return Opened(where, "lines", _lines(chain(seen, rest)), folder)
    # A list on a line is one dialogue of INSPIRED, where its objects are utterances.
    objects = [one for one in first if isinstance(one, dict)] if isinstance(first, list) else []
    utterances = any("role" in one for one in objects) and not any(is_header(tuple(one)) for one in objects)
    if isinstance(first, list) and not utterances and any(isinstance(one, dict | list) for one in first):
        rest = list(lines)
        if not _has_more(rest):
            whole = b"".join(chain(seen, rest)).removeprefix(_BOM)
            return _document(where, folder, _decoded(where, whole, 1))
        lines = iter(rest)
    return Opened(where, "lines", _lines(chain(seen, lines)), folder)


def _has_more(lines: list[bytes]) -> bool:
    return any(line.strip() for line in lines)


def _stands_alone(line: bytes) -> bool:
    """Whether a line is an object or a list by itself, as in JSON lines."""
    if line.strip()[:1] not in (b"{", b"[") or line.strip() in (b"{}", b"[]"):
        return False
    try:
        parse_line(line.strip())
    except InputError:
        return False
    return True


def _is_document(content: bytes) -> bool:
    try:
        parse_line(content.removeprefix(_BOM).strip())
    except InputError:
        return False
    return True


def _document(where: str, folder: Path | None, text: str) -> Opened:
    """The objects of a list, or the one object, of a JSON document."""
    start = _after_space(text, 0)
    if text[start : start + 1] != "[":
        value, end = _decode(where, text, start)
        _check_end(where, text, end)
        values = [(start, "", (value, end))]
    else:
        values = list(_elements(where, text, start))
    lines = _LineCount(text)
    entries = [
        Entry(f"line {lines.at(at)}", functools.partial(_itself, value), within)
        for at, within, (value, _) in values
    ]
    return Opened(where, "document", iter(entries), folder, owed="a list of dialogues")


def _elements(where: str, text: str, start: int) -> Iterator[tuple[int, str, tuple[Any, int]]]:
    at = _after_space(text, start + 1)
    index = 0
    if text[at : at + 1] == "]":
        _check_end(where, text, at + 1)
        return
    while True:
        value, end = _decode(where, text, at)
        yield at, f"[{index}]", (value, end)
        index += 1
        after = _after_space(text, end)
        if text[after : after + 1] == "]":
            _check_end(where, text, after + 1)
            return
        if text[after : after + 1] != ",":
            raise _broken(where, text, after, "a comma or ] is missing")
        at = _after_space(text, after + 1)


def _check_end(where: str, text: str, at: int) -> None:
    if (after := _after_space(text, at)) < len(text):
        raise _broken(where, text, after, "more stands behind the end")


def _decode(where: str, text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _broken(where, text, error.pos, error.msg) from None
    except RecursionError:
        raise InputError(f"{where}: {_NO_JSON}. Repair the file.") from None
    except ValueError:
        raise InputError(f"{where}: broken JSON: a whole number with thousands of digits.") from None


def _broken(where: str, text: str, at: int, why: str) -> InputError:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return InputError(f"{where}:{line}: broken JSON: {why} at column {column}. Repair the file.")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


class _LineCount:
    """Line numbers of growing places in a text."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def at(self, place: int) -> int:
        self._line += self._text.count("\n", self._at, place)
        self._at = place
        return self._line


def _decoded(where: str, content: bytes, first_line: int) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = first_line + content.count(b"\n", 0, error.start)
        raise InputError(
            f"{where}:{line}: not UTF-8 (byte 0x{content[error.start]:02x}). Save the file as UTF-8."
        ) from None


def _alone(line: bytes) -> str:
    """The first line as the name of a table's only column."""
    return line.decode("utf-8", "replace").strip().strip('"')


@dataclass(frozen=True)
class _Header:
    delimiter: str
    split_cells: tuple[str, ...]


def _header(line: bytes) -> _Header | None:
    """The first line as cells of a table, by the delimiter that gives most of them."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = None
    for delimiter in ("\t", ",", ";", "|"):
        try:
            cells = next(csv.reader([text], delimiter=delimiter), [])
        except csv.Error:
            continue
        if len(cells) > 1 and (found is None or len(cells) > len(found.split_cells)):
            found = _Header(delimiter, tuple(cell.strip() for cell in cells))
    return found


def _table(where: str, folder: Path | None, content: bytes, delimiter: str) -> Opened:
    text = _decoded(where, content.removeprefix(_BOM), 1)
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    lines = _CsvLines(text)
    rows = csv.reader(lines, delimiter=delimiter)
    header: tuple[str, ...] = ()
    while not header:
        header = tuple(cell.strip() for cell in next(rows))
        header = header if any(header) else ()

    def entries() -> Iterator[Entry]:
        while True:
            line = lines.read + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Entry(f"line {line}", _raising(f"broken table: {error}"))
                return
            if delimiter == "\t" and lines.swallowed(line, cells, len(header)):
                cells = lines.alone(line)
            if not any(cell.strip() for cell in cells):
                continue
            if tuple(cell.strip() for cell in cells) == header:
                continue  # of a second file that was joined to the first
            if len(cells) != len(header):
                yield Entry(f"line {line}", _raising(_cells_wrong(cells, header, lines.read - line)))
                continue
            row: Mapping[str, str] = dict(zip(header, cells, strict=True))
            yield Entry(f"line {line}", functools.partial(_itself, row))

    return Opened(where, "table", entries(), folder, header, owed="rows below the header")


class _CsvLines:
    """Lines that end at LF, CR or CRLF alone, as csv wants them; U+2028 and its like may stand in a cell.
    `read` counts those that were given, from the first."""

    def __init__(self, text: str) -> None:
        self._lines: list[str] = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
        self.read = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if self.read >= len(self._lines):
            raise StopIteration
        self.read += 1
        return self._lines[self.read - 1]

    def swallowed(self, line: int, cells: list[str], columns: int) -> bool:
        """Whether a row that begins in this line and ends in the last one read took whole rows for text,
        because a cell opens with a quotation mark that is a part of what is said."""
        if not any("\t" in cell for cell in cells):
            return False
        if self.read == line:  # the last line of a file has none behind it
            return len(cells) != columns and self._lines[line - 1].count("\t") + 1 == columns
        return any(row.count("\t") + 1 >= columns for row in self._lines[line : self.read])

    def alone(self, line: int) -> list[str]:
        """The cells of this line by itself, where quotation marks that do not close are text; the lines
        behind it are read again."""
        self.read = line
        return [
            cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
            for cell in self._lines[line - 1].rstrip("\r\n").split("\t")
        ]


def _cells_wrong(cells: list[str], header: tuple[str, ...], more_lines: int) -> str:
    quotes = (
        f" and {more_lines} further lines in them (does a quotation mark never end?)" if more_lines else ""
    )
    return f"{len(cells)} cells{quotes}, where the header has {len(header)}"


def _itself(value: Any) -> Any:
    return value


def _raising(problem: str) -> Callable[[], Any]:
    def value() -> Any:
        raise InputError(problem)

    return value


def _folder(path: Path) -> Opened:
    """The .json files of a folder, each an entry, or a list of them."""
    inside = sorted(one for one in path.iterdir() if one.is_file())
    files = [one for one in inside if one.suffix == ".json"]
    if not files:
        raise InputError(f"{path}: a directory; name the file in it")
    if others := [one.name for one in inside if one.suffix in _OTHERS]:
        warnings.warn(
            f"{path}: of a folder the .json files are read, and not {', '.join(others[:5])}"
            f"{' ...' if len(others) > 5 else ''} ({len(others)} files). Name these by themselves.",
            InputWarning,
            stacklevel=4,
        )

    def value(file: Path) -> Any:
        return parse_line(b"".join(raw_lines(file)).removeprefix(_BOM).strip())

    def entries() -> Iterator[Entry]:
        for file in files:
            try:
                held = value(file)
            except InputError as problem:
                yield Entry(file.name, _raising(str(problem)))
                continue
            if not isinstance(held, list):
                yield Entry(file.name, functools.partial(_itself, held))
                continue
            for index, one in enumerate(held):
                yield Entry(file.name, functools.partial(_itself, one), f"[{index}]")

    return Opened(os.fspath(path), "folder", entries(), path, owed="a JSON file for each task or dialogue")
