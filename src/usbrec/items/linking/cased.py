"""Titles in languages with capitals other than English: what they say there, and which words are ordinary.

Titles are written as sentences are: only the first word and names have a capital ("Cien años de soledad").
So a capital inside a sentence says much of Spanish, French and Russian words, and in German nothing of a
noun.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.items.linking.ambiguity import Ambiguity, is_always_capital
from usbrec.items.linking.called import is_called_a_work, is_praised, is_seen
from usbrec.items.linking.cased_clauses import (
    SENTENCE,
    clause_ends,
    no_name,
    opens_as_all_do,
    speaks_of_works,
    word_before,
)
from usbrec.items.linking.context import ContextFeatures, Match, is_capital, numbers_as_titled
from usbrec.items.linking.german_nouns import (
    ADDRESSED,
    SAID_OF_WORKS,
    a_noun,
    article_and_noun,
    is_counted_noun,
)
from usbrec.items.linking.languages import Language
from usbrec.items.linking.small_elsewhere import opens_a_clause, told_in_small_letters

_SHORT = 3
_LONG = 5


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
    before = word_before(language, page, match)
    if first == last and page.a_place(first) and not speaks_of_works(language, page, match):
        return False
    if first == last and level is not Ambiguity.MARKED and _where_somebody_is(page, match):
        return False
    if capital and is_called_a_work(language, page, match):
        return True
    if before in language.kinds and (capital or lower_case):
        return level is not Ambiguity.MARKED or capital or clause_ends(language, page, match)
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
            return bare or lower_case or article_and_noun(language, page, match)
        if lower_case:
            return len(raws[0]) >= _LONG and before not in language.determiners
        return not a_noun(language, page, match, before) and capital and no_name(language, page, match)
    introduced = before in language.introducing
    following = page.words[last + 1].norm if last + 1 < len(page.words) else ""
    if all(map(str.isdigit, raws)):  # "Hast du 1984 gelesen?", "Kennst du 1984?"
        asked = first > 1 and page.words[first - 2].norm in language.introducing and before in ADDRESSED
        told = introduced or asked or before in _READ
        if len(raws[0]) < 3 and not numbers_as_titled(page, match):
            return False
        return (told and clause_ends(language, page, match)) or following in language.seen
    if level is Ambiguity.CAPITALS and last - first > 1 and following in language.seen:
        return True  # "die stille Grenze gesehen"
    if lower_case or not capital:
        return False
    if level is Ambiguity.MARKED:
        names = not all(page.words[index].norm in language.nouns for index in range(first, last + 1))
        return names and introduced and clause_ends(language, page, match)
    opens = opens_as_all_do(language, page, first)
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
        if opens or not page.contrast(match) or not no_name(language, page, match):
            return False
        if language.nouns and a_noun(language, page, match, before):
            return False
        return not is_counted_noun(language, before)
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
    if opens_as_all_do(language, page, first) or (lower_case and opens_a_clause(page, first)):
        # A bare noun opens no Spanish or French sentence, but a verb does.
        bare = bool(language.articles) and not language.nouns and first == last
        bare = bare and not page.words[first].norm.endswith(("r", "re"))
        told = several or level is Ambiguity.PLAIN or (bare and not lower_case)
        told = told and (several or no_name(language, page, match))
        seen = several or (lower_case and not (language.articles and language.nouns))
        if told and (is_praised(language, page, match) or (seen and is_seen(language, page, match))):
            return True
    compared = _compared(language, page, match, before)
    if compared and level is Ambiguity.PLAIN:
        return True
    if not lower_case or not several:
        return False
    introduced = compared or before in language.introducing | language.kinds
    if introduced and (level is Ambiguity.PLAIN or clause_ends(language, page, match)):
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


def _opens_a_sentence(language: Language, page: ContextFeatures, match: Match) -> bool:
    """Whether a sentence that opens with a word of another language is about a title of one word: "Heat ist
    spannend", "Splendor spielen wir oft", "Roma es una película preciosa"."""
    if not page.contrast(match) or not no_name(language, page, match):
        return False
    if not language.nouns:
        return _named(language, page, match, "")
    if match.last + 1 >= page.sentence_ends[match.last]:
        return False
    gap = page.text[page.words[match.last].end : page.words[match.last + 1].start]
    if gap.strip():
        return False
    if page.words[match.last + 1].norm in language.said_of | SAID_OF_WORKS:
        return True
    end = page.sentence_ends[match.last]
    said = {page.words[index].norm for index in range(match.last + 1, min(end, match.last + SENTENCE))}
    return not said.isdisjoint(language.kinds | language.introducing | language.seen | SAID_OF_WORKS)


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
        if introduced and (not single or (all_small and clause_ends(language, page, match))):
            return True
        # "une crème solaire", but "le film de la lune bleue" where nothing has a capital
        if long or (single and not all_small) or (before in language.determiners and single >= all_small):
            return long
        return (not single or clause_ends(language, page, match)) and speaks_of_works(language, page, match)
    if long or inside:
        return True
    if not opens_as_all_do(language, page, first):
        return not single or no_name(language, page, match)
    if single and not no_name(language, page, match):
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


_READ = frozenset({"lies", "lest", "lee", "lis"})
