"""Answered questions: what a short answer asks for by the question before it.

"Does it have to be waterproof?" - "Yes"; "Which brand?" - "Sony"; "Any brand to avoid?" - "Sony"; "Would 120
euros be okay?" - "Sure". "Any brand you would prefer?" asks for a liking.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Literal

from usbrec.items.constraints.clauses import WORD, sentences
from usbrec.lexicon import LANGUAGES, words

#: An answer to what, with a name in it, has so many words at most.
_SHORT = 6
#: Characters of a recommender's turn that are looked at for its question.
_LONGEST = 1_000

Answer = Literal["yes", "no"]


def question_of(text: str) -> str | None:
    """The question that a recommender's turn ends with, in small letters, without its mark; None for none."""
    last = sentences(text[-_LONGEST:].casefold().replace("’", "'").strip())[-1].strip()
    return last.rstrip("? ") if last.endswith("?") else None


def answer_of(text: str) -> Answer | None:
    """Whether a turn opens with a yes or with a no."""
    plain = text.casefold().replace("’", "'")
    if _pattern("answers_yes").match(plain) is not None:
        return "yes"
    return "no" if _pattern("answers_no").match(plain) is not None else None


def demand_asked(question: str) -> str | None:
    """What a question asks whether it has to be: "black" of "should it be black"; None for another question,
    and for one that offers several."""
    match = _pattern("asks_demand").search(question)
    if match is None or _pattern("asks_liking").search(question) is not None:
        return None
    asked = question[match.end() :].strip()
    return None if _pattern("asks_either").search(asked) is not None else asked


def importance_asked(question: str) -> str | None:
    """What a question asks whether it is important: "organic" of "is organic important to you"."""
    for language in LANGUAGES:
        for pattern in words(language, "constraints")["answers"]["asks_importance"]:
            if (match := re.search(pattern, question)) is not None:
                return str(match["what"])
    return None


def importance_of(text: str) -> Answer | None:
    """Whether a turn says that what was asked for is important ("very"), or that it is not ("not really")."""
    plain = text.casefold().replace("’", "'")
    if _pattern("is_unimportant").match(plain) is not None:
        return "no"
    return "yes" if _pattern("is_important").match(plain) is not None else None


def asks_how_much_of(question: str) -> bool:
    """Whether a question asks how much of a thing there should be: "how much memory", not "how much"."""
    return _pattern("asks_how_much_of").search(question) is not None


def name_asked(question: str) -> Literal["wanted", "unwanted"] | None:
    """Whether a question asks for a name that is wanted, or for one to leave out; None where it asks for a
    liking or for something else."""
    if _pattern("asks_unwanted").search(question) is not None:
        return "unwanted"
    liking = _pattern("asks_liking").search(question) is not None
    return None if liking or _pattern("asks_which").search(question) is None else "wanted"


def is_short(text: str) -> bool:
    """Whether a turn may be the name that was asked for and no more."""
    return len(WORD.findall(text)) <= _SHORT


def names_alone(text: str, names: Sequence[str]) -> bool:
    """Whether an answer holds no more than these names: not "only Sony" or "I want red"."""
    said = [
        word for word in WORD.findall(text.casefold()) if _pattern("beside_names").fullmatch(word) is None
    ]
    return len(said) <= sum(len(WORD.findall(name)) for name in names)


@functools.cache
def _pattern(use: str) -> re.Pattern[str]:
    told = [
        pattern for language in LANGUAGES if (pattern := words(language, "constraints")["answers"].get(use))
    ]
    return re.compile("|".join(f"(?:{pattern})" for pattern in told) or "(?!)")
