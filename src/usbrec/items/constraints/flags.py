"""Flag reader: what a clause says of the stock and of columns of yes and no, and which columns do not matter.

"In stock, please", "without wireless", "colour doesn't matter", "no pool needed".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from usbrec.items.constraints.certainty import allows
from usbrec.items.constraints.choices import ends_choice, opens_choice
from usbrec.items.constraints.clauses import holds
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.column_types import TypedColumn, is_stock_column, name_words
from usbrec.items.constraints.opening_hours import said_of_hours
from usbrec.items.constraints.patterns import any_of
from usbrec.items.constraints.phrases import (
    CLOSE,
    all_phrases,
    begun,
    is_phrase,
    opens,
    phrases_of,
    says,
    spoken_elsewhere,
)
from usbrec.items.constraints.statements import Statement
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon import words as lexicon_words
from usbrec.patterns import LazyPattern

#: "No pool needed": it need not be there.
_NOT_NEEDED = LazyPattern(
    r"(?<!\w)(?:no|kein\w*)(?:\s+[\w-]+){1,3}\s+(?:needed|required|necessary|nötig|notwendig|erforderlich)(?!\w)"
)
#: What is said of a column that does not matter, as a column is spoken of before or behind it.
_NO_MATTER = LazyPattern(
    r"(?<!\w)(?:(?:does|do)(?:n't|\s+not)\s+(?:really\s+)?(?:matter|care|mind)|(?:is|are)(?:n't|\s+not)\s+(?:that\s+|so\s+)?important"
    r"|unimportant|no\s+matter|whatever|regardless\s+of|no\s+preference|(?:any|every)\s+[\w-]+(?=\W*(?:is|will|$))|egal|nicht\s+(?:so\s+)?wichtig|unwichtig"
    r"|keine\s+rolle|not\s+a\s+must|kein\s+muss|not\s+needed|not\s+necessary|not\s+required|optional)(?!\w)"
)
_EITHER = LazyPattern(r",?\s+(?:or|oder)(?:\s+(?:at least|even|sogar|an?|with|mit))*\s+")
_ALSO = LazyPattern(r"\s+(?:and|und)\s+")
_LETTERS = str.maketrans("0123456789", "αβγδεζηθικ")
_DIGITS = str.maketrans("αβγδεζηθικ", "0123456789")
_OF_WHAT_FOLLOWS = LazyPattern(r"whatever|regardless|no\s+matter|no\s+preference|any|every")
_RUN = LazyPattern(r"\w+")
#: One of these words is in all that the two patterns find.
_NEEDED = frozenset({"needed", "required", "necessary", "nötig", "notwendig", "erforderlich"})
_MATTERS = _NEEDED | {
    "matter", "care", "mind", "important", "unimportant", "whatever", "regardless", "preference", "any",
    "every", "egal", "wichtig", "unwichtig", "rolle", "must", "muss", "optional",
}  # fmt: skip
#: "Without ...", "not that is ...", "nothing ...": a word of denial right before what it denies.
_DENIED = LazyPattern(
    r"(?<!\w)(?:not|no|non|without|nothing|never|neither|nor|nicht|kein|keine|keinen|keinem|ohne|nichts|nie|weder|none)"
    r"[\s-]+(?:(?:be|sein|that\s+is|that's|das)\s+)?"
    # "Nothing with batteries", "nothing that needs batteries"
    r"(?:(?:(?:that|which)\s+(?:has|have|needs?|uses?|comes?\s+with|runs?\s+on)|(?:needing|having|using)|with|mit)\s+)?"
    r"(?:(?:a|an|the|any|einem|einer|ein)\s+)?$"
)
#: "Nothing without a pool": it has to be there.
_TWICE_DENIED = LazyPattern(
    r"(?<!\w)(?:not|no|nothing|none|never|kein\w*|nichts|nicht|nie)(?:\s+[^\W\d_]+){0,2}\s+(?:without|ohne)"
    r"\s+(?:(?:a|an|the|any|einen?|eine?[mr]?)\s+)?$"
    r"|(?<!\w)(?:do|live|go|manage|be|can't|cannot|auskommen)\s+without\s+(?:(?:a|an|the|any)\s+)?$"
)
#: "No hotels with a pool": none of which, but perhaps others with one.
_NONE_SUCH_WITH = LazyPattern(
    r"(?<!\w)(?:no|kein\w*|not\s+an?)\s+[^\W\d_]+\s+(?:with|mit)\s+(?:(?:a|an|the|any|einem|einer)\s+)?$"
)
#: "Breakfast not included", "pets are not allowed": a column's name and its denial behind it.
_DENIED_BEHIND = LazyPattern(
    r"\s*(?:(?:is|are|was|were|be|ist|sind)\s+)?(?:(?:not|never|nicht|nie)|(?:is|are)n't)\s+"
    r"(?P<what>included|allowed|permitted|available|provided|there|wanted|welcome|inbegriffen|inklusive|erlaubt|dabei|gestattet|enthalten)(?!\w)"
)
#: "Not without a pool" asks for one.
_NOT_WITHOUT = LazyPattern(
    r"(?<!\w)(?:not|never|nothing|nicht|nie|nichts)\s+(?:without|ohne)\s+(?:(?:an?|the|any|eine?n?|den)\s+)?$"
)


class FlagReader:
    """Reads what is said of the stock and of columns of yes and no; `price` and `stock` are those that are
    spoken of by other words than their names."""

    def __init__(self, table: ColumnTable, price: TypedColumn | None, stock: TypedColumn | None) -> None:
        self._table, self._price, self._stock = table, price, stock
        #: How each column is spoken of.
        self.spoken = [
            (column, pattern) for column in table.columns if (pattern := spoken_pattern(column)) is not None
        ]
        flags = [
            (column, pattern)
            for column, pattern in self.spoken
            if column.type == "yes-no" and not is_stock_column(column)
        ]
        #: Names with digits, such as "5g", whose digits are no amounts.
        self._numbered = [pattern for _, pattern in flags if any(map(str.isdigit, pattern.pattern))]
        self._flags = [
            (
                column,
                [
                    _in_letters(name.split()[0])
                    for name in (*_spoken_words(column)[:1], *spoken_elsewhere(column))
                ],
                re.compile(_in_letters(pattern.pattern)) if pattern in self._numbered else pattern,
            )
            for column, pattern in flags
        ]

        #: What those of "alcohol_free" do without.
        self._free_of = [
            (column, re.compile(rf"(?<!\w){re.escape(' '.join(words[:-1]))}(?!\w|[\s-]?(?:free|frei)(?!\w))"))
            for column, _, _ in self._flags
            if len(words := _spoken_words(column)) > 1 and words[-1] in ("free", "frei")
        ]
        #: What says that they do not hold: "wired" of "wireless".
        self._opposites = [
            (column, said, re.compile(any_of(said)))
            for column, _, _ in self._flags
            if (said := _opposites_of(column))
        ]

    def in_letters(self, text: str) -> str:
        """A text (in lower case) in which the digits of these columns' names are letters of no language that
        is read: "with 5g" asks for no five of anything."""
        for pattern in self._numbered:
            text = pattern.sub(lambda found: _in_letters(found[0]), text)
        return text

    def not_needed(self, clause: str) -> bool:
        """Whether a clause says that something need not be there: "no pool needed"."""
        return says("not_needed", clause) or (
            _has_one(_NEEDED, clause) and _NOT_NEEDED.search(clause) is not None
        )

    def released(self, clause: str) -> Iterator[Statement]:
        if self._price is not None and says("any_price", clause):
            yield holds("released", self._price, "has", None)
        if self._price is not None and (free := _free().search(clause)) is not None:
            known = self._table.numbers(self._price.name, self._table.allowed(()))
            if (known == 0).any() and not _denied_at(clause, free.start()):
                yield holds("holds", self._price, "<=", 0.0)  # "a free course"
        if self._stock is not None and says("any_stock", clause):
            yield holds("released", self._stock, "has", None)

    def taken_back(self, clause: str) -> Iterator[Statement]:
        """The columns that a clause (what stands behind "forget") names: "the colour"."""
        for column, pattern in self.spoken:
            if pattern.search(clause) and column is not self._price:
                yield holds("released", column, "has", None)

    def spared(self, clause: str) -> Iterator[Statement]:
        """The columns of yes and no that a clause says need not hold: "it doesn't have to be wireless"."""
        for column, words, pattern in self._flags:
            if any(word in clause for word in words) and pattern.search(clause) is not None:
                yield holds("released", column, "has", None)

    def no_matter(self, clause: str) -> Iterator[Statement]:
        """ "Colour doesn't matter", "the pool is not important" take back what was asked of a column."""
        matter = None if CLOSE in clause or not _has_one(_MATTERS, clause) else _NO_MATTER.search(clause)
        if matter is None:
            return
        # "Waterproof, regardless of the colour" is said of what stands behind.
        start = matter.start() if _OF_WHAT_FOLLOWS.match(matter[0]) else 0
        for column, pattern in self.spoken:
            if pattern.search(clause, start) and column is not self._price:
                yield holds("released", column, "has", None)

    def stocked(self, clause: str) -> Iterator[Statement]:
        column = self._stock
        if column is None or "in_stock" not in begun(clause):
            return
        for each in all_phrases():
            in_stock = each.regex("in_stock")
            match = in_stock.search(clause)
            if match is None or each.said("any_stock", clause) or _denied_at(clause, match.start()):
                continue
            if allows(clause[: match.start()]):
                continue
            if column.type == "number":
                yield holds("holds", column, ">", 0.0)
            elif column.type == "yes-no":
                yield holds("holds", column, "=", True)
            else:
                names = [name for name in self._table.names(column.name) if in_stock.search(folded(name))]
                names += [name for name in self._table.names(column.name) if folded(name) in _THERE]
                if names:
                    yield holds("holds", column, "in", tuple(dict.fromkeys(names)))

    def flagged(self, clause: str) -> Iterator[Statement]:
        for column, said, counter in self._opposites:
            if not any(word in clause for word in said):
                continue
            if (found := counter.search(clause)) is not None and not allows(clause[: found.start()]):
                fine = opens("fine", clause[found.end() :].lstrip())
                yield (
                    holds("released", column, "has", None)
                    if fine
                    else holds("holds", column, "=", _denied_at(clause, found.start()))
                )
        for column, harm in self._free_of:
            found = harm.search(clause)
            if found is not None and _denied_at(clause, found.start()):
                yield holds("holds", column, "=", True)  # "without alcohol" of "alcohol_free"
        found_at: list[tuple[int, int, Statement]] = []
        for column, words, pattern in self._flags:
            match = pattern.search(clause) if any(word in clause for word in words) else None
            if match is None:
                continue
            behind = clause[match.end() :].lstrip()
            if (hours := said_of_hours(clause)) is not None and match[0] in hours:
                continue  # "open on Sundays"
            denied = _DENIED_BEHIND.match(behind)
            if opens("fine", behind if denied is None else behind[denied.end() :].lstrip()):
                # "Not waterproof is okay", "batteries not included is fine"
                yield holds("released", column, "has", None)
            elif not allows(clause[: match.start()]) and not _NONE_SUCH_WITH.search(clause[: match.start()]):
                denial = denied is not None and not opens("refused_behind", behind)
                one = holds("holds", column, "=", not (denial or _refused(clause, match)))
                found_at.append((match.start(), match.end(), one))
        yield from _without_choices(clause, found_at)


def _without_choices(clause: str, found: Sequence[tuple[int, int, Statement]]) -> Iterator[Statement]:
    """The statements but those of two columns of which either will do: "vegetarian or vegan" asks for neither
    for certain."""
    ordered = sorted(found, key=lambda one: one[0])
    either: set[int] = set()
    for number, (start, end, one) in enumerate(ordered):
        if one.constraint.value is True and (opens_choice(clause[end:]) or ends_choice(clause[:start])):
            either.add(number)
    for number, (first, second) in enumerate(pairwise(ordered)):
        if not _EITHER.fullmatch(clause, first[1], second[0]):
            if first[2].constraint.value is False and _ALSO.fullmatch(clause, first[1], second[0]):
                either.add(number + 1)  # "without a pool and parking"
        elif first[2].constraint.value is False and second[2].constraint.value is True:
            # "Without breakfast or parking"
            constraint = replace(second[2].constraint, value=False)
            ordered[number + 1] = (*second[:2], Statement(second[2].kind, constraint))
            either.discard(number + 1)
        else:
            either |= {number, number + 1} if first[2].constraint.value is True else set()
    yield from (one for number, (*_, one) in enumerate(ordered) if number not in either)


_THERE = frozenset(
    {"in stock", "instock", "in_stock", "available", "yes", "auf lager", "verfügbar", "lieferbar"}
)


@functools.cache
def _free() -> re.Pattern[str]:
    """What says that something must cost nothing."""
    return re.compile(
        "|".join(lexicon_words(language, "constraints")["free_of_charge"] for language in LANGUAGES)
    )


def _has_one(words: frozenset[str], text: str) -> bool:
    return not words.isdisjoint(_RUN.findall(text))


def _spoken_words(column: TypedColumn) -> list[str]:
    return [word for word in name_words(column.name).split("_") if word not in ("is", "has", "ist", "hat")]


def in_digits(text: str) -> str:
    """A text with the digits that :meth:`FlagReader.in_letters` took out of it."""
    return text.translate(_DIGITS)


def _in_letters(text: str) -> str:
    return text.translate(_LETTERS)


def spoken_pattern(column: TypedColumn) -> re.Pattern[str] | None:
    """How a column is spoken of: its name without "is" and "has"."""
    words = _spoken_words(column)
    plain = " ".join(words)
    if not words or is_phrase("ignored", plain):
        return None
    forms = [words, *(name.split() for name in spoken_elsewhere(column))]
    spoken = "|".join(_joined(form) for form in forms).replace("ss", "(?:ss|ß)")
    spoken = re.sub(r"colou?r", "colou?r", spoken)
    return re.compile(rf"(?<!\w)(?:{spoken})(?!\w)")


def _joined(form: Sequence[str]) -> str:
    """A pattern for the words of a name, which what has to be may part: "pets have to be allowed"."""
    plain = r"[\s-]?".join(map(re.escape, form))
    if len(form) != 2:
        return plain
    parting = "|".join(each.one_of("parts_name") for each in all_phrases())
    return rf"{plain}|{re.escape(form[0])}\s+(?:{parting})\s+{re.escape(form[1])}"


def _opposites_of(column: TypedColumn) -> list[str]:
    words = _spoken_words(column)
    told = [said for each in all_phrases() for said in each.lists["opposites"].get(" ".join(words), ())]
    told += [f"un{name}" for name in spoken_elsewhere(column) if " " not in name]
    return [*told, *(f"{prefix}{words[0]}" for prefix in ("un", "non-", "non ") if len(words) == 1)]


def _refused(clause: str, match: re.Match[str]) -> bool:
    """Whether a clause says that what stands at a place is not to be: "no pool", "I don't want a pool",
    "breakfast must not be included". "A pool must not be missing" and "not without a pool" ask for one."""
    behind = clause[match.end() :].lstrip()
    if opens("refused_behind", behind):
        return not says("not_missing", behind)
    if " " in match[0] and says("refused_behind", match[0]):
        return True  # "pets must not be allowed"
    before = clause[: match.start()]
    for each in all_phrases() if "refuses" in begun(before) else ():
        if (refusal := _refusing(each.language).search(before)) is not None:
            return _DENIED.search(refusal["beside"]) is None
    return _denied_at(clause, match.start()) and _NOT_WITHOUT.search(before) is None


@functools.cache
def _refusing(language: str) -> re.Pattern[str]:
    phrases = phrases_of(language)
    return re.compile(
        rf"{phrases.one_of('refuses')}(?P<beside>(?:\s+{phrases.one_of('beside_refused')})*\s*)$"
    )


def _denied_at(clause: str, place: int) -> bool:
    """Whether a word of denial stands right before a place."""
    before = clause[:place]
    return _DENIED.search(before) is not None and _TWICE_DENIED.search(before) is None
