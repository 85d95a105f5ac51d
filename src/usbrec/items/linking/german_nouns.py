"""German nouns, which have a capital in any sentence: whether one is a title or just what it says."""

from __future__ import annotations

from usbrec.items.linking.called import is_praised
from usbrec.items.linking.cased_clauses import (
    CLAUSE_ENDS,
    SENTENCE,
    clause_ends,
    opens_a_sentence,
    speaks_of_works,
    word_before,
)
from usbrec.items.linking.context import ContextFeatures, Match
from usbrec.items.linking.languages import Language
from usbrec.patterns import LazyPattern

#: Who is asked whether they know a title, and what says that one is read.
ADDRESSED = frozenset({"du", "ihr", "sie", "tu", "usted", "vous"})


def article_and_noun(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether an article and a German noun are a title: the article has a capital that it needs not have,
    the sentence speaks of films or books, or says nothing else, or what it says is said of them."""
    if page.raw(match.first)[:1].isupper() and not opens_a_sentence(page, match.first):
        return True
    if [word.norm for word in page.words[match.last + 1 : match.last + 2]] in _OWNERS:
        return False  # "Das Boot meines Vaters"
    if speaks_of_works(language, page, match):
        return True
    if not page.raw(match.first)[:1].isupper():
        before = word_before(language, page, match)
        asked = match.first > 1 and page.words[match.first - 2].norm in language.introducing
        told = before in language.introducing or (before in ADDRESSED and asked)
        return told and clause_ends(language, page, match)
    ends = CLAUSE_ENDS.match(page.text, page.words[match.last].end) is not None
    said = [word.norm for word in page.words[match.last + 1 : match.last + 3]]
    # "Der Pate bitte", "Der Pate kenne ich schon"
    chosen = said[:1] in _CHOSEN or (said[1:] in _I and said[0] in language.introducing)
    return ends or chosen or is_praised(language, page, match) or _by_a_name(page, match)


_OWNERS = [
    [word] for word in ("meines", "meiner", "deines", "deiner", "seines", "seiner", "ihres", "unseres")
]
_CHOSEN = (["bitte"], ["klingt"])
_I = (["ich"], ["wir"])


def _by_a_name(page: ContextFeatures, match: Match) -> bool:
    """Whether a name stands behind a match: "Der Pate von Coppola", "Die Welle mit Jürgen Vogel"."""
    behind = match.last + 1
    if behind + 2 >= len(page.words) or page.words[behind].norm not in {"von", "mit"}:
        return False
    names = behind + 1, behind + 2
    return all(page.raw(index)[:1].isupper() for index in names[: 1 + (page.words[behind].norm == "mit")])


_PLAYED = frozenset({"spielen", "spielt", "spiele", "gespielt"})
#: Said of games, books and films, and not listed because so much else is: only where a title opens a
#: sentence.
SAID_OF_WORKS = frozenset({"spielen", "spielt", "spiele", "gespielt", "macht", "gehort", "hore", "lauft"})


def is_counted_noun(language: Language, before: str) -> bool:
    """Whether a noun behind a determiner is just a noun, where nouns have capitals."""
    return bool(language.nouns) and before in language.determiners and before not in language.kinds


def a_noun(language: Language, page: ContextFeatures, match: Match, before: str) -> bool:
    """Whether a German noun is just a noun: behind a determiner, a preposition or an adjective, or in a
    sentence that says nothing of films or books."""
    if before in _TAKING:  # "Nimm Sonnencreme und ein Handtuch mit"
        return not clause_ends(language, page, match)
    if before in language.introducing or before in language.kinds:
        return False
    adjective = bool(_ADJECTIVE.search(before)) and before not in _NO_ADJECTIVES
    if before in language.determiners or before in _PREPOSITIONS or adjective:
        return True
    following = page.words[match.last + 1].norm if match.last + 1 < len(page.words) else ""
    if opens_a_sentence(page, match.first):
        if following in language.said_of or following in SAID_OF_WORKS:
            return False
        if clause_ends(language, page, match) and not _NO_NOUN.search(page.words[match.first].norm):
            return False
    begin = match.first
    while begin > max(0, match.first - SENTENCE) and not opens_a_sentence(page, begin):
        begin -= 1
    end = min(page.sentence_ends[match.last], match.last + SENTENCE)
    said = {page.words[index].norm for index in range(begin, end)}
    return said.isdisjoint(language.kinds | language.introducing | language.seen | _PLAYED)


# Before a noun without an article ("nach Feierabend"); "in" and "von" stand before titles.
_PREPOSITIONS = frozenset(
    {"nach", "vor", "mit", "ohne", "aus", "bei", "seit", "fur", "um", "gegen", "durch", "wegen", "an", "auf"}
    | {"zu", "unter", "uber", "trotz", "ab", "per", "pro"}
)
_TAKING = frozenset({"nimm", "nehmt", "probier", "probiere", "versuch", "versuche"})
# Participles and adjectives, which open an answer with a capital: "Kapiert, tausend Dank".
_NO_NOUN = LazyPattern(
    r"(?:iert|ig|lich|isch|bar|sam|haft|los|voll)$"
    r"|^(?:ge|be|ver|er|ent|zer|ab|an|auf|aus|ein|um|vor|zu)(?=.*[aeiou]).{2,}(?:t|en)$"
)
# Words that end as adjectives do.
_ADJECTIVE = LazyPattern(r"..(?:e|en|er|es|em|ig|lich)$")
_NO_ADJECTIVES = frozenset(
    {"habe", "hatte", "heute", "gerne", "bitte", "danke", "wie", "oder", "aber", "unter", "hinter", "neben"}
    | {"gegen", "ohne", "immer", "wieder", "hier", "wurde", "werde", "ware", "fanden", "haben", "hatten"}
    | {"waren", "wurden", "lieber", "leider", "welcher"}
)
