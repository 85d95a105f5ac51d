"""Column types: whether a catalogue's further column holds numbers, yes or no, categories or text.

A type is inferred over all cells of a file, or said by the user. A cell that its column's type cannot read
counts as unknown, and is told.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from usbrec.items.constraints.measures import has_number, unit_named
from usbrec.items.constraints.number_cells import (
    NumberFormat,
    commas_of,
    format_of,
    is_missing,
    is_numeric,
)
from usbrec.items.constraints.number_ranges import Span, alone, has_ranges, span_of
from usbrec.items.constraints.stock_cells import stock_counted, stock_worded
from usbrec.items.files.amounts import currencies_of, money
from usbrec.items.files.column_names import column_key, further_names
from usbrec.patterns import LazyPattern

ColumnType = Literal["number", "yes-no", "category", "text"]
TYPES: tuple[ColumnType, ...] = get_args(ColumnType)

#: Cells of more characters, or of more words, are text.
_LONGEST_NAME, _MOST_WORDS = 60, 6
#: So many different cells are kept for the decision; beyond that only numbers are looked for.
_KEPT = 5_000
#: A column of so few different cells is one of categories, however few items there are.
_FEW = 20
#: The share of cells that are numbers from which on a column is one of numbers; of one whose name says that;
#: and of one whose other cells have numbers that are not said plainly ("ab 12").
_NUMBERS, _NUMBERS_BY_NAME, _NUMBERS_AMONG = 0.75, 0.34, 0.5
#: The share of cells that say yes or no by a word from which on a column is one of yes and no; of a stock.
_SAID, _SAID_OF_STOCK = 0.75, 0.5
_YES = frozenset(
    {
        "true",
        "yes",
        "y",
        "t",
        "1",
        "ja",
        "j",
        "wahr",
        "in stock",
        "instock",
        "available",
        "auf lager",
        "on stock",
    }
    | {"lagernd", "vorrätig", "lieferbar", "sofort lieferbar", "verfügbar", "sofort verfügbar", "ab lager"}
    | {"limited availability", "limitedavailability", "✓", "✔", "☑", "✅"}
    | {"included", "inclusive", "incl.", "allowed", "permitted", "inklusive", "inkl.", "inbegriffen"}
    | {
        "enthalten",
        "erlaubt",
        "gestattet",
        "vorhanden",
        "möglich",
        "incluido",
        "inclus",
        "compris",
        "incluso",
    }
    | {"sí", "si", "verdadero", "oui", "vrai", "sì", "vero", "sim", "да", "是", "有", "有货", "有貨"}
    | {"はい", "有り", "あり", "예", "en stock", "disponible", "disponibile", "в наличии", "在庫あり"}
)
_NO = frozenset(
    {"false", "no", "n", "f", "0", "nein", "falsch", "out of stock", "outofstock", "oos", "sold out"}
    | {"unavailable", "not available", "ausverkauft", "nicht auf lager", "nicht verfügbar", "soldout"}
    | {"nicht lieferbar", "nicht vorrätig", "nicht lagernd", "vergriffen", "not in stock", "no stock"}
    | {"not included", "excluded", "not allowed", "not permitted", "forbidden", "prohibited"}
    | {"nicht inklusive", "nicht inbegriffen", "nicht enthalten", "nicht erlaubt", "verboten"}
    | {"nicht gestattet", "nicht vorhanden", "nicht möglich", "keine", "no incluido", "non compris"}
    | {"✗", "✘", "✕", "❌", "falso", "non", "faux", "não", "nao", "nee", "нет", "否", "无", "無"}
    | {"缺货", "缺貨", "无货", "いいえ", "無し", "なし", "아니오", "아니요", "agotado", "no disponible"}
    | {"épuisé", "rupture de stock", "esaurito", "在庫なし"}
)
#: Neither is longer, blanks and variant marks between its signs included.
_LONGEST_SAID = 2 * max(map(len, _YES | _NO))
#: How schema.org writes an availability.
_SCHEMA = LazyPattern(r"https?://schema\.org/")
#: Names of columns that hold numbers even where many cells cannot be read.
_NUMERIC_NAME = LazyPattern(
    r"(?:^|_)(?:price|preis|cost|amount|rating|weight|quantity|qty|stock_count|precio|prix|prezzo|preço|prijs"
    r"|puntuación|calificación|valoración|valutazione|avaliação|beoordeling|价格|評価|评分|評分|価格|가격|평점)"
    r"s?(?:_|$)"
)
_PRICE_NAME = LazyPattern(
    r"(?:^|_)(?:price|preis|cost|kosten|saleprice|listprice|retailprice|msrp|rrp|uvp|vk"
    r"|(?:brutto|netto|verkaufs|stück|listen|laden|einzel|kauf|nacht|end|gesamt|monats|wochen|tages|miet|reise"
    r"|zimmer|kurs|ticket|eintritts|aktions|angebots|sonder|normal|streich|alt|neu|bar)preis|costo|coste"
    r"|rent|monthly_rent|miete|(?:kalt|warm|gesamt|monats|netto|brutto|wochen|grund)miete|alquiler|loyer|affitto|huur"
    r"|precio|importe|prix|tarif|prezzo|preço|preco|prijs|цена|стоимость|[^_]*(?:价格|價格|售价|售價|单价|定价|定價|価格|値段|가격))"
    r"(?:e|s|en)?(?:_|$)"
)
#: What is said of a price and is none: its currency, a note, a class.
_OF_A_PRICE = LazyPattern(
    r"_(?:currency|currencies|währung|waehrung|note|notes|hinweis|text|info|label|category|kategorie|class"
    r"|klasse|group|gruppe|range|level|segment|tier|band|unit|einheit|type|typ|art|date|datum|url|history"
    r"|starts?|ends?|start_date|end_date|valid|gültig|effective)$|^(?:date|dates|datum|for|zur)_"
)
_CURRENCY_NAMES = frozenset({"usd", "eur", "euro", "euros", "dollar", "dollars", "gbp"})
_ADDRESS = LazyPattern(r"(?:https?:)?//|www\.|/[\w.-]+/|[\w.-]+\.(?:jpe?g|png|webp|gif)$", re.I)
#: A comma between digits stands before a fraction: "1,5 l" is one name.
_SEPARATORS = LazyPattern(r"[|;•·]|\s[>/]\s|(?<![0-9]),|,(?![0-9])")


def name_words(column: str) -> str:
    """A column's name as words with underscores between: "inStock" and "In Stock" are "in_stock"."""
    spaced = re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])", "_", column)
    return re.sub(r"[^\w]+|_+", "_", spaced).strip("_").casefold()


