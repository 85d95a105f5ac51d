"""English nouns: which words are nouns, counted ones and others, and which are verbs."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from usbrec.lexicon import words as lexicon

#: Roman numbers that are no word.
ROMAN = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"})


@functools.cache
def nouns(name: str) -> frozenset[str]:
    return frozenset(lexicon("en", "nouns")[name].split())


@functools.lru_cache(maxsize=4096)
def is_verb(norm: str) -> bool:
    """Whether a word is some form of a verb."""
    return any(stem in nouns("verb") or stem in nouns("also_verb") for stem in _stems(norm))


def _stems(norm: str) -> Iterator[str]:
    yield norm
    for ending in ("s", "es", "ed", "d", "ing"):
        if norm.endswith(ending) and len(norm) > len(ending) + 2:
            root = norm[: -len(ending)]
            yield root
            if ending == "ing":
                yield root + "e"
            if ending in ("ed", "ing") and root[-1] == root[-2]:
                yield root[:-1]
    if norm.endswith(("ies", "ied")):
        yield norm[:-3] + "y"


def is_singular(norm: str) -> bool:
    return not norm.endswith("s") or norm.endswith(("ss", "us", "is"))


def noun_only(norm: str) -> bool:
    """Whether a word is a noun and nothing else, in the singular or the plural."""
    return any(stem in nouns("count") or stem in nouns("bare") for stem in _numbers(norm))


def noun_or_verb(norm: str, *, plural: bool = True) -> bool:
    """Whether a word is a noun and a verb; where the plural is asked for, which is a verb too, also in it."""
    return any(stem in nouns("also_verb") for stem in (_numbers(norm) if plural else (norm,)))


def _numbers(norm: str) -> Iterator[str]:
    yield norm
    if not is_singular(norm):
        yield norm[:-1]
        if norm.endswith("ies"):
            yield norm[:-3] + "y"
