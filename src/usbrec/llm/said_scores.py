"""Scores said in sentences: which numbers of a text are given as a score, and what takes a score back.

An explanation names years, counts and titles, and none of them is a rival of the score beside it. A number
is one where it is said to be the score: behind a label or a verb of rating ("the score is 0", "I give 0"), at
the beginning of a sentence that ends or is explained there ("0, because"), with an article ("a 2"), or as the
outcome of a thought ("so zero"). A score that is taken back gives none, nor does a judge that says that it
cannot judge.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from usbrec.lexicon import any_of, shared
from usbrec.llm.number_words import a_sign, a_word, signs, values
from usbrec.llm.option_forms import folded
from usbrec.llm.score_labels import LABELS
from usbrec.patterns import LazyPattern


@functools.cache
def listed(use: str) -> tuple[str, ...]:
    """The phrases of a use in the lexicon, which may be regular expressions."""
    return tuple(shared("scores")[use])


def one_of(use: str) -> str:
    """The expression that reads one of them."""
    return any_of(listed(use))


_NUMBER = LazyPattern(
    lambda: rf"(?P<digits>\d+(?:[.,]\d+)*)|(?P<word>{a_word()})|(?P<sign>{a_sign()})", re.IGNORECASE
)
SENTENCES = LazyPattern(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n")
#: A label just before a number.
_AFTER_LABEL = LazyPattern(
    lambda: (
        rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})"
        rf"[\W_]*(?:{one_of('is')}[\W_]+){{0,4}}\Z"
    ),
    re.IGNORECASE,
)
#: The same in scripts without blanks between words, and a verb of giving.
_AFTER_SIGNS = LazyPattern(lambda: rf"{one_of('label_signs')}(?:{shared('scores')['is_signs']}|\W){{0,6}}\Z")
#: Words of rating, before a number in its sentence.
_RATING = LazyPattern(lambda: rf"\b{one_of('rating')}\b", re.IGNORECASE)
#: What a thought ends with, before its number.
_SO = LazyPattern(
    lambda: (
        rf"\b{one_of('so')}"
        r"[\s,:–—]*(?:(?:it|that)(?:['’]s| is)|this is|i(?:['’]d)? say|the|only|just|really|be)?\W*\Z"
        rf"|{one_of('so_signs')}\W*\Z"
    ),
    re.IGNORECASE,
)
#: A word or a few and a comma, such as "Hmm,", before a number that ends the sentence.
_AFTER_COMMA = LazyPattern(r"\A\W*(?:[^\W\d]+\W+){0,3}[^\W\d]+,\s*\Z")
_ARTICLE = LazyPattern(lambda: rf"\b{one_of('articles')}\s+\W*\Z", re.IGNORECASE)
#: The beginning of a sentence, also behind a label of something else.
_BEGINS = LazyPattern(r"(?:\A|[^\W\d]\W*[:：])[^\w:：]*\Z")
#: What shows that a number stands for itself: the end, a stop, a reason, or the unit of scores.
_FOR_ITSELF = LazyPattern(
    lambda: (
        r"[*_`\"'“”‘’)\]}\s]*(?:\Z|[.,;:!?。，；：！？…](?!\d)|[–—/-](?!\w))"
        r"|\s*(?:[分점](?!钟|鐘|の)|点(?!钟|鐘))"
        r"|\s+[–—-]\s"
        rf"|\s+{one_of('reasons')}\b"
    ),
    re.IGNORECASE,
)
_UNIT = LazyPattern(r"\s*(?:分(?!钟|鐘|の|之)|점)")
_NUMBERS_A_THING = LazyPattern(lambda: rf"\b{one_of('numbers_a_thing')}\W*\Z", re.IGNORECASE)
_OF_A_TITLE = LazyPattern(r"[\w.,!?]\s+[\"“*_]*[A-Z][^\W\d_]+ \Z")
#: A counted thing behind a number; short words ("of", "for"), and those of `no_thing`, are none.
_COUNTED_THING = LazyPattern(
    lambda: (
        r"-[^\W\d_]{2}"
        r"|(?:\s+of\s+\d+)?\s+(?P<word>[^\W\d_]{4,})"
        rf"|\s+of\s+{one_of('of_those')}\b"
    )
)
_COUNTED_SIGN = LazyPattern(r"\s*[部本个個首款件次轮輪回編편개번권]")
#: A year, an id and their kin are above; a score of any scale is not.
LARGEST_SCORE = 100
_NEAR, _NEARER = 80, 24
_TAKEN_BACK = LazyPattern(
    lambda: (
        rf"\b{one_of('taken_back')}\b"
        rf"|^[^\w\n]*(?:{one_of('before_waits')}\W+)*{one_of('waits')}\b"
        r"(?=\s*[,.:!?…–—-]|\s*$)"
        rf"|{one_of('taken_back_signs')}"
    ),
    re.IGNORECASE | re.MULTILINE,
)


def _cannot() -> str:
    """What a judge says that cannot judge at all; not, that it cannot give more."""
    judging, judged = one_of("judging"), one_of("judged")
    return (
        rf"(?:(?:\b(?:i|we)\b|['’]m\b|^[^\w\n]*|[.!?]\s+)[^.!?\n]{{0,25}}?{one_of('unable')}"
        r"|\b(?:impossible|not possible) to)\s+"
        r"(?:\w+ly\s+)?(?:"
        rf"{judging}(?:\s+(?:this|the|that|your|any)(?:\s+\w+)?\s+{judged}"
        rf"(?!\s+{one_of('of_more')}\b)"
        r"|(?:\s+(?:this|that|it))?(?=\W*[.,;!?]|\W*\Z|\s+(?:because|since|without)\b))"
        rf"|{one_of('giving')}\s+(?:you\s+)?(?:(?:an?|any|the|this|my)\s+)?"
        rf"(?!{one_of('given_more')})(?:\w+\s+)?{one_of('given')}\b"
        rf"|{one_of('helping')}(?:\s+you)?(?=\s+with\s+(?:this|that|the)\b|\W*[.!?]|\W*\Z))"
        rf"|\b{one_of('missing')} {one_of('dialogues')}\b[^.!?\n]{{0,20}}\b{one_of('missing_behind')}\b"
        rf"|\b{one_of('dialogues')} {shared('scores')['missing_is']}\b"
        rf"|{one_of('cannot')}"
    )


_CANNOT = LazyPattern(_cannot, re.IGNORECASE | re.MULTILINE)


def scores_said(text: str, options: Sequence[str]) -> Iterator[str]:
    """The numbers that a text gives as a score in its sentences; those of words as digits."""
    for sentence in SENTENCES.split(_without_scale(folded(text), options)):
        for found in _NUMBER.finditer(sentence):
            digits = found["digits"]
            number = digits or str(signs().get(found[0]) or values().get(found[0].casefold(), 0))
            start, end = found.span()
            before, behind = sentence[max(0, start - _NEAR) : start], sentence[end : end + _NEAR]
            # A sign of Chinese is part of many a word.
            if found["sign"] and not (_AFTER_SIGNS.search(before) and _FOR_ITSELF.match(behind)):
                continue
            if _is_said(before, behind, in_digits=digits is not None, is_option=number in options):
                yield number


def _is_said(before: str, behind: str, *, in_digits: bool, is_option: bool) -> bool:
    labelled = _AFTER_LABEL.search(before) or _AFTER_SIGNS.search(before)
    itself = _FOR_ITSELF.match(behind) is not None
    if labelled and (itself or (in_digits and is_option)):
        return True
    if is_of_a_thing(before, behind) or not (in_digits or itself):
        return False
    if not is_option:
        # A score of another scale.
        return itself and _RATING.search(before[-_NEARER:]) is not None
    if in_digits and _UNIT.match(behind):
        return True
    if itself and (_BEGINS.search(before) or _AFTER_COMMA.search(before)):
        return True
    return any(rule.search(before) for rule in (_RATING, _ARTICLE, _SO))


def is_of_a_thing(before: str, behind: str) -> bool:
    """Whether the number between is how many of something there are, or a part of a name."""
    if any(sign.isascii() and sign.isalpha() for sign in (before[-1:], behind[:1])):
        return True
    if _NUMBERS_A_THING.search(before) or _OF_A_TITLE.search(before) or _COUNTED_SIGN.match(behind):
        return True
    thing = _COUNTED_THING.match(behind)
    return thing is not None and (thing["word"] or "").casefold() not in listed("no_thing")


def takes_back(text: str) -> bool:
    """Whether a text takes back what was said before it: "wait", "on second thought"."""
    return _TAKEN_BACK.search(text.replace("’", "'")) is not None


def refuses(text: str) -> bool:
    """Whether a text says that its writer cannot judge at all."""
    return _CANNOT.search(text) is not None


def _without_scale(text: str, options: Sequence[str]) -> str:
    """The text without the scale of the options: "0-2", the end of "0/2" and of "0 out of 2"."""
    low, high = min(options, key=int), max(options, key=int)
    words = [word for word, value in values().items() if value == int(high)]
    end = rf"(?:{'|'.join([high, *words])})"
    text = re.sub(rf"\b{low}\s*(?:-|–|—|~|to|bis|à|a)\s*{high}\b", "", text)
    ending = rf"(?:\s*/\s*|\s+(?:out\s+of|of|von|sur|de|su|van|из)\s+){end}\b"
    # "2 of 2 films" are films.
    ending += rf"(?!\s*(?!{one_of('reasons')}\b)[^\W\d_])"
    return re.sub(ending, " /", text, flags=re.IGNORECASE)
