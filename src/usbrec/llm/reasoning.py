"""Reasoning separation: a model's thinking told apart from its reply, whole and while it streams.

Models that reason first write their thoughts between marks of their family, unless a server has a parser for
them. Thoughts are no part of the reply: they are not scored, linked, shown, said back or learnt from. Where a
chat template has written the opening mark into the prompt, the answer holds the closing one alone; where the
limit of tokens came first, it holds no closing one, and there is no reply.

The marks are those of model cards and chat templates (DeepSeek-R1, Qwen3, Magistral, Kimi, gpt-oss, Granite,
Seed-OSS, Command A, OpenThinker, EXAONE Deep, Apertus and their kin).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

#: How reasoning is told apart: by all known marks, not at all, or by an opening and a closing mark.
ReasoningMarks: TypeAlias = Literal["auto", "off"] | tuple[str, str]

_TAGS = (
    *("think", "thinking", "thought", "thoughts", "reason", "reasoning"),
    *("seed:think", "longcat_think", "inner_thoughts"),
)
#: Opening and closing marks, a family each. Compared without case.
_FAMILIES: tuple[tuple[str, str], ...] = (
    *((f"<{tag}>", f"</{tag}>") for tag in _TAGS),
    # As a front end that shows them writes them.
    *((f"&lt;{tag}&gt;", f"&lt;/{tag}&gt;") for tag in _TAGS),
    *((f"[{tag}]", f"[/{tag}]") for tag in ("think", "thinking")),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|start_thinking|>", "<|end_thinking|>"),
    ("<|thinking|>", "<|/thinking|>"),
    ("<|think|>", "<|content|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<unused94>thought", "<unused95>"),
    ("<|channel>thought", "<channel|>"),
)
#: What some families put around the reply that follows their thoughts.
_AROUND: tuple[tuple[str, str], ...] = (
    ("<answer>", "</answer>"),
    ("<response>", "</response>"),
    ("<output>", "</output>"),
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<|begin_of_box|>", "<|end_of_box|>"),
    ("<|start_response|>", "<|end_response|>"),
    ("<|start_text|>", "<|end_text|>"),
)
_MARKS = frozenset(mark.lower() for pair in (*_FAMILIES, *_AROUND) for mark in pair)
_CHANNEL = re.compile(
    r"(?:<\|start\|>\w*)?<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>", re.I
)
_CHANNEL_END = re.compile(r"<\|(?:end|return|call)\|>|(?=<\|start\|>)", re.I)
#: The same where a tokenizer has left its special tokens out.
_BARE_CHANNEL = re.compile(
    r"\s*(?:analysis|commentary)(?:[ \t]*\r?\n|(?=[A-Z\"'“(]))(?P<thought>.*?)"
    r"(?:assistant\s*final(?P<said>.*)|\Z)",
    re.S,
)
_PROSE = re.compile(
    r"[\s*#_]*here(?: is|'s|’s) my (?:thought process|thinking|reasoning):[*_]*(?P<thought>.*?)"
    r"(?:[*#_]*here(?: is|'s|’s) my (?:response|answer):[*_]*(?P<said>.*)|\Z)",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Separated:
    """An answer in its parts. `open` says that it broke off in the middle of the reasoning."""

    text: str
    reasoning: str = ""
    open: bool = False


def separate(answer: str, marks: ReasoningMarks = "auto") -> Separated:
    """The reply of an answer, and the reasoning beside it.

    A closing mark without an opening one makes everything before it reasoning; an opening one without a
    closing one everything behind it, and the answer is `open`. An answer without marks is the reply as it is.
    """
    if marks == "off" or not answer:
        return Separated(answer)
    if marks != "auto":
        return _by_marks(answer, (marks,))
    for way in _WAYS:
        if (found := way(answer)) is not None:
            return found
    return _by_marks(answer, _FAMILIES)


def marks_among(tokens: Iterable[str], marks: ReasoningMarks = "auto") -> frozenset[str]:
    """Those of a vocabulary's `tokens` that mark where thoughts begin or end, or what goes around a reply."""
    if marks == "off":
        return frozenset()
    if marks != "auto":
        return frozenset(token for token in tokens if token in marks)
    there = {token: token.lower() for token in tokens}
    known = _MARKS | (set(_CHANNEL_MARKS) if "<|channel|>" in there.values() else set())
    return frozenset(token for token, lower in there.items() if lower in known)


