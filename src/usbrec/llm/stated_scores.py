"""Scores that a vote states behind their label in a sentence: "The score is 1.", "Score: 1 (comparable)".

Words that leave open which number it is ("not", "at least", "or"), and conditions, make it none, and so does
a further number of the scale in its line. A number without a label ("0, because ...", "I'd say 2") is none:
it may be one of what was counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from usbrec.lexicon import shared
from usbrec.llm.number_words import a_word, signs, values
from usbrec.llm.option_forms import folded
from usbrec.llm.said_scores import SENTENCES, is_of_a_thing, one_of
from usbrec.llm.score_labels import is_label
from usbrec.patterns import LazyPattern

_WRAP = r"[*_`\"'“”‘’]*"
_NUMBER = rf"{_WRAP}(?P<number>\d{{1,3}}){_WRAP}"


def _end() -> str:
    """What ends a statement: the scale and the unit, then a stop, a remark or a reason."""
    return (
        rf"(?P<scale>\s*[(\[]?(?:{one_of('out_of')}\s+{_WRAP}(?P<high>\d{{1,3}}|{a_word()}){_WRAP}"
        r"|/\s?(?P<over>\d{1,3}))[)\]]?)?"
        rf"(?:\s+{one_of('points')}(?![^\W\d_]))?{_WRAP}(?:\s+{one_of('given_to')}\s+[^\d.,;:!?]{{1,40}}?)?"
        r"(?:\s*\Z|[.!;,:](?!\d)|\s*[(\[]|\s+[–—-]{1,2}\s|[–—]\s?(?=[^\W\d_])"
        # A unit is no reason: "2 points lower" is a difference.
        rf"|\s+(?!{one_of('points')}(?![^\W\d_])){one_of('reasons')}(?![^\W\d_]))"
    )


#: Where a statement begins: with its sentence, or behind what leads to it.
_FROM = r"(?:(?<=^)|(?<=[,:;–—(]\s)|(?<=[,:;–—(])|(?<=[,:;–—]\s\s))[\s*_#\"“-]*"
_BEHIND_SO = r"(?:(?:so|and|thus|hence|therefore|then|overall|also|daher|donc|así que|quindi|dus|итак)\s+)?"
#: "The score is 1", "My rating for this reply: 1", "Rating - 1 (comparable)"
_LABELLED = LazyPattern(
    lambda: (
        rf"{_FROM}{_BEHIND_SO}(?:{one_of('whose')}\s+)?(?P<label>[^\W\d_]+(?:\s+[^\W\d_]+){{0,2}}?)\)?{_WRAP}"
        rf"(?:\s+{one_of('of_what')}\s+[^\d.,;:]{{1,40}}?)?"
        rf"(?:\s+{one_of('stated_is')}\s*:?|\s*[:：=]|\s+[–—-]{{1,2}}(?=\s))\s*{_NUMBER}{_end()}"
    ),
    re.IGNORECASE,
)
_IN_SIGNS = LazyPattern(
    lambda: (
        rf"(?P<before>(?:\A|[，。：、\s])[^\d，。]{{0,12}}?)(?P<label>{one_of('label_signs')})"
        rf"(?:{shared('scores')['is_signs']}|[\s*:：=\"“]){{0,6}}(?P<number>\d{{1,3}})"
        r"\s*[*\"”]*(?:分|点|點|점)?(?:です|だ|입니다|이다)?(?:\s*\Z|[。，,.!！；;（(])"
    )
)
_OPEN = LazyPattern(
    lambda: (
        rf"(?<![^\W\d_])(?:{one_of('leaves_open')}|\w*n['’]t)(?![^\W\d_])|{shared('scores')['leaves_open_signs']}"
    ),
    re.IGNORECASE,
)
#: A remark that leaves it open, also where the limit of tokens cut the other number off: "1 (or".
_GOES_ON = LazyPattern(
    lambda: rf"\W*(?:(?:and|to|bis|à|до)\W*\Z|{one_of('leaves_open')}(?![^\W\d_]))", re.IGNORECASE
)
#: A remark that the score is none that anybody gave: "0 (default)", "1 as a placeholder".
_STANDS_IN = LazyPattern(
    lambda: (
        rf"[\s\W]*(?:(?:as|by|the|an?|als|der|ein)\s+){{0,2}}{one_of('stands_in')}\s*(?:\Z|[)\].,;:!])"
        rf"|\W*{one_of('stands_in_signs')}"
    ),
    re.IGNORECASE,
)
_SUPPOSES = LazyPattern(lambda: rf"(?<![^\W\d_]){one_of('supposes')}(?![^\W\d_])", re.IGNORECASE)
#: What may not follow: another number in its place.
_ANY_NUMBER = LazyPattern(
    lambda: rf"(?<![\w.,])(?P<number>\d{{1,3}}|{a_word()})(?![\w]|[.,]\d)", re.IGNORECASE
)
_NEAR = 80


def stated_scores(lines: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    """The numbers that the lines of an answer state as the score; "" for a statement that leaves it open."""
    for line in lines:
        plain = _without_range(folded(line), options)
        for sentence in SENTENCES.split(plain):
            found = _statement(sentence)
            if found is not None:
                yield _of(found, plain[plain.find(sentence) :], options)


def _statement(sentence: str) -> re.Match[str] | None:
    for labelled in _LABELLED.finditer(sentence):
        if is_label(labelled["label"]):
            return labelled
    return None if sentence.isascii() else _IN_SIGNS.search(sentence)


def _of(found: re.Match[str], line: str, options: Sequence[str]) -> str:
    """The number of a statement in digits; "" on another scale, on a condition, or beside another number."""
    number, groups = _digits(found["number"]), found.groupdict()
    high, low = max(options, key=int), min(options, key=int)
    top = groups.get("high") or groups.get("over")
    if top is not None and _digits(top) != high:
        return ""
    if groups.get("over") and number not in (low, high):
        # "1/2" may be a half.
        return ""
    before = line[found.start() : found.start("number")]
    rest = line[found.end("scale") if groups.get("scale") else found.end("number") :]
    if _OPEN.search(before) or _SUPPOSES.search(line) or _GOES_ON.match(rest) or _STANDS_IN.match(rest):
        return ""
    for other in _ANY_NUMBER.finditer(rest):
        at = rest[max(0, other.start() - _NEAR) : other.start()], rest[other.end() : other.end() + _NEAR]
        if _digits(other["number"]) in options and other["number"].isdecimal() and not is_of_a_thing(*at):
            return ""
        if not other["number"].isdecimal() and _digits(other["number"]) != number and not is_of_a_thing(*at):
            return ""
    return number


def _digits(number: str) -> str:
    if number.isdecimal():
        return str(int(number))
    value = signs().get(number)
    return str(values()[number.casefold()] if value is None else value)


def _without_range(text: str, options: Sequence[str]) -> str:
    """The text without the scale of the options where it stands in brackets or behind its name: "(0-2)"."""
    low, high = min(options, key=int), max(options, key=int)
    ends = rf"{low}\s*(?:-|–|—|~|to|bis|à|a)\s*{high}"
    named = rf"(?:on\s+)?(?:an?\s+|the\s+)?(?:scale:?\s+)?(?:of\s+|from\s+)?{ends}(?:\s+scale)?"
    scale = rf"\s*[(\[]\s*{named}\s*[)\]]"
    return re.sub(
        rf"{scale}|\s+on (?:a|the) {ends} scale|\s+on (?:a|the) scale (?:of|from) {ends}",
        "",
        text,
        flags=re.I,
    )
