"""Typing errors: which runs of words may be a title with one (see fuzzy), and whether it is meant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    Ambiguity,
    in_dictionary,
    is_always_capital,
    is_common,
    is_lead_in,
)
from usbrec.items.linking.cased import evident_in
from usbrec.items.linking.context import Match, like_a_title
from usbrec.items.linking.languages import russian
from usbrec.items.linking.page import Page
from usbrec.items.linking.runs import Runs, runs_around, runs_until
from usbrec.items.linking.surface_form import Writing
from usbrec.items.linking.years import YEAR_AFTER
from usbrec.items.scripts import has_unspaced
from usbrec.items.titles import Word
from usbrec.patterns import LazyPattern

SLIP_LETTERS = 7
#: One error makes so many words of a title strange: the two that it stands between, of so many letters.
_STRANGE, _COUNTED = 2, 3
_BRACKET = LazyPattern(r"[(\[]")


def runs_to_doubt(page: Page, strange: Sequence[bool], longest: int, spaced: int) -> Runs:
    """The runs (first, last, year) that may be titles with a typing error, shape (r, 3), each once.

    Those of at most `longest` words that end before a year in brackets, with the year; and those of at
    most `spaced` with a strange word, one that no title and no name has, with -1. In a script without
    blanks one character more or less is another title: there only a year tells.
    """
    dated: list[tuple[int, int]] = []
    for bracket in _BRACKET.finditer(page.text):
        last = bisect_right(page.words, bracket.start(), key=_end_of) - 1
        after = YEAR_AFTER.match(page.text, page.words[last].end) if last >= 0 else None
        if after:
            dated.append((last, int(after["year"])))
    doubtful = [index for index, unknown in enumerate(strange) if unknown and _no_word(page, index)]
    kinds = []
    if dated:
        kinds.append(runs_until(dated, longest))
    if doubtful and spaced:
        runs = runs_around(doubtful, spaced, len(page.words))
        if len(doubtful) > _STRANGE:
            runs = runs[_may_be_spelt(page, strange, runs)]
        kinds.append(runs)
    return np.concatenate(kinds) if kinds else np.empty((0, 3), dtype=np.int64)


def _may_be_spelt(page: Page, strange: Sequence[bool], runs: Runs) -> npt.NDArray[np.bool_]:
    """Which runs (r, 3) have no more strange words than one error makes of known ones: two."""
    counted = [
        unknown and len(word.norm) >= _COUNTED and word.stem == word.norm
        for unknown, word in zip(strange, page.words, strict=True)
    ]
    before = np.cumsum([0, *counted])
    few: npt.NDArray[np.bool_] = before[runs[:, 1] + 1] - before[runs[:, 0]] <= _STRANGE
    return few


def _no_word(page: Page, index: int) -> bool:
    word = page.words[index].stem
    if len(word) < 3 or word.isdigit() or is_common(word) or is_lead_in(word) or is_always_capital(word):
        return False
    if not page.elsewhere:
        return True
    if not word.isascii():
        if has_unspaced(word):
            return False
        if "\u0400" <= word[0] <= "\u04ff":
            return not russian().is_ordinary(word)
    return not (page.language and page.language.is_ordinary(word))


def slip_before_year(page: Page, match: Match) -> bool:
    """Whether the words before the very year of a title they almost spell are no words of their own."""
    word = page.words[match.first].norm
    return match.first < match.last or len(word) > 4 or not (is_common(word) or is_lead_in(word))


def slip(page: Page, match: Match, marks: frozenset[str]) -> bool:
    """Whether a title with a typing error and no year is meant: it is long and says something."""
    title = [word for word in match.form.key.split(" ") if word not in ARTICLES]
    letters = sum(map(len, title))
    plain = page.level(match) is Ambiguity.PLAIN
    if _is_a_hashtag(page, match, plain=plain):
        return True
    if not plain or letters < SLIP_LETTERS:
        return False
    if match.form.writing is Writing.CASELESS and has_unspaced(match.form.key):
        return False
    spoken = russian() if match.form.writing is Writing.CYRILLIC else page.language
    if spoken and not (spoken.nouns or marks or evident_in(spoken, page, match, Ambiguity.PLAIN)):
        return False  # "Коляску" is another case of an ordinary word
    said = [page.words[index].norm for index in range(match.first, match.last + 1)]
    said = [word for word in said if word not in ARTICLES]
    if len(said) > 1 or said == ["".join(title)]:
        return True
    # "Gladiators" are no slip for "Gladiator", "Theaters" none for "Cheaters", nor "snapshot" for
    # "Slap Shot".
    if len(title) > 1 or said[0][0] != title[0][0] or said[0].rstrip("s") == title[0].rstrip("s"):
        return False
    if not marks and in_dictionary(said[0]):  # "Frankly" is no slip for "Franklyn"
        return False
    if said[0].replace("men", "man") == title[0].replace("men", "man") or page.part_of_a_name(match):
        return False
    if page.language and page.language.nouns:  # German: any noun has a capital
        return bool(marks)
    return bool(marks) or page.introduced(match.first) or like_a_title(page.raw(match.last))


def _is_a_hashtag(page: Page, match: Match, *, plain: bool) -> bool:
    """Whether a match is a title written as one word behind "#": "#TheMatrix"; titles of ordinary words need
    their capitals, "#getout" is no title."""
    word = page.words[match.first]
    if not word.start or page.text[word.start - 1] != "#" or match.first < match.last:
        return False
    if word.norm != match.form.key.replace(" ", ""):
        return False
    return plain or any(map(str.isupper, page.text[word.start + 1 : word.end]))


def _end_of(word: Word) -> int:
    return word.end
