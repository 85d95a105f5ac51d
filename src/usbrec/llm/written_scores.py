"""Scores read from written votes: the one number that an answer gives as its score, or none.

A vote stands alone, behind a label ("Score: 1", "Final answer: 1", "<score>1</score>", "\\boxed{1}"), or in a
field of an object in JSON. Another number that could be the vote as well ("0", explained under
"Relevance: 2") makes it unreadable, whatever its label: only what is known to be none is looked past, such
as the scale, where it is that of the options (llm/score_scales.py), or the number of things ("2 films").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from usbrec.llm.option_forms import bare, folded, only_option, separator_in
from usbrec.llm.score_labels import LABELS, holds_words, is_field, is_label, is_no_score
from usbrec.llm.score_scales import in_sentence, names_another_scale, of_fields
from usbrec.patterns import LazyPattern

#: A block of code, also where the limit of tokens cut its end off.
_FENCED = LazyPattern(r"```\w*[ \t]*\n(?P<inside>.*?)\s*`{0,3}", re.DOTALL)
#: The scale beside the label of a score.
_TO = r"(?:-|–|—|~|to|down\s+to|bis|à|a|до)"
_SCALE = LazyPattern(rf"\s*[(\[（]\s*(?P<low>\d+)\s*{_TO}\s*(?P<high>\d+)\s*[)\]）]", re.IGNORECASE)
_OUT_OF = LazyPattern(
    r"[\s*_`\"'“”‘’]*(?P<number>\d+)[*_]*\s*[(\[]?\s*(?:out\s+of(?:\s+a\s+possible)?|of|von|sur|de|su|van|из|z|av|af)"
    r"\s+[*_]*(?P<high>\d+)(?:\s+(?:points?|punkten?|puntos?|punti|pontos|punten|баллов))?\s*[)\]]?[\s*_`.\"'“”‘’。]*",
    re.IGNORECASE,
)
#: What a line of a list or a heading begins with.
_BULLET = LazyPattern(r"\A\s*(?:[-–•*]|#{1,6})\s+")
_NUMBERED = LazyPattern(r"\s*(?P<number>\d{1,2})[.)]\s+(?=\S)")
_TAGGED = LazyPattern(r"<(?P<tag>[\w-]{1,40})>(?P<inside>[^<>]*)</(?P=tag)\s*>")
_TAG = LazyPattern(r"</?[\w-]{1,40}>")
_BOXED = LazyPattern(r"\\(?:boxed|fbox)\s*\{(?P<inside>[^{}]*)\}")
_NUMBER = LazyPattern(r"\d+(?:[.,]\d+)*")
_WHOLE_NUMBER = LazyPattern(r"\W*(?P<number>\d+(?:[.,]\d+)?)\W*")
#: A label just before a number, in a sentence.
_AFTER_LABEL = LazyPattern(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})"
    r"[\W_]*(?:(?:is|was|of|are|to|a|an|at|be|as|it|would|should|ist|es|est|è|é|som|är|er|это|равна)[\W_]+){0,3}\Z",
    re.IGNORECASE,
)
#: What numbers a thing, in a sentence: "turn 1", "film 2".
_NUMBERS_A_THING = LazyPattern(
    r"\b(?:turns?|rounds?|messages?|parts?|steps?|seasons?|episodes?|volumes?|chapters?|lines?|films?|movies?"
    r"|items?|titles?|books?|songs?|options?|questions?|utterances?|responses?)\W*\Z",
    re.IGNORECASE,
)
_OF_A_TITLE = LazyPattern(r"[\w.,!?]\s+[\"“*_]*[A-Z][^\W\d_]+ \Z")
#: A counted thing behind a number; short words ("of", "for"), and these, are none.
_COUNTED_THING = LazyPattern(r"\s+(?P<word>[^\W\d_]{4,})|\s+of\s+(?:the|these|those|its|his|her|their|our)\b")
_COUNTED_SIGN = LazyPattern(r"\s*[部本个個首款件次轮輪回編편개번권]")
_NO_THING = frozenset(
    {
        *("because", "since", "though", "although", "with", "from", "that", "this", "which", "while", "when"),
        *(
            "overall",
            "here",
            "would",
            "could",
            "should",
            "points",
            "point",
            "stars",
            "star",
            "maximum",
            "only",
        ),
        *(
            "given",
            "they",
            "there",
            "where",
            "before",
            "after",
            "instead",
            "rather",
            "then",
            "seems",
            "means",
        ),
        *("weil", "denn", "punkte", "punkt", "sterne", "parce", "puisque", "porque", "perché", "poiché"),
        *("omdat", "want", "punten", "puntos", "pontos", "punti", "потому", "поскольку", "балла", "баллов"),
        *("relevance", "quality", "satisfaction", "interest"),
    }
)
_IN_LETTERS = frozenset(
    ("zero", "one", "two", "three", "none", "null", "eins", "zwei", "deux", "dos", "uno", "due", "twee")
)
#: A year, an id and their kin are above; a score of any scale is not.
_LARGEST_SCORE = 100
#: An object inside another one.
_INSIDE = object()


def read_score(answer: str, options: Sequence[str]) -> str | None:
    """The option that an answer gives as its score; None where it gives none, or may give another as well.
    `options` are numbers."""
    if not options or _is_reversed(answer, options):
        return None
    if (fields := _fields_of(answer)) is not None:
        return _in_fields(fields, options)
    lines = [line for line in _tags_as_lines(answer).splitlines() if re.search(r"\w", line)]
    return _in_lines(_without_numbering(_joined(lines)), options)


def _is_reversed(answer: str, options: Sequence[str]) -> bool:
    """Whether an answer names the scale from its upper end down ("2-0"): nobody knows which end is good."""
    low, high = min(options, key=int), max(options, key=int)
    if high not in answer or low not in answer:
        return False
    named = r"(?:\s*[(=][^\d\n()]{0,30}\)?)?"
    scale = rf"(?<![\d.,/–-]){high}{named}\s*{_TO}\s*{low}(?![\d/–-]|[.,]\d)"
    return re.search(scale, folded(answer), re.IGNORECASE) is not None


def _whole(text: str, options: Sequence[str]) -> str:
    """A value without the upper end of the scale behind it: "1 out of 2", "1 von 2"."""
    found = _OUT_OF.fullmatch(folded(text))
    return found["number"] if found and found["high"] == max(options, key=int) else text


def _tags_as_lines(text: str) -> str:
    """The same with what stands between tags, or in a box, on a line of its own, labelled."""
    text = _BOXED.sub(lambda found: f"\nanswer: {found['inside']}\n", text)
    if "</" not in text:
        return text
    text = _TAGGED.sub(lambda found: f"\n{found['tag']}: {found['inside'].strip()}\n", text)
    return _TAG.sub("\n", text)


def _joined(lines: Sequence[str]) -> list[str]:
    """The lines, with a label that stands alone on one beside what follows it."""
    joined: list[str] = []
    for line in lines:
        label = bare(_BULLET.sub("", joined[-1], count=1)).strip(":： *_") if joined else ""
        if is_label(label):
            joined[-1] = f"{label}: {line}"
        elif joined and (joined[-1].rstrip().endswith(_SIGNS) or _is_heading_of_none(label)):
            # A minus, or what the label on the next line is the label of.
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
    """The lines without the numbers of a list of two or more; "1. It fits." alone may be a vote."""
    found = [match for line in lines if (match := _NUMBERED.match(line))]
    listed = [int(match["number"]) for match in found]
    if len(listed) < _SHORTEST_LIST or listed != list(range(1, len(listed) + 1)):
        return list(lines)
    return [_NUMBERED.sub("- ", line, count=1) for line in lines]


_SHORTEST_LIST = 2


def _in_lines(lines: Sequence[str], options: Sequence[str]) -> str | None:
    """The option in the line that is a score: the last one, or the first where no other number follows. No
    other line may hold another number that could be the score."""
    votes = [_vote(line, options, place == 0) for place, line in enumerate(lines)]
    places = [place for place, vote in enumerate(votes) if vote is not None]
    read = {votes[place] for place in places}
    if len(read) != 1 or any(_of_another_scale(line, options) for line in lines):
        return None
    others = [(place, line) for place, line in enumerate(lines) if place not in places]
    if any(number not in read for place, line in others for number in _rivals(line, options, place == 0)):
        return None
    behind = lines[places[-1] + 1 :]
    alone = places == [0] and not any(map(str.isdecimal, "".join(behind)))
    return read.pop() if not behind or alone else None


def _of_another_scale(line: str, options: Sequence[str]) -> bool:
    label, value = _labelled(line, options)
    return names_another_scale(label, value, options) if label else in_sentence(line, options)


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
        return "", line
    label = folded(line[:place])
    scale = _SCALE.search(label)
    ends = min(options, key=int), max(options, key=int)
    if scale is not None and (scale["low"], scale["high"]) == ends:
        label = label[: scale.start()] + label[scale.end() :]
    return bare(label), line[place + 1 :]


def _rivals(line: str, options: Sequence[str], first: bool) -> Iterator[str]:
    """The numbers in a line that is no vote which could be the score all the same. `first`: it begins the
    answer."""
    label, value = _labelled(line, options)
    if label and is_no_score(label):
        return
    if label and (number := _WHOLE_NUMBER.fullmatch(folded(value))):
        if float(number["number"].replace(",", ".")) <= _LARGEST_SCORE:
            yield number["number"]
        return
    begun = is_label(label)
    if begun or first:
        told = folded(value if begun else line).lstrip(" \t*_`\"'“”‘’([{#-•")
        if (number := _NUMBER.match(told)) and not told[number.end() : number.end() + 1].isalpha():
            yield number[0]
    yield from _in_prose(folded(line), options)


def _in_prose(text: str, options: Sequence[str]) -> Iterator[str]:
    """The options in a sentence that are not known to be something other than a score."""
    low, high = min(options, key=int), max(options, key=int)
    text = re.sub(rf"\b{low}\s*(?:-|–|—|~|to|bis|à|a)\s*{high}\b", "", text)
    text = re.sub(
        rf"(?:\s*/\s*|\s+(?:out\s+of|of|von|sur|de|su|van|из)\s+){high}\b(?!\s*[^\W\d_])", " /", text
    )
    for found in _NUMBER.finditer(text):
        before, behind = text[: found.start()], text[found.end() :]
        if found[0] in options and (
            _AFTER_LABEL.search(before[-_NEAR:]) is not None
            or not _is_of_a_thing(before[-_NEAR:], behind[:_NEAR])
        ):
            yield found[0]


_NEAR = 80


def _is_of_a_thing(before: str, behind: str) -> bool:
    """Whether the number between is how many of something there are, or a part of a name."""
    if any(sign.isascii() and sign.isalpha() for sign in (before[-1:], behind[:1])):
        return True
    if _NUMBERS_A_THING.search(before) or _OF_A_TITLE.search(before) or _COUNTED_SIGN.match(behind):
        return True
    thing = _COUNTED_THING.match(behind)
    return thing is not None and (thing["word"] or "").casefold() not in _NO_THING


def _fields_of(answer: str) -> list[tuple[str, Any]] | None:
    """The fields of an object in JSON, also of those inside it and in a block of code; None for no object."""
    fenced = _FENCED.fullmatch(answer)
    text = answer if fenced is None else fenced["inside"].strip()
    if not text.startswith("{"):
        return None
    fields: list[tuple[str, Any]] = []

    def keep(pairs: list[tuple[str, Any]]) -> object:
        # A field that stands there twice counts twice.
        fields.extend((name, value) for name, value in pairs if value is not _INSIDE)
        return _INSIDE

    try:
        json.loads(text, object_pairs_hook=keep)
    except (ValueError, RecursionError):
        return None
    return fields


def _in_fields(fields: Sequence[tuple[str, Any]], options: Sequence[str]) -> str | None:
    """The option that all fields for a score hold. Words beside it under a label that may have some
    ("verdict") are looked past, and another field's number that could be the score is not."""
    read: set[str | None] = set()
    rivals: set[str] = set()
    if any(of_fields(name, value, options) for name, value in fields):
        return None
    for name, value in fields:
        told = _whole(_in_words(value), options)
        option = only_option(told, options)
        if option is None and holds_words(name) and not _WHOLE_NUMBER.fullmatch(folded(told)):
            rivals.update(_in_prose(folded(told), options))
            rivals.update({told} if bare(told) in _IN_LETTERS else ())
        elif is_field(name):
            read.add(option)
        elif not is_no_score(name) and _WHOLE_NUMBER.fullmatch(folded(told)) and len(told) <= _LONGEST:
            rivals.add(option or told)
    return read.pop() if len(read) == 1 and rivals <= read else None


#: Digits of a score of any scale, with a sign or a fraction.
_LONGEST = 3


def _in_words(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
