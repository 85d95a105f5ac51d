"""Reasoning separation: a model's thinking told apart from its reply.

Models that reason first write their thoughts between marks of their family, unless a server has a parser for
them. Thoughts are no part of the reply: they are not scored, linked, shown, said back or learnt from. Where a
chat template has written the opening mark into the prompt, the answer holds the closing one alone; where the
limit of tokens came first, it holds no closing one, and there is no reply. What a template's own tokens leave
before a reply and at its end is no part of it either.

Which marks there are stands in llm/marks.py; streams are llm/reasoning_filter.py's.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from usbrec.llm import channels, headings, sections
from usbrec.llm.marks import (
    AROUND,
    Family,
    Found,
    ReasoningMarks,
    first_tag,
    marks_among,
    names_marks,
    read_marks,
)
from usbrec.llm.mentions import Mentions, is_quoted
from usbrec.llm.turn_tokens import begins, end_of_turn, role_line, without_end
from usbrec.patterns import LazyPattern

__all__ = [
    "ReasoningMarks",
    "Separated",
    "SoFar",
    "closes_alone",
    "in_words",
    "marks_among",
    "names_marks",
    "reads_like_thought",
    "separate",
    "separate_so_far",
]

_PROSE = LazyPattern(
    r"[\s*#_]*here(?: is|'s|’s| are) my (?:thought process|thinking|reasoning)(?: steps)?:[*_]*"
    r"(?P<thought>.*?)(?:(?:[*#_]*here(?: is|'s|’s) my (?:response|answer):[*_]*"
    r"|\[BEGIN FINAL RESPONSE\])(?P<said>.*)|\Z)",
    re.I | re.S,
)
#: As a command line shows thoughts that it streams (Ollama's).
_SHOWN = LazyPattern(
    r"\s*[*_]*thinking(?:\.\.\.|…)[*_]*[ \t]*\r?\n(?P<thought>.*?)"
    r"\n[*_]*(?:\.\.\.|…)done thinking\.[*_]*[ \t]*(?=\n|\Z)(?P<said>.*)",
    re.I | re.S,
)
#: A turn of the dialogue for thoughts, where a tokenizer has left its special tokens in.
_TURNS = LazyPattern(
    r"\s*(?:<\|im_start\|>(?:think|thinking|thought)|(?:<\|im_start\|>assistant\s?)?/think)\s"
    r"(?P<thought>.*?)"
    r"(?:<\|im_start\|>(?:answer|assistant)\s(?P<said>.*?)(?:<\|im_end\|>\s*)?|\Z)",
    re.I | re.S,
)
#: Fields of an answer with their names between double brackets (DSPy's).
_NAMED_FIELDS = LazyPattern(
    r"\s*\[\[ ## (?:reasoning|rationale|thoughts?) ## \]\](?P<thought>.*?)"
    r"(?:\[\[ ## \w+ ## \]\](?P<said>.*?)(?=\[\[ ## |\Z)(?:\[\[ ## .*)?|\Z)",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Separated:
    """An answer in its parts. `open` says that it broke off in the middle of the reasoning, `ended` that a
    token of the template which ends a turn stood behind the text."""

    text: str
    reasoning: str = ""
    open: bool = False
    ended: bool = False


def separate(answer: str, marks: ReasoningMarks = "auto", *, cut: bool = False) -> Separated:
    """The reply of an answer, and the reasoning beside it; `cut` where the limit of tokens ended it.

    A closing mark without an opening one makes everything before it reasoning; an opening one without a
    closing one everything behind it, and the answer is `open`. Thoughts that their own mark does not close
    end at the closing mark of another family, unless that is quoted or was opened in them. An answer without
    marks is the reply as it is, and so is one that announces its reasoning in words, has nothing above the
    reply and was not cut: the reasons are a part of what is said.
    """
    if marks == "auto" and len(answer) <= _SHORT:
        return _separate_short(answer, cut)
    return separate_so_far(answer, marks, cut=cut).found


#: Votes and verdicts are a few words, and the same ones again and again.
_SHORT = 24


@functools.lru_cache(maxsize=512)
def _separate_short(answer: str, cut: bool) -> Separated:
    return separate_so_far(answer, cut=cut).found


@dataclass(frozen=True, slots=True)
class SoFar:
    """An answer that may go on, in its parts. `unsure` says that what follows could still change what ended
    the thoughts. `behind`: what follows the tags for thoughts that it begins with; None without such tags."""

    found: Separated
    unsure: bool = False
    behind: str | None = None


def separate_so_far(answer: str, marks: ReasoningMarks = "auto", *, cut: bool = True) -> SoFar:
    """The same of an answer that may go on."""
    if marks == "off" or not answer:
        return SoFar(Separated(answer))
    start, unsure_start = begins(answer)
    begun, behind = answer[start:], None
    found, unsure = _in_parts(begun, marks, cut)
    tags = False
    while marks == "auto" and (tagged := first_tag(found.text, behind=tags)) is not None:
        # A tag for thoughts that is one at the beginning of what is said alone.
        tags = True
        thought, said = tagged
        if all(way(begun) is None for way in _WAYS):
            # Headings around a tag are read with all that it leaves.
            begun = behind = said or ""
        rest, unsure = (Separated("", open=True), unsure) if said is None else _in_parts(said, marks, cut)
        parts = [found.reasoning, thought, rest.reasoning]
        found = Separated(_unwrapped(["", rest.text]), _joined(parts), open=found.open or rest.open)
    if found.reasoning:
        for way in (begins, role_line):
            place, unsure_place = way(found.text)
            found, unsure = replace(found, text=found.text[place:]), unsure or unsure_place
    said, unsure_end = end_of_turn(found.text)
    if said is not None:
        found = replace(found, text=said, ended=True)
    return SoFar(found, unsure or unsure_start or unsure_end, behind)


def _in_parts(answer: str, marks: ReasoningMarks, cut: bool) -> tuple[Separated, bool]:
    if marks == "auto":
        for way in _WAYS:
            if (found := way(answer)) is not None and (cut or not (found.open and _announces(answer))):
                return found, way is _by_bare_channels and channels.may_go_on(answer)
    found, unsure = _by_marks(answer, marks, cut)
    if cut and marks == "auto" and not found.reasoning and not found.open and sections.is_cut(answer):
        # The limit came before the heading of the reply.
        found = Separated("", answer.strip(), open=True)
    return found, unsure


def closes_alone(answer: str, marks: ReasoningMarks = "auto") -> bool:
    """Whether the first mark of an answer closes thoughts: their opening one stood in the prompt."""
    if marks == "off":
        return False
    answer = answer[begins(answer)[0] :]
    if marks == "auto" and (said := channels.says_behind_thought(answer)) is not None:
        return said
    if marks == "auto" and any(way(answer) is not None for way in _WAYS[1:]):
        return False
    found = read_marks(marks).find(answer)
    spoken_of = Mentions(answer, found, cut=False, named=marks != "auto")
    skipped = -1
    for index, mark in enumerate(found):
        if index <= skipped:
            continue
        if mark.kind == "opens":
            if (last := spoken_of.opening(index)) is None:
                return False
            skipped = last
        elif mark.kind == "closes" and mark.family.alone and not spoken_of.closing(index):
            return True
    return False


#: How models that reason first mostly begin to.
_LIKE_A_THOUGHT = LazyPattern(
    r"\s*(?:okay|ok|alright|all right|hmm+|well|so|right|wait|let me|let's|let’s|first|they|this is"
    r"|we (?:need|have|should|are)|i (?:need|have|should|think|must)"
    r"|the (?:user|person|seeker|question|task)"
    r"|gut|zunächst|der nutzer|die (?:nutzerin|person)|ich (?:muss|soll|brauche|denke)|de gebruiker|ik moet"
    r"|d['’]accord|bon|voyons|l['’]utilisateur|je dois|bien|veamos|primero|el usuario|(?:necesito|tengo que)"
    r"|vamos|o usuário|preciso|allora|l['’]utente|devo|хорошо|итак|сначала|пользователь|мне нужно)\b"
    r"|\s*(?:好的|好，|嗯|首先|让我|我需要|我们|用户|使用者|那么|まず|さて|ユーザー|なるほど|사용자|먼저|우선|좋아)",
    re.IGNORECASE,
)


def reads_like_thought(answer: str) -> bool:
    """Whether an answer begins as models that reason first mostly begin to."""
    return _LIKE_A_THOUGHT.match(answer) is not None


def _is_reply(text: str) -> bool:
    """Whether a text before a closing mark alone, with nothing behind, is said: it speaks to the other, or
    names something to take, and does not begin as thoughts do."""
    return (
        not reads_like_thought(text)
        and not headings.of_the_user(text)
        and _RECOMMENDED.match(text) is not None
    )


_RECOMMENDED = LazyPattern(
    r"\s*(?:try|watch|read|how about|you (?:could|might|would|will)|i(?:['’]d| would)? recommend)\b", re.I
)


def in_words(text: str) -> bool:
    """Whether what an answer begins with are thoughts under words that say so, and their end."""
    return _by_prose(text) is not None


def _announces(answer: str) -> bool:
    """Whether an answer begins with words about its reasoning, and has none above a reply."""
    if (match := _PROSE.fullmatch(answer)) is not None:
        return match["said"] is None
    parts = sections.outlined(answer) if headings.may_head(answer) else None
    return parts is not None and not parts[0].strip()


def _by_marks(answer: str, marks: ReasoningMarks, cut: bool) -> tuple[Separated, bool]:
    """By the marks of families; also whether what is to come could change what was told apart."""
    found = read_marks(marks).find(answer)
    if not any(one.kind != "inner" and (one.kind != "closes" or one.family.alone) for one in found):
        return Separated(answer), False
    said: list[str] = []
    thought: list[str] = []
    inside: _Inside | None = None
    following = _Following(found)
    spoken_of = Mentions(answer, found, cut=cut, named=marks != "auto")
    place, closed, unsure, skipped = 0, False, False, -1
    last = len((without_end(answer) or answer).rstrip())
    for index, mark in enumerate(found):
        if index <= skipped:
            continue
        if inside is not None:
            ends, surely = inside.ends(mark, index, answer)
            if not ends:
                # A mark that the thoughts speak of.
                continue
            unsure = unsure or not surely
            thought.append(answer[place : mark.start])
            inside, closed = None, True
        elif mark.kind == "opens":
            if (told := spoken_of.opening(index)) is not None:
                skipped = told
                continue
            said.append(answer[place : mark.start])
            inside = _Inside(mark.family, following)
        elif mark.kind == "empty" or (
            mark.family.alone
            and mark.end >= last
            and (closed or (not cut and _is_reply("".join([*said, answer[place : mark.start]]))))
        ):
            # Behind thoughts that had an end, or a reply, and before nothing, a closing mark is one too many.
            said.append(answer[place : mark.start])
        elif mark.kind == "closes" and mark.family.alone and not spoken_of.closing(index):
            # Its opening stood in the prompt: what seemed to be said was thought.
            thought += [*said, answer[place : mark.start]]
            said = [""]
        else:
            continue
        place = mark.end
    (said if inside is None else thought).append(answer[place:])
    unsure = unsure or spoken_of.unsure
    if not place and inside is None and _unwrapped(said) == answer.strip():
        return Separated(answer), unsure
    return Separated(_unwrapped(said), _joined(thought), open=inside is not None), unsure


class _Following:
    """What each family's marks after a place do."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._places: dict[Family, list[int]] = {}
        self._last_closing: dict[Family, int] = {}
        self._found = found
        for index, mark in enumerate(found):
            if mark.kind in ("opens", "closes"):
                self._places.setdefault(mark.family, []).append(index)
            if mark.kind == "closes":
                self._last_closing[mark.family] = index

    def closes(self, family: Family, index: int) -> bool:
        """Whether one behind this mark closes."""
        return self._last_closing.get(family, -1) > index

    def next_closes(self, family: Family, index: int) -> bool:
        """Whether the next one behind this mark does."""
        places = self._places.get(family, [])
        following = bisect.bisect_right(places, index)
        return following < len(places) and self._found[places[following]].kind == "closes"


