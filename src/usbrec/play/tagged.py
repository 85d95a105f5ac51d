"""Answers in tags, one of which holds the reply: what stands in the others is none of it.

A model that puts a tag around its reply says that the rest is none, whatever the other tags are called
("<candidates>", "<user_needs>").
"""

from __future__ import annotations

import re

from usbrec.llm.headings import is_reply_name
from usbrec.llm.marks import AROUND
from usbrec.patterns import LazyPattern

#: What shows how a text looks, and is a part of it.
_LOOKS = frozenset(
    {
        *(
            "b",
            "i",
            "u",
            "s",
            "p",
            "a",
            "q",
            "em",
            "strong",
            "small",
            "center",
            "div",
            "span",
            "br",
            "hr",
            "ul",
        ),
        *("ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "table", "details", "blockquote"),
    }
)
_OPENING = LazyPattern(r"<(?P<tag>[^\W\d][\w:.-]{0,30})(?:\s[^<>]{0,100})?>")
_REPLIES = frozenset(opening[1:-1] for opening, _ in AROUND if "|" not in opening)
#: An answer has no more tags beside one another.
_MOST = 8


def in_tags(text: str) -> tuple[str, str] | None:
    """The reply in its tag and what stands in tags of other names before and behind it; None for a text that
    is anything but such tags, or has none for the reply. Where the limit of tokens came, the last tag is not
    closed."""
    if text[:1] != "<":
        return None
    thoughts: list[str] = []
    replies: list[str] = []
    place, count = 0, 0
    while place < len(text):
        opening = _OPENING.match(text, place)
        if opening is None or count == _MOST or (tag := opening["tag"].lower()) in _LOOKS:
            return None
        start = opening.end()
        closing = re.compile(rf"</{re.escape(tag)}\s*>\s*", re.IGNORECASE).search(text, start)
        end, place = (len(text), len(text)) if closing is None else closing.span()
        is_reply = tag in _REPLIES or is_reply_name(tag)
        if closing is None and not is_reply:
            return None
        (replies if is_reply else thoughts).append(text[start:end].strip())
        count += 1
    return (replies[0], "\n".join(thoughts)) if len(replies) == 1 and thoughts else None
