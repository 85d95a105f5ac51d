"""Titles beside titles, and by their place in a sentence: ordinary words where capitals don't tell (see
lowercase), and what a text of another language than English joins with a title."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence

from usbrec.items.linking.ambiguity import Ambiguity, answers, is_always_capital, is_first_name
from usbrec.items.linking.cased import ambiguity_in
from usbrec.items.linking.caseless import Surroundings
from usbrec.items.linking.context import CLAUSE_END, Match
from usbrec.items.linking.languages import Language, caseless, russian
from usbrec.items.linking.lowercase import Side, Slot, fills, is_said_of, side_after, side_before
from usbrec.items.linking.page import Page, Verdict
from usbrec.items.linking.people import has_its_ending, introduced_as_a_person, is_among_people
from usbrec.items.linking.reading import Mention
from usbrec.items.linking.small_elsewhere import is_without_capitals, opens_a_list
from usbrec.items.linking.surface_form import Writing
from usbrec.items.scripts import folded, has_cyrillic
from usbrec.items.titles import Word
from usbrec.patterns import LazyPattern

_LIST_GAP_ELSEWHERE = LazyPattern(
    r"[\"“”„«»‘’'*_]*\s*(?:[,/&]|\b(?:und|oder|sowie|y|e|o|u|et|ou|и|или|а также)\b)?\s*"
    r"(?:\b(?:und|oder|y|o|et|ou|и|или)\b)?\s*[\"“”„«»‘’'*_]*"
)
#: Between titles that are all that is said.
_JOINERS = frozenset({"and", "or", "vs", "versus", "und", "oder", "y", "o", "et", "ou", "и", "или"})
_LISTED = LazyPattern(
    r"[\"”’'*_]{0,3}[ \t]*(?:[,/+&]|(?:,[ \t]*)?(?:and|or|vs|versus|und|oder|y|o|et|ou|и|или)\b)"
    r"[ \t]*[\"“‘'*_]{0,3}",
    re.IGNORECASE,
)
#: So many characters join two titles at most.
_LONGEST_JOIN = 15
_LIST_GAP = LazyPattern(r"\s*(?:[,/&]|\b(?:and|or)\b)?(?:\s*\b(?:and|or)\b)?\s*")


class Named:
    """The spans of the titles found so far; they do not overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = [end for _, end in ordered]

    def add(self, start: int, end: int) -> None:
        insort(self._starts, start)
        insort(self._ends, end)

    def last_before(self, place: int) -> int | None:
        """Where the last one ends that ends until there."""
        index = bisect_right(self._ends, place)
        return self._ends[index - 1] if index else None

    def first_after(self, place: int) -> int | None:
        """Where the first one begins that begins from there."""
        index = bisect_left(self._starts, place)
        return self._starts[index] if index < len(self._starts) else None


def in_slot(page: Page, match: Match, named: Named) -> Verdict | None:
    """What a match names that is passed over as ordinary words, by its place in a text without capitals.

    What comes behind the sentence never counts, so
    words that are added to a text do not change how its beginning is read.
    """
    first, last = page.words[match.first], page.words[match.last]
    if match.edited or not match.form.exact or introduced_as_a_person(page, match):
        return None
    if is_among_people(page, match):
        return None
    if page.elsewhere and (page.language or match.form.writing is not Writing.LATIN):
        return _beside(page, match, named)
    capitals = page.first_capital < last.end
    small = match.form.ambiguity is Ambiguity.PLAIN and page.raw(match.first).islower()
    if capitals and not small and not page.capitalised(match):
        return None
    before, after, subject = Side.EDGE, Side.EDGE, False
    if not page.opens_sentence(match.first):
        earlier = page.words[match.first - 2].norm if match.first > 1 else ""
        before = side_before(page.words[match.first - 1].norm, earlier)
        if CLAUSE_END.search(page.text[page.words[match.first - 1].end : first.start]):
            before = Side.EDGE
    if match.last + 1 < len(page.words):
        following = page.words[match.last + 1]
        if not CLAUSE_END.search(page.text[last.end : following.start]):
            after, subject = side_after(following.norm), is_said_of(following.norm)
    # Only the nearest ones can be beside it: between them and the match no word of another fits.
    end, start = named.last_before(first.start), named.first_after(last.end)
    if end is not None and _LIST_GAP.fullmatch(page.text, end, first.start):
        before = Side.NAMED
    if start is not None and _LIST_GAP.fullmatch(page.text, last.end, start):
        after = Side.NAMED
    if capitals and before is Side.EDGE and after is not Side.NAMED:
        return None
    if small and Side.NAMED not in (before, after):
        return None
    if has_its_ending(page, match):
        return Verdict(first.start, last.end - 2, None, match.form.bare())
    fits = fills(match.form.key.split(" "), Slot(before, after, subject))
    return Verdict(first.start, last.end, None, match.form.bare()) if fits else None


