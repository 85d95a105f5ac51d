"""What surrounds a match: its year, quotes and capitals, the words before and after.

Evidence decides whether a text that contains the words of a title names the item (see linking).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Item
from usbrec.items.caution import (
    ARTICLES,
    INTRODUCING,
    KINDS,
    SAID_OF,
    Caution,
    can_be_subject,
    is_kind,
    is_lead_in,
    is_small,
)
from usbrec.items.patterns import Pattern
from usbrec.items.titles import Word


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern over the words first..last of a text (inclusive)."""

    first: int
    last: int
    pattern: Pattern


_QUOTES = frozenset("\"“”„«»'‘’`")
_EMPHASIS = frozenset("*_")
_YEAR_AFTER = re.compile(
    r"""[.!?]?(?P<close>["”“’'»`*_]*)[ \t,]*["”“’'»`*_]*
        [(\[] \s* (?:(?:the|film|movie|from|released|released\ in)[\s,:]+)*
        (?P<year>[12][0-9]{3}) (?: \s*[-–—]\s*(?:[0-9]{2,4}|present)? )?
        (?:[\s,]*(?:film|movie|version|original|remake|tv|mini-?series|series|novel|book))*
        \s* [)\]]""",
    re.VERBOSE | re.IGNORECASE,
)
_BARE_YEAR = re.compile(r"[ \t]*,?[ \t]*(?P<year>[12][0-9]{3})(?![0-9]|\s*[-–—]\s*[0-9])")
_NUMBER_AFTER = re.compile(
    r"(?:[ \t]+(?:part|vol\.?|volume|chapter|episode))?[ \t]+([2-9]|[1-9][0-9]|[ivx]{2,4}|V)\b", re.IGNORECASE
)
_NO_NUMBER = re.compile(
    r"[ \t]*(?:times|x\b|hours?|minutes?|years?|stars?|days?|out of|%|/|or\b|of\b|[.,][0-9])", re.IGNORECASE
)
# "Batman Ninja (2018)" and "Batman: The Next Knight (2031)" are not "Batman".
_LONGER_TITLE = re.compile(
    r"""(?: \s?[:–-] )? (?: [ ] (?: [A-Z0-9][\w'’.-]* | of | the | in | to | a | an | from | for | on ) ){1,8}
        (?P<year> \s* \( [12][0-9]{3} \) )""",
    re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?…:\n\"“()\[\]]")
