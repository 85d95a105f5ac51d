"""Entity linker: which items a text names, titles over its words, longest match first.

Titles are found by their normal form (:mod:`usbrec.items.linking.surface_forms`), so case, accents and
punctuation do not count, or by one typing error from it (:mod:`usbrec.items.linking.fuzzy`). What then
decides is disambiguation (:mod:`usbrec.items.linking.disambiguation`):

- A year in brackets behind a match must be a year of an item of that title, one year off allowed;
  otherwise the text means something else, and no shorter title inside it is read either.
- A number behind a match that is no part of it ("Toy Story 7") names another part of the series.
- Titles made of ordinary words need to be written as titles: capitals inside a sentence, quotes,
  italics, bold, or the year (:mod:`usbrec.items.linking.ambiguity`).
- A title with a typing error needs its very year in brackets, or to be long and telling.

A title that several items share is read by the year, else as the most popular: what the dialogue is
after never decides.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from pathlib import Path

from usbrec.dialogue import Item, Turn
from usbrec.items.catalogue import Catalogue
from usbrec.items.linking.context import Match
from usbrec.items.linking.disambiguation import judge
from usbrec.items.linking.fuzzy import FuzzyTitles
from usbrec.items.linking.inflection import behind_prefixes, stem_reading
from usbrec.items.linking.longer_titles import Longer, as_head, longer_title
from usbrec.items.linking.neighbours import Named, all_that_is_said, in_slot, listed_alone
from usbrec.items.linking.page import Page, Verdict
from usbrec.items.linking.reading import LinkedText, Mention
from usbrec.items.linking.repeats import SHORTEST, with_repeats, without_repeats
from usbrec.items.linking.slips import runs_to_doubt
from usbrec.items.linking.spelling_out import SpansTaken, in_pieces, is_spelt_out
from usbrec.items.linking.storage import keep, kept
from usbrec.items.linking.surface_forms import SurfaceForms
from usbrec.items.linking.years_said import year_said
from usbrec.items.scripts import has_cyrillic, plain
from usbrec.items.titles import normalise_title, words
from usbrec.method_cache import cached_method

#: So many texts stay read. A turn carries what was read in it; this is for equal texts that are no turns yet
#: (the drafts of a reply), or turns anew (the earlier messages of each request to a service).
_TEXTS = 8_192
#: Repetitions, of at least a word each, around what is left out of a long text, beside those that a title
#: takes: further than what decides about a match lies from it (eight words that end in a year).
_AROUND = 24
#: Words away from a title that one beside it can be: "Heat, and or Up" has two between them.
_BESIDE = (1, 2, 3)


class Linker:
    """Reads texts against a catalogue (any collection of items). Immutable."""

    def __init__(self, catalogue: Iterable[Item]) -> None:
        items = catalogue.items if isinstance(catalogue, Catalogue) else tuple(catalogue)
        self._gathered(SurfaceForms.of(items), FuzzyTitles.of(items))

    @classmethod
    def of_forms(cls, forms: SurfaceForms) -> Linker:
        """The linker of items whose forms are gathered already."""
        linker = cls.__new__(cls)
        linker._gathered(forms, FuzzyTitles.of(forms.items))
        return linker

    def _gathered(self, forms: SurfaceForms, near: FuzzyTitles) -> None:
        self._forms = forms
        self._near = near
        self._read = cached_method(self._reading, maxsize=_TEXTS)

    def save(self, folder: Path) -> None:
        """Write what was gathered from the catalogue into `folder`, from where :meth:`open` maps it."""
        keep(folder, self._forms, self._near)

    @classmethod
    def open(cls, folder: Path, catalogue: Catalogue) -> Linker:
        """The linker that was saved into `folder` for this very catalogue.

        Raises InputError when the folder holds none, a damaged one, or one of another catalogue.
        """
        linker = cls.__new__(cls)
        linker._gathered(*kept(folder, catalogue.items))
        return linker

    def link(self, text: str) -> tuple[Mention, ...]:
        """The items the text names, in order, not overlapping."""
        return self._read(text).mentions

    def read(self, text: str) -> LinkedText:
        """The same with what stands beside the mentions."""
        return self._read(text)

    def read_turn(self, turn: Turn) -> LinkedText:
        """What :meth:`Turn.read_by` carries with a turn."""
        return self._read(turn.text)

    def namesakes(self, item: Item) -> tuple[Item, ...]:
        """The other items of the same title and the same year, or both without one."""
        form = self._forms.find(normalise_title(item.title))
        exact = () if form is None else form.exact
        return tuple(one for one in exact if one.id != item.id and one.year == item.year)

    def spelt_out(self, text: str) -> tuple[tuple[int, int, Item], ...]:
        """Titles whose very words stand in the text though it may name nothing with them, where they do not
        overlap with what it names: the half-open ranges of characters, in order, and the items.

        For what must not be said at all (:mod:`usbrec.items.linking.spelling_out`).
        """
        linked = self._read(text)
        page = Page(plain(text), words(text))
        matches = sorted(self._matches(page), key=_longest_first)
        page.tell_by_others(matches)
        reading = _Reading(page, text)
        named = [(mention.start, mention.end) for mention in linked.mentions]
        taken = SpansTaken([*named, *linked.unknown])
        found = []
        for match in matches:
            start, end = page.span(match)
            if not (reading.free(match) and taken.free(start, end) and page.joined(match)):
                continue
            if not match.form.bare():
                reading.take(match.first, match.last)
            elif is_spelt_out(page, match):
                reading.take(match.first, match.last)
                found += [(start, end, item) for item in match.form.bare()]
        return tuple(sorted(found, key=lambda one: one[:2]))

    def out_of_catalogue(self, text: str) -> tuple[str, ...]:
        """What is written like a title and is not in the catalogue (:class:`LinkedText`)."""
        return self._read(text).out_of_catalogue

    @property
    def ordinary_words(self) -> frozenset[str]:
        """The words that several descriptions of the catalogue use as ordinary ones."""
        return self._forms.ordinary

    def in_titles(self, norms: Sequence[str]) -> list[bool]:
        """Which of these normalised words stand in a title, or in a name, of the catalogue."""
        return [not strange for strange in self._forms.strange(norms)]

    def spelt(self, norms: Sequence[str]) -> Iterator[tuple[int, int, Item]]:
        """Runs of normalised words that are a title, whatever they would have to show to be read as it:
        the first and the last word, and the item."""
        for first, last, form in self._forms.runs(norms):
            if form.exact:
                yield first, last, form.exact[0]

    def _reading(self, text: str) -> LinkedText:
        if len(text) >= SHORTEST:
            short, cuts = without_repeats(text, self._forms.longest + _AROUND)
            if cuts:
                linked = self._linked(short)
                mentions = with_repeats(linked.mentions, cuts, _start_of, Mention.moved)
                unknown = with_repeats(sorted(linked.unknown), cuts, _begin_of, _moved)
                if mentions is not None and unknown is not None:
                    return LinkedText(text, tuple(mentions), unknown)
        return self._linked(text)

    def _linked(self, text: str) -> LinkedText:
        page = Page(plain(text), words(text))
        reading = _Reading(page, text)
        passed_over = []
        matches = sorted(self._matches(page), key=_longest_first)
        page.tell_by_others(matches)
        for match in matches:
            if reading.free(match) and page.joined(match):
                if not match.form.bare():  # a person: no title inside the name is meant
                    reading.take(match.first, match.last)
                elif verdict := judge(page, match):
                    reading.accept(match, verdict)
                else:
                    passed_over.append(match)
        if page.other_letters and passed_over:
            for match in listed_alone(page, passed_over, reading.mentions):
                if reading.free(match):
                    start, end = page.span(match)
                    reading.accept(match, Verdict(start, end, None, match.form.bare()))
        if passed_over:
            for match in all_that_is_said(page, passed_over, reading.mentions):
                if reading.free(match):
                    start, end = page.span(match)
                    reading.accept(match, Verdict(start, end, None, match.form.bare()))
        _read_beside_others(page, reading, passed_over)
        reading.mentions.sort(key=lambda mention: mention.start)
        return LinkedText(text, *_without_longer_titles(page, reading))

    def _matches(self, page: Page) -> Iterator[Match]:
        found = page.words
        seen = set()
        readings = [[word.norm for word in found]]
        if any(word.stem != word.norm for word in found):
            readings.append([word.stem for word in found])
        for reading in readings:
            for first, last, form in self._forms.runs(reading):
                if (first, form.key) not in seen:
                    seen.add((first, form.key))
                    if form.heads and (meant := as_head(page, first, last, form)) is not form:
                        if meant is not None:
                            yield Match(first, last, meant)
                        continue
                    yield Match(first, last, form)
        if not page.text.isascii() and (pieces := in_pieces(page)):
            for first, last, form in self._forms.runs([norm for norm, _, _ in pieces]):
                if (pieces[first][1], form.key) not in seen:
                    yield Match(pieces[first][1], pieces[last][2], form)
        if page.elsewhere:
            yield from self._inflected(page, readings[0])
        strange = self._forms.strange([word.stem for word in found])
        longest, spaced = self._forms.longest, self._forms.longest_spaced
        doubtful = runs_to_doubt(page, strange, longest + 1, spaced + 1 if spaced else 0)
        for first, last, key in self._near.near(readings[0], doubtful):
            title = self._forms.find(key)
            if title is not None and title.bare():
                yield Match(first, last, title, edited=True)

    def _inflected(self, page: Page, norms: Sequence[str]) -> Iterator[Match]:
        """Titles with other endings than in the catalogue, and behind a word that is written together."""
        others = list(behind_prefixes(page.words, page.text, page.language is not None))
        for index, first, last, form in self._forms.runs_behind_prefixes(
            norms, [(place, norm) for place, norm, _ in others]
        ):
            yield Match(first, last, form, skip=others[index][2])
        codes = [page.language.code] if page.language else []
        if has_cyrillic(page.text):
            codes.append("ru")
        for code in codes:
            for first, last, form in self._forms.runs(stem_reading(norms, code)):
                yield Match(first, last, form)


def _read_beside_others(page: Page, reading: _Reading, passed_over: Sequence[Match]) -> None:
    """A title beside others is read as one, which may make the next one a title beside others. All are looked
    at once, and again only those that a title has been found beside: in the same round if their turn has not
    been yet, else in the next."""
    named = Named((mention.start, mention.end) for mention in reading.mentions)
    beginning: dict[int, list[int]] = {}
    ending: dict[int, list[int]] = {}
    for index, match in enumerate(passed_over):
        beginning.setdefault(match.first, []).append(index)
        ending.setdefault(match.last, []).append(index)
    waiting = [(0, index) for index in range(len(passed_over))]
    known = set(waiting)
    while waiting:
        turn, index = heappop(waiting)
        match = passed_over[index]
        if not (reading.free(match) and (verdict := in_slot(page, match, named))):
            continue
        reading.accept(match, verdict)
        named.add(verdict.start, verdict.end)
        beside = [beginning.get(match.last + step, ()) for step in _BESIDE]
        beside += [ending.get(match.first - step, ()) for step in _BESIDE]
        for other in itertools.chain.from_iterable(beside):
            again = (turn if other > index else turn + 1, other)
            if again not in known:
                known.add(again)
                heappush(waiting, again)


class _Reading:
    """What a text was read as so far: the mentions, what is unknown, and the words that are taken."""

    def __init__(self, page: Page, text: str) -> None:
        self._page = page
        self._words = page.words
        self._text = text
        self._taken = [False] * len(page.words)
        self.mentions: list[Mention] = []
        self.unknown: list[tuple[int, int]] = []
        #: Where mentions begin whose items have a year, as works do and goods seldom.
        self.dated: set[int] = set()

    def free(self, match: Match) -> bool:
        return not any(self._taken[match.first : match.last + 1])

    def take(self, first: int, last: int) -> None:
        self._taken[first : last + 1] = [True] * (last + 1 - first)

    def accept(self, match: Match, verdict: Verdict) -> None:
        """Take the words of a match and of the year behind it, unless that is taken."""
        last = match.last
        while last + 1 < len(self._words) and self._words[last + 1].start < verdict.end:
            last += 1
        if any(self._taken[match.last + 1 : last + 1]):
            return
        self.take(match.first, last)
        if not verdict.items:
            self.unknown.append((verdict.start, verdict.end))
            return
        items = verdict.items
        if len(items) > 1 and verdict.year is None and self._page.digits:
            said = year_said(self._page.text, verdict.start, verdict.end) or "-"
            items = tuple(item for item in items if str(item.year).endswith(said)) or items
        if any(item.year is not None for item in items):
            self.dated.add(verdict.start)
        self.mentions.append(
            Mention(
                verdict.start,
                verdict.end,
                self._text[verdict.start : verdict.end],
                items[0].title,
                verdict.year,
                tuple(item.id for item in items),
                items[0].id,
            )
        )


def _start_of(mention: Mention) -> int:
    return mention.start


def _begin_of(span: tuple[int, int]) -> int:
    return span[0]


def _moved(span: tuple[int, int], by: int) -> tuple[int, int]:
    return span[0] + by, span[1] + by


def _longest_first(match: Match) -> tuple[int, bool, int, int]:
    """An article makes a title no longer: "the Star Wars films" have "Star Wars" in them, not "The Star"."""
    length = match.last + 1 - match.first
    article = match.form.key.startswith(("the ", "a ", "an "))
    return (article - length, match.edited, -length, match.first)


def _without_longer_titles(
    page: Page, reading: _Reading
) -> tuple[tuple[Mention, ...], list[tuple[int, int]]]:
    """Give up mentions that are part of a longer title that no mention accounts for."""
    mentions, unknown = reading.mentions, reading.unknown
    starts = [mention.start for mention in mentions]
    kept: list[Mention] = []
    until = 0
    for index, mention in enumerate(mentions):
        year = page.longer_title(mention.end) if mention.year is None else None
        longer = None
        # In order and not overlapping: of those that begin before a year ends, the last one ends last.
        if year and mentions[bisect_left(starts, year[1]) - 1].end <= year[0]:
            longer = Longer(mention.start, year[1], counted=True)
        elif mention.year is None:
            longer = longer_title(
                page,
                mention.start,
                mention.end,
                starts[index + 1 : index + 2],
                dated=mention.start in reading.dated,
            )
        if longer:
            if kept and kept[-1].end > longer.start and kept[-1].year is None:
                kept.pop()
            until = longer.end
            if longer.counted:
                unknown.append((longer.start, longer.end))
        elif mention.start >= until or mention.year is not None:
            kept.append(mention)
    return tuple(kept), unknown