def all_that_is_said(page: Page, matches: Sequence[Match], taken: Sequence[Mention]) -> Sequence[Match]:
    """Those of the matches, passed over one by one, that are, with others, all that a sentence says: "Dune &
    Emma".

    `taken` are the titles that are named. Names of people beside each other are people.
    """
    beginning: dict[int, Match] = {}
    for match in matches:
        if _may_be_listed(page, match):
            beginning.setdefault(match.first, match)
    if not beginning:
        return ()
    ends = {mention.start: mention.end for mention in taken}
    found: list[Match] = []
    for match in list(beginning.values()):
        if page.opens_alone(match.first) or _is_liked(page, match):
            found += _listed_from(page, match.first, beginning, ends)
    if not found:
        for mention in taken:
            place = bisect_left(page.words, mention.start, key=_start_of)
            if place < len(page.words) and page.opens_alone(place):
                found += _listed_from(page, place, beginning, ends)
    return found


def _listed_from(
    page: Page, index: int, beginning: Mapping[int, Match], ends: Mapping[int, int]
) -> Sequence[Match]:
    """The matches among the titles that stand one beside the other from a word to the end of its sentence;
    none where something else stands there."""
    found, titles, people = [], 0, 0
    close = page.sentence_ends[index]
    while index < close:
        start = page.words[index].start
        if start in ends:
            end = ends[start]
            index = bisect_left(page.words, end, key=_start_of)
        elif index in beginning:
            match = beginning[index]
            found.append(match)
            people += match.first == match.last and is_first_name(match.form.key)
            end, index = page.words[match.last].end, match.last + 1
        else:
            return []
        titles += 1
        if index < close and page.words[index].norm in _JOINERS:
            index += 1
        if index < close and not _LISTED.fullmatch(page.text, end, page.words[index].start):
            return []
    return found if titles > 1 and people < titles else []


def _is_liked(page: Page, match: Match) -> bool:
    """Whether a match in small letters, in a language other than English, is the first of what is liked."""
    language = language_beside(page, match)
    return bool(language and is_without_capitals(page) and opens_a_list(language, page, match.first))


def _may_be_listed(page: Page, match: Match) -> bool:
    if match.edited or not match.form.exact or match.form.writing is Writing.CASELESS:
        return False
    if is_without_capitals(page) and language_beside(page, match) and not match.skip:
        return _level(page, match) is Ambiguity.PLAIN
    if match.form.writing is not Writing.LATIN:
        return False
    if match.skip or page.text[page.words[match.first].start].islower() or not page.capitalised(match):
        return False
    said = match.form.key
    if said in answers() or said.replace(" ", "").isdigit():
        return False
    return match.first < match.last or is_first_name(said) or not is_always_capital(said)


def language_beside(page: Page, match: Match) -> Language | None:
    """The language with capitals, other than English, that a match stands in."""
    if match.form.writing is Writing.CYRILLIC or (page.language is None and has_cyrillic(page.text)):
        return russian()
    return page.language


def _level(page: Page, match: Match) -> Ambiguity:
    """How much a match must show, in its language with capitals."""
    language = language_beside(page, match)
    return max(page.level(match), ambiguity_in(language, match.form.words)) if language else page.level(match)


def _start_of(word: Word) -> int:
    return word.start


