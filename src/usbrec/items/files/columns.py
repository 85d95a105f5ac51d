"""Columns of a catalogue file: which means what, by the usual names or the user's own mapping.

A row is any mapping of column to value, from a CSV line or a JSON object; :class:`Mapper` makes
the :class:`~usbrec.dialogue.Item`. Only the title is owed: odd values elsewhere count as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items.constraints.column_roles import is_offer, is_present_price
from usbrec.items.constraints.column_types import ColumnType, ColumnTypes, yes_or_no
from usbrec.items.constraints.number_cells import is_missing
from usbrec.items.files.amounts import count_of, money, number_of, stars_of
from usbrec.items.files.cells import (
    BrokenCell,
    first_of,
    further_text,
    in_one_line,
    names_in,
    text_of,
    titles_in,
    without_html,
    without_languages,
)
from usbrec.items.files.column_names import column_key, further_names, named_with_kind, usual_names
from usbrec.items.files.joined_columns import JoinedColumns, markets_apart
from usbrec.items.files.report import ReadingReport
from usbrec.items.files.title_column import TitleColumn, title_column
from usbrec.items.further_titles import others, read_titles
from usbrec.items.titles import plausible_year
from usbrec.patterns import LazyPattern

Columns = str | tuple[str, ...] | None


@dataclass(frozen=True)
class FieldMap:
    """Which column holds which attribute, one name or several each; None means: by the usual names.

    Names are compared without case, accents and all that is neither a letter nor a digit ("Movie ID" =
    "movie_id", "Art.-Nr." = "artnr").
    """

    id: Columns = None
    title: Columns = None
    year: Columns = None
    genres: Columns = None
    people: Columns = None
    text: Columns = None
    popularity: Columns = None
    also: Columns = None


_MANY = frozenset({"genres", "people", "also"})
#: Columns that Shopify's exports have beside a product's handle.
_OF_SHOPIFY = frozenset({"variantprice", "variantsku", "option1name", "bodyhtml"})
#: Those of which a file may have several columns of one name, or numbered ones.
_NUMBERED = ("genres", "people")
#: Ids only where no two cells are alike.
_MAY_BE_IDS = frozenset({"key"})
#: Codes are those of barcodes alone (Open Food Facts): "DE" and "SAVE20" are codes, too.
_BARCODES, _BARCODE = "code", LazyPattern(r"[0-9]{8,14}")
#: What the day of an event is called, and a day; a release is told by its year.
_OF_EVENTS = frozenset({"date", "startdate", "datum", "termin"})
_STAMPED = LazyPattern(r"T00:00:00Z?$")  # as databases write a date, Wikidata's releases among them
_DAY = LazyPattern(r"(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]?\d[./][0-3]?\d[./](?:19|20)\d\d")
# Numbers of a work, not of a row: two cuts of one film share theirs.
EXTERNAL_IDS = frozenset({"imdbid", "tmdbid", "isbn", "isbn13", "isbn10"})


class Mapper:
    """The columns of one file, decided once from its header (or from the keys of its objects)."""

    def __init__(
        self,
        header: Iterable[str],
        mapping: FieldMap | None,
        path: str,
        *,
        keyed: bool = False,
        types: Mapping[str, ColumnType] | None = None,
        first: Iterable[Mapping[str, Any]] = (),
        within: str | None = None,
    ) -> None:
        """`first` are some rows, which say what a name leaves open: "stars" are people or marks of five.
        `within` is the column whose objects' fields were read as columns."""
        header, first = list(header), list(first)
        self._actual = {column_key(name): name for name in reversed(header)}
        self._path, self._within = path, within
        self._first = first
        self.not_taken: list[str] = []
        given = {field.name: getattr(mapping or FieldMap(), field.name) for field in fields(FieldMap)}
        self.columns = {name: self._find(name, wanted) for name, wanted in given.items()}
        self.title = TitleColumn(None)
        if given["title"] is None:
            others = {one for name, taken in self.columns.items() if name != "title" for one in taken}
            self.title = title_column(header, first, others)
            self.columns["title"] = () if self.title.column is None else (self.title.column,)
            if given["also"] is None:
                also = (*self.columns["also"], *self.title.further)
                self.columns["also"] = tuple(name for name in also if name != self.title.column)
        #: Where a row has no title in its column, it is in the next that has one.
        self._instead: tuple[str, ...] = ()
        if given["title"] is None:
            originals = [self._actual[key] for key in usual_names()["also"] if key in self._actual]
            self._instead = tuple(dict.fromkeys((*self.title.further, *originals)))
        self._grouped = any(map(self._counts_in_thousands, self.columns["popularity"]))
        self._found: dict[str, dict[str, None]] = {}
        self.broken: list[str] = []
        self._currencies: dict[str, dict[str, None]] = {}
        # The file gives each row's id outside the row, which counts unless the user names a column.
        self._keyed = keyed and (mapping is None or mapping.id is None)
        if keyed and (mapping is None or mapping.id is None):
            self.columns["id"] = ()
        used = {column for columns in self.columns.values() for column in columns}
        # Directors and stars are people alike, and yet not the same question.
        if len(self.columns["people"]) > 1:
            used.difference_update(self.columns["people"])
        for attribute in _NUMBERED:
            if given[attribute] is None:
                known = used.union(self.columns[attribute])
                again = tuple(name for name in header if name not in known and self._again(name, attribute))
                self.columns[attribute] += again
                used.update(again)
        # "Title" beside "title" means nothing, and is kept, too.
        there = dict.fromkeys(header)
        #: What an item costs elsewhere is no price of it here.
        self._markets = markets_apart(header) - {self._actual.get(column_key(name)) for name in types or {}}
        # A column of numbers without a name is a table's numbering.
        numbering = {"" for row in first[:1] if text_of(row.get("")).isdecimal()}
        apart = (used | self._markets | numbering) - self._days()
        self._rest = tuple(name for name in there if name not in apart)
        types_given = self._types_given(types or {})
        self._types = ColumnTypes(types_given)
        self._joined = JoinedColumns(self._rest, kept=types_given, taken=header)
        self._joins = bool(self._joined)
        self._prices = [one for one in self._rest if is_present_price(one) and not is_offer(one)]
        self._priced = self._free = 0

    def _days(self) -> set[str]:
        """The columns of years that say on which day something is, which is more: "date" of an event."""
        found = set()
        for column in self.columns["year"]:
            texts = [text for row in self._first if (text := text_of(row.get(column)))]
            days = bool(texts) and all(map(_DAY.match, texts)) and not all(map(_STAMPED.search, texts))
            if column_key(column) in _OF_EVENTS and days:
                found.add(column)
        return found

    def _types_given(self, types: Mapping[str, ColumnType]) -> dict[str, ColumnType]:
        given: dict[str, ColumnType] = {}
        for name, kind in types.items():
            actual = self._actual.get(column_key(name))
            if actual is None or actual not in self._rest:
                why = "has a meaning already" if actual is not None else "is none"
                raise ConfigError(
                    f"{self._path}: catalogue.columns.{name}: {name!r} {why} of the further columns. "
                    f"These are: {', '.join(self._rest) or 'none'}."
                )
            given[actual] = kind
        return given

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
        if attribute == "title":
            return ()
        found = [self._actual[name] for name in usual_names()[attribute] if name in self._actual]
        if not found:
            found = [name for key, name in self._actual.items() if named_with_kind(key, attribute)]
            found.reverse()
        found = [name for name in found if self._can_hold(name, attribute)]
        if attribute == "id":
            found = [name for name in found if self._tells_apart(name)]
        if attribute == "id" and len(found) > 1:
            found.sort(key=self._repeated)
        return tuple(found if attribute in _MANY else found[:1])

    def _again(self, column: str, attribute: str) -> bool:
        """Whether a column is one more of an attribute of which all columns count: a second "genre", which
        is called "genre (2)", "Genre" beside "genre", and "genre1" and "genre2"."""
        name = _NUMBER_BEHIND.fullmatch(column_key(column))
        if (name[1] if name else column_key(column)) not in usual_names()[attribute]:
            return False
        texts = [text for row in self._first if (text := _said(row.get(column)))]
        return self._can_hold(column, attribute) and not (texts and all(map(_is_mark, texts)))

    def _can_hold(self, column: str, attribute: str) -> bool:
        """Whether a column's first cells are what an attribute of this name has: "popularity" of "high" and
        "low" is none, and stays a further column. "stars" may be people or marks of five."""
        fits = _FITTING.get(attribute)
        if fits is None:
            return True
        stars = attribute == "people" and _STARS.fullmatch(column_key(column)) is not None
        texts = [text for row in self._first if (text := _said(row.get(column)))]
        if not texts or sum(map(fits, texts)) >= len(texts) * (_MOST if stars else _SOME):
            return True
        if not (stars and sum(map(_is_mark, texts)) * 2 > len(texts)):
            shown = ", ".join(repr(text[:_LONGEST_AMOUNT]) for text in list(dict.fromkeys(texts))[:3])
            self.not_taken.append(f"{column!r}: its cells are no {attribute} ({shown})")
        return False

    def _counts_in_thousands(self, column: str) -> bool:
        """Whether "1.299" of a popularity is more than a thousand: counts are whole numbers. Of a measure
        that is only called popular, whole numbers below a thousand beside it say so."""
        texts = [text for row in self._first if (text := _said(row.get(column)))]
        pointed = [text for text in texts if _POINT.search(text)]
        if not all(map(_GROUPS.fullmatch, pointed)):
            return False
        if not _MEASURED.search(column_key(column)):
            return True
        whole = [len(text) for text in texts if text.isascii() and text.isdigit()]
        return bool(whole) and max(whole) <= 3

    def _tells_apart(self, column: str) -> bool:
        """Whether a column can be that of ids: no lists of numbers of its editions (Open Library's "isbn"),
        and a "key" that is no number (of a song, say)."""
        cells = [row.get(column) for row in self._first]
        if any(isinstance(cell, list) and len(cell) > 1 for cell in cells):
            return False
        texts = list(filter(None, map(text_of, cells)))
        if column_key(column) == _BARCODES:
            return bool(texts) and len(set(texts)) == len(texts) and all(map(_BARCODE.fullmatch, texts))
        sure = column_key(column) not in _MAY_BE_IDS
        if column_key(column) in further_names("handle"):
            # A shop's export has a row for each variant; elsewhere a handle is anything.
            return not _OF_SHOPIFY.isdisjoint(self._actual)
        return sure or (bool(texts) and len(set(texts)) == len(texts) and not any(map(number_of, texts)))

    def _repeated(self, column: str) -> bool:
        """Whether most of a column's first cells are empty or stand in another row, too: ids of something
        else."""
        texts = {text_of(row.get(column)) for row in self._first} - {""}
        return len(self._first) > 1 and len(texts) * 2 < len(self._first)

    @property
    def external_id(self) -> bool:
        """Whether the ids are numbers given elsewhere (IMDb, ISBN), which several rows may share."""
        return any(column_key(column) in EXTERNAL_IDS for column in self.columns["id"])

    def item(self, row: Mapping[str, Any], key: str | None = None, place: str = "") -> Item | None:
        """The item of one row, None when it has no title. `key` is an id that stands outside the row, `place`
        what broken cells are told with."""
        names = self._titles(row)
        written = without_html(names[0])
        dated = self._one(row, "year")
        dated = dated[1:-1].strip() if dated[:1] == "(" and dated[-1] == ")" else dated
        own_year = plausible_year(dated) if dated else None
        if dated and own_year is None:
            self._not_read("year", dated, place)
        title, also, year = read_titles(written, dated=own_year is not None)
        if not title:
            return None
        year = own_year if own_year is not None else year
        further = self._many(row, "also", place, "|;")
        if len(names) > 1:
            further = (*names[1:], *further)
        item_id = _whole(self._name(row, "id")) or key
        extra = {name: text for name in self._rest if (text := self._further(name, row.get(name), place))}
        if self._joins:
            self._joined.join(extra, self._currencies)
        return Item(
            id=item_id or (title if year is None else f"{title} ({year})"),
            title=title,
            year=year,
            genres=self._many(row, "genres", place),
            people=_each_person(self._many(row, "people", place)),
            text=without_html(self._one(row, "text")),
            popularity=self._popularity(row, place),
            extra=extra,
            also=others(title, (*also, *further)) if further else also,
        )

    def _popularity(self, row: Mapping[str, Any], place: str) -> float:
        """A popularity; 0 for what is no positive number."""
        text = self._one(row, "popularity")
        if not text:
            return 0.0
        number = number_of(text, thousands=True) if self._grouped and _POINT.search(text) else None
        number = count_of(text) if number is None else number
        if number is None:
            self._not_read("popularity", text, place)
        return number if number is not None and number > 0 else 0.0

    def _not_read(self, attribute: str, text: str, place: str) -> None:
        """Tell a cell that is filled in and cannot be read: "30-Oct-95" is of which century?"""
        if text.strip("0-:/. T") and not is_missing(text) and not _ANTIQUITY.fullmatch(text):
            column = self.columns[attribute][0]
            self.broken.append(f"{place}: {column}: no {attribute} can be read from {text[:40]!r}")

    def take(self, item: Item, place: str = "") -> None:
        """Count the further columns of an item that is kept, for their types; `place` is where it stands."""
        if item.extra:
            self._types.add(item.extra, place)
            for column in self._prices:
                if (cell := item.extra.get(column)) is not None and not cell[:1].isalpha():
                    self._priced += 1
                    self._free += not cell.strip("0.,-–— €$£") and "0" in cell

    def report(self, where: str, items: int, left_out: Sequence[str], say_it: str) -> ReadingReport:
        """What was taken for what, so far."""
        ids = ", ".join(map(repr, self.columns["id"])) or "title and year, as no column is one of ids"
        if self._keyed:
            ids = "the keys of the file's object"
        elif self._ids_passed_over:
            ids += f" (and not from {', '.join(map(repr, self._ids_passed_over))})"
        return ReadingReport(
            where=where,
            columns=self.columns,
            others=self._joined.others(self._rest),
            joined=" ".join(filter(None, (self._joined.told(), self._markets_told(), self._free_told()))),
            free=self._free if self._few_free else 0,
            ids_from=ids,
            name_keys={column: tuple(keys) for column, keys in self._found.items() if keys},
            currencies={column: tuple(signs) for column, signs in self._currencies.items()},
            types=self._types.columns({name: tuple(signs) for name, signs in self._currencies.items()}),
            items=items,
            left_out=tuple(left_out),
            broken_cells=tuple(self.broken),
            say_it=say_it,
            titles_not_from=self.title.passed_over,
            by_cells=self.title.by_cells,
            not_taken=tuple(self.not_taken),
            within=self._within,
        )

    @property
    def _few_free(self) -> bool:
        """Whether some items cost nothing among others that do: mostly, nobody has said what they cost."""
        return 0 < self._free * 2 <= self._priced

    def _free_told(self) -> str:
        if not self._few_free:
            return ""
        return f"{self._free} prices are 0, which is read as free: leave a cell empty where nobody knows."

    def _markets_told(self) -> str:
        if not self._markets:
            return ""
        return f"Columns of single markets are not read: {', '.join(sorted(self._markets))}."

    @property
    def _ids_passed_over(self) -> list[str]:
        """Columns that could have been that of ids, too."""
        usual = [self._actual[name] for name in usual_names()["id"] if name in self._actual]
        return [name for name in usual if self.columns["id"] and name not in self.columns["id"]]

    def _further(self, column: str, value: Any, place: str) -> str:
        if isinstance(value, str) and ("\n" in value or "<" in value):
            value = in_one_line(value)
        try:
            text = further_text(value)
        except BrokenCell as problem:
            self.broken.append(f"{place}: {column}: {problem}")
            text = problem.kept
        if text[2:3] == ":":
            text = without_languages(text)
        # Only what has a currency's sign is surely an amount: "007" and "1.234" stay as they are.
        if (
            not text
            or len(text) > _LONGEST_AMOUNT
            or (text[0].isdigit() == (text[-1].isdigit() or text[-1] in _RULES) and not _cents_behind(text))
        ):
            return text
        if amount := money(text):
            self._currencies.setdefault(column, {})[amount[1]] = None
            self._types.wrote(text)
            return f"{amount[0]:.10g}"
        return text

    def _name(self, row: Mapping[str, Any], attribute: str) -> str:
        """Like `_one`, but taken at its word: there is a film called "Unknown"."""
        for column in self.columns[attribute]:
            if text := text_of(row.get(column), unknown=frozenset()):
                return text
        return ""

    def _titles(self, row: Mapping[str, Any]) -> list[str]:
        """The title, and further ones where a cell is a list of them; "" for none."""
        for column in (*self.columns["title"], *self._instead):
            value = row.get(column)
            if not value:
                continue
            if isinstance(value, str) or not isinstance(value, list | tuple | Mapping):
                text = text_of(value, unknown=_NONE)
                if text and text not in _NO_TITLE and not _OBJECTS.match(text):
                    return [text]
                continue
            try:
                names = titles_in(value)
            except BrokenCell:
                continue
            if names:
                return names
        return [""]

    def _one(self, row: Mapping[str, Any], attribute: str) -> str:
        for column in self.columns[attribute]:
            if text := text_of(row.get(column)):
                return text
        return ""

    def _many(
        self, row: Mapping[str, Any], attribute: str, place: str, separators: str = ",|;"
    ) -> tuple[str, ...]:
        if not (columns := self.columns[attribute]):
            return ()
        found: list[str] = []
        for column in columns:
            value = row.get(column)
            if value is None or value == "":
                continue
            try:
                found += names_in(value, self._found.setdefault(column, {}), separators)
            except BrokenCell as problem:
                self.broken.append(f"{place}: {column}: {problem}")
        whole = "".join(found)
        if ":" in whole:
            found = [without_languages(name) if name[2:3] == ":" else name for name in found]
        if "<" in whole:
            found = [plain for name in found if (plain := without_html(name))]
        # What has neither a letter nor a digit ("?", half an emoji) cannot be said.
        return first_of([name for name in found if name[0].isalnum() or any(map(str.isalnum, name))])


