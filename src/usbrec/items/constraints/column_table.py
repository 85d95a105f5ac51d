"""Column table: a catalogue's typed columns as arrays, which say at once which of a million items meet a
constraint.

Numbers are one array a column. Categories are an array of the names' numbers or, where an item has several,
posting lists: for each name the rows that have it. Texts are one file that is searched. Beside the further
columns stand those of every item: `year`, `genres` and `people`, which is called `brand` where a column of
brands was read as people. An item whose column is empty meets no constraint on it but "not": nobody can
promise what is not known.

A large catalogue's table lies beside its index, is written once and mapped when it is opened.
"""

from __future__ import annotations

import difflib
import functools
import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from usbrec import storage
from usbrec.dialogue import Constraint, Item
from usbrec.errors import InputError
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_types import (
    TypedColumn,
    name_words,
    names_of,
    yes_or_no,
)
from usbrec.keys import digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

#: Raise it when the files of a table change.
_FORMAT = 1
_ABOUT = "columns.json"
#: Columns of brands that are read as people.
BRANDS = frozenset({"brand", "brands", "manufacturer", "maker", "marke", "hersteller", "vendor", "label"})
#: Names of `decade`, which is `year` in tens.
DECADES = frozenset({"decade", "decades"})
#: So many answers are kept, a byte an item each.
_KEPT = 32
_OURS = ("year", "genres", "people")
_SINGULAR = {"genre": "genres", "category": "genres", "categories": "genres", "person": "people"}
#: Yes and no as they are stored.
_UNKNOWN = -1


def as_mask(compared: Any) -> Mask:
    """What comparing an array gives, with its type."""
    mask: Mask = compared
    return mask


def folded(text: str) -> str:
    """A category's name or a text as it is compared."""
    return " ".join(text.casefold().split())


class Allowed:
    """The items that may be recommended: `mask_n` by the catalogue's rows, shape (n,)."""

    def __init__(self, catalogue: Catalogue, mask_n: Mask) -> None:
        self._catalogue = catalogue
        self.mask_n = mask_n

    def __contains__(self, item_id: object) -> bool:
        row = self._catalogue.row(item_id) if isinstance(item_id, str) else None
        return row is not None and bool(self.mask_n[row])

    @functools.cached_property
    def count(self) -> int:
        return int(self.mask_n.sum())


@dataclass(frozen=True)
class _Column:
    """A column with its arrays: `values` of numbers, yes and no; `names` with `codes`, or with `ends` and
    `rows`, of categories; `text` (as UTF-8, or the file that has it) and `ends` of texts."""

    about: TypedColumn
    arrays: Mapping[str, NDArray[Any]]
    names: Sequence[str] = ()
    text: bytes | Path = b""

    @functools.cached_property
    def _searched(self) -> bytes:
        # In memory once it is searched: a search of mapped pages is many times slower.
        return self.text if isinstance(self.text, bytes) else self.text.read_bytes()

    @functools.cached_property
    def place(self) -> Mapping[str, int]:
        return {folded(name): place for place, name in enumerate(self.names)}

    def known(self, size: int) -> Mask:
        """Where the column says anything, shape (n,)."""
        if self.about.type == "number":
            return as_mask(~np.isnan(self.arrays["values"]))
        if self.about.type == "yes-no":
            return as_mask(self.arrays["values"] != _UNKNOWN)
        if "codes" in self.arrays:
            return as_mask(self.arrays["codes"] != len(self.names))
        if self.about.type == "category":
            mask = np.zeros(size, dtype=np.bool_)
            mask[self.arrays["rows"]] = True
            return mask
        return np.diff(self.arrays["ends"]) > 0

    def with_name(self, name: str, size: int) -> Mask:
        """Where a column of categories has a name."""
        mask = np.zeros(size, dtype=np.bool_)
        place = self.place.get(folded(name))
        if place is not None and "codes" in self.arrays:
            return as_mask(self.arrays["codes"] == place)
        if place is not None:
            ends = self.arrays["ends"]
            mask[self.arrays["rows"][ends[place] : ends[place + 1]]] = True
        return mask

    def containing(self, words: str, size: int) -> Mask:
        """Where these words stand in the column's text, or in a category's name."""
        wanted = folded(words)
        mask = np.zeros(size, dtype=np.bool_)
        if self.about.type == "category":
            for name in self.names:
                if wanted in folded(name):
                    mask |= self.with_name(name, size)
            return mask
        needle, ends = wanted.encode("utf-8", "surrogatepass"), self.arrays["ends"]
        if not needle:
            return self.known(size)
        text = self._searched
        found = text.find(needle)
        while found >= 0:
            row = int(ends.searchsorted(found, side="right")) - 1
            mask[row] = True
            found = text.find(needle, int(ends[row + 1]))
        return mask


