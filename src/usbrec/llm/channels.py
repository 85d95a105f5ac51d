"""Channels of gpt-oss: messages with the name of a channel, of which the final one is said.

An answer is one turn: where another message or a second turn follows the final one, it ends. A tokenizer may
have left the special tokens out: "analysis ... assistantfinal ..." is all that stands there then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from usbrec.patterns import LazyPattern

_CHANNEL = LazyPattern(
    r"(?:<\|start\|>\w*)?<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
    # A message without a channel is said.
    r"|<\|start\|>assistant\s*<\|message\|>",
    re.I,
)
#: What another says behind a message, and the end of a turn.
_NEXT_TURN = LazyPattern(r"<\|start\|>(?:user|human|system|developer)\b|<\|return\|>", re.I)
_END = LazyPattern(r"<\|(?:end|return|call)\|>|(?=<\|start\|>)", re.I)
#: The same where a tokenizer has left its special tokens out.
_BARE = LazyPattern(
    r"\s*(?:assistant)?(?:analysis|commentary)(?:(?:[ \t]*\r?\n|(?=[\w\"'“(*]))(?P<thought>.*?)"
    r"(?:assistant\s*final(?P<said>.*)|\Z)|(?P<other>.*?)assistantfinal(?P<then>.*))"
    r"|\s*assistantfinal(?P<alone>.*)",
    re.S,
)
#: The next turn there, of the other or of the same one, and what may become one.
_BARE_TURN = LazyPattern(
    r"(?<=[.!?…)\"'”*\n])\s*(?:user(?=[A-Z0-9\"'“\n])|assistant(?:analysis|commentary|final))"
)
_BARE_BEGUN = LazyPattern(r"[.!?…)\"'”*\n]\s*(?:user|[ua]\w{0,18})\Z")


def in_channels(answer: str) -> tuple[str | None, list[str]] | None:
    """What is said, None where nothing is yet, and what was thought; None for an answer without channels."""
    found = list(_CHANNEL.finditer(answer))
    if not found:
        return None
    answer = answer[: _end_of_turn(answer, found)]
    found = [one for one in found if one.start() < len(answer)]
    said: list[str] = []
    # What stands before the first header began in the prompt.
    thought = [_END.split(answer[: found[0].start()])[0]]
    for match, after in zip(found, [*found[1:], None], strict=True):
        body = answer[match.end() : None if after is None else after.start()]
        if (end := _END.search(body)) is not None:
            body = body[: end.start()]
        (said if _is_said(match) else thought).append(body)
    return "".join(said) if said else None, thought


def in_bare_channels(answer: str) -> tuple[str | None, list[str]] | None:
    """The same of an answer without the special tokens."""
    match = _BARE.fullmatch(answer)
    if match is None:
        return None
    said = next((match[name] for name in ("said", "then", "alone") if match[name] is not None), None)
    if said is not None and (next_turn := _BARE_TURN.search(said)) is not None:
        said = said[: next_turn.start()]
    return said, [match["thought"] or match["other"] or ""]


def may_go_on(answer: str) -> bool:
    """Whether an answer without the special tokens may end in the beginning of the next turn."""
    return _BARE_BEGUN.search(answer) is not None


def says_behind_thought(answer: str) -> bool | None:
    """Whether the first channel is said and something stands before it; None without channels."""
    header = _CHANNEL.search(answer)
    return None if header is None else bool(answer[: header.start()].strip()) and _is_said(header)


def _end_of_turn(answer: str, found: Sequence[re.Match[str]]) -> int:
    """Where another's message begins, or a second turn, behind what is said."""
    for header, after in zip(found, [*found[1:], None], strict=True):
        end = len(answer) if after is None else after.start()
        if _is_said(header) and (next_turn := _NEXT_TURN.search(answer, header.end(), end)) is not None:
            return next_turn.start()
    return len(answer)


def _is_said(header: re.Match[str]) -> bool:
    return header[1] is None or header[1].lower() == "final"
