"""Bound reader: which numbers of a sentence ask for at least, at most or exactly so much of which column.

`number_columns` says which column a number is about. What is denied turns round ("nothing over 50"), and what
is asked about an offer ("is it under 50?") or need not hold binds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from usbrec.dialogue import Operator
from usbrec.items.constraints.categories import CategoryReader
from usbrec.items.constraints.clauses import CLAUSE, WORD, clauses, first, holds
from usbrec.items.constraints.column_types import TypedColumn, name_words, spoken_name
from usbrec.items.constraints.company import CompanyReader
from usbrec.items.constraints.greatest_bounds import laxest
from usbrec.items.constraints.measures import UNITS, unit_of
from usbrec.items.constraints.number_columns import NumberColumns, is_rate
from usbrec.items.constraints.patterns import ConstraintPatterns, is_about_offer
from usbrec.items.constraints.phrases import CLOSE, PLACE, Amount, begun, is_phrase, opens, says
from usbrec.items.constraints.statements import Statement
from usbrec.items.constraints.stock_counts import StockCounts
from usbrec.items.constraints.told_facts import tells_amount
from usbrec.items.constraints.years import YearReader
from usbrec.patterns import LazyPattern

_FLIPPED: Mapping[Operator, Operator] = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
#: "No headphones over 60": a word that says none, and at most two behind it.
_NONE = LazyPattern(
    r"(?<!\w)(?:no|nothing|none|never|not an?|not one|don't go|can't go|without going|kein|keine|keinen"
    r"|nichts|nie|niemals)(?:\s+\w+){0,2}\s*$"
)
_NONE_SUCH = LazyPattern(r"(?<!\w)(?:no|none|kein|keine|keinen)\s+(?P<what>\w+(?:\s\w+)?)\s+$")
_TOTAL = LazyPattern(
    rf"{PLACE}\s+(?:nights?|nächten?|days?|tagen?|weeks?|wochen?|rooms?|zimmern?)(?!\w)"
    r"|(?<!\w)(?:total|altogether|together|insgesamt|zusammen"
    r"|(?:a|the|one|whole|eine|die)\s+(?:week|weekend|woche|wochenende))(?!\w)"
)
#: The same of several pieces: "6 bottles, max 60 euros altogether".
_ALTOGETHER = LazyPattern(
    r"(?<!\w)(?:in\s+total|altogether|all\s+together|together|insgesamt|zusammen|for\s+(?:both|all|the\s+lot)(?:\s+of\s+them)?"
    r"|für\s+(?:beide|alle))(?!\w)"
)
#: "12 bottles for at most 120 euros", "three for under 20": what they cost together.
_ALL_FOR = LazyPattern(
    rf"(?:^|[,;.:]|(?<!\w)(?:need|want|buy|order|take|get|brauche|brauchen|nehme|nehmen|kaufe|kaufen|bestelle|suche|suchen))\s*"
    rf"{PLACE}\s+(?P<what>[^\W\d_]+\s+)?(?:for|für|zu)\s+(?:[^\W\d_]+\s+){{0,3}}{PLACE}"
)
_WITH = LazyPattern(r"(?<!\w)(?:with|mit)\s+$")
_SEVERAL = 2
_EACH = LazyPattern(
    r"(?<!\w)(?:per|pro|each|je|jeweils|a\s+(?:night|day)|(?:die|one|eine)\s+n(?:ight|acht))(?!\w)"
)
_TIMED = LazyPattern(r"(?:^|_)(?:night|nacht|day|tag|nightly|daily)(?:_|$)")
#: What somebody has to spend is no thing that they have.
_OWN_MONEY = LazyPattern(
    r"^(?!.*(?<!\w)(?:had|hatte\w*)(?!\w)).*(?<!\w)(?:budget|to spend|zur verfügung|limit)(?!\w)"
)
_PLACED = LazyPattern(PLACE)
_THAN = LazyPattern(r"(?<!\w)(?:than|als)\s+$")
#: "From the 80s" is no length of time, and "under 80s" is one.
_DECADE_BEHIND = LazyPattern(r"'?s(?!\w)")
_OF_DECADES = LazyPattern(r"(?<!\w)(?:the|from|since|early|mid|late)(?!\w)")
#: Nothing stands before a measure that changes it: a clause begins, or "and" leads to it.
_ALONE = LazyPattern(r"(?:^|[,;:(]|(?<!\w)(?:and|und|plus))\s*$")
#: A word of denial between a number and what stands behind it: "25 euro not to spend".
_NOT = LazyPattern(r"(?<!\w)(?:not|nicht|kein\w*|never|nie)(?!\w)")


class BoundsReader:
    """Reads the numbers of sentences; `stock_count` is the column that says how many of an item are there."""

    def __init__(
        self,
        columns: NumberColumns,
        stock_count: TypedColumn | None,
        categories: CategoryReader,
        phrases: Sequence[ConstraintPatterns],
    ) -> None:
        self._columns = columns
        self._company = CompanyReader(columns)
        self._stock_count = stock_count
        self._stocked = None if stock_count is None else StockCounts.of(stock_count)
        self._timed = columns.price is not None and _TIMED.search(name_words(columns.price.name)) is not None
        self._categories = categories
        self._phrases = phrases
        self._years = (
            None
            if columns.year is None
            else YearReader(columns.year, columns.price, categories.table, columns.measures, self._denied)
        )

    def unread(self, text: str, amounts: Sequence[Amount]) -> Iterator[tuple[float, str]]:
        """The amounts of a sentence that are said with a word of bounds and are about no column that is
        known, each with its words: "at least 256 gb" where two columns are in GB."""
        taken: set[int] = set()
        list(self.read(text, amounts, taken))
        for each in self._phrases:
            for _, use, pattern in (*each.before, *each.behind):
                for match in pattern.finditer(text):
                    number, words = int(match["number"]), match["words"]
                    amount = amounts[number]
                    if number in taken or amount.currency or amount.year or is_phrase("weak", words):
                        continue
                    taken.add(number)
                    rest = text[text.index(CLOSE, match.start()) + 1 :].lstrip(" -")
                    if rest.startswith("%") or is_rate(rest):
                        continue  # told as a share; "at least 8 hours every day"
                    behind = WORD.match(rest)
                    unit = f" {behind[0]}" if behind is not None and behind[0] not in words.split() else ""
                    value = f"{amount.value:.10g}{unit}"
                    yield amount.value, f"{value} {words}" if "behind" in use else f"{words} {value}"

    def read(
        self, text: str, amounts: Sequence[Amount], taken: set[int] | None = None
    ) -> Iterator[Statement]:
        """What the amounts of a sentence ask for, which stand in its text as marks; the numbers that are
        about a column are put into `taken`."""
        taken = set() if taken is None else taken
        money = says("price", text)
        for one in self._company.read(text, amounts, money=money):
            taken |= one.numbers
            before = text[: one.place]
            if not (self._about_offer(text, one.place) or self._left_open(before) or self._denied(before)):
                yield from one.statements
        if len(taken) == len(amounts) or self._is_bare_range(text, amounts):
            return
        # What several nights or rooms cost says nothing of one.
        total = _EACH.search(text) is None and (
            (self._timed and _TOTAL.search(text) is not None)
            or (_ALTOGETHER.search(text) is not None and any(_is_several(one) for one in amounts))
            or self._all_for(text, amounts)
        )
        found = list(self._read(text, amounts, taken, money=money))
        for statement in laxest(found, text, amounts, taken, self._columns, self._phrases):
            if not (
                total and self._columns.price and statement.constraint.column == self._columns.price.name
            ):
                yield statement

    def _all_for(self, text: str, amounts: Sequence[Amount]) -> bool:
        """Whether an amount is what several pieces cost together: "12 bottles for at most 120 euros"."""
        return any(
            _is_several(amounts[int(match[1])])
            and self._columns.is_of_pieces(text[text.index(CLOSE, match.start()) + 1 :])
            and not is_phrase("heads", (match["what"] or "").strip())
            for match in (_ALL_FOR.finditer(text) if len(amounts) > 1 else ())
        )

    def _read(
        self, text: str, amounts: Sequence[Amount], taken: set[int], *, money: bool
    ) -> Iterator[Statement]:
        if self._years is not None and any(amount.year for amount in amounts):
            yield from self._years.read(text, amounts, taken)
        for each in self._phrases if len(amounts) > 1 else ():
            yield from self._ranges(each, text, amounts, taken, money=money)
        for each in self._phrases:
            yield from self._before(each, text, amounts, taken, money=money)
            yield from self._behind(each, text, amounts, taken, money=money)
            yield from self._exact(each, text, amounts, taken)
            yield from self._several(each, text, amounts)
        for each in self._phrases:
            yield from self._allowed(each, text, amounts, taken)
        yield from self._measured(text, amounts, taken)

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
            before, behind = text[: match.start()], text[match.end() :]
            counted = self._columns.measures(behind) and not is_phrase("either", match["to"] or "")
            if match["open"] is None and not (
                match["dash"] or low.currency or high.currency or money or counted
            ):
                continue
            if low.currency and not high.currency and self._columns.measures(behind):
                continue  # "under 300 euro and 64 GB"
            if each.denied.search(before) or self._left_open(before):
                # "Not between 20 and 30" leaves both sides open.
                taken |= {one, other}
                continue
            weak = match["open"] is None or is_phrase("weak", match["open"])
            if (
                match["unit"]
                and unit_of(match["unit"]) not in UNITS
                and not self._columns.is_named(match["unit"])
            ):
                continue
            # "Between 500 ml and 1 l": each has its own unit.
            following = (f"{match['unit']} {behind}" if match["unit"] else behind, behind)
            currency = low.currency or high.currency
            ends = [
                self._columns.of(
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
        uses = begun(text)
        for operator, use, pattern in each.before:
            for match in pattern.finditer(text) if use in uses else ():
                number = int(match["number"])
                if number in taken or self._about_offer(text, match.start()):
                    continue
                before, behind = text[: match.start()], text[match.end() :]
                if each.persons.search(before):
                    continue
                weak = is_phrase("weak", match["words"])
                if amounts[number].year and each.year_before.search(text[: match.end("words")]):
                    continue
                if _DECADE_BEHIND.match(behind) and _is_decade(amounts[number], match):
                    continue
                found = self._pieces(amounts[number], before, behind, operator) or self._columns.of(
                    amounts[number], before, behind, money=money, weak=weak
                )
                if found is None:
                    continue
                column, value = found
                taken.add(number)
                if weak and (ends := self._columns.both_ends(column)) is not None:
                    # "For 4 players": from so many on, and up to so many.
                    yield holds("holds", ends[0], "<=", value)
                    yield holds("holds", ends[1], ">=", value)
                    continue
                unsaid = column is self._columns.price and not (money or amounts[number].currency)
                if use == "at_least" and unsaid and _is_of_unknown(before):
                    continue  # "LSF mindestens 30"
                if weak and operator == "<=" and opens("heads", behind.lstrip()):
                    yield holds("holds", column, ">=", value)  # "places for two people"
                    continue
                flip = bool(each.denied.search(before) or (operator in (">", ">=") and _NONE.search(before)))
                if operator == "<" and not flip and self._none_of_those(before):
                    continue
                if column is self._columns.price and any(
                    one.beside_price.search(before) for one in self._phrases
                ):
                    continue  # "free shipping over 50 euro"
                said_of_it = CLAUSE.split(behind)[0].lstrip()
                plain = said_of_it.partition(" ")[2] if self._columns.measures(said_of_it) else said_of_it
                if not flip and any(one.turned_behind.match(plain.lstrip()) for one in self._phrases):
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
        uses = begun(text)
        for operator, use, pattern in each.behind:
            for match in pattern.finditer(text) if use in uses else ():
                number = int(match["number"])
                if number in taken or self._about_offer(text, match.start()):
                    continue
                before = text[: match.start()]
                # What is counted may stand between the number and the words: "4 stars or more".
                counted = text[text.index(CLOSE, match.start()) + 1 : match.start("words")]
                if _NOT.search(counted):
                    continue
                plain = f"{counted} {text[match.end() :]}"
                found = self._pieces(amounts[number], before, plain, operator) or self._columns.of(
                    amounts[number], before, plain, money=money, weak=False
                )
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

    def _pieces(
        self, amount: Amount, before: str, behind: str, operator: Operator
    ) -> tuple[TypedColumn, float] | None:
        """The column of how many are there, where a number says so: "at least 3 in stock"."""
        counts = self._stocked
        if counts is None or not counts.said(amount, before, behind, operator):
            return None
        return counts.column, amount.value

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
                return (
                    is_about_offer(clause, self._phrases)
                    or (says("past", clause) and not _OWN_MONEY.search(clause))
                    or tells_amount(clause[: place - start])
                )
        return False

    def _left_open(self, before: str) -> bool:
        """Whether what stands before a bound says that it need not hold: "it doesn't have to be under"."""
        clause = CLAUSE.split(before)[-1]
        return says("not_needed", clause)

    def _may_be(self, before: str) -> bool:
        """Whether what stands before a bound only allows it: "it can be over"."""
        clause = CLAUSE.split(before)[-1]
        return says("may_be", clause)

    def _denied(self, before: str) -> bool:
        """Whether a word of denial stands right before a place: "not for"."""
        return any(each.denied.search(before) for each in self._phrases)

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

    def _exact(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int]
    ) -> Iterator[Statement]:
        """ "Size 42", "a four-star hotel"."""
        uses = begun(text)
        for match in each.exactly_so_many.finditer(text) if "exactly_so_many" in uses else ():
            number = int(match["number"])
            counted = self._columns.counting(match["what"])
            either = each.either.search(text[: match.start()])
            if counted is not None and either is not None and number not in taken:
                # "3 or 4 stars"
                values = amounts[int(either["number"])].value, amounts[number].value
                taken |= {number, int(either["number"])}
                yield holds("holds", counted, ">=", min(values))
                yield holds("holds", counted, "<=", max(values))
                continue
            if _THAN.search(text[: match.start()]):
                continue  # "better than 4 stars"
            if number not in taken and counted is not None and not self._about_offer(text, match.start()):
                taken.add(number)
                denied = each.denied.search(text[: match.start()])
                yield holds("holds", counted, "!=" if denied else "=", amounts[number].value)
        for match in each.exact_number.finditer(text) if "exact" in uses else ():
            number = int(match["number"])
            column = first(self._columns.numbers, lambda one: says("exact", spoken_name(one).casefold()))
            if number not in taken and column is not None:
                taken.add(number)
                yield holds("holds", column, "=", amounts[number].value)
                continue
            category = first(self._categories.columns, lambda one: says("exact", spoken_name(one).casefold()))
            if number not in taken and category is not None:
                name = self._categories.vocabulary.get(f"{amounts[number].value:.10g}", {}).get(category.name)
                if name is not None:
                    taken.add(number)
                    yield holds("holds", category, "=", name)

    def _allowed(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int]
    ) -> Iterator[Statement]:
        """ "64 GB is ok too", of another column than the price."""
        if begun(text).isdisjoint(("fine", "corrects_behind")):
            return
        for match in each.allowed.finditer(text):
            number, before = int(match["number"]), text[: match.start()]
            behind = text[text.index(CLOSE, match.start()) + 1 :]
            if number in taken or not self._columns.measures(behind) or each.denied.search(before):
                continue
            found = self._columns.of(amounts[number], before, behind, money=False, weak=True)
            if found is not None and found[0] is not self._columns.price:
                taken.add(number)
                yield holds("allows", found[0], "=", found[1])

    def _measured(self, text: str, amounts: Sequence[Amount], taken: set[int]) -> Iterator[Statement]:
        """ "300 max, 64 storage": a number with the name of a column that has a unit, and no other word."""
        for match in _PLACED.finditer(text):
            number = int(match[1])
            if number in taken or amounts[number].currency or self._about_offer(text, match.start()):
                continue
            found = self._columns.said_at(amounts[number], text[match.end() :])
            before = text[: match.start()]
            if found is None and _WITH.search(before) is not None:
                found = self._columns.counted_at(amounts[number], text[match.end() :])
                if found is not None and not self._denied(_WITH.sub("", before)):
                    taken.add(number)
                    yield holds("holds", found[0], "=", found[1])
                continue
            if found is None or not _ALONE.search(before) or self._left_open(before):
                continue
            taken.add(number)
            yield holds("holds", found[0], "=", found[1])

    def _several(self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount]) -> Iterator[Statement]:
        """ "Two of them": so many have to be there."""
        if self._stock_count is not None:
            for match in (*each.quantity.finditer(text), *each.quantity_asked.finditer(text)):
                yield holds("holds", self._stock_count, ">=", amounts[int(match["number"])].value)


def _is_of_unknown(before: str) -> bool:
    """Whether a thing stands right before a bound from below, which is hardly one of the price: "spf at
    least"."""
    said = WORD.findall(CLAUSE.split(before)[-1])
    return bool(said) and not any(
        is_phrase(use, said[-1]) for use in ("filler", "carriers", "copulas", "joins")
    )


def _is_several(amount: Amount) -> bool:
    """Whether an amount may be how many are bought: "6 bottles"."""
    return not amount.currency and not amount.year and amount.value >= _SEVERAL and amount.value.is_integer()


def _is_decade(amount: Amount, match: re.Match[str]) -> bool:
    """Whether a number with "s" behind it is a decade, by what leads to it: "from", "after the"."""
    said = match.string[match.start("words") : match.start("number")]
    return amount.value % 10 == 0 and amount.value < 100 and _OF_DECADES.search(said) is not None
