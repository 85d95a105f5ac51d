"""Blocks that a reply begins with between marks which nobody knows: what is in them may have been thought."""

from __future__ import annotations

import re

from usbrec.llm.written_calls import is_written_call
from usbrec.patterns import LazyPattern

#: Blocks that an answer may begin with and that are said: HTML, and what a reply is wrapped in.
_SAID_TAGS = frozenset(
    {
        *(
            "a",
            "b",
            "i",
            "u",
            "em",
            "strong",
            "mark",
            "small",
            "s",
            "sub",
            "sup",
            "q",
            "cite",
            "span",
            "font",
        ),
        *("p", "div", "br", "hr", "ul", "ol", "li", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "section"),
        *("table", "thead", "tr", "td", "code", "pre", "blockquote", "details", "summary", "html", "body"),
        *("title", "item", "items", "movie", "film", "book", "song", "list", "name", "message", "text"),
        *("answer", "response", "output", "final", "final_answer", "reply", "solution", "recommendation"),
        *("recommendations", "conclusion", "speak", "assistant", "center", "article", "result"),
    }
)
_FIRST_BLOCK = LazyPattern(
    r"\s*+(?P<opening>[<{\[【(](?P<tag>[^\W\d_][\w.:-]{1,40})[>}\]】)])"
    r".+?(?P<closing>[<{\[【(]/(?P=tag)[>}\]】)])\s*\S",
    re.IGNORECASE | re.DOTALL,
)


def unknown_block(text: str) -> tuple[str, str] | None:
    """The two marks around what a reply begins with, where nobody knows them and more is said behind; None
    for a reply that begins otherwise, or with what is said for sure."""
    match = _FIRST_BLOCK.match(text) if text.lstrip()[:1] in _BLOCKS else None
    if match is None or match["tag"].lower() in _SAID_TAGS or is_written_call(match["opening"], ()):
        return None
    return match["opening"], match["closing"]


_BLOCKS = tuple("<{[【(")