def closes_alone(answer: str, marks: ReasoningMarks = "auto") -> bool:
    """Whether the first mark of an answer closes thoughts: their opening one stood in the prompt."""
    if marks == "off":
        return False
    if marks == "auto" and any(
        way(answer) is not None for way in (_by_channels, _by_bare_channels, _by_prose)
    ):
        return False
    families = _FAMILIES if marks == "auto" else (marks,)
    first = _pattern(families).search(answer)
    return first is not None and all(first[0].lower() != opening.lower() for opening, _ in families)


def reads_like_thought(answer: str) -> bool:
    """Whether an answer begins as models that reason first mostly begin to."""
    return _LIKE_A_THOUGHT.match(answer) is not None


def names_marks(text: str) -> bool:
    """Whether a chat template speaks of marks of thoughts."""
    lower = text.lower()
    return "<|channel|>" in lower or any(mark in lower for mark in _MARKS)


def _by_marks(answer: str, families: tuple[tuple[str, str], ...]) -> Separated:
    said: list[str] = []
    thought: list[str] = []
    inside: tuple[str, str] | None = None
    place = 0
    for match in _pattern(families).finditer(answer):
        mark = match[0].lower()
        family = next(one for one in families if mark in (one[0].lower(), one[1].lower()))
        closes = mark == family[1].lower()
        if inside is None and closes:
            # Its opening stood in the prompt: what seemed to be said was thought.
            thought = [*said, *thought, answer[place : match.start()]]
            said = []
        elif inside is None:
            said.append(answer[place : match.start()])
            inside = family
        elif closes and family == inside:
            thought.append(answer[place : match.start()])
            inside = None
        else:
            # A mark that the thoughts speak of.
            continue
        place = match.end()
    (said if inside is None else thought).append(answer[place:])
    if not thought and inside is None:
        return Separated(answer)
    return Separated(_unwrapped("".join(said)), _joined(thought), open=inside is not None)


def _by_channels(answer: str) -> Separated | None:
    """The channels of gpt-oss: what is said stands in the final one."""
    found = list(_CHANNEL.finditer(answer))
    if not found:
        return None
    said: list[str] = []
    thought = [answer[: found[0].start()]]
    for match, after in zip(found, [*found[1:], None], strict=True):
        body = answer[match.end() : None if after is None else after.start()]
        if (end := _CHANNEL_END.search(body)) is not None:
            body = body[: end.start()]
        (said if match[1].lower() == "final" else thought).append(body)
    return Separated("".join(said).strip(), _joined(thought), open=not said)


def _by_bare_channels(answer: str) -> Separated | None:
    match = _BARE_CHANNEL.fullmatch(answer)
    if match is None:
        return None
    return Separated((match["said"] or "").strip(), match["thought"].strip(), open=match["said"] is None)


def _by_prose(answer: str) -> Separated | None:
    match = _PROSE.fullmatch(answer)
    if match is None:
        return None
    return Separated((match["said"] or "").strip(), match["thought"].strip(), open=match["said"] is None)


#: The families whose thoughts stand between no two marks.
_WAYS = (_by_channels, _by_bare_channels, _by_prose)


def _pattern(families: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    marks = sorted({mark for family in families for mark in family}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, marks)), re.I)


def _unwrapped(said: str) -> str:
    said = said.strip()
    for opening, closing in _AROUND:
        if said.lower().startswith(opening):
            said = said[len(opening) :]
            if said.lower().endswith(closing):
                said = said[: -len(closing)]
            return said.strip()
    return said


def _joined(parts: list[str]) -> str:
    return "\n".join(stripped for part in parts if (stripped := part.strip()))


