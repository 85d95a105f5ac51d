"""Colour words: the names of colours and languages in each language, in their inflected forms, and what a
catalogue calls them.

"Rote Schuhe" asks for a colour that the catalogue has as "rot" or as "red".
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.phrases import all_phrases
from usbrec.lexicon import LANGUAGES

#: The share of a column's names that are colours from which on it is one of colours.
_COLOURS = 0.5
#: What is put behind a German colour before a noun.
_ENDINGS = ("e", "er", "es", "en", "em")
_VOWELS = frozenset("aeiou")


def colour_forms(names: Iterable[str]) -> Mapping[str, str]:
    """For each word that says one of a column's colours, or languages, as it is compared: the name that the
    column has. Empty for a column of something else. A name as it is written stands for itself and is not
    among them."""
    written = {folded(name): name for name in names}
    return _forms_of(written, "colours") or _forms_of(written, "tongues")


def _forms_of(written: Mapping[str, str], use: str) -> Mapping[str, str]:
    known = {key: colour for key in written if (colour := _names(use).get(key)) is not None}
    if len(known) < len(written) * _COLOURS or not known:
        return {}
    by_colour: dict[str, str] = {}
    for key, colour in known.items():
        by_colour.setdefault(colour, written[key])
    forms = {
        form: by_colour[colour]
        for form, colour in _forms(use).items()
        if colour in by_colour and form not in written
    }
    # An inflected name is that name, also where two names of the column are one colour.
    own = {form: written[key] for key in known for form in _inflected(key) if form not in written}
    return {**forms, **own}


def all_colours() -> Mapping[str, str]:
    """What colours are called in any language, in every form, and their English names."""
    return _forms("colours")


@functools.lru_cache(maxsize=4096)
def colours_of(name: str) -> frozenset[str]:
    """What the name of a colour may be called besides, in English: "navy" and "dunkelblau" are blue, too.
    Empty where nobody knows, or where it is of many colours."""
    key = folded(name)
    colour = _forms("colours").get(key, key)
    if colour == "multicoloured":
        return frozenset()
    known = (each.lists["shades"] for each in all_phrases())
    shades = {shade for listed in known for one in {key, colour} for shade in listed.get(one, ())}
    if colour in _names("colours").values():
        return frozenset({colour, colour.rsplit(" ", 1)[-1], *shades})
    return frozenset({key, *shades} if shades else ())


def may_be_called(cell: str, colour: str) -> bool:
    """Whether what has a colour may be said to have another: what is navy is blue."""
    return not colours_of(cell).isdisjoint(colours_of(colour))


@functools.cache
def _names(use: str) -> Mapping[str, str]:
    """Each colour's name in any language, and the colour; so of languages."""
    return {folded(name): colour for phrases in all_phrases() for name, colour in phrases.lists[use].items()}


@functools.cache
def _forms(use: str) -> Mapping[str, str]:
    forms = dict(_names(use))
    if "de" in LANGUAGES:
        german = next(phrases for phrases in all_phrases() if phrases.language == "de")
        for name, colour in german.lists[use].items():
            forms |= dict.fromkeys(_inflected(folded(name)), colour)
    return forms


def _inflected(name: str) -> tuple[str, ...]:
    """A colour's German forms; of one that ends in a vowel ("rosa", not "blau") there are none."""
    return (
        ()
        if (name[-1] in _VOWELS and not name.endswith("au")) or " " in name
        else tuple(name + ending for ending in _ENDINGS)
    )
