"""Closed values: what a reply may say of one item because its columns hold it, as they are written.

People and makers (with an initial in place of the first name, too, and by the last name alone), categories,
the year, prices, and the numbers of further columns. What stands in free texts is nobody's value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from usbrec.dialogue import Item
from usbrec.items.constraints.column_roles import is_maker, makers_of
from usbrec.items.constraints.column_types import (
    TypedColumn,
    is_price,
    is_stock,
    name_words,
    names_of,
    said_of_stock,
    yes_or_no,
)
from usbrec.items.constraints.measures import unit_of
from usbrec.items.genres import normalise_genre, said_for
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.credits import is_of
from usbrec.play.grounding.naming.vocabulary import Vocabulary

ValueKind = Literal["person", "category"]
_WORD = LazyPattern(r"[^\W\d_]+")
#: Longer cells are texts.
_LONGEST = 60
#: Shorter last names are words.
_SHORTEST_NAME = 3
_ITEMS_KEPT = 1 << 10


@dataclass(frozen=True)
class Values:
    """What one item's columns hold: `forms` are texts as they may be said, the longest first."""

    forms: tuple[tuple[str, ValueKind], ...]
    years: frozenset[str]
    prices: frozenset[float]
    currencies: frozenset[str]
    #: Numbers with what each counts: the words of its column and its unit.
    numbers: frozenset[tuple[float, frozenset[str]]]
    in_stock: bool | None
    #: The words of all that an item's cells say, and of the columns in which it has something.
    words: frozenset[str]
    #: What its genres count as.
    genres: frozenset[str]
    #: Who made it, as they may be called, where columns tell them from who plays in it; None where none does.
    makers: frozenset[str] | None


