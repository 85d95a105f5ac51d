"""Sections of an answer: thoughts under a heading, and the reply under its own, behind a rule or a quotation.

The answer begins with the heading of the thoughts: with a colon, in the brackets of East Asian headings, or
on a line of its own, with #, stars, a frame or a picture beside it. What has no heading above the reply is
thought where it is quoted, or where a rule ends it and it speaks of the user.

Most are known as soon as the reply's heading has come (`first`). The others are known at the answer's end
(`last`), because what follows may be another section; a stream waits for them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from usbrec.llm import headings
from usbrec.llm.headings import ABOVE, FIRST_STEP, LOOSE_REPLIES, OWNERS, REPLIES, SOFT
from usbrec.patterns import LazyPattern

#: What is said, and what was thought.
Parts: TypeAlias = tuple[str, str]
_Replies: TypeAlias = Literal["firm", "loose"]

_OWNER = rf"(?:(?:{'|'.join(OWNERS)}) )?"
_ABOVE = rf"(?:{'|'.join(sorted(map(re.escape, ABOVE), key=len, reverse=True))}|{FIRST_STEP})"
_NAMED = _ABOVE.replace("(?:", "(?P<heading>", 1)
_REPLY = rf"(?:{'|'.join(REPLIES)})"
_TO = r"(?: to (?:the )?(?:user|seeker|person))?"
#: A picture or two, as some write them beside headings.
PICTURES = (
    "(?:[\u2190-\u2bff\U0001f000-\U0001faff][\u200d\u20e3\ufe0f\U0001f3fb-\U0001f3ff]*"
    r"[ \t]*){0,2}"
)
#: What may stand before a heading: what makes it bold or a heading, a number, a picture.
_LEAD = rf"[\s*#_•=~-]*+(?:\d[.)][ \t]*)?{PICTURES}[*_]*+"
_LINE_LEAD = _LEAD.replace(r"\s", r" \t", 1)
#: A colon with what makes it bold; the wide one needs no blank behind it.
COLON = r"[*_]*[ \u00a0\u202f]?(?::[*_]*(?:\s|\Z)|：[*_]*)"
#: What makes a line a heading without a colon, and what may end it.
_MARKED = (
    rf"(?:\d[.)][ \t]*)?(?:#{{1,6}}[ \t]*{PICTURES}[*_]{{0,3}}{PICTURES}|{PICTURES}[*_]{{1,3}}{PICTURES}"
    r"|[*=~—–-]{2,}+[ \t]*+)"
)
_MARKED_END = r"[:：]?[*_]{0,3}[:：]?(?:[ \t]*[*=~—–-]{2,})?"
LINE_HEADING = rf"\s*{_MARKED}{_ABOVE}{_MARKED_END}"
BRACKETED = rf"\s*+[*_#]*[ \t]*[【［\[〔〈《「『]{_ABOVE}[】］\]〕〉》」』]"
HEADED = rf"{_LEAD}{_OWNER}{_ABOVE}{COLON}"
#: What the reply's heading ends with, for streams.
ENDS = (
    rf"{_REPLY}{_TO}"
    rf"(?:[:：]?[ \t]*[*=~—–-]{{2,}}\s|{COLON}|[:：]?[*_]*[:：]?[*_]*\s|[】］\]〕〉])"
)
#: A heading on the first of some quoted lines.
QUOTED_HEADING = rf"[*_#]*[ \t]*{PICTURES}[*_#]*[ \t]*{_ABOVE}(?:\.{{3}}|…|[:：])?[*_]*[:：]?"
#: How an outline is announced.
ANNOUNCED = r"[*_]*here(?: is|'s|’s) a (?:thinking|thought) process"
#: The first step of an outline of thoughts.
FIRST = rf"(?:#{{1,6}} |[*_]{{1,3}})?1[.)][ \t]*[*_]{{0,3}}{FIRST_STEP}"
#: A further one, and what is neither a step nor a part of one: a line at the margin, without a bullet.
_STEP = LazyPattern(r"^(?:#{1,6} |[*_]{1,3})?(?P<number>\d{1,2})[.)]", re.MULTILINE)
_BEHIND_STEP = LazyPattern(r"\n[ \t]*\n(?![ \t]|[-•+*] |\n)")
_RULE = r"\n[ \t]*(?:-{3,}|\*{3,}|_{3,}|(?:[*-][ \t]){2,}[*-])[ \t]*\n"
_A_RULE = LazyPattern(_RULE)
#: Titles in East Asia stand in brackets, too.
_TITLED = "《「『"


def first(answer: str, *, spoken: bool = False) -> Parts | None:
    """The parts of an answer with a heading above its thoughts and one above its reply, wherever it goes on
    behind that. `spoken`: where two people talk."""
    # Whichever came first, so that what follows changes nothing.
    found = min(_headed(answer, "firm"), key=lambda one: one.start("reply"), default=None)
    if found is None or not _is_thought(found, spoken):
        return None
    return found["said"], _unquoted(found["thought"])


def last(answer: str, *, spoken: bool = False) -> Parts | None:
    """The same where only the whole answer tells: a reply under a name that other things have, too, behind a
    quotation or a closing bracket, or behind a rule."""
    for found in _headed(answer, "loose"):
        if _is_thought(found, spoken):
            return found["said"], found["thought"]
    bracketed = answer.lstrip(" \t\r\n*_")[:1] in tuple("【［〔〈《「『")
    for found in filter(None, (way().fullmatch(answer) for way in (_titled, _paired) if bracketed)):
        if "/" in found["reply"] or headings.of_the_user(found["thought"]):
            return found["said"], found["thought"]
    return _quoted(answer) or _ruled(answer, spoken) or outlined(answer)


@functools.cache
def _outline() -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*{FIRST}", re.IGNORECASE | re.MULTILINE)


@functools.cache
def _above_outline() -> re.Pattern[str]:
    return re.compile(rf"(?:{HEADED}|{LINE_HEADING}[ \t]*\n|\s*{ANNOUNCED}[^\n:]{{0,60}}:[*_]*\s)\s*", re.I)


def outlined(answer: str) -> Parts | None:
    """The parts of an answer that begins with an outline of thoughts in numbered steps, by itself or under a
    heading: what is said stands behind the last one, at the margin. Nothing is where the outline is all."""
    found = _outline().search(answer)
    if found is None:
        return None
    above = answer[: found.start()]
    if above.strip() and _above_outline().fullmatch(above) is None:
        return None
    place, number = found.end(), 1
    for step in _STEP.finditer(answer, found.end()):
        if int(step["number"]) != number + 1:
            # What is said may have numbers of its own.
            break
        place, number = step.end(), number + 1
    end = _BEHIND_STEP.search(answer, place)
    thought, said = (answer, "") if end is None else (answer[: end.start()], answer[end.end() :])
    return (without_heading(said), thought) if headings.is_muttered(thought) else None


def is_cut(answer: str) -> bool:
    """Whether an answer is the beginning of thoughts under a heading, above which nothing is said: for one
    that the limit of tokens has cut."""
    found = _begun().match(answer) if headings.may_head(answer) else None
    if found is None or (found["heading"] or found["line"] or "thinking").lower() in headings.OF_FILMS:
        return False
    thought = answer[found.end() :]
    return not thought.strip() or headings.is_muttered(thought) or outlined(answer) is not None


@functools.cache
def _begun() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_LEAD}{_OWNER}{_NAMED}{COLON}|\s*{_MARKED}{_NAMED.replace('<heading>', '<line>')}{_MARKED_END}"
        r"[ \t]*(?:\n|\Z)|\s*[*_]*thinking(?:\.\.\.|…)[*_]*[ \t]*(?:\n|\Z))",
        re.IGNORECASE,
    )


def behind(answer: str) -> Parts | None:
    """The parts of an answer whose reply stands first, under its heading, and thoughts of the user below."""
    if "\n" not in answer:
        return None
    found = _reversed().fullmatch(answer) if _reply_first().match(answer) is not None else None
    if found is None or not headings.of_the_user(found["thought"]) or found["heading"].lower() in SOFT:
        return None
    return found["said"], found["thought"]


def _unquoted(thought: str) -> str:
    """Thoughts without the signs of a quotation, where all of their lines have them."""
    quoted = all(line.startswith(">") for line in thought.splitlines() if line.strip())
    return re.sub(r"(?m)^>[ \t]?", "", thought) if quoted else thought


def _is_thought(found: re.Match[str], spoken: bool) -> bool:
    if not found["thought"].strip() and found[0].lstrip(" \t\r\n*_#")[:1] == "〈":
        # Two titles, one below the other.
        return False
    told = (found["heading"], found["thought"], found["reply"], found["said"])
    return headings.is_thought(*told, spoken=spoken)


def _headed(answer: str, replies: _Replies) -> Iterator[re.Match[str]]:
    return filter(None, (way.fullmatch(answer) for way in _ways(replies)))


@functools.cache
def _ways(replies: _Replies) -> tuple[re.Pattern[str], ...]:
    names = REPLIES if replies == "firm" else LOOSE_REPLIES
    reply = rf"{_OWNER}(?P<reply>{'|'.join(names)}){_TO}"
    colon_head = rf"{_LEAD}{_OWNER}{_NAMED}{COLON}(?P<thought>.*?)"
    line_head = rf"\s*{_MARKED}{_NAMED}{_MARKED_END}[ \t]*\n(?P<thought>.*?)"
    # "[Answer] is a sequel" is the title of one.
    bracket = r"(?:[】］〕〉]|\](?!(?-i:[ \t]*[a-zß-ÿ])))[:：]?"
    ways = (
        rf"{colon_head}(?:\n{_LINE_LEAD}|(?<=[.!?。！？…])[ \t]+[*_]*){reply}{COLON}",
        rf"{colon_head}\n[ \t]*{_MARKED}{reply}{_MARKED_END}[ \t]*\n",
        rf"{line_head}\n[ \t]*(?:{_MARKED})?{reply}{_MARKED_END}[ \t]*\n",
        rf"{line_head}\n[ \t]*(?:\d[.)][ \t]*)?(?:#{{1,6}}[ \t]*)?{PICTURES}[*_]{{1,3}}{PICTURES}"
        rf"{reply}{COLON}",
        rf"\s*+[*_#]*[ \t]*[【［\[〔〈]{_NAMED}[】］\]〕〉](?P<thought>.*?)"
        rf"(?:[【［\[〔]|(?<=\n)〈)(?P<reply>{'|'.join(names)}){bracket}",
    )
    return tuple(re.compile(rf"{way}(?P<said>.*)", re.I | re.S) for way in ways)


@functools.cache
def _titled() -> re.Pattern[str]:
    return re.compile(
        rf"\s*+[*_]*[{_TITLED}]{_NAMED}[》」』](?P<thought>.*?)\n[*_]*[{_TITLED}](?P<reply>{_REPLY})[》」』]"
        r"(?P<said>.*)",
        re.I | re.S,
    )


@functools.cache
def _paired() -> re.Pattern[str]:
    return re.compile(
        rf"\s*+[*_]*[【［〔〈《「『]{_NAMED}[】］〕〉》」』](?P<thought>.*?)"
        rf"[【［〔〈《「『](?P<reply>[/／]{_ABOVE})[】］〕〉》」』](?P<said>.*)",
        re.I | re.S,
    )


@functools.cache
def _quotation() -> re.Pattern[str]:
    above = rf"{QUOTED_HEADING}[ \t]*\n\s*+(?P<under>(?:>[^\n]*(?:\n|\Z))+)"
    inside = (
        rf">[ \t]*{QUOTED_HEADING.replace(_ABOVE, _NAMED)}"
        r"(?:[ \t]*\n|(?<=[:：*_])[ \t]*(?=\S))(?P<rest>[^\n]*(?:\n|\Z)(?:>[^\n]*(?:\n|\Z))*)"
    )
    above = above.replace(_ABOVE, _NAMED.replace("<heading>", "<outside>"))
    return re.compile(rf"\s*+(?:{above}|{inside})(?P<said>.*)", re.I | re.S)


def _quoted(answer: str) -> Parts | None:
    found = _quotation().fullmatch(answer) if ">" in answer else None
    if found is None:
        return None
    thought = re.sub(r"(?m)^>[ \t]?", "", found["under"] or found["rest"] or "")
    heading = (found["outside"] or found["heading"]).lower()
    if not thought.strip() or (heading in SOFT and not headings.of_the_user(thought)):
        return None
    return without_heading(found["said"]), thought


@functools.cache
def _with_rule() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_LEAD}{_OWNER}{_NAMED}{COLON}|\s*{_MARKED}{_NAMED.replace('<heading>', '<line>')}{_MARKED_END}"
        rf"[ \t]*\n)(?P<thought>.*?){_RULE}(?P<said>.*)",
        re.I | re.S,
    )


def _ruled(answer: str, spoken: bool) -> Parts | None:
    found = _with_rule().fullmatch(answer) if _A_RULE.search(answer) is not None else None
    if found is None or not found["thought"].strip() or not found["said"].strip():
        return None
    if _FURTHER_SECTION.match(found["said"]) is not None:
        # A form of several sections.
        return None
    heading = found["heading"] or found["line"]
    plain = spoken and heading.lower() not in _OF_FILMS
    # As if a reply stood above the second part.
    if headings.of_the_user(found["thought"]) or (
        plain and headings.is_thought(heading, found["thought"], "recommendation", found["said"], spoken=True)
    ):
        return without_heading(found["said"]), found["thought"]
    return None


#: What people say of a film under, too.
_OF_FILMS = (
    SOFT
    | {"thoughts", "thought", "gedanken", "réflexions", "reflexión", "мысли"}
    | {
        *("gedanke", "мысль", "думаю", "想法", "思路", "考察", "pensando"),
    }
)
_FURTHER_SECTION = LazyPattern(
    r"\s*(?:#{1,6}[ \t]|[*_]{2}[^\n*_]{1,40}[*_]{2}[ \t]*(?:\n|\Z)|[^\W\d_]+:[ \t])"
)


@functools.cache
def _reply_heading() -> re.Pattern[str]:
    return re.compile(
        rf"{_LEAD}{_OWNER}{_REPLY}{_TO}{COLON}|\s*{_MARKED}{_REPLY}{_MARKED_END}[ \t]*\n", re.IGNORECASE
    )


def without_heading(said: str) -> str:
    """What is said, without the heading of a reply above it."""
    found = _reply_heading().match(said)
    return said if found is None or not said[found.end() :].strip() else said[found.end() :]


@functools.cache
def _reply_first() -> re.Pattern[str]:
    return re.compile(rf"{_LEAD}{_OWNER}(?:{_REPLY}){COLON}", re.IGNORECASE)


@functools.cache
def _reversed() -> re.Pattern[str]:
    return re.compile(
        rf"{_LEAD}{_OWNER}(?:{_REPLY}){COLON}(?P<said>.*?\S.*?)\n{_LINE_LEAD}{_OWNER}{_NAMED}{COLON}(?P<thought>.*)",
        re.I | re.S,
    )
