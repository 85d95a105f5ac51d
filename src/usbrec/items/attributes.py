"""Genres and people of a catalogue that a text mentions."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from usbrec import lexicon
from usbrec.items.catalogue import Catalogue
from usbrec.items.genres import SAID_FOR, SYNONYMS, normalise_genre, said_elsewhere
from usbrec.items.scripts import has_unspaced
from usbrec.items.titles import Word, normalise_title, words
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon.detection import detect

_T = TypeVar("_T")
_LONGEST_NAME = 5
#: Where a character is a word (克里斯托弗·诺兰), and how many make a name that no other word is part of.
_LONGEST_UNSPACED, _LEAST_UNSPACED = 16, 3


def genres_in(text: str, catalogue: Catalogue, language: str | None = None) -> tuple[str, ...]:
    """The genres (normalised) of the catalogue that the text mentions, in order, each once.

    A word that is something else in the text's language is none ("das war gut" has nothing of war); where
    nobody says which `language` it is, the other words tell.
    """
    return _vocabulary(catalogue).genres(text, language)


def people_in(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The people of the catalogue, as it writes them, whose full name is in the text."""
    return _vocabulary(catalogue).people(text)


class Attributes(NamedTuple):
    """The genres and people of a catalogue that a text mentions, each with the half-open range of characters
    where it does."""

    genres: tuple[tuple[int, int, tuple[str, ...]], ...]
    people: tuple[tuple[int, int, str], ...]


def attributes_in(text: str, catalogue: Catalogue) -> Attributes:
    """What :func:`genres_in` and :func:`people_in` find, and where."""
    return _vocabulary(catalogue).read(text)


class Vocabulary:
    """What a catalogue's genres and people are called in texts."""

    def __init__(self, catalogue: Catalogue) -> None:
        # The items, not the catalogue: a cache that is weak in its keys must not hold them by its values.
        self._items = catalogue.items

    def genres(self, text: str, language: str | None = None) -> tuple[str, ...]:
        text = _without_homographs(text, language)
        found = (genre for genres in _found(text, self._genres) for genre in genres)
        return tuple(dict.fromkeys(found))

    def people(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_found(text, self._people)))

    def read(self, text: str) -> Attributes:
        read = words(text)
        without = _without_homographs(text, None)
        genres = _spans(read if without == text else words(without), self._genres)
        return Attributes(tuple(genres), tuple(_spans(read, self._people)))

    @functools.cached_property
    def _genres(self) -> Mapping[str, tuple[str, ...]]:
        known = {genre for item in self._items for text in item.genres for genre in normalise_genre(text)}
        said: dict[str, tuple[str, ...]] = {genre: (genre,) for genre in known}
        for phrase, genres in ({**SYNONYMS, **SAID_FOR}).items():
            if there := tuple(genre for genre in genres if genre in known):
                said[phrase] = there
        for phrase, genres in said_elsewhere(known).items():
            said.setdefault(phrase, genres)
        for genre in list(said):
            plural = f"{genre[:-1]}ies" if genre.endswith("y") else f"{genre}s"
            said.setdefault(plural, said[genre])
        # "science" alone is a genre where a catalogue cut it short, and a subject in a conversation.
        if "science" not in known:
            said.pop("science", None)
            said.pop("sciences", None)
        return {normalise_title(phrase): genres for phrase, genres in said.items()}

    @functools.cached_property
    def _people(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for item in self._items:
            for name in item.people:
                if " " in name or not name.isascii():
                    names.setdefault(name, name)
        # One word is a name in too many texts that mean something else, and so are two characters.
        found: dict[str, str] = {}
        for name in names:
            key = normalise_title(name)
            least = _LEAST_UNSPACED if not key.isascii() and has_unspaced(key) else 2
            if key.count(" ") + 1 >= least:
                found.setdefault(key, name)
        return found


@functools.cache
def _homographs(language: str) -> re.Pattern[str] | None:
    """Genres' names that mean something else in a language."""
    names = lexicon.words(language, "genres").get("homographs", ())
    return lexicon.whole_words(names) if names else None


def _without_homographs(text: str, language: str | None) -> str:
    """A text with blanks in place of genres' names that mean something else in its language."""
    for other in LANGUAGES:
        homographs = _homographs(other)
        if homographs is not None and homographs.search(text):
            without = homographs.sub(lambda found: " " * len(found.group()), text)
            if other == (language or detect(without)):
                text = without
    return text


def _found(text: str, said: Mapping[str, _T]) -> Iterator[_T]:
    """What the longest runs of words in a text stand for."""
    return (found for _, _, found in _spans(words(text), said))


def _spans(read: Sequence[Word], said: Mapping[str, _T]) -> Iterator[tuple[int, int, _T]]:
    """The same with the range of characters of each run."""
    stems = [word.stem for word in read]
    position = 0
    while position < len(stems):
        stem = stems[position]
        most = _LONGEST_NAME if stem.isascii() or not has_unspaced(stem) else _LONGEST_UNSPACED
        for length in range(min(most, len(stems) - position), 0, -1):
            phrase = " ".join(stems[position : position + length])
            if phrase in said:
                yield read[position].start, read[position + length - 1].end, said[phrase]
                position += length
                break
        else:
            position += 1


_VOCABULARIES: WeakKeyDictionary[Catalogue, Vocabulary] = WeakKeyDictionary()


def _vocabulary(catalogue: Catalogue) -> Vocabulary:
    """One vocabulary for a catalogue, as long as somebody has it: building it reads every item."""
    if catalogue not in _VOCABULARIES:
        _VOCABULARIES[catalogue] = Vocabulary(catalogue)
    return _VOCABULARIES[catalogue]
