"""Scores read from written votes: the one number that an answer gives as its score, or none.

A vote stands alone, behind a label ("Score: 1", "Final answer: 1", "<score>1</score>", "\\boxed{1}"), or in a
field of an object in JSON. Another number that is said to be the score as well ("0", explained under
"Relevance: 2"; llm/said_scores.py) makes it unreadable, whatever its label, and so does another scale than
that of the options (llm/score_scales.py). What else stands in an explanation (years, "2 films") changes
nothing, so that which votes are lost does not depend on what they say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from usbrec.llm.option_forms import bare, folded, only_option, separator_in
from usbrec.llm.said_scores import LARGEST_SCORE, SENTENCES, refuses, scores_said, takes_back
from usbrec.llm.score_labels import (
    holds_words,
    is_aside,
    is_failure,
    is_field,
    is_label,
    is_no_score,
    names_aspect,
)
from usbrec.llm.score_scales import in_sentence, names_another_scale, of_fields
from usbrec.llm.shown_scores import shown_end
from usbrec.llm.stated_scores import stated_scores
from usbrec.patterns import LazyPattern

#: A block of code, also where the limit of tokens cut its end off.
_FENCED = LazyPattern(r"```\w*[ \t]*\n(?P<inside>.*?)\s*`{0,3}", re.DOTALL)
#: The scale beside the label of a score.
_TO = r"(?:-|–|—|~|to|down\s+to|bis|à|a|до)"
_SCALE = LazyPattern(
    rf"\s*[(\[（]\s*(?P<low>\d+)\s*{_TO}\s*(?P<high>\d+)\s*[)\]）]"
    r"|\s*[(\[（]?\s*(?:out\s+of|von|sur|/)\s*(?P<most>\d+)\s*[)\]）]?\s*\Z",
    re.IGNORECASE,
)
_OUT_OF = LazyPattern(
    r"[\s*_`\"'“”‘’]*(?P<number>\d+)[*_]*\s*[(\[]?\s*(?:out\s+of(?:\s+a\s+possible)?|of|von|sur|de|su|van|из|z|av|af)"
    r"\s+[*_]*(?P<high>\d+)(?:\s+(?:points?|punkten?|puntos?|punti|pontos|punten|баллов))?\s*[)\]]?[\s*_`.\"'“”‘’。]*",
    re.IGNORECASE,
)
#: What a line of a list or a heading begins with.
_BULLET = LazyPattern(r"\A\s*(?:[-–•*]|#{1,6})\s+")
_NUMBERED = LazyPattern(r"\s*(?P<number>\d{1,2})[.)]\s+(?=\S)")
_TAGGED = LazyPattern(r"<(?P<tag>[\w-]{1,40})>(?P<inside>[^<>]*)</(?P=tag)\s*>")
_HAS_WORD = LazyPattern(r"\w")
_FENCE = LazyPattern(r"\s*`{3,}\w*\s*")
_TAG = LazyPattern(r"</?[\w-]{1,40}>")
_BOXED = LazyPattern(r"\\(?:boxed|fbox)\s*\{(?P<inside>[^{}]*)\}")
_NUMBER = LazyPattern(r"\d+(?:[.,]\d+)*")
_WHOLE_NUMBER = LazyPattern(r"\W*(?P<number>\d+(?:[.,]\d+)?)\W*")
#: A label and its number without a sign between them, or with a dash: "Score 1", "Score - 1".
_UNSEPARATED = LazyPattern(
    r"(?P<label>(?:[^\W\d_]+[ \t]+){0,2}[^\W\d_]+)[*_]*(?:[ \t]+[–—-])?[ \t]+"
    r"(?P<value>[*_(\[]*\d[\d.,]*[)\]]?[\s*_.]*)"
)
#: What may stand between a label and its sign: "my score is: 1".
_IS = LazyPattern(r"\s+(?:is|was|ist|est|es|è|é|är|er|would\s+be)\s*\Z", re.IGNORECASE)
#: A number with its unit, or with a fraction of nothing.
_UNIT = LazyPattern(
    r"(?P<number>[\s*_`\"'“”‘’(\[]*\d+)(?:[.,]0+)?(?:\s*(?:points?|pts?|punkte?|puntos?|punti|punto|pontos?"
    r"|punten|балл\w*|[分点點점]))?(?P<end>[\s*_`.\"'“”‘’。)\]]*)",
    re.IGNORECASE,
)


class _Object(list[tuple[str, Any]]):
    """The fields of an object in JSON, in which one may stand twice."""


def read_score(answer: str, options: Sequence[str]) -> str | None:
    """The option that an answer gives as its score; None where it gives none, or may give another as well.
    `options` are numbers."""
    if not options or _is_reversed(answer, options):
        return None
    if (found := _object_of(answer)) is not None:
        return _in_fields(list(_fields_of(found)), options)
    lines = [line for line in _tags_as_lines(answer).splitlines() if _says_something(line)]
    return _in_lines(_without_numbering(_joined(lines, options)), options)


def _is_reversed(answer: str, options: Sequence[str]) -> bool:
    """Whether an answer names the scale from its upper end down ("2-0"): nobody knows which end is good."""
    low, high = min(options, key=int), max(options, key=int)
    if high not in answer or low not in answer:
        return False
    named = r"(?:\s*[(=][^\d\n()]{0,30}\)?)?"
    scale = rf"(?<![\d.,/–-]){high}{named}\s*{_TO}\s*{low}(?![\d/–-]|[.,]\d)"
    return re.search(scale, folded(answer), re.IGNORECASE) is not None


def _whole(text: str, options: Sequence[str]) -> str:
    """A value without the upper end of the scale behind it ("1 out of 2", "1 von 2"), and without a unit."""
    plain = folded(text)
    if (found := _OUT_OF.fullmatch(plain)) is not None:
        return found["number"] if found["high"] == max(options, key=int) else text
    number = _UNIT.fullmatch(plain)
    return text if number is None else number["number"] + number["end"]


def _says_something(line: str) -> bool:
    return _HAS_WORD.search(line) is not None and _FENCE.fullmatch(line) is None


def _tags_as_lines(text: str) -> str:
    """The same with what stands between tags, or in a box, on a line of its own, labelled."""
    text = _BOXED.sub(lambda found: f"\nanswer: {found['inside']}\n", text)
    if "</" not in text:
        return text
    text = _TAGGED.sub(lambda found: f"\n{found['tag']}: {found['inside'].strip()}\n", text)
    return _TAG.sub("\n", text)


def _joined(lines: Sequence[str], options: Sequence[str]) -> list[str]:
    """The lines, with a label that stands alone on one beside what follows it."""
    joined: list[str] = []
    for line in lines:
        label = bare(_BULLET.sub("", joined[-1], count=1)).strip(":： *_") if joined else ""
        if is_label(label):
            # "Final answer: \\boxed{1}", of which the box has a label of its own.
            joined[-1] = line if _vote(line, options, False) is not None else f"{label}: {line}"
        elif joined and joined[-1].rstrip().endswith(_SIGNS):
            # A minus.
            joined[-1] = f"{joined[-1].rstrip()}{line}"
        elif joined and _is_heading_of_none(label):
            # What the label on the next line is the label of.
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def _is_heading_of_none(text: str) -> bool:
    """Whether a line is a heading above numbers that are no scores: "Maximum", "Rubric"."""
    return len(text.split()) <= _LONGEST_HEADING and text.replace(" ", "").isalpha() and is_no_score(text)


_LONGEST_HEADING = 2
_SIGNS = ("-", "−", "–", "+", "±", "~", "<", ">", "≤", "≥")


def _without_numbering(lines: Sequence[str]) -> list[str]:
    """The lines without the numbers of a list: of two or more, or of one that begins behind other lines.
    "1. It fits." alone may be a vote."""
    found = [(place, match) for place, line in enumerate(lines) if (match := _NUMBERED.match(line))]
    listed = [int(match["number"]) for _, match in found]
    begun = bool(found) and (len(found) >= _SHORTEST_LIST or found[0][0] > 0)
    if not begun or listed != list(range(1, len(listed) + 1)):
        return list(lines)
    return [_NUMBERED.sub("- ", line, count=1) for line in lines]


_SHORTEST_LIST = 2


def _in_lines(lines: Sequence[str], options: Sequence[str]) -> str | None:
    """The option in the lines that are a score, which all have to say the same. No other line may give
    another number as the score, name another scale or take it back."""
    if _shows_one(lines, options):
        return None
    votes = [_vote(line, options, place == 0) for place, line in enumerate(lines)]
    places = [place for place, vote in enumerate(votes) if vote is not None]
    read = {votes[place] for place in places}
    if not places:
        return _stated(lines, options)
    if len(read) != 1 or any(_of_another_scale(line, options) or refuses(line) for line in lines):
        return None
    others = [(place, line) for place, line in enumerate(lines) if place not in places]
    if any(number not in read for place, line in others for number in _rivals(line, options, place == 0)):
        return None
    return None if any(map(takes_back, lines[places[-1] + 1 :])) else read.pop()


def _shows_one(lines: Sequence[str], options: Sequence[str]) -> bool:
    """Whether the lines show how a score should look ("Example: Score: 2", "Format:" above "Score: 1"): who
    repeats that has given none."""
    for place, line in enumerate(lines):
        if (end := shown_end(line)) is None:
            continue
        shown = line[end:] if _says_something(line[end:]) else "".join(lines[place + 1 : place + 2])
        sentence = SENTENCES.split(shown.strip())[0]
        if _vote(shown, options, False) is not None or any(True for _ in stated_scores([sentence], options)):
            return True
    return False


def _stated(lines: Sequence[str], options: Sequence[str]) -> str | None:
    """The option that sentences state as the score, where none gives another number or takes it back."""
    stated = set(stated_scores(lines, options))
    if len(stated) != 1 or (number := stated.pop()) not in options:
        return None
    if any(_of_another_scale(line, options) or refuses(line) or takes_back(line) for line in lines):
        return None
    rivals = {one for place, line in enumerate(lines) for one in _rivals(line, options, place == 0)}
    return number if rivals <= {number} else None


def _of_another_scale(line: str, options: Sequence[str]) -> bool:
    label, value = _labelled(line, options)
    named = bool(label) and is_no_score(label)
    return names_another_scale(label, value, options) if named else in_sentence(line, options)


def _vote(line: str, options: Sequence[str], first: bool) -> str | None:
    """The option that a line is behind a label, or alone where it begins the answer: further on, a number
    alone may be that of a list which the limit of tokens cut off."""
    if first and (alone := only_option(_whole(line, options), options)) is not None:
        return alone
    label, value = _labelled(line, options)
    return only_option(_whole(value, options), options) if is_label(label) else None


def _labelled(line: str, options: Sequence[str]) -> tuple[str, str]:
    """The label of a line, without the scale of the options, and what follows it; "" and the line without."""
    line = _BULLET.sub("", line, count=1)
    place = separator_in(line)
    if place is None:
        found = _UNSEPARATED.fullmatch(folded(line).strip(" \t*_`"))
        if found is None or not names_aspect(found["label"]):
            return "", line
        return bare(found["label"]), found["value"]
    label = _IS.sub("", folded(line[:place]))
    low, high = min(options, key=int), max(options, key=int)
    scale = _SCALE.search(label)
    if scale is not None and ((scale["low"] or low, scale["high"] or scale["most"]) == (low, high)):
        label = label[: scale.start()] + label[scale.end() :]
    return bare(label), line[place + 1 :]


def _rivals(line: str, options: Sequence[str], first: bool) -> Iterator[str]:
    """The numbers in a line that is no vote which could be the score all the same. `first`: it begins the
    answer."""
    label, value = _labelled(line, options)
    if label and is_no_score(label):
        return
    if label and (number := _WHOLE_NUMBER.fullmatch(folded(value))):
        yield from _no_larger([number["number"]])
        return
    begun = is_label(label)
    if begun or first:
        told = folded(value if begun else line).lstrip(" \t*_`\"'“”‘’([{#-•")
        if (number := _NUMBER.match(told)) and not told[number.end() : number.end() + 1].isalpha():
            yield number[0]
    yield from _no_larger(scores_said(line, options))


def _no_larger(numbers: Iterable[str]) -> Iterator[str]:
    """The numbers that a score on some scale may be, "1.0" as "1"."""
    for number in numbers:
        value = number.replace(",", ".")
        if value.count(".") < _TWO and float(value) <= LARGEST_SCORE:
            yield value.removesuffix(".0")


_TWO = 2


def _object_of(answer: str) -> _Object | None:
    """An object in JSON, also in a block of code; None for no object."""
    fenced = _FENCED.fullmatch(answer)
    text = answer if fenced is None else fenced["inside"].strip()
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, _Object) else None


def _fields_of(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of an object, which `name` holds, and of those inside it; of examples and their kin only
    what they say of the scale."""
    if isinstance(value, _Object):
        for inner, held in value:
            if not is_aside(name) or is_no_score(inner):
                yield from _fields_of(held, inner)
        return
    yield name, value
    for one in value if isinstance(value, list) else ():
        if isinstance(one, list):
            yield from _fields_of(one, name)


