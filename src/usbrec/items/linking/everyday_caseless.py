"""How carefully a title in a script without capitals must be read: which ones are words of every day."""

from __future__ import annotations

from collections.abc import Container, Sequence

from usbrec.items.linking import compounds
from usbrec.items.linking.ambiguity import Ambiguity
from usbrec.items.linking.languages import CaselessWords, caseless
from usbrec.items.scripts import HIRAGANA, KATAKANA, has_unspaced
from usbrec.patterns import LazyPattern

# So many characters may be a word that no list of everyday words holds.
SHORT = 3
_SHORT_JAPANESE, _SHORT_THAI, _SHORT_KATAKANA = 4, 6, 6
_KATAKANA = LazyPattern(rf"[{KATAKANA}\uff66-\uff9f\u3099\u309a]")
_HIRAGANA = LazyPattern(f"[{HIRAGANA}]")
_THAI = LazyPattern("[\u0e00-\u0eff]")
_LONGEST_PHRASE = 10


def caseless_ambiguity(title_words: Sequence[str], ordinary: Container[str] = ()) -> Ambiguity:
    """How carefully a title in a script without capitals must be read.

    `title_words` are normalised: characters where the script has no blanks. `ordinary` are more words in
    ordinary use."""
    known = caseless()
    joined = "".join(title_words)
    if all(word.isdigit() for word in title_words) or joined in known.ordinary:
        return Ambiguity.MARKED
    if compounds.is_a_thing(joined):
        return Ambiguity.MARKED
    unspaced = _unspaced(title_words)
    if len(title_words) == 1:
        # One character, or a word of a script with blanks. No list holds all everyday words.
        everyday = unspaced or _without_article(joined) in known.ordinary
        return Ambiguity.MARKED if everyday else Ambiguity.CAPITALS
    if unspaced:
        most = _SHORT_THAI if _THAI.match(joined) else SHORT
        if _HIRAGANA.search(joined):
            most = _SHORT_JAPANESE
        if all(map(_KATAKANA.match, title_words)):  # loanwords of every day: ベランダ
            most = _SHORT_KATAKANA
        # A word with a number behind it is that of a series: 战狼2.
        numbered = title_words[-1].isdigit() and len(title_words) == 3 and len(title_words[0]) == 1
        if numbered and not _of_everyday_words(title_words[:-1], known):
            return Ambiguity.PLAIN
        if len(title_words) <= most or joined in ordinary or _of_everyday_words(title_words, known):
            return Ambiguity.CAPITALS
        return Ambiguity.PLAIN
    everyday = all(
        word in known.ordinary or _without_article(word) in known.ordinary or word.isdigit()
        for word in title_words
    )
    return Ambiguity.CAPITALS if everyday and len(title_words) < 5 else Ambiguity.PLAIN


def _without_article(word: str) -> str:
    for prefix in ("وال", "بال", "ال", "و"):
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            return word[len(prefix) :]
    return word


def _unspaced(title_words: Sequence[str]) -> bool:
    return any(has_unspaced(word[0]) for word in title_words)


def _of_everyday_words(title_words: Sequence[str], known: CaselessWords) -> bool:
    """Whether a title in a script without blanks falls apart into everyday words and what fills between."""
    if len(title_words) > _LONGEST_PHRASE:
        return False
    reached = {0}
    for end in range(1, len(title_words) + 1):
        for begin in range(max(0, end - 6), end):
            piece = "".join(title_words[begin:end])
            known_piece = piece in known.ordinary or piece in known.filling
            if begin in reached and (known_piece or (begin and piece in known.particles)):
                reached.add(end)
    return len(title_words) in reached


def of_everyday_words(written: Sequence[str]) -> bool:
    """Whether a folded title in Chinese characters is an everyday word, or falls apart into such."""
    return "".join(written) in caseless().ordinary or _of_everyday_words(written, caseless())
