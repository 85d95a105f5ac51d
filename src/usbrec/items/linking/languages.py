"""Languages of texts other than English: what the linker knows of each, and which one a text is in.

What it knows stands in usbrec/lexicon/<language>/linking.toml: words in everyday use, which name a title of
the same words only where they are written as one, and what stands beside titles. Languages whose rules
elsewhere are not complete have this file alone.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import resources
from typing import Any

from usbrec.items.linking.ambiguity import is_kind, is_listed_common
from usbrec.items.linking.inflection import cyrillic_stem
from usbrec.items.scripts import folded
from usbrec.items.titles import normalise_title

#: With capitals, Latin letters; Russian is told by its letters.
LATIN = ("de", "es", "fr")
#: Without capitals.
CASELESS = ("ar", "ja", "ko", "th", "zh")


_TELLING = ("telling", "determiners", "kinds", "introducing", "opening", "said_of")
_CONTENT = ("nouns", "ordinary")


@dataclass(frozen=True)
class Language:
    """A language with capitals. All words are normalised."""

    code: str
    articles: frozenset[str]
    determiners: frozenset[str]
    """They stand before a noun, articles among them: what follows in small letters is no title."""
    kinds: frozenset[str]
    introducing: frozenset[str]
    seen: frozenset[str]
    """What stands behind a title that is seen or read."""
    opening: frozenset[str]
    """What opens a sentence with a capital that is no part of a name."""
    said_of: frozenset[str]
    about: frozenset[str]
    """What introduces titles, and things as often: "como"."""
    works: frozenset[str]
    """What goes with films and books beside the words above."""
    being: frozenset[str]
    """What stands between a title and what it is called: "is", "was"."""
    called: frozenset[str]
    """What a title is called behind that: "film", "favourite film"; of no thing that is praised."""
    praise: frozenset[str]
    """What a clause ends with that is said of films and books more often than of who is meant else."""
    small_before: frozenset[str]
    """In texts without capitals: what stands before titles, words joined by blanks."""
    small_liked: frozenset[str]
    """The same of what is said of titles and of things."""
    small_behind: frozenset[str]
    """What follows a title there, and belongs to no noun."""
    nouns: frozenset[str]
    """Nouns in everyday use, where a noun has a capital in any sentence (German)."""
    ordinary: frozenset[str]

    def is_ordinary(self, word: str) -> bool:
        if word in self.ordinary or word in self.nouns:
            return True
        if self.code == "ru":
            return f"{cyrillic_stem(word)}~" in self.ordinary
        return len(word) > 4 and word[-1] in "sn" and (word[:-1] in self.ordinary or word[:-1] in self.nouns)


@dataclass(frozen=True)
class CaselessWords:
    """What is known of all languages without capitals together: their scripts tell them apart. Strings are
    folded, and without blanks."""

    ordinary: frozenset[str]
    filling: frozenset[str]
    particles: frozenset[str]
    before: tuple[str, ...]
    kinds_before: tuple[str, ...]
    kinds_after: tuple[str, ...]
    after: tuple[str, ...]
    joins: frozenset[str]
    comparing: frozenset[str]
    """What joins two titles of which one is better: "better than"."""
    counters: tuple[str, ...]
    speech: tuple[str, ...]
    surely_before: tuple[str, ...]
    """Those of `before` that go with things less often than with titles: not "like" and "look at"."""
    surely_after: tuple[str, ...]
    no_things: frozenset[str]
    """Words that nobody reads, sees or recommends, unless they are titles: "alive"."""
    preferring: tuple[str, ...]
    """What stands before two titles of which one is liked better."""
    read_or_seen: tuple[str, ...]
    """What says that a title that is such a word is read, seen or recommended."""
    liking: tuple[str, ...]
    """What stands before things as often as before titles, and names one that is longer than most words."""
    likened: tuple[str, ...]
    """What stands behind a title that others are to be like: "a film like"."""
    called: tuple[str, ...]
    """What a title is called right behind it, where no word for "is" stands between."""


@functools.cache
def of_latin(code: str) -> Language:
    return _language(code)


@functools.cache
def russian() -> Language:
    return _language("ru")


@functools.cache
def caseless() -> CaselessWords:
    read = [_read(code) for code in CASELESS]

    def gathered(use: str) -> list[str]:
        return [
            key.replace(" ", "")
            for lists in read
            for word in lists.get(use, "").split()
            if (key := folded(word.replace("_", " "))[0]).strip()
        ]

    arabic = _read("ar")["ordinary"].split()
    about = frozenset(gathered("about"))
    singles = {fold for lists in read for mark in lists["filling"].split() for fold in _singles(mark)}
    return CaselessWords(
        frozenset([*gathered("ordinary"), *(f"ال{key}" for key in map(normalise_title, arabic))]),
        frozenset(singles),
        frozenset(gathered("particles")),
        tuple(gathered("before")),
        tuple(gathered("kinds_before")),
        tuple(gathered("kinds_after")),
        tuple(gathered("after")),
        frozenset(gathered("joins")),
        frozenset(gathered("comparing")),
        tuple(gathered("counters")),
        tuple(gathered("speech")),
        tuple(word for word in gathered("before") if word not in about),
        tuple(word for word in gathered("after") if word not in about),
        frozenset(gathered("no_things")),
        tuple(gathered("preferring")),
        tuple(gathered("read_or_seen")),
        tuple(gathered("liking")),
        tuple(gathered("likened")),
        tuple(gathered("called")),
    )


def works_of(code: str) -> tuple[str, ...]:
    """What goes with films and books in a language without capitals, as it is written; "_" is a blank or
    none."""
    return tuple(_read(code).get("works", "").split())


@functools.cache
def chinese_heads() -> frozenset[str]:
    """Characters that make another word of the one they stand behind, folded."""
    return frozenset(folded("".join(_read("zh")["heads"].split()))[0])


@functools.cache
def things() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What words for things of every day begin with (Arabic) and end with (Chinese, Korean), folded."""
    found = [
        [
            key.replace(" ", "")
            for code in codes
            for word in _read(code).get("things", "").split()
            if (key := folded(word)[0]).strip()
        ]
        for codes in (("ar",), ("ko", "zh"))
    ]
    return tuple(found[0]), tuple(found[1])