def spoken_name(column: TypedColumn) -> str:
    """A column's name as people say it."""
    return name_words(column.name).replace("_", " ")


@functools.cache
def is_stock(column: str) -> bool:
    """Whether a column's name says whether, or how much of, an item is there: "stock", "units in stock"."""
    if column_key(column) in further_names("stock"):
        return True
    words = {column_key(word) for word in name_words(column).split("_")}
    stock = words & further_names("stock_words")
    if stock:
        return words - stock <= further_names("stock_beside")
    return _says_left(words)


def _says_left(words: set[str]) -> bool:
    left = words & further_names("left")
    return bool(left) and left < words <= left | further_names("left_of")


def is_left(column: str) -> bool:
    """Whether a column's name says how many of what there are is left: "seats left", "freie Plätze"."""
    return _says_left({column_key(word) for word in name_words(column).split("_")})


def is_stock_column(column: TypedColumn) -> bool:
    """Whether a column says whether, or how much of, an item is there."""
    return is_stock(column.name) and column.type != "text"


def is_price(column: str) -> bool:
    """Whether a column's name says that it is a price."""
    name = name_words(column)
    return _PRICE_NAME.search(name) is not None and _OF_A_PRICE.search(name) is None


@dataclass(frozen=True)
class TypedColumn:
    """What a column holds. `unit` stands behind its numbers, `currency` is its sign where one is known;
    `comma` says that a comma stands before fractions, so that "1.299" are thousands. `unreadable` counts the
    cells that the type cannot read, `examples` has the first of them and `places` where these stand, as far
    as that is known; `given` says that the user said the type. `marked` says that "x" alone stands in the
    column, so that a blank is a no; `mixed` are cells of two notations, where only the others tell which
    number one of them says: they are read as `comma` and `marks` say (see :class:`NumberFormat`)."""

    name: str
    type: ColumnType
    unit: str = ""
    currency: str = ""
    comma: bool = False
    unreadable: int = 0
    examples: tuple[str, ...] = ()
    given: bool = False
    places: tuple[str, ...] = ()
    marked: bool = False
    mixed: tuple[str, ...] = ()
    marks: str = ""
    #: Whether cells are ranges ("2-4", "8+"), and of which such column this one is an end ("least", "most").
    ranges: bool = False
    of: str = ""
    end: str = ""

    def span(self, text: str) -> Span | None:
        """The range that a cell of a column of ranges says; a plain number is one, too."""
        number = self.number(text)
        return alone(name_words(self.name), number) if number is not None else span_of(text, self.number)

    @property
    def is_measure(self) -> bool:
        """Whether its numbers have a unit, told in the cells or by the name ("minutes")."""
        return bool(self.unit or unit_named(f"_{name_words(self.name)}"))

    def said(self, text: str) -> bool | None:
        """What a cell of a column of yes and no says, "" for a blank one; None where it is neither."""
        if self.marked:
            return bool(text)
        said = yes_or_no(text)
        return said_of_stock(text) if said is None and is_stock(self.name) else said

    def number(self, text: str) -> float | None:
        """What a cell of a column of numbers says. In a stock of numbers, "yes" is at least one."""
        number = NumberFormat(self.unit, self.comma, is_price(self.name), (), self.marks).number(text)
        if number is None and is_stock(self.name):
            return stock_number(text)
        return number

    def told(self) -> str:
        """The type in words, with what could not be read."""
        kind = "yes or no" if self.type == "yes-no" else self.type
        of = " ".join(part for part in (self.currency, self.unit) if part)
        return f"{self.name} ({kind}{f' in {of}' if of else ''})"


