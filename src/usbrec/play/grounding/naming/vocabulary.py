"""Catalogue vocabulary: the words a catalogue uses beside its titles, its people and brands, its columns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.knowledge import Knowledge
from usbrec.items.titles import words

#: Items of which a description is read whole; the words of the others are known from the linker.
_ITEMS_READ = 1 << 12


@dataclass(frozen=True)
class Vocabulary:
    """What the catalogue of `knowledge` calls things. Read when first asked for, once for a run."""

    knowledge: Knowledge

    @cached_property
    def described(self) -> frozenset[str]:
        """Words of genres and categories, and those that several descriptions use in small letters."""
        return self.knowledge.linker.ordinary_words | self.genres

    @cached_property
    def genres(self) -> frozenset[str]:
        """Words of genres and categories."""
        genres = {genre for traits in self.knowledge.traits.values() for genre in traits.genres}
        return frozenset(word.norm for genre in genres for word in words(genre))

    @cached_property
    def people(self) -> frozenset[str]:
        """The normal forms of all people and brands."""
        names = {name for traits in self.knowledge.traits.values() for name in traits.people}
        return frozenset(map(normalise_title, names))

    @cached_property
    def people_words(self) -> frozenset[str]:
        return frozenset(word for name in self.people for word in name.split(" "))

    @cached_property
    def brands(self) -> bool:
        """Whether people are brands rather than persons: names of one word, most of them."""
        return 2 * sum(" " not in name for name in self.people) > len(self.people)

    def in_titles(self, norms: Sequence[str]) -> list[bool]:
        """Which words stand in a title, or a name, of the catalogue."""
        return self.knowledge.linker.in_titles(norms)

    def beside(self, items: Iterable[Item]) -> frozenset[str]:
        """The words that the fields of these items hold, their titles apart."""
        return self._beside(tuple(map(_fields_of, items)))

    @cached_property
    def _beside(self) -> Callable[[tuple[frozenset[str], ...]], frozenset[str]]:
        # The items shown stay the same from draw to draw. A frozen set keeps its hash.
        return functools.lru_cache(maxsize=64)(lambda fields: frozenset().union(*fields))


@functools.lru_cache(maxsize=_ITEMS_READ)
def _read(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.norm for text in texts for word in words(text))


def _fields_of(item: Item) -> frozenset[str]:
    return _read((*item.genres, *item.people, item.text, *item.extra, *item.extra.values()))


def keyed(extra: Mapping[str, str], columns: Iterable[str]) -> str | None:
    """What the first of these columns holds, named without case, blanks, hyphens and underscores."""
    found = {_key(name): value for name, value in extra.items()}
    return next((found[column] for column in columns if found.get(column)), None)


@functools.lru_cache(maxsize=256)
def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in " _-\t")
