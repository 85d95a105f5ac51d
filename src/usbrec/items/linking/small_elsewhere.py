"""Titles in small letters in a language with capitals other than English: "me gustan titanic y campeones".

Where nothing in a text has a capital, a title that is no everyday word is told by what stands before it and
behind it: by what is said of titles alone, or by what is liked, where no noun without an article stands
("j'aime inception", but not "j'aime le soleil").
"""

from __future__ import annotations

from usbrec.items.linking.ambiguity import Ambiguity
from usbrec.items.linking.context import CLAUSE_END, ContextFeatures, Match
from usbrec.items.linking.languages import Language

_LONGEST = 3
#: So many words behind its first a title of everyday words has that stands for itself: "la vie est belle".
_PHRASE = 2


def is_without_capitals(page: ContextFeatures) -> bool:
    return page.first_capital >= len(page.text)


def told_in_small_letters(language: Language, page: ContextFeatures, match: Match, level: Ambiguity) -> bool:
    """Whether what stands beside words that are not in everyday use makes a title of them."""
    if match.skip or not is_without_capitals(page):
        return False
    if level is not Ambiguity.PLAIN and (level is Ambiguity.MARKED or match.last - match.first < _PHRASE):
        return False
    if not _goes_on(language, page, match):
        return False
    said = _said_before(page, match.first)
    if not language.small_before.isdisjoint(said) or said[0] in language.introducing - language.about:
        return True
    if language.small_liked.isdisjoint(said):
        return False
    words = [page.words[index].norm for index in range(match.first, match.last + 1)]
    content = [word for word in words if word not in language.determiners]
    if len(content) > 1:
        return True
    # A noun behind "like" has an article in Spanish and French, and is any noun in Russian and German.
    return bool(language.articles) and not language.nouns and words == content


def opens_a_list(language: Language, page: ContextFeatures, index: int) -> bool:
    """Whether titles that begin with a word are what is liked."""
    said = _said_before(page, index)
    return not (language.small_liked | language.small_before).isdisjoint(said)


def opens_a_clause(page: ContextFeatures, index: int) -> bool:
    """Whether a word stands behind a comma, or behind "but" there."""
    for place in range(index, max(0, index - 2), -1):
        gap = page.text[page.words[place - 1].end : page.words[place].start]
        if "," in gap:
            return place == index or page.words[place].norm in _BUT
    return False


_BUT = frozenset({"а", "но", "и", "pero", "mais", "aber", "y", "et", "und"})


def _said_before(page: ContextFeatures, index: int) -> list[str]:
    """The last word before another, the last two and three, in its clause."""
    said: list[str] = []
    for place in range(index - 1, max(-1, index - 1 - _LONGEST), -1):
        if page.text[page.words[place].end : page.words[place + 1].start] != " ":
            break
        said.append(" ".join([page.words[place].norm, *said[-1:]]))
    return said or [""]


def _goes_on(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether a clause ends behind a match, or goes on with no noun or adjective of its own."""
    if match.last + 1 == len(page.words):
        return True
    behind = page.text[page.words[match.last].end : page.words[match.last + 1].start]
    if CLAUSE_END.search(behind):
        return True
    following = page.words[match.last + 1].norm
    return following in language.small_behind | language.praise | language.said_of