_JOINING = frozenset(" \t-‐‑‒–—−:&'’‘ʼ`´·")
_BULLET = re.compile(r"[ \t]*(?:[0-9]{1,2}[.)]|[-*•])[ \t]+")
_ENTRY_END = re.compile(r"[ \t]*(?:$|\n|[-–—:(]|[.,!](?:\n|$))")
_ASKING = (["how", "about"], ["what", "about"])
_JOINS = frozenset({"and", "but", "or", "too"})
_AFTER_TITLES = frozenset({"a", "and", "but", "i", "is", "it", "its", "or", "was", "with", "yet"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a match is: `items` it may name, most popular first; none, if it names something unknown."""

    start: int
    end: int
    year: int | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A text with its words."""

    text: str
    words: Sequence[Word]

    def judge(self, match: Match) -> Verdict | None:
        """What the match names, or None where its words are just words."""
        text, pattern, last = self.text, match.pattern, self.words[match.last]
        start, end = self.words[match.first].start, last.end
        if last.stem != last.norm and not pattern.key.endswith(last.norm):
            end -= 2  # a possessive "'s" behind the title
        marks = self._marks_around(start, end)
        after = _YEAR_AFTER.match(text, end)
        if after:
            year = int(after["year"])
            if after["close"] and marks:
                start = self._opening(start)
            return Verdict(start, after.end(), year, pattern.of_year(year))
        if bare := _BARE_YEAR.match(text, end):
            year = int(bare["year"])
            fits = tuple(item for item in (*pattern.exact, *pattern.variants) if item.year == year)
            if fits:
                return Verdict(start, bare.end(), year, fits)
        number = _NUMBER_AFTER.match(text, end)
        if number and not marks and not _NO_NUMBER.match(text, number.end()):
            known = pattern.caution is Caution.PLAIN
            return Verdict(start, number.end(), None, ()) if known else None
        trusted = marks <= _QUOTES if pattern.caution is Caution.MARKED else True
        if (marks and trusted) or self._evident(match):
            return Verdict(start, end, None, pattern.bare())
        return None

    def longer_title(self, end: int) -> tuple[int, int] | None:
        """Where a title that goes on behind `end` ends in a year: the span of the year, or None."""
        match = _LONGER_TITLE.match(self.text, end)
        return match.span("year") if match else None

    def joined(self, match: Match) -> bool:
        """Whether only blanks, hyphens and the title's own punctuation stand between the words."""
        for index in range(match.first, match.last):
            gap = self.text[self.words[index].end : self.words[index + 1].start]
            if gap != " " and any(mark not in _JOINING and mark not in match.pattern.marks for mark in gap):
                return False
        return True

    def _opening(self, start: int) -> int:
        while start > 0 and self.text[start - 1] in _QUOTES | _EMPHASIS:
            start -= 1
        return start

    def _marks_around(self, start: int, end: int) -> frozenset[str]:
        """The marks of quotation or emphasis directly around; closing punctuation may stand before them."""
        before, after = self.text[max(0, start - 1) : start], self.text[end : end + 1]
        if after in {",", ".", "!", "?"}:
            after = self.text[end + 1 : end + 2]
        for kind in (_QUOTES, _EMPHASIS):
            if before in kind and after in kind:
                return frozenset({before, after})
        return frozenset()

    def _evident(self, match: Match) -> bool:
        caution = match.pattern.caution
        first, last = match.first, match.last
        run = [self._raw(index) for index in range(first, last + 1)]
        if caution is Caution.PLAIN:
            return first != last or not self._part_of_a_name(match)
        if caution is Caution.CAPITALS and match.pattern.telling and self._asked_about(match):
            return True
        if self._entry(match):
            return _capital(run[0]) and not is_kind(self.words[last].norm)
        if not self._contrast(match):
            return False
        if len(run) == 1:
            if not _like_a_title(run[0]) or self._part_of_a_name(match):
                return False
            if caution is Caution.MARKED:
                return self._introduced(first) and not is_kind(self.words[first].norm)
            if not can_be_subject(self.words[first].norm):
                # In hasty writing a sentence begins without a full stop: "a good movie It is about".
                return self._introduced(first) or (
                    not self._opens_sentence(first) and self._ends(match, _JOINS)
                )
            return not self._opens_sentence(first) or self._subject(first)
        if caution is Caution.MARKED and not self._introduced(first):
            return False
        telling = [raw for raw in run[1:] if not is_small(raw.casefold())]
        if not telling and self._opens_sentence(first):
            telling = run[1:]
        # People write "the Hangover" inside a sentence for "The Hangover".
        if run[0] in ARTICLES and telling and not self._opens_sentence(first):
            return all(_capital(raw) for raw in telling) and not self._part_of_a_name(match)
        return all(_capital(raw) for raw in (run[0], *telling))

    def _raw(self, index: int) -> str:
        word = self.words[index]
        return self.text[word.start : word.end]

    def _opens_sentence(self, index: int) -> bool:
        before = self.text[self.words[index - 1].end : self.words[index].start] if index else "\n"
        return bool(_SENTENCE_END.search(before))

    def _part_of_a_name(self, match: Match) -> bool:
        """Whether a capitalised word stands directly beside a single word: "Jack Black", "Lego Batman"."""
        return self._capital_beside(match.first - 1, match.first, match.first - 1) or self._capital_beside(
            match.last, match.last + 1, match.last + 1
        )

    def _capital_beside(self, left: int, right: int, neighbour: int) -> bool:
        if left < 0 or right >= len(self.words):
            return False
        if self.text[self.words[left].end : self.words[right].start] not in {" ", "-"}:
            return False
        if not self._raw(neighbour)[0].isupper():
            return False
        norm = self.words[neighbour].norm
        return not is_lead_in(norm) and norm not in SAID_OF

    def _contrast(self, match: Match) -> bool:
        """Whether the words around are written otherwise, so that the capitals of the match say something."""
        inside = self.text[self.words[match.first].start : self.words[match.last].end]
        if inside.isdigit() or len(self.words) - match.pattern.length < 3:
            return True
        shouted = inside.isupper() and len(inside) > 1
        around = (*range(match.first), *range(match.last + 1, len(self.words)))
        for raw in map(self._raw, around):
            if raw.islower() if shouted else raw[0].islower() or (len(raw) > 1 and raw.isupper()):
                return True
        return False

    def _subject(self, index: int) -> bool:
        """Whether a single word opens a sentence about itself: "Seven is great", "Elf with Will Ferrell"."""
        if not can_be_subject(self.words[index].norm) or index + 1 == len(self.words):
            return False
        gap = self.text[self.words[index].end : self.words[index + 1].start]
        return not gap.strip() and self.words[index + 1].norm in SAID_OF

    def _entry(self, match: Match) -> bool:
        """Whether the match is what an entry of a list opens with: "2. Up", "- Heat: a thriller"."""
        start, end = self.words[match.first].start, self.words[match.last].end
        line = self.text.rfind("\n", 0, start) + 1
        return bool(_BULLET.fullmatch(self.text, line, start) and _ENTRY_END.match(self.text, end))

    def _introduced(self, index: int) -> bool:
        """Whether the words before introduce a title: "have you seen Friday", "something like Halloween"."""
        if index == 0 or self._opens_sentence(index):
            return False
        before = self.words[index - 1].norm
        earlier = self.words[index - 2].norm if index > 1 else ""
        return before in INTRODUCING or (before == "like" and earlier in KINDS)

    def _asked_about(self, match: Match) -> bool:
        """Whether a title is introduced, or asked about, and ends there."""
        before = [self.words[index].norm for index in range(max(0, match.first - 2), match.first)]
        return (self._introduced(match.first) or before in _ASKING) and self._ends(match, _AFTER_TITLES)

    def _ends(self, match: Match, joins: frozenset[str]) -> bool:
        """Whether nothing follows that the last word could belong to: a mark, or one of `joins`."""
        if self.words[match.last].stem != self.words[match.last].norm:
            return False
        if match.last + 1 == len(self.words):
            return True
        gap = self.text[self.words[match.last].end : self.words[match.last + 1].start]
        return bool(gap.strip(" \t-'’")) or self.words[match.last + 1].norm in joins


def _like_a_title(raw: str) -> bool:
    """A single word written as titles are: "Taken", "300", "S.W.A.T"."""
    if raw[0].isdigit():
        return len(raw) > 2
    return raw[0].isupper() and (raw[1:] == raw[1:].lower() or "." in raw)


def _capital(raw: str) -> bool:
    return not raw[:1].islower()
