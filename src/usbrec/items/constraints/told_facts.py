"""Told facts: what is said of one item that both have in mind, and asks for nothing.

"That movie came out in 1979", "it's not really scary", "Heat is from 1995" and "from 1939?" are no wishes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from usbrec.items.constraints.clauses import CLAUSE
from usbrec.items.constraints.phrases import says
from usbrec.lexicon import LANGUAGES, words

#: Stands in the place of a title.
_TITLE = "\ufffc"


def tells_year(before: str, behind: str) -> bool:
    """Whether a year behind and before these parts of its clause is one that is told of an item: behind a
    title with a verb, behind "that came out in", and in a question that holds nothing else."""
    if behind.strip(" .!") == "?" and len(before.split()) <= 1:
        return True
    last = before.rpartition(_TITLE)
    if last[1] and _verbs().search(last[2]) is not None:
        return True
    return _of_one().search(before) is not None


def tells_amount(before: str) -> bool:
    """Whether a number behind this part of its clause is one that is told, or asked, of an item: behind its
    title and a verb, "Heat is over two hours", "is Heat over two hours"; not "like Heat that is"."""
    first, title, last = before.rpartition(_TITLE)
    return bool(title) and (_of_amounts().match(last) is not None or _asks_of().fullmatch(first) is not None)


def asks_about_item(text: str) -> bool:
    """Whether a sentence asks how an item is that it names: "is breakfast included at Casa Azul?"."""
    return _TITLE in text and text.rstrip().endswith("?") and _about_item().match(text) is not None


def tells_doing(told: str) -> bool:
    """Whether what stands before a name tells what somebody does or did with it: "I usually drink"."""
    return _doings().search(told) is not None


def tells_kind(told: str) -> bool:
    """Whether what stands before a kind of item says of an item that it is none: "it's not an action movie",
    "not really"."""
    return _is_none().search(told) is not None


def tells_of_thing(told: str, columns: Iterable[str]) -> bool:
    """Whether what stands before a name says what another thing is: "the walls are", not "the colour is";
    `columns` are what the columns of the name are called."""
    found = _things().search(told)
    return found is not None and not any(name.split()[-1] in found[0] for name in columns)


def asks_by(told: str) -> bool:
    """Whether what stands before a person's name asks for what is by them and says nothing else: "do you have
    anything by", not "I love everything by" or "I read one by"."""
    return _TITLE not in told and _by().fullmatch(told) is not None


def without_complaints(text: str) -> str:
    """A sentence (in lower case) with blanks where it tells what all that there is has in common: "I hate
    that everything is black" asks for nothing black."""
    for found in list(_of_all().finditer(text)):
        before = CLAUSE.split(text[: found.start()])[-1]
        if not says("wanting", before):
            text = f"{text[: found.start()]}{' ' * len(found[0])}{text[found.end() :]}"
    return text


@functools.cache
def _about_item() -> re.Pattern[str]:
    return _pattern("asks_about_item")


@functools.cache
def _of_all() -> re.Pattern[str]:
    return _pattern("told_of_all")


@functools.cache
def _by() -> re.Pattern[str]:
    return _pattern("asks_by")


@functools.cache
def _things() -> re.Pattern[str]:
    return _pattern("told_of_thing")


@functools.cache
def _verbs() -> re.Pattern[str]:
    return _pattern("fact_verbs")


@functools.cache
def _of_amounts() -> re.Pattern[str]:
    return _pattern("amount_verbs")


@functools.cache
def _asks_of() -> re.Pattern[str]:
    return _pattern("asks_of_item")


@functools.cache
def _doings() -> re.Pattern[str]:
    return _pattern("doings")


@functools.cache
def _of_one() -> re.Pattern[str]:
    return _pattern("of_one_item")


@functools.cache
def _is_none() -> re.Pattern[str]:
    return _pattern("is_none_of")


def _pattern(use: str) -> re.Pattern[str]:
    told = [pattern for language in LANGUAGES if (pattern := words(language, "constraints").get(use))]
    return re.compile("|".join(told), re.IGNORECASE)
