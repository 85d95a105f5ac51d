"""Control characters in what a model says: removed before anybody sees, stores, logs or scores a reply.

A terminal obeys them, and marks that turn the direction of writing around let a text look like another one.
Tab and the end of a line stay, and so do the joiners and marks of direction (U+200C to U+200F) that Persian,
Indic scripts and Hebrew are written with.
"""

from __future__ import annotations

import re

_REMOVED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def without_controls(text: str) -> tuple[str, int]:
    """The text without control characters, and how many were removed."""
    return _REMOVED.subn("", text)