class ColumnTable:
    """The columns of a catalogue with n items, and which items meet constraints on them."""

    def __init__(self, catalogue: Catalogue, columns: Iterable[_Column]) -> None:
        self.catalogue = catalogue
        self._columns = {name_words(column.about.name): column for column in columns}
        self._size = len(catalogue)
        self._masks = functools.lru_cache(maxsize=_KEPT)(self._mask)
        self._sets = functools.lru_cache(maxsize=_KEPT)(self._allowed)

    @functools.cached_property
    def _brand_is_people(self) -> bool:
        return not any(name_words(column.name) == "brand" for column in self.catalogue.types)

    @classmethod
    def build(cls, catalogue: Catalogue) -> Self:
        return cls(catalogue, _built(catalogue))

    @property
    def columns(self) -> tuple[TypedColumn, ...]:
        """All columns that a constraint can be about, the catalogue's own first."""
        return tuple(column.about for column in self._columns.values())

    def column(self, name: str) -> TypedColumn | None:
        """The column of a name, whatever its case, blanks, hyphens and underscores; None for none."""
        found = self._found(name)
        return None if found is None else found.about

    def nearest_names(self, name: str) -> list[str]:
        """The names of columns that are most like this one."""
        near = difflib.get_close_matches(name_words(name), list(self._columns), n=3, cutoff=0.6)
        return [self._columns[key].about.name for key in near]

    def names(self, column: str) -> Sequence[str]:
        """The categories of a column, in order; none of another type."""
        found = self._found(column)
        return () if found is None else found.names

    def allowed(self, constraints: Iterable[Constraint]) -> Allowed:
        """The items that meet all of these."""
        return self._sets(tuple(dict.fromkeys(constraints)))

    def meets(self, item_id: str, constraint: Constraint) -> bool:
        """Whether an item meets a constraint; an unknown item meets none."""
        row = self.catalogue.row(item_id)
        return row is not None and bool(self._masks(constraint)[row])

    def value(self, item: Item, column: str) -> float | bool | str | None:
        """What an item has in a column, as its type; None where that is not known."""
        found = self.column(column)
        if found is None:
            return None
        if found.name in _OURS:
            return item.year if found.name == "year" else ", ".join(getattr(item, found.name)) or None
        if found.name == "brand" and self._brand_is_people:
            return ", ".join(item.people) or None
        text = item.extra.get(found.name, "")
        if found.type == "number":
            return found.number(text)
        return yes_or_no(text) if found.type == "yes-no" else text or None

    def numbers(self, column: str, among: Allowed) -> NDArray[np.float64]:
        """The known numbers of a column among some items."""
        found = self._found(column)
        if found is None or found.about.type != "number":
            return np.empty(0)
        values = found.arrays["values"][among.mask_n]
        known: NDArray[np.float64] = values[~np.isnan(values)]
        return known

    def named_among(self, column: str, among: Allowed) -> list[str]:
        """The categories of a column that items among some have, in order."""
        found = self._found(column)
        if found is None:
            return []
        if "codes" in found.arrays:
            there = np.unique(found.arrays["codes"][among.mask_n]).tolist()
            return [found.names[place] for place in there if place < len(found.names)]
        ends, rows = found.arrays["ends"], found.arrays["rows"]
        return [
            name
            for place, name in enumerate(found.names)
            if among.mask_n[rows[ends[place] : ends[place + 1]]].any()
        ]

    def save(self, folder: Path) -> None:
        """Write the table into a folder."""
        about = []
        for number, column in enumerate(self._columns.values()):
            for name, values in column.arrays.items():
                np.save(folder / f"{number}.{name}.npy", values, allow_pickle=False)
            if text := column.text:
                (folder / f"{number}.text").write_bytes(
                    text if isinstance(text, bytes) else text.read_bytes()
                )
            about.append(
                {
                    "about": asdict(column.about),
                    "arrays": list(column.arrays),
                    "names": len(column.names),
                    "text": bool(column.text),
                }
            )
            if column.names:
                (folder / f"{number}.names.json").write_text(json.dumps(list(column.names)), encoding="utf-8")
        written = {"format": _FORMAT, "items": self._size, "columns": about}
        (folder / _ABOUT).write_text(json.dumps(written), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, catalogue: Catalogue) -> Self:
        """The table that :meth:`save` wrote for these items. Raises InputError where it cannot be had."""
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            if about["format"] != _FORMAT or about["items"] != len(catalogue):
                raise ValueError("another format, or other items")
            return cls(catalogue, [_opened(folder, n, one) for n, one in enumerate(about["columns"])])
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise InputError(f"{folder}: no readable table of columns there ({error}). Delete it.") from error

    def _found(self, name: str) -> _Column | None:
        key = name_words(name)
        if key in self._columns:
            return self._columns[key]
        if key in DECADES:
            return self._columns.get("year")
        if key in BRANDS and "brand" in self._columns:
            return self._columns["brand"]
        if key in ("people", "person") and "people" not in self._columns:
            return self._columns.get("brand")
        squeezed = key.replace("_", "")
        for other, column in self._columns.items():
            if other.replace("_", "") == squeezed:
                return column
        return self._columns.get(_SINGULAR.get(key, ""))

    def _allowed(self, constraints: tuple[Constraint, ...]) -> Allowed:
        mask_n = np.ones(self._size, dtype=np.bool_)
        for constraint in constraints:
            mask_n &= self._masks(constraint)
        return Allowed(self.catalogue, mask_n)

    def _mask(self, constraint: Constraint) -> Mask:
        column = self._found(constraint.column)
        if column is None:
            raise InputError(f"{constraint.column}: no such column.")
        operator, value = constraint.operator, constraint.value
        if operator in ("!=", "not in", "not contains", "has not"):
            positive = {"!=": "=", "not in": "in", "not contains": "contains", "has not": "has"}[operator]
            return ~self._masks(replace(constraint, operator=positive))  # type: ignore[arg-type]
        if operator == "has":
            return column.known(self._size)
        if operator == "in":
            mask_n = np.zeros(self._size, dtype=np.bool_)
            for one in value if isinstance(value, tuple) else (value,):
                mask_n |= self._masks(replace(constraint, operator="=", value=one))
            return mask_n
        if operator == "contains":
            return column.containing(str(value), self._size)
        if column.about.type == "number":
            return _compared(column.arrays["values"], operator, float(value))  # type: ignore[arg-type]
        if column.about.type == "yes-no":
            same: Mask = column.arrays["values"] == int(bool(value))
            return same
        if column.about.type == "category":
            return column.with_name(str(value), self._size)
        return column.containing(str(value), self._size)


