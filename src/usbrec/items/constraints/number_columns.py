"""Number columns: which column of numbers, or the price, a number of a sentence is about.

A number is a price where the catalogue's currency or a word of money stands with it, or where it stands alone
behind "under" and its like; it is another column's where that column's name or unit does, told in the
column's own unit ("at least 1 TB" of a column in GB). A price in another currency than the catalogue's is not
read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from usbrec.items.constraints.clauses import CLAUSE, WORD, first
from usbrec.items.constraints.column_roles import is_rating
from usbrec.items.constraints.column_types import TypedColumn, is_price, name_words
from usbrec.items.constraints.measures import UNITS, dimension_of, told_in, unit_named, unit_of
from usbrec.items.constraints.phrases import (
    OPEN,
    PLACE,
    Amount,
    all_phrases,
    is_phrase,
    one_currency,
    says,
    spoken_elsewhere,
)
from usbrec.patterns import LazyPattern

#: "At most 5 years old" is an age, and the price of "max 300 for two nights" is no night's.
_AGE = LazyPattern(
    r"\s*(?:years?|yrs?|months?|weeks?|days?|jahre?n?|monate?n?)[\s-]*(?:old|of\s+age|alt)(?!\w)"
)
_AGES = frozenset({"age", "alter", "old"})
_YEARS = frozenset({"year", "jahr", "baujahr"})
_YEAR_COLUMNS = _YEARS | {"built", "erbaut", "gebaut", "vintage", "jahrgang", "erscheinungsjahr", "years"}
#: "Less than 2 hours a day" is what somebody does with an item, unless the column counts by days.
_RATE = LazyPattern(
    r"[\s-]*(?:[^\W\d_]+\s+){1,4}?(?:(?:an?|per|each|every|am|pro|jeden|jede|in\s+der|die)\s+"
    r"(?:day|night|week|month|year|tag|nacht|woche|monat|jahr)|daily|weekly|täglich|wöchentlich)(?!\w)"
)
_RATE_WORDS = (
    "day",
    "night",
    "week",
    "month",
    "year",
    "dail",
    "tag",
    "nacht",
    "woche",
    "monat",
    "jahr",
    "lich",
)
_COUNTS_BY = LazyPattern(
    r"(?:^|_)(?:day|night|week|month|year|daily|weekly|tag|nacht|woche|monat|jahr)s?(?:_|$)"
)
#: "Within 3 days" is when somebody needs an item; a shorter time may be how long it takes.
_DAY = 86_400.0
_PER = LazyPattern(r"(?:^|_)(?:per|pro)_")
_PER_WORDS = frozenset({"per", "pro", "a", "je", "the"})
_PRICES = frozenset(
    {"price", "prices", "preis", "cost", "costs", "per", "pro", "in", "eur", "euro", "usd", "the"}
)
_COUNTED = LazyPattern(rf"{PLACE}[\s-]*[^\W\d_]+")
#: What is or is not in a price: "under 50 including shipping".
_INCLUDED = LazyPattern(
    r"\s*(?:inkl|incl|including|inklusive|exkl|excl|excluding|zzgl|plus|mit|with|ohne|without)(?!\w)"
)
#: "16 GB of memory".
_OF = frozenset({"of", "von", "an"})
_AND = LazyPattern(r"(?<!\w)(?:and|und|plus|for|für)(?!\w)")
#: "64 GB storage, please".
_FILLERS = frozenset({"please", "bitte", "thanks", "danke"})
#: What columns such as "min_age" have in their names beside what they count.
_LEAST, _MOST = frozenset({"min", "minimum"}), frozenset({"max", "maximum"})
_ENDS_OF_RANGES = _LEAST | _MOST
#: A column of times whose middle number is below or above these is told in hours, in seconds or in both.
_FEWEST_MINUTES, _MOST_MINUTES = 10.0, 200.0
_TIMES = frozenset(
    {"time", "length", "duration", "runtime", "playtime", "zeit", "dauer", "laufzeit", "spielzeit",
     "spieldauer", "kochzeit", "zubereitungszeit"}
)  # fmt: skip
#: What the name of a column of times may end with that is another word elsewhere: "duration_s".
_SHORT_TIMES = frozenset({"s", "sec", "second", "min", "mins", "minute", "h", "hr", "hour", "std", "ms"})
#: Times of these are told in hours or days.
_OTHER_TIMES = frozenset(
    {"battery", "akku", "standby", "charging", "delivery", "shipping", "lead", "lieferzeit"}
)


#: The scales of stars and of points.
_STARS, _POINTS = 5, 100
#: What says of a number that it is a rating: "rated 4.5 or higher", "a rating of at least 4", "4 stars".
_RATED_BEFORE = LazyPattern(
    r"(?<!\w)(?:rated|ratings?|scor(?:ed?|es|ing)|bewert\w*)(?:\s+(?:of|at|with|is|by|mit|von|ist|an?))*\W*$"
)
_RATED_BEHIND = LazyPattern(r"\s*\+?[\s-]*(?P<unit>stars?|sterne?n?|points?|punkte?n?)(?!\w)")


#: A column's name with its unit is no longer; long texts are not gone through behind each of their numbers.
_BEHIND = 160
#: What a number is about stands no further from it.
_AROUND = 600


class NumberColumns:
    """The columns of numbers by what is said of them; `price` and `stock_count` are columns of their own."""

    def __init__(
        self,
        numbers: Sequence[TypedColumn],
        price: TypedColumn | None,
        stock_count: TypedColumn | None,
        scale_of: Callable[[TypedColumn], int | None] | None = None,
        values_of: Callable[[TypedColumn], NDArray[np.float64]] | None = None,
    ) -> None:
        """`scale_of` says on which scale a column of ratings is told; without it none is looked for.
        `values_of` gives the known numbers of a column."""
        self._scale_of = scale_of
        self._values_of = values_of
        self.price = price
        # Prices of before are not what is asked for.
        self.numbers = [
            column
            for column in numbers
            if column not in (price, stock_count) and not (price and is_price(column.name))
        ]
        # Prices that are asked for by their names: "UVP unter 60", "under 15 euro net", "15 € per kg".
        self._other_prices = [
            (column, told)
            for column in numbers
            if column is not price
            and (column.currency or is_price(column.name))
            and (told := _words_of(column) - (set() if price is None else _words_of(price)) - _PRICES)
        ]
        self.spoken = {
            column.name: [
                name
                for name in _PER.split(name_words(column.name))[0].split("_")
                if len(name) > 1 and name not in _ENDS_OF_RANGES
            ]
            + [
                said
                for each in all_phrases()
                for said in each.lists.get("spoken", {}).get(name_words(column.name), ())
            ]
            + spoken_elsewhere(column)
            for column in self.numbers
        }

        self._middle: dict[str, float | None] = {}
        #: What each column's numbers are told in: its unit, or the unit that it is called by ("minutes").
        self._units = {one.name: one.unit or unit_named(f"_{name_words(one.name)}") for one in self.numbers}

    @property
    def year(self) -> TypedColumn | None:
        """The column that says which year an item is from, if there is one."""
        return first(self.numbers, lambda one: bool(_YEAR_COLUMNS & set(name_words(one.name).split("_"))))

    def is_named(self, word: str) -> bool:
        """Whether a word is what a column of numbers counts."""
        return any(word in names or word.removesuffix("s") in names for names in self.spoken.values())

    def is_column(self, word: str) -> bool:
        """Whether a word is what the price or another column of numbers is called."""
        return self.is_named(word) or (self.price is not None and is_phrase("price", word))

    def counting(self, word: str) -> TypedColumn | None:
        """The first column of numbers that is called, or counts, what a word says."""
        return first(self.numbers, lambda one: word in self.spoken[one.name])

    def measures(self, behind: str) -> bool:
        """Whether what stands behind a number makes it a measure, or a number of what a column counts."""
        following = WORD.match(behind.lstrip(" -\t"))
        return following is not None and (unit_of(following[0]) in UNITS or self.is_named(following[0]))

    def is_of_pieces(self, behind: str) -> bool:
        """Whether what stands behind a number may be pieces that are bought: "12 bottles", not "128 GB" or "8
        gears" of a column that counts gears."""
        following = WORD.match(behind.lstrip(" -\t"))
        if following is None or not self.measures(behind):
            return True
        word = following[0]
        counted = self.counting(word) or self.counting(word.removesuffix("s"))
        return unit_of(word) not in UNITS and counted is not None and bool(counted.unit)

    def in_its_currency(self, amount: Amount) -> bool:
        """Whether an amount is in the currency of the catalogue's prices, as far as that is known."""
        known = "" if self.price is None else self.price.currency
        return any(one_currency(amount.currency, sign) for sign in known.split("/"))

    def is_of_time(self, column: TypedColumn) -> bool:
        """Whether a column says how long something takes or lasts."""
        if column not in self.numbers or _OTHER_TIMES & set(name_words(column.name).split("_")):
            return False
        unit = self._units[column.name]
        named = bool(_TIMES & set(name_words(column.name).split("_")))
        return named or (unit in UNITS and dimension_of(unit) == "time")

    def time_unit(self, column: TypedColumn, unit: str) -> str | None:
        """The unit of time of a column without one where a time of this unit is said: that of the word by
        which its numbers are called ("minutes"), where the usual number may be so many minutes; "" where
        none is said, or this is that word; None where nobody can tell."""
        if not (unit in UNITS and dimension_of(unit) == "time"):
            return ""
        called = [unit_of(word) for word in self.spoken[column.name]]
        own = next((one for one in called if one in UNITS and dimension_of(one) == "time"), "")
        names = set(name_words(column.name).split("_"))
        if _TIMES & names and (said := unit_of(name_words(column.name).rpartition("_")[2])) in _SHORT_TIMES:
            return said
        if not own and _TIMES & names and not _OTHER_TIMES & names:
            own = "minute"
        if own == unit:
            return own
        usual = self._usual(column)
        if own == "minute" and usual is not None:
            return own if _FEWEST_MINUTES <= usual < _MOST_MINUTES else None
        return None if own or _TIMES & names else ""

    def of(
        self, amount: Amount, before: str, behind: str, *, money: bool, weak: bool
    ) -> tuple[TypedColumn, float] | None:
        """Which column a number is about, if any, and the number in the column's unit."""
        # A long text is not gone through at each of its numbers.
        before, behind = before[-_AROUND:], behind[:_AROUND]
        found = self._of(amount, before, behind, money=money, weak=weak)
        if found is None or found[0] is self.price or amount.currency:
            return found
        return None if is_rate(behind) and not _COUNTS_BY.search(name_words(found[0].name)) else found

    def _of(
        self, amount: Amount, before: str, behind: str, *, money: bool, weak: bool
    ) -> tuple[TypedColumn, float] | None:
        aged = _AGE.match(behind) is not None
        other = self._other_price(before, behind) if self.in_its_currency(amount) else None
        if other is not None:
            return other, amount.value
        if amount.currency:
            return (
                None if self.price is None or not self.in_its_currency(amount) else (self.price, amount.value)
            )
        if behind.lstrip().startswith("%"):
            percent = first(self.numbers, lambda one: one.unit == "%")
            if percent is None and (named := self._named(before, behind.lstrip()[1:], "")) is not None:
                percent = None if self._units[named.name] else named
            return None if percent is None else (percent, amount.value)
        following = WORD.match(behind.lstrip(" -\t"))
        next_word = "" if following is None else following[0]
        unit = unit_of(next_word)
        if unit == "in" and following is not None and WORD.search(behind, following.end() + 1):
            unit = ""  # "under 300 in total"
        if aged:
            column = first(self.numbers, lambda one: bool(_AGES & set(name_words(one.name).split("_"))))
            return None if column is None or column.unit else (column, amount.value)
        own: str | None = None
        if (column := self._named(before, behind, unit)) is not None:
            own = self._units[column.name] or self.time_unit(column, unit)
            if own is None:
                return None  # hours of a column that may be in anything
            if (
                not own
                and unit in UNITS
                and dimension_of(unit) == "time"
                and not self._says(column, next_word)
            ):
                column = None  # "rated above 7.5 and under two hours"
        if column is not None and own is not None:
            if not amount.year and _YEARS & set(name_words(column.name).split("_")):
                return None  # "at most 5 years"
            told = told_in(amount.value, unit, own) if unit in UNITS and own in UNITS else None
            if told is None and unit in UNITS and own in UNITS and next_word not in self.spoken[column.name]:
                return None  # "guarantee of at least 3 kg"
            return column, amount.value if told is None else told
        stars = _RATED_BEHIND.match(behind) if self._scale_of else None
        if stars is not None or (self._scale_of and _RATED_BEFORE.search(before) is not None):
            return self._rated(amount, stars["unit"] if stars else "")
        if unit:
            listed = UNITS.get(unit)
            if (
                weak
                and listed is not None
                and listed.dimension in ("time", "months")
                and (listed.dimension == "months" or listed.size >= _DAY)
            ):
                return None
            called = [
                one
                for one in self.numbers
                if unit in UNITS
                and one is not self.year  # "at most 5 years old"
                and any(
                    unit_of(word) in UNITS and told_in(1.0, unit, unit_of(word)) == 1.0
                    for word in _PER.split(name_words(one.name))[0].split("_")
                )
            ]
            counts = self._units[called[0].name] if len(called) == 1 else None
            if counts is not None and (not counts or told_in(1.0, unit, counts) == 1.0):
                return called[0], amount.value  # "30 Stunden" of "hours_per_week"
            measured = [
                (one, told)
                for one in self.numbers
                if (own := self._units[one.name] or self.time_unit(one, unit))
                and not _PER.search(name_words(one.name))
                and one is not self.year  # "more than six months ago"
                and not (unit == "inch" and own in ("m", "km", "mile", "mi"))
                and (told := told_in(amount.value, unit, own)) is not None
            ]
            # Of two columns in GB neither is meant more than the other.
            if len(measured) == 1:
                return measured[0]
            if measured:
                return None
        if amount.year and not money:
            return None
        if not money and says("other_counts", f"{CLAUSE.split(before)[-1]} {next_word}"):
            return None  # "reviews over 200"
        alone = not next_word or _INCLUDED.match(behind) is not None or is_phrase("after_price", next_word)
        return (
            (self.price, amount.value) if self.price is not None and alone and (money or not weak) else None
        )

    def _usual(self, column: TypedColumn) -> float | None:
        """The middle one of a column's numbers."""
        if column.name not in self._middle:
            values = np.empty(0) if self._values_of is None else self._values_of(column)
            self._middle[column.name] = float(np.median(values)) if len(values) else None
        return self._middle[column.name]

    def _rated(self, amount: Amount, unit: str) -> tuple[TypedColumn, float] | None:
        """The column of ratings, where a number may be one of its scale; stars are of five. A hotel's stars
        are none that guests gave."""
        stars = unit[:2] == "st"
        found = sorted(filter(is_rating, self.numbers), key=lambda one: is_of_stars(one) != stars)
        for column in found:
            scale = None if self._scale_of is None else self._scale_of(column)
            if scale is None or amount.value > scale:
                continue
            if scale == _STARS if stars else scale < _POINTS or amount.value > _POINTS / 10:
                return column, amount.value
        return None

    def said_at(self, amount: Amount, behind: str) -> tuple[TypedColumn, float] | None:
        """The column with a unit whose name stands right behind a number, with the unit or without, and ends
        its clause there: "64 GB storage"; and the number in its unit."""
        clause = _AND.split(CLAUSE.split(behind[:_BEHIND])[0].split(OPEN)[0])[0]
        said = [word for word in WORD.findall(clause) if word not in _OF and word not in _FILLERS]
        unit = unit_of(said[0]) if said and unit_of(said[0]) in UNITS else ""
        names = said[1:] if unit else said
        if len(names) != 1:
            return None
        column = first(self.numbers, lambda one: bool(one.unit) and names[0] in self.spoken[one.name])
        if column is None:
            return None
        told = told_in(amount.value, unit, column.unit) if unit else amount.value
        return None if told is None else (column, told)

    def counted_at(self, amount: Amount, behind: str) -> tuple[TypedColumn, float] | None:
        """The column that counts what stands right behind a number, where nothing else stands there: "with
        five doors"."""
        said = WORD.findall(_AND.split(CLAUSE.split(behind)[0].split(OPEN)[0])[0])
        said = [word for word in said if word not in _FILLERS]
        column = self.counting(said[0]) if len(said) == 1 else None
        if column is None or column.unit or amount.currency or amount.year or self.both_ends(column):
            return None
        return column, amount.value

    def _says(self, column: TypedColumn, word: str) -> bool:
        return word in self.spoken[column.name] or word.removesuffix("s") in self.spoken[column.name]

    def _other_price(self, before: str, behind: str) -> TypedColumn | None:
        """The column of other prices that a number's clause names right before or behind the number."""
        said_before = WORD.findall(_COUNTED.sub(" ", CLAUSE.split(before)[-1]))
        while said_before and is_phrase("copulas", said_before[-1]):
            said_before.pop()  # "the deposit should be below"
        told = said_before[-2:]
        near = [] if _INCLUDED.match(behind) else WORD.findall(CLAUSE.split(behind)[0].split(OPEN)[0])[:2]
        said = {*told, *near} | {unit_of(word) for word in near if unit_of(word) in UNITS}
        per = near[:1] and near[0] in _PER_WORDS
        for column, words in self._other_prices:
            weighed = _PER.search(name_words(column.name)) is not None
            if words & said and (per or not weighed or words & set(told)):
                return column
        return None

    def _named(self, before: str, behind: str, unit: str) -> TypedColumn | None:
        """The column of numbers whose name stands near a number, first one that is in the number's unit."""
        # "2 rooms under 200" counts rooms by another number, and so does "300 max, 64 storage".
        *earlier, said = CLAUSE.split(before)
        if earlier and OPEN in earlier[-1]:
            before = said  # "8 GB of RAM, max 1200": the name is that number's
        told = [word for word in WORD.findall(_COUNTED.sub(" ", before))[-4:] if not word.isdigit()]
        behind = "" if _INCLUDED.match(behind) else CLAUSE.split(behind.split(OPEN)[0])[0]
        near = [word for word in WORD.findall(behind)[:3] if word not in _OF][:2]
        found = []
        for column in self.numbers:
            names = self.spoken[column.name]
            if any(word in names or word.removesuffix("s") in names for word in near) or any(
                name in told or f"{name}s" in told for name in names
            ):
                found.append(column)
        alike = [one for one in found if unit and dimension_of(unit) == dimension_of(self._units[one.name])]
        return next(iter(alike or found), None)

    def both_ends(self, column: TypedColumn) -> tuple[TypedColumn, TypedColumn] | None:
        """The columns of the least and of the most of what a column counts, where there are both."""
        names = {one.name: frozenset(name_words(one.name).split("_")) for one in self.numbers}
        counted = names[column.name] - _ENDS_OF_RANGES if column.name in names else None
        alike = [one for one in self.numbers if names[one.name] - _ENDS_OF_RANGES == counted]
        least = first(alike, lambda one: not _LEAST.isdisjoint(names[one.name]))
        most = first(alike, lambda one: not _MOST.isdisjoint(names[one.name]))
        return None if least is None or most is None else (least, most)


def is_rate(behind: str) -> bool:
    """Whether what stands behind a number says how often it is so much: "hours every day"."""
    return any(word in behind for word in _RATE_WORDS) and _RATE.match(behind) is not None


def is_of_stars(column: TypedColumn) -> bool:
    """Whether a column has stars, as hotels do."""
    return not {"stars", "sterne"}.isdisjoint(name_words(column.name).split("_"))


def _words_of(column: TypedColumn) -> set[str]:
    """The words of a column's name, units as they are compared."""
    words = name_words(column.name).split("_")
    return {*words, *(unit_of(word) for word in words if unit_of(word) in UNITS)}
