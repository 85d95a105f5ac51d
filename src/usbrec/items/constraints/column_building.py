"""Column building: the typed columns of a catalogue's items as arrays, read item by item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_arrays import UNKNOWN, Column, folded
from usbrec.items.constraints.column_types import TypedColumn, name_words, names_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Columns of brands that are read as people.
BRANDS = frozenset(
    {"brand", "brands", "manufacturer", "maker", "marke", "hersteller", "vendor", "label", "brand_name"}
    | {"winery", "weingut", "winzer", "brewery", "brauerei", "distillery", "roaster", "roastery"}
    | {"marca", "marque", "fabricante", "fabricant", "merk", "fabrikant", "бренд", "марка", "производитель"}
    | {"品牌", "ブランド", "メーカー", "브랜드", "제조사"}
)


def build_columns(catalogue: Catalogue) -> list[Column]:
    size = len(catalogue)
    types = catalogue.types
    year_n = np.full(size, np.nan)
    genres, people = _Names({}, {}), _Names({}, {})
    values = {
        column.name: np.full(size, np.nan)
        if column.type == "number"
        else np.full(size, UNKNOWN, dtype=np.int8)
        for column in types
    }
    most = {column.name: np.full(size, np.nan) for column in types if column.ranges}
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
            elif text and column.ranges:
                span = column.span(text)
                values[column.name][row], most[column.name][row] = (np.nan, np.nan) if span is None else span
            elif text and column.type == "number":
                number = column.number(text)
                values[column.name][row] = np.nan if number is None else number
            elif column.type == "yes-no" and (text or column.marked):
                said = column.said(text)
                values[column.name][row] = UNKNOWN if said is None else said
            elif text:
                lists[column.name].add(row, names_of(text))
    columns = []
    for column in types:
        if column.type == "category":
            columns.append(lists[column.name].column(column, size))
        elif column.type == "text":
            columns.append(_text_column(column, texts[column.name]))
        elif column.ranges:
            columns.append(Column(column, {"values": values[column.name], "most": most[column.name]}))
        else:
            columns.append(Column(column, {"values": values[column.name]}))
    taken = {name_words(column.name) for column in types}
    for column in types:
        if column.ranges and not column.is_measure:
            columns += _ends(column, np.asarray(values[column.name], float), most[column.name], taken)
    if not np.isnan(year_n).all() and "year" not in taken:
        columns.append(Column(TypedColumn("year", "number"), {"values": year_n}))
    if genres.rows and "genres" not in taken:
        columns.append(genres.column(TypedColumn("genres", "category"), size))
    if people.rows and "people" not in taken:
        name = "brand" if has_brands(catalogue) and "brand" not in taken else "people"
        columns.append(people.column(TypedColumn(name, "category"), size))
    return columns


def _ends(
    column: TypedColumn, least_n: NDArray[np.float64], most_n: NDArray[np.float64], taken: set[str]
) -> list[Column]:
    """The columns of the least and the most of what a column of ranges counts, as if the file had them."""
    names = {end: f"{short}_{name_words(column.name)}" for end, short in (("least", "min"), ("most", "max"))}
    if not taken.isdisjoint(names.values()):
        return []
    return [
        Column(TypedColumn(names[end], "number", of=column.name, end=end), {"values": values})
        for end, values in (("least", least_n), ("most", most_n))
    ]


def has_brands(catalogue: Catalogue) -> bool:
    """Whether a column of brands was read as the items' people."""
    report = catalogue.report
    taken = () if report is None else report.columns.get("people", ())
    return any(name_words(column) in BRANDS for column in taken)


def _text_column(about: TypedColumn, texts: Sequence[bytes]) -> Column:
    # A mark between two texts: what is looked for ends in none.
    ends = np.cumsum([0, *(len(text) + bool(text) for text in texts)], dtype=np.int64)
    return Column(about, {"ends": ends}, text=b"".join(text + b"\n" for text in texts if text))


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

    def column(self, about: TypedColumn, size: int) -> Column:
        keys = sorted(self.rows)
        names = [self.written[key] for key in keys]
        if sum(map(len, self.rows.values())) == len(set().union(*self.rows.values())):
            kind = np.uint8 if len(keys) < 255 else np.uint16 if len(keys) < 65_535 else np.int32
            codes = np.full(size, len(keys), dtype=kind)
            for place, key in enumerate(keys):
                codes[self.rows[key]] = place
            return Column(about, {"codes": codes}, names)
        ends = np.cumsum([0, *(len(self.rows[key]) for key in keys)], dtype=np.int64)
        rows = np.array([row for key in keys for row in self.rows[key]], dtype=np.int32)
        return Column(about, {"ends": ends, "rows": rows}, names)
