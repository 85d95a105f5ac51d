"""Tables in memory (frames, lists of mappings) as plain rows: cells as JSON has them, None where empty.

Frames are known by what they can do, so that neither pandas nor polars is imported here.
"""

from __future__ import annotations

import datetime
import decimal
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from usbrec.data.formats import is_header
from usbrec.errors import InputError, InputWarning
from usbrec.patterns import LazyPattern
from usbrec.storage import parse_json

#: What a column of ids is called.
_ID = LazyPattern(r"(?:^|[\s_-])id$|[a-z]ID$|[a-z]Id$|^I[dD]$")


class Frame(Protocol):
    """A table with named columns: a pandas or polars frame, or one that looks like it."""

    @property
    def columns(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """`columns` are all there are; `rows` those in order, a row that is no mapping as what is wrong with it.

    `where` is what errors call the table.
    """

    where: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any] | str, ...]

    def numbered(self) -> Iterator[tuple[str, Mapping[str, Any] | str]]:
        """Each row with its place, counted from 1."""
        return ((f"row {number}", row) for number, row in enumerate(self.rows, start=1))


def rows_of_frame(frame: object, where: str) -> Rows | None:
    """The rows of a frame, None of what is no frame. Raises InputError where two columns have one name.

    A named index of a pandas frame counts as columns; one without a name that is no numbering is told of by
    an InputWarning. Columns of fractions that are all whole are whole numbers: pandas makes such of ids where
    others are missing.
    """
    if callable(getattr(frame, "collect", None)) and hasattr(frame, "collect_schema"):
        frame = frame.collect()  # type: ignore[attr-defined]  # a lazy frame of polars
    if hasattr(frame, "itertuples") and hasattr(frame, "columns"):
        return _pandas(frame, where)
    if hasattr(frame, "iter_rows") and hasattr(frame, "columns"):
        return _table(where, frame.columns, _whole(frame.iter_rows()))
    if hasattr(frame, "to_pylist") and hasattr(frame, "column_names"):
        names = frame.column_names
        return _table(where, names, _whole([row[name] for name in names] for row in frame.to_pylist()))
    return None


def with_read_cells(frame: Rows) -> Rows:
    """A frame's rows without their empty cells, which stay in tables of data sets that owe them; lists that
    are written as JSON read."""
    owed = is_header(frame.columns)

    def read(row: Mapping[str, Any] | str) -> Mapping[str, Any] | str:
        if isinstance(row, str):
            return row
        cells = ((name, "" if owed and value is None else value) for name, value in row.items())
        return {name: _read(name, value) for name, value in cells if value is not None}

    return Rows(frame.where, frame.columns, tuple(map(read, frame.rows)))


#: The fields of samples and dialogues that are no text.
_NO_TEXTS = frozenset(
    {
        *(
            "turns",
            "dialogue",
            "targets",
            "seeker",
            "context",
            "rec",
            "entity",
            "messages",
            "ratings",
            "labels",
        ),
        *("conversation", "utterances", "dialog", "metadata"),
    }
)


def _read(name: str, value: Any) -> Any:
    if name in _NO_TEXTS and isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        try:
            return parse_json(value)
        except ValueError:
            return value
    return value


def rows_of_mappings(listed: Iterable[object], where: str) -> Rows:
    """The rows of a list of mappings; an id that is a fraction and whole is a whole number."""
    rows = tuple(
        _with_whole_ids(plain(row))
        if isinstance(row, Mapping)
        else f"expected a mapping, found {type(row).__name__}"
        for row in listed
    )
    columns = dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row)
    return Rows(where, tuple(columns), rows)


def _with_whole_ids(row: dict[str, Any]) -> dict[str, Any]:
    for name, value in row.items():
        if isinstance(value, float) and value.is_integer() and _ID.search(name):
            row[name] = int(value)
    return row


def plain(value: Any) -> Any:
    """A cell as JSON would have it: missing values are None, arrays and tuples are lists."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, datetime.date | datetime.time | decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    for method in ("to_json", "tolist", "to_list"):  # our records, numpy's arrays and numbers, polars' series
        if callable(turn := getattr(value, method, None)):
            return plain(turn())
    return str(value)


def _pandas(frame: Any, where: str) -> Rows:
    index = [name for name in frame.index.names if name is not None and name not in frame.columns]
    if index:
        frame = frame.reset_index(level=index)
    _tell_of_index(frame, where)
    return _table(where, list(frame.columns), _whole(frame.itertuples(index=False, name=None)))


def _whole(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """The rows, with whole numbers in each column whose every number is one: what is missing elsewhere in a
    column, or another program's habit, had made fractions of them."""
    listed = [list(row) for row in rows]
    for place in range(len(listed[0]) if listed else 0):
        numbers = [
            row[place] for row in listed if isinstance(row[place], float) and not math.isnan(row[place])
        ]
        if numbers and all(number.is_integer() for number in numbers):
            for row in listed:
                if isinstance(row[place], float) and not math.isnan(row[place]):
                    row[place] = int(row[place])
    return listed


def _tell_of_index(frame: Any, where: str) -> None:
    """A word about an index without a name that holds more than the rows' numbers: it may hold the ids."""
    index = frame.index
    if index.nlevels > 1 or index.name is not None or index.dtype.kind in "iu":
        return
    if "id" not in {str(name).lower() for name in frame.columns} and len(index):
        warnings.warn(
            InputWarning(
                f"{where}: the frame's index ({index[0]!r}, ...) has no name and is left out. If it holds "
                'ids, name it: frame.rename_axis("id").'
            ),
            stacklevel=2,
        )


def _table(where: str, names: Iterable[object], rows: Iterable[Iterable[Any]]) -> Rows:
    columns = tuple(str(name) for name in names)
    for name in columns:
        if columns.count(name) > 1:
            raise InputError(f"{where}: two columns are called {name!r}. Rename or drop one.")
    return Rows(where, columns, tuple(dict(zip(columns, map(plain, row), strict=True)) for row in rows))
