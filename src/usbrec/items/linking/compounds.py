"""Ordinary words that may be titles in Chinese, Korean, Thai and Arabic, and what says that a work is meant.

No list holds all ordinary words (住房贷款, 직원식당, เครื่องล้างจาน), and these scripts have no capitals. So a
title as short as a word has to be seen, read or recommended, or to stand in a sentence that speaks of films
or books (`works` in usbrec/lexicon/<language>/linking.toml). What ends as an answer does ("明白了",
"알겠습니다") is none in a clause of its own. Texts are plain ones (:func:`usbrec.items.scripts.plain`).
"""

from __future__ import annotations

import functools
import re
import unicodedata

from usbrec.items.linking.languages import things, works_of
from usbrec.items.scripts import ARABIC
from usbrec.patterns import LazyPattern

_NOUN = LazyPattern(
    "[\u3400-\u4dbf\u4e00-\u9fff]{1,4}|[\uac00-\ud7a3]{1,5}"
    f"|[\u0e00-\u0e7f]{{1,20}}|[{ARABIC}]+(?: [{ARABIC}]+){{0,2}}"
)
_SOUND = LazyPattern(
    "[\u4e00-\u9fff]{1,3}[了的吧呢啊]|[\uac00-\ud7a3]{2,6}(?:니다|네요|어요|아요|군요|지요|세요)"
)
# What Korean medicines, papers, permits and fees end with: "진통제", "설명서", "면허증". They are read and
# recommended as films are.
_THING = LazyPattern("[\uac00-\ud7a3]{2,4}[제약서증료비]")
#: So many characters, folded (Korean letters), a word for a thing has: a longer title only ends like one.
_LONGEST_THING = {"ko": 18, "zh": 5, "ar": 14}
_OPENING = LazyPattern(r"\W*(?:那就|那)?\W*")
_CLOSING = LazyPattern(r"\W*(?:吧|呢|이?요|예요|이에요|입니다)?\W*")
_THAI = LazyPattern("[\u0e00-\u0eff]")  # a blank is what a full stop is elsewhere
_SENTENCE_ENDS = "。.！？!?؟\n"


def may_be_a_noun(written: str) -> bool:
    """Whether a title, as it is written, may be a word that no list of everyday words holds."""
    return bool(_NOUN.fullmatch(written))


def is_a_thing(written: str) -> bool:
    """Whether a folded title is a word for something of every day: a Korean word of three syllables or more
    that ends as those for medicines and papers do, or a word whose first or last part is one for food, tools,
    animals and services."""
    if _THING.fullmatch(unicodedata.normalize("NFC", written)):
        return True
    if len(written) > _LONGEST_THING.get(language_of_letter(written[0]), 0):
        return False
    begins, ends = things()
    return written.startswith(begins) or written.endswith(ends)


def may_be_a_sound(written: str) -> bool:
    """Whether a title may be what is answered in any talk."""
    return bool(_SOUND.fullmatch(written))


def speaks_of_works(text: str, start: int, end: int) -> bool:
    """Whether the rest of the sentence around text[start:end] has a word that goes with films and books."""
    begin, close = sentence_around(text, start, end)
    works = _works(_languages(text[start]))
    return bool(works.search(text, begin, start) or works.search(text, end, close))


def is_a_sentence(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is all that its sentence says: "국제시장이요", "那就流浪地球吧"."""
    if _THAI.match(text, start):  # "เยี่ยมไปเลย แล้วเจอกัน"
        return False
    begin, close = sentence_around(text, start, end)
    before, after = text[begin:start], unicodedata.normalize("NFC", text[end:close])
    return bool(_OPENING.fullmatch(before) and _CLOSING.fullmatch(after))


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence with text[start:end] begins, and where it ends."""
    ends = _SENTENCE_ENDS + " " if _THAI.match(text, start) else _SENTENCE_ENDS
    begin = max(text.rfind(mark, 0, start) for mark in ends) + 1
    close = min((at for mark in ends if (at := text.find(mark, end)) >= 0), default=len(text))
    return begin, close


def language_of_letter(letter: str) -> str:
    """The language that this letter is written in, "" for letters of any other."""
    if "\uac00" <= letter <= "\ud7a3" or "\u1100" <= letter <= "\u11ff":
        return "ko"
    if "\u0e00" <= letter <= "\u0e7f":
        return "th"
    if "\u0600" <= letter <= "\u06ff":
        return "ar"
    return "zh" if "\u3400" <= letter <= "\u9fff" else ""


def _languages(letter: str) -> tuple[str, ...]:
    """Those that a title with this first letter may stand in: a name in Latin letters in any."""
    code = language_of_letter(letter)
    return (code,) if code else ("ar", "ko", "th", "zh")


@functools.cache
def _works(codes: tuple[str, ...]) -> re.Pattern[str]:
    said = [word for code in codes for word in works_of(code)]
    return re.compile("|".join(re.escape(word).replace("_", " ?") for word in said))
