"""Control characters in what a model says: removed before anybody sees, stores, logs or scores a reply.

A terminal obeys them, and marks that turn the direction of writing around let a text look like another one.
Tab and the end of a line stay; what else parts lines or words becomes the end of a line or a blank, so that
two words do not become one. What takes no room and nobody writes (zero-width spaces, soft hyphens, marks of
byte order) goes, too: inside of a title it hides it from whoever looks for titles. The joiners and marks of
direction (U+200C to U+200F) stay, which Persian, Indic scripts and Hebrew are written with.
"""

from __future__ import annotations

import re

from usbrec.patterns import LazyPattern

_REMOVED = LazyPattern(
    "\r\n?|[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\ufff9-\ufffb]"
)
#: Those that part words.
_BLANKS = frozenset("\x0b\x0c\x1c\x1d\x1e\x1f\x85")


def without_controls(text: str) -> tuple[str, int]:
    """The text without control characters, and how many were removed."""
    return _REMOVED.subn(_in_place, text)


def _in_place(found: re.Match[str]) -> str:
    if found[0].startswith("\r"):
        return "\n"
    return " " if found[0] in _BLANKS else ""


class ControlFilter:
    """The same of a text that comes in pieces: the two halves of a line's end may come in two of them."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        text = self._held + piece
        self._held = "\r" if text.endswith("\r") else ""
        return without_controls(text.removesuffix(self._held))[0]

    def end(self) -> str:
        held, self._held = self._held, ""
        return without_controls(held)[0]
