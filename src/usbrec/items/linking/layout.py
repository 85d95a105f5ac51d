"""Layout of a text that is read for titles: words, sentences, lines, capitals, brackets, title marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from usbrec.items.linking.ambiguity import is_talk_of_works
from usbrec.items.scripts import UNSPACED
from usbrec.items.titles import Word
from usbrec.patterns import LazyPattern

QUOTES = frozenset("\"“”„«»'‘’`‚‹›「」『』《》〈〉【】﹁﹂﹃﹄")
EMPHASIS = frozenset("*_")
# "Batman Ninja (2018)" and "Batman: The Next Knight (2031)" are not "Batman". A full stop ends a title,
# unless it is that of a short form: "Heat. Blorp (2031)" names Heat.
_LONGER_TITLE = LazyPattern(
    r"""(?: \s?[:–-] )?
        (?: [ ] (?: [A-Z0-9](?:[\w'’.-]*[\w'’-])? | (?:[A-Z]\.)+ | (?:Mr|Mrs|Ms|Dr|St|Vol|Pt|Jr|Sr)\.
                  | of | the | in | to | a | an | from | for | on ) ){1,8}
        (?P<year> \s* \( [12][0-9]{3} \) )""",
    re.VERBOSE,
)
_TITLE_MARKS = LazyPattern(
    r"《(?P<a>[^《》\n]{1,120})》|〈(?P<b>[^〈〉\n]{1,120})〉|『(?P<c>[^『』\n]{1,120})』"
    rf"|[<＜](?P<d>[{UNSPACED}][^<>＜＞/=\n]{{0,120}})[>＞]"  # as Korean is typed
)
_NOTHING = LazyPattern(r"(?:^|[/|])\W*\Z")
_NOTHING_OR_YEAR = LazyPattern(r"\W*(?:[12]\d{3}[年년]?\W*)?(?:$|[/|])")
_SENTENCE_END = LazyPattern(r"[.!?…:\n\"“()\[\]]")
_DIGIT = LazyPattern("[0-9]")
_FULL_STOP = LazyPattern(r"[.!?…\n]")


@dataclass(frozen=True)
class Layout:
    """A text with its words. What a match asks of the whole text is read once for all of them: a message may
    hold the same title ten thousand times."""

    text: str
    words: Sequence[Word]

    @cached_property
    def other_letters(self) -> bool:
        """Whether a word has letters of other scripts than Latin, with accents or without."""
        return not (self.text.isascii() or all(word.norm.isascii() for word in self.words))

    @cached_property
    def lines(self) -> Sequence[int]:
        """Where the lines begin."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def sentence_ends(self) -> Sequence[int]:
        """For each word the index behind the last word of its sentence."""
        ends, end = [len(self.words)] * len(self.words), len(self.words)
        for index in range(len(self.words) - 2, -1, -1):
            if _FULL_STOP.search(self.text, self.words[index].end, self.words[index + 1].start):
                end = index + 1
            ends[index] = end
        return ends

    @cached_property
    def sentence_starts(self) -> Sequence[int]:
        """For each word the index of the first word of its sentence."""
        starts, begin = [], 0
        for index in range(len(self.words)):
            if self.opens_sentence(index):
                begin = index
            starts.append(begin)
        return starts

    @cached_property
    def talks(self) -> Sequence[int]:
        """How many of the words before each go with films and books; the last one is of all words."""
        return _running(is_talk_of_works(word.norm) for word in self.words)

    @cached_property
    def small(self) -> Sequence[int]:
        """How many of the words before each are in small letters; the last one is of all words."""
        return _running(raw.islower() for raw in map(self.raw, range(len(self.words))))

    @cached_property
    def ordinary(self) -> Sequence[int]:
        """The same of words that are no capitalised ones: "word" and "WORD"."""
        raws = map(self.raw, range(len(self.words)))
        return _running(raw[0].islower() or (len(raw) > 1 and raw.isupper()) for raw in raws)

    @cached_property
    def first_capital(self) -> int:
        """Where the first capital stands; behind the text where none does."""
        if self.text == self.text.lower():
            return len(self.text)
        return next(index for index, character in enumerate(self.text) if character != character.lower())

    @cached_property
    def brackets(self) -> bool:
        """Whether a bracket stands in the text: without one, no year does in brackets."""
        return "(" in self.text or "[" in self.text

    @cached_property
    def fields(self) -> bool:
        """Whether what stands behind the name of a field does in the text."""
        return ":" in self.text or "=" in self.text

    @cached_property
    def digits(self) -> bool:
        """Whether a digit stands in the text."""
        return _DIGIT.search(self.text) is not None

    def longer_title(self, end: int) -> tuple[int, int] | None:
        """Where a title that goes on behind `end` ends in a year: the span of the year, or None."""
        if not self.brackets:
            return None
        match = _LONGER_TITLE.match(self.text, end)
        return match.span("year") if match else None

    @cached_property
    def marked(self) -> Sequence[tuple[int, int]]:
        """The spans of what stands in marks that only titles have, in order."""
        if self.text.isascii() or not any(mark in self.text for mark in "《〈『<＜"):
            return []
        return [match.span(match.lastgroup or 0) for match in _TITLE_MARKS.finditer(self.text)]

    def in_marks(self, start: int, end: int) -> bool | None:
        """Whether a match that stands in the marks of a title is all that stands there, but for its year;
        None where it stands in none."""
        place = bisect_right(self.marked, (start, len(self.text))) - 1
        if place < 0 or not self.marked[place][1] >= end:
            return None
        begin, close = self.marked[place]
        before, after = self.text[begin:start], self.text[end:close]
        return bool(_NOTHING.search(before) and _NOTHING_OR_YEAR.match(after))

    def opening(self, start: int) -> int:
        while start > 0 and self.text[start - 1] in QUOTES | EMPHASIS:
            start -= 1
        return start

    def raw(self, index: int) -> str:
        word = self.words[index]
        return self.text[word.start : word.end]

    def opens_sentence(self, index: int) -> bool:
        before = self.text[self.words[index - 1].end : self.words[index].start] if index else "\n"
        return bool(_SENTENCE_END.search(before))


def _running(flags: Iterable[bool]) -> Sequence[int]:
    return list(accumulate(flags, initial=0))
