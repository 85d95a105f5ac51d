"""Page: a text that is read for titles, the language it is in, and what a match in it may name."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items.linking.ambiguity import ARTICLES, Ambiguity, in_dictionary, is_adverb
from usbrec.items.linking.cased import ambiguity_in
from usbrec.items.linking.caseless import Surroundings
from usbrec.items.linking.caseless_edges import beside_caseless
from usbrec.items.linking.context import ContextFeatures, Match
from usbrec.items.linking.languages import Language, english, language_of, speak_for
from usbrec.items.linking.surface_form import Writing
from usbrec.patterns import LazyPattern

#: What ends a sentence, and no part of one.
_GERMAN_ARTICLES = frozenset({"der", "das", "die", "den", "dem"})
_STOP = LazyPattern(r"[ \t\"”’*_]*[.!?…\n]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a match is: `items` it may name, most popular first; none, if it names something unknown."""

    start: int
    end: int
    year: int | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Page(ContextFeatures):
    """A text with its words and its language."""

    def is_all(self, match: Match) -> bool:
        """Whether one word, with or without an article or an adverb, is all that a sentence says."""
        return self.ends_sentence(match.last) and self.opens_alone(match.last)

    def ends_sentence(self, index: int) -> bool:
        """Whether a word is the last one of a sentence."""
        return index + 1 == len(self.words) or bool(_STOP.match(self._before(index + 1)))

    def opens_alone(self, index: int) -> bool:
        """Whether a word opens a sentence, but for an article or an adverb."""
        while index and not _STOP.search(self._before(index)):
            index -= 1
            if not (self.words[index].norm in ARTICLES or is_adverb(self.words[index].norm)):
                return False
        return True

    def _before(self, index: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[index - 1].end : self.words[index].start]

    @cached_property
    def language(self) -> Language | None:
        """The language with Latin letters that the text is in; None is English, or none that is known."""
        return language_of({word.norm for word in self.words})

    def tell_by_others(self, matches: Sequence[Match]) -> None:
        """Titles tell no language: "la la land, moana" is as English as "moana"."""
        if self.language is None:
            return
        titles = {
            index
            for match in matches
            if match.form.exact and not match.edited
            for index in range(match.first, match.last + 1)
        }
        rest = {word.norm for index, word in enumerate(self.words) if index not in titles}
        if all(word.isdigit() or english(word) for word in rest) or not (
            speak_for(self.language, rest) or self._foreign_without_titles(rest)
        ):
            # What had been told before titles were found.
            self.__dict__["language"] = None
            self.__dict__.pop("elsewhere", None)

    def _foreign_without_titles(self, rest: Set[str]) -> bool:
        """Whether what is left beside titles with an article is no English: "Das Fest war laut", "Los otros
        no vinieron", but not "Das Boot rocks big time"."""
        if self.language is None:
            return False
        if not self.language.nouns:
            articles = not self.language.articles.isdisjoint(word.norm for word in self.words)
            unknown = any(not word.isdigit() and not in_dictionary(word) for word in rest)
            return articles and unknown and not any(map(english, rest))
        if _GERMAN_ARTICLES.isdisjoint(word.norm for word in self.words):
            return False
        strange = sum(word in self.language.said_of or not in_dictionary(word) for word in rest)
        return 2 * strange > len(rest) > 1

    @cached_property
    def elsewhere(self) -> bool:
        """Whether the text is in another language than English, or has letters of another script."""
        if self.text.isascii():
            return self.language is not None
        return self.other_letters or bool(self.marked) or self.language is not None

    def level(self, match: Match) -> Ambiguity:
        """How much the match must show in a text of this language."""
        form = match.form
        if form.writing is Writing.LATIN and self.language:
            return max(form.ambiguity, ambiguity_in(self.language, form.words))
        return form.ambiguity

    def surroundings(self, match: Match, start: int, end: int) -> Surroundings | None:
        """What stands around a match that is, or stands beside, what has no capitals."""
        if not self.other_letters:
            return None
        if match.form.writing is Writing.CASELESS or beside_caseless(self.text, start, end):
            return Surroundings(self.text, start, end)
        return None

    def span(self, match: Match) -> tuple[int, int]:
        return self.words[match.first].start + match.skip, self.words[match.last].end
