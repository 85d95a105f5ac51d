"""Position lexicon: the words by which a sentence puts an item somewhere (lexicon/<code>/positions.toml)."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from usbrec.items.titles import words
from usbrec.lexicon import LANGUAGES, any_of
from usbrec.lexicon import words as lexicon


@functools.cache
def position(code: str, name: str) -> frozenset[str]:
    """A list of words, in the normal form of titles."""
    return frozenset(word.norm for word in words(lexicon(code, "positions")[name]))


def en(name: str) -> frozenset[str]:
    return position("en", name)


def de(name: str) -> frozenset[str]:
    return position("de", name)


@functools.cache
def positions(name: str) -> frozenset[str]:
    """The same of all languages that have it together: a reply may mix them."""
    return frozenset().union(
        *(position(code, name) for code in LANGUAGES if name in lexicon(code, "positions"))
    )


def phrases(code: str, name: str) -> Sequence[str]:
    """A list of regular expressions."""
    return tuple(lexicon(code, "positions")[name])


@functools.cache
def articles(code: str) -> frozenset[str]:
    """The words before an item in a template."""
    return frozenset(word for phrase in phrases(code, "articles") for word in phrase.split())


def one_of(code: str, name: str) -> str:
    """The expression that reads one of them."""
    return any_of(phrases(code, name))
