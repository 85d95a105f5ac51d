"""Names of people: titles that are one, and what stands beside somebody's name.

"My name is Juno." and "my sister Juno" name no film, and "Orwell's 1984" does: a capitalised name with "'s"
before a title is whoever made it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from usbrec.items.linking.ambiguity import (
    can_be_subject,
    greetings,
    has_it,
    in_dictionary,
    introduces_people,
    is_always_capital,
    is_at_home,
    is_common,
    is_empty,
    is_first_name,
    is_frequent,
    is_office,
    is_owner,
    is_participle,
    is_relation,
    is_said_of_works,
    is_studio,
    is_talk_of_works,
    people_do,
)
from usbrec.items.linking.context import ContextFeatures, Match
from usbrec.items.scripts import APOSTROPHES

_LONGEST = 3
_JOINS = frozenset({"and", "or", "und", "oder", "y", "et", "ou"})
_CALLED = frozenset({"called", "named"})
_AT_HOMES = frozenset({"at", "from", "for", "in", "to"})


@functools.cache
def _last_words() -> frozenset[str]:
    return frozenset(phrase.split(" ")[-1] for phrase in introduces_people()) | _CALLED


def introduced_as_a_person(page: ContextFeatures, match: Match) -> bool:
    """Whether the words before a match say that it is what somebody is called."""
    first = match.first
    if not first or match.skip:
        return False
    before = page.words[first - 1].norm
    relation = before not in _last_words()
    if relation and not is_relation(before):
        return False
    if page.text[page.words[first - 1].end : page.words[first].start].strip(" \t"):
        return False
    said = [word.norm for word in page.words[max(0, first - _LONGEST) : first]]
    if relation:
        # "For my daughter Frozen is best": such a title is no name.
        named = match.first == match.last and (not is_common(match.form.key) or is_first_name(match.form.key))
        return named and any(map(is_owner, said[:-1]))
    if before in _CALLED:
        return any(map(is_relation, said[-3:-1] if said[-2:-1] in (["is"], ["was"]) else said[-2:-1]))
    return any(" ".join(said[place:]) in introduces_people() for place in range(len(said)))


def is_among_people(page: ContextFeatures, match: Match) -> bool:
    """Whether a given name stands joined with another one, and nothing in the sentence speaks of films or
    books: "Carol and Victoria are coming over"."""
    first, last = match.first, match.last
    if first < last or not is_first_name(page.words[first].norm):
        return False
    if not (_joined_name(page, first, -1) or _joined_name(page, first, 1)):
        return False
    begin, end = page.sentence_starts[first], page.sentence_ends[last]
    return page.talks[max(begin, end)] == page.talks[begin]


def is_somebody(page: ContextFeatures, match: Match) -> bool:
    """Whether a capitalised word is thanked or greeted, does what people do, or is said to be a person or a
    pet: "Thanks, Matilda!", "Rebecca told me", "Juno is my dog"."""
    first, last = match.first, match.last
    if first < last or not page.raw(first)[:1].isupper():
        return False
    norm = page.words[first].norm
    if page.words[first].stem != norm:
        return False
    opens = page.opens_sentence(first) or (first > 0 and page.words[first - 1].norm in _JOINS)
    if opens and _does_as_people(page, first):
        return True
    if page.opens_sentence(first):
        return _is_a_person(page, last)
    return _is_greeted(page, match, norm)


def _does_as_people(page: ContextFeatures, index: int) -> bool:
    """Whether what stands behind a name, or behind another one that is joined with it, is done by people."""
    end = page.sentence_ends[index]
    place = index + 1
    if place + 1 < end and page.words[place].norm in _JOINS and page.raw(place + 1)[:1].isupper():
        place += 2
    if place + 1 >= end or page.text[page.words[place - 1].end : page.words[place].start] != " ":
        return False
    return f"{page.words[place].norm} {page.words[place + 1].norm}" in people_do()


def _is_a_person(page: ContextFeatures, last: int) -> bool:
    """Whether behind a match "is" or "was" says who somebody is, and the sentence speaks of no film."""
    end = page.sentence_ends[last]
    if last + 2 >= end or page.words[last + 1].norm not in {"is", "was"}:
        return False
    said = [word.norm for word in page.words[last + 2 : min(end, last + _WHO_IS)]]
    if said[0] not in _BEFORE_PEOPLE and not is_owner(said[0]):
        return False
    for place, norm in enumerate(said):
        if is_relation(norm) or is_office(norm):
            index = last + 2 + place
            closes = index + 1 == end or page.words[index + 1].norm in _BEHIND_PEOPLE
            return closes and not any(is_talk_of_works(word.norm) for word in page.words[index + 1 : end])
        if norm in _BEHIND_PEOPLE or is_talk_of_works(norm):
            return False
    return False


_WHO_IS = 7
_BEFORE_PEOPLE = frozenset({"a", "an", "the"})
_BEHIND_PEOPLE = frozenset({"of", "and", "in", "at", "from", "who", "here", "too", "now"})


def _is_greeted(page: ContextFeatures, match: Match, norm: str) -> bool:
    """Whether all that a sentence says before a name is thanks or a greeting, and the clause ends behind it.
    A word of the dictionary may as well be what is answered: "Hi, Heat"."""
    first = match.first
    if page.words[first - 1].norm not in greetings() or not page.ends(match, frozenset()):
        return False
    if in_dictionary(norm) and not is_first_name(norm):
        return False
    begin = first
    while begin and not page.opens_sentence(begin) and first - begin <= _LONGEST_GREETING:
        begin -= 1
        if page.words[begin].norm not in greetings():
            return False
    return not _BESIDE_GREETED.isdisjoint(word.norm for word in page.words[begin:first])


_LONGEST_GREETING = 6
#: One of these is in a greeting, whatever else is.
_BESIDE_GREETED = frozenset(
    {"thank", "thanks", "hi", "hello", "hey", "morning", "evening", "afternoon", "night", "bye", "goodbye"}
    | {"dear", "welcome", "sorry", "cheers", "congratulations", "birthday", "gracias", "hola", "merci"}
    | {"bonjour", "salut", "danke", "hallo"}
)


def _joined_name(page: ContextFeatures, index: int, step: int) -> bool:
    """Whether the word two before a word, or two behind it, is a given name that "and" joins with it."""
    other = index + 2 * step
    if not 0 <= other < len(page.words) or page.words[index + step].norm not in _JOINS:
        return False
    return is_first_name(page.words[other].norm)


def owner_before(page: ContextFeatures, index: int) -> str:
    """The word with "'s" directly before a word, without it; "" where none is."""
    if not index:
        return ""
    owner = page.words[index - 1]
    gap = page.text[owner.end : page.words[index].start]
    if gap == " ":
        return owner.stem if owner.stem != owner.norm else ""
    plural = gap[1:] == " " and gap[0] in APOSTROPHES and owner.norm.endswith("s")
    return owner.norm if plural else ""


def is_by(page: ContextFeatures, match: Match, names: Iterable[str]) -> bool:
    """Whether one of these (normalised) names stands with "'s" before a match, whole or the last word of it:
    "Stephen King's It", but not "the king's it girl"."""
    owner = owner_before(page, match.first)
    if not owner:
        return False
    for name in names:
        parts = name.split(" ")
        if parts[-1] != owner or len(parts) > match.first:
            continue
        before = [page.words[index].norm for index in range(match.first - len(parts), match.first - 1)]
        if (before == parts[:-1] and before) or possessor(page, match.first):
            return True
    return False


def possessor(page: ContextFeatures, index: int) -> str:
    """The name before a word that it belongs to, "Orwell" in "Orwell's 1984"; "" where none is."""
    name = owner_before(page, index)
    if not name or not page.text[page.words[index - 1].start].isupper():
        return ""
    if is_empty(name) or is_frequent(name):
        return ""
    if is_first_name(name) or is_studio(name):
        return name
    return "" if is_common(name) or is_always_capital(name) else name


def has_its_ending(page: ContextFeatures, match: Match) -> bool:
    """Whether a single word, in any letters, has what only works have: "dune's ending"."""
    if match.first < match.last or not can_be_subject(page.words[match.last].stem):
        return False
    return has_it(_possessed(page, match), people=False)


def is_by_its_maker(page: ContextFeatures, match: Match) -> bool:
    """Whether a name before a single word says who made it: "Austen's Emma", but not "Anna's Emma"."""
    name = possessor(page, match.first)
    return bool(name) and not (is_first_name(name) and is_first_name(match.form.key))


def has_what_works_have(page: ContextFeatures, match: Match) -> bool:
    """Whether a single word has, or is, what works have or are: "Heat's ending", "Dune's great"."""
    following = _possessed(page, match)
    if not following:
        return False
    further = page.words[match.last + 2].norm if match.last + 2 < page.sentence_ends[match.last] else ""
    title = page.words[match.last].stem
    if is_empty(title) or (is_always_capital(title) and not is_first_name(title)):
        return False
    if is_first_name(title):
        return has_it(following, people=False)
    if has_it(following, people=True) or is_talk_of_works(following):
        return is_said_of_works("is", following)
    if has_it(further, people=False):  # "Rocky's training montage"
        return True
    # A noun that can be counted has an article: "a dune's slope".
    return not is_common(title) and not is_at_home(following)


def is_by_somebody(page: ContextFeatures, match: Match) -> bool:
    """Whether a whole name stands with "by" behind a single word: "Her, by Spike Jonze", but not "Directed by
    Michael Mann"."""
    last = match.last
    if page.words[last].stem != page.words[last].norm:  # "It's by Steven Spielberg"
        return False
    if last + 3 >= len(page.words) or page.words[last + 1].norm not in {"by", "von"}:
        return False
    between = page.text[page.words[last].end : page.words[last + 1].start]
    if between.strip(" \t") not in {"", ","} or not between:
        return False
    if "," not in between and is_participle(page.words[last].norm):
        return False
    names = page.words[last + 2], page.words[last + 3]
    whole = page.text[names[0].end : names[1].start] in {" ", ". "}
    return whole and all(page.text[one.start].isupper() for one in names)


def is_somebodys_home(page: ContextFeatures, match: Match) -> bool:
    """Whether a single word is at home there: "at Juno's house"."""
    if not match.first or page.words[match.first - 1].norm not in _AT_HOMES:
        return False
    return is_at_home(_possessed(page, match))


def _possessed(page: ContextFeatures, match: Match) -> str:
    """The word in small letters behind a match with "'s"; "" where none is."""
    last = page.words[match.last]
    if last.stem == last.norm or match.form.key.endswith(last.norm) or match.last + 1 == len(page.words):
        return ""
    following = page.words[match.last + 1]
    joined = page.text[last.end : following.start] == " " and page.text[following.start].islower()
    return following.norm if joined else ""
