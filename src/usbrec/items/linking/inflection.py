"""Inflected titles: stems of Russian and German words, and prefixes that are written together with a title.

"Бригаду" is «Бригада», "im Weißen Hai" is "Der Weiße Hai", "du Parrain" is "Le Parrain": such titles are kept
once more under a key of stems (:func:`stem_key`), and texts of these languages are read once more by stems.
"d'Amélie" and "والخيميائي" hold a title behind a word of one letter or two (:func:`behind_prefixes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from usbrec.items.scripts import fold_character
from usbrec.items.titles import Word
from usbrec.patterns import LazyPattern

_ENDINGS = tuple(
    sorted(
        [
            "ами",
            "ями",
            "ого",
            "его",
            "ому",
            "ему",
            "ыми",
            "ими",
            "ую",
            "юю",
            "ая",
            "яя",
            "ое",
            "ее",
            "ые",
            "ие",
            "ый",
            "ий",
            "ой",
            "ей",
            "ым",
            "им",
            "ых",
            "их",
            "ам",
            "ям",
            "ах",
            "ях",
            "ов",
            "ев",
            "ом",
            "ем",
            "ью",
            "ья",
            "ье",
            "ию",
            "ия",
            "ии",
            "ием",
            "иям",
            "иях",
            "иями",
            "а",
            "я",
            "о",
            "е",
            "у",
            "ю",
            "ы",
            "и",
            "ь",
            "й",
        ],
        key=len,
        reverse=True,
    )
)
_GERMAN_ENDINGS = ("en", "em", "er", "es", "e", "n", "s")
_SHORTEST = 3
# The vowel between two consonants at the end of a stem, which some cases have and others lack.
_FLEETING = LazyPattern("[бвгджзклмнпрстфхцчшщ]([ео])[кнрц]$")
# Endings of names in "-ов" that adjectives in "-овый" have not.
_OF_NAMES = frozenset(("а", "у", "е", "ом", "ы"))
# Whose stem is shorter than others may be.
_BY_THEMSELVES = {
    "лев": "льв",
    "день": "дн",
    **dict.fromkeys(("дня", "дню", "днем", "дне", "дни", "дней", "дням", "днями", "днях"), "дн"),
}
_CYRILLIC = LazyPattern("[\u0400-\u04ff]")
#: The mark of words in a key that is found by stems alone; by itself an article in any case.
STEM = "~"
# The articles that open a title, and what they are in texts, alone or behind a preposition.
_OPENING = frozenset(["der", "die", "das", "le", "la", "les", "el", "los", "las"])
_ANY_CASE = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "im",
        "vom",
        "zum",
        "zur",
        "beim",
        "am",
        "ins",
        "ans",
        "aufs",
        "le",
        "la",
        "les",
        "du",
        "au",
        "aux",
        "el",
        "los",
        "las",
        "del",
        "al",
    ]
)
_GERMAN = frozenset(("der", "die", "das"))

_ELIDED = LazyPattern(r"(?:[dljmnstc]|qu|jusqu|lorsqu|puisqu)['’ʼ]", re.IGNORECASE)
_ARABIC_PREFIXES = ("و", "ف", "ب", "ك", "ل", "وب", "ول", "وك", "فب", "فل")
_ARABIC = LazyPattern("[\u0621-\u064a]")


def cyrillic_stem(word: str) -> str:
    """A normalised Russian word as all its cases have it: without its ending (three letters stay), a soft
    sign or the "-ов" of a name before it, and the vowel that comes and goes (отец, отца)."""
    if word in _BY_THEMSELVES:
        return _BY_THEMSELVES[word]
    bare = _without_ending(word)
    stem = bare.removesuffix("ь")
    if word.removeprefix(bare) in _OF_NAMES and stem.endswith(("ов", "ев")) and len(stem) > _SHORTEST + 1:
        stem = stem[:-2]
    if len(stem) > _SHORTEST and (fleeting := _FLEETING.search(stem)):
        stem = stem[: fleeting.start(1)] + stem[fleeting.end(1) :]
    return _BY_THEMSELVES.get(stem, stem)


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _german_stem(word: str) -> str:
    for ending in _GERMAN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def stem_key(key: str) -> str | None:
    """The key by which a title of this normal form is found when it is inflected; None where none is."""
    if not key.isascii() and _CYRILLIC.search(key):
        return " ".join(_stemmed(key.split(" "), "ru"))
    words = key.split(" ")
    if words[0] not in _OPENING or len(words) == 1:
        return None
    return " ".join(stem_reading(words, "de" if words[0] in _GERMAN else ""))


def stem_reading(words: Sequence[str], code: str) -> list[str]:
    """Normalised words of a text in a language as the keys of inflected titles have them."""
    stems = _stemmed(words, code)
    if code == "ru":
        return stems
    return [STEM if word in _ANY_CASE else stem for word, stem in zip(words, stems, strict=True)]


def _stemmed(words: Sequence[str], code: str) -> list[str]:
    stem = {"ru": cyrillic_stem, "de": _german_stem}.get(code, str)
    return [stem(word) + STEM for word in words]


def behind_prefixes(found: Sequence[Word], text: str, french: bool) -> Iterator[tuple[int, str, int]]:
    """The words that hold another behind a prefix: (index, normal form of that, characters of the prefix)."""
    for index, word in enumerate(found):
        if french and (match := _ELIDED.match(text, word.start, word.end)) and match.end() < word.end:
            yield index, word.norm[match.end() - word.start - 1 :], match.end() - word.start
        elif _ARABIC.match(word.norm):
            if word.norm.startswith(("لل", "ولل", "فلل")):
                place = word.norm.index("لل") + 1
                yield index, f"ا{word.norm[place:]}", _characters(text[word.start : word.end], place)
            for prefix in _ARABIC_PREFIXES:
                if word.norm.startswith(prefix) and len(word.norm) - len(prefix) >= 3:
                    place = len(prefix)
                    yield index, word.norm[place:], _characters(text[word.start : word.end], place)


def _characters(raw: str, letters: int) -> int:
    """How many characters the first letters of an Arabic word take, with the marks on them."""
    place = 0
    while letters and place < len(raw):
        letters -= bool(fold_character(raw[place]))
        place += 1
    while place < len(raw) and not fold_character(raw[place]):
        place += 1
    return place
