"""Settled statements: what a turn means by the turn before it and by what holds already.

"At least 128" behind "how much storage?", "make it 80" behind a bound, "something cheaper" behind an offer,
"yes" behind "does it have to be waterproof?".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from usbrec.dialogue import Constraint, Operator, Turn
from usbrec.items.constraints.answered_questions import (
    Answer,
    answer_of,
    asks_how_much_of,
    demand_asked,
    importance_asked,
    importance_of,
    is_short,
    name_asked,
    names_alone,
    question_of,
)
from usbrec.items.constraints.asked_amounts import as_bound, as_sentences, asks_for, is_amount, operator_asked
from usbrec.items.constraints.categories import CategoryReader
from usbrec.items.constraints.clauses import sentences
from usbrec.items.constraints.column_roles import is_rating
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, name_words, spoken_name
from usbrec.items.constraints.corrections import corrected, widened
from usbrec.items.constraints.flags import FlagReader
from usbrec.items.constraints.number_columns import NumberColumns
from usbrec.items.constraints.phrases import says, take_amounts
from usbrec.items.constraints.statements import Statement
from usbrec.items.linking.linker import Linker

#: Characters of a turn that are read; a longer one is no wish.
LONGEST = 4_000
#: Numbers of years.
_OLDEST, _NEWEST = 1800.0, 2100.0
#: A smaller number is an age rather than a year.
_FIRST_YEAR = 1000
#: A bound that is so many times smaller than the one before it may be told in thousands.
_SHORT_FOR = 100


class SettledStatements:
    """What a reader of constraints knows of turns that depend on others; :class:`ConstraintReader` reads
    sentences."""

    table: ColumnTable
    _linker: Linker
    _price: TypedColumn | None
    _flags: FlagReader
    _categories: CategoryReader
    _numbers: NumberColumns

    def _sentence(self, sentence: str) -> list[Statement]:
        raise NotImplementedError

    def _plain(self, text: str) -> str:
        raise NotImplementedError

    def _settled(
        self, one: Statement, earlier: Sequence[Turn], current: Sequence[Constraint]
    ) -> Statement | None:
        """A statement that depends on what was said before it, as one that does not; `earlier` are the turns
        before its own."""
        before = earlier[-1] if earlier else None
        if before is not None and self._asks_other(one, before):
            return self._answers_other(one, before)
        if one.kind in ("holds", "corrects") and self._is_short_for(one.constraint, current):
            return None
        if one.kind == "less":
            return None if _is_held(one.constraint, current) else Statement("holds", one.constraint)
        if one.kind == "corrects":
            return corrected(one.constraint, current, None if self._price is None else self._price.name)
        if one.kind == "allows":
            return widened(one.constraint, current)
        if one.kind == "theirs":
            return Statement("holds", one.constraint)
        if one.kind == "answers":
            asked = before is not None and says("asks_price", before.text.casefold())
            if before is not None and asks_how_much_of(question_of(before.text) or ""):
                asked = _asks_money(before.text.casefold())  # "How much memory?"
            asked = asked and not self._is_year(one.constraint.value)
            return Statement("holds", one.constraint) if asked else None
        if one.kind == "cheaper":
            price = None if self._price is None else self._offered(earlier, self._price)
            below = None if price is None else Constraint(one.constraint.column, "<", price)
            return None if below is None or _is_held(below, current) else Statement("holds", below)
        return one

    def _is_year(self, value: object) -> bool:
        """Whether a number is written like a year, where no price is as great: "Heat (1995)"."""
        if self._price is None or not isinstance(value, float) or not _OLDEST <= value < _NEWEST:
            return False
        return not (self.table.numbers(self._price.name, self.table.allowed(())) >= _OLDEST).any()

    def _is_short_for(self, one: Constraint, current: Sequence[Constraint]) -> bool:
        """Whether a bound on the price may be said in thousands behind one of thousands: "up to 10,000" - "I
        could go up to 12"."""
        value, price = one.value, self._price
        if price is None or one.column != price.name or not isinstance(value, float):
            return False
        return (
            any(
                old.column == one.column and isinstance(old.value, float) and old.value >= _SHORT_FOR * value
                for old in current
            )
            and not (self.table.numbers(price.name, self.table.allowed(())) <= value).any()
        )

    def _beside_question(self, turn: Turn, before: Turn, said: Sequence[Statement]) -> tuple[Statement, ...]:
        """What a turn that says so much by itself asks for behind what the recommender said before it."""
        question = question_of(before.text)
        if question is None:
            return tuple(said)
        if asked := self._amount_asked(question, turn.text):
            return tuple(asked)
        said = self._unwanted(turn, question, said)
        # "Do you want it in German?" - "yes, or English"
        also = [one for one in said if one.kind == "also"]
        said = [one for one in said if one.kind != "also"]
        return (*said, *self._answered(turn, question, said), *also)

    def _answered(self, turn: Turn, question: str, said: Sequence[Statement]) -> list[Statement]:
        """What a turn asks for by the question before it, of columns that it says nothing of itself."""
        answer, found = answer_of(turn.text), list[Statement]()
        if says("allergies", question):
            found = [] if answer == "no" else self._allergies(turn, question)
        elif (what := importance_asked(question)) is not None:
            found = self._of_importance(what, importance_of(turn.text))
        elif answer is not None and (asked := demand_asked(question)) is not None:
            found = (
                self._sentence(asked)
                if answer == "yes"
                else [*self._flags.spared(asked), *self._categories.spared(asked)]
            )
        elif answer is not None and (bound := as_bound(question, yes=answer == "yes")) is not None:
            found = self._sentence(bound)
        elif answer is None and (kind := name_asked(question)) is not None and is_short(turn.text):
            columns = [column for column, pattern in self._flags.spoken if pattern.search(question)]
            if not columns and kind == "unwanted":
                columns = self._categories.harms
            found = self._categories.named(turn.text.casefold(), columns, unwanted=kind == "unwanted")
        told = {one.constraint.column for one in said}
        words = " ".join(turn.text.split())[:200]
        return [saying(one, words) for one in found if one.constraint.column not in told]

    def _of_importance(self, what: str, important: Answer | None) -> list[Statement]:
        """What is asked for of a thing that is important, and taken back of one that is not."""
        if important == "yes":
            return [one for one in self._sentence(what) if one.constraint.operator in ("=", "in")]
        return [] if important is None else [*self._flags.spared(what), *self._categories.spared(what)]

    def _allergies(self, turn: Turn, question: str) -> list[Statement]:
        """What somebody cannot have who is asked for allergies: "nuts", "yes, nuts and soy", and what a yes
        to "are you allergic to nuts?" says."""
        text = turn.text.casefold()
        named = (
            self._categories.named(text, self._categories.columns, unwanted=True) if is_short(text) else []
        )
        if named or answer_of(turn.text) != "yes":
            return named
        return [one for one in self._sentence(question) if one.constraint.operator == "!="]

    def _amount_asked(self, question: str, text: str) -> list[Statement]:
        """What a turn that is an amount alone asks for by the question before it; none where that is for
        money, of which such a turn is read by itself."""
        answer = text[:LONGEST].casefold().strip(" .!?\n")
        if _asks_money(question) or not is_amount(answer):
            return []
        if says("enough", answer) and operator_asked(question) is None:
            return []  # "How many gears?" - "7 is enough" may be at least so many
        columns = [spoken_name(one).casefold() for one in self._numbers_asked(question)]
        found = (self._sentence(one) for one in as_sentences(question, answer, columns))
        words = " ".join(text.split())[:200]
        return [saying(one, words) for one in next(filter(None, found), [])]

    def _unwanted(self, turn: Turn, question: str, said: Sequence[Statement]) -> list[Statement]:
        """What a turn says, where names and years that alone would be wanted are those of a question for what
        to leave out: "any colour you don't like?" - "red", "any decade to avoid?" - "the 80s"."""
        if says("allergies", question):
            return [one for one in said if not _asks_for_names(one.constraint)]
        if name_asked(question) != "unwanted" or answer_of(turn.text) is not None or not is_short(turn.text):
            return list(said)
        wanted = says("must", turn.text.casefold())
        kept = []
        for one in said:
            old = one.constraint
            values = old.value if isinstance(old.value, tuple) else (old.value,)
            names = [each for each in values if isinstance(each, str)]
            if one.kind != "holds" or old.operator == "!=":
                kept.append(one)
            elif old.operator in ("=", "in") and names and names_alone(turn.text, names):
                kept += [Statement("holds", replace(old, operator="!=", value=name)) for name in names]
            elif old.column != "year" or wanted:
                kept.append(one)
        return kept

    def _asks_other(self, one: Statement, before: Turn) -> bool:
        """Whether a number without a unit is said to a question that is not about the price: "How much
        storage?" - "at least 128"."""
        if self._price is None or one.constraint.column != self._price.name or not before.text.strip():
            return False
        words = (one.constraint.words or "").casefold()
        _, amounts = take_amounts(words)
        told = one.kind in ("holds", "answers") and amounts and not any(each.currency for each in amounts)
        if not told or says("price", words):
            return False
        last = sentences(before.text[-LONGEST:].casefold().strip())[-1]
        return bool(self._asked(before)) or (last.endswith("?") and asks_for("other_amount", last))

    def _asked(self, before: Turn) -> list[TypedColumn]:
        """The columns of numbers beside the price that a recommender's last question names."""
        asked = sentences(before.text[-LONGEST:].casefold().strip())[-1]
        if not asked.endswith("?"):
            return []
        return self._numbers_asked(asked)

    def _numbers_asked(self, question: str) -> list[TypedColumn]:
        """The columns of numbers beside the price that a question names, or else asks for in other words."""
        numbers = [one for one in self.table.columns if one.type == "number" and one is not self._price]
        named = [one for one, spoken in self._flags.spoken if one in numbers and spoken.search(question)]
        if named:
            return named
        return [
            one
            for one in numbers
            if (self._numbers.is_of_time(one) and asks_for("runtime", question))
            or (is_rating(one) and asks_for("rating", question))
            or any(asks_for(word, question) for word in name_words(one.name).split("_"))
        ]

    def _answers_other(self, one: Statement, before: Turn) -> Statement | None:
        """The statement about the column that was asked for; None where more than one was."""
        columns = self._asked(before)
        asked = sentences(before.text[-LONGEST:].casefold().strip())[-1]
        if len(columns) != 1 or _asks_money(asked):
            return None
        old = one.constraint
        if (
            one.kind == "answers"
            and says("enough", (old.words or "").casefold())
            and not operator_asked(asked)
        ):
            return None
        if columns[0] is self._numbers.year and isinstance(old.value, float) and old.value < _FIRST_YEAR:
            return None  # "How old may it be?" - "at most 5"
        operator: Operator = (operator_asked(asked) or "=") if one.kind == "answers" else old.operator
        return Statement("holds", Constraint(columns[0].name, operator, old.value, old.turn, old.words))

    def _offered(self, earlier: Sequence[Turn], column: TypedColumn) -> float | None:
        """The price of what was named last, be it before a question and its answer: "how much is it?" - "It
        costs 42." - "too expensive"."""
        ids = next(filter(None, map(self._named, reversed(earlier))), [])
        item = self.table.catalogue.get(ids[-1]) if ids else None
        value = None if item is None else self.table.value(item, column.name)
        return value if isinstance(value, float) else None

    def _named(self, turn: Turn) -> list[str]:
        """The ids of the items that a turn names."""
        if turn.items is not None:
            return list(turn.items)
        return [mention.item_id for mention in turn.read_by(self._linker).mentions]


def _is_held(one: Constraint, current: Sequence[Constraint]) -> bool:
    """Whether a bound from above is no lower than one that holds already."""
    value = one.value
    return isinstance(value, float) and any(
        old.column == one.column
        and old.operator in ("<", "<=")
        and isinstance(old.value, float)
        and old.value <= value
        for old in current
    )


def saying(statement: Statement, words: str) -> Statement:
    """A statement that was read in these words."""
    one = statement.constraint
    return Statement(statement.kind, Constraint(one.column, one.operator, one.value, None, words))


def _asks_for_names(one: Constraint) -> bool:
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    return one.operator in ("=", "in") and any(isinstance(each, str) for each in values)


def _asks_money(question: str) -> bool:
    """Whether a question names money; "how much" may ask for anything."""
    return says("asks_price", question.replace("how much", " ").replace("wie viel", " "))
