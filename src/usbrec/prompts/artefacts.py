"""Prompt artefacts: marks of a prompt that a reply repeats, signs that the model copies its input.

Small models that are shown a numbered list between tags learn to answer with a line of it, number and all
(`2. Casino (1995)`), or to write the tags; others go on with the next speaker's turn (`User: ...`), whose
titles are none of theirs. No score sees that, and a seeker would.
"""

from __future__ import annotations

import re

#: A tag such as the prompts have around a list, or a chat template's token.
_TAG = re.compile(r"</?[A-Za-z][\w-]*>|<\|[^|>\s]+\|>")
#: The number of a list's line. A year or an amount has more digits or no stop behind it.
_NUMBER = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)
#: The next turn of a dialogue, whoever speaks, in a line of its own.
_TURN = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]*)?[*_]{0,2}"
    r"(?:user|human|seeker|customer|recommender|assistant|nutzer|benutzer|kunde)"
    r"(?:[*_]{0,2}[:：]|[:：][*_]{0,2})(?=\s|[*_]|\Z)",
    re.IGNORECASE | re.MULTILINE,
)


def has_artefacts(reply: str) -> bool:
    """Whether a reply has a tag or a template's token, the name of a speaker before a line, or a list's
    number that is not of a list of its own (two lines or more, from 1 on)."""
    return bool(_TAG.search(reply) or _TURN.search(reply)) or _copies_numbers(reply)


def without_artefacts(reply: str) -> str:
    """The reply without its marks and without a turn of the next speaker, as it stands where it has none or
    nothing else."""
    if not has_artefacts(reply):
        return reply
    left = _own_turn(_TAG.sub("", reply))
    if _copies_numbers(left):
        left = _NUMBER.sub("", left)
    left = "\n".join(line.strip() for line in left.splitlines() if line.strip())
    return left or reply


def _own_turn(reply: str) -> str:
    """What stands before the next speaker's turn; the name of a speaker before the first line is a mark."""
    found = _TURN.search(reply)
    if found is not None and not reply[: found.start()].strip():
        reply = reply[found.end() :]
        found = _TURN.search(reply)
    return reply if found is None else reply[: found.start()]


def _copies_numbers(reply: str) -> bool:
    numbers = [int(found) for found in _NUMBER.findall(reply)]
    return bool(numbers) and (len(numbers) == 1 or numbers != list(range(1, len(numbers) + 1)))
