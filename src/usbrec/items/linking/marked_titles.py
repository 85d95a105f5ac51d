"""Titles in the marks of other languages than English: 《》, 「」, «», „“.

《》, 〈〉 and 『』 hold titles alone. 「」 hold speech too, which says so (「…」と言った, a full stop
inside), and so do guillemets and German quotes: there a word for films or a verb beside them has to say
what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.items.linking.caseless import Surroundings
from usbrec.items.linking.languages import caseless, of_latin, russian
from usbrec.items.scripts import folded, has_unspaced
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern

_ONLY_TITLES = LazyPattern(r"《([^《》\n]{1,80})》|〈([^〈〉\n]{1,80})〉|『([^『』\n]{1,80})』")
_CORNERS = LazyPattern(r"「([^「」\n]{2,40})」")
_QUOTES = LazyPattern(
    r"«([^«»\n]{2,80})»|»([^«»\n]{2,80})«|„([^„“”\n]{2,80})[“”]|“([^“”\n]{2,80})”|‘([^‘’\n]{2,80})’"
    r"|\"([^\"\n]{2,80})\"|(?<!\w)'([^'\n]{2,80})'(?![A-Za-z])"
)
_SENTENCE = LazyPattern(
    r"[。！？!?…]|[.．]\s|[、，,].*[、，,]|(?:です|ます|ました|だよ|だね|ですか|요|니다)\s*$"
)
# "「…」と彼は言った": the verb may stand some words behind.
_JAPANESE_SPEECH = LazyPattern(
    r"(?:と[^。、「」]{0,6}|って[^。、「」]{0,3})(?:言|思|叫|話|答|聞|書|呼|述|つふ\u3099や|い[いうっ])"
)
_LONGEST = 8


def titles_in_marks(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what stands inside) of the titles in marks, marks included."""
    if text.isascii():
        return
    for match in _ONLY_TITLES.finditer(text):
        inner = match[match.lastindex or 0]
        if any(map(str.isalpha, inner)):
            yield *match.span(), inner
    for match in _CORNERS.finditer(text):
        around = Surroundings(text, match.start(1), match.end(1))
        if not _SENTENCE.search(match[1]) and any(map(str.isalpha, match[1])) and not _said(text, match):
            yield *match.span(), match[1]
            continue
        if around.evident_kind():
            yield *match.span(), match[1]
    for match in _QUOTES.finditer(text):
        inner = match[match.lastindex or 0].strip()
        if not inner or _SENTENCE.search(inner) or len(inner.split()) > _LONGEST:
            continue
        if has_unspaced(inner) or "\u0600" <= inner[0] <= "\u06ff":
            if Surroundings(text, *match.span(match.lastindex or 0)).evident_kind():
                yield *match.span(), inner
        elif inner[0].isupper() and not _english(match[0]) and _behind_kind(text, match.start()):
            yield *match.span(), inner


def _said(text: str, match: re.Match[str]) -> bool:
    """Whether somebody says what stands in marks."""
    behind = folded(text[match.end() : match.end() + 8])[0].lstrip()
    before = folded(text[max(0, match.start() - 8) : match.start()])[0].rstrip()
    if text[: match.start()].rstrip().endswith((":", "：")):
        return True
    speech = caseless().speech
    return bool(_JAPANESE_SPEECH.match(behind)) or behind.startswith(speech) or before.endswith(speech)


def _english(quoted: str) -> bool:
    """Whether the marks are those that English has, which are read elsewhere."""
    return quoted[0] in "\"'“‘" and quoted.isascii()


def _behind_kind(text: str, start: int) -> bool:
    """Whether the word before is one for films, or a verb that titles are introduced with."""
    before = words(text[max(0, start - 24) : start])
    if not before or text[max(0, start - 24) + before[-1].end : start].strip(" \t:"):
        return False
    word = before[-1].norm
    if "\u0400" <= word[0] <= "\u04ff":
        return word in russian().kinds or word in russian().introducing
    return any(
        word in of_latin(code).kinds or word in of_latin(code).introducing for code in ("de", "es", "fr")
    )