def listed_alone(page: Page, matches: Sequence[Match], taken: Sequence[Mention]) -> Sequence[Match]:
    """Those of the matches without capitals, passed over one by one, that are joined with others (`taken`
    are named) to all that a clause names: "我喜欢三体、活着和让子弹飞", "부산행, 괴물, 마더"."""
    beginning: dict[int, tuple[int, Match | None]] = {}
    for match in matches:
        if match.form.writing is Writing.CASELESS and match.form.exact and not match.edited:
            start, end = page.span(match)
            if Surroundings(page.text, start, end).whole():
                beginning.setdefault(start, (end, match))
    if not beginning:
        return ()
    beginning |= {mention.start: (mention.end, None) for mention in taken}
    starts = sorted(beginning)
    found: list[Match] = []
    done = -1
    for start in starts:
        if start < done:
            continue
        chain = [(start, *beginning[start])]
        while (following := _joined_to(page, chain[-1], starts)) is not None:
            chain.append((following, *beginning[following]))
        if len(chain) > 1 and _is_all_named(page, chain):
            found += [match for _, _, match in chain if match]
            done = chain[-1][1]
    return found


def _joined_to(page: Page, last: tuple[int, int, Match | None], starts: Sequence[int]) -> int | None:
    """Where the title begins that is joined with one that ends a chain."""
    around = Surroundings(page.text, last[0], last[1])
    for place in range(bisect_left(starts, last[1]), len(starts)):
        gap = page.text[last[1] : starts[place]]
        if len(gap) > _LONGEST_JOIN:
            return None
        if around.beside(gap.strip("》」』〉”’*_《「『〈“‘")):
            return starts[place]
    return None


def _is_all_named(page: Page, chain: Sequence[tuple[int, int, Match | None]]) -> bool:
    first, last = Surroundings(page.text, *chain[0][:2]), Surroundings(page.text, *chain[-1][:2])
    everyday = sum(match is not None and page.level(match) is Ambiguity.MARKED for _, _, match in chain)
    compared = last.compared or any(
        folded(page.text[end:start])[0].replace(" ", "") in caseless().comparing
        for (_, end, _), (start, _, _) in itertools.pairwise(chain)
    )
    if 2 * everyday > len(chain) - (not compared):
        return False
    # "Great, goodbye": two that only a comma joins need more than to be all that is said.
    bare = len(chain) == 2 and not any(map(str.isalpha, page.text[chain[0][1] : chain[1][0]]))
    if bare and not (first.is_spoken_of() or last.is_spoken_of()):
        return False
    return first.pair_begins() and last.pair_ends()


def _beside(page: Page, match: Match, named: Named) -> Verdict | None:
    """What a match names beside another title, in a text of another language than English."""
    start, end = page.words[match.first].start + match.skip, page.words[match.last].end
    if page.marked and page.in_marks(start, end) is False:
        return None
    before, behind = named.last_before(start), named.first_after(end)
    if match.form.writing is Writing.CASELESS:
        around = Surroundings(page.text, start, end)
        if not around.whole():
            return None
        joined = before is not None and around.beside(page.text[before:start].strip("》」』〉”’*_《「『〈“‘"))
        joining = behind is not None and around.beside(page.text[end:behind].strip("》」』〉”’*_《「『〈“‘"))
        fits = joined and (joining or around.edge_after())
        if page.level(match) is not Ambiguity.MARKED:  # "친구와 …": with a friend, not a film beside another
            fits = fits or joined or (joining and around.edge_before())
    else:
        joined = before is not None and bool(_LIST_GAP_ELSEWHERE.fullmatch(page.text, before, start))
        joining = behind is not None and bool(_LIST_GAP_ELSEWHERE.fullmatch(page.text, end, behind))
        small = is_without_capitals(page) and _level(page, match) is Ambiguity.PLAIN
        if small:  # a blank joins nothing there
            joined = joined and bool(page.text[before or 0 : start].strip())
            joining = joining and bool(page.text[end:behind].strip())
        fits = (joined or joining) and (small or page.raw(match.first)[match.skip :][:1].isupper())
        fits = fits and (page.level(match) is not Ambiguity.MARKED or (joined and joining))
    return Verdict(start, end, None, match.form.bare()) if fits else None