def _compared(values_n: NDArray[np.float64], operator: str, value: float) -> Mask:
    # What is not known is no number, and compares with none.
    with np.errstate(invalid="ignore"):
        mask: Mask = {
            "<=": np.less_equal,
            "<": np.less,
            ">=": np.greater_equal,
            ">": np.greater,
            "=": np.equal,
        }[operator](values_n, value)
    return mask


@dataclass
class _Names:
    """Posting lists under way."""

    rows: dict[str, list[int]]
    written: dict[str, str]

    def add(self, row: int, names: Iterable[str]) -> None:
        for key, name in {folded(name): name for name in names}.items():
            if key:
                self.rows.setdefault(key, []).append(row)
                self.written.setdefault(key, name)

    def column(self, about: TypedColumn, size: int) -> _Column:
        keys = sorted(self.rows)
        names = [self.written[key] for key in keys]
        if sum(map(len, self.rows.values())) == len(set().union(*self.rows.values())):
            kind = np.uint8 if len(keys) < 255 else np.uint16 if len(keys) < 65_535 else np.int32
            codes = np.full(size, len(keys), dtype=kind)
            for place, key in enumerate(keys):
                codes[self.rows[key]] = place
            return _Column(about, {"codes": codes}, names)
        ends = np.cumsum([0, *(len(self.rows[key]) for key in keys)], dtype=np.int64)
        rows = np.array([row for key in keys for row in self.rows[key]], dtype=np.int32)
        return _Column(about, {"ends": ends, "rows": rows}, names)