class _Inside:
    """Thoughts of one family: which of the marks that follow ends them."""

    def __init__(self, family: Family, following: _Following) -> None:
        self._family = family
        self._following = following
        self._depth = 0
        self._others: Counter[Family] = Counter()

    def ends(self, mark: Found, index: int, answer: str) -> tuple[bool, bool]:
        """Whether this mark does, and whether no mark that follows can change that."""
        if mark.family == self._family:
            closes = mark.kind == "closes"
            if closes and not (self._depth and self._following.closes(self._family, index)):
                return True, not self._depth
            if self._family.inner:
                self._depth += -1 if closes else mark.kind != "empty"
        elif mark.kind == "opens":
            self._others[mark.family] += 1
        elif mark.kind == "closes" and self._others[mark.family]:
            self._others[mark.family] -= 1
        elif mark.kind == "closes" and mark.family.alone and not is_quoted(mark, answer):
            return not self._following.next_closes(self._family, index), False
        return False, True


def _by_channels(answer: str) -> Separated | None:
    return _of_channels(channels.in_channels(answer))


def _by_bare_channels(answer: str) -> Separated | None:
    return _of_channels(channels.in_bare_channels(answer))


def _of_channels(parts: tuple[str | None, list[str]] | None) -> Separated | None:
    if parts is None:
        return None
    return Separated((parts[0] or "").strip(), _joined(parts[1]), open=parts[0] is None)


