"""Numbers written as words, from zero to ten and a hundred: "ten", "zwei", "ноль"."""

from __future__ import annotations

import re

from usbrec.patterns import LazyPattern

#: By value, the words for it. Words that are more often an article ("un", "een") or another word ("due") are
#: left out.
_WORDS = {
    0: "zero nil zéro cero ноль нуль nul noll null",
    1: "one eins uno один единица",
    2: "two zwei deux dos dois twee два две två",
    3: "three drei trois tres três tre drie три",
    4: "four vier quatre cuatro quatro quattro четыре fyra",
    5: "five fünf cinq cinco cinque vijf пять fem",
    6: "six sechs seis sei zes шесть sex",
    7: "seven sieben sept siete sete sette zeven семь",
    8: "eight acht huit ocho oito otto восемь åtta",
    9: "nine neun neuf nueve nove negen девять nio",
    10: "ten zehn dix diez dez dieci tien десять tio",
    100: "hundred hundert cent cien cem cento honderd сто",
}
VALUES = {word: value for value, words in _WORDS.items() for word in words.split()}
#: One of the words, for patterns that ignore case.
A_WORD = rf"(?<![^\W\d_])(?:{'|'.join(sorted(VALUES, key=len, reverse=True))})(?![^\W\d_])"
#: The same in Chinese and Japanese, of one sign each.
SIGNS = {"零": 0, "两": 2, "兩": 2, "百": 100}
SIGNS |= {sign: value for value, sign in enumerate("一二三四五六七八九十", start=1)}
A_SIGN = f"[{''.join(SIGNS)}]"
_WORD = LazyPattern(rf"(?:\b(?:a|one)\s+(?=hundred))?{A_WORD}", re.IGNORECASE)


def with_digits(text: str) -> str:
    """The text with digits in place of the words: "a ten-point scale" as "a 10-point scale"."""
    return _WORD.sub(lambda found: str(VALUES[found[0].split()[-1].casefold()]), text)
