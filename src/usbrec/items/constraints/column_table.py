"""Column table: a catalogue's typed columns as arrays, which say at once which of a million items meet a
constraint.

Beside the further columns stand those of every item: `year`, `genres` and `people`, which is called `brand`
where a column of brands was read as people. An item whose column is empty meets no constraint on it but
"not": nobody can promise what is not known.

A large catalogue's table lies beside its index, is written once and mapped when it is opened.
"""

from __future__ import annotations

import difflib
import functools
import json
import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from usbrec import storage
from usbrec.dialogue import Constraint, Item
from usbrec.errors import InputError
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_arrays import Column, compared, compared_ranges
from usbrec.items.constraints.column_building import BRANDS, build_columns
from usbrec.items.constraints.column_roles import present_prices
from usbrec.items.constraints.column_types import TypedColumn, is_price, name_words
from usbrec.keys import digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from usbrec.items.constraints.column_arrays import Mask

#: Raise it when the files of a table change.
_FORMAT = 3
_ABOUT = "columns.json"
#: Names of `decade`, which is `year` in tens.
DECADES = frozenset({"decade", "decades"})
#: So many answers are kept, a byte an item each.
_KEPT = 32
_OURS = ("year", "genres", "people")
_SINGULAR = {"genre": "genres", "category": "genres", "categories": "genres", "person": "people"}


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


class ColumnTable:
    """The columns of a catalogue with n items, and which items meet constraints on them."""

    def __init__(self, catalogue: Catalogue, columns: Iterable[Column]) -> None:
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
        return cls(catalogue, build_columns(catalogue))

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
        if not near and is_price(name):
            return [column.name for column in present_prices(self.columns)[:1]]
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
        text = item.extra.get(found.of or found.name, "")
        if found.end and (source := self.column(found.of)) is not None:
            span = source.span(text) if text else None
            end = math.nan if span is None else getattr(span, found.end)
            return end if math.isfinite(end) else None
        if found.type == "number":
            number = found.number(text)
            return text or None if number is None and found.ranges else number
        return found.said(text) if found.type == "yes-no" else text or None

    def numbers(self, column: str, among: Allowed) -> NDArray[np.float64]:
        """The known numbers of a column among some items."""
        found = self._found(column)
        if found is None or found.about.type != "number":
            return np.empty(0)
        values = found.arrays["values"][among.mask_n]
        known: NDArray[np.float64] = values[np.isfinite(values)]
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

    def _found(self, name: str) -> Column | None:
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
        if column.about.ranges:
            return compared_ranges(column, operator, float(value))  # type: ignore[arg-type]
        if column.about.type == "number":
            return compared(column.arrays["values"], operator, float(value))  # type: ignore[arg-type]
        if column.about.type == "yes-no":
            same: Mask = column.arrays["values"] == int(bool(value))
            return same
        if column.about.type == "category":
            return column.with_name(str(value), self._size)
        return column.containing(str(value), self._size)


def _opened(folder: Path, number: int, written: Mapping[str, Any]) -> Column:
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
    lists = {name: tuple(about.get(name, ())) for name in ("examples", "places")}
    return Column(TypedColumn(**{**about, **lists}), arrays, names, text)


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