def _built(catalogue: Catalogue) -> list[_Column]:
    size = len(catalogue)
    types = catalogue.types
    year_n = np.full(size, np.nan)
    genres, people = _Names({}, {}), _Names({}, {})
    values = {
        column.name: np.full(size, np.nan)
        if column.type == "number"
        else np.full(size, _UNKNOWN, dtype=np.int8)
        for column in types
    }
    lists = {column.name: _Names({}, {}) for column in types if column.type == "category"}
    texts: dict[str, list[bytes]] = {column.name: [] for column in types if column.type == "text"}
    for row, item in enumerate(catalogue):
        if item.year is not None:
            year_n[row] = item.year
        genres.add(row, item.genres)
        people.add(row, item.people)
        for column in types:
            text = item.extra.get(column.name, "")
            if column.type == "text":
                texts[column.name].append(folded(text).encode("utf-8", "surrogatepass"))
            elif text and column.type == "number":
                number = column.number(text)
                values[column.name][row] = np.nan if number is None else number
            elif text and column.type == "yes-no":
                said = yes_or_no(text)
                values[column.name][row] = _UNKNOWN if said is None else said
            elif text:
                lists[column.name].add(row, names_of(text))
    columns = []
    for column in types:
        if column.type == "category":
            columns.append(lists[column.name].column(column, size))
        elif column.type == "text":
            columns.append(_text_column(column, texts[column.name]))
        else:
            columns.append(_Column(column, {"values": values[column.name]}))
    taken = {name_words(column.name) for column in types}
    if not np.isnan(year_n).all() and "year" not in taken:
        columns.append(_Column(TypedColumn("year", "number"), {"values": year_n}))
    if genres.rows and "genres" not in taken:
        columns.append(genres.column(TypedColumn("genres", "category"), size))
    if people.rows and "people" not in taken:
        name = "brand" if has_brands(catalogue) and "brand" not in taken else "people"
        columns.append(people.column(TypedColumn(name, "category"), size))
    return columns


def has_brands(catalogue: Catalogue) -> bool:
    """Whether a column of brands was read as the items' people."""
    report = catalogue.report
    taken = () if report is None else report.columns.get("people", ())
    return any(name_words(column) in BRANDS for column in taken)


def _text_column(about: TypedColumn, texts: Sequence[bytes]) -> _Column:
    # A mark between two texts: what is looked for ends in none.
    ends = np.cumsum([0, *(len(text) + bool(text) for text in texts)], dtype=np.int64)
    return _Column(about, {"ends": ends}, text=b"".join(text + b"\n" for text in texts if text))


def _opened(folder: Path, number: int, written: Mapping[str, Any]) -> _Column:
    arrays = {
        # A plain array over the mapped pages.
        name: np.asarray(np.load(folder / f"{number}.{name}.npy", mmap_mode="r", allow_pickle=False)).view(
            np.ndarray
        )
        for name in written["arrays"]
    }
    about = written["about"]
    names = _StoredNames(folder / f"{number}.names.json", written["names"]) if written["names"] else ()
    text = folder / f"{number}.text" if written["text"] else b""
    return _Column(TypedColumn(**{**about, "examples": tuple(about["examples"])}), arrays, names, text)


class _StoredNames(Sequence[str]):
    """Names that are read when somebody asks for one."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size

    @functools.cached_property
    def _names(self) -> list[str]:
        names: list[str] = json.loads(self._path.read_text(encoding="utf-8"))
        return names

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: Any) -> Any:
        return self._names[place]


def open_columns(catalogue: Catalogue) -> ColumnTable:
    """The table of a catalogue's columns, made once. That of a large catalogue lies beside its index."""
    table = catalogue.kept.get(_KEY)
    if not isinstance(table, ColumnTable):
        table = catalogue.kept[_KEY] = _of(catalogue)
    return table


#: Under which a catalogue keeps its table.
_KEY = "columns"


def _of(catalogue: Catalogue) -> ColumnTable:
    if catalogue.folder is None:
        return ColumnTable.build(catalogue)
    types = [asdict(column) for column in catalogue.types]
    folder = catalogue.folder / f"columns-{digest([_FORMAT, types])[:16]}"
    if storage.is_whole(folder):
        try:
            return ColumnTable.open(folder, catalogue)
        except InputError as problem:
            warnings.warn(str(problem), stacklevel=2)
            return ColumnTable.build(catalogue)
    table = ColumnTable.build(catalogue)
    try:
        with storage.atomic_folder(folder) as partial:
            table.save(partial)
    except OSError as error:
        warnings.warn(f"{folder}: no table of columns can be kept ({error})", stacklevel=2)
    return table
