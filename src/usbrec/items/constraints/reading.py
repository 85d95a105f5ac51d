"""Constraint reader: what seekers say about price, stock, brands and other columns, by rules.

"Under 50 euro", "not from Sony", "in stock", "size 42", "unter 50 €": a turn is read once, with the word
lists of all languages (lexicon/<language>/constraints.toml), against the columns that the catalogue has. A
number is a price where a currency or a word of money stands with it, or where it stands alone behind "under"
and its like; it is another column's where that column's name or unit does. What is said about an offer ("is
it under 50?") or about what somebody has already asks for nothing. "Cheap" is no number, so it is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from usbrec.dialogue import Constraint, Operator, Turn
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.categories import CategoryReader
from usbrec.items.constraints.clauses import SENTENCE, WORD, clauses, holds
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_building import has_brands
from usbrec.items.constraints.column_roles import former_prices, present_prices
from usbrec.items.constraints.column_table import ColumnTable, open_columns
from usbrec.items.constraints.column_types import TypedColumn, is_price, is_stock, name_words, spoken_name
from usbrec.items.constraints.patterns import ConstraintPatterns
from usbrec.items.constraints.phrases import CLOSE, PLACE, Amount, all_phrases, take_amounts
from usbrec.items.constraints.statements import Statement, merged
from usbrec.items.linking.linker import Linker

#: Characters of a turn that are read; a longer one is no wish.
_LONGEST = 4_000
#: Names of categories have at most so many words where they are looked for.
_NAMEWORDS = 4
#: Columns with more different names are not looked for by them alone.
_MOST_NAMES = 20_000
_FLIPPED: Mapping[Operator, Operator] = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
#: "No headphones over 60": a word that says none, and at most two behind it.
_NONE = re.compile(r"(?<!\w)(?:no|nothing|none|kein|keine|keinen|nichts)(?:\s+\w+){0,2}\s*$")
#: What columns such as "min_age" have in their names beside what they count.
_LEAST, _MOST = frozenset({"min", "minimum"}), frozenset({"max", "maximum"})
_ENDS_OF_RANGES = _LEAST | _MOST
#: "No pool needed": it need not be there.
_NOT_NEEDED = re.compile(
    r"(?<!\w)(?:no|kein\w*)(?:\s+[\w-]+){1,3}\s+(?:needed|required|necessary|nötig|notwendig|erforderlich)(?!\w)"
)
_DENIED = r"(?:not|no|non|without|nicht|kein|keine|keinen|ohne)"


def reads_words(catalogue: Catalogue) -> bool:
    """Whether a catalogue has what people in shops ask for: a price, a stock or a brand."""
    return has_brands(catalogue) or any(
        (column.type == "number" and (is_price(column.name) or bool(column.currency)))
        or _stock_of(column)
        or name_words(column.name) == "brand"
        for column in catalogue.types
    )


class ConstraintReader:
    """Reads what must hold of an item in the turns of a dialogue; one for a run."""

    def __init__(self, catalogue: Catalogue, linker: Linker) -> None:
        self.table: ColumnTable = open_columns(catalogue)
        self._linker = linker
        self._phrases = tuple(ConstraintPatterns.of(phrases) for phrases in all_phrases())
        columns = self.table.columns
        numbers = [column for column in columns if column.type == "number"]
        # A price of before, or one of postage, is asked for by its name.
        self._price = next(
            iter(
                present_prices(columns)
                or [column for column in numbers if column.currency and not is_price(column.name)]
                or former_prices(columns)
            ),
            None,
        )
        self._stock = _first([column for column in columns if column.type != "number"], _stock_of) or _first(
            columns, _stock_of
        )
        self._stock_count = _first(numbers, lambda column: is_stock(column.name))
        self._numbers = [column for column in numbers if column not in (self._price, self._stock_count)]
        self._spoken = {
            column.name: [
                name
                for name in name_words(column.name).split("_")
                if len(name) > 1 and name not in _ENDS_OF_RANGES
            ]
            + [
                said
                for each in all_phrases()
                for said in each.lists.get("spoken", {}).get(name_words(column.name), ())
            ]
            for column in self._numbers
        }
        self._categories = CategoryReader(self.table, self._phrases, self._stock)
        self._flags = [
            (column, _flag_pattern(column))
            for column in columns
            if column.type == "yes-no" and not _stock_of(column)
        ]

    def read(self, turns: Sequence[Turn]) -> tuple[Constraint, ...]:
        """What holds after these turns, each constraint with the turn and the words that ask for it."""
        current: tuple[Constraint, ...] = ()
        before: Turn | None = None
        for number, turn in enumerate(turns):
            if turn.role == "seeker":
                said = turn.read_by(self)
                if said:
                    told = [self._settled(one, before) for one in said]
                    stamped = [_at(one, number) for one in told if one is not None]
                    current = merged(current, stamped)
            before = turn
        return current

    def read_turn(self, turn: Turn) -> tuple[Statement, ...]:
        """What :meth:`Turn.read_by` carries with a turn."""
        text = turn.text[:_LONGEST]
        for mention in turn.read_by(self._linker).mentions:
            text = (
                text[: mention.start]
                + " \ufffc"
                + " " * (mention.end - mention.start - 2)
                + text[mention.end :]
            )
        found: list[Statement] = []
        for sentence in SENTENCE.split(text):
            found += self._sentence(sentence)
        return tuple(dict.fromkeys(found or self._answer(text)))

    def _settled(self, one: Statement, before: Turn | None) -> Statement | None:
        """A statement that depends on what the recommender said before it, as one that does not."""
        if one.kind == "answers":
            asked = before is not None and any(
                each.asks_price.search(before.text.casefold()) for each in self._phrases
            )
            return Statement("holds", one.constraint) if asked else None
        if one.kind == "cheaper":
            price = None if before is None or self._price is None else self._offered(before, self._price)
            return (
                None if price is None else Statement("holds", Constraint(one.constraint.column, "<", price))
            )
        return one

    def _offered(self, turn: Turn, column: TypedColumn) -> float | None:
        """The price of what the recommender named last."""
        ids = [mention.item_id for mention in turn.read_by(self._linker).mentions]
        ids = ids if turn.items is None else list(turn.items)
        item = self.table.catalogue.get(ids[-1]) if ids else None
        value = None if item is None else self.table.value(item, column.name)
        return value if isinstance(value, float) else None

    def _sentence(self, sentence: str) -> list[Statement]:
        marked, amounts = take_amounts(sentence.casefold().replace("’", "'"))
        found: list[Statement] = []
        for start, clause in clauses(marked):
            if any(each.about_offer.match(clause.strip()) for each in self._phrases):
                continue
            if _NOT_NEEDED.search(clause) or any(each.not_needed.search(clause) for each in self._phrases):
                found += self._released(clause)
                continue
            past = any(each.past.search(clause) for each in self._phrases)
            if not past:
                found += self._released(clause)
                found += self._stocked(clause)
                found += self._flagged(clause)
                found += self._categories.read(clause, marked[:start])
            if self._price is not None and any(each.cheaper.search(clause) for each in self._phrases):
                found.append(holds("cheaper", self._price, "<", 0.0))
        found += self._bounds(marked, amounts)
        words = " ".join(sentence.split())[:200]
        return [_saying(statement, words) for statement in found]

    # Bounds on numbers.

    def _bounds(self, text: str, amounts: Sequence[Amount]) -> Iterator[Statement]:
        if not amounts or self._is_bare_range(text, amounts):
            return
        money = any(each.price.search(text) for each in self._phrases)
        taken: set[int] = set()
        for each in self._phrases:
            for match in each.ranges.finditer(text):
                first, second = int(match["low"]), int(match["high"])
                low, high = amounts[first], amounts[second]
                if not taken.isdisjoint({first, second}) or self._about_offer(text, match.start()):
                    continue
                # "Under 50 and over 20" is no range.
                if (
                    match["open"] is None
                    and not match["dash"]
                    and not (low.currency or high.currency or money)
                ):
                    continue
                weak = match["open"] is None or each.weak.fullmatch(match["open"]) is not None
                one = Amount(low.value, low.currency or high.currency, low.year and high.year)
                column = self._column(one, text[: match.start()], text[match.end() :], money=money, weak=weak)
                if column is not None:
                    taken |= {first, second}
                    yield holds("holds", column, ">=", min(low.value, high.value))
                    yield holds("holds", column, "<=", max(low.value, high.value))
        for each in self._phrases:
            for operator, pattern in each.before:
                for match in pattern.finditer(text):
                    number = int(match["number"])
                    if number in taken or self._about_offer(text, match.start()):
                        continue
                    if each.persons.search(text[: match.start()]):
                        continue
                    weak = each.weak.fullmatch(match["words"]) is not None
                    before, behind = text[: match.start()], text[match.end() :]
                    if amounts[number].year and each.year_before.search(text[: match.end("words")]):
                        continue
                    column = self._column(amounts[number], before, behind, money=money, weak=weak)
                    if column is None:
                        continue
                    taken.add(number)
                    if weak and (ends := self._both_ends(column)) is not None:
                        # "For 4 players": from so many on, and up to so many.
                        yield holds("holds", ends[0], "<=", amounts[number].value)
                        yield holds("holds", ends[1], ">=", amounts[number].value)
                        continue
                    flip = each.denied.search(before) or (operator in (">", ">=") and _NONE.search(before))
                    yield holds(
                        "holds", column, _FLIPPED[operator] if flip else operator, amounts[number].value
                    )
            for operator, pattern in each.behind:
                for match in pattern.finditer(text):
                    number = int(match["number"])
                    if number in taken or self._about_offer(text, match.start()):
                        continue
                    before = text[: match.start()]
                    # What is counted may stand between the number and the words: "4 stars or more".
                    counted = text[text.index(CLOSE, match.start()) + 1 : match.start("words")]
                    plain = f"{counted} {text[match.end() :]}"
                    column = self._column(amounts[number], before, plain, money=money, weak=False)
                    if column is not None:
                        taken.add(number)
                        yield holds("holds", column, operator, amounts[number].value)
            yield from self._exact(each, text, amounts, taken)
            yield from self._several(each, text, amounts)

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
                    each.about_offer.match(clause.strip()) or each.past.search(clause)
                    for each in self._phrases
                )
        return False

    def _column(
        self, amount: Amount, before: str, behind: str, *, money: bool, weak: bool
    ) -> TypedColumn | None:
        """Which column a number is about, if any."""
        if amount.currency:
            return self._price
        if behind.lstrip().startswith("%"):
            return _first(self._numbers, lambda one: one.unit == "%")
        following = WORD.match(behind.lstrip(" -\t"))
        next_word = "" if following is None else following[0]
        told = [word for word in WORD.findall(before)[-4:] if not word.isdigit()]
        for column in self._numbers:
            names = self._spoken[column.name]
            unit = column.unit.casefold()
            near = WORD.findall(behind)[:2]
            if next_word and next_word in (unit, f"{unit}s"):
                return column
            if any(word in names or word.removesuffix("s") in names for word in near):
                return column
            if names and any(name in told or f"{name}s" in told for name in names):
                return column
        if amount.year and not money:
            return None
        alone = not next_word or any(each.after_price.fullmatch(next_word) for each in self._phrases)
        return self._price if alone and (money or not weak) else None

    def _both_ends(self, column: TypedColumn) -> tuple[TypedColumn, TypedColumn] | None:
        """The columns of the least and of the most of what a column counts, where there are both."""
        names = {one.name: frozenset(name_words(one.name).split("_")) for one in self._numbers}
        counted = names[column.name] - _ENDS_OF_RANGES if column.name in names else None
        alike = [one for one in self._numbers if names[one.name] - _ENDS_OF_RANGES == counted]
        least = _first(alike, lambda one: not _LEAST.isdisjoint(names[one.name]))
        most = _first(alike, lambda one: not _MOST.isdisjoint(names[one.name]))
        return None if least is None or most is None else (least, most)

    def _exact(
        self, each: ConstraintPatterns, text: str, amounts: Sequence[Amount], taken: set[int]
    ) -> Iterator[Statement]:
        """ "Size 42", "a four-star hotel"."""
        for match in each.exactly_so_many.finditer(text):
            number = int(match["number"])
            counted = _first(self._numbers, lambda one: match["what"] in self._spoken[one.name])  # noqa: B023
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
            column = _first(self._numbers, lambda one: each.exact.search(spoken_name(one)) is not None)
            if number not in taken and column is not None:
                taken.add(number)
                yield holds("holds", column, "=", amounts[number].value)
                continue
            category = _first(
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

    def _answer(self, text: str) -> list[Statement]:
        """What a turn says to a question about the price that holds one number and little else."""
        marked, amounts = take_amounts(text.casefold())
        if self._price is None or not amounts or len(WORD.findall(text)) > 8 or len(amounts) > 2:
            return []
        behind = re.split(PLACE, marked)[-1]
        following = WORD.match(behind.lstrip(" -\t"))
        if following is not None and not any(
            each.after_price.fullmatch(following[0]) for each in self._phrases
        ):
            return []
        words, values = " ".join(text.split())[:200], [amount.value for amount in amounts]
        found = [_saying(holds("answers", self._price, "<=", max(values)), words)]
        if len(values) == 2 and any(each.ranges.search(marked) for each in self._phrases):
            found.append(_saying(holds("answers", self._price, ">=", min(values)), words))
        return found

    # Stock, flags, names.

    def _released(self, clause: str) -> Iterator[Statement]:
        for each in self._phrases:
            if self._price is not None and each.any_price.search(clause):
                yield holds("released", self._price, "has", None)
            if self._stock is not None and each.any_stock.search(clause):
                yield holds("released", self._stock, "has", None)

    def _stocked(self, clause: str) -> Iterator[Statement]:
        column = self._stock
        if column is None:
            return
        for each in self._phrases:
            match = each.in_stock.search(clause)
            if match is None or each.any_stock.search(clause) or _denied_at(clause, match.start()):
                continue
            if column.type == "number":
                yield holds("holds", column, ">", 0.0)
            elif column.type == "yes-no":
                yield holds("holds", column, "=", True)
            else:
                names = [name for name in self.table.names(column.name) if each.in_stock.search(folded(name))]
                names += [name for name in self.table.names(column.name) if folded(name) in _THERE]
                if names:
                    yield holds("holds", column, "in", tuple(dict.fromkeys(names)))

    def _flagged(self, clause: str) -> Iterator[Statement]:
        for column, pattern in self._flags:
            match = None if pattern is None else pattern.search(clause)
            if match is not None:
                yield holds("holds", column, "=", not _denied_at(clause, match.start()))


_THERE = frozenset(
    {"in stock", "instock", "in_stock", "available", "yes", "auf lager", "verfügbar", "lieferbar"}
)


def _first(columns: Iterable[TypedColumn], holds: object) -> TypedColumn | None:
    assert callable(holds)
    return next((column for column in columns if holds(column)), None)


def _stock_of(column: TypedColumn) -> bool:
    return is_stock(column.name) and column.type != "text"


def _flag_pattern(column: TypedColumn) -> re.Pattern[str] | None:
    """How a column of yes and no is spoken of: its name without "is" and "has"."""
    words = [word for word in name_words(column.name).split("_") if word not in ("is", "has", "ist", "hat")]
    plain = " ".join(words)
    if not words or any(each.regex("ignored").fullmatch(plain) for each in all_phrases()):
        return None
    spoken = r"[\s-]?".join(map(re.escape, words))
    return re.compile(rf"(?<!\w){spoken}(?!\w)")


def _denied_at(clause: str, place: int) -> bool:
    """Whether a word of denial stands right before a place."""
    return re.search(rf"(?<!\w){_DENIED}[\s-]+(?:(?:be|a|an|the|any|sein)\s+)?$", clause[:place]) is not None


def _saying(statement: Statement, words: str) -> Statement:
    one = statement.constraint
    return Statement(statement.kind, Constraint(one.column, one.operator, one.value, None, words))


def _at(statement: Statement, turn: int) -> Statement:
    one = statement.constraint
    return Statement(statement.kind, Constraint(one.column, one.operator, one.value, turn, one.words))
