"""Titles of one word of the dictionary that open a sentence: "Inception 10/10", "Titanic: great movie".

The capital is that of the sentence, so what stands behind has to say that a work is meant. A countable noun
without an article is no subject of a sentence, so a word that is not in everyday use needs little; an
everyday one ("Traffic would be a problem") needs what is said of films and books alone.
"""

from __future__ import annotations

import re

from usbrec.items.linking.ambiguity import (
    answers,
    can_be_subject,
    is_called_work,
    is_first_name,
    is_heading,
    is_kind,
    is_of_works_alone,
    is_predicate,
    is_talk_of_works,
    judges_works,
)
from usbrec.items.linking.context import ContextFeatures, Match
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern

#: How a title is rated: "Inception 10/10", "Drive - 4.5 stars", "Heat: ★★★★".
_RATED = LazyPattern(
    r"""["”’'*_]{0,3}[ \t]*(?:[:,=(–—-][ \t]*)?(?:(?:an?|easy|is|solid|was)[ ]){0,3}
        (?: [0-9]{1,3}(?:[.,][0-9])?
            (?:[ ]?/[ ]?(?:5|10|100)\b|[ ]out[ ]of[ ](?:5|10|100|five|ten)\b|[ ]?stars?\b|[ ]?[★⭐])
          | [★⭐] | (?:two|three|four|five)[ ](?:stars\b|out[ ]of[ ](?:five|ten)\b) )""",
    re.VERBOSE | re.IGNORECASE,
)
#: What is said of it behind a colon or a dash.
_COMMENT = LazyPattern(r"""["”’'*_]{0,3}(?::|[ ]?[–—]|[ ]-)[ \t]+(?P<said>[^\n.!?]{2,120})""")
#: A reason, or who made it: "Inception because it is clever", "Inception by Nolan".
_BESIDE = LazyPattern(
    r",?[ ](?:because|by[ ](?=[A-Z])|again\b|for[ ](?:me|sure)\b"
    r"|blew[ ]my[ ]mind|on[ ](?:dvd|hulu|netflix|tv)\b)"
)
#: What is named first, and then seen or liked: "Heat I loved", "Inception, I've seen that".
_FRONTED = LazyPattern(
    r",?[ ](?:I|we)(?:[ ](?:have|had|did)(?:n['’]?t)?|['’](?:ve|d))?"
    r"(?:[ ](?:already|also|really|just|never|not|do|don['’]?t)){0,2}"
    r"[ ](?:like|liked|love|loved|enjoyed|hated|saw|seen|watched|rewatched|read)\b"
    # Nothing else is seen: not "Once I saw Heat".
    r"(?=[ ]*(?:\Z|[.,!?;\n]|[ ](?:too|already|before|yet|as[ ]well|a[ ]lot|so[ ]much|though|twice|last"
    r"|that(?=[.!]?\Z))\b))"
)
#: Words that judge or command, and stand alone before a reason: "Adorable because ...".
_NO_NOUN = LazyPattern(r"(?:ing|ed|ful|ous|able|ible|less|ly|ish|s)$")


def opens_as_a_title(page: ContextFeatures, match: Match, *, everyday: bool) -> bool:
    """Whether what stands behind a capitalised word that opens a sentence makes a title of it."""
    word = page.words[match.last].norm
    if word in answers() or is_kind(word) or not can_be_subject(word):
        return False
    text, end = page.text, page.words[match.last].end
    if _RATED.match(text, end):
        return True
    if comment := _COMMENT.match(text, end):
        return not is_heading(word) and _is_about_a_work(comment["said"], everyday or is_first_name(word))
    if _FRONTED.match(text, end):
        return True
    if judges_works(word) or _NO_NOUN.search(word):
        return False
    said = page.words[match.last + 1 : page.sentence_ends[match.last]]
    if not said or (text[end : said[0].start] != " " and not _BESIDE.match(text, end)):
        return False
    if not (is_predicate(said[0].norm) or _BESIDE.match(text, end)):
        return False
    return not everyday or any(is_of_works_alone(one.norm) or is_called_work(one.norm) for one in said)


def _is_about_a_work(said: str, everyday: bool) -> bool:
    """Whether a comment speaks of a film or a book; of a word that is not everyday, whether it judges."""
    norms = [word.norm for word in words(said)]
    if any(is_called_work(norm) or is_of_works_alone(norm) for norm in norms):
        return True
    if everyday or not norms:
        return False
    return is_first_name(norms[0]) or any(is_talk_of_works(norm) or judges_works(norm) for norm in norms)