def signs_of(code: str) -> Mapping[str, Mapping[str, str]]:
    """What stands `ahead` of titles and `behind` them in a language without capitals, by how much it says."""
    return {side: _read(code)[side] for side in ("ahead", "behind")}


def language_of(words: AbstractSet[str]) -> Language | None:
    """The language with Latin letters that a text of these normalised words is in; None is English, or any
    that the linker knows nothing of."""
    english = len(_told_by() & words)
    # No text has so many English words and is in another language.
    if len(words) < 2 or 3 * english >= len(words) > 3:
        return None
    telling = _telling()
    said = telling.keys() & words
    # Words that may be titles tell a language only where two of them do, and no word is English.
    content = _content() if not english and (said or len(words) > 2) else {}
    told = content.keys() & words
    if not said and len(told) < 2:
        return None if english else _told_together(words)
    votes = dict.fromkeys(LATIN, 0)
    for word in (*said, *told):
        for code in (*telling.get(word, ()), *content.get(word, ())):
            votes[code] += 1
    code = max(votes, key=lambda code: votes[code])
    return of_latin(code) if votes[code] > english else None


def english(word: str) -> bool:
    """Whether a word tells that a text is English."""
    return word in _told_by()


def speak_for(language: Language, words: Iterable[str]) -> bool:
    """Whether any of these normalised words tells that a text is in the language."""
    telling, content = _telling(), _content()
    words = list(words)
    if _told_together(frozenset(words)) is language:
        return True
    return any(
        language.code in (*telling.get(word, ()), *content.get(word, ())) or word in language.introducing
        for word in words
    )


def _told_together(words: AbstractSet[str]) -> Language | None:
    """The language of words that tell none each, and one together: "war gut"."""
    if "war" not in words:
        return None
    return of_latin("de") if not words.isdisjoint(_behind_war()) else None


@functools.cache
def _behind_war() -> frozenset[str]:
    return _normalised(_read("de")["behind_war"])


@functools.cache
def _told_by() -> frozenset[str]:
    return _english()["telling"]


@functools.cache
def _telling() -> Mapping[str, tuple[str, ...]]:
    """The languages of words that stand between others, none of them English."""
    return _told(_TELLING, 2)


@functools.cache
def _content() -> Mapping[str, tuple[str, ...]]:
    """The languages of words that may be titles themselves."""
    return {word: codes for word, codes in _told(_CONTENT, 4).items() if word not in _telling()}


def _told(uses: Sequence[str], letters: int) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code in LATIN:
        lists = _read(code)
        for word in _normalised(" ".join(lists[use] for use in uses)):
            if len(word) >= letters and not _is_english(word):
                found[word] = (*found.get(word, ()), code)
    return found


@functools.cache
def _english() -> Mapping[str, frozenset[str]]:
    lists = _read("en")
    return {use: _normalised(lists[use]) for use in ("telling", "shared")}


def _is_english(word: str) -> bool:
    english = _english()
    return (
        word in english["telling"]
        or word in english["shared"]
        or is_kind(word)
        or (len(word) > 2 and is_listed_common(word))
    )


def _singles(mark: str) -> list[str]:
    """Chinese and Japanese write what fills between words without blanks, Thai its words with them."""
    return [folded(one)[0] for one in mark] if "\u3040" <= mark[0] <= "\u9fff" else [folded(mark)[0]]


def _language(code: str) -> Language:
    lists = _read(code)
    ordinary = set(_normalised(lists["ordinary"]))
    if code == "ru":
        ordinary |= {f"{cyrillic_stem(word)}~" for word in ordinary if len(word) > 3}
    names = ("articles", "determiners", "kinds", "introducing", "seen", "opening", "said_of", "nouns")
    words = {
        name: _normalised(lists.get(name, ""))
        for name in (*names, "about", "works", "being", "called", "praise")
    }
    words["nouns"] |= _normalised(lists.get("borrowed", ""))
    for name in ("small_before", "small_liked", "small_behind"):
        words[name] = frozenset(normalise_title(word.replace("_", " ")) for word in lists[name].split())
    return Language(code=code, ordinary=frozenset(ordinary), **words)


def _normalised(text: str) -> frozenset[str]:
    words = text.split()
    plain = {word for word in words if word.isascii() and word.isalnum() and word.islower()}
    return frozenset(
        [*plain, *(part for word in words if word not in plain for part in normalise_title(word).split(" "))]
    )


@functools.cache
def _read(code: str) -> Mapping[str, Any]:
    import tomllib

    text = resources.files("usbrec.lexicon").joinpath(code, "linking.toml").read_text("utf-8")
    return tomllib.loads(text)