def _by_prose(answer: str) -> Separated | None:
    """Under words that say so, known before the answer's end."""
    if not headings.may_head(answer):
        return None
    for way in (_PROSE, _SHOWN, _TURNS, _NAMED_FIELDS):
        if (match := way.fullmatch(answer)) is not None:
            thought = match["thought"].strip().removesuffix("<|im_end|>").rstrip()
            return Separated((match["said"] or "").strip(), thought, open=match["said"] is None)
    parts = sections.first(answer)
    return None if parts is None else Separated(parts[0].strip(), parts[1].strip())


def _by_sections(answer: str) -> Separated | None:
    """Under a heading, known at the answer's end."""
    parts = sections.last(answer) if headings.may_head(answer) else None
    return None if parts is None else Separated(parts[0].strip(), parts[1].strip(), open=not parts[0].strip())


#: The families whose thoughts stand between no two marks.
_WAYS = (_by_channels, _by_bare_channels, _by_prose, _by_sections)


def _unwrapped(parts: Sequence[str]) -> str:
    """What is said, without what some families put around it, and without blanks where a thought was."""
    said = "".join(parts)
    said = said.rstrip() if parts[0].strip() else said.strip()
    for opening, closing in AROUND:
        if said.lower().startswith(opening):
            said = said[len(opening) :]
            if (end := said.lower().find(closing)) >= 0:
                said = said[:end].rstrip() + said[end + len(closing) :]
            return said.strip()
    return said


def _joined(parts: list[str]) -> str:
    return "\n".join(stripped for part in parts if (stripped := part.strip()))
