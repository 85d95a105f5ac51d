"""Scales that answers name beside their scores: whether one is another than that of the options.

A 2 of 10 is no 2 of 2. A scale is named by its ends ("Maximum: 10", "Out of: 10", "Scale: 1-5"), in a line, a
tag or a field of its own, or in a sentence ("on a scale of 1 to 10", "2/10", "two out of ten").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from usbrec.llm.number_words import signs, with_digits
from usbrec.llm.option_forms import folded
from usbrec.llm.said_scores import is_of_a_thing, one_of
from usbrec.llm.score_labels import is_no_score, scale_words
from usbrec.patterns import LazyPattern

_NUMBER = LazyPattern(r"(?<![\d.,])\d{1,3}(?:[.,]\d+)?(?![\d])")
_ALONE = LazyPattern(r"\W*\d{1,3}(?:[.,]0+)?\W*")
_TO = r"(?:-|–|—|~|to|and|through|bis|à|et|a|y|e|до)"
_RANGE = LazyPattern(rf"(?<![\d.,])(?P<low>\d{{1,3}})\s*{_TO}\s*(?P<high>\d{{1,3}})(?![\d]|[.,]\d)", re.I)
_POINTS = LazyPattern(r"(?<!\d)(?P<count>\d{1,3})[\s-]*(?:point|punkte?|stufig\w*|levels?)\b", re.I)
#: A scale in a sentence: "on a scale from 0 to 10", "a 10-point scale", "the maximum score is 10".
_IN_A_SENTENCE = LazyPattern(
    r"\bscale\b(?:\s+(?:of|from|is|goes|runs|ranges|between|out|here|was|used|to)){0,3}\s*[:(]?\s*"
    rf"(?P<ends>\d{{1,3}}(?:\s*{_TO}\s*\d{{1,3}}(?![\d]|[.,]\d)|(?=\s*(?:[,;:)]|\.(?!\d)|points?\b|$))))"
    r"|(?<!\d)(?P<points>\d{1,3}[\s-]points?)\s+(?:\w+\s+)?(?:scale|rubric)\b"
    rf"|(?<![\d.,])(?P<range>\d{{1,3}}[\s-]*{_TO}[\s-]*\d{{1,3}})[\s-]+(?:\w+\s+)?(?:scale|rubric)\b"
    r"|(?<![\d.,])(?P<top>\d{1,3})\s+(?:is|being|was)\s+the\s+(?:maximum|max|highest|best|top)\b"
    r"|\bmax(?:imum)?\b\.?(?:\s+(?:possible|score|points?|rating|is|of|being)){0,4}\s+(?P<most>\d{1,3})"
    r"(?=\s*(?:[.,;)]|points?\b|\Z))",
    re.IGNORECASE | re.MULTILINE,
)
#: The end of a scale behind a number, or at the beginning: "2/10", "2 out of 10", "(out of 10)".
_OUT_OF = LazyPattern(
    r"\bout\s+of(?:\s+a\s+possible)?\s+(?P<of>\d{1,3})(?![\d]|[.,]\d)"
    r"|(?<![\d.,/])(?P<number>\d{1,2})(?:[.,]\d)?\s*/\s*(?P<over>3|4|5|6|7|10|20|100)(?![\d/]|[.,]\d)"
    r"|(?<![\d.,])\d{1,3}\s+(?:von|sur|de|su|van|из|z|av|af)\s+(?P<from>\d{1,3})(?![\d]|[.,]\d)"
    r"|(?<![\d.,])\d{1,3}\s+of\s+(?P<points>\d{1,3})\s+(?:points?|stars?|marks?)\b"
    r"|\A\W*(?:\d{1,3}\s+)?(?:of|von|sur|de|su|van|из)\s+(?P<alone>\d{1,3})(?:\s+(?:points?|punkten?|puntos|punti))?\W*\Z",
    re.IGNORECASE,
)
#: The same in Chinese, Japanese and Korean: "full marks ten", "a ten-point system".
_FULL_MARKS = LazyPattern(
    r"(?:[满滿]分|最高[分得点點]*|최고(?:점[은는이]?)?)\W*[为為是はが]?\W*(?P<full>\d{1,3}|[一二三四五六七八九十百]+)|(?P<system>\d{1,3}|[一二三四五六七八九十百]+)"
    r"(?:分制|分[满滿]分|点満点|段階|점\s*만점|점\s*척도)"
)


def names_another_scale(label: str, value: str, options: Sequence[str]) -> bool:
    """Whether what stands behind a label says that scores are on another scale than `options` (numbers)."""
    if not is_no_score(label) or (end := scale_words(label)) is None:
        return False
    value = with_digits(folded(value))
    text = f"{folded(label)} {value}"
    numbers = [float(one.replace(",", ".")) for one in _NUMBER.findall(text)]
    low, high = _ends(options)
    if not numbers:
        return False
    if end == "aim":
        return max(numbers) > high
    if _ALONE.fullmatch(value) is not None:
        return numbers[-1] != (low if end == "low" else high)
    return _differs(text, numbers, options)


def in_sentence(line: str, options: Sequence[str]) -> bool:
    """Whether a sentence names such a scale."""
    text = with_digits(folded(line))
    return _in_signs(text, options) or (
        any(map(str.isdecimal, text)) and (_in_words(text, options) or _behind_number(text, options))
    )


#: Which number is the best, or what the best is: "10 would be perfect", "(5 = excellent)", "the best is 10".
#: Behind a word it is a part of a name ("Toy Story 3 is perfect").
_THE_BEST = LazyPattern(
    lambda: (
        rf"(?:\A|[;,.:(\[]\s*|(?<![^\W\d_]){one_of('before_the_best')}\s+(?:an?\s+)?)(?P<number>\d{{1,3}})\s*"
        rf"(?:=|\s{one_of('is_the_best')}\s)\s*(?:\w{{1,3}}\s+)?{one_of('best')}(?![^\W\d_])"
        rf"|(?<![^\W\d_]){one_of('before_the_best')}\s+(?P<behind>\d{{1,3}})\s+(?:\w{{1,3}}\s+)?{one_of('best')}(?![^\W\d_])"
        rf"|(?<![^\W\d_]){one_of('best')}(?:\s+possible)?(?:\s+(?:score|rating|value|mark|grade|\w*wert))?\s*"
        rf"(?:[=:]|\s{one_of('is_the_best')}\s)\s*(?P<best>\d{{1,3}})(?![\w.,]*\d)"
        rf"|[(\[]\s*(?:{one_of('best')}\s+(?P<inside>\d{{1,3}})|(?P<before>\d{{1,3}})\s+{one_of('best')})\s*[)\]]"
    ),
    re.IGNORECASE,
)
_NEAR = 80


def _in_words(text: str, options: Sequence[str]) -> bool:
    high = _ends(options)[1]
    for best in _THE_BEST.finditer(text):
        if float(next(filter(None, best.groups()))) > high:
            return True
    for found in _IN_A_SENTENCE.finditer(text):
        if (most := found["most"] or found["top"]) is not None:
            if float(most) != high:
                return True
            continue
        named = found["ends"] or found["points"] or found["range"]
        if _differs(named, [float(one) for one in _NUMBER.findall(named)], options):
            return True
    return False


def _behind_number(text: str, options: Sequence[str]) -> bool:
    for found in _OUT_OF.finditer(text):
        end = found["of"] or found["over"] or found["from"] or found["alone"] or found["points"]
        is_part = found["number"] is None or int(found["number"]) <= int(end)
        if (
            is_part
            and float(end) != _ends(options)[1]
            and not is_of_a_thing("", text[found.end() : found.end() + _NEAR])
        ):
            return True
    return False


def _in_signs(text: str, options: Sequence[str]) -> bool:
    if text.isascii():
        return False
    for found in _FULL_MARKS.finditer(text):
        named = found["full"] or found["system"]
        end = int(named) if named.isdecimal() else signs().get(named)
        if end != _ends(options)[1]:
            return True
    return False


def of_fields(name: str, value: Any, options: Sequence[str]) -> bool:
    """The same of a field: its value is a number, a text, or a list of the scale's ends or of all of it."""
    if isinstance(value, list) and value and all(map(_is_number, value)):
        told = "-".join(str(int(one)) for one in (min(value), max(value)))
        return names_another_scale(name, told, options)
    if _is_number(value):
        value = int(value) if float(value).is_integer() else value
    if isinstance(value, str) and not is_no_score(name):
        # The reasons beside a score.
        return any(in_sentence(line, options) for line in value.splitlines())
    return isinstance(value, int | float | str) and names_another_scale(name, str(value), options)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST


#: A scale has no larger end.
_LARGEST = 999


def _differs(text: str, numbers: Sequence[float], options: Sequence[str]) -> bool:
    """Whether the numbers of a scale in words go beyond the options, or are another range."""
    low, high = _ends(options)
    ranges = list(_ranges(text))
    if (low, high) in ranges:
        return False
    if (points := _POINTS.search(text)) is not None and int(points["count"]) == len(options):
        return False
    return max(numbers) > high or (len(ranges) == 1 and len(numbers) == _TWO)


_TWO = 2


def _ranges(text: str) -> Iterator[tuple[float, float]]:
    for found in _RANGE.finditer(text):
        yield float(found["low"]), float(found["high"])


def _ends(options: Sequence[str]) -> tuple[float, float]:
    return min(map(float, options)), max(map(float, options))