def _in_fields(fields: Sequence[tuple[str, Any]], options: Sequence[str]) -> str | None:
    """The option that all fields for a score hold. Words beside it under a label that may have some
    ("verdict") are looked past, and another field's number that could be the score is not, nor one that a
    text says to be the score."""
    read: set[str | None] = set()
    rivals: set[str] = set()
    if any(of_fields(name, value, options) or is_failure(name, value) for name, value in fields):
        return None
    taken_back = False
    for name, value in fields:
        told = _whole(_in_words(value), options)
        option = only_option(told, options)
        is_number = _WHOLE_NUMBER.fullmatch(folded(told)) is not None
        if not is_number and isinstance(value, str) and not is_no_score(name):
            if refuses(value):
                return None
            taken_back |= bool(read) and takes_back(value)
            rivals.update(_no_larger(scores_said(value, options)))
        if option is None and holds_words(name) and not is_number:
            rivals.update({told} if bare(told) in _IN_LETTERS else ())
        elif is_field(name):
            read.add(option)
            taken_back = False
        elif not is_no_score(name) and is_number and len(told) <= _LONGEST:
            rivals.add(option or told)
    return read.pop() if len(read) == 1 and rivals <= read and not taken_back else None


#: Words for no score at all, where they stand alone in a field.
_IN_LETTERS = frozenset({"none", "null"})
#: Digits of a score of any scale, with a sign or a fraction.
_LONGEST = 3


def _in_words(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
