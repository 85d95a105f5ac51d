"""Longer titles: words written as a title that go on beside one that the catalogue has.

"Cars 3", "The Dark Knight Rises", "Up in the Air", "Black Panther: Wakanda Forever" and "Life of Pi" name
no "Cars", "The Dark Knight", "Up", "Black Panther" or "Pi". Capitals tell: "I watched Up in the cinema" goes
on as any sentence does. Only English is read so, but for numbers; a mark around the title itself ends it.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    SAID_OF,
    answers,
    has_it,
    in_dictionary,
    is_always_capital,
    is_first_name,
    is_frequent,
    is_kind,
    is_lead_in,
    is_relation,
    is_small,
    is_talk_of_works,
    judges_works,
)
from usbrec.items.linking.behind_colons import rest_of_title
from usbrec.items.linking.context import BEHIND_NUMBERS
from usbrec.items.linking.layout import EMPHASIS, QUOTES
from usbrec.items.linking.page import Page
from usbrec.items.linking.surface_form import SurfaceForm
from usbrec.items.linking.years import YEAR_AFTER, common_era
from usbrec.items.titles import Word
from usbrec.lexicon import USUAL, any_of, words
from usbrec.patterns import LazyPattern


class Longer(NamedTuple):
    """Where a longer title stands, and whether it is plainly one, so that it counts as unknown."""

    start: int
    end: int
    counted: bool


_DASHES = frozenset("-–—")


@functools.cache
def _listed(use: str) -> frozenset[str]:
    return frozenset(words(USUAL, "longer_titles")[use].split())


def _any(use: str) -> str:
    return any_of(words(USUAL, "longer_titles")[use].split())


_NUMBER_AFTER = LazyPattern(
    lambda: (
        rf"""(?i:(?:[ \t]+{_any("parts")})?[ \t]+(?:[2-9]|[1-9][0-9]|[ivx]{{2,4}}|V)\b)
      | (?:[ ]Part)?[ ]{_any("numbers")}\b(?![ ]+[A-Z])
      | [ ](?P<high>[1-9][0-9]{{2,3}})(?=["”’'*_]*[ ]*(?:[.,!?;\n]|\Z))"""
    ),
    re.VERBOSE,
)
_COUNTED = LazyPattern(
    lambda: (
        rf"[ \t]*(?:\+|x\b|(?:{_any('counted_between')}[ \t]+)?{_any('counted')}\b"
        rf"|maybe\b|out of|%|/|or\b|of\b|[.,][0-9]|[€$£¥]|{_any('currencies')}\b)"
    ),
    re.IGNORECASE,
)
#: Before titles whose numbers are what they are given, so many words before at most.
_SAID_BEFORE = 8
_CAPITAL = r"[A-Z](?:[\w'’-]*\w)?"
#: How a title goes on: what joins, and words with capitals.
_BEHIND = LazyPattern(
    rf"""(?P<joint>[ ](?: (?:[Oo]f[ ](?:the|an?)|[Ff]or[ ]an?|[Ii]n[ ]the|[Ww]ith[ ]an?)[ ]
          | (?:[Oo]f|[Ff]or|the|&)[ ] )?)
        (?P<run>{_CAPITAL}(?:[ ](?:(?:of|in|for|to|with|and|&|the|an?)[ ]){{0,2}}{_CAPITAL}){{0,5}})""",
    re.VERBOSE,
)
#: What a title inside a longer one stands behind.
_BEFORE = LazyPattern(rf"(?P<run>(?:{_CAPITAL}[ ]){{1,4}})of[ ](?:the[ ])?\Z")
_CLAUSE_END = LazyPattern(r"""["”’'*_]*[ ]*(?:[.,!?;)\n]|\Z)""")


def as_head(page: Page, first: int, last: int, form: SurfaceForm) -> SurfaceForm | None:
    """What the first part of titles is in a text: the item of the year behind it; without a year nothing, but
    for several capitalised words, which then are no shorter title ("Glass Onion" is not "Glass")."""
    end = page.words[last].end
    year = YEAR_AFTER.match(page.text, end) if page.brackets else None
    if year and (dated := form.as_head(common_era(int(year["year"])))):
        return dated
    written = all(page.raw(index)[:1].isupper() for index in (first, last))
    return form if first < last and written else None