# Spelt as programs write what is missing; there are films called "Unknown" and "Null".
_NO_TITLE = frozenset({"nan", "NaN", "N/A", "null", "NULL", "None", "\\N", "<NA>", "#N/A"})
_NONE: frozenset[str] = frozenset()
#: A list of objects, or one: what stands in a row whose cells have shifted.
_OBJECTS = LazyPattern(r"\[\s*\{|\{\s*['\"]\w+['\"]\s*:")
_NUMBER_BEHIND = LazyPattern(r"([^0-9]+)[0-9]{1,2}")
_STARS = LazyPattern(r"stars?\d?")


#: The share of cells that fit from which on a column is that of its name; of stars.
_SOME, _MOST = 0.2, 0.5


def _said(value: Any) -> str:
    """What a cell holds, yes and no of JSON, too."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text_of(value)


def _is_mark(text: str) -> bool:
    """Whether a cell is a number, or a mark of so many stars."""
    return number_of(text) is not None or stars_of(text) is not None


def _dates(text: str) -> bool:
    """Whether a cell says a year, one of antiquity or one that was never filled in among them."""
    return (
        plausible_year(text.strip("()")) is not None
        or bool(_ANTIQUITY.fullmatch(text))
        or not text.strip("0-:/. T")
    )


_FITTING: Mapping[str, Callable[[str], bool]] = {
    "year": _dates,
    "popularity": lambda text: count_of(text) is not None,
    "people": lambda text: not _is_mark(text) and yes_or_no(text) is None,
}


def _whole(item_id: str) -> str:
    """An id without the fraction that a table gives whole numbers when some are missing: "12.0"."""
    return item_id[:-2] if item_id[-2:] == ".0" and item_id[:-2].isdigit() else item_id


def _each_person(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names with a slash between whole names apart; "AC/DC" is one. The number by which Discogs tells two of
    a name apart, "Prince (2)", is no part of it."""
    whole = "".join(names)
    if ")" in whole:
        names = first_of([_NAMESAKE.sub("", name) for name in names])
    if "/" not in whole:
        return names
    found: list[str] = []
    for name in names:
        parts = [part.strip() for part in name.split("/")]
        found += parts if all(" " in part for part in parts) else [name]
    return first_of(found)


_NAMESAKE = LazyPattern(r"(?<=\S) \([1-9][0-9]{0,2}\)$")


def _cents_behind(text: str) -> bool:
    """Whether a text that begins and ends with a digit has a sign between: "12€50"."""
    return not text.isascii() and any(sign in text for sign in "€£")


_LONGEST_AMOUNT = 24
_POINT = LazyPattern(r"[0-9]\.[0-9]")
_GROUPS = LazyPattern(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
#: In the names of columns of popularity that count nothing.
_MEASURED = LazyPattern("popular|beliebt|популярн|人気|人气|인기")
# Years that are none of a release, but well written.
_ANTIQUITY = LazyPattern(r"-\d+|\d{3}")
#: "5,-" has no cents.
_RULES = frozenset("-–—")