#: Where an answer that holds reasoning may begin, beside white space.
_OPENINGS = (
    *(opening for opening, _ in _FAMILIES),
    "<|channel|>",
    "<|start|>",
    "analysis",
    "commentary",
    *(
        f"here{verb} my {thoughts}:"
        for verb in (" is", "'s", "’s")
        for thoughts in ("thought process", "thinking", "reasoning")
    ),
)
#: So many characters are held back of an answer that may turn out to be a thought, though it does not begin
#: like one: replies that recommend are shorter, and a long text should not stand still to its end.
_LONGEST_HELD = 600
#: How models that reason first mostly begin to.
_LIKE_A_THOUGHT = re.compile(
    r"\s*(?:okay|ok|alright|all right|hmm+|well|so|right|wait|let me|let's|let’s|first|they|this is"
    r"|we (?:need|have|should|are)|i (?:need|have|should|think|must)"
    r"|the (?:user|person|seeker|question|task))\b",
    re.IGNORECASE,
)
_CHANNEL_MARKS = ("<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>")


class ReasoningFilter:
    """What of a streamed answer may be passed on: pieces in, pieces of the reply out.

    Nothing is passed on while it may still turn out to be reasoning. `holds` keeps it back until the end, for
    models whose answers hold, or may hold, closing marks alone: what they say first is known only then. An
    answer that has grown long and does not begin like a thought is held no longer.
    """

    #: What the closing marks end with, those in words ("assistantfinal", "response:") among them.
    _LAST_OF_MARKS = frozenset(">]▷l:;")

    def __init__(self, marks: ReasoningMarks = "auto", *, holds: bool = False) -> None:
        self._marks = marks
        self._holds = holds and marks != "off"
        self._answer = ""
        self._told = ""
        self._open = False

    def feed(self, piece: str) -> str:
        """What may be passed on now that `piece` has come."""
        self._answer += piece
        if self._marks == "off":
            return piece
        if self._holds and len(self._answer) > _LONGEST_HELD and not _LIKE_A_THOUGHT.match(self._answer):
            self._holds = False
        if self._holds or self._may_begin() or self._may_end_in_mark() or self._in_header():
            return ""
        if self._open and not self._marked(len(piece)):
            return ""
        found = separate(self._answer, self._marks)
        self._open = found.open
        return self._new(found.text)

    def end(self) -> tuple[str, Separated]:
        """What is still to be passed on, and the whole answer in its parts."""
        found = separate(self._answer, self._marks)
        if self._marks == "off":
            return "", found
        return self._new(found.text), found

    def cut(self) -> str:
        """What may be passed on of an answer that broke off: nothing of what reads like a beginning thought,
        because its closing mark may have been on its way."""
        if self._holds and _LIKE_A_THOUGHT.match(self._answer):
            return ""
        return self.end()[0]

    def _new(self, text: str) -> str:
        # What has been passed on cannot be taken back: after a closing mark that nobody expected, the reply
        # begins anew.
        if self._told.startswith(text):
            return ""
        new = text[len(self._told) :] if text.startswith(self._told) else text
        self._told = text
        return new

    def _marked(self, since: int) -> bool:
        """Whether a mark may have ended in the last `since` characters; spares long thoughts searches."""
        return not self._LAST_OF_MARKS.isdisjoint(self._answer[-since:]) if self._marks == "auto" else True

    def _may_begin(self) -> bool:
        """Whether the answer is so short that it may be the beginning of an opening mark."""
        begun = self._answer.lstrip(" \t\r\n*#_").lower()
        return any(opening.startswith(begun) for opening in self._openings())

    def _may_end_in_mark(self) -> bool:
        """Whether the last characters may be the beginning of a mark."""
        tail = self._answer[-32:].lower()
        marks = self._marks_of()
        return any(
            mark.startswith(tail[-length:])
            for length in range(1, len(tail) + 1)
            for mark in marks
            if length < len(mark)
        )

    def _in_header(self) -> bool:
        """Whether a channel has been opened whose name is not known yet."""
        begun = max(self._answer.rfind("<|channel|>"), self._answer.rfind("<|start|>"))
        return self._marks == "auto" and begun >= 0 and "<|message|>" not in self._answer[begun:]

    def _openings(self) -> tuple[str, ...]:
        return _OPENINGS if isinstance(self._marks, str) else (self._marks[0].lower(),)

    def _marks_of(self) -> tuple[str, ...]:
        if not isinstance(self._marks, str):
            return tuple(mark.lower() for mark in self._marks)
        pairs = (*_FAMILIES, *_AROUND)
        return (*(mark.lower() for pair in pairs for mark in pair), *_CHANNEL_MARKS)
