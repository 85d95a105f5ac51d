"""Reasoning filter: what of a streamed answer may be passed on before it is whole.

The answer is looked at as a whole where a mark has come; from then on what comes is said, or thought, until
the next mark. So the work grows with the length of the answer, and not with its square.
"""

from __future__ import annotations

import bisect
import functools
import re
from typing import Literal

from usbrec.llm.headings import ABOVE, FIRST_STEPS, OWNERS, may_head
from usbrec.llm.marks import AROUND, FAMILIES, LONGEST_MARK, ReasoningMarks, holds_marks, may_end_in_mark
from usbrec.llm.reasoning import (
    Separated,
    in_words,
    reads_like_thought,
    separate,
    separate_so_far,
)
from usbrec.llm.sections import (
    ANNOUNCED,
    BRACKETED,
    ENDS,
    FIRST,
    HEADED,
    LINE_HEADING,
    PICTURES,
    QUOTED_HEADING,
)
from usbrec.llm.turn_tokens import begins
from usbrec.patterns import LazyPattern

_BRACKETS = ("【】", "［］", "[]", "〔〕", "〈〉", "《》", "「」", "『』")
#: Where an answer that holds reasoning may begin, beside white space.
_OPENINGS = (
    *(family.opening for family in FAMILIES),
    "<|channel|>",
    "<|start|>",
    *("analysis", "commentary", "assistantanalysis", "assistantcommentary", "assistantfinal"),
    *(f"{owner} " for owner in OWNERS),
    "<|im_start|>",
    *(f"{heading}{colon}" for heading in ABOVE for colon in (":", " :", "：")),
    *(f"{bracket[0]}{heading}{bracket[1]}" for heading in ABOVE for bracket in _BRACKETS),
    "/think",
    *(f"[[ ## {field} ## ]]" for field in ("reasoning", "rationale", "thought", "thoughts")),
    "thinking...",
    "thinking…",
    *(
        f"here{verb} my {thoughts}:"
        for verb in (" is", "'s", "’s", " are")
        for thoughts in ("thought process", "thinking", "reasoning", "reasoning steps")
    ),
    *(
        f"here{verb} a {thoughts} process"
        for verb in (" is", "'s", "’s")
        for thoughts in ("thought", "thinking")
    ),
)
#: In order, so that whether one begins like a piece of a stream is looked up.
_IN_ORDER = sorted(_OPENINGS)
_OWNERS = frozenset(OWNERS)
#: The name of a first step is no longer.
_LONGEST_STEP = 50
_WORDS = rf"(?:{'|'.join(sorted(map(re.escape, ABOVE), key=len, reverse=True))})"
_LONGEST_OPENING = max(map(len, _OPENINGS))
#: What may stand before them.
_BEFORE = LazyPattern(rf"[\s*#_>•=~—–-]*+(?:\d(?:[.)][ \t]*|\Z))?{PICTURES}[*_#]*+")
#: How an answer begins that has a heading.
_HEADED = (
    rf"{HEADED}|\s*{FIRST}|{ANNOUNCED}|[\s*#_•=~—–-]*(?:\w+ )?{_WORDS}:[*_]*\Z"
    rf"|{LINE_HEADING}[ \t]*[*=~—–-]*[ \t]*(?:\n|\Z)|{BRACKETED}"
    rf"|\s*>[ \t]*{QUOTED_HEADING}(?:[ \t]*(?:\n|\Z)|(?<=[:：*_]))"
    rf"|\s*{QUOTED_HEADING}[ \t]*(?:\n\s*(?:>|\Z)|\Z)"
    r"|\s*[*_]*thinking(?:\.{1,3}|…)[*_]*[ \t]*(?:\n|\Z)"
    r"|\s*<\|im_start\|>(?:\w{0,8}\Z|(?:think|thinking|thought)\s)"
    r"|\s*(?:<\|im_start\|>assistant\s?)?/(?:t(?:h(?:i(?:n(?:k\s?)?)?)?)?)?(?:\Z|(?<=think\s))"
    r"|\s*\[\[ ## (?:\w{0,12}\Z|(?:reasoning|rationale|thoughts?) ##)"
)
#: How else an answer begins whose thoughts stand between no two marks.
_BEGINS_IN_WORDS = LazyPattern(
    r"\s*(?:assistant)?(?:analysis|commentary)(?:[ \t]*\r?\n|(?=[\w\"'“(*]))|\s*assistantfinal"
    r"|[\s*#_]*here(?: is|'s|’s| are) my ",
    re.IGNORECASE,
)
#: And what ends these.
_ENDS_WORDS = (
    rf"final|{ENDS}|(?:answer|response):|done thinking\.|[.!?…)\"'”*\n]\s*[ua]\w{{0,18}}\Z"
    r"|(?:user|assistant(?:analysis|commentary))."
    r"|<\|im_start\|>(?:answer|assistant)\s|\[\[ ## \w+ ## \]\]|FINAL RESPONSE\]"
)
# Compiled when the first answer with a heading streams.
_compiled = functools.cache(lambda pattern: re.compile(pattern, re.IGNORECASE))
#: What ends thoughts in words is no longer.
_LONGEST_END = 40
#: As much of an answer's beginning is enough to tell how it begins.
_HEAD = 400
#: So many characters are held back of an answer that may turn out to be a thought, though it does not begin
#: like one: replies that recommend are shorter, and a long text should not stand still to its end.
_LONGEST_HELD = 600
#: An answer with more marks than this is looked at again only when it has grown by a tenth.
_LOOKS, _GROWTH = 32, 1.1
#: A letter of no text, to see where it would go.
_LETTER = "\ue000"


