"""Reading report of a catalogue: which columns were taken for what, which rows were left out, and why."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from usbrec.errors import BadLines, ConfigError
from usbrec.items.constraints.column_types import TypedColumn, is_price
from usbrec.items.constraints.number_cells import FRACTIONS, THOUSANDS
from usbrec.items.files.amounts import currencies_of
from usbrec.patterns import LazyPattern

#: So many characters of a cell that cannot be read are told.
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class ReadingReport:
    """What reading a catalogue took and left.

    `columns` are those taken for each attribute, `others` those that are kept and not used. `ids_from` says
    where ids come from. `name_keys` are the keys that held the names in cells with objects, by column,
    `currencies` the signs that were taken off amounts, by column. `left_out` are the rows that could not be
    used and `broken_cells` the cells that count as unknown, each as its place and why; `items`
    is how many were read, `types` what the further columns hold, `say_it` how the user names another column.
    `joined` says which columns were made of several, `variants` how many rows were read with the one above,
    `unpublished` how many items of a shop's export were left out because they are not for sale.
    `titles_not_from` are columns that by their names could have been that of the titles, too; `by_cells` says
    that no name told and the cells decided. `not_taken` are columns that are called an attribute and whose
    cells are none, each with why: they are further columns. `within` is the column of objects whose
    fields are columns here.
    """

    where: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    ids_from: str = ""
    name_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: int = 0
    left_out: tuple[str, ...] = ()
    broken_cells: tuple[str, ...] = ()
    types: tuple[TypedColumn, ...] = ()
    say_it: str = 'title = "..." in the table [catalogue] of the settings'
    titles_not_from: tuple[str, ...] = ()
    by_cells: bool = False
    not_taken: tuple[str, ...] = ()
    within: str | None = None
    joined: str = ""
    variants: int = 0
    #: How many items have a price of 0 among others that have one.
    free: int = 0
    unpublished: int = 0

    @property
    def whole(self) -> bool:
        """Whether every row and every cell could be used."""
        return not self.left_out and not self.broken_cells and not self.unreadable

    @property
    def doubtful(self) -> bool:
        """Whether the reading had to choose: another column may hold the titles (its name says so, too, or no
        name does), a column is not what it is called, or rows are read together."""
        mixed = any(column.mixed for column in self.types)
        guessed = (
            self.titles_not_from or self.not_taken or self.variants or self.unpublished or self._currencies()
        )
        return self.by_cells or mixed or bool(guessed or self.free)

    def _currencies(self) -> dict[str, list[str]]:
        """The currencies of each column with several."""
        found = {column: currencies_of(signs) for column, signs in self.currencies.items()}
        return {column: several for column, several in found.items() if len(several) > 1}

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The columns with cells that count as unknown because they are not what such a column holds."""
        return tuple(_unread(column) for column in self.types if column.unreadable)

    def columns_told(self) -> str:
        """Which column was taken for what, in two sentences."""
        taken = [
            f"{attribute} from {_listed(columns)}{self._keys(columns)}{self._why(attribute)}"
            for attribute, columns in self.columns.items()
            if columns and attribute != "id"
        ]
        told = f"Read as: {'; '.join((f'id from {self.ids_from}', *taken))}."
        if self.within is not None:
            told += f" The fields of the objects in {self.within!r} are read as columns."
        used = {column for columns in self.columns.values() for column in columns}
        if others := [column for column in self.others if column not in used]:
            told += f" Kept as further columns: {', '.join(others)}."
        if self.types:
            told += f" Types of further columns: {', '.join(column.told() for column in self.types)}."
        told += f" {self.joined}" if self.joined else ""
        told += "".join(f" Column {column}." for column in map(_unread, self.types) if column)
        several = self._currencies()
        told += "".join(
            f" Signs taken off the amounts of {column!r}: {', '.join(signs)}."
            + (" Amounts in several currencies are not converted." if column in several else "")
            for column, signs in self.currencies.items()
        )
        if not self.columns:
            return told  # items as they are, which have no columns
        return f"{told} To say otherwise: {self.say_it}, and likewise id, year, genres and so on."

    def told(self) -> str:
        """What was left out, of which the first twenty, what was guessed, and which columns were taken
        for what."""
        lines = []
        if self.left_out:
            of = self.items + len(self.left_out)
            lines.append(f"{self.where}: {len(self.left_out)} of {of} rows cannot be used and are left out")
            lines += _first(self.left_out)
        if self.broken_cells:
            lines.append(f"{self.where}: {len(self.broken_cells)} cells cannot be read and count as unknown")
            lines += _first(self.broken_cells)
        if self.unreadable:
            lines.append(f"{self.where}: cells of these columns count as unknown; their items stay")
            lines += _first(self.unreadable)
            lines.append('To say what a column holds: NAME = "category" in the table [catalogue.columns].')
        if self.by_cells:
            title = _listed(self.columns["title"])
            lines.append(f"{self.where}: no column is called a title; by its cells it is {title}")
        elif self.titles_not_from:
            lines.append(
                f"{self.where}: titles are taken from {_listed(self.columns['title'])} and not from "
                f"{_listed(self.titles_not_from)}"
            )
        if self.not_taken:
            lines.append(f"{self.where}: columns that are not what they are called are kept as further ones")
            lines += _first(self.not_taken)
        lines += [
            f"{self.where}: {column.name!r} {_of_notations(column)}." for column in self.types if column.mixed
        ]
        lines += [
            f"{self.where}: the amounts of {column!r} are in several currencies ({', '.join(several)}) and "
            "are compared as they are. Give each currency a column of its own, or convert them."
            for column, several in self._currencies().items()
        ]
        lines.append(self.columns_told())
        if not self.whole or self.by_cells:
            lines.append("With --strict (in Python, strict=True) such a file is refused.")
        return "\n".join(lines)

    def refuse(self) -> None:
        """Raises BadLines where something was left out, ConfigError where cells decided about the titles."""
        if self.by_cells:
            raise ConfigError(
                f"{self.where}: no column is called a title, and with --strict (in Python, strict=True) "
                f"none is guessed. By its cells it is {_listed(self.columns['title'])}. "
                f"Say which it is: {self.say_it}."
            )
        if not self.whole:
            told = f"Every row needs a title and an id of its own. {self.columns_told()}"
            raise BadLines(self.where, (*self.left_out, *self.broken_cells, *self.unreadable), told)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        lists = ("others", "left_out", "broken_cells", "titles_not_from", "not_taken")
        tables = ("columns", "name_keys", "currencies")
        return cls(
            **{
                **data,
                **{name: tuple(data[name]) for name in lists},
                "types": tuple(
                    TypedColumn(
                        **{
                            **column,
                            **{name: tuple(column.get(name, ())) for name in ("examples", "places", "mixed")},
                        }
                    )
                    for column in data.get("types", ())
                ),
                **{name: {key: tuple(value) for key, value in data[name].items()} for name in tables},
            }
        )

    def _why(self, attribute: str) -> str:
        if attribute != "title":
            return ""
        if self.by_cells:
            return " (by its cells: no column is called a title)"
        return f" (and not from {_listed(self.titles_not_from)})" if self.titles_not_from else ""

    def _keys(self, columns: Sequence[str]) -> str:
        keys = dict.fromkeys(key for column in columns for key in self.name_keys.get(column, ()))
        return f" (names under {_listed(list(keys))})" if keys else ""


