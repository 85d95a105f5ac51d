"""Feature claims: what a reply says that an item has, held against columns of yes and no.

"The Casa Sol has a pool", "ohne Frühstück", "both have noise cancelling", "by the pool at ...". A claim is of
the items named before it in its sentence, and a fault where it is so of none of them; where it is said of
several at once it has to be so of each. Wishes, guesses, comparisons and questions claim nothing, and neither
does what the catalogue leaves blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items.constraints.column_types import TypedColumn
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words

#: "Doesn't" is two words: "does" and what denies it.
WORD = LazyPattern(r"n['’]t\b|[^\W\d_]+?(?=n['’]t\b)|[^\W\d_]+")
#: Where another thing is said, so that a denial before it says nothing of what follows.
_PART = LazyPattern(r"[,;:(]|\b(?:but|aber|though|doch|sondern)\b", re.IGNORECASE)
_JOINED = LazyPattern(r"\b(?:and|und)\b", re.IGNORECASE)
_NEXT = LazyPattern(r"[,;:(]|\b(?:but|aber|though|doch|sondern|and|und|or|oder)\b")
#: "It has a pool": of what was named last.
PRONOUN = LazyPattern(r"\s*(?:it|this one|es|er|sie|dieses|diese|dieser)\b", re.IGNORECASE)
#: What stands between items that something is said of at once, and what speaks of two named before.
_ROW = LazyPattern(
    r",?\s*(?:(?:and|und|as well as|sowie|nor|noch)\s+|&\s*)?(?:(?:the|der|die|das|den|dem)\s+)?",
    re.IGNORECASE,
)
_BOTH = LazyPattern(r"\s*(?:both|they both|beide)\b", re.IGNORECASE)
#: Between a title and a measure that is all that is said of it there: "The Salt Ledger, 312 pages, ...".
_BESIDE = LazyPattern(r"\s*[,(–—]\s*")
#: So many characters behind a name may take back what was said before it: "breakfast is not included".
_TAKEN_BACK = 28


class FeatureClaims(ClaimReading):
    """Finds wrong features and measures."""

    def _features(self) -> Iterator[Fault]:
        if self.vocabulary.flags:
            yield from self._flags()

    def _flags(self) -> Iterator[Fault]:
        text = self._lowered
        for column, pattern, sense in self.vocabulary.flags:
            for match in pattern.finditer(text):
                if self._belied(column, *match.span(), sense=sense):
                    yield Fault(match.start(), match.end(), None)

    def _belied(self, column: TypedColumn, start: int, end: int, *, sense: bool) -> bool:
        """Whether what is said of a feature from `start` to `end` is not so; where not `sense`, what is
        named is the lack of it."""
        about = self._owner_behind(start, end)
        if about:
            said = [column.said(item.extra.get(column.name, "")) for item in about]
            return said[0] is not None and said[0] is not sense
        about, between = self._claimed_of(start)
        if not about or not self._ends_behind(end):
            return False
        said = [column.said(item.extra.get(column.name, "")) for item in about]
        there = self._polarity(between)
        together = self._together(start, between)
        if together < 0:
            there = False
        if there is None:
            return False
        if not sense:
            there = not there
        if abs(together) > 1:
            return any(one is not None and one is not there for one in said[-abs(together) :])
        return said[-1] is not None and there not in said

    def _together(self, start: int, between: str) -> int:
        """Of how many items named last before a place, in a row, something is said at once; that many less
        than none where it is denied of all of them ("neither ... nor"). 1 where it is not said of several."""
        opened, _ = self._sentence_of(start)
        uses, text = claim_words().features, self._masked
        named = [one for one in self.page.mentions if one.end <= start]
        here = [one for one in named if opened <= one.start]
        if not here:
            return len(self._both(opened, start))
        row = 1
        while row < len(here) and _ROW.fullmatch(text, here[-row - 1].end, here[-row].start):
            row += 1
        denied = not uses["neither"].isdisjoint(WORD.findall(text[opened : here[-row].start].casefold()))
        if denied and row > 1:
            return -row
        plural = not uses["plural"].isdisjoint(WORD.findall(between.casefold()))
        return row if plural and row > 1 else 1

    def _both(self, opened: int, start: int) -> list[Item]:
        """The two items named last before a sentence that begins with "both"."""
        if not _BOTH.match(self._masked, opened, start):
            return []
        ids = [one.item_id for one in self.page.mentions if one.end <= opened]
        items = [self.page.items.get(one) for one in list(dict.fromkeys(reversed(ids)))[:2]]
        return [item for item in items if item is not None] if len(items) == 2 else []

    def _owner_behind(self, start: int, end: int) -> list[Item]:
        """The item named behind a feature that is spoken of as its own: "by the pool at ...", "with its
        breakfast ...". None in a sentence that denies, asks or wishes anything."""
        text = self._masked
        opened, closed = self._sentence_of(start)
        mention = next((one for one in self.page.mentions if end <= one.start < closed), None)
        if mention is None or any(opened <= one.start < start for one in self.page.mentions):
            return []
        lists, before = claim_words(), text[opened:start]
        own = lists.its_own.fullmatch(before) and not re.search(r"[.;:!?]", text[end : mention.start])
        there = lists.enjoyed.search(before) and lists.at_it.fullmatch(text, end, mention.start)
        if not (own or there) or text[opened:closed].rstrip().endswith("?"):
            return []
        words, uses = WORD.findall(text[opened:closed].casefold()), lists.features
        if not (uses["not"] | uses["free"] | uses["extra"]).isdisjoint(words):
            return []
        item = self.page.items.get(mention.item_id)
        return [] if item is None else [item]

    def _claimed_of(self, start: int, *, measure: bool = False) -> tuple[list[Item], str]:
        """The items that something at a place is claimed of, the likeliest last, and what stands between. A
        `measure` may also be said right behind a title ("..., 312 pages") and with verbs of its own."""
        opened, closed = self._sentence_of(start)
        text, mentions = self._masked, self.page.mentions
        if text[opened:closed].rstrip().endswith("?"):
            return [], ""
        before = [one for one in mentions if opened <= one.start and one.end <= start]
        place = before[-1].end if before else opened
        if not before and PRONOUN.match(text, opened, closed):
            before = [one for one in mentions if one.end <= opened][-1:]
        between = text[place:start]
        words = WORD.findall(between.casefold())
        uses = claim_words().features
        led = WORD.findall(text[opened:place].casefold()) if before else []
        said = not uses["has"].isdisjoint(words) or (
            measure
            and (not uses["measures"].isdisjoint(words) or bool(before and _BESIDE.fullmatch(between)))
        )
        if not said or not uses["free"].isdisjoint([*words, *led]):
            return [], ""
        if not before and (both := self._both(opened, start)):
            return both, between
        items = [self.page.items.get(one.item_id) for one in before]
        return [item for item in items if item is not None], between

    def _polarity(self, between: str) -> bool | None:
        """Whether what stands before a feature says that it is there; None where that is not plain."""
        uses = claim_words().features
        if uses["not"].isdisjoint(WORD.findall(between.casefold())):
            return True
        part = _PART.split(between)[-1]
        words = WORD.findall(part.casefold())
        denials = [place for place, word in enumerate(words) if word in uses["not"]]
        if not denials:
            return True if not uses["has"].isdisjoint(words) else None
        behind = " ".join(words[denials[-1] + 1 :])
        return None if _JOINED.search(behind) else False

    def _ends_behind(self, end: int) -> bool:
        """Whether a feature's name is whole where it ends, and nothing behind takes it back."""
        text = self._lowered
        behind = re.split(r"[.;!?\n]|,", text[end : end + _TAKEN_BACK])[0]
        words, uses = WORD.findall(behind), claim_words().features
        said_of_it = WORD.findall(_NEXT.split(behind)[0])
        if text[end : end + 1] == "-" or not uses["extra"].isdisjoint(said_of_it):
            return False
        return not words or words[0] in uses["behind"] or behind.lstrip()[:1] in "(:–—"
