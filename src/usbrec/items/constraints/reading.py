"""Constraint reader: what seekers say about price, stock, brands and other columns, by rules.

"Under 50 euro", "not from Sony", "in stock", "size 42", "unter 50 €": a turn is read once, with the word
lists of all languages (lexicon/<language>/constraints.toml), against the columns that the catalogue has. A
number is a price where a currency or a word of money stands with it, or where it stands alone behind "under"
and its like; it is another column's where that column's name or unit does. What is said about an offer ("is
it under 50?") or about what somebody has already asks for nothing. "Cheap" is no number, so it is not read.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from usbrec.dialogue import Constraint, Turn
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.bounds import BoundsReader
from usbrec.items.constraints.categories import CategoryReader
from usbrec.items.constraints.certainty import certain, demanded
from usbrec.items.constraints.clauses import WORD, clauses, first, holds, sentences
from usbrec.items.constraints.column_roles import asked_price, asked_stock, is_rating
from usbrec.items.constraints.column_table import ColumnTable, open_columns
from usbrec.items.constraints.column_types import TypedColumn, is_stock, spoken_name
from usbrec.items.constraints.comparisons import ComparisonReader
from usbrec.items.constraints.conditions import without_alternatives, without_conditions
from usbrec.items.constraints.corrections import corrections
from usbrec.items.constraints.date_phrases import DateReader
from usbrec.items.constraints.decades import plain_decades
from usbrec.items.constraints.flags import FlagReader, in_digits
from usbrec.items.constraints.number_columns import NumberColumns, is_of_stars
from usbrec.items.constraints.opening_hours import HoursReader
from usbrec.items.constraints.patterns import ConstraintPatterns, is_about_offer
from usbrec.items.constraints.phrases import (
    CLOSE,
    OPEN,
    PLACE,
    Amount,
    all_phrases,
    begun,
    ends,
    is_phrase,
    opens,
    says,
    take_amounts,
)
from usbrec.items.constraints.plain_numbers import plain_numbers
from usbrec.items.constraints.recent_years import plain_recent_years
from usbrec.items.constraints.settled import LONGEST, SettledStatements, saying
from usbrec.items.constraints.statements import Statement, merged
from usbrec.items.constraints.stories import is_for, owner_of, without_stories
from usbrec.items.constraints.told_facts import asks_about_item, without_complaints
from usbrec.items.constraints.turned_phrases import plain_order
from usbrec.items.linking.linker import Linker
from usbrec.items.linking.reading import Mention
from usbrec.patterns import LazyPattern

_ANY_BUT = LazyPattern(
    r"(?<!\w)((?:any|every|each|all|anyone|anybody)(?:\s[^\W\d_]+)?)\s+but(?!\s+(?:it|i|we|they|that|this|please|not|only|with|in|under|must|should"
    r"|has|have|preferably|no|nothing|at|up|for|if)\b)"
)
_PLACED = LazyPattern(PLACE)
#: Behind a year: others as well, so that it is asked for.
_OR_OTHERS = ("year_or_newer", "year_or_older")
#: The year behind a title: "from 1995", "aus dem Jahr 1995".
_YEAR_BEHIND = LazyPattern(
    r"[\"”’'*_]*\s\(?(?:(?:from|of|aus|von|vom)\s+(?:the\s+year\s+|dem\s+jahre?\s+)?)?([12]\d{3})(?!\w)\)?",
    re.IGNORECASE,
)
_OPERATORS = ("at_most", "below", "at_least", "above", "behind_at_most", "behind_at_least")
_NOT_THE_OTHER = LazyPattern(rf"{PLACE}[^\W\d_\s]*\s*,?\s+(?:not|nicht|instead of|statt)\s+{PLACE}")
#: "4 out of 5", "8/10", "4 of 5 stars": a rating and the most that its scale has.
_OUT_OF = LazyPattern(
    r"(?<![\w.,])(?P<rated>\d{1,2}(?:[.,]\d{1,2})?)(?:\s+(?:(?P<out>out\s+of)|(?P<of>of|von))\s+|\s?/\s?)"
    r"(?P<most>5|10|100|five|ten|fünf|zehn)(?![\w.,]*\d)(?:\s+(?:stars|sternen?|points|punkten?))?"
)
#: What says that a number of others is a rating.
_RATED = LazyPattern(
    r"(?<!\w)(?:rat(?:ed|ing|ings)|scor(?:e|ed)|stars?|reviews?|points|bewert\w*|sternen?|punkten?)(?!\w)"
)
#: Behind or before a number of others, these make it a rating too: "8/10 or better", "at least 4/5".
_RATED_LEAST = LazyPattern(r"(?:at least|minimum|min\.?|over|above|mindestens|über|ab)\s+$")
_OR_BETTER = LazyPattern(
    r"\s*(?:\+|(?:or|oder|and|und)\s+(?:better|higher|above|more|up|besser|höher|mehr|darüber)(?!\w))"
)
_MOST_RATED = {"five": 5, "ten": 10, "fünf": 5, "zehn": 10}
#: The scales that ratings are told on: a column has the shortest that holds all of it.
_SCALES = (5, 10, 100)


class ConstraintReader(SettledStatements):
    """Reads what must hold of an item in the turns of a dialogue; one for a run."""

    def __init__(self, catalogue: Catalogue, linker: Linker) -> None:
        self.table: ColumnTable = open_columns(catalogue)
        self._linker = linker
        self._phrases = tuple(ConstraintPatterns.of(phrases) for phrases in all_phrases())
        columns = self.table.columns
        numbers = [column for column in columns if column.type == "number"]
        self._price, self._stock = asked_price(columns), asked_stock(columns)
        self._stock_count = first(numbers, lambda column: is_stock(column.name))
        self._flags = FlagReader(self.table, self._price, self._stock)
        self._hours = HoursReader(self.table)
        self._categories = CategoryReader(self.table, self._phrases, self._stock)
        self._numbers = NumberColumns(
            numbers, self._price, self._stock_count, self._scale_of, self._values_of
        )
        self._bounds = BoundsReader(self._numbers, self._stock_count, self._categories, self._phrases)
        self._dates = DateReader(self.table)
        self._comparisons = ComparisonReader(self.table, self._numbers, self._price)
        # A hotel's stars are none that guests gave.
        guests = first(numbers, lambda one: is_rating(one) and not is_of_stars(one))
        self._rating = guests or first(numbers, is_rating)

    def _values_of(self, column: TypedColumn) -> NDArray[np.float64]:
        return self.table.numbers(column.name, self.table.allowed(()))

    def _scale_of(self, column: TypedColumn) -> int | None:
        known = self._values_of(column)
        return next((most for most in _SCALES if len(known) and known.max() <= most), None)

    def read(self, turns: Sequence[Turn]) -> tuple[Constraint, ...]:
        """What holds after these turns, each constraint with the turn and the words that ask for it."""
        current: tuple[Constraint, ...] = ()
        before: Turn | None = None
        for number, turn in enumerate(turns):
            if turn.role == "seeker":
                said = turn.read_by(self)
                if before is not None and before.role != "seeker":
                    said = self._beside_question(turn, before, said)
                if said:
                    told = [
                        self._settled(one, turns[:number], current)
                        for one in said
                        if one.kind != "theirs" or self._is_theirs(one, turns[: number + 1])
                    ]
                    stamped = [_at(one, number) for one in told if one is not None]
                    current = merged(current, stamped)
            before = turn
        return current

    def unread(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """The amounts of money and the shares in the seeker's last turn that ask for something and that no
        constraint has: "around 50 euro", what is in another currency than the catalogue's, "over 12%"."""
        number = next((place for place in reversed(range(len(turns))) if turns[place].role == "seeker"), None)
        if number is None or not any(map(str.isdigit, turns[number].text)):
            return ()
        read = {one.value for one in self.read(turns) if one.turn == number}
        found: list[str] = []
        for sentence in sentences(turns[number].text[:LONGEST]):
            marked, amounts = take_amounts(self._as_read(sentence))
            if sentence.rstrip().endswith("?") or says("past", marked):
                continue
            said = marked
            marked, sometimes = without_conditions(marked, amounts)
            if (only_one := without_alternatives(marked, amounts)) != marked:
                found.append(_in_words(said, amounts))
            marked = only_one
            found += [_in_words(said[start:end], amounts) for start, end in sometimes]
            marked = without_stories(marked)
            places = {int(match[1]): match.end() for match in _PLACED.finditer(marked)}
            shares = [
                one.value
                for number, one in enumerate(amounts)
                if number in places and marked.startswith("%", places[number]) and one.value not in read
            ]
            found += [f"{value:.10g}%" for value in shares]
            told = [one for number, one in enumerate(amounts) if one.currency and number in places]
            found += [f"{one.value:.10g} {one.currency}" for one in told if one.value not in read]
            found += [words for value, words in self._bounds.unread(marked, amounts) if value not in read]
        return tuple(dict.fromkeys(found))

    def is_operator(self, word: str) -> bool:
        """Whether a word alone says how much is asked for: "max", "höchstens"."""
        said = word.casefold()
        return any(is_phrase(use, said) for use in _OPERATORS)

    def read_turn(self, turn: Turn) -> tuple[Statement, ...]:
        """What :meth:`Turn.read_by` carries with a turn."""
        mentions = turn.read_by(self._linker).mentions
        text, compared = turn.text[:LONGEST], list[Statement]()
        if mentions:
            text, compared = self._comparisons.read(text, mentions)
        for mention in mentions:
            end = mention.end + self._own_year(mention, text)
            text = text[: mention.start] + " \ufffc" + " " * (end - mention.start - 2) + text[end:]
        found = compared
        for sentence in sentences(text):
            found += self._sentence(sentence)
        if all(one.kind == "corrects" for one in found):
            found += self._answer(text)
        return tuple(dict.fromkeys(found))

    def _own_year(self, mention: Mention, text: str) -> int:
        """How many characters behind a title say the year of its item: "something like Heat from 1995" asks
        for nothing of that year."""
        match = _YEAR_BEHIND.match(text, mention.end)
        if match is None or any(opens(use, text[match.end() :].lower().lstrip()) for use in _OR_OTHERS):
            return 0
        items = (self.table.catalogue.get(one) for one in (mention.item_id, *mention.candidates))
        return match.end() - mention.end if any(one and one.year == int(match[1]) for one in items) else 0

    def _is_theirs(self, one: Statement, turns: Sequence[Turn]) -> bool:
        """Whether something was asked for for the person of a statement such as "my sister hates red"."""
        words = (one.constraint.words or "").casefold()
        person = next((who for _, clause in clauses(words) if (who := owner_of(clause))), None)
        return person is not None and any(
            is_for(person, sentence)
            for turn in turns
            if turn.role == "seeker"
            for sentence in sentences(turn.text[:LONGEST].casefold())
        )

    def _sentence(self, sentence: str) -> list[Statement]:
        if self._dates.columns:
            rest, dated = self._dates.read(certain(without_stories(sentence.casefold())))
            if dated:
                words = " ".join(sentence.split())[:200]
                said = [saying(one, f"{words} ({told})") for one, told in dated]
                return [*said, *self._undated(rest)]
        return self._undated(sentence)

    def _undated(self, sentence: str) -> list[Statement]:
        """What a sentence says beside its dates."""
        marked, amounts = take_amounts(self._plain(sentence))
        if asks_about_item(marked):
            return []
        marked, _ = without_conditions(marked, amounts, bounded=False)
        marked = without_alternatives(marked, amounts)
        # "In any colour but red": no clause ends there.
        marked = certain(_ANY_BUT.sub(r"\1 except", marked) if "but" in marked else marked)
        marked = without_complaints(without_stories(marked))
        found: list[Statement] = []
        asked_before: list[Statement] = []
        for start, clause in clauses(marked):
            if is_about_offer(clause, self._phrases):
                continue
            clause, granted = _granted(clause)
            for forgotten in granted:
                found += self._flags.taken_back(forgotten)
                found += self._categories.spared(forgotten)
            if (dropped := _taken_back(clause)) is not None:
                found += self._flags.released(clause)
                found += self._flags.taken_back(dropped)
                found += self._categories.spared(dropped)
                continue
            if self._flags.not_needed(clause):
                found += self._flags.released(clause)
                found += self._flags.no_matter(clause)
                found += self._spared(clause)
                continue
            past = says("past", clause) and not says("allergies", clause)
            if not past:
                found += self._flags.released(clause)
                found += (unimportant := list(self._flags.no_matter(clause)))
                left_open = {one.constraint.column for one in unimportant}
                wanted = demanded(clause)
                found += self._flags.stocked(wanted)
                flagged = [
                    one for one in self._flags.flagged(wanted) if one.constraint.column not in left_open
                ]
                found += self._hours.read(wanted)
                named = self._categories.read(wanted, marked[:start], marked[start + len(clause) :])
                here = [*flagged, *(_as_theirs(named, clause) if named else ())]
                asked = [one for one in here if _asks(one)]
                if (
                    start
                    and asked
                    and (asked_before or CLOSE in clause)
                    and opens("or_words", clause.lstrip())
                ):
                    # "With a pool, or with breakfast at least" asks for neither, "100, or 120 with breakfast"
                    # not for the breakfast.
                    columns = {one.constraint.column for one in asked_before}
                    others = [one for one in asked if one.constraint.column not in columns]
                    here = [one for one in here if one not in others]
                    if others and CLOSE not in clause:
                        found = [one for one in found if one not in asked_before]
                found += here
                asked_before = asked
            if self._price is not None and says("cheaper", clause):
                found.append(holds("cheaper", self._price, "<", 0.0))
        found += self._bounds.read(marked, amounts)
        if len(amounts) == 1 and all(one.constraint.value != amounts[0].value for one in found):
            found += corrections(marked, amounts[0], self._numbers, self._phrases)
        words = " ".join(sentence.split())[:200]
        if found and (last := self._last_year) is not None:
            plain = sentence.casefold()
            if plain_recent_years(plain, last) != plain:
                words = f"{words} (counted from {last})"
        return [saying(statement, words) for statement in found]

    def _spared(self, clause: str) -> list[Statement]:
        """What a clause says need not be: what stands behind the words for it, or else before them."""
        place = next(
            (
                found
                for each in all_phrases()
                if (found := each.regex("not_needed").search(clause)) is not None
            ),
            None,
        )
        if place is None:
            return []
        for part in (clause[place.end() :], clause[: place.start()].rpartition(" and ")[2]):
            spared = [*self._flags.spared(part), *self._categories.spared(part)]
            if spared:
                return spared
        return []

    def _answer(self, text: str) -> list[Statement]:
        """What a turn says to a question about the price that holds one number and little else."""
        marked, amounts = take_amounts(self._plain(text))
        if without_conditions(marked, amounts, bounded=False)[1]:
            return []
        marked = without_stories(marked)
        if OPEN not in marked:
            return []
        amounts = tuple(one for one in amounts if self._numbers.in_its_currency(one))
        if self._price is None or not amounts or len(WORD.findall(text)) > 8 or len(amounts) > 2:
            return []
        corrected = any(each.corrects.search(marked) for each in self._phrases)
        # "40, not 50" says what "40" alone would.
        if len(amounts) == 2 and _NOT_THE_OTHER.search(marked):
            amounts, corrected = amounts[:1], True
        elif any(each.denied.search(marked) for each in self._phrases):
            corrected = False
        if len(amounts) == 1 and corrected and not self._numbers.measures(re.split(PLACE, marked)[-1]):
            one = holds("corrects", self._price, "<=", amounts[0].value)
            answer = holds("answers", self._price, "<=", amounts[0].value)
            return [saying(each, " ".join(text.split())[:200]) for each in (one, answer)]
        behind = re.split(PLACE, marked)[-1]
        following = WORD.match(behind.lstrip(" -\t"))
        if following is not None and not is_phrase("after_price", following[0]):
            return []
        words, values = " ".join(text.split())[:200], [amount.value for amount in amounts]
        found = [saying(holds("answers", self._price, "<=", max(values)), words)]
        if len(values) == 2 and any(each.ranges.search(marked) for each in self._phrases):
            found.append(saying(holds("answers", self._price, ">=", min(values)), words))
        return found

    def _plain(self, text: str) -> str:
        """A text as it is read: in lower case, its numbers written plainly, "4 out of 5" as that rating on
        the catalogue's scale."""
        text = self._as_read(text)
        if not ("of" in text or "von" in text or "/" in text):
            return text
        return _OUT_OF.sub(lambda found: self._rated(found, text), text)

    def _as_read(self, text: str) -> str:
        text = self._flags.in_letters(text.casefold().replace("’", "'"))
        text = plain_order(plain_numbers(text), self._numbers.is_column)
        if self._last_year is None:
            return text
        return plain_recent_years(plain_decades(text, self._last_year), self._last_year)

    @functools.cached_property
    def _last_year(self) -> int | None:
        """The last year of the catalogue's items; None where it has no years."""
        year = self._numbers.year
        known = np.empty(0) if year is None else self._values_of(year)
        return int(known.max()) if len(known) else None

    def _rated(self, found: re.Match[str], text: str) -> str:
        plain = not found["out"] and _RATED.search(text) is None and found["of"] != "von"
        of_rating = found["of"] is None and (
            _OR_BETTER.match(text, found.end()) or _RATED_LEAST.search(text[: found.start()])
        )
        if plain and not of_rating:
            return found[0]  # "2 of 5 items"
        rated = float(found["rated"].replace(",", "."))
        most = _MOST_RATED.get(found["most"]) or int(found["most"])
        column = self._rating
        if column is not None and not is_of_stars(column) and "st" in found[0]:
            column = first(self._numbers.numbers, is_of_stars) or column
        scale = None if column is None else self._scale_of(column)
        if column is None or scale is None or rated > most:
            return f"{found['rated']} points"
        return f"{rated * scale / most:.10g} {spoken_name(column)}"


