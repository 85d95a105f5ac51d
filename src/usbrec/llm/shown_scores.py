"""Scores that are shown and not given: what announces an example, or the form that an answer should have."""

from __future__ import annotations

import re

from usbrec.llm.option_forms import folded
from usbrec.llm.said_scores import one_of
from usbrec.patterns import LazyPattern

#: "Example:", "For example,", "Your answer should look like this:", "e.g."
_SHOWN = LazyPattern(
    lambda: (
        rf"(?:(?<![^\W\d_]){one_of('shows')}"
        rf"|\A\W*(?!{one_of('leads_to_form')}\s)(?:[^\W\d_]+\s)?{one_of('forms')})(?![^\W\d_])"
        r"(?:[^\W\d]|[ \d*_()\"]){0,20}(?:[:：,]|\.|\s*\Z)"
        rf"|{one_of('shows_signs')}[^\w]{{0,2}}\s*\d?(?:[:：，,]|\s*\Z)"
    ),
    re.IGNORECASE,
)


def shown_end(line: str) -> int | None:
    """Where that ends in a line which announces an example or a form; None for any other."""
    if len(line) > _LONGEST:
        return None
    found = _SHOWN.search(folded(line))
    return None if found is None else found.end()


#: A longer line is an explanation.
_LONGEST = 160
