"""Titles in languages with capitals other than English: what they say there, and which words are ordinary.

Titles are written as sentences are: only the first word and names have a capital ("Cien años de soledad").
So a capital inside a sentence says much of Spanish, French and Russian words, and in German nothing of a
noun.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.items.linking.ambiguity import Ambiguity, is_always_capital
from usbrec.items.linking.called import is_called_a_work, is_praised, is_seen
from usbrec.items.linking.context import ContextFeatures, Match, is_capital, numbers_as_titled
from usbrec.items.linking.languages import Language
from usbrec.items.linking.small_elsewhere import opens_a_clause, told_in_small_letters
from usbrec.patterns import LazyPattern

_SENTENCE_END = LazyPattern(r"[.!?…:\n\"“”„()\[\]«»¿¡—–]")
_CLAUSE_END = LazyPattern(r"""[ \t]*(?:$|[.,!?…:;\n"“”„«»()\[\]/—–])""")
_SHORT = 3
_LONG = 5
# So many words around say what a sentence is about.
_SENTENCE = 24


def ambiguity_in(language: Language, title_words: Sequence[str]) -> Ambiguity:
    """How carefully a title of these normalised words must be read in a text of the language."""
    content = [word for word in title_words if word not in language.articles] or list(title_words)
    if all(word.isdigit() or len(word) == 1 for word in content):
        return Ambiguity.MARKED
    if len(content) == 1:
        word = content[0]
        if language.nouns and not language.nouns.isdisjoint((word, word[:-1])) and len(title_words) == 1:
            return Ambiguity.MARKED
        if is_always_capital(word) and len(title_words) == 1:
            return Ambiguity.MARKED
        common = language.is_ordinary(word) or len(word) <= _SHORT
        return Ambiguity.CAPITALS if common else Ambiguity.PLAIN
    if len(title_words) < 7 and all(language.is_ordinary(word) or word.isdigit() for word in content):
        only_nouns = bool(language.nouns) and all(word in language.nouns for word in title_words)
        return Ambiguity.MARKED if only_nouns else Ambiguity.CAPITALS
    return Ambiguity.PLAIN


def evident_in(language: Language, page: ContextFeatures, match: Match, level: Ambiguity) -> bool:
    """Whether a title without marks and year is named in a text of the language."""
    first, last = match.first, match.last
    raws = [page.raw(index) for index in range(first, last + 1)]
    raws[0] = raws[0][match.skip :]
    lower_case = page.first_capital >= len(page.text)
    capital = raws[0][:1].isupper() or raws[0][:1].isdigit()
    if page.entry(match) and capital:
        return True
    before = _before(language, page, match)
    if first == last and page.a_place(first) and not speaks_of_works(language, page, match):
        return False
    if first == last and level is not Ambiguity.MARKED and _where_somebody_is(page, match):
        return False
    if capital and is_called_a_work(language, page, match):
        return True
    if before in language.kinds and (capital or lower_case):
        return level is not Ambiguity.MARKED or capital or _ends(language, page, match)
    talk = level is not Ambiguity.MARKED and (capital or lower_case)
    if talk and _talked_of(language, page, match, level, before):
        return True
    if lower_case and told_in_small_letters(language, page, match, level):
        return True
    single = first == last
    if level is Ambiguity.PLAIN:
        if not language.nouns:
            return _named(language, page, match, before)
        if not single:
            bare = first + 1 < last or page.words[first].norm not in language.articles
            return bare or lower_case or _article_and_noun(language, page, match)
        if lower_case:
            return len(raws[0]) >= _LONG and before not in language.determiners
        return not _a_noun(language, page, match, before) and capital and _no_name(language, page, match)
    introduced = before in language.introducing
    following = page.words[last + 1].norm if last + 1 < len(page.words) else ""
    if all(map(str.isdigit, raws)):  # "Hast du 1984 gelesen?", "Kennst du 1984?"
        asked = first > 1 and page.words[first - 2].norm in language.introducing and before in _ADDRESSED
        told = introduced or asked or before in _READ
        if len(raws[0]) < 3 and not numbers_as_titled(page, match):
            return False
        return (told and _ends(language, page, match)) or following in language.seen
    if level is Ambiguity.CAPITALS and last - first > 1 and following in language.seen:
        return True  # "die stille Grenze gesehen"
    if lower_case or not capital:
        return False
    if level is Ambiguity.MARKED:
        names = not all(page.words[index].norm in language.nouns for index in range(first, last + 1))
        return names and introduced and _ends(language, page, match)
    opens = _opens_as_all_do(language, page, first)
    inside = [raw for raw in raws[1:] if is_capital(raw) and not raw.isdigit()]
    if language.nouns:  # German: capitals of nouns say nothing
        inside = [
            raw
            for raw, index in zip(raws[1:], range(first + 1, last + 1), strict=True)
            if is_capital(raw) and not language.nouns & {page.words[index].norm}
        ]
    if single:
        if opens and ambiguity_in(language, match.form.words) is Ambiguity.PLAIN:
            return _opens_a_sentence(language, page, match)
        if opens or not page.contrast(match) or not _no_name(language, page, match):
            return False
        if language.nouns and _a_noun(language, page, match, before):
            return False
        return not _counted(language, before)
    return bool(inside) if opens else page.contrast(match)


def _talked_of(
    language: Language, page: ContextFeatures, match: Match, level: Ambiguity, before: str
) -> bool:
    """Whether what people say of films and books stands right beside a match: judged or seen, where it opens
    a clause; seen, liked or compared before it, where nothing in the text has a capital."""
    first, last = match.first, match.last
    content = [index for index in range(first, last + 1) if page.words[index].norm not in language.articles]
    several = len(content) > 1
    lower_case = page.first_capital >= len(page.text)
    if _opens_as_all_do(language, page, first) or (lower_case and opens_a_clause(page, first)):
        # A bare noun opens no Spanish or French sentence, but a verb does.
        bare = bool(language.articles) and not language.nouns and first == last
        bare = bare and not page.words[first].norm.endswith(("r", "re"))
        told = several or level is Ambiguity.PLAIN or (bare and not lower_case)
        told = told and (several or _no_name(language, page, match))
        seen = several or (lower_case and not (language.articles and language.nouns))
        if told and (is_praised(language, page, match) or (seen and is_seen(language, page, match))):
            return True
    compared = _compared(language, page, match, before)
    if compared and level is Ambiguity.PLAIN:
        return True
    if not lower_case or not several:
        return False
    introduced = compared or before in language.introducing | language.kinds
    if introduced and (level is Ambiguity.PLAIN or _ends(language, page, match)):
        return True
    # "planche à repasser" has two words that say something.
    telling = [page.words[index].norm for index in content if len(page.words[index].norm) > _SHORT - 1]
    telling = [word for word in telling if word not in language.determiners]
    return level is Ambiguity.PLAIN and (len(telling) > 2 or speaks_of_works(language, page, match))


def _where_somebody_is(page: ContextFeatures, match: Match) -> bool:
    """Whether a word stands behind "in" or "comes from": "rodada en Roma", "j'habite à Munich"."""
    if match.skip or not match.first:
        return False
    before = page.raw(match.first - 1).casefold()
    earlier = page.words[match.first - 2].norm if match.first > 1 else ""
    if before == "à":
        return not any(word.norm.startswith("prefer") for word in page.words[: match.first])
    return before in _IN or (before in {"de", "pour"} and earlier in _COMING)


_IN = frozenset({"en", "hacia", "nach"})
_COMING = frozenset(
    {"viens", "vient", "venons", "train", "vengo", "viene", "venimos", "tren", "vuelo", "vol"}
)


def _compared(language: Language, page: ContextFeatures, match: Match, before: str) -> bool:
    """Whether a match is what another is better than, or liked better than, or raved about."""
    said = [word.norm for word in page.words[max(0, match.first - _LONG) : match.first - 1]]
    if before in _THAN:
        return not _BETTER.isdisjoint(said)
    return before == "lieber" or (before == "von" and said[-1:] != [] and said[-1].startswith("schwarm"))


_THAN = frozenset({"als", "que", "чем"})
_BETTER = frozenset(
    {"besser", "lieber", "schlechter", "spannender", "mejor", "peor", "mieux", "pire", "лучше"}
)


def _article_and_noun(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether an article and a German noun are a title: the article has a capital that it needs not have,
    the sentence speaks of films or books, or says nothing else, or what it says is said of them."""
    if page.raw(match.first)[:1].isupper() and not _opens(page, match.first):
        return True
    if [word.norm for word in page.words[match.last + 1 : match.last + 2]] in _OWNERS:
        return False  # "Das Boot meines Vaters"
    if speaks_of_works(language, page, match):
        return True
    if not page.raw(match.first)[:1].isupper():
        before = _before(language, page, match)
        asked = match.first > 1 and page.words[match.first - 2].norm in language.introducing
        told = before in language.introducing or (before in _ADDRESSED and asked)
        return told and _ends(language, page, match)
    ends = _CLAUSE_END.match(page.text, page.words[match.last].end) is not None
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


def _opens_a_sentence(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether a sentence that opens with a word of another language is about a title of one word: "Heat ist
    spannend", "Splendor spielen wir oft", "Roma es una película preciosa"."""
    if not page.contrast(match) or not _no_name(language, page, match):
        return False
    if not language.nouns:
        return _named(language, page, match, "")
    if match.last + 1 >= page.sentence_ends[match.last]:
        return False
    gap = page.text[page.words[match.last].end : page.words[match.last + 1].start]
    if gap.strip():
        return False
    if page.words[match.last + 1].norm in language.said_of | _SAID_OF_WORKS:
        return True
    end = page.sentence_ends[match.last]
    said = {page.words[index].norm for index in range(match.last + 1, min(end, match.last + _SENTENCE))}
    return not said.isdisjoint(language.kinds | language.introducing | language.seen | _SAID_OF_WORKS)


_PLAYED = frozenset({"spielen", "spielt", "spiele", "gespielt"})
#: Said of games, books and films, and not listed because so much else is: only where a title opens a
#: sentence.
_SAID_OF_WORKS = frozenset({"spielen", "spielt", "spiele", "gespielt", "macht", "gehort", "hore", "lauft"})


def _named(language: Language, page: ContextFeatures, match: Match, before: str) -> bool:
    """Whether words that no list holds are a title, where ordinary nouns have small letters.

    No list of everyday words is complete, so that being on none says nothing. What says something is a
    capital inside a sentence or inside the title; a verb or a word for films before it; that it is all that
    is said; or that a sentence is said about it, which needs an article before any other noun in Spanish and
    French; else that its sentence speaks of films or books.
    """
    first, last = match.first, match.last
    single = first == last
    raws = [page.raw(index) for index in range(first, last + 1)]
    raws[0] = raws[0][match.skip :]
    if before in language.about:
        before = ""
    introduced = before in language.introducing
    # So many words, or a number behind them, are no accident.
    long = last - first > _SO_LONG or any(map(str.isdigit, raws[1:]))
    inside = any(is_capital(raw) and not raw.isdigit() for raw in raws[1:])
    if inside and page.words[first].norm in language.determiners:
        return True  # "du Parrain"
    if not (raws[0][:1].isupper() or raws[0][:1].isdigit()):
        all_small = page.first_capital >= len(page.text)
        if introduced and (not single or (all_small and _ends(language, page, match))):
            return True
        # "une crème solaire", but "le film de la lune bleue" where nothing has a capital
        if long or (single and not all_small) or (before in language.determiners and single >= all_small):
            return long
        return (not single or _ends(language, page, match)) and speaks_of_works(language, page, match)
    if long or inside:
        return True
    if not _opens_as_all_do(language, page, first):
        return not single or _no_name(language, page, match)
    if single and not _no_name(language, page, match):
        return False
    if _is_all(page, match) or speaks_of_works(language, page, match):
        return True
    article = page.words[first].norm in language.articles or match.skip > 0
    following = page.words[last + 1].norm if last + 1 < len(page.words) else ""
    bare = bool(language.articles) and not article and page.text[page.words[last].end :][:1] == " "
    return bare and following in language.said_of - language.determiners and page.raw(last + 1) != "à"


_SO_LONG = 2


def _is_all(page: ContextFeatures, match: Match) -> bool:
    """Whether a match is all that a message says, and no cry: "Laberinto." but not "¡Estupendo!"."""
    if match.first or match.last + 1 < len(page.words):
        return False
    return "!" not in page.text


def speaks_of_works(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether the rest of a sentence has a word that goes with films and books."""
    begin = match.first
    while begin > max(0, match.first - _SENTENCE) and not _opens_as_all_do(language, page, begin):
        begin -= 1
    end = match.last + 1
    while end < min(page.sentence_ends[match.last], match.last + _SENTENCE) and not _opens(page, end):
        end += 1
    said = {page.words[index].norm for index in range(begin, end) if not match.first <= index <= match.last}
    return not said.isdisjoint(language.works | (language.kinds - language.determiners))


def _opens_as_all_do(language: Language, page: ContextFeatures, index: int) -> bool:
    """Whether any word has a capital here: a small letter follows a colon or a dash in Spanish, French and
    Russian, so that a capital there says as much as one inside a sentence."""
    if language.nouns or not index:
        return _opens(page, index)
    before = page.text[page.words[index - 1].end : page.words[index].start]
    if before.strip(" \t:—–") or not before.strip(" \t"):
        return bool(_SENTENCE_END.search(before))
    return _opens(page, index - 1) and ":" in before  # who speaks: "Ana: Paella otra vez"


def _before(language: Language, page: ContextFeatures, match: Match) -> str:
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
    if norm in _POLITE and language.nouns and said[-1:] and said[-1] in language.introducing | _TRYING:
        return "empfehle"  # "Ich empfehle Ihnen Tschick", "Probieren Sie Tschick"
    return norm


_POLITE = frozenset({"sie", "ihnen", "dir", "euch", "doch", "mal"})
_TRYING = frozenset(
    {"nimm", "nehmt", "probier", "probiert", "lies", "lest", "schau", "schaut", "sieh", "seht", "spiel"}
    | {"spielt", "kauf", "kauft", "probieren", "versuchen", "nehmen", "spielen", "lesen", "kennen", "sehen"}
    | {"horen", "kaufen", "testen"}
)
#: Who is asked whether they know a title, and what says that one is read.
_ADDRESSED, _READ = (
    frozenset({"du", "ihr", "sie", "tu", "usted", "vous"}),
    frozenset({"lies", "lest", "lee", "lis"}),
)
_SUGGESTING = frozenset({("ware", "es"), ("war", "s"), ("ware", "das"), ("wie", "wars"), ("wie", "war's")})


def _opens(page: ContextFeatures, index: int) -> bool:
    before = page.text[page.words[index - 1].end : page.words[index].start] if index else "\n"
    return bool(_SENTENCE_END.search(before))


def _ends(language: Language, page: ContextFeatures, match: Match) -> bool:
    if _CLAUSE_END.match(page.text, page.words[match.last].end):
        return True
    return match.last + 1 < len(page.words) and page.words[match.last + 1].norm in language.said_of


def _counted(language: Language, before: str) -> bool:
    """Whether a noun behind a determiner is just a noun, where nouns have capitals."""
    return bool(language.nouns) and before in language.determiners and before not in language.kinds


def _a_noun(language: Language, page: ContextFeatures, match: Match, before: str) -> bool:
    """Whether a German noun is just a noun: behind a determiner, a preposition or an adjective, or in a
    sentence that says nothing of films or books."""
    if before in _TAKING:  # "Nimm Sonnencreme und ein Handtuch mit"
        return not _ends(language, page, match)
    if before in language.introducing or before in language.kinds:
        return False
    adjective = bool(_ADJECTIVE.search(before)) and before not in _NO_ADJECTIVES
    if before in language.determiners or before in _PREPOSITIONS or adjective:
        return True
    following = page.words[match.last + 1].norm if match.last + 1 < len(page.words) else ""
    if _opens(page, match.first):
        if following in language.said_of or following in _SAID_OF_WORKS:
            return False
        if _ends(language, page, match) and not _NO_NOUN.search(page.words[match.first].norm):
            return False
    begin = match.first
    while begin > max(0, match.first - _SENTENCE) and not _opens(page, begin):
        begin -= 1
    end = min(page.sentence_ends[match.last], match.last + _SENTENCE)
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


def _no_name(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether no capitalised word stands beside a single word that makes it part of a name."""
    for left, neighbour in ((match.first - 1, match.first - 1), (match.last, match.last + 1)):
        if match.skip and neighbour < match.first:
            continue
        if left < 0 or neighbour >= len(page.words):
            continue
        if page.text[page.words[left].end : page.words[left + 1].start] not in {" ", "-"}:
            continue
        norm = page.words[neighbour].norm
        if not page.raw(neighbour)[:1].isupper() or (language.nouns and norm in _POLITE):
            continue
        if norm in language.kinds or norm in language.opening or norm in language.introducing:
            continue
        if neighbour < match.first and _opens(page, neighbour) and language.is_ordinary(norm):
            continue
        if language.nouns and norm in language.nouns:
            continue
        return False
    return True
