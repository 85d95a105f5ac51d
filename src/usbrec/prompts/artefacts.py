"""Prompt artefacts: marks of a prompt that a reply repeats, signs that the model copies its input.

Small models that are shown a numbered list between tags learn to answer with a line of it, number and all
(`2. Casino (1995)`), or to write the tags; others go on with the next speaker's turn (`User: ...`), whose
titles are none of theirs. No score sees that, and a seeker would. A further turn is cut off in every seat
(prompts/turns.py), because what stands there was not said by who sits in it.
"""

from __future__ import annotations

import re

from usbrec.patterns import LazyPattern
from usbrec.prompts.turns import beginnings, own_turn

#: A tag such as the prompts have around a list, or a chat template's token.
_TAG = LazyPattern(r"</?[A-Za-z][\w-]*>|<\|[^|>\s]+\|>")
#: The number of a list's line. A year or an amount has more digits or no stop behind it.
_NUMBER = LazyPattern(r"^[ \t]*(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)


def has_artefacts(reply: str) -> bool:
    """Whether a reply has a tag or a template's token, the name of a speaker before a line, or a list's
    number that is not of a list of its own (two lines or more, from 1 on)."""
    return bool(_TAG.search(reply) or beginnings(reply)) or _copies_numbers(reply)


def without_artefacts(reply: str) -> str:
    """The reply without its marks and without a turn of the next speaker, as it stands where it has none or
    nothing else."""
    if not has_artefacts(reply):
        return reply
    left = _without_name(_TAG.sub("", own_turn(reply)[0]))
    if _copies_numbers(left):
        left = _NUMBER.sub("", left)
    left = "\n".join(line.strip() for line in left.splitlines() if line.strip())
    return left or reply


def _without_name(reply: str) -> str:
    """The reply without the name of a speaker before its first line."""
    found = next(iter(beginnings(reply)), None)
    return reply if found is None or reply[: found.start].strip() else reply[found.end :].lstrip("*_ \t")


def _copies_numbers(reply: str) -> bool:
    numbers = [int(found) for found in _NUMBER.findall(reply)]
    return bool(numbers) and (len(numbers) == 1 or numbers != list(range(1, len(numbers) + 1)))
