"""Stories: what a seeker tells of persons, of other things and of the day, which asks for nothing.

"My dad is over 70", "my car is red", "I work at least 8 hours a day" and "why is the price over 200?" hold
numbers and names that a demand could have. What is told is blanked, so that places in the text stay.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from usbrec.items.constraints.clauses import CLAUSE
from usbrec.items.constraints.phrases import all_phrases, begun, opens, says
from usbrec.patterns import LazyPattern

#: Another thing may be said behind these: "my mum is over 70 and wants nothing above 50 euro". Between two
#: numbers "and" makes a range.
_JOINED = LazyPattern(r"\s+(?:and|und|so|also|then|deshalb|therefore|hence)\s+(?!\ue000)|:\s")
_OPENED = LazyPattern(r"\W*(?:(?:and|but|because|since|well|also|as|und|aber|weil|denn|da|na|oh)\s+)*")
_LISTS = frozenset({"owners", "tellers", "explains", "of_persons"})
_TELLING = frozenset({"tellers", "doing"})
_WORD = LazyPattern(r"[^\W\d_]+")


def without_stories(text: str) -> str:
    """A sentence (in lower case, amounts marked) with blanks where it only tells or asks something."""
    if begun(text).isdisjoint(_LISTS):
        return text
    if text.rstrip().endswith("?") and _explained(text):
        return " " * len(text)
    owned = False
    for start, end in list(_parts(text)):
        part = text[start:end]
        of_person = owned or opens("of_persons", part.lstrip())
        owned = owner_of(part) is not None
        told = (owned and says("states", part)) or _is_told(part) or (of_person and _is_relative(part))
        if told and not says("wanting", part) and not says("allergies", part):
            text = f"{text[:start]}{' ' * len(part)}{text[end:]}"
    return text


def owner_of(clause: str) -> str | None:
    """The person or thing that a clause begins with as somebody's own: "sister" of "my sister has"; None
    where there is none, or where it is a wish's ("my budget")."""
    if "owners" not in begun(clause):
        return None
    place = _OPENED.match(clause).end()  # type: ignore[union-attr]
    for each in all_phrases():
        if (found := each.regex("owners").match(clause, place)) is not None:
            words = [word[0] for word in _WORD.finditer(clause, found.end())][:3]
            if not words or says("own_wishes", " ".join(words)):
                return None
            return words[0]
    return None


def is_for(person: str, text: str) -> bool:
    """Whether a text (in lower case) asks for something for a person."""
    if not says("given_to", text):
        return False
    words = {word[0].removesuffix("s") for word in _WORD.finditer(text)}
    return person.removesuffix("s") in words or says("given_to_them", text)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """The places of what a sentence tells one by one."""
    cuts = sorted([*CLAUSE.finditer(text), *_JOINED.finditer(text)], key=lambda cut: cut.start())
    start = 0
    for cut in cuts:
        if cut.start() >= start:
            yield start, cut.start()
            start = cut.end()
    yield start, len(text)


def _explained(text: str) -> bool:
    """Whether a question asks why or how something is, and not what there is."""
    place = _OPENED.match(text).end()  # type: ignore[union-attr]
    return opens("explains", text[place:]) and not says("explains_not", text)


def _is_told(part: str) -> bool:
    """Whether somebody tells what they do or did: "I ran", "am I at home"."""
    if not begun(part) >= _TELLING:
        return False
    return any(pattern.search(part) is not None for pattern in _tellings())


def _is_relative(part: str) -> bool:
    """Whether a clause says of a person before it what he or she is: "who is over 70"."""
    return opens("of_persons", part.lstrip()) and says("states", part)


@functools.cache
def _tellings() -> tuple[re.Pattern[str], ...]:
    """Each language's subjects with what they do, in either order."""
    found = []
    for each in all_phrases():
        who, does = each.one_of("tellers"), each.one_of("doing")
        inverted = rf"|{does}\s+{who}" if each.language != "en" else ""
        found.append(re.compile(rf"{who}(?:\s+{each.one_of('doing_filler')})*\s+{does}{inverted}"))
    return tuple(found)
