"""Writing systems: which characters are words of their own, and what one character of a title counts as.

Scripts without blanks between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are read a character at a
time, Thai and its like a consonant with its vowels and tones. So is Korean, a syllable at a time: it has
blanks, but particles are glued on and compounds are written with a blank or without.

Marks above and below a letter are left out where people leave them out and the word stays the same: accents
of Latin and Greek, vowel points of Arabic and Hebrew, the tatweel, and ``ё`` is ``е``. They stay where they
make another word: kana with their dots, Thai vowels and tones, Indic vowel signs, ``й``. Arabic letters that
are typed for each other (alef with and without hamza, ``ى`` and ``ي``, ``ة`` and ``ه``) are one.

Traditional characters count as the simplified ones, each by itself (usbrec/lexicon/zh/characters.toml). Where
simplified writing has merged several, all count as that one, which is sound for finding titles: 發 and 髮 are
both 发. Which of them a simplified text means is not to be told, and never has to be. What differs as a word
(電腦, 计算机) stays apart, and so do Japanese forms (黒, 黑).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from usbrec.patterns import LazyPattern

APOSTROPHES = "'’‘ʼ`´′＇"
#: They decide where words end.
KEPT = "&',."

_HAN = "\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HIRAGANA = "\u3041-\u3096\u309d-\u309f"
KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
KANA_MARKS = "\u3099\u309a"
BOPOMOFO = "\u3105-\u312f\u31a0-\u31bf"
_JAMO = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
#: Korean as it is written, syllables and single letters, composed or not.
HANGUL = _JAMO + "\u3131-\u318e\uac00-\ud7a3\uffa0-\uffdc"
_THAI_LAO = "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
_THAI_LAO_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
_KHMER_BURMESE = "\u1000-\u109f\u1780-\u17d3\ua9e0-\ua9fe\uaa60-\uaa7f"
CHARACTERS = _HAN + HIRAGANA + KATAKANA + KANA_MARKS + BOPOMOFO
THAI_AND_LIKE = _THAI_LAO + _THAI_LAO_MARKS + _KHMER_BURMESE
#: Scripts whose characters are words of their own, as a text holds them, folded or not.
UNSPACED = CHARACTERS + HANGUL + THAI_AND_LIKE + "\uff66-\uff9f"
ARABIC = "\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
CYRILLIC = "\u0400-\u04ff"

#: One word of a folded text in these scripts, as a regular expression.
WORD_OF_ITS_OWN = (
    rf"(?: [\u0e40-\u0e44\u0ec0-\u0ec4]? [\u0e01-\u0e2f\u0e46\u0e81-\u0eae\u0ec6\u0edc-\u0edf]"  # a consonant
    rf"     [{_THAI_LAO_MARKS}]*"
    rf"     (?: [\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3\u0ebd] [{_THAI_LAO_MARKS}]* )*"
    rf"  | [{_THAI_LAO}{_THAI_LAO_MARKS}]"
    r"  | [\u1000-\u102a\u103f-\u1055\u1780-\u17b3] (?: [\u102b-\u103e\u1056-\u109f\u17b4-\u17d1\u17d3]"
    r"      | \u17d2[\u1780-\u17b3] )*"
    rf"  | [{_KHMER_BURMESE}]"
    r"  | [\u1100-\u115f\ua960-\ua97f] [\u1160-\u11a7\ud7b0-\ud7c6]? [\u11a8-\u11ff\ud7cb-\ud7ff]*"
    rf"  | [{_JAMO}]"
    rf"  | [{_HAN}{HIRAGANA}{KATAKANA}{BOPOMOFO}] [{KANA_MARKS}]?"
    rf"  | [{KANA_MARKS}] )"
)
#: All of them lie beyond; to look for that first spares texts of accents the larger expression.
_BEYOND_ARABIC = LazyPattern("[\u0e00-\U0010ffff]")
_UNSPACED, _CYRILLIC = LazyPattern(f"[{UNSPACED}]"), LazyPattern(f"[{CYRILLIC}]")
_COUNTED = LazyPattern(WORD_OF_ITS_OWN, re.VERBOSE)
# A vowel sign typed before the tone or behind it; "am" is taken apart when it is folded.
_TONE_LAST = LazyPattern("(\u0e4d)([\u0e48-\u0e4b])")
# Scripts whose marks are vowels, tones or part of the letter, not an ornament of it.
_MARKS_STAY = LazyPattern("[\u0900-\u109f\u1700-\u1a7f\u1b00-\u1cff\u3099\u309a\ua800-\uabff]")
_TATWEEL = "\u0640"
_ARABIC_ALIKE = str.maketrans("ىةیکە", "يهيكه")
_MARKS = {" ": "\u3000", ".": "。｡۔।", ",": "、､،٬", "?": "؟", ";": "؛", "(": "〔", ")": "〕", "・": "･"}
# What full-width forms and other digits count as, one character for one, so that places stay what they are.
_PLAIN = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{ord(mark): as_ for as_, marks in _MARKS.items() for mark in marks},
    **{
        zero + digit: str(digit)
        for zero in (0x0660, 0x06F0, 0x0966, 0x0E50, 0x0ED0, 0x1040, 0x17E0)
        for digit in range(10)
    },
}


def plain(text: str) -> str:
    """The text with full-width letters, digits and brackets, and the digits of other scripts, as those of
    ASCII; of the same length."""
    return text if text.isascii() else text.translate(_PLAIN)


@functools.lru_cache(maxsize=65_536)
def fold_character(character: str) -> str:
    """What one character of a text counts as; blanks stand for all that separates words."""
    if character in APOSTROPHES:
        return "'"
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    decomposed = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKD", character.casefold()).casefold()
    ).translate(_ARABIC_ALIKE)
    if len(decomposed) == 1 and decomposed >= "\u3400":
        decomposed = _simplified().get(decomposed, decomposed)
    if decomposed == "и\u0306":
        return "й"
    folded = "".join(
        "'" if part in APOSTROPHES else part if _belongs(part) else " "
        for part in decomposed
        if not _ornament(part)
    )
    # "Alien³" and "8½" are read as people type them, "alien 3" and "8 1/2".
    return f" {folded}" if category == "No" else folded


def has_unspaced(text: str) -> bool:
    """Whether a text holds words of scripts that put no blanks between them."""
    return (
        not text.isascii() and _BEYOND_ARABIC.search(text) is not None and _UNSPACED.search(text) is not None
    )


def count_words(text: str) -> int:
    """The words of a text; of scripts without blanks between words each character, as the linker reads them.
    Korean as it is written has blanks."""
    if not has_unspaced(text):
        return len(text.split())
    beside, many = _COUNTED.subn(" ", text)
    return many + sum(any(map(str.isalnum, word)) for word in beside.split())


def has_cyrillic(text: str) -> bool:
    return not text.isascii() and _CYRILLIC.search(text) is not None


def folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index of the one in the text it stands for."""
    pieces = [fold_character(character) for character in text]
    if "\u0306" in text:  # й taken apart
        for index in range(1, len(text)):
            if text[index] == "\u0306" and pieces[index - 1] == "и":
                pieces[index - 1] = "й"
    whole = "".join(pieces)
    if "\u0e4d" in whole:
        whole = _TONE_LAST.sub(r"\2\1", whole)
    return whole, [index for index, piece in enumerate(pieces) for _ in piece]


def _ornament(character: str) -> bool:
    """Whether a mark is left out, because the word stays the same without it."""
    return character == _TATWEEL or bool(
        unicodedata.combining(character) and not _MARKS_STAY.match(character)
    )


def _belongs(character: str) -> bool:
    """Whether a folded character is part of a word, or one of the marks that decide where words end."""
    return character in KEPT or unicodedata.category(character)[0] in "LNM"


@functools.cache
def _simplified() -> Mapping[str, str]:
    """The simplified character of each traditional one."""
    import tomllib
    from importlib import resources

    text = resources.files("usbrec.lexicon").joinpath("zh", "characters.toml").read_text("utf-8")
    lines = tomllib.loads(text)["simplified"]
    return {pair[0]: pair[1] for line in lines for pair in line.split()}
