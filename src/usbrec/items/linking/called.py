"""Titles that a sentence calls a film: "Die Welle ist ein toller Film", "Бригада — лучший сериал"."""

from __future__ import annotations

from usbrec.items.linking.context import ContextFeatures, Match
from usbrec.items.linking.languages import Language

# So many words stand between "is" and what a title is called: "ein wirklich sehr guter Film".
_FURTHEST = 4
_DASHES = frozenset("-–—")
_FURTHER = frozenset(
    {"und", "aber", "oder", "weil", "als", "y", "pero", "que", "et", "mais", "и", "а", "но", "чем"}
)
_DENYING = frozenset({"kein", "keine"})


def is_called_a_work(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether a match that is no pronoun is the subject of "is a film", "is my favourite film"."""
    first, last = match.first, match.last
    said = page.words[first].norm
    if first == last and (len(said) < 3 or said in language.opening | language.determiners):
        return False
    return _behind(language, page, last) or (language.code == "ru" and _before_dash(language, page, first))


def is_praised(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether a clause that begins with a match and "is", "has" or "found" ends with what is said of films
    and books: "Der Pate ist sehr spannend", "Der Vorleser hat mich berührt"."""
    place = match.last + 1
    end = page.sentence_ends[match.last]
    if place >= end or page.text[page.words[match.last].end : page.words[place].start].strip(
        " \t\"“”«»’'*_—–-"
    ):
        return False
    if page.words[place].norm in language.said_of:
        place += 1
    elif language.code != "ru":  # without a word for "is"
        return False
    for index in range(place, min(place + _FURTHEST + 1, end)):
        if page.words[index].norm in language.praise:
            return index + 1 == end or bool(
                page.text[page.words[index].end : page.words[index + 1].start].strip()
                or page.words[index + 1].norm in _FURTHER
            )
    return False


def is_seen(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether a clause that begins with a match goes on with who has seen or read it: "Nueve reinas ya la
    vi", "Die Welle kenne ich schon"."""
    end = min(page.sentence_ends[match.last], match.last + _FURTHEST + 2)
    for index in range(match.last + 1, end):
        if page.text[page.words[index - 1].end : page.words[index].start].strip():
            return False
        if page.words[index].norm in (language.introducing | language.seen) - language.about:
            return True
    return False


def _behind(language: Language, page: ContextFeatures, last: int) -> bool:
    end = page.sentence_ends[last]
    place = last + 1
    if place >= end:
        return False
    gap = page.text[page.words[last].end : page.words[place].start]
    dashed = language.code == "ru" and not _DASHES.isdisjoint(gap)
    if not dashed:
        if page.words[place].norm not in language.being or gap.strip(" \t\"“”«»’'*_"):
            return False
        place += 1
    until = min(end, place + _FURTHEST + 1)
    for index in range(place, until):
        if page.text[page.words[index - 1].end : page.words[index].start].strip() and index > place:
            return False
        if page.words[index].norm in language.called:
            if page.text[page.words[index].end : page.words[index].end + 1] == "-":
                return False  # "Film-Fan"
            return dashed or language.code == "ru" or _has_article(language, page, place, index)
    return False


def _has_article(language: Language, page: ContextFeatures, place: int, index: int) -> bool:
    """Whether what a title is called has an article or says whose it is: not "ist im Film", "ist Buch"."""
    between = [page.words[at].norm for at in range(place, index)]
    if not any(word in language.determiners for word in between):
        return False
    if _PLACED.intersection(between):
        return False
    return not (_DENYING.intersection(between) and len(between) == 1)


# They are listed among what stands before nouns.
_PLACED = frozenset(
    {"im", "am", "vom", "zum", "zur", "beim", "ins", "ans", "en", "dans", "du", "del", "de"}
) | {"au", "aux", "al", "con", "avec", "sans", "sin", "por", "pour", "par", "para", "sur", "sous", "y", "et"}


def _before_dash(language: Language, page: ContextFeatures, first: int) -> bool:
    """Whether a dash and what a title is called stand before it: "Мой любимый фильм — Ирония судьбы"."""
    if not first:
        return False
    before = page.words[first - 1]
    dashed = not _DASHES.isdisjoint(page.text[before.end : page.words[first].start])
    return dashed and before.norm in language.called
