"""Closed word list: all that a reply of `play.naming = "closed"` is made of beside titles and values.

A language has its list in lexicon/<language>/closed.toml; in one without, nothing but titles can be said.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from usbrec.lexicon import LANGUAGES
from usbrec.lexicon import words as lexicon

_LISTS = (
    "determiners", "words", "openers", "naming", "verbs", "adjectives", "nouns", "plain_nouns", "bounds",
    "links", "money", "units", "year_leads", "naming_free", "leads", "before_nouns",
    "liking", "articles", "finite", "subjects", "joining", "alone",
    "price_words", "no_subjects", "prepositions", "np_starts", "after_naming", "compared", "open_categories",
    "denials", "before_denied", "joining_titles", "sharing", "so", "finite_sharing", "like", "like_verb",
    "paid_often", "paid_for", "paid_each", "for_whom", "being", "made_by", "denying",
)  # fmt: skip


@dataclass(frozen=True)
class ClosedWords:
    """The list of one language, in small letters but for German nouns; `phrases` by their first words."""

    code: str
    lists: Mapping[str, frozenset[str]]
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    stock: Mapping[str, tuple[tuple[tuple[str, ...], bool], ...]]
    naming_pairs: frozenset[tuple[str, str]]
    #: Pairs of words that say that what is true of one is of another.
    sharing_pairs: frozenset[str] = frozenset()

    @functools.cached_property
    def features(self) -> Mapping[str, frozenset[str]]:
        """Words and phrases (with hyphens) that say what a thing has or for whom it is, and the words of an
        item's cells of which one has to say so."""
        groups = [frozenset(group.split()) for group in lexicon(self.code, "closed")["features"]]
        return {word: group for group in groups for word in group}

    @functools.cached_property
    def all(self) -> frozenset[str]:
        """Every single word that may be said."""
        return frozenset().union(*(self.lists[name] for name in _SAID))

    @functools.cached_property
    def content(self) -> frozenset[str]:
        """Words that names are made of."""
        return frozenset().union(
            *(self.lists[name] for name in ("verbs", "adjectives", "nouns", "plain_nouns"))
        )

    @functools.cached_property
    def begins(self) -> frozenset[str]:
        """What a sentence may begin with, in small letters."""
        return frozenset(word.lower() for word in self.lists["openers"] | self.lists["determiners"])

    @functools.cached_property
    def phrase_begins(self) -> frozenset[str]:
        return frozenset(word.lower() for word in (*self.phrases, *self.stock))


ARTICLES = frozenset({"the", "a", "an", "der", "die", "das", "den", "dem", "des"})
PAIRS = (["instead", "of"], ["compared", "to"], ["compared", "with"], ["next", "to"])
#: The lists whose words may be said anywhere.
_SAID = ("determiners", "words", "verbs", "adjectives", "nouns", "plain_nouns")


@functools.cache
def has_closed_words(language: str) -> bool:
    """Whether there is a closed list of a language."""
    return (
        language in LANGUAGES
        and resources.files("usbrec.lexicon").joinpath(language, "closed.toml").is_file()
    )


@functools.cache
def closed_words(language: str) -> ClosedWords:
    """The closed list of a language that has one."""
    listed = lexicon(language, "closed")
    lists = {name: frozenset(listed[name].split()) for name in _LISTS}
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for phrase in _phrases(listed["phrases"]):
        phrases.setdefault(phrase[0], []).append(phrase)
    stock: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
    for name, there in (("stock_there", True), ("stock_gone", False)):
        for phrase in _phrases(listed[name]):
            stock.setdefault(phrase[0], []).append((phrase, there))
    return ClosedWords(
        language,
        lists,
        {first: tuple(sorted(some, key=len, reverse=True)) for first, some in phrases.items()},
        {first: tuple(sorted(some, key=lambda one: -len(one[0]))) for first, some in stock.items()},
        frozenset((pair[0], pair[1]) for pair in _phrases(listed["naming_pairs"])),
        frozenset(map(" ".join, _phrases(listed["sharing_pairs"]))),
    )


def compared_with(before: str) -> bool:
    """Whether what stands before a title says that others are held against it: "rather than the ..."."""
    words = [word.strip("\"“”„«»*_'") for word in before.lower().split()]
    while words and words[-1] in ARTICLES:
        words.pop()
    listed = frozenset().union(
        *(closed_words(code).lists["compared"] for code in LANGUAGES if has_closed_words(code))
    )
    return bool(words) and (words[-1] in listed or words[-2:] in PAIRS)


def _phrases(listed: str) -> list[tuple[str, ...]]:
    return [tuple(phrase.split()) for phrase in listed.replace("\n", ",").split(",") if phrase.strip()]
