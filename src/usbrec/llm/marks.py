"""Marks of reasoning: how the families of models, and front ends, write where thoughts begin and end.

They are those of model cards and chat templates (DeepSeek-R1, Qwen3, Magistral, Kimi, gpt-oss, Granite,
Seed-OSS, Command A, OpenThinker, EXAONE Deep, Apertus and their kin), and of front ends that send a whole
dialogue back (Open WebUI, LibreChat). Tags may hold attributes, and may close themselves.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from usbrec.llm.headings import HEADINGS, SOFT, is_muttered
from usbrec.llm.turn_tokens import ENDS, SHAPE, TOKENS
from usbrec.patterns import LazyPattern

#: How reasoning is told apart: by all known marks, not at all, or by an opening and a closing mark.
ReasoningMarks: TypeAlias = Literal["auto", "off"] | tuple[str, str]
#: What a mark does: "empty" opens and closes at once, "inner" opens what the same closing mark ends.
Kind: TypeAlias = Literal["opens", "closes", "empty", "inner"]

_TAGS = (
    *("think", "thinking", "thought", "thoughts", "reason", "reasoning"),
    *("seed:think", "longcat_think", "inner_thoughts"),
    *("antthinking", "thought_process", "chain_of_thought", "inner_monologue", "scratchpad"),
    *("thinking_process", "internal_thought", "internal_thoughts", "internal_monologue", "reasoning_content"),
    *("cot", "reflection", "analysis", "deliberation", "rationale", "inner_thought", "reasoning_scratchpad"),
)
#: A tag of thoughts with something before or behind it, as some families have one for each way of thinking.
_VARIANT = r"(?:\w{1,12}[:_]think(?:ing)?|think(?:ing)?[:_]\w{1,60})"
#: How a front end, or a layer of JSON too many, writes the brackets of a tag; some models put blanks inside.
_LESS, _MORE = r"(?:\\?[<＜]|\\u003c)\s?", r"\s?(?:\\?[>＞]|\\u003e)"
_PLAIN_TAGS = r"(?:think|thinking|thoughts?|reasoning)"
#: Tokens of a template, with a word for where thoughts begin and end; some have no bars.
_PIPED = r"(?:think(?:ing)?|thoughts?|reason(?:ing)?|cot)"
_PIPED_OPENS = (
    rf"<\|(?:(?:begin|start)(?:_of)?_)?{_PIPED}(?:_(?:begin|start))?\|>|<(?:begin|start)(?:_of)?_{_PIPED}>"
)
_PIPED_CLOSES = (
    rf"<\|(?:/{_PIPED}|end(?:_of)?_{_PIPED}|{_PIPED}_(?:end|stop))\|>|</?(?:end|stop)(?:_of)?_{_PIPED}>"
)
#: Longer attributes are none.
_LONGEST_ATTRIBUTES = 300
_ATTRIBUTES = rf"(?:\s[^<>]{{0,{_LONGEST_ATTRIBUTES}}})?/?"
_ESCAPED_ATTRIBUTES = rf"(?:\s(?:(?!&[lg]t;)[^<>]){{0,{_LONGEST_ATTRIBUTES}}})?/?"
#: What front ends fold away beside thoughts (calls of tools) is no part of the reply either.
_FOLDED = "reasoning|thinking|thoughts?|tool_calls?|code_interpreter"
_BOLD = r"</?(?:b|strong|i|em|u)>"
#: What its summary says: that thoughts are inside, and for how long they took; "Thoughts on Heat" is a text.
_SUMMARY = (
    rf"\s*<summary[^<>]{{0,100}}>(?:[\s*_🤔💭🧠💡🔍\ufe0f]|{_BOLD})*(?:my |model |internal )?"
    rf"(?:{'|'.join(sorted(map(re.escape, HEADINGS), key=len, reverse=True))}|thought)"
    r"(?: (?:process|steps|trace|chain))?(?: (?:for|about it for|\() ?[^<]{1,40}| \([^<]{1,40}\))?"
    rf"(?:[\s*_.…:：]|{_BOLD}){{0,20}}</summary>"
)


@dataclass(frozen=True)
class Family:
    """How one family writes thoughts: two marks, and the patterns of all that counts as them.

    `alone`: a closing mark without an opening one says that the opening one stood in the prompt. `inner` is
    what opens, inside, something else that the closing mark ends.
    """

    opening: str
    closing: str
    opens: str
    closes: str
    alone: bool = True
    inner: str = ""


def _tag(tag: str) -> Family:
    return Family(f"<{tag}>", f"</{tag}>", rf"<{tag}{_ATTRIBUTES}>", rf"</{tag}\s*>")


def _escaped(tag: str) -> Family:
    """As a front end that shows them writes them."""
    opening, closing = f"&lt;{tag}&gt;", f"&lt;/{tag}&gt;"
    return Family(opening, closing, rf"&lt;{tag}{_ESCAPED_ATTRIBUTES}&gt;", rf"&lt;/{tag}\s*&gt;")


def _bracketed(tag: str) -> Family:
    attributes = rf"(?:\s+\w+=[^\[\]]{{0,{_LONGEST_ATTRIBUTES}}})?"
    return Family(f"[{tag}]", f"[/{tag}]", rf"\[{tag}{attributes}\]", rf"\[/{tag}\]")


def _exact(opening: str, closing: str) -> Family:
    return Family(opening, closing, re.escape(opening), re.escape(closing))


def _fence(ticks: str) -> Family:
    """A block of code for thoughts: one with more ticks may hold one with fewer."""
    sign = re.escape(ticks[0])
    return Family(
        f"{ticks}thinking\n",
        f"\n{ticks}",
        rf"(?m:^){ticks}(?!{sign})[ \t]*(?:think|thinking|thoughts?|reasoning)[ \t]*\n",
        rf"(?m:^){ticks}(?!{sign})[ \t]*(?=\n|\Z)",
        alone=False,
    )


FAMILIES: tuple[Family, ...] = (
    *map(_tag, _TAGS),
    *map(_escaped, _TAGS),
    *map(_bracketed, ("think", "thinking", "reasoning", "thought", "thoughts")),
    _exact("◁think▷", "◁/think▷"),
    _exact("<|begin_of_thought|>", "<|end_of_thought|>"),
    _exact("<|start_thinking|>", "<|end_thinking|>"),
    _exact("<|thinking|>", "<|/thinking|>"),
    _exact("<|think|>", "<|content|>"),
    _exact("<|inner_prefix|>", "<|inner_suffix|>"),
    _exact("<unused94>thought", "<unused95>"),
    _exact("[BEGIN REASONING]", "[BEGIN FINAL RESPONSE]"),
    _exact("[unused16]", "[unused17]"),
    _exact("<|begin_of_thinking|>", "<|end_of_thinking|>"),
    _exact("<|begin_thinking|>", "<|end_thinking|>"),
    _exact("<|thinking_start|>", "<|thinking_end|>"),
    _exact("<|thought_start|>", "<|thought_end|>"),
    _exact("<|think_start|>", "<|think_end|>"),
    _exact("<｜begin▁of▁thinking｜>", "<｜end▁of▁thinking｜>"),
    Family("<|begin_of_reasoning|>", "<|end_of_reasoning|>", _PIPED_OPENS, _PIPED_CLOSES),
    Family("<!--", "-->", "<!--", "-->", alone=False),
    Family("<think_fast>", "</think_fast>", rf"<{_VARIANT}{_ATTRIBUTES}>", rf"</{_VARIANT}\s*>"),
    Family(
        "\\<think\\>", "\\</think\\>", rf"{_LESS}{_PLAIN_TAGS}{_MORE}", rf"{_LESS}\\?/\s?{_PLAIN_TAGS}{_MORE}"
    ),
    *map(_fence, ("```", "````", "`````", "~~~", "~~~~")),
    _exact("<|channel>thought", "<channel|>"),
    Family(
        '<details type="reasoning">',
        "</details>",
        rf"""<details(?:\s[^<>]{{0,{_LONGEST_ATTRIBUTES}}})?\stype\s*=\s*["']?(?:{_FOLDED})\b["']?"""
        rf"{_ATTRIBUTES}>|<details{_ATTRIBUTES}>{_SUMMARY}",
        r"</details\s*>",
        alone=False,
        inner=rf"<details{_ATTRIBUTES}>",
    ),
    Family(
        ":::thinking\n",
        "\n:::",
        r"(?m:^):::(?:thinking|reasoning|thoughts?)[ \t]*\n",
        r"(?m:^):::[ \t]*(?=\n|\Z)",
        alone=False,
    ),
)
#: What some families put around the reply that follows their thoughts.
AROUND: tuple[tuple[str, str], ...] = (
    ("<answer>", "</answer>"),
    ("<response>", "</response>"),
    ("<output>", "</output>"),
    ("<final>", "</final>"),
    ("<final_answer>", "</final_answer>"),
    ("<reply>", "</reply>"),
    ("<solution>", "</solution>"),
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<|begin_of_box|>", "<|end_of_box|>"),
    ("<|start_response|>", "<|end_response|>"),
    ("<|start_text|>", "<|end_text|>"),
    ("<conclusion>", "</conclusion>"),
    ("<assistant>", "</assistant>"),
)
CHANNEL_MARKS = ("<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>")
#: Every mark of a model and around its reply in its plain form, without capitals; a front end's are none.
_MARKS = frozenset(
    (
        *(mark.lower() for one in FAMILIES if one.alone for mark in (one.opening, one.closing)),
        *(mark for pair in AROUND for mark in pair),
    )
)
#: What may yet become a mark: the beginning of a tag with attributes, or of a fold without its summary.
_BEGUN = LazyPattern(
    rf"(?:<|&lt;)(?:{'|'.join(map(re.escape, _TAGS))}|details)(?:/|\s[^<>]{{0,{_LONGEST_ATTRIBUTES}}})\Z"
    rf"|(?:<|&lt;)/(?:{'|'.join(map(re.escape, _TAGS))})\s*(?:&g?t?)?\Z"
    r"|<[|｜][/\w▁ :.-]{0,40}[|｜]?\Z|\[\|[\w -]{0,20}\|?\Z|<role>[^<]{0,20}\Z"
    rf"|\[(?:think|thinking|reasoning|thoughts?)\s[^\[\]]{{0,{_LONGEST_ATTRIBUTES}}}\Z"
    r"|^:::\w*[ \t]*\Z"
    r"|^(?:`{1,5}|~{1,4})[ \t]*\w{0,10}[ \t]*\Z"
    rf"|{_LESS}(?:\\?/\s?)?[\w:]{{0,80}}\s?(?:\\u?\d{{0,3}})?\Z|\\(?:u\d{{0,3}}[0-9c]?)?\Z",
    re.IGNORECASE | re.MULTILINE,
)
_FOLD_BEGUN = LazyPattern(
    rf"<details{_ATTRIBUTES}>\s*(?:<(?:/?\w{{0,7}}|summary[^<>]{{0,100}}(?:>(?:[^<]|{_BOLD}){{0,200}}(?:</?\w{{0,7}})?)?))?\Z",
    re.IGNORECASE,
)