def _in_words(said: str, amounts: Sequence[Amount]) -> str:
    """A part of a sentence with its amounts in place of their marks."""
    told = in_digits(_PLACED.sub(lambda one: _amount_in_words(amounts[int(one[1])]), said))
    return " ".join(told.split()).strip(" ,.;!")


def _amount_in_words(amount: Amount) -> str:
    return f"{amount.value:.10g} {amount.currency}".rstrip()


def _asks(one: Statement) -> bool:
    """Whether a statement asks for a name or for what a column of yes and no says."""
    old = one.constraint
    return one.kind in ("holds", "also") and (
        old.operator == "in" or (old.operator == "=" and old.value is not False)
    )


def _taken_back(clause: str) -> str | None:
    """What stands behind the words that take something back: "forget the colour", not "don't forget"."""
    if "takes_back" not in begun(clause):
        return None
    for each in all_phrases():
        found = each.regex("takes_back").search(clause)
        if found is not None and not ends("no_taking_back", clause[: found.start()]):
            return clause[found.end() :]
    return None


def _granted(clause: str) -> tuple[str, tuple[str, ...]]:
    """A clause with blanks behind "even if", and what stands there, which may be so."""
    if "even_if" in begun(clause):
        for each in all_phrases():
            if (found := each.regex("even_if").search(clause)) is not None:
                start, end = found.start(), len(clause)
                return clause[:start] + " " * (end - start), (clause[found.end() :],)
    return clause, ()


def _as_theirs(said: Sequence[Statement], clause: str) -> list[Statement]:
    """What somebody else likes, or does not want, which counts if something is for them."""
    if owner_of(clause) is None or says("allergies", clause):
        return list(said)
    wanted = says("wanting", clause)
    return [
        one if wanted and one.constraint.operator != "!=" else replace(one, kind="theirs") for one in said
    ]


def _at(statement: Statement, turn: int) -> Statement:
    one = statement.constraint
    return Statement(statement.kind, Constraint(one.column, one.operator, one.value, turn, one.words))
