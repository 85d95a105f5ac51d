"""Title variants: numbers and letters written otherwise.

"Rocky 2" for "Rocky II", "The Godfather 2" for "The Godfather Part II", "Hellboy 2" for "Hellboy II: The
Golden Army", "Twelve Angry Men" for "12 Angry Men"; "MASH" for "M*A*S*H", "Seven" for "Se7en", "Doctor No"
for "Dr. No".

A title that is written so itself goes before all of these. Only small numbers are read, none of them the
first word of a title in Roman numerals ("X-Men", "I, Robot"), and no title that is a number alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from usbrec.items.linking.ambiguity import is_telling
from usbrec.items.titles import normalise_title
from usbrec.patterns import LazyPattern

_ROMAN = (
    "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii",
    "xviii", "xix", "xx",
)  # fmt: skip
_SPELT = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen",
    "de": "zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize",
}
#: Each way of writing a number, and the number.
_OF_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMAN, start=2)}
_OF_SPELT = {
    word: str(number) for spelt in _SPELT.values() for number, word in enumerate(spelt.split(), start=2)
}
_AS_ROMAN = {number: roman for roman, number in _OF_ROMAN.items()}
_AS_SPELT = {
    str(number): tuple(words)
    for number, words in enumerate(zip(*(spelt.split() for spelt in _SPELT.values()), strict=True), start=2)
}
NUMERALS = frozenset((*_OF_ROMAN, *_OF_SPELT, *_AS_ROMAN))
#: What may stand before a number, and what else is said in its place.
_PIECES = {
    "part": ("part", "pt"), "pt": ("part", "pt"), "vol": ("vol", "volume"), "volume": ("vol", "volume"),
    "chapter": ("chapter",), "teil": ("teil",), "parte": ("parte",), "partie": ("partie",),
}  # fmt: skip
#: The first of several, which has a number only behind one of these.
_FIRST = ("1", "i", "one")
#: Short forms that stand for whole words in titles.
_SHORT_FORMS = {
    "capt": "captain", "dr": "doctor", "ft": "fort", "jr": "junior", "mr": "mister", "mt": "mount",
    "sgt": "sergeant", "st": "saint", "vs": "versus",
}  # fmt: skip
_LONG_FORMS = {long: short for short, long in _SHORT_FORMS.items()}
_SUBTITLE = LazyPattern(r":\s|\s[-–—]\s")
_COUNTED = frozenset((*_PIECES, "episode", "book"))


def numbered(title: str, key: str) -> Iterator[str]:
    """The normal forms of other ways to write a title with a number in it; `key` is its own."""
    parts = key.split(" ")
    if len(parts) < 2 or NUMERALS.isdisjoint(parts):
        return
    yield from dict.fromkeys(form for form in _forms(title, parts) if form != key)


def abbreviated(key: str) -> str | None:
    """The normal form of a title with short forms for whole words, or whole words for short forms ("Doctor
    No" for "Dr. No"); None where it has neither."""
    parts = key.split(" ")
    if len(parts) < 2 or (_LONG_FORMS.keys().isdisjoint(parts) and _SHORT_FORMS.keys().isdisjoint(parts)):
        return None
    return " ".join(_SHORT_FORMS.get(part) or _LONG_FORMS.get(part, part) for part in parts)


def first_piece(key: str) -> Iterator[str]:
    """The normal forms of other ways to write the first of several pieces: "Kill Bill Volume One"."""
    parts = key.split(" ")
    for place in range(2, len(parts)):
        piece, number = parts[place - 1 : place + 1]
        if piece in _PIECES and number in _FIRST:
            for other, way in itertools.product(_PIECES[piece], _FIRST):
                if (other, way) != (piece, number):
                    yield " ".join((*parts[: place - 1], other, way, *parts[place + 1 :]))


def _forms(title: str, parts: list[str]) -> Iterator[str]:
    head = _numbered_head(title, parts)
    rest = parts[len(head) :]
    ways = _ways(head[-1], first=False) if len(head) > 1 else []
    if ways:
        stems = [head[:-1]]
        if head[-2] in _PIECES and len(head) > 2:
            stems = [[*head[:-2], piece] for piece in _PIECES[head[-2]]]
            if is_telling(head[:-2]):  # "It Chapter Two" is not "It 2"
                stems.append(head[:-2])
        for stem, way in itertools.product(stems, [head[-1], *ways]):
            yield " ".join((*stem, way, *rest))
            if rest:  # what the number is part of is as telling as the title of a sequel
                yield " ".join((*stem, way))
    for place, part in enumerate(parts):
        # Elsewhere a number is written otherwise only where it opens a title or tells one of a series.
        if place == len(head) - 1 or (place and parts[place - 1] not in _COUNTED):
            continue
        for way in _ways(part, first=not place):
            yield " ".join((*parts[:place], way, *parts[place + 1 :]))


def _numbered_head(title: str, parts: list[str]) -> list[str]:
    """What stands before a subtitle, where it ends with a number; else all of a title."""
    if cut := _SUBTITLE.search(title):
        head = normalise_title(title[: cut.start()]).split(" ")
        if len(head) > 1 and head[-1] in NUMERALS and parts[: len(head)] == head:
            return head
    return parts


def _ways(word: str, *, first: bool) -> list[str]:
    """The other ways to write a word that is a number: digits, Roman numerals behind a title, words."""
    number = word if word in _AS_ROMAN else _OF_SPELT.get(word)
    if number is None and not first:
        number = _OF_ROMAN.get(word)
    if number is None:
        return []
    ways = [number]
    if first:
        ways += () if word in _OF_SPELT else _AS_SPELT.get(number, ())
    else:
        ways += [_AS_ROMAN[number], *_AS_SPELT.get(number, ())[:1]]
    return [way for way in dict.fromkeys(ways) if way != word]


#: Digits that stand for letters inside a word.
_LETTERS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "v"})
_DISGUISED = LazyPattern(r"[a-z]+(?:[013457]+[a-z]+)+")


def respelt(key: str) -> str | None:
    """The normal form of a title of single letters, or with digits for letters, in letters alone; else
    None."""
    if len(key) > _LONGEST_RESPELT:
        return None
    parts = key.split(" ")
    if len(parts) > 2 and all(len(part) == 1 and part.isalpha() for part in parts):
        return "".join(parts)
    if any(map(_DISGUISED.fullmatch, parts)):
        return " ".join(part.translate(_LETTERS) if _DISGUISED.fullmatch(part) else part for part in parts)
    return None


_LONGEST_RESPELT = 40