#: Tags that hold thoughts where an answer begins with them, and may be anything elsewhere.
_FIRST_TAGS = (
    *(
        "ponder",
        "reflect",
        "reflecting",
        "scratch",
        "rumination",
        "contemplation",
        "step-by-step",
        "plan",
        "planning",
        "strategy",
        "brainstorm",
        "brainstorming",
        "step_by_step",
        "notes",
    ),
    *("internal", "internal_reasoning", "internal_notes", "inner_voice", "hidden_thoughts"),
    *("monologue", "self_reflection", "reasoning_steps", "my_thoughts", "user_analysis", "critique", "draft"),
    *("thinking-process", "thought-process", "chain-of-thought", "inner-thoughts", "self-reflection"),
    *("step", "summary", "caption"),
    *("denken", "überlegung", *(one.replace(" ", "_") for one in HEADINGS)),
)
#: Those that may hold a part of the reply.
_OPEN_TO_ALL = SOFT | {
    *("plan", "planning", "strategy", "brainstorm", "brainstorming", "notes", "draft"),
    *("step-by-step", "step_by_step", "critique", "step", "summary", "caption"),
}
#: Those that hold thoughts where another such tag, or one around the reply, follows.
_IN_A_ROW = ("step", "summary", "caption")
_FOLLOWS_IN_A_ROW = LazyPattern(
    rf"\s*<(?:{'|'.join((*_IN_A_ROW, *(opening[1:-1] for opening, _ in AROUND if '|' not in opening)))})>",
    re.I,
)
_FIRST_TAG = LazyPattern(
    rf"\s*<(?P<tag>{'|'.join(_FIRST_TAGS)})>(?P<thought>.*?)(?:</(?P=tag)\s*>(?P<said>.*)|\Z)", re.I | re.S
)


