"""Evidence that words are a title where no year says so: quotes, capitals, what stands around them."""

from __future__ import annotations

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    SAID_OF,
    Ambiguity,
    answers,
    can_be_subject,
    is_first_name,
    is_kind,
    is_said_of_works,
    is_small,
    is_talk_of_works,
)
from usbrec.items.linking.called import is_called_a_work
from usbrec.items.linking.cased import evident_in
from usbrec.items.linking.caseless import Surroundings
from usbrec.items.linking.context import (
    BEHIND_NUMBERS,
    JOINS,
    Match,
    is_a_sign,
    is_capital,
    like_a_title,
    numbers_as_titled,
)
from usbrec.items.linking.languages import russian
from usbrec.items.linking.opening import opens_as_a_title
from usbrec.items.linking.page import Page
from usbrec.items.linking.people import (
    has_what_works_have,
    is_by_its_maker,
    is_by_somebody,
    is_somebodys_home,
    possessor,
)
from usbrec.items.linking.small_letters import (
    just_a_noun,
    of_the_dictionary,
    opens_elsewhere,
    stands_as_title,
)
from usbrec.items.linking.surface_form import Writing
from usbrec.items.linking.years import TITLE_FIELD
from usbrec.items.scripts import has_cyrillic
from usbrec.items.titles import has_fraction
from usbrec.patterns import LazyPattern

#: After these a number that is a title is one.
_NUMBERS_INTRODUCED = frozenset(
    {"like", "liked", "love", "loved", "enjoy", "enjoyed", "recommend", "suggest", "try", "read", "reread"}
    | {"finished", "novel", "book", "film", "movie"}
)
#: A title in capitals has so many letters: "IT" and "US" are also other things.
_ACRONYM = 3
_OPENING_MARKS = frozenset("[(¡¿")
_BEFORE_ACRONYMS = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "my", "near", "of", "on", "our", "the", "this", "to"}
    | {"with", "your"}
)
_WORD_BEFORE = LazyPattern(r"[^\W_][,:]?[ \t]+$")
_TAG_END = LazyPattern(r"[ \t]*(?:[#.,!?…\n]|\Z)")
#: Said behind a title that is chosen.
_CHOSEN = LazyPattern(
    r"(?:[ \t]+(?:it is|then)(?:[ \t]+then)?|[ \t]+please"
    r"|,[ \t]+(?:please|then|obviously|definitely|easily|probably|of course|for sure|hands down"
    r"|no doubt|always|I (?:think|guess))"
    r"|[ \t]+sounds[ \t]+(?:good|great|perfect|fun|nice|interesting|amazing|awesome|lovely|like a plan))"
    r"[ \t\"”’*_]*(?:[.!?…\n]|\Z)"
)
#: What ends a field.
_FIELD_END = LazyPattern(r"""["'”’*_]{0,3}[ \t]*(?:[\n|,;}]|\.?\s*\Z)""")


def evident(page: Page, match: Match, level: Ambiguity, around: Surroundings | None) -> bool:
    """Whether a title without its year is named in the language of the text, though nothing marks it."""
    if not page.elsewhere:
        return _evident_in_english(page, match)
    writing = match.form.writing
    if around:
        if around.evident(level) or page.entry(match):
            return True
        if writing is Writing.CASELESS or level is Ambiguity.MARKED:
            return False
        return page.capitalised(match)
    if writing is Writing.CYRILLIC:
        return evident_in(russian(), page, match, level)
    if page.language:
        return evident_in(page.language, page, match, level)
    if has_cyrillic(page.text) and is_capital(page.raw(match.first)):
        return is_called_a_work(russian(), page, match) or _evident_in_english(page, match)
    return _evident_in_english(page, match)


def _evident_in_english(page: Page, match: Match) -> bool:
    ambiguity = match.form.ambiguity
    first, last = match.first, match.last
    run = [page.raw(index) for index in range(first, last + 1)]
    if ambiguity is Ambiguity.PLAIN:
        if first == last and (
            _part_of_a_name(page, match)
            or page.a_place(first)
            or just_a_noun(page, match)
            or opens_elsewhere(page, match)
            or (page.words[last].norm in answers() and page.is_all(match))
        ):
            return False
        if stands_as_title(page, match) or not of_the_dictionary(page, match):
            return True
        if first < last or not is_capital(run[0]):
            return False
        if page.subject(first) or _has_a_cue(page, match):
            return True
        return page.opens_sentence(first) and opens_as_a_title(page, match, everyday=False)
    if ambiguity is Ambiguity.CAPITALS and match.form.telling and page.asked_about(match):
        return True
    if page.entry(match):
        return is_capital(run[0]) and not is_kind(page.words[last].norm)
    if not page.contrast(match):
        return False
    if all(map(str.isnumeric, run)):  # "have you read 1984?", but not "I watched 300 films"
        told = page.introduced(first) or _read_or_seen(page, first) or _is_of_a_maker(page, match)
        enough = len(run[0]) > 2 or numbers_as_titled(page, match)
        return enough and told and page.ends(match, BEHIND_NUMBERS)
    if len(run) == 1:
        if is_a_sign(run[0]):
            return _is_a_work(page, match)
        if not like_a_title(run[0]) or _part_of_a_name(page, match):
            return False
        if page.a_place(first) or is_somebodys_home(page, match):
            return False
        if ambiguity is Ambiguity.MARKED:
            told = page.introduced(first) or _has_a_cue(page, match)
            return told and not is_kind(page.words[first].norm)
        if is_by_somebody(page, match):
            return True
        if not can_be_subject(page.words[first].norm):
            # In hasty writing a sentence begins without a full stop: "a good movie It is about".
            return page.introduced(first) or (not page.opens_sentence(first) and page.ends(match, JOINS))
        if not page.opens_sentence(first) or page.subject(first) or has_what_works_have(page, match):
            return True
        return opens_as_a_title(page, match, everyday=True)
    if ambiguity is Ambiguity.MARKED and not page.introduced(first):
        return False
    telling = [raw for raw in run[1:] if not is_small(raw.casefold())]
    if not telling and page.opens_sentence(first):
        telling = run[1:]
    # People write "the Hangover" inside a sentence for "The Hangover".
    if run[0] in ARTICLES and telling and not page.opens_sentence(first):
        return all(is_capital(raw) for raw in telling) and not page.part_of_a_name(match)
    return all(is_capital(raw) for raw in (run[0], *telling))


