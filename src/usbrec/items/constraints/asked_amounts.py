"""Asked amounts: what an answer that is a number says by the question before it, as one sentence.

"How long may it be?" - "two hours" is read as "runtime at most two hours", "how many of you will play?" - "4"
as "for 4 players", "is 60 euros okay?" - "yes" as "at most 60 euros".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from usbrec.dialogue import Operator
from usbrec.items.constraints.clauses import WORD
from usbrec.items.constraints.measures import UNITS, unit_of
from usbrec.items.constraints.phrases import PLACE, all_phrases, is_article, is_number_word, take_amounts
from usbrec.lexicon import LANGUAGES, words
from usbrec.patterns import LazyPattern

#: An answer that is an amount and its unit has so many words at most.
_SHORT = 6
_PLACED = LazyPattern(PLACE)
_DIGIT = LazyPattern(r"[€$£¥]?\d")


@dataclass(frozen=True)
class _Asked:
    """One language's questions for amounts, and what an answer to each of them says."""

    completed: Sequence[tuple[re.Pattern[str], str]]
    most: re.Pattern[str]
    least: re.Pattern[str]
    sides: tuple[str, str]
    allowed: re.Pattern[str]
    too_much: re.Pattern[str]
    below: str


def is_amount(text: str) -> bool:
    """Whether a text (in lower case, written plainly) is an amount and little else: "two hours", "4", "6 and
    9"."""
    marked, amounts = take_amounts(text)
    if not amounts:
        said = WORD.findall(text)  # "an hour"
        return len(said) == 2 and is_article(said[0]) and unit_of(said[1]) in UNITS
    return 0 < len(amounts) <= 2 and len(WORD.findall(_PLACED.sub(" ", marked))) + len(amounts) <= _SHORT


def asks_for(use: str, question: str) -> bool:
    """Whether a question (in lower case) asks for a time ("runtime"), a rating ("rating") or what else the
    lexicon has words for, by the name of a column."""
    return any(pattern.search(question) for pattern in _asking(use))


@functools.cache
def _asking(use: str) -> tuple[re.Pattern[str], ...]:
    asked = (each.lists["asks"].get(use) for each in all_phrases())
    return tuple(re.compile(pattern) for pattern in asked if pattern)


def as_sentences(question: str, answer: str, columns: Sequence[str]) -> list[str]:
    """What an amount says as the answer to a question (both in lower case): sentences, of which the first
    that says anything is meant. `columns` are the names of the columns of numbers that are asked for."""
    found = []
    for one in _languages():
        for pattern, says in one.completed:
            if pattern.search(question):
                found.append(says.format(answer=answer, numbers=_numbers_of(answer)))
        side = _side(one, question)
        if side is None and len(columns) == 1 and _has_unit(answer):
            found.append(f"{answer} {columns[0]}")
        elif side is not None and len(columns) == 1:
            found.append(f"{columns[0]} {side} {answer}")
        elif side is not None and _has_unit(answer):
            found.append(f"{side} {answer}")
    return found


def as_bound(question: str, *, yes: bool) -> str | None:
    """What a yes, or a no, to a question whether so much would be all right, or too much, says: "at most 60
    euros". None for another question, and for a no to the first."""
    for one in _languages():
        if (too := one.too_much.search(question)) is not None and _has_number(too["what"]):
            return f"{one.below if yes else one.sides[0]} {_from_number(too['what'])}"
        if yes and (fine := one.allowed.search(question)) is not None and _has_number(fine["what"]):
            return f"{one.sides[0]} {_from_number(fine['what'])}"
    return None


def operator_asked(question: str) -> Operator | None:
    """Whether a question (in lower case) asks for the most, or for the least, that something may be."""
    return next(
        (
            "<=" if said == one.sides[0] else ">="
            for one in _languages()
            if (said := _side(one, question)) is not None
        ),
        None,
    )


def _side(one: _Asked, question: str) -> str | None:
    least, most = one.least.search(question) is not None, one.most.search(question) is not None
    return None if least == most else one.sides[1] if least else one.sides[0]


def _has_unit(answer: str) -> bool:
    """Whether more than a number is said: "two hours", "an hour"."""
    return _numbers_of(answer) != answer or not any(map(str.isdigit, answer))


def _numbers_of(answer: str) -> str:
    """An answer up to its last number: "4 people" without what they are."""
    said = list(WORD.finditer(answer))
    ends = [word.end() for word in said if word[0][0].isdigit() or is_number_word(word[0])]
    return answer[: ends[-1]] if ends else answer


def _has_number(text: str) -> bool:
    """Whether a text has a number, or "an hour": not "would online be okay"."""
    said = WORD.findall(text)
    return (
        _DIGIT.search(text) is not None
        or any(map(is_number_word, said))
        or any(is_article(one) and unit_of(other) in UNITS for one, other in pairwise(said))
    )


def _from_number(text: str) -> str:
    """A text from its first number on: "a price of 60 euros" without what leads to it."""
    said = (word.start() for word in WORD.finditer(text) if is_number_word(word[0]))
    digit = _DIGIT.search(text)
    starts = [*said, *([digit.start()] if digit is not None else ())]
    return text[min(starts) :] if starts else text


@functools.cache
def _languages() -> tuple[_Asked, ...]:
    return tuple(_asked_in(words(language, "asked_amounts")) for language in LANGUAGES)


def _asked_in(listed: Mapping[str, Any]) -> _Asked:
    return _Asked(
        completed=tuple((re.compile(each["question"]), each["says"]) for each in listed["completed"]),
        most=re.compile(listed["most"]),
        least=re.compile(listed["least"]),
        sides=(listed["says_most"], listed["says_least"]),
        allowed=re.compile(listed["allowed"]),
        too_much=re.compile(listed["too_much"]),
        below=listed["says_below"],
    )