def yes_or_no(text: str) -> bool | None:
    """What a cell of a column of yes and no says; None where it is neither."""
    said = text.casefold()
    if "://" in said:
        said = _SCHEMA.sub("", said)
    if len(said) > _LONGEST_SAID:
        return None
    said = said.replace("\ufe0f", "")
    said = " ".join(said.replace("_", " ").replace("-", " ").split())
    return True if said in _YES else False if said in _NO else None


def said_of_stock(text: str) -> bool | None:
    """Whether a cell of a stock says in words that an item is there; None where it does not say it."""
    said = yes_or_no(text)
    if said is None:
        number = stock_counted(text)
        said = stock_worded(text) if number is None else number > 0
    return said


def stock_number(text: str) -> float | None:
    """How many of an item a cell of a stock says in words; where it says only that there are any, one."""
    number = stock_counted(text)
    if number is None and (said := said_of_stock(text)) is not None:
        return float(said)
    return number


def names_of(text: str) -> tuple[str, ...]:
    """The categories in one cell, which may separate them by commas, semicolons or bars."""
    if _SEPARATORS.search(text) is None:
        return (text,)
    return tuple(dict.fromkeys(part for piece in _SEPARATORS.split(text) if (part := piece.strip())))


@dataclass
class Tally:
    """What was seen of one column so far; `places` are where cells that are no plain number stand first."""

    filled: int = 0
    cells: Counter[str] = field(default_factory=Counter)
    long: int = 0
    further: int = 0
    further_numbers: int = 0
    long_cells: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, place: str = "") -> None:
        self.filled += 1
        if text in self.cells:
            self.cells[text] += 1
            return
        if len(text) > _LONGEST_NAME:
            self.long += 1
            if len(self.long_cells) < _SHOWN:
                self.long_cells.append(text)
                self.places[text] = place
        elif len(self.cells) < _KEPT:
            self.cells[text] = 1
            if place and not text.isdigit():
                self.places[text] = place
        else:
            self.further += 1
            self.further_numbers += has_number(text) or money(text) is not None