def _is_a_hashtag(page: Page, start: int, end: int) -> bool:
    """Whether a capitalised word is a hashtag that ends a clause, or before another one: "#Coco #Up"."""
    return page.text[start - 1 : start] == "#" and _TAG_END.match(page.text, end) is not None


def _has_a_cue(page: Page, match: Match) -> bool:
    """Whether a possessive beside a single word, or a name behind it, tells that it is a title."""
    return has_what_works_have(page, match) or is_by_its_maker(page, match) or is_by_somebody(page, match)


def _part_of_a_name(page: Page, match: Match) -> bool:
    """Whether a capitalised word stands directly beside a single word, and is no one who made it."""
    return page.part_of_a_name(match) and not (
        is_by_its_maker(page, match) and not page.capital_beside(match.last, match.last + 1, match.last + 1)
    )


def _is_of_a_maker(page: Page, match: Match) -> bool:
    """Whether a number is what somebody made: "Orwell's 1984", but not "Toyota's 1984 was a good year"."""
    if not possessor(page, match.first):
        return False
    behind = [word.norm for word in page.words[match.last + 1 : match.last + 3]]
    return page.ends(match, JOINS) or (behind[:1] == ["is"] and is_said_of_works("is", behind[-1]))


def _is_a_work(page: Page, match: Match) -> bool:
    """Whether a sign is read, seen or judged: "π was great", but not "π is a number"."""
    first, last = match.first, match.last
    if page.introduced(first) or _read_or_seen(page, first):
        return page.ends(match, BEHIND_NUMBERS)
    said = [word.norm for word in page.words[last + 1 : min(last + 3, page.sentence_ends[last])]]
    if not page.opens_sentence(first) or len(said) < 2:
        return False
    return said[0] in SAID_OF and is_talk_of_works(said[1])


def _read_or_seen(page: Page, index: int) -> bool:
    """Whether a word before a number says that it is read, seen or offered: "you might like 1984"."""
    before = page.words[index - 1].norm if index else ""
    return before in _NUMBERS_INTRODUCED and not page.opens_sentence(index)


def in_title_field(page: Page, start: int, end: int) -> bool:
    """Whether a match is all that stands in a field for titles: "Title: Heat"."""
    return (
        page.fields
        and is_capital(page.text[start:end])
        and bool(TITLE_FIELD.search(page.text, max(0, start - 28), start))
        and bool(_FIELD_END.match(page.text, end))
    )


def as_the_title_is(page: Page, match: Match, start: int, end: int, level: Ambiguity) -> bool:
    """Whether a text writes the very marks that a title opens and closes with ("[REC]", "¡Átame!" in
    a sentence), or its letters all as capitals among others ("MASH")."""
    text = page.text
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    marked = before in _OPENING_MARKS and after != " "
    shouted = level is Ambiguity.CAPITALS and text[start:end].isupper()
    if not (marked or shouted):
        return False
    titles = [title for item in match.form.bare() for title in item.titles]
    if marked and after and f"{before}{text[start:end]}{after}" in titles:
        # A cry stands alone: "¡Socorro!"
        if not any(map(str.isalpha, text[start:end])):  # "(2007)" is a year
            return False
        return before in "[(" or bool(_WORD_BEFORE.search(text, max(0, start - 4), start - 1))
    if not shouted or sum(map(str.isalpha, text[start:end])) < _ACRONYM:
        return False
    spelt = [title for title in titles if title.isupper() and " " not in title]
    said = page.words[match.first - 1].norm if match.first else ""
    if said in _BEFORE_ACRONYMS and not page.opens_sentence(match.first):
        return False  # "at JFK", "the SWAT team"
    return bool(spelt) and page.contrast(match) and not page.part_of_a_name(match)


def is_the_answer(page: Page, match: Match, start: int, end: int) -> bool:
    """Whether a title of one word is all that is said: "Dune.", "**Emma**". What people answer with, or
    call a kind of work, is no title that way."""
    said = page.words[match.last].norm
    raw = page.raw(match.last)
    if match.first < match.last and raw.isnumeric():
        fractions = any(has_fraction(title) for item in match.form.bare() for title in item.titles)
        return fractions and page.ends_sentence(match.last) and page.opens_alone(match.first)
    # Shouted words are told by what stands around them alone.
    if is_a_sign(raw):
        return page.is_all(match)
    if len(said) < 2 or raw.isupper() or not (raw[0].isupper() and is_capital(page.text[start:end])):
        return False
    if said in answers() or is_kind(said):
        return False
    if page.is_all(match) or _is_a_hashtag(page, start, end):
        return True
    # "Emma it is.", but not "Friday it is."
    chosen = _CHOSEN.match(page.text, end)
    if chosen is None or not (can_be_subject(said) or is_first_name(said)):
        return False
    return page.opens_alone(match.last)