@dataclass(frozen=True)
class ClosedValues:
    """Reads the values of items of one catalogue."""

    vocabulary: Vocabulary

    def of(self, item: Item) -> Values:
        """The values of an item, kept for a while: the same items are shown again and again."""
        found = self._kept.get(item.id)
        if found is None:
            if len(self._kept) >= _ITEMS_KEPT:
                self._kept.clear()
            found = self._kept[item.id] = self._of(item)
        return found

    @cached_property
    def _kept(self) -> dict[str, Values]:
        return {}

    @cached_property
    def categories(self) -> tuple[tuple[str, ValueKind], ...]:
        """What any item's category or genre may be, which a question may ask for."""
        genres = {genre for traits in self.vocabulary.knowledge.traits.values() for genre in traits.genres}
        return _sorted((form, "category") for genre in genres for form in _written(genre))

    @cached_property
    def category_words(self) -> frozenset[str]:
        """The categories and genres of one word, as the catalogue writes them and as they count, in small
        letters."""
        written = {genre for item in self.vocabulary.knowledge.catalogue for genre in item.genres}
        names = written | {form for form, _ in self.categories}
        return frozenset(name.lower() for name in names if name.isalpha())

    def _of(self, item: Item) -> Values:
        forms: set[tuple[str, ValueKind]] = set()
        numbers: set[tuple[float, frozenset[str]]] = set()
        prices: set[float] = set()
        currencies: set[str] = set()
        for name in makers_of(item):
            forms.update((form, "person") for form in _called(name))
        for genre in item.genres:
            forms.update((form, "category") for form in _written(genre))
        priced = {column.name for column in self.vocabulary.present_prices}
        for column in self.vocabulary.columns:
            cell = item.extra.get(column.name, "")
            if not cell or is_stock(column.name):
                continue
            if column.type == "category":
                forms.update((form, "category") for name in names_of(cell) for form in _written(name))
            elif column.type == "number" and (number := column.number(cell)) is not None:
                if column.name in priced:
                    prices.add(number)
                    currencies.add(column.currency)
                elif not (column.currency or is_price(column.name)):
                    numbers.add((number, self._counted(column)))
        return Values(
            _sorted(forms),
            frozenset() if item.year is None else frozenset({str(item.year)}),
            frozenset(prices),
            frozenset(currencies),
            frozenset(numbers),
            self._in_stock(item),
            self._words(item),
            frozenset(one for genre in item.genres for one in normalise_genre(genre)),
            _makers(item),
        )

    def _words(self, item: Item) -> frozenset[str]:
        cells = {name: cell for name, cell in item.extra.items() if cell and yes_or_no(cell) is not False}
        said = (*item.titles, item.text, *item.genres, *cells.values(), *map(name_words, cells))
        return frozenset(word for text in said for word in _WORD.findall(text.lower().replace("_", " ")))

    @cached_property
    def counted_words(self) -> frozenset[str]:
        """What the numbers of the catalogue's columns count, in the words in which they are said."""
        counted = (column for column in self.vocabulary.columns if column.type == "number")
        return frozenset(
            word for column in counted if not is_price(column.name) for word in self._counted(column)
        ) - {""}

    @cached_property
    def price_words(self) -> frozenset[str]:
        """The words in the names of the columns of prices: "night" of "price_per_night"."""
        prices = self.vocabulary.present_prices
        return frozenset(word for column in prices for word in name_words(column.name).split("_"))

    @cached_property
    def said_genres(self) -> Mapping[str, tuple[str, ...]]:
        """What genres of the catalogue are called beside their names, in any language, in small letters, and
        which genres these are."""
        genres = {genre for item in self.vocabulary.knowledge.catalogue for genre in item.genres}
        return {word: normalise_genre(genre) for word, genre in said_for(genres).items()}

    @cached_property
    def further_categories(self) -> frozenset[str]:
        """The categories of one word in further columns, in small letters."""
        return frozenset(name for name in self.vocabulary.values if name.isalpha())

    def _counted(self, column: TypedColumn) -> frozenset[str]:
        """What a column's numbers are numbers of, in the words in which they are said."""
        said = self.vocabulary.counted.spoken.get(column.name, [])
        return frozenset({*said, *map(unit_of, said), unit_of(column.unit)} - {""})

    def _in_stock(self, item: Item) -> bool | None:
        """Whether an item is there; None where the catalogue doesn't say it. A column that says so goes
        before one that counts."""
        for column in self.vocabulary.stock_columns:
            cell = item.extra.get(column.name, "")
            if cell and column.type == "number" and (number := column.number(cell)) is not None:
                return bool(number > 0)
            if cell and (there := said_of_stock(cell)) is not None:
                return there
        return None


def _makers(item: Item) -> frozenset[str] | None:
    """Who made an item rather than played in it, where it has columns of both."""
    players = any(cell and is_of(column, "star") for column, cell in item.extra.items())
    made = [
        cell
        for column, cell in item.extra.items()
        if cell and (is_of(column, "director") or is_of(column, "author") or is_maker(column))
    ]
    if not (players and made):
        return None
    return frozenset(form for cell in made for name in names_of(cell) for form in _called(name))


def _called(name: str) -> Iterator[str]:
    """How a person or a maker may be called."""
    if not name or len(name) > _LONGEST:
        return
    yield name
    if name.islower() or name.isupper():
        yield name.title()
    first, _, rest = name.partition(" ")
    if rest and first[0].isupper():
        yield f"{first[0]}. {rest}"
        last = name.rsplit(" ", 1)[1]
        if len(last) >= _SHORTEST_NAME and last[0].isupper() and last.rstrip(".") not in ("Jr", "Sr"):
            yield last


def _written(name: str) -> Iterator[str]:
    """How a category may be written: as it is, and in small letters."""
    name = name.strip()
    if name and len(name) <= _LONGEST and not name.isdigit():
        yield name
        yield name.lower()


def _sorted(forms: Iterable[tuple[str, ValueKind]]) -> tuple[tuple[str, ValueKind], ...]:
    return tuple(sorted(set(forms), key=lambda one: (-len(one[0]), one)))