_SHOWN = 3
_AMOUNTS_KEPT = 500


class ColumnTypes:
    """Infers the types of columns from their cells, item by item; `given` are those that the user said."""

    def __init__(self, given: Mapping[str, ColumnType] | None = None) -> None:
        self._given = dict(given or {})
        self._tallies: dict[str, Tally] = {}
        self._amounts: dict[str, None] = {}

    def wrote(self, amount: str) -> None:
        """Take an amount as the file has it, whose sign was taken off."""
        if len(self._amounts) < _AMOUNTS_KEPT:
            self._amounts[amount] = None

    def add(self, extra: Mapping[str, str], place: str = "") -> None:
        """Take the further columns of one item; `place` says where it stands in its file."""
        tallies = self._tallies
        for column, text in extra.items():
            tally = tallies.get(column)
            if tally is None:
                tally = tallies[column] = Tally()
            tally.add(text, place)

    def columns(self, currencies: Mapping[str, Sequence[str]] | None = None) -> tuple[TypedColumn, ...]:
        """The columns that have any cell, in the order they were met. `currencies` are signs that were taken
        off the amounts, by column."""
        signs = currencies or {}
        every = (text for tally in self._tallies.values() for text in tally.cells)
        commas = commas_of(every, self._amounts)
        return tuple(
            _typed(column, tally, self._given.get(column), signs.get(column, ()), commas)
            for column, tally in self._tallies.items()
        )


def _typed(
    column: str, tally: Tally, given: ColumnType | None, signs: Sequence[str], commas: bool | None
) -> TypedColumn:
    cells = {text: count for text, count in tally.cells.items() if not is_missing(text)}
    written = format_of(name_words(column), cells, price=is_price(column), commas=commas)
    read = {text for text in cells if written.number(text) is not None}
    # Of what came after the kept ones only numbers were looked for.
    numbers = sum(cells[text] for text in read) + tally.further_numbers
    # A stock that is counted may also be said: "yes", "sold out", "only 2 left".
    says = said_of_stock if is_stock(column) else yes_or_no
    if is_stock(column):
        counted = {text for text in cells if text not in read and stock_counted(text) is not None}
        numbers += sum(cells[text] for text in counted)
        read |= counted
    words = {text for text in cells if says(text) is not None and text not in read}
    said = sum(cells[text] for text in words) if is_stock(column) else 0
    filled = sum(cells.values()) + tally.long + tally.further
    ranges = (
        given in (None, "number")
        and len(read) < len(cells)
        and not (signs or tally.long or is_price(column) or is_stock(column))
        and has_ranges(name_words(column), cells, written.number, filled)
    )
    if ranges:
        spans = {text for text in cells if text in read or span_of(text, written.number) is not None}
        numbers += sum(cells[text] for text in spans - read)
        read = spans
    kind = given or ("number" if ranges else "")
    kind = kind or _inferred(column, tally, cells, read, filled, numbers, said, bool(signs))
    marked = _is_marked(cells, filled) and kind == "yes-no"
    unread: Iterable[str] = ()
    unreadable = 0
    if kind == "number":
        unread = [text for text in cells if text not in read and not (said and text in words)]
        unreadable = filled - numbers - said
    elif is_price(column) and given is None and kind != "yes-no":
        unread = [text for text in cells if any(map(str.isdecimal, text))]
        unreadable = sum(cells[text] for text in unread)
    elif kind == "yes-no" and not marked:
        unread = [text for text in cells if says(text) is None]
        unreadable = tally.long + tally.further + sum(cells[text] for text in unread)
    examples = tuple([*unread, *(tally.long_cells if unreadable else ())][:_SHOWN])
    return TypedColumn(
        column,
        kind,
        written.unit if kind == "number" else "",
        _currency(column, signs or _signs(cells)) if kind == "number" else "",
        written.comma and kind == "number",
        unreadable,
        examples,
        given is not None,
        tuple(tally.places.get(text, "") for text in examples),
        marked,
        written.mixed if kind == "number" else (),
        written.marks if kind == "number" else "",
        ranges,
    )


