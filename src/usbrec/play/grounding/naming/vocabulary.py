"""Catalogue vocabulary: the words a catalogue uses beside its titles, its people and brands, its columns."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.column_roles import (
    asked_stock,
    former_prices,
    is_amount,
    is_fee,
    is_former_price,
    is_maker,
    is_origin,
    present_prices,
)
from usbrec.items.constraints.column_types import (
    TypedColumn,
    is_price,
    is_stock,
    name_words,
    names_of,
    spoken_name,
)
from usbrec.items.constraints.company import CompanyReader
from usbrec.items.constraints.flags import spoken_pattern
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.phrases import spoken_elsewhere
from usbrec.items.knowledge import Knowledge
from usbrec.items.titles import words
from usbrec.lexicon import whole_words
from usbrec.lexicon import words as lexicon
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.passing_values import PassingValues

#: Items of which a description is read whole; the words of the others are known from the linker.
_ITEMS_READ = 1 << 12
#: So many sets of items are kept with the words of their fields.
_SETS_KEPT = 256


#: What columns of prices are called that says nothing of which price it is.
_OF_ANY_PRICE = frozenset(
    {
        "price",
        "preis",
        "cost",
        "costs",
        "kosten",
        "sale",
        "special",
        "current",
        "now",
        "per",
        "pro",
        "item",
        "the",
    }
    | {"variant", "product", "night", "nacht", "monthly", "month", "total", "amount", "from", "unit", "new"}
)


@dataclass(frozen=True)
class Vocabulary:
    """What the catalogue of `knowledge` calls things. Read when first asked for, once for a run."""

    knowledge: Knowledge

    @cached_property
    def described(self) -> frozenset[str]:
        """Words of genres and categories, and those that several descriptions use in small letters."""
        shop = _shop_words() if self.present_prices else frozenset()
        return self.knowledge.linker.ordinary_words | self.genres | shop | self._columns_elsewhere

    @cached_property
    def _columns_elsewhere(self) -> frozenset[str]:
        """Words of what other languages call the catalogue's columns: "Speicher" is its "storage"."""
        told = (name for column in self._types for name in spoken_elsewhere(column))
        return frozenset(word.norm for name in told for word in words(name))

    @cached_property
    def genres(self) -> frozenset[str]:
        """Words of genres and categories."""
        genres = {genre for traits in self.knowledge.traits.values() for genre in traits.genres}
        return frozenset(word.norm for genre in genres for word in words(genre))

    @cached_property
    def single_genres(self) -> frozenset[str]:
        """The categories of a catalogue of goods in which each item has one alone; none of others."""
        genres = [traits.genres for traits in self.knowledge.traits.values()]
        if not self.present_prices or any(len(one) > 1 for one in genres):
            return frozenset()
        return frozenset(normalise_title(genre) for one in genres for genre in one)

    @cached_property
    def people(self) -> frozenset[str]:
        """The normal forms of all people and brands."""
        names = {name for traits in self.knowledge.traits.values() for name in traits.people}
        return frozenset(map(normalise_title, names))

    @cached_property
    def people_begin(self) -> frozenset[str]:
        """The words that these begin with."""
        return frozenset(name.split(" ")[0] for name in self.people)

    @cached_property
    def people_words(self) -> frozenset[str]:
        return frozenset(word for name in self.people | self.makers for word in name.split(" "))

    @cached_property
    def _types(self) -> tuple[TypedColumn, ...]:
        return self.knowledge.catalogue.types

    @property
    def columns(self) -> tuple[TypedColumn, ...]:
        """The catalogue's columns with their types."""
        return self._types

    @cached_property
    def makers(self) -> frozenset[str]:
        """The normal forms of what columns such as "publisher" hold, those apart that are read as people."""
        return frozenset(self._column_names["makers"])

    @cached_property
    def origins(self) -> frozenset[str]:
        """The normal forms of what columns such as "country" and "region" hold."""
        return frozenset(self._column_names["origins"])

    @cached_property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """The columns that have a name as one of their categories: "Riesling" is a grape."""
        return {name: frozenset(columns) for name, columns in self._column_names["kinds"].items()}

    @cached_property
    def _column_names(self) -> Mapping[str, Mapping[str, set[str]]]:
        """What columns of makers, of origins and of other categories hold, each with the columns that do."""
        report = self.knowledge.catalogue.report
        people = () if report is None else report.columns.get("people", ())
        use: dict[str, str] = {}
        for typed in self._types:
            if is_maker(typed.name):
                if typed.name not in people:
                    use[typed.name] = "makers"
            elif is_origin(typed.name):
                use[typed.name] = "origins"
            elif typed.type == "category" and typed.name not in people:
                use[typed.name] = "kinds"
        cells: dict[str, set[str]] = {column: set() for column in use}
        if use:
            for item in self.knowledge.catalogue:
                for column, cell in item.extra.items():
                    if column in cells:
                        cells[column].add(cell)
        found: dict[str, dict[str, set[str]]] = {"makers": {}, "origins": {}, "kinds": {}}
        for column, written in cells.items():
            for name in {name for cell in written for name in names_of(cell)}:
                if name and (use[column] != "kinds" or name[0].isupper()):
                    found[use[column]].setdefault(normalise_title(name), set()).add(column)
        return found

    @cached_property
    def values(self) -> Mapping[str, frozenset[str]]:
        """The columns of categories, and the genres, that have a value, by its normal form."""
        report = self.knowledge.catalogue.report
        people = () if report is None else report.columns.get("people", ())
        columns = [
            column.name
            for column in self._types
            if column.type == "category"
            and column.name not in people
            and not (is_maker(column.name) or is_origin(column.name) or is_stock(column.name))
        ]
        found: dict[str, set[str]] = {}
        for item in self.knowledge.catalogue:
            for column in columns:
                for name in names_of(item.extra.get(column, "")):
                    found.setdefault(normalise_title(name), set()).add(column)
            for genre in item.genres:
                found.setdefault(normalise_title(genre), set()).add("genres")
        return {name: frozenset(held) for name, held in found.items() if len(name) > 2 and not name.isdigit()}

    @cached_property
    def passing(self) -> PassingValues | None:
        """The same as replies may say them in passing; None where there are none, or no prices."""
        return PassingValues(self.values) if self.present_prices and self.values else None

    @cached_property
    def present_prices(self) -> tuple[TypedColumn, ...]:
        """The columns that say what an item costs, the first of which counts where one has to be chosen."""
        return tuple(present_prices(self._types)) or tuple(filter(is_amount, self._types))

    @cached_property
    def former_prices(self) -> tuple[TypedColumn, ...]:
        """The columns with prices of before, or recommended ones."""
        return tuple(former_prices(self._types))

    @cached_property
    def amounts_named(self) -> Sequence[tuple[TypedColumn, frozenset[str]]]:
        """The columns of amounts that are told apart by words of their own ("deposit", "warm"), with these;
        nothing where there is but one. What the shop itself pays is none."""
        columns = [
            column
            for column in self._types
            if column.type == "number"
            and not is_former_price(column.name)
            and (is_price(column.name) or (column.currency and is_fee(column.name)))
        ]
        if len(columns) < 2:
            return ()
        words = {column.name: frozenset(name_words(column.name).split("_")) for column in columns}
        found = []
        for column in columns:
            others = frozenset().union(*(words[one.name] for one in columns if one is not column))
            own = frozenset(word for word in words[column.name] - others if len(word) > 2)
            found.append((column, own - _OF_ANY_PRICE))
        return tuple((column, own) for column, own in found if own)

    @cached_property
    def stock_columns(self) -> tuple[TypedColumn, ...]:
        """The columns that say whether, or how many of, an item are there: what says whether goes first."""
        said = asked_stock(self._types)
        columns = [column for column in self._types if is_stock(column.name)]
        return tuple(dict.fromkeys((*((said,) if said is not None else ()), *columns)))

    def stock_of(self, item: Item, *, counted: bool = False) -> str | None:
        """What an item's cell says of its stock, as far as one is filled in; with `counted`, of how many."""
        columns = (one for one in self.stock_columns if not counted or one.type == "number")
        return next((cell for column in columns if (cell := item.extra.get(column.name))), None)

    @cached_property
    def flags(self) -> Sequence[tuple[TypedColumn, re.Pattern[str], bool]]:
        """The columns of yes and no that a reply may speak of by their names, with how it does, and whether
        that names what is there or the lack of it ("wired" where the column is "wireless")."""
        found: list[tuple[TypedColumn, re.Pattern[str], bool]] = []
        for column in self._types:
            if column.type != "yes-no" or is_stock(column.name):
                continue
            pattern = spoken_pattern(column)
            if pattern is None:
                continue
            lists = claim_words()
            called = spoken_name(column).removeprefix("has ").removeprefix("is ")
            further = lists.feature_names.get(called, ())
            if further:
                pattern = re.compile(f"{pattern.pattern}|{whole_words(further).pattern}")
            found.append((column, pattern, True))
            if lack := lists.opposites.get(called):
                found.append((column, whole_words(lack), False))
        return found

    @cached_property
    def counted(self) -> NumberColumns:
        """The columns of numbers that are no price and no stock."""
        plain = [
            column
            for column in self._types
            if column.type == "number"
            and not (column.currency or is_price(column.name) or is_stock(column.name))
        ]

        def values_of(column: TypedColumn) -> NDArray[np.float64]:
            # The table is made when it is asked for, and mostly nobody asks.
            table = self.knowledge.columns
            return table.numbers(column.name, table.allowed(()))

        return NumberColumns(plain, None, None, values_of=values_of)

    @cached_property
    def company(self) -> CompanyReader | None:
        """What reads for whom an item is; None where no column of a shop says that."""
        reader = CompanyReader(self.counted)
        return reader if self.present_prices and reader.has_columns else None

    @cached_property
    def brands(self) -> bool:
        """Whether people are brands rather than persons: names of one word, most of them."""
        return 2 * sum(" " not in name for name in self.people) > len(self.people)

    def in_titles(self, norms: Sequence[str]) -> list[bool]:
        """Which words stand in a title, or a name, of the catalogue."""
        return self.knowledge.linker.in_titles(norms)

    def beside(self, items: Iterable[Item]) -> frozenset[str]:
        """The words that the fields of these items hold, their titles apart."""
        # The items shown stay the same from draw to draw: they are known by their ids, so that no long text
        # is looked up again.
        named = tuple(items)
        key = tuple(item.id for item in named)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _SETS_KEPT:
                self._kept.clear()
            found = self._kept[key] = frozenset().union(*map(_fields_of, named))
        return found

    @cached_property
    def _kept(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}


@functools.cache
def _shop_words() -> frozenset[str]:
    """Words of all trades that German writes with a capital."""
    return frozenset(lexicon("de", "names")["shop"].split())


@functools.lru_cache(maxsize=_ITEMS_READ)
def _read(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.norm for text in texts for word in words(text))


def _fields_of(item: Item) -> frozenset[str]:
    return _read((*item.genres, *item.people, item.text, *item.extra, *item.extra.values()))


def keyed(extra: Mapping[str, str], columns: Iterable[str]) -> str | None:
    """What the first of these columns holds, named without case, blanks, hyphens and underscores."""
    found = {_key(name): value for name, value in extra.items()}
    return next((found[column] for column in columns if found.get(column)), None)


@functools.lru_cache(maxsize=256)
def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in " _-\t")
