"""Which items a text names: exact titles over the words of the text, longest match first.

Titles are found with an Aho-Corasick automaton over normalised words, so case, accents and punctuation
do not count. What then decides is evidence (:mod:`usbrec.items.evidence`):

- A year in brackets behind a match must be a year of an item of that title, one year off allowed;
  otherwise the text means something else, and no shorter title inside it is read either.
- A number behind a match that is no part of it ("Toy Story 7") names another part of the series.
- Titles made of ordinary words need to be written as titles: capitals inside a sentence, quotes,
  italics, bold, or the year (:mod:`usbrec.items.caution`).

A title that several items share is read by the year, else as the most popular: what the dialogue is
after never decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from usbrec.dialogue import Item
from usbrec.items.evidence import Match, Page
from usbrec.items.patterns import patterns
from usbrec.items.titles import Word, words
from usbrec.items.unknown import titles_written


@dataclass(frozen=True, slots=True)
class Mention:
    """An item named in a text.

    `text[start:end]` is `text`, a written year and its brackets included. `title` is the catalogue's,
    `year` what was written (None: nothing). `candidates` are the ids it could be, most popular first;
    `item_id` is the one it is read as.
    """

    start: int
    end: int
    text: str
    title: str
    year: int | None
    candidates: tuple[str, ...]
    item_id: str


class Linker:
    """Reads texts against a catalogue (any collection of items). Immutable."""

    def __init__(self, catalogue: Iterable[Item]) -> None:
        self._patterns = ahocorasick.Automaton()
        for pattern in patterns(catalogue):
            self._patterns.add_word(f" {pattern.key} ", pattern)
        if len(self._patterns):
            self._patterns.make_automaton()

    def link(self, text: str) -> tuple[Mention, ...]:
        """The items the text names, in order, not overlapping."""
        return self._read(text)[0]

    def unknown_titles(self, text: str) -> tuple[str, ...]:
        """What is written like a title and is not in the catalogue, in order, each once.

        "Some Title (1999)", known titles with another year or number, and capitalised phrases in
        quotes, italics or bold. Careful rather than complete.
        """
        mentions, unknown = self._read(text)
        return titles_written(text, [(mention.start, mention.end) for mention in mentions], unknown)

    def _read(self, text: str) -> tuple[tuple[Mention, ...], list[tuple[int, int]]]:
        """The mentions, and the spans where a known title stands for something unknown."""
        found = words(text)
        page = Page(text, found)
        taken = [False] * len(found)
        mentions: list[Mention] = []
        unknown: list[tuple[int, int]] = []
        for match in sorted(self._matches(found), key=_longest_first):
            if any(taken[match.first : match.last + 1]) or not page.joined(match):
                continue
            if not match.pattern.bare():  # a person: no title inside the name is meant
                taken[match.first : match.last + 1] = [True] * match.pattern.length
                continue
            verdict = page.judge(match)
            if verdict is None:
                continue
            last = match.last
            while last + 1 < len(found) and found[last + 1].start < verdict.end:
                last += 1
            if any(taken[match.last + 1 : last + 1]):
                continue
            taken[match.first : last + 1] = [True] * (last + 1 - match.first)
            if not verdict.items:
                unknown.append((verdict.start, verdict.end))
                continue
            mentions.append(
                Mention(
                    verdict.start,
                    verdict.end,
                    text[verdict.start : verdict.end],
                    verdict.items[0].title,
                    verdict.year,
                    tuple(item.id for item in verdict.items),
                    verdict.items[0].id,
                )
            )
        mentions.sort(key=lambda mention: mention.start)
        return _without_longer_titles(page, mentions, unknown)

    def _matches(self, found: Sequence[Word]) -> Iterator[Match]:
        if not found or not len(self._patterns):
            return
        seen = set()
        spellings = [[word.norm for word in found]]
        if any(word.stem != word.norm for word in found):
            spellings.append([word.stem for word in found])
        for spelling in spellings:
            at: dict[int, int] = {}
            position = 0
            for index, norm in enumerate(spelling):
                position += len(norm) + 1
                at[position] = index
            for position, pattern in self._patterns.iter(f" {' '.join(spelling)} "):
                last = at[position]
                match = Match(last - pattern.length + 1, last, pattern)
                if (match.first, pattern.key) not in seen:
                    seen.add((match.first, pattern.key))
                    yield match


def _longest_first(match: Match) -> tuple[int, int, int]:
    """An article makes a title no longer: "the Star Wars films" have "Star Wars" in them, not "The Star"."""
    length = match.pattern.length
    return (match.pattern.key.startswith(("the ", "a ", "an ")) - length, -length, match.first)


def _without_longer_titles(
    page: Page, mentions: list[Mention], unknown: list[tuple[int, int]]
) -> tuple[tuple[Mention, ...], list[tuple[int, int]]]:
    """Give up mentions that are the beginning of a longer title with a year no mention accounts for."""
    kept = []
    for mention in mentions:
        year = page.longer_title(mention.end) if mention.year is None else None
        if year and not any(other.start < year[1] and year[0] < other.end for other in mentions):
            unknown.append((mention.start, year[1]))
        else:
            kept.append(mention)
    return tuple(kept), unknown
