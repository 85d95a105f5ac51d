"""Claim reading: which item a place in a reply is said of, and what the seeker has said already."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from usbrec.dialogue import Item
from usbrec.items.files.amounts import number_of
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.vocabulary import Vocabulary

#: "Jr." and an initial end no sentence.
_SENTENCE_END = re.compile(r"(?<!\b[JSDM]r)(?<!\bSt)(?<!\b[A-Z])[.!?…](?=[\s\"”*]|$)|\n")


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
