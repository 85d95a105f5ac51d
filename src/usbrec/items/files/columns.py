"""Columns of a catalogue file: which means what, by the usual names or the user's own mapping.

A row is any mapping of column to value, from a CSV line or a JSON object; :func:`item_from_row` makes
the :class:`~usbrec.dialogue.Item`. Only the title is owed: odd values elsewhere count as unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items.titles import collapse, plausible_year, split_title
from usbrec.storage import parse_json

Columns = str | tuple[str, ...] | None


@dataclass(frozen=True)
class FieldMap:
    """Which column holds which attribute, one name or several each; None means: by the usual names.

    Names are compared without case, blanks, hyphens and underscores ("Movie ID" = "movie_id").
    """

    id: Columns = None
    title: Columns = None
    year: Columns = None
    genres: Columns = None
    people: Columns = None
    text: Columns = None
    popularity: Columns = None


# In order of preference. For people all that are there count, in this order: most important first.
_USUAL: dict[str, tuple[str, ...]] = {
    "id": (
        "id", "itemid", "movieid", "filmid", "bookid", "productid", "sku", "asin", "isbn", "imdbid", "tmdbid",
    ),
    "title": (
        "title", "name", "movietitle", "moviename", "itemname", "itemtitle", "productname", "producttitle",
    ),
    "year": ("year", "releaseyear", "publicationyear", "released", "releasedate", "date"),
    "genres": ("genres", "genre", "categories", "category", "styles", "style", "tags"),
    "people": (
        "people", "director", "directors", "author", "authors", "artist", "artists", "creator", "creators",
        "star", "stars", "cast", "actor", "actors", "writer", "writers", "brand",
    ),
    "text": ("text", "plot", "description", "overview", "summary", "synopsis", "abstract"),
    "popularity": (
        "popularity", "nbmentions", "mentions", "interactions", "numratings", "ratingcount", "numvotes",
        "votecount", "votes", "reviewcount", "reviews", "plays", "sales", "count",
    ),
}  # fmt: skip
_MANY = frozenset({"genres", "people"})
# Numbers of a work, not of a row: two cuts of one film share theirs.
EXTERNAL_IDS = frozenset({"imdbid", "tmdbid", "isbn"})


def column_key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


class Mapper:
    """The columns of one file, decided once from its header (or from the keys of its objects)."""

    def __init__(
        self, header: Iterable[str], mapping: FieldMap | None, path: str, *, keyed: bool = False
    ) -> None:
        self._actual = {column_key(name): name for name in reversed(list(header))}
        self._path = path
        self.columns = {
            field.name: self._find(field.name, getattr(mapping or FieldMap(), field.name))
            for field in fields(FieldMap)
        }
        # The file gives each row's id outside the row, which counts unless the user names a column.
        if keyed and (mapping is None or mapping.id is None):
            self.columns["id"] = ()
        used = {column for columns in self.columns.values() for column in columns}
        # Directors and stars are people alike, and yet not the same question.
        if len(self.columns["people"]) > 1:
            used.difference_update(self.columns["people"])
        self._rest = tuple(name for name in self._actual.values() if name not in used)

    def _find(self, attribute: str, wanted: Columns) -> tuple[str, ...]:
        if wanted is not None:
            names = (wanted,) if isinstance(wanted, str) else wanted
            missing = [name for name in names if column_key(name) not in self._actual]
            if missing:
                raise ConfigError(
                    f"{self._path}: no column for {attribute}={missing[0]!r}, as the settings have it. "
                    f"Columns: {', '.join(sorted(self._actual.values()))}."
                )
            return tuple(self._actual[column_key(name)] for name in names)
        found = tuple(self._actual[name] for name in _USUAL[attribute] if name in self._actual)
        return found if attribute in _MANY else found[:1]

    @property
    def external_id(self) -> bool:
        """Whether the ids are numbers given elsewhere (IMDb, ISBN), which several rows may share."""
        return any(column_key(column) in EXTERNAL_IDS for column in self.columns["id"])

    def item(self, row: Mapping[str, Any], key: str | None = None) -> Item | None:
        """The item of one row, None when it has no title. `key` is an id that stands outside the row."""
        title, year = split_title(self._name(row, "title"))
        if not title:
            return None
        own_year = plausible_year(self._one(row, "year"))
        year = own_year if own_year is not None else year
        item_id = self._name(row, "id") or key
        return Item(
            id=item_id or (title if year is None else f"{title} ({year})"),
            title=title,
            year=year,
            genres=self._many(row, "genres"),
            people=self._many(row, "people"),
            text=self._one(row, "text"),
            popularity=_number(self._one(row, "popularity")),
            extra={name: text for name in self._rest if (text := _text(row.get(name)))},
        )

    def _name(self, row: Mapping[str, Any], attribute: str) -> str:
        """Like `_one`, but taken at its word: there is a film called "Unknown"."""
        for column in self.columns[attribute]:
            if text := _text(row.get(column), unknown=frozenset()):
                return text
        return ""

    def _one(self, row: Mapping[str, Any], attribute: str) -> str:
        for column in self.columns[attribute]:
            if text := _text(row.get(column)):
                return text
        return ""

    def _many(self, row: Mapping[str, Any], attribute: str) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for column in self.columns[attribute]:
            for part in _parts(row.get(column)):
                found.setdefault(part.casefold(), part)
        return tuple(found.values())


_UNKNOWN = frozenset({"", "n/a", "na", "nan", "none", "null", "unknown", "-", "\\n"})


def _text(value: Any, unknown: frozenset[str] = _UNKNOWN) -> str:
    """One value as trimmed text; "" for what stands for nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, (str, int, float)):
        text = collapse(str(value))
        # A lone surrogate (half an emoji, escaped in JSON) can be neither stored nor hashed.
        text = text.encode("utf-8", "replace").decode("utf-8")
        return "" if text.casefold() in unknown else text
    if isinstance(value, list):
        return ", ".join(text for entry in value if (text := _text(entry)))
    return ""


def _parts(value: Any) -> list[str]:
    """A list of names, or one text: a list in JSON, or separated by commas, bars or semicolons."""
    if isinstance(value, list):
        return [text for entry in value if (text := _text(entry))]
    written = _text(value)
    if written.startswith("[") and written.endswith("]"):  # a list of JSON in a cell
        try:
            return _parts(parse_json(written))
        except ValueError:
            pass
    return [text for entry in re.split(r"[,|;]", written) if (text := _text(entry))]


def _number(text: str) -> float:
    """A popularity; 0 for what is no finite positive number."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
