"""How far a call of a tool goes whose closing mark never comes: prose behind its arguments is said.

Whatever reads as a part of a call belongs to it. Where it begins with no JSON, no tag and no code, or that is
broken, it goes to the next paragraph that reads as a sentence; without one it goes to the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from usbrec.patterns import LazyPattern

#: Tags and tokens inside calls.
_TAG = LazyPattern(
    r"<(?:/?(?P<name>[\w.:▁｜-]{0,40}?(?:function|param|arg|tool|invoke|call|plugin|escape|query)[\w.:▁｜-]{0,20})"
    r"[^<>]{0,200}|[|｜][^<>]{0,80})>",
    re.IGNORECASE,
)
_NAME = LazyPattern(r"[a-z_][\w.:-]*(?:(?:\[CALL_ID\][\w-]*)?\[ARGS\])?(?=\s*[{\[<])", re.IGNORECASE)
_CODE = LazyPattern(
    r"(?:(?:await|return)[ \t]+|[a-z_]\w*[ \t]*=[ \t]*)?[a-z_][\w.]*\([^\n]*\)[ \t]*[;,]?[ \t]*(?=\n|\Z|<)"
    r"|(?:import|from)[ \t]+[a-z_][\w.]*(?:[ \t]+import[ \t]+[\w, ]+)?[ \t]*(?=\n)"
)
_FENCED = LazyPattern(r"(?P<ticks>`{3,}|~{3,})\w*[ \t]*\n.*?\n[ \t]*(?P=ticks)[ \t]*(?=\n|\Z)", re.DOTALL)
#: What broken JSON has too much at its end.
_TOO_MUCH = LazyPattern(r"[ \t]*[}\]),;]*")
_PARAGRAPH = LazyPattern(r"\S.*?(?=\n[ \t]*\n|\Z)", re.DOTALL)
#: A paragraph that begins with a capital, or in letters without any, and ends as sentences do.
_SENTENCE = LazyPattern(
    r"[*_\"“„«「¿¡>#•\s-]*(?P<first>[^\W\d_]).*[.!?。！？…:：][\"”»」)*_'’]*\s*\Z", re.DOTALL
)


def end_of_call(text: str, place: int, *, shown: bool = False) -> int:
    """Where a call ends whose opening mark does at `place`; `shown`: what a tool is said to have answered,
    which may be sentences."""
    begins = place
    while (end := _end_of_part(text, place)) is not None:
        place = end
    if place > begins:
        return place
    paragraphs = _PARAGRAPH.finditer(text, place)
    if shown:
        next(paragraphs, None)
    return _first_said(text, paragraphs)


def _end_of_part(text: str, place: int) -> int | None:
    """Where a part of a call ends that begins there, but for blanks; None for what is none."""
    place += len(text[place:]) - len(text[place:].lstrip())
    if (tag := _TAG.match(text, place)) is not None:
        closing = -1 if tag["name"] is None else text.find(f"</{tag['name']}>", tag.end())
        return tag.end() if closing < 0 else closing + len(f"</{tag['name']}>")
    if text[place : place + 1] in ("{", "["):
        try:
            end = json.JSONDecoder().raw_decode(text, place)[1]
        except (ValueError, RecursionError):
            return _first_said(text, _PARAGRAPH.finditer(text, place))
        return end if (behind := _TOO_MUCH.match(text, end)) is None else behind.end()
    found = next(filter(None, (one.match(text, place) for one in (_FENCED, _NAME, _CODE))), None)
    return None if found is None else found.end()


def _first_said(text: str, paragraphs: Iterator[re.Match[str]]) -> int:
    """Where the first of these begins that reads as a sentence, or the end of the text."""
    for paragraph in paragraphs:
        found = _SENTENCE.fullmatch(paragraph[0])
        if found is not None and not found["first"].islower():
            return paragraph.start()
    return len(text)
