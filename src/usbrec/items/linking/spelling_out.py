"""Spelt-out titles: words that are a title, where it must not be said even if the text may name nothing.

The linker asks for evidence that a title is meant; a mask of secret titles asks whether anybody would read
one. So it takes a title of several words, one of three characters or more in a script without capitals, and
a capitalised word that is no ordinary one, wherever they stand. Ordinary words ("It", "Up") stay with the
linker's caution, and so do the names of who is spoken of and where somebody is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    Ambiguity,
    ambiguity_of,
    answers,
    greetings,
    in_dictionary,
    is_always_capital,
    is_common,
    is_first_name,
    is_frequent,
    is_lead_in,
)
from usbrec.items.linking.cased import ambiguity_in
from usbrec.items.linking.cased_clauses import speaks_of_works
from usbrec.items.linking.caseless import Surroundings
from usbrec.items.linking.context import Match, is_capital
from usbrec.items.linking.disambiguation import judge
from usbrec.items.linking.languages import caseless, russian
from usbrec.items.linking.lowercase import AFTER, OPENERS
from usbrec.items.linking.neighbours import Named, in_slot
from usbrec.items.linking.page import Page
from usbrec.items.linking.people import introduced_as_a_person, is_among_people, is_somebody
from usbrec.items.linking.surface_form import Writing
from usbrec.patterns import LazyPattern

# So many characters are no accident where a word of every day has two.
_CHARACTERS = 3
#: Between titles, and behind the last one.
_JOINING = frozenset({"and", "or", "und", "oder", "sowie"})
_AFTER_LISTED = AFTER | _JOINING | {"are", "were", "sind", "ist", "war", "waren"}
#: Characters that nobody sees: they may stand inside a word.
_UNSEEN = LazyPattern("[\u00ad\u200b-\u200d\u2060\ufeff]+")


class SpansTaken:
    """Ranges of characters that do not overlap, and whether others are free of them."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def free(self, start: int, end: int) -> bool:
        place = bisect_left(self._spans, (end, 0))
        return not place or self._spans[place - 1][1] <= start


def in_pieces(page: Page) -> list[tuple[str, int, int]]:
    """The words of a text as who does not see such characters reads them: the word, and the first and the
    last of its pieces; empty where none is in pieces."""
    if not _UNSEEN.search(page.text):
        return []
    whole: list[tuple[str, int, int]] = []
    for index, word in enumerate(page.words):
        if index and _UNSEEN.fullmatch(page.text, page.words[index - 1].end, word.start):
            norm, first, _ = whole.pop()
            whole.append((norm + word.norm, first, index))
        else:
            whole.append((word.norm, index, index))
    return whole if len(whole) < len(page.words) else []


def is_spelt_out(page: Page, match: Match) -> bool:
    """Whether the words of a match would be read as the title by somebody who looks for it."""
    if match.edited:
        return False
    if verdict := judge(page, match):
        # Another year or part means another work.
        return bool(verdict.items)
    return _reads_as_title(page, match) or _in_a_list(page, match)


def _reads_as_title(page: Page, match: Match) -> bool:
    form = match.form
    if form.writing is Writing.CASELESS:
        return _is_likely_meant(page, match)
    if form.writing is Writing.CYRILLIC:
        articles, level = frozenset[str](), ambiguity_in(russian(), form.words)
    elif page.language:
        articles = page.language.articles
        level = max(ambiguity_of(form.words), ambiguity_in(page.language, form.words))
    else:
        articles, level = ARTICLES, ambiguity_of(form.words)
    content = [
        index for index in range(match.first, match.last + 1) if page.words[index].norm not in articles
    ]
    if len(content) > 1 and level is Ambiguity.PLAIN:
        return True
    known = russian() if form.writing is Writing.CYRILLIC else page.language
    if known and page.first_capital >= len(page.text):  # nothing has a capital
        told = match.first < match.last or level is Ambiguity.PLAIN
        return told or (level is Ambiguity.CAPITALS and speaks_of_works(known, page, match))
    capitals = [is_capital(page.raw(index)[match.skip if index == match.first else 0 :]) for index in content]
    if len(content) > 1:
        return all(capitals)
    if not content or not capitals[0] or page.raw(content[0])[:1].isdigit():
        return False
    if match.first < match.last:  # "Das Boot", "The Room", but not "das Boot"
        return is_capital(page.raw(match.first)) and not page.part_of_a_name(match)
    return _is_no_ordinary_word(page, match, level)


def _in_a_list(page: Page, match: Match) -> bool:
    """Whether a match would be a title beside the words around it, were these titles: the linker knows those
    of a catalogue, and here "Ronin" of "Heat or Ronin?" may be any."""
    if not page.ends(match, _AFTER_LISTED):
        return False
    spans = []
    for step, index in ((-1, match.first - 1), (1, match.last + 1)):
        if 0 <= index < len(page.words) and page.words[index].norm in _JOINING:
            index += step
        if 0 <= index < len(page.words) and _may_be_a_title(page, index):
            spans.append((page.words[index].start, page.words[index].end))
    return bool(spans) and in_slot(page, match, Named(spans)) is not None


def _may_be_a_title(page: Page, index: int) -> bool:
    norm = page.words[index].norm
    if not page.raw(index)[:1].isupper() or norm in answers() or norm in greetings() or norm in OPENERS:
        return False
    return not (is_lead_in(norm) or is_frequent(norm) or is_always_capital(norm))


def _is_likely_meant(page: Page, match: Match) -> bool:
    """Whether words without capitals, passed over by the linker, may still be meant as a title: they are no
    everyday word, or people speak of them as of films and books."""
    joined = "".join(match.form.words)
    if joined.isdigit():
        return False
    around = Surroundings(page.text, *page.span(match))
    if match.form.ambiguity is not Ambiguity.MARKED and joined not in caseless().ordinary:
        return around.whole()
    return around.whole() and around.is_spoken_of()


def _is_no_ordinary_word(page: Page, match: Match, level: Ambiguity) -> bool:
    word = page.words[match.first].stem
    if page.part_of_a_name(match) or page.a_place(match.first) or len(word) <= _CHARACTERS:
        return False
    if is_first_name(word) or introduced_as_a_person(page, match) or is_among_people(page, match):
        return False
    if is_somebody(page, match):
        return False
    if match.form.writing is Writing.CYRILLIC or page.language:
        return level is Ambiguity.PLAIN
    if is_always_capital(word) or is_common(word) or is_frequent(word):
        return False
    return not page.opens_sentence(match.first) or not in_dictionary(word)