def numbered(page: Page, first: int, end: int, form: SurfaceForm | None = None) -> int | None:
    """Where a number ends behind a title that ends there and begins with the word `first`; None where none
    stands, or where it counts or rates something. A year of the title `form` numbers no part."""
    number = _NUMBER_AFTER.match(page.text, end)
    if number is None or is_counted(page.text, number.end()):
        return None
    before = page.words[max(page.sentence_starts[first], first - _SAID_BEFORE) : first]
    if any(word.norm in _listed("rating") for word in before):
        return None
    if (high := number["high"]) and form and form.of_year(int(high)):
        return None
    return number.end()


def is_counted(text: str, end: int) -> bool:
    """Whether a number that ends there counts something: "I saw Rocky 2 times"."""
    return _COUNTED.match(text, end) is not None


def is_told(page: Page, first: int, start: int, end: int) -> bool:
    """Whether words that begin with a capital are plainly named as a title is: "have you seen Cars 3?"."""
    if not page.text[start].isupper():
        return False
    if page.introduced(first):
        return True
    place = bisect_left(page.words, end, key=_start_of)
    said = [word.norm for word in page.words[place : place + 2]]
    return len(said) == 2 and said[0] in SAID_OF and is_talk_of_works(said[1]) and page.opens_sentence(first)


def longer_title(page: Page, start: int, end: int, others: Sequence[int], *, dated: bool) -> Longer | None:
    """The longer title that the title at text[start:end] is a part of. `others` are where the titles behind
    it begin, in order. What has no year (`dated`), as goods, has no second part but a description: "Clos du
    Moulin - Made in France"."""
    text = page.text
    goes_on = text[end : end + 1] in {" ", ":"}
    parted = goes_on and (text[end] == ":" or text[end + 1 : end + 2] in _DASHES)
    if parted and dated and text[start].isupper() and (rest := rest_of_title(page, start, end, others)):
        close, counted = rest
        return Longer(start, close, counted or _enclosed(text, start, close))
    if page.other_letters:  # entries of a list are numbered there, too (see Surroundings)
        return None
    behind = _BEHIND.match(text, end) if goes_on else None
    inside = start > 3 and text[start - 4 : start] in {" of ", "the "}
    if not (behind or inside or (goes_on and _NUMBER_AFTER.match(text, end))):
        return None
    first = bisect_left(page.words, start, key=_start_of)
    if goes_on and text[start - 1 : start] != '"' and (until := numbered(page, first, end)):
        return Longer(start, until, is_told(page, first, start, until))
    if page.elsewhere or not (text[start].isupper() or text[start].isdigit()):
        return None
    if behind and _goes_on(page, start, behind, others):
        close = behind.end()
        return Longer(start, close, _closes(page, close) or _enclosed(text, start, close))
    if page.words[first].norm in ARTICLES:  # inside a longer title it would have no capital
        return None
    before = _BEFORE.search(text, max(0, start - 60), start) if inside else None
    if before and (begin := _begins(page, before, end)) is not None:
        return Longer(begin, end, counted=True)
    return None


