"""Name forms: what people say for genres and countries beside their names ("animated", "American films")."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from usbrec.items.constraints.clauses import WORD
from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.column_roles import is_origin
from usbrec.items.constraints.phrases import opens
from usbrec.items.genres import KIND_WORDS, said_for
from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern

NOTHING_MORE = LazyPattern(r"[\s.!?]*(?:please|bitte|thanks|danke)?[\s.!?]*")

#: What is put behind a German adjective.
_ENDINGS = ("", "e", "er", "es", "en", "em")
#: Shorter names are other words as well: "us".
_SHORTEST = 4


def forms_said(column: str, names: Iterable[str]) -> Mapping[str, str]:
    """What people say for the names of a column, as it is compared, and the name: of genres, and of the
    countries that items are from."""
    forms = said_for(names) if column == "genres" else origin_forms(names) if is_origin(column) else {}
    keys = ((" ".join(WORD.findall(form)), name) for form, name in forms.items())
    return {key: name for key, name in keys if key}


def ends_there(behind: str) -> bool:
    """Whether nothing stands behind a genre but what such an item is called: "no horror movies, please"."""
    thing = KIND_WORDS.match(behind)
    place = 0 if thing is None else thing.end()
    # "Neither crime nor fantasy", "no rock and no jazz"
    return NOTHING_MORE.fullmatch(behind, place) is not None or opens("denied_next", behind[place:].lstrip())


def origin_forms(names: Iterable[str]) -> Mapping[str, str]:
    """For each word that says one of these countries, in small letters: the name that the column has. Two
    names of one country are not told apart, and have none."""
    written: dict[str, set[str]] = {}
    for name in names:
        country = _countries().get(folded(name))
        if country is not None:
            written.setdefault(country, set()).add(name)
    return {
        form: next(iter(written[country]))
        for form, country in _forms().items()
        if len(written.get(country, ())) == 1
    }


def is_land(word: str) -> bool:
    """Whether a word (in small letters) says a country: "italian", "italien"."""
    return folded(word) in _forms()


def is_land_name(word: str) -> bool:
    """Whether a word (in small letters) is a country's name and no adjective: "österreich"."""
    return folded(word) in _countries()


@functools.cache
def _countries() -> Mapping[str, str]:
    """Each country's names, as they are compared, and the country."""
    return {
        folded(name): country
        for country, listed in shared("lands").items()
        for name in (country, *listed["names"])
    }


@functools.cache
def _forms() -> Mapping[str, str]:
    forms: dict[str, str] = {}
    for country, listed in shared("lands").items():
        for name in (country, *listed["names"]):
            if len(name) >= _SHORTEST:
                forms.setdefault(folded(name), country)
        for adjective in listed["adjectives"]:
            for ending in _ENDINGS if adjective.endswith("isch") or adjective in _GERMAN else ("",):
                forms.setdefault(folded(adjective) + ending, country)
    return forms


_GERMAN = frozenset({"deutsch"})