def _unread(column: TypedColumn) -> str:
    """What of a column could not be read; "" for nothing."""
    if not column.unreadable:
        return ""
    kind = "yes or no" if column.type == "yes-no" else "numbers"
    shown = [
        f"{text[:_LONGEST_SHOWN]!r}{f' in {place}' if place else ''}"
        for text, place in itertools.zip_longest(column.examples, column.places, fillvalue="")
    ]
    return f"{column.name!r}: {column.unreadable} cells are no {kind} ({', '.join(shown)})"


def _of_notations(column: TypedColumn) -> str:
    """How points and commas before three digits were read, and what to write where that is wrong."""
    if is_price(column.name):
        told = f"has points before three digits and others ({_listed(column.mixed)}): "
        if column.comma:
            return f"{told}{_OF_THOUSANDS}"
        return f"{told}{_FRACTIONS}"
    point = THOUSANDS if column.comma or column.marks == THOUSANDS else FRACTIONS
    comma = FRACTIONS if column.comma or column.marks == FRACTIONS else THOUSANDS
    if all("," not in text and ("." not in text or _ALIKE.search(text)) for text in column.mixed):
        pointed = [text for text in column.mixed if "." in text]
        return (
            f"has points before three digits ({_listed(pointed)}), which nothing in the file explains: "
            f"they are read as of {point}. If that is wrong, write them without, or with two digits behind"
        )
    return (
        f"has numbers in two notations ({_listed(column.mixed)}): before three digits a point is read as of "
        f"{point}, a comma as of {comma}. If that is wrong, write them in one notation"
    )


_ALIKE = LazyPattern(r"(?<![0-9])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9])")
_OF_THOUSANDS = "those before three digits are read as of thousands. If they are fractions, write two digits"
_FRACTIONS = "all are read as fractions. If those before three digits are of thousands, write them without"


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(repr, columns))


def _first(problems: Sequence[str]) -> list[str]:
    shown = [f"  {problem}" for problem in problems[: BadLines.shown]]
    more = len(problems) - len(shown)
    return [*shown, *([f"  ... and {more} more"] if more else [])]