def first_tag(text: str, *, behind: bool = False) -> tuple[str, str | None] | None:
    """The thoughts in the tag that a text begins with, and what is said behind it, None where the tag is not
    closed; None where it begins with no such tag. A closed tag that may hold a part of the reply, such as a
    plan of an evening, holds thoughts where it speaks of the user, or to itself; a step does where another
    step or the reply's tag follows, or thoughts in such a tag stand before it (`behind`)."""
    match = _FIRST_TAG.fullmatch(text) if text.lstrip()[:1] == "<" else None
    if match is None:
        return None
    thought = match["thought"].strip()
    tag = match["tag"].lower()
    if tag in _IN_A_ROW and (behind or _FOLLOWS_IN_A_ROW.match(match["said"] or "") is not None):
        return thought, match["said"]
    if match["said"] is not None and tag in _OPEN_TO_ALL and not is_muttered(thought):
        return None
    return thought, match["said"]


@dataclass(frozen=True, slots=True)
class Found:
    """One mark in a text: where it stands, whose it is and what it does."""

    start: int
    end: int
    family: Family
    kind: Kind


#: What every mark has in it.
_FIRSTS = LazyPattern(r"[<＜&\[◁\\`]|:::|~~~|\]~b")


@dataclass(frozen=True)
class Marks:
    """The marks to look for: of all families, or the two that the settings name."""

    families: tuple[Family, ...]
    pattern: re.Pattern[str]
    #: What a mark in its plain form, without capitals, may begin with.
    beginnings: frozenset[str]

    def find(self, text: str) -> list[Found]:
        if self.families is FAMILIES and _FIRSTS.search(text) is None:
            # A stream is looked at again with each piece, and most replies hold no mark.
            return []
        return [
            Found(one.start(), one.end(), *_kind(self.families, one[0]))
            for one in self.pattern.finditer(text)
        ]


