"""Clauses in languages with capitals: where one begins and ends around a match, what stands before it."""

from __future__ import annotations

from usbrec.items.linking.context import ContextFeatures, Match
from usbrec.items.linking.languages import Language
from usbrec.patterns import LazyPattern

SENTENCE_END = LazyPattern(r"[.!?…:\n\"“”„()\[\]«»¿¡—–]")
CLAUSE_ENDS = LazyPattern(r"""[ \t]*(?:$|[.,!?…:;\n"“”„«»()\[\]/—–])""")
# So many words around say what a sentence is about.
SENTENCE = 24


def speaks_of_works(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether the rest of a sentence has a word that goes with films and books."""
    begin = match.first
    while begin > max(0, match.first - SENTENCE) and not opens_as_all_do(language, page, begin):
        begin -= 1
    end = match.last + 1
    while end < min(page.sentence_ends[match.last], match.last + SENTENCE) and not opens_a_sentence(
        page, end
    ):
        end += 1
    said = {page.words[index].norm for index in range(begin, end) if not match.first <= index <= match.last}
    return not said.isdisjoint(language.works | (language.kinds - language.determiners))


def opens_as_all_do(language: Language, page: ContextFeatures, index: int) -> bool:
    """Whether any word has a capital here: a small letter follows a colon or a dash in Spanish, French and
    Russian, so that a capital there says as much as one inside a sentence."""
    if language.nouns or not index:
        return opens_a_sentence(page, index)
    before = page.text[page.words[index - 1].end : page.words[index].start]
    if before.strip(" \t:—–") or not before.strip(" \t"):
        return bool(SENTENCE_END.search(before))
    return opens_a_sentence(page, index - 1) and ":" in before  # who speaks: "Ana: Paella otra vez"


def word_before(language: Language, page: ContextFeatures, match: Match) -> str:
    """The word directly before a match in its clause, "" where none is."""
    if match.skip or match.first == 0:
        return ""
    gap = page.text[page.words[match.first - 1].end : page.words[match.first].start]
    if gap.strip(" \t\"“„«‚‘'*_:"):
        return ""
    norm = page.words[match.first - 1].norm
    # "Wie wäre es mit Tschick?": a verb of its own, and no preposition before a noun.
    said = tuple(word.norm for word in page.words[max(0, match.first - 4) : match.first - 1])
    if norm == "mit" and language.nouns and said[-2:] in _SUGGESTING:
        return "empfehle"
    if norm in POLITE and language.nouns and said[-1:] and said[-1] in language.introducing | _TRYING:
        return "empfehle"  # "Ich empfehle Ihnen Tschick", "Probieren Sie Tschick"
    return norm


POLITE = frozenset({"sie", "ihnen", "dir", "euch", "doch", "mal"})
_TRYING = frozenset(
    {"nimm", "nehmt", "probier", "probiert", "lies", "lest", "schau", "schaut", "sieh", "seht", "spiel"}
    | {"spielt", "kauf", "kauft", "probieren", "versuchen", "nehmen", "spielen", "lesen", "kennen", "sehen"}
    | {"horen", "kaufen", "testen"}
)
_SUGGESTING = frozenset({("ware", "es"), ("war", "s"), ("ware", "das"), ("wie", "wars"), ("wie", "war's")})


def opens_a_sentence(page: ContextFeatures, index: int) -> bool:
    before = page.text[page.words[index - 1].end : page.words[index].start] if index else "\n"
    return bool(SENTENCE_END.search(before))


def clause_ends(language: Language, page: ContextFeatures, match: Match) -> bool:
    if CLAUSE_ENDS.match(page.text, page.words[match.last].end):
        return True
    return match.last + 1 < len(page.words) and page.words[match.last + 1].norm in language.said_of


def no_name(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether no capitalised word stands beside a single word that makes it part of a name."""
    for left, neighbour in ((match.first - 1, match.first - 1), (match.last, match.last + 1)):
        if match.skip and neighbour < match.first:
            continue
        if left < 0 or neighbour >= len(page.words):
            continue
        if page.text[page.words[left].end : page.words[left + 1].start] not in {" ", "-"}:
            continue
        norm = page.words[neighbour].norm
        if not page.raw(neighbour)[:1].isupper() or (language.nouns and norm in POLITE):
            continue
        if norm in language.kinds or norm in language.opening or norm in language.introducing:
            continue
        if neighbour < match.first and opens_a_sentence(page, neighbour) and language.is_ordinary(norm):
            continue
        if language.nouns and norm in language.nouns:
            continue
        return False
    return True
