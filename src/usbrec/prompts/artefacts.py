"""Prompt artefacts: marks of a prompt that a reply repeats, signs that the model copies its input.

Small models that are shown a numbered list between tags learn to answer with a line of it, number and all
(`2. Casino (1995)`), or to write the tags; others go on with the next speaker's turn (`User: ...`), whose
titles are none of theirs. No score sees that, and a seeker would. A further turn is cut off in every seat
(:func:`own_turn`), because what stands there was not said by who sits in it.
"""

from __future__ import annotations

import re
from typing import Literal

#: A tag such as the prompts have around a list, or a chat template's token.
_TAG = re.compile(r"</?[A-Za-z][\w-]*>|<\|[^|>\s]+\|>")
#: The number of a list's line. A year or an amount has more digits or no stop behind it.
_NUMBER = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)
#: What chat templates and logs call a seeker before their turn, and a recommender.
_SEEKERS = (
    "user|human|seeker|customer|nutzer|benutzer|kunde|usuario|utilisateur|utente|usuário"
    "|пользователь|用户|用戶|ユーザー|사용자"
)
_RECOMMENDERS = (
    "recommender|assistant|assistent|asistente|assistante|assistente|ассистент|助手|アシスタント|어시스턴트"
)
_WHO = rf"(?:(?P<seeker>{_SEEKERS})|(?P<recommender>{_RECOMMENDERS}))"
_NAMED = (
    # `User: `, `**User:**`, `### User 2:`, `[User]: `
    rf"[*_]{{0,2}}\[?{_WHO}(?:[ \t]?\d{{1,2}})?\]?"
    r"(?:[*_]{0,2}[:：]|[:：][*_]{0,2})(?:(?<=：)|(?=\s|[*_]|\Z))"
)
_ALONE = (
    # `### User`, `**User**` and `[User]` with nothing else in the line; "**Human**" is a title as well
    r"(?:#{1,6}[ \t]*|\*\*|\[)(?:(?P<seeker>user|seeker)|(?P<recommender>assistant|recommender))"
    r"(?:\*\*|\])?[ \t]*$"
)
_TEMPLATE = (
    # what chat templates begin a turn with, where a server lets it through as text
    rf"(?:<\|(?:im_start|start_header_id|start)\|>|<start_of_turn>)\s*{_WHO}\b|<\|{_WHO}\|>"
    r"|(?P<seeker>\[INST\])"
)
_INSIDE = (
    # `... it is dark. User: I like` in the middle of a line; a capital, because `one user: ` is a sentence
    r"(?<=[.!?…)\"'”][ \t])(?:(?P<seeker>User|Seeker)|(?P<recommender>Assistant|Recommender)):(?=[ \t])"
)
#: A rating (`User: 8.2/10`) or a quotation (`User: "loved it"`) behind a name, which begin no turn.
_NO_RATING = (
    r"(?![*_]{0,2}[ \t]*"
    r"(?:[\d.,]+[ \t]*(?:%|★|/|stars?|points?|of|out|and|-|–|[|(;,\n]|\Z)|[★☆⭐]|[\"“„«']))"
)


def _numbered(*patterns: str) -> str:
    """The patterns as alternatives, the names of their groups told apart by a number."""
    counts: dict[str, int] = {}

    def once(found: re.Match[str]) -> str:
        counts[found[1]] = counts.get(found[1], 0) + 1
        return f"(?P<{found[1]}_{counts[found[1]]}>"

    return re.sub(r"\(\?P<(\w+)>", once, "|".join(patterns))


#: The beginning of a turn: the name of whoever speaks, in a line of its own or as a template writes it.
_TURN = re.compile(
    _numbered(
        rf"^[ \t]*(?:#{{1,6}}[ \t]*)?(?i:{_NAMED}){_NO_RATING}",
        rf"^[ \t]*(?i:{_ALONE})",
        rf"(?i:{_TEMPLATE})",
        rf"{_INSIDE}{_NO_RATING}",
    ),
    re.MULTILINE,
)


def has_artefacts(reply: str) -> bool:
    """Whether a reply has a tag or a template's token, the name of a speaker before a line, or a list's
    number that is not of a list of its own (two lines or more, from 1 on)."""
    return bool(_TAG.search(reply) or _turns(reply)) or _copies_numbers(reply)


def without_artefacts(reply: str) -> str:
    """The reply without its marks and without a turn of the next speaker, as it stands where it has none or
    nothing else."""
    if not has_artefacts(reply):
        return reply
    left = _without_name(own_turn(_TAG.sub("", reply))[0])
    if _copies_numbers(left):
        left = _NUMBER.sub("", left)
    left = "\n".join(line.strip() for line in left.splitlines() if line.strip())
    return left or reply


def own_turn(reply: str, seat: Literal["seeker", "recommender"] = "recommender") -> tuple[str, bool]:
    """The part of `reply` that whoever sits in `seat` says, and whether the other's turn is left out.

    That is what stands before the next speaker's turn, or behind the name of the seat where the reply begins
    with a turn of the other. The name of a speaker before a whole reply is a mark alone, and stays.
    """
    turns = _turns(reply)
    if not turns:
        return reply, False
    others = [turn for turn in turns if not _is_of(turn, seat)]
    start = 0
    if others and not reply[: others[0].start()].strip():
        # The reply begins with the other's turn: what counts stands behind the name of the seat.
        own = next((turn for turn in turns if _is_of(turn, seat)), None)
        start = turns[0].start() if own is None else own.start()
        others = [turn for turn in others if turn.start() > start]
    end = others[0].start() if others else len(reply)
    return reply[start:end], start > 0 or bool(others)


def _turns(reply: str) -> list[re.Match[str]]:
    """Where turns begin. What a colon leads to is shown, a review or a sample dialogue, and nobody's turn."""
    found: list[re.Match[str]] = []
    for turn in _TURN.finditer(reply):
        before = reply[: turn.start()].rstrip()
        if found or before[-1:] not in (":", "："):
            found.append(turn)
    return found


def _is_of(turn: re.Match[str], seat: str) -> bool:
    """Whether the turn that begins there is of `seat`."""
    return any(named.startswith(seat) for named, found in turn.groupdict().items() if found is not None)


def _without_name(reply: str) -> str:
    """The reply without the name of a speaker before its first line."""
    found = next(iter(_turns(reply)), None)
    return reply if found is None or reply[: found.start()].strip() else reply[found.end() :].lstrip("*_ \t")


def _copies_numbers(reply: str) -> bool:
    numbers = [int(found) for found in _NUMBER.findall(reply)]
    return bool(numbers) and (len(numbers) == 1 or numbers != list(range(1, len(numbers) + 1)))
