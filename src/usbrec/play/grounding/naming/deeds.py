"""Deeds: a reply that says in so many words which part a person had in an item.

"The film that Michael Mann directed is Jaws", "Michael Mann's films include Jaws", "thanks to Michael Mann's
direction of Jaws": such a sentence says it of that item, whoever spoke of the person first. "You like Michael
Mann, so try Jaws" says nothing of the kind.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.titles import words
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import ClaimWords
from usbrec.play.grounding.naming.shop_words import longest_first

#: So far behind a person a title may stand.
_LONGEST = 80
_MARKS = r"[\s:\"“”„'’‘«»*_(\[]*(?:\n\s*(?:1[.)]|[-*•])\s*[\"“„*_]*)?"


class Deed(NamedTuple):
    """Of which items (those of one title) a person is said to have made one, and in which part, if any."""

    items: tuple[Item, ...]
    role: str


class DeedWords(ClaimWords):
    """The words of all languages at once; each pattern is made when it is first needed."""

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The parts that verbs and nouns of deeds are of, by these."""
        return {
            phrase: role
            for one in self._listed
            for uses in (one["deeds"], one["deed_nouns"])
            for role, phrases in uses.items()
            for phrase in phrases
        }

    @cached_property
    def to_title(self) -> re.Pattern[str]:
        """What stands between the person who did something and the title of what it was."""
        verbs = longest_first(
            phrase for one in self._listed for each in one["deeds"].values() for phrase in each
        )
        nouns = longest_first(
            phrase for one in self._listed for each in one["deed_nouns"].values() for phrase in each
        )
        works, lead = longest_first(self._every("deed_works")), longest_first(self._every("deed_lead"))
        is_, of = longest_first(self._every("deed_is")), longest_first(self._every("deed_of"))
        return re.compile(
            rf"(?:\s+(?:(?:{lead})\s+)?(?P<verb>{verbs})(?:\s*,?\s*(?:{is_}))?"
            rf"|(?:(?<=['’]s)|(?<=['’])|['’]s?)\s+(?P<noun>{nouns})\s+(?:{of})"
            rf"|(?:(?<=['’]s)|(?<=['’])|['’]s?)\s+(?:[\w-]+\s+){{0,2}}?(?:{works})(?:\s+(?:{is_}))?)"
            rf"(?:\s+(?:the|den|die|das|dem|der)(?:\s+(?:{works}))?)?{_MARKS}",
            re.IGNORECASE,
        )

    @cached_property
    def denied(self) -> re.Pattern[str]:
        """What says before a deed that it is none, or may be none."""
        return re.compile(rf"\b(?:{longest_first(self._every('deed_not'))})\b|n['’]t\b", re.IGNORECASE)

    @cached_property
    def by_title(self) -> re.Pattern[str]:
        """Between two titles, of which the second stands where a person should: "by"."""
        by = longest_first([*self._every("by_alone"), *self._every("made_by")])
        return re.compile(rf"[\"“”'’*_)\]]*\s+(?:{by})\s+[\"“*_]*", re.IGNORECASE)


_words = functools.cache(DeedWords)


class DeedClaims(ClaimReading):
    """Finds what persons are plainly said to have done, and titles in the place of persons."""

    def _deed(self, start: int, end: int) -> Deed | None:
        """What the person whose name stands from `start` to `end` is said to have made."""
        text = self.page.text
        behind = next((one for one in self.page.mentions if 0 <= one.start - end <= _LONGEST), None)
        match = None if behind is None else _words().to_title.fullmatch(text, end, behind.start)
        if behind is None or match is None or self._denied(start):
            return None
        items = [self.page.items.get(one) for one in dict.fromkeys((behind.item_id, *behind.candidates))]
        said = (match["verb"] or match["noun"] or "").casefold()
        return Deed(tuple(item for item in items if item is not None), _words().parts.get(said, ""))

    def _denied(self, start: int) -> bool:
        """Whether the sentence before a place says no, asks or guesses."""
        opened, closed = self._sentence_of(start)
        asked = self.page.text[opened:closed].rstrip().endswith("?")
        return asked or _words().denied.search(self.page.text, opened, start) is not None

    def _titles_as_persons(self) -> Iterator[Fault]:
        """A title where only who made an item may stand: '"Looper" by Red 2'."""
        mentions = self.page.mentions
        for before, behind in itertools.pairwise(mentions):
            between = self.page.text[before.end : behind.start]
            if len(between) > _LONGEST or not _words().by_title.fullmatch(between):
                continue
            item = self.page.items.get(before.item_id)
            name = normalise_title(behind.title)
            if item is None or " " not in name or name in self.vocabulary.people:
                continue
            held = " ".join(word.norm for one in (*item.people, *item.extra.values()) for word in words(one))
            if f" {name} " not in f" {held} ":
                yield Fault(behind.start, behind.end, None)
