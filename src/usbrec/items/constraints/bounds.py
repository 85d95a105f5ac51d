"""Bound reader: which numbers of a sentence ask for at least, at most or exactly so much of which column.

A number is a price where the catalogue's currency or a word of money stands with it, or where it stands alone
behind "under" and its like; it is another column's where that column's name or unit does, told in the
column's own unit ("at least 1 TB" of a column in GB). A price in another currency than the catalogue's is not
read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from usbrec.dialogue import Operator
from usbrec.items.constraints.categories import CategoryReader
from usbrec.items.constraints.clauses import CLAUSE, WORD, clauses, first, holds
from usbrec.items.constraints.column_types import TypedColumn, is_price, name_words, spoken_name
from usbrec.items.constraints.measures import UNITS, dimension_of, told_in, unit_of
from usbrec.items.constraints.patterns import ConstraintPatterns
from usbrec.items.constraints.phrases import CLOSE, CURRENCIES, OPEN, PLACE, Amount, all_phrases
from usbrec.items.constraints.statements import Statement
from usbrec.patterns import LazyPattern

_FLIPPED: Mapping[Operator, Operator] = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
#: "No headphones over 60": a word that says none, and at most two behind it.
_NONE = LazyPattern(
    r"(?<!\w)(?:no|nothing|none|never|not an?|not one|don't go|can't go|without going|kein|keine|keinen"
    r"|nichts|nie|niemals)(?:\s+\w+){0,2}\s*$"
)
_NONE_SUCH = LazyPattern(r"(?<!\w)(?:no|none|kein|keine|keinen)\s+(?P<what>\w+(?:\s\w+)?)\s+$")
#: "At most 5 years old" is an age, and the price of "max 300 for two nights" is no night's.
_AGE = LazyPattern(
    r"\s*(?:years?|yrs?|months?|weeks?|days?|jahre?n?|monate?n?)[\s-]*(?:old|of\s+age|alt)(?!\w)"
)
_AGES = frozenset({"age", "alter", "old"})
_YEARS = frozenset({"year", "jahr", "baujahr"})
_TOTAL = LazyPattern(
    rf"{PLACE}\s+(?:nights?|nächten?|days?|tagen?|weeks?|wochen?|rooms?|zimmern?)(?!\w)"
    r"|(?<!\w)(?:total|altogether|together|insgesamt|zusammen"
    r"|(?:a|the|one|whole|eine|die)\s+(?:week|weekend|woche|wochenende))(?!\w)"
)
_EACH = LazyPattern(
    r"(?<!\w)(?:per|pro|each|je|jeweils|a\s+(?:night|day)|(?:die|one|eine)\s+n(?:ight|acht))(?!\w)"
)
_TIMED = LazyPattern(r"(?:^|_)(?:night|nacht|day|tag|nightly|daily)(?:_|$)")
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
#: What somebody has to spend is no thing that they have.
_OWN_MONEY = LazyPattern(
    r"^(?!.*(?<!\w)(?:had|hatte\w*)(?!\w)).*(?<!\w)(?:budget|to spend|zur verfügung|limit)(?!\w)"
)
#: "16 GB of memory".
_OF = frozenset({"of", "von", "an"})
#: A word of denial between a number and what stands behind it: "25 euro not to spend".
_NOT = LazyPattern(r"(?<!\w)(?:not|nicht|kein\w*|never|nie)(?!\w)")
#: What columns such as "min_age" have in their names beside what they count.
_LEAST, _MOST = frozenset({"min", "minimum"}), frozenset({"max", "maximum"})
_ENDS_OF_RANGES = _LEAST | _MOST


class BoundsReader:
    """Reads the numbers of sentences; `price` and `stock_count` are columns of their own among `numbers`."""

    def __init__(
        self,
        numbers: Sequence[TypedColumn],
        price: TypedColumn | None,
        stock_count: TypedColumn | None,
        categories: CategoryReader,
        phrases: Sequence[ConstraintPatterns],
    ) -> None:
        self._price = price
        self._stock_count = stock_count
        # Prices of before are not what is asked for.
        self._numbers = [
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
        self._timed = price is not None and _TIMED.search(name_words(price.name)) is not None
        self._categories = categories
        self._phrases = phrases
        self._spoken = {
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
            for column in self._numbers
        }

    def read(self, text: str, amounts: Sequence[Amount]) -> Iterator[Statement]:
        """What the amounts of a sentence ask for, which stand in its text as marks."""
        if not amounts or self._is_bare_range(text, amounts):
            return
        money = any(each.price.search(text) for each in self._phrases)
        # What several nights or rooms cost says nothing of one.
        total = self._timed and _TOTAL.search(text) is not None and _EACH.search(text) is None
        for statement in self._read(text, amounts, money=money):
            if not (total and self._price and statement.constraint.column == self._price.name):
                yield statement

    def _read(self, text: str, amounts: Sequence[Amount], *, money: bool) -> Iterator[Statement]:
        taken: set[int] = set()
        for each in self._phrases:
            yield from self._ranges(each, text, amounts, taken, money=money)
        for each in self._phrases:
            yield from self._before(each, text, amounts, taken, money=money)
            yield from self._behind(each, text, amounts, taken, money=money)
            yield from self._exact(each, text, amounts, taken)
            yield from self._several(each, text, amounts)

    def _ranges(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int], *, money: bool
    ) -> Iterator[Statement]:
        """ "Between 20 and 30", "20-30 €"."""
        for match in each.ranges.finditer(text):
            one, other = int(match["low"]), int(match["high"])
            low, high = amounts[one], amounts[other]
            if not taken.isdisjoint({one, other}) or self._about_offer(text, match.start()):
                continue
            # "Under 50 and over 20" is no range.
            if match["open"] is None and not match["dash"] and not (low.currency or high.currency or money):
                continue
            before, behind = text[: match.start()], text[match.end() :]
            if each.denied.search(before) or self._left_open(before):
                # "Not between 20 and 30" leaves both sides open.
                taken |= {one, other}
                continue
            weak = match["open"] is None or each.weak.fullmatch(match["open"]) is not None
            if match["unit"] and unit_of(match["unit"]) not in UNITS and not self._is_named(match["unit"]):
                continue
            # "Between 500 ml and 1 l": each has its own unit.
            following = (f"{match['unit']} {behind}" if match["unit"] else behind, behind)
            currency = low.currency or high.currency
            ends = [
                self._column(
                    Amount(amount.value, amount.currency or currency, low.year and high.year),
                    before,
                    after,
                    money=money,
                    weak=weak,
                )
                for amount, after in zip((low, high), following, strict=True)
            ]
            if ends[0] is None or ends[1] is None or ends[0][0] is not ends[1][0]:
                continue
            taken |= {one, other}
            column, values = ends[0][0], (ends[0][1], ends[1][1])
            yield holds("holds", column, ">=", min(values))
            yield holds("holds", column, "<=", max(values))

    def _before(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int], *, money: bool
    ) -> Iterator[Statement]:
        """ "At most 50", "nothing over 100"."""
        for operator, pattern in each.before:
            for match in pattern.finditer(text):
                number = int(match["number"])
                if number in taken or self._about_offer(text, match.start()):
                    continue
                before, behind = text[: match.start()], text[match.end() :]
                if each.persons.search(before):
                    continue
                weak = each.weak.fullmatch(match["words"]) is not None
                if amounts[number].year and each.year_before.search(text[: match.end("words")]):
                    continue
                found = self._column(amounts[number], before, behind, money=money, weak=weak)
                if found is None:
                    continue
                column, value = found
                taken.add(number)
                if weak and (ends := self._both_ends(column)) is not None:
                    # "For 4 players": from so many on, and up to so many.
                    yield holds("holds", ends[0], "<=", value)
                    yield holds("holds", ends[1], ">=", value)
                    continue
                flip = bool(each.denied.search(before) or (operator in (">", ">=") and _NONE.search(before)))
                if operator == "<" and not flip and self._none_of_those(before):
                    continue
                said_of_it = CLAUSE.split(behind)[0].lstrip()
                if not flip and any(one.turned_behind.match(said_of_it) for one in self._phrases):
                    flip = True  # "over 50 euro is too much"
                elif operator in (">", ">=") and not flip and _NOT.search(said_of_it):
                    continue
                if self._left_open(text[: match.end("words")]) or (
                    not flip and operator in (">", ">=") and self._may_be(before)
                ):
                    continue
                yield holds("holds", column, _FLIPPED[operator] if flip else operator, value)

    def _behind(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int], *, money: bool
    ) -> Iterator[Statement]:
        """ "100 euro or less", "80 is my limit"."""
        for operator, pattern in each.behind:
            for match in pattern.finditer(text):
                number = int(match["number"])
                if number in taken or self._about_offer(text, match.start()):
                    continue
                before = text[: match.start()]
                # What is counted may stand between the number and the words: "4 stars or more".
                counted = text[text.index(CLOSE, match.start()) + 1 : match.start("words")]
                if _NOT.search(counted):
                    continue
                plain = f"{counted} {text[match.end() :]}"
                found = self._column(amounts[number], before, plain, money=money, weak=False)
                if found is None:
                    continue
                taken.add(number)
                if self._left_open(before):
                    continue
                if operator == "<":
                    # "80 is too much" says nothing where less than that is asked for already.
                    yield holds("less", found[0], "<", found[1])
                    continue
                said_of_it = CLAUSE.split(text[match.end() :])[0].lstrip()
                flip = each.denied.search(before) is not None or any(
                    one.turned_behind.match(said_of_it) for one in self._phrases
                )
                yield holds("holds", found[0], _FLIPPED[operator] if flip else operator, found[1])

    def _is_bare_range(self, text: str, amounts: Sequence[Amount]) -> bool:
        """Whether two numbers are all that is said, which is an answer: "50 to 80"."""
        return len(amounts) == 2 and any(
            (match := each.ranges.fullmatch(text.strip(" .!?,"))) is not None
            and match["open"] is None
            and not any(amount.currency for amount in amounts)
            for each in self._phrases
        )

    def _about_offer(self, text: str, place: int) -> bool:
        """Whether what stands at a place of a sentence is said about an offer, or about the past."""
        for start, clause in clauses(text):
            if start <= place <= start + len(clause):
                return any(
                    each.about_offer.match(clause.strip())
                    or (each.past.search(clause) and not _OWN_MONEY.search(clause))
                    for each in self._phrases
                )
        return False

    def _left_open(self, before: str) -> bool:
        """Whether what stands before a bound says that it need not hold: "it doesn't have to be under"."""
        clause = CLAUSE.split(before)[-1]
        return any(each.not_needed.search(clause) for each in self._phrases)

    def _may_be(self, before: str) -> bool:
        """Whether what stands before a bound only allows it: "it can be over"."""
        clause = CLAUSE.split(before)[-1]
        return any(each.may_be.search(clause) for each in self._phrases)

    def _none_of_those(self, before: str) -> bool:
        """Whether a bound from above may be what is not wanted: "no phones under 100". A brand or something
        that an item has is excluded beside the bound: "no Sony under 50", "no pool under 100"."""
        match = _NONE_SUCH.search(before)
        if match is None:
            return False
        known = self._categories.vocabulary.get(match["what"], {})
        words = set(match["what"].split())
        return not (set(known) - {"genres"}) and not any(
            words & set(name_words(column.name).split("_")) for column in self._categories.table.columns
        )

    def _is_named(self, word: str) -> bool:
        """Whether a word is what a column of numbers counts."""
        return any(word in names or word.removesuffix("s") in names for names in self._spoken.values())

    def in_its_currency(self, amount: Amount) -> bool:
        """Whether an amount is in the currency of the catalogue's prices, as far as that is known."""
        column = self._price
        known = "" if column is None else column.currency
        return not amount.currency or known not in CURRENCIES or amount.currency == known

    def _column(
        self, amount: Amount, before: str, behind: str, *, money: bool, weak: bool
    ) -> tuple[TypedColumn, float] | None:
        """Which column a number is about, if any, and the number in the column's unit."""
        aged = _AGE.match(behind) is not None
        other = self._other_price(before, behind) if self.in_its_currency(amount) else None
        if other is not None:
            return other, amount.value
        if amount.currency:
            return (
                None
                if self._price is None or not self.in_its_currency(amount)
                else (self._price, amount.value)
            )
        if behind.lstrip().startswith("%"):
            percent = first(self._numbers, lambda one: one.unit == "%")
            return None if percent is None else (percent, amount.value)
        following = WORD.match(behind.lstrip(" -\t"))
        next_word = "" if following is None else following[0]
        unit = unit_of(next_word)
        if unit == "in" and following is not None and WORD.search(behind, following.end() + 1):
            unit = ""  # "under 300 in total"
        if aged:
            column = first(self._numbers, lambda one: bool(_AGES & set(name_words(one.name).split("_"))))
            return None if column is None or column.unit else (column, amount.value)
        if (column := self._named(before, behind, unit)) is not None:
            if not amount.year and not column.unit and _YEARS & set(name_words(column.name).split("_")):
                return None  # "at most 5 years"
            told = (
                told_in(amount.value, unit, column.unit) if unit in UNITS and column.unit in UNITS else None
            )
            if (
                told is None
                and unit in UNITS
                and column.unit in UNITS
                and next_word not in self._spoken[column.name]
            ):
                return None  # "guarantee of at least 3 kg"
            return column, amount.value if told is None else told
        if unit:
            measured = [
                (one, told)
                for one in self._numbers
                if one.unit
                and not _PER.search(name_words(one.name))
                and not (unit == "inch" and one.unit in ("m", "km", "mile", "mi"))
                and (told := told_in(amount.value, unit, one.unit)) is not None
            ]
            # Of two columns in GB neither is meant more than the other.
            if len(measured) == 1:
                return measured[0]
            if measured:
                return None
        if amount.year and not money:
            return None
        alone = (
            not next_word
            or _INCLUDED.match(behind) is not None
            or any(each.after_price.fullmatch(next_word) for each in self._phrases)
        )
        return (
            (self._price, amount.value) if self._price is not None and alone and (money or not weak) else None
        )

    def _other_price(self, before: str, behind: str) -> TypedColumn | None:
        """The column of other prices that a number's clause names right before or behind the number."""
        told = WORD.findall(_COUNTED.sub(" ", CLAUSE.split(before)[-1]))[-2:]
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
        told = [word for word in WORD.findall(_COUNTED.sub(" ", before))[-4:] if not word.isdigit()]
        behind = "" if _INCLUDED.match(behind) else behind.split(OPEN)[0]
        near = [word for word in WORD.findall(behind)[:3] if word not in _OF][:2]
        found = []
        for column in self._numbers:
            names = self._spoken[column.name]
            if any(word in names or word.removesuffix("s") in names for word in near) or any(
                name in told or f"{name}s" in told for name in names
            ):
                found.append(column)
        alike = [one for one in found if unit and dimension_of(unit) == dimension_of(one.unit)]
        return next(iter(alike or found), None)

    def _both_ends(self, column: TypedColumn) -> tuple[TypedColumn, TypedColumn] | None:
        """The columns of the least and of the most of what a column counts, where there are both."""
        names = {one.name: frozenset(name_words(one.name).split("_")) for one in self._numbers}
        counted = names[column.name] - _ENDS_OF_RANGES if column.name in names else None
        alike = [one for one in self._numbers if names[one.name] - _ENDS_OF_RANGES == counted]
        least = first(alike, lambda one: not _LEAST.isdisjoint(names[one.name]))
        most = first(alike, lambda one: not _MOST.isdisjoint(names[one.name]))
        return None if least is None or most is None else (least, most)

    def _exact(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int]
    ) -> Iterator[Statement]:
        """ "Size 42", "a four-star hotel"."""
        for match in each.exactly_so_many.finditer(text):
            number = int(match["number"])
            counted = first(self._numbers, lambda one: match["what"] in self._spoken[one.name])  # noqa: B023
            either = each.either.search(text[: match.start()])
            if counted is not None and either is not None and number not in taken:
                # "3 or 4 stars"
                values = amounts[int(either["number"])].value, amounts[number].value
                taken |= {number, int(either["number"])}
                yield holds("holds", counted, ">=", min(values))
                yield holds("holds", counted, "<=", max(values))
                continue
            if number not in taken and counted is not None and not self._about_offer(text, match.start()):
                taken.add(number)
                denied = each.denied.search(text[: match.start()])
                yield holds("holds", counted, "!=" if denied else "=", amounts[number].value)
        for match in each.exact_number.finditer(text):
            number = int(match["number"])
            column = first(self._numbers, lambda one: each.exact.search(spoken_name(one)) is not None)
            if number not in taken and column is not None:
                taken.add(number)
                yield holds("holds", column, "=", amounts[number].value)
                continue
            category = first(
                self._categories.columns, lambda one: each.exact.search(spoken_name(one)) is not None
            )
            if number not in taken and category is not None:
                name = self._categories.vocabulary.get(f"{amounts[number].value:.10g}", {}).get(category.name)
                if name is not None:
                    taken.add(number)
                    yield holds("holds", category, "=", name)

    def _several(self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount]) -> Iterator[Statement]:
        """ "Two of them": so many have to be there."""
        if self._stock_count is not None:
            for match in (*each.quantity.finditer(text), *each.quantity_asked.finditer(text)):
                yield holds("holds", self._stock_count, ">=", amounts[int(match["number"])].value)


def _words_of(column: TypedColumn) -> set[str]:
    """The words of a column's name, units as they are compared."""
    words = name_words(column.name).split("_")
    return {*words, *(unit_of(word) for word in words if unit_of(word) in UNITS)}
