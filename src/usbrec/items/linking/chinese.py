"""Chinese words of a dictionary: which titles are such words, and which can be none.

No frequency tells a title from a word (活着 is as frequent as what is bought), but a dictionary tells what
is no word at all: 花样年华. The list is read when the first Chinese title is judged.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import resources

from usbrec.items.linking.everyday_caseless import of_everyday_words
from usbrec.items.linking.languages import chinese_heads
from usbrec.items.scripts import folded
from usbrec.patterns import LazyPattern

_HAN = LazyPattern("[\u3400-\u4dbf\u4e00-\u9fff]+")
#: The longest word of the list.
LONGEST = 4
#: So many characters have the compounds that are told by their last one.
_COMPOUND = 3


@functools.lru_cache(maxsize=4096)
def is_a_word(written: str) -> bool:
    """Whether a title is a word of the dictionary, or ends as compounds do: 密码锁."""
    key = folded(written)[0]
    return len(key) <= LONGEST and (key in _words() or (len(key) >= _COMPOUND and key[-1] in chinese_heads()))


@functools.lru_cache(maxsize=4096)
def is_no_word(written: str) -> bool:
    """Whether a title of four characters is no word, and does not fall apart into everyday ones. Of three it
    may be one that the list lacks, as compounds of every day are."""
    if len(written) != LONGEST or not _HAN.fullmatch(written):
        return False
    key = folded(written)[0]
    return key not in _words() and not of_everyday_words(key)


def word_across(text: str, start: int, end: int) -> bool:
    """Whether a word begins inside text[start:end] and ends behind it: 流金岁月 in 流金岁月刊."""
    until = min(len(text), end + LONGEST - 1)
    near = folded(text[start:until])[0] if _HAN.match(text, end) else ""
    if len(near) != until - start:
        return False
    inside = end - start
    return any(
        near[begin:close] in _words()
        for begin in range(1, inside)
        for close in range(inside + 1, min(begin + LONGEST, len(near)) + 1)
    )


@functools.cache
def _words() -> frozenset[str]:
    text = resources.files("usbrec.lexicon").joinpath("zh", "words.txt").read_text("utf-8")
    return frozenset(_listed(text))


def _listed(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line[0] != "#":
            first, two, *longer = line.split(" ")
            yield from (first + second for second in two if second != "-")
            yield from (first + rest for rest in longer)
