"""Genre names normalised: "Sci-Fi", "Science Fiction" and "science fiction film" are one genre.

A genre that combines others counts as these ("Romantic comedy" is romance and comedy), so that
catalogues with fine and with coarse genres can be compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping

from usbrec.lexicon import LANGUAGES, USUAL, any_of, words
from usbrec.patterns import LazyPattern

_ENGLISH = words("en", "genres")
#: Names of genres that count as others, in normal form.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    name: tuple(genres) for name, genres in _ENGLISH["synonyms"].items()
}
#: What people say for a genre in conversation, beside its name.
SAID_FOR: Mapping[str, tuple[str, ...]] = {
    phrase: tuple(genres) for phrase, genres in _ENGLISH["said_for"].items()
}
_TAIL = LazyPattern(rf"(?<=\w) {any_of(_ENGLISH['tails'])}$")


@functools.lru_cache(maxsize=8192)
def normalise_genre(text: str) -> tuple[str, ...]:
    """What a genre counts as: lower case, without "film", "movie", "fiction" or brackets, synonyms joined.

    Empty for a text without a word.
    """
    plain = re.sub(r"\([^)]*\)|#\s*\d+|['’.]", "", text.casefold())
    plain = " ".join(re.sub(r"[\W_]+", " ", plain).split())
    if not plain:
        return ()
    while plain not in SYNONYMS and (match := _TAIL.search(plain)):
        plain = plain[: match.start()]
    return SYNONYMS.get(plain, (plain,))


#: What may stand behind a genre's name: "horror movies", and what else such a thing is called.
KIND_WORDS = LazyPattern(rf"\s*(?:{any_of(_ENGLISH['tails'])}|{any_of(_ENGLISH['things'])})(?!\w)")


def said_for(names: Iterable[str]) -> Mapping[str, str]:
    """What people say for each of a catalogue's genres beside its name, in any language, and that genre:
    "animated", "scary", "Horrorfilme". What is said of several genres is none of them."""
    known: dict[str, str] = {}
    for name in names:
        plain = normalise_genre(name)
        if len(plain) == 1:
            known.setdefault(plain[0], name)
    every = [*SYNONYMS.items(), *SAID_FOR.items(), *said_elsewhere(known).items()]
    return {
        phrase: known[genres[0]]
        for phrase, genres in every
        if len(genres) == 1 and genres[0] in known and phrase != known[genres[0]].casefold()
    }


#: Compounds ("Horrorfilm") are made of so many genres of a catalogue at most: more are tags.
_COMPOUNDED = 300


def said_elsewhere(known: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """What genres are called in the other languages of the lexicon, by what a catalogue has (`known`,
    normalised): people speak of an English catalogue in German, and the other way round.

    Where a word means a genre that the catalogue calls otherwise, it means that one ("crime", "krimi").
    """
    found: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        if language == USUAL:
            continue
        phrases = _phrases(language, tuple(sorted(known)) if len(known) <= _COMPOUNDED else ())
        called: dict[str, tuple[str, ...]] = {}
        for phrase, genres in phrases.items():
            if len(genres) == 1 and phrase in known and genres[0] not in known:
                called[genres[0]] = (*called.get(genres[0], ()), phrase)
        for phrase, genres in phrases.items():
            meant = [
                one for genre in genres for one in ((genre,) if genre in known else called.get(genre, ()))
            ]
            if meant:
                found.setdefault(phrase, tuple(dict.fromkeys(meant)))
        found = {**called, **found}
    return {phrase: genres for phrase, genres in found.items() if phrase not in known}


@functools.lru_cache(maxsize=16)
def _phrases(language: str, compounded: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """What genres are called in a language: words, adjectives with their endings, compounds."""
    lists = words(language, "genres")
    single = {genre: (genre,) for genre in compounded if " " not in genre}
    phrases = {phrase: tuple(genres) for phrase, genres in lists["said_for"].items()}
    for stem, genres in lists.get("said_for_adjectives", {}).items():
        phrases |= {f"{stem}{ending}": tuple(genres) for ending in lists["endings"]}
    for stem, genres in (single | lists.get("prefixes", {})).items():
        for tail in lists["tails"]:
            phrases.setdefault(f"{stem}{tail}", tuple(genres))
    for genre, name in lists.get("names", {}).items():
        plain = " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())
        if plain != genre:
            phrases.setdefault(plain, (genre,))
    return phrases


def genres_language(genres: Iterable[str]) -> str | None:
    """The language whose names for genres these are, in which no other language has them; None where fewer
    than two tell."""
    plain = {genre for text in genres for genre in normalise_genre(text)}
    english = {*SYNONYMS, *SAID_FOR, *(name for genres in SYNONYMS.values() for name in genres)}
    for language in LANGUAGES:
        if language != USUAL and len(plain.intersection(_phrases(language, ())) - english) >= 2:
            return language
    return None
