"""Claim reading: which item a place in a reply is said of, and what the seeker has said already."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from usbrec.dialogue import Item
from usbrec.items.files.amounts import number_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.vocabulary import Vocabulary

#: "Jr." and an initial end no sentence.
_SENTENCE_END = LazyPattern(r"[.!?…\n](?:(?<=\n)|(?<!\b[JSDM]r.)(?<!\bSt.)(?<!\b[A-Z].)(?=[\s\"”*]|$))")


class Fault(NamedTuple):
    """A claim that does not agree: where it stands, what is right in its place (None: it cannot be set
    right)."""

    start: int
    end: int
    right: str | None


@dataclass
class ClaimReading:
    """What the finders of wrong claims share: `heard` is what the seeker has said."""

    vocabulary: Vocabulary
    page: Page
    heard: Heard

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        return sentences_of(self.page)

    @cached_property
    def _masked(self) -> str:
        """The text with titles blacked out, as long as before: no word of a title says anything of a price
        or a stock ("AirPods Max", "Limit Watch")."""
        text = self.page.text
        for one in self.page.mentions:
            text = text[: one.start] + "_" * (one.end - one.start) + text[one.end :]
        return text

    @cached_property
    def _lowered(self) -> str:
        """The same in small letters, and as long ("ß" stays one letter)."""
        lowered = self._masked.lower()
        return lowered if len(lowered) == len(self._masked) else "".join(map(_small, self._masked))

    def _sentence_of(self, start: int) -> tuple[int, int]:
        """Where the sentence around a place begins and ends."""
        return next((span for span in self._sentences if span[0] <= start < span[1]), (0, 0))

    def _about(self, start: int) -> list[list[Item]]:
        """What stands at `start` is said of one of these, the likeliest first: for each mention the items
        that it may mean."""
        begin, end = next(
            (span for span in self._sentences if span[0] <= start < span[1]), (0, len(self.page.text))
        )
        mentions = self.page.mentions
        before = [one for one in mentions if begin <= one.start < start]
        behind = [one for one in mentions if start <= one.start < end]
        earlier = [one for one in mentions if one.start < begin]
        chosen = before[::-1] or behind[:1] or earlier[::-1][:1]
        if not chosen and len({one.item_id for one in mentions}) == 1:
            chosen = list(mentions[:1])  # "The bottle costs 22 euros. I recommend Clos du Moulin."
        if not before and behind and earlier and not self.page.text[begin:start].strip():
            chosen = behind[:1]
        return [
            [self.page.items[item_id] for item_id in dict.fromkeys(ids) if item_id in self.page.items]
            for one in chosen
            for ids in [(one.item_id,) if one.year is not None else (one.item_id, *one.candidates)]
        ]

    def _ahead(self, begin: int, finish: int) -> list[list[Item]]:
        """Of which item an amount is that stands right before its title: "for 5 euro there is ..."."""
        opened, lists = self._sentence_of(begin)[0], claim_words()
        ends = [one.end for one in self.page.mentions if opened <= one.start < begin]
        leads = lists.leads.fullmatch(self._masked, max([opened, *ends]), begin)
        match = lists.led_to.match(self._masked, finish) if leads else None
        named = [] if match is None else [one for one in self.page.mentions if one.start == match.end() - 1]
        item = self.page.items.get(named[0].item_id) if named and not named[0].candidates[1:] else None
        return [] if item is None else [[item]]

    def _before(self, start: int) -> str:
        return self.page.text[max(0, start - 40) : start]

    def _heard_number(self, digits: str) -> bool:
        number = number_of(digits, thousands=True)
        return number is not None and any(
            number_of(said, thousands=True) == number
            for said in re.findall(r"[0-9](?:[0-9.,]*[0-9])?", self.heard.text)
        )

    def _within_title(self, start: int) -> bool:
        return any(one.start <= start < one.end for one in self.page.mentions)


def _small(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def sentences_of(page: Page) -> list[tuple[int, int]]:
    """Where the sentences begin and end; a full stop inside a title ends none."""
    text, cuts = page.text, [0]
    cuts.extend(
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if not any(one.start <= match.start() < one.end - 1 for one in page.mentions)
    )
    cuts.append(len(text))
    return list(itertools.pairwise(cuts))