def _goes_on(page: Page, start: int, behind: re.Match[str], others: Sequence[int]) -> bool:
    text, joint, begin, close = (
        page.text,
        behind["joint"].strip().casefold(),
        behind.start("run"),
        behind.end(),
    )
    run = _words_in(page, begin, close)
    if not run or not _in_small_letters(page, start, close):
        return False
    named = bool(others) and others[0] < close
    head, single = run[0].norm, len(run) == 1
    strange = not single and not in_dictionary(head)
    person = is_first_name(head) or strange
    telling = all(
        _tells(word.norm) and not (judges_works(word.norm) or is_relation(word.norm)) for word in run[1:]
    )
    if named and joint not in {"of", "for"}:
        return False
    if joint == "":
        # In hasty writing a sentence begins without a full stop: "I loved The Mask Since then".
        opens = (
            is_lead_in(head)
            or is_frequent(head)
            or head in _listed("joins_clauses")
            or head in answers()
            or head in _listed("of_series")
        )
        # "Drive My Car": who begins a sentence with "my" goes on in small letters.
        opens = (opens and not (head in _listed("owns") and not single and telling)) or head.endswith("ly")
        opens = opens or not _listed("i").isdisjoint(word.norm for word in run)
        shouted = text[begin : begin + 2].isupper() or len(head) == 1 or head == _last_word(page, begin)
        return _tells(head) and _closes(page, close) and not (person or opens or shouted)
    if joint == "&":
        first = bisect_left(page.words, start, key=_start_of)
        one = page.introduced(first) and _CLAUSE_END.match(text, close) is not None
        one = one or _said_behind(page, close) in _listed("said_of_one")
        return (one and not single) or one or _enclosed(text, start, close)
    if (
        person
        or head in ARTICLES
        or is_relation(head)
        or is_always_capital(head)
        or is_kind(head)
        or head in _listed("occasions")
    ):
        return False
    if joint == "of":
        return single or in_dictionary(head)
    if joint == "the" and head in _listed("ordinals"):
        return single
    if joint == "for":
        return in_dictionary(head)
    return _tells(head) and in_dictionary(head) and not is_frequent(head)


def _begins(page: Page, before: re.Match[str], end: int) -> int | None:
    """Where a title begins whose end a known title is, behind "of"; None where it is spoken of: "fans of"."""
    run = _words_in(page, before.start("run"), before.end("run"))
    while len(run) > 1 and is_lead_in(run[0].norm):
        run = run[1:]
    head = run[-1].norm
    if not in_dictionary(head) or has_it(head, people=True) or is_talk_of_works(head) or is_kind(head):
        return None
    if (
        is_lead_in(head)
        or is_relation(head)
        or is_first_name(head)
        or head.endswith(tuple(_listed("spoken_endings")))
    ):
        return None
    index = bisect_left(page.words, run[-1].start, key=_start_of)
    if is_frequent(head) and head not in _listed("opening"):
        return None
    opens = page.opens_sentence(index) or run[0].norm in ARTICLES
    if not _in_small_letters(page, run[0].start, end) or (opens and head in _listed("spoken")):
        return None
    return run[0].start


def _last_word(page: Page, start: int) -> str:
    """The word before a place."""
    place = bisect_left(page.words, start, key=_start_of)
    return page.words[place - 1].norm if place else ""


def _tells(norm: str) -> bool:
    return not (is_small(norm) or is_kind(norm) or is_talk_of_works(norm) or is_always_capital(norm))


def _in_small_letters(page: Page, start: int, end: int) -> bool:
    """Whether the sentence around writes words in small letters, or says nothing else."""
    first = bisect_left(page.words, start, key=_start_of)
    last = bisect_right(page.words, end - 1, key=_start_of) - 1
    begin, close, small = page.sentence_starts[first], page.sentence_ends[last], page.small
    if begin == first and close <= last + 1:
        return True
    return small[first] > small[begin] or small[max(close, last + 1)] > small[last + 1]


def _closes(page: Page, end: int) -> bool:
    """Whether a clause ends there, or goes on as it does behind a title."""
    if _CLAUSE_END.match(page.text, end):
        return True
    said = _said_behind(page, end)
    return said in SAID_OF or said in BEHIND_NUMBERS


def _said_behind(page: Page, end: int) -> str:
    place = bisect_left(page.words, end, key=_start_of)
    if place == len(page.words) or page.text[end : page.words[place].start] != " ":
        return ""
    return page.words[place].norm


def _enclosed(text: str, start: int, end: int) -> bool:
    marks = QUOTES | EMPHASIS
    return text[start - 1 : start] in marks and text[end : end + 1] in marks and start > 0 and end < len(text)


def _words_in(page: Page, start: int, end: int) -> Sequence[Word]:
    first = bisect_left(page.words, start, key=_start_of)
    return page.words[first : bisect_left(page.words, end, key=_start_of)]


def _start_of(word: Word) -> int:
    return word.start