def _may_open(begun: str) -> bool:
    """Whether a longer text that begins like this may hold reasoning."""
    place = bisect.bisect_left(_IN_ORDER, begun)
    return place < len(_IN_ORDER) and _IN_ORDER[place].startswith(begun)


Follows = Literal["?", "said", "thought"]


class ReasoningFilter:
    """What of a streamed answer may be passed on: pieces in, pieces of the reply out.

    Nothing is passed on while it may still turn out to be reasoning. `holds` keeps it back until the end, for
    models whose answers hold, or may hold, closing marks alone: what they say first is known only then. An
    answer that has grown long and does not begin like a thought is held no longer.
    """

    def __init__(self, marks: ReasoningMarks = "auto", *, holds: bool = False) -> None:
        self._marks = marks
        self._holds = holds and marks != "off"
        self._pieces: list[str] = []
        self._length = 0
        self._begun = ""
        #: The same without tokens of a template.
        self._head = ""
        self._tail = ""
        #: What has come since something was last decided.
        self._since: list[str] = []
        self._told: list[str] = []
        #: Blanks that are said, and not passed on before something follows them.
        self._blanks: list[str] = []
        #: What comes until the next mark; "?" where that is not known.
        self._follows: Follows = "?"
        #: No mark has come: all that comes is said.
        self._as_it_comes = True
        self._looks = 0
        self._next_look = 0

    def feed(self, piece: str) -> str:
        """What may be passed on now that `piece` has come."""
        self._pieces.append(piece)
        if self._marks == "off":
            return piece
        self._length += len(piece)
        if len(self._begun) < _HEAD:
            self._begun = (self._begun + piece).lstrip()[:_HEAD]
            self._head = self._begun[begins(self._begun)[0] :]
        self._tail = (self._tail + piece)[-LONGEST_MARK:]
        self._since.append(piece)
        if self._holds and self._length > _LONGEST_HELD and not reads_like_thought(self._head):
            self._holds = False
        if self._holds or self._may_begin() or may_end_in_mark(self._tail, self._marks):
            return ""
        since = "".join(self._since)
        self._since = []
        if self._is_news(since):
            self._follows = "?"
        if self._follows == "said":
            return self._say(since)
        if self._follows == "thought" or self._length < self._next_look:
            return ""
        return self._look()

    def end(self, *, cut: bool = False) -> tuple[str, Separated]:
        """What is still to be passed on, and the whole answer in its parts; `cut` where the limit of tokens
        ended it."""
        found = separate("".join(self._pieces), self._marks, cut=cut)
        if self._marks == "off":
            return "", found
        return self._new(found.text), found

    def cut(self) -> str:
        """What may be passed on of an answer that broke off: nothing of what reads like a beginning thought,
        because its closing mark may have been on its way."""
        if self._holds and reads_like_thought(self._head):
            return ""
        return self.end(cut=True)[0]

    def _look(self) -> str:
        """Look at the whole answer: what may be passed on, and what follows."""
        answer = "".join(self._pieces)
        self._pieces, self._blanks = [answer], []
        self._looks += 1
        if self._looks >= _LOOKS:
            self._next_look = int(_GROWTH * self._length) + 1
        self._follows = "thought"
        if self._in_header(answer):
            return ""
        so_far = separate_so_far(answer, self._marks)
        found, unsure = so_far.found, so_far.unsure
        if so_far.behind is not None:
            # What follows thoughts in a tag may begin with a heading.
            blanks = answer[len(answer.rstrip()) :]
            self._begun = self._head = f"{so_far.behind.rstrip()}{blanks}".lstrip()[:_HEAD]
            if self._may_begin():
                self._follows = "?"
                return ""
        if self._in_headed(answer[begins(answer)[0] :] if so_far.behind is None else so_far.behind):
            # As long as it is short it may yet be no heading.
            self._follows = "?" if len(self._head) < _LONGEST_END else "thought"
            return ""
        if unsure or (not found.reasoning and _is_wrapped(found.text)) or _may_be_tagged(found.text):
            self._follows = "?" if unsure else "thought"
            return ""
        self._as_it_comes = found.text == answer
        new = self._new(found.text[: self._to_pass(found.text)])
        if not found.open:
            self._follows = self._what_follows(answer)
        return new

    def _what_follows(self, answer: str) -> Follows:
        """What a letter behind the answer would be. It is said for sure only where it goes on what has been
        passed on, with nothing but blanks between."""
        text, told = separate(answer + _LETTER, self._marks, cut=True).text, "".join(self._told)
        said = text.removesuffix(_LETTER)
        self._told, self._blanks = [told], [said[len(told) :]]
        if said == text:
            return "thought"
        # Blanks before the first word behind a thought are none of the reply.
        return "said" if said.strip() and said.startswith(told) and not said[len(told) :].strip() else "?"

    def _say(self, piece: str) -> str:
        """What may be passed on of what is said."""
        if not piece.strip() and any(self._blanks):
            self._blanks.append(piece)
            return ""
        text = "".join([*self._blanks, piece])
        new = text[: self._to_pass(text)]
        self._blanks = [text[len(new) :]]
        self._told.append(new)
        return new

    def _to_pass(self, text: str) -> int:
        """How much of what is said may be passed on: blanks at its end are left out behind a thought, and
        line breaks may be the last before one."""
        said = len(text.rstrip())
        return len(text) if self._as_it_comes and "\n" not in text[said:] else said

    def _new(self, text: str) -> str:
        # What has been passed on cannot be taken back: after a closing mark that nobody expected, the reply
        # begins anew.
        told = "".join(self._told)
        if told.startswith(text):
            return ""
        new = text[len(told) :] if text.startswith(told) else text
        self._told = [text]
        return new

    def _is_news(self, since: str) -> bool:
        """Whether something has come that says what is thought and what is said; no mark had begun before."""
        if holds_marks(since, self._marks):
            return True
        if self._marks != "auto" or not (_is_headed(self._head) or _BEGINS_IN_WORDS.match(self._head)):
            return False
        end = max(self._tail, since, key=len)[-len(since) - _LONGEST_END :]
        return any(one.end() > len(end) - len(since) for one in _compiled(_ENDS_WORDS).finditer(end))

    def _may_begin(self) -> bool:
        """Whether the answer is so short that it may be the beginning of an opening mark."""
        if len(self._head) >= _HEAD:
            return False
        if not isinstance(self._marks, str):
            return self._marks[0].lower().startswith(self._head.lstrip(" \t\r\n*#_>").lower())
        begins = found.end() if (found := _BEFORE.match(self._head)) else 0
        if len(self._head) - begins > 2 * _LONGEST_OPENING:
            return False
        begun = self._head[begins:].lower()
        if _may_open(begun):
            return True
        numbered = "1" in self._head[:begins] and len(begun) < _LONGEST_STEP and "\n" not in begun
        if numbered and any(begun.startswith(step[: len(begun)]) for step in FIRST_STEPS):
            return True
        owner, blank, named = begun.partition(" ")
        return bool(blank) and owner in _OWNERS and _may_open(named)

    def _in_header(self, answer: str) -> bool:
        """Whether a channel has been opened whose name is not known yet."""
        begun = max(answer.rfind("<|channel|>"), answer.rfind("<|start|>"))
        return self._marks == "auto" and begun >= 0 and "<|message|>" not in answer[begun:]

    def _in_headed(self, begun: str) -> bool:
        """Whether it begins with a heading of thoughts, and that of the reply has not come yet."""
        return self._marks == "auto" and _is_headed(self._head) and not in_words(begun)


def _is_headed(head: str) -> bool:
    return may_head(head) and _compiled(_HEADED).match(head) is not None


def _may_be_tagged(text: str) -> bool:
    """Whether a text begins with a tag that holds thoughts if another follows, which may be on its way."""
    begun = text.lstrip().lower()
    return begun[:1] == "<" and _STEPS.fullmatch(begun) is not None


_STEPS = LazyPattern(r"<(?P<tag>step|summary|caption)>.*</(?P=tag)>\s*(?:<[^<>]*)?", re.DOTALL)


def _is_wrapped(text: str) -> bool:
    begun = text.lstrip().lower()
    return any(begun.startswith(opening) for opening, _ in AROUND)
