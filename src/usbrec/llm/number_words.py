"""Numbers written as words, from zero to ten and a hundred: "ten", "zwei", "ноль"."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern


@functools.cache
def values() -> Mapping[str, int]:
    """The value of each word."""
    return {word: int(value) for value, words in shared("numbers")["words"].items() for word in words.split()}


@functools.cache
def signs() -> Mapping[str, int]:
    """The same in Chinese and Japanese, of one sign each."""
    return {sign: int(value) for value, written in shared("numbers")["signs"].items() for sign in written}


def a_word() -> str:
    """One of the words, for patterns that ignore case."""
    return rf"(?<![^\W\d_])(?:{'|'.join(sorted(values(), key=len, reverse=True))})(?![^\W\d_])"


def a_sign() -> str:
    """One of the signs."""
    return f"[{''.join(signs())}]"


_WORD = LazyPattern(lambda: rf"(?:\b(?:a|one)\s+(?=hundred))?{a_word()}", re.IGNORECASE)


def with_digits(text: str) -> str:
    """The text with digits in place of the words: "a ten-point scale" as "a 10-point scale"."""
    return _WORD.sub(lambda found: str(values()[found[0].split()[-1].casefold()]), text)