def _is_marked(cells: Mapping[str, int], filled: int) -> bool:
    """Whether "x" is all that stands in a column's cells: a mark, not one of "x" and "✓"."""
    return bool(cells) and filled == sum(cells.values()) and all(text in "xX" for text in cells)


def _inferred(
    column: str,
    tally: Tally,
    cells: Mapping[str, int],
    read: Collection[str],
    filled: int,
    numbers: int,
    said: int,
    signed: bool,
) -> ColumnType:
    """The type that `cells` have, each with how often it stands there: `read` are those that are numbers,
    `filled`, `numbers` and `said` count all cells, those that are numbers and, of a stock, that say it."""
    says = said_of_stock if is_stock(column) else yes_or_no
    wordy = cells and not tally.further and not tally.long
    counted = is_stock(column) and any(stock_counted(text) is not None for text in read)
    if wordy and not counted and None not in map(says, cells):
        return "yes-no"
    if _is_marked(cells, filled):
        return "yes-no"
    if said and numbers and numbers + said >= filled * _SAID_OF_STOCK:
        return "number"
    about = sum(count for text, count in cells.items() if text not in read and is_numeric(text))
    if not signed and _are_codes(column, cells):
        numbers = about = 0
    if (numbers and numbers >= filled * _NUMBERS) or (is_price(column) and numbers + about):
        return "number"
    by_name = signed or _NUMERIC_NAME.search(name_words(column)) is not None
    if numbers and by_name and numbers >= filled * _NUMBERS_BY_NAME:
        return "number"
    if numbers and numbers >= filled * _NUMBERS_AMONG and numbers + about >= filled * _NUMBERS:
        return "number"
    worded = sum(count for text, count in cells.items() if len(text) > 1 and says(text) is not None)
    if worded and worded >= filled * (_SAID_OF_STOCK if is_stock(column) else _SAID):
        return "yes-no"
    if tally.further or tally.long > filled * 0.05 or any(map(_ADDRESS.match, list(cells)[:50])):
        return "text"
    if sum(len(text.split()) > _MOST_WORDS for text in cells) > len(cells) * 0.05:
        return "text"
    names = {name.casefold() for text in cells for name in names_of(text)}
    return "category" if len(names) <= _FEW or len(names) * 2 <= filled else "text"


#: What no number begins with.
_CODE = LazyPattern(r"0[0-9]{3,}")


def _are_codes(column: str, cells: Collection[str]) -> bool:
    """Whether a column's digits name something, and count nothing: "02139" keeps its zero."""
    if is_price(column) or is_stock(column) or unit_named(f"_{name_words(column)}"):
        return False
    return 100 * sum(1 for text in cells if _CODE.fullmatch(text)) >= max(1, len(cells))


def _signs(cells: Iterable[str]) -> list[str]:
    """The signs of currencies that stand in cells themselves."""
    found = (money(text) for text in cells if not text[:1].isdigit() or not text[-1:].isdigit())
    return list(dict.fromkeys(amount[1] for amount in found if amount is not None))


def _currency(column: str, signs: Sequence[str]) -> str:
    if signs:
        return "/".join(currencies_of(signs))
    words = name_words(column).split("_")
    return next(iter(currencies_of(word for word in words if word in _CURRENCY_NAMES)), "")