@functools.cache
def read_marks(marks: ReasoningMarks) -> Marks:
    families = FAMILIES if isinstance(marks, str) else (_exact(*marks),)
    sources = sorted(
        {one for family in families for one in (family.opens, family.closes, family.inner) if one}, key=len
    )
    plain = tuple(mark.lower() for family in families for mark in (family.opening, family.closing))
    if isinstance(marks, str):
        plain += (*(mark for pair in AROUND for mark in pair), *CHANNEL_MARKS, "<|im_start|>")
        plain += (*(f"<{tag}>" for tag in _FIRST_TAGS), *(mark.lower() for mark in TOKENS))
    beginnings = frozenset(mark[:length] for mark in plain for length in range(1, len(mark)))
    return Marks(families, LazyPattern("|".join(reversed(sources)), re.IGNORECASE), beginnings)


@functools.lru_cache(maxsize=512)
def _kind(families: tuple[Family, ...], mark: str) -> tuple[Family, Kind]:
    lower = mark.lower()
    for family in families:
        if lower == family.opening.lower():
            return family, "opens"
        if lower == family.closing.lower():
            return family, "closes"
    for family in families:
        if re.match(family.opens, mark, re.IGNORECASE):
            return family, "empty" if re.search(r"/\s*(?:>|&gt;)\Z", mark) else "opens"
        if re.match(family.closes, mark, re.IGNORECASE):
            return family, "closes"
        if family.inner and re.match(family.inner, mark, re.IGNORECASE):
            return family, "inner"
    raise AssertionError(mark)


def marks_among(tokens: Iterable[str], marks: ReasoningMarks = "auto") -> frozenset[str]:
    """Those of a vocabulary's `tokens` that mark where thoughts begin or end, or what goes around a reply."""
    if marks == "off":
        return frozenset()
    if marks != "auto":
        return frozenset(token for token in tokens if token in marks)
    there = {token: token.lower() for token in tokens}
    known = _MARKS | (set(CHANNEL_MARKS) if "<|channel|>" in there.values() else set())
    return frozenset(token for token, lower in there.items() if lower in known)


def names_marks(text: str) -> bool:
    """Whether a chat template speaks of marks of thoughts."""
    lower = text.lower()
    return "<|channel|>" in lower or any(mark in lower for mark in _MARKS)


_OTHERS = LazyPattern(
    "|".join(
        [
            *(re.escape(mark) for pair in AROUND for mark in pair),
            *(rf"</?{tag}\s*>" for tag in _FIRST_TAGS),
            *map(re.escape, (*ENDS, "|>", "｜>", "|]", "</role>", "[USER]", "[/USER]", "[/ASSISTANT]")),
            SHAPE,
        ]
    ),
    re.IGNORECASE,
)


def holds_marks(text: str, marks: ReasoningMarks) -> bool:
    """Whether anything stands in a text that says what is thought and what is said, or ends it."""
    if marks != "auto":
        return bool(read_marks(marks).find(text))
    return _FIRSTS.search(text) is not None and (
        _OTHERS.search(text) is not None or bool(read_marks(marks).find(text))
    )


#: So many characters at the end of a text show whether it may end in a mark.
LONGEST_MARK = 2 * _LONGEST_ATTRIBUTES


def may_end_in_mark(text: str, marks: ReasoningMarks) -> bool:
    """Whether the last characters may be the beginning of a mark."""
    tail, beginnings = text[-32:].lower(), read_marks(marks).beginnings
    if any(tail[place:] in beginnings for place in range(len(tail))):
        return True
    if not isinstance(marks, str):
        return False
    tail = text[-LONGEST_MARK:]
    begun = {tail.rfind(first) for first in ("<", "＜", "\\", "\\<", "\\u003", "&lt;", "[", ":::")} - {-1}
    begun.add(tail.rfind("\n") + 1)
    if any(_BEGUN.match(tail, place) for place in begun):
        return True
    fold = tail.lower().rfind("<details")
    return fold >= 0 and _FOLD_BEGUN.match(tail, fold) is not None
