"""Outlines of answers in further notations: headings in HTML or underlined, a closing line, blocks of YAML.

They are brought into the form that llm/sections.py reads. Nothing is changed unless the answer begins with a
heading of thoughts.
"""

from __future__ import annotations

import re

from usbrec.llm import headings, sections
from usbrec.llm.headings import WORDS
from usbrec.patterns import LazyPattern

_TAGS_FIRST = LazyPattern(r"\s*(?:<(?:p|div|br\s*/?|b|strong|u|h[1-6])>\s*){1,4}", re.IGNORECASE)
_BREAK = LazyPattern(r"</?(?:p|div)>|<br\s*/?>", re.IGNORECASE)
_BOLD = LazyPattern(r"</?(?:b|strong)>", re.IGNORECASE)
_HEADING = LazyPattern(r"<h[1-6]>([^<>\n]{1,60})</h[1-6]>", re.IGNORECASE)
#: A line under another one, that makes it a heading.
_UNDERLINED = LazyPattern(r"^([^\n]{1,40})\n[ \t]*(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
_UNTIL_END = LazyPattern(
    rf"\s*[-=*#~—–]{{2,}}[ \t]*(?:begin |start )?(?P<heading>{WORDS})[ \t]*[-=*#~—–]{{2,}}[ \t]*\n"
    r"(?P<thought>.*?)\n[ \t]*[-=*#~—–]{2,}"
    r"[ \t]*(?:/|end(?: of)?|ende(?: der)?|fin(?: de)?(?: la)?|fine|конец|结束)"
    r"[ \t]*(?:my |the )?(?P=heading)[ \t]*[-=*#~—–]{2,}[ \t]*\n(?P<said>.*)",
    re.IGNORECASE | re.DOTALL,
)
#: A text of more lines in YAML: its sign, and lines that are all indented.
_BLOCK_OF_LINES = LazyPattern(r"[|>][+-]?[ \t]*\n(?P<lines>(?:(?:(?: {2,}|\t)\S[^\n]*)?(?:\n|\Z))+)\Z")


def in_outline(text: str) -> tuple[str, str] | None:
    """What is said and what was thought, under headings in one of these notations; None without."""
    begun = text.lstrip()[:1]
    if begun == "<" and _TAGS_FIRST.match(text) is not None:
        return _under(_without_tags(text))
    if begun in ("-", "=", "*", "#", "~", "—", "–"):
        found = _UNTIL_END.fullmatch(text)
        return None if found is None else (found["said"], found["thought"])
    if "\n===" in text or "\n---" in text:
        return _under(_UNDERLINED.sub(r"**\1**", text))
    return None


def without_block_sign(text: str) -> str:
    """A text without YAML's sign of a block of lines before it, and without their indentation."""
    if text[:1] not in ("|", ">") or (found := _BLOCK_OF_LINES.match(text)) is None:
        return text
    return "\n".join(line.strip() for line in found["lines"].strip().splitlines()) or text


def _under(text: str) -> tuple[str, str] | None:
    return sections.first(text, spoken=True) if headings.may_head(text) else None


def _without_tags(text: str) -> str:
    """The text with Markdown in place of the tags that headings have."""
    text = _HEADING.sub(r"\n**\1**\n", text)
    return _BOLD.sub("**", _BREAK.sub("\n", text)).strip()
