"""Answers that are objects of fields: one for the reply beside one or more for thoughts, or thoughts alone
before the reply.

Models write them in JSON, or as Python writes a dict, in a block of code or not, and the limit of tokens cuts
them. A field that is neither may be what is recommended: nothing is left out then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from usbrec.llm.headings import ABOVE, is_reply_name
from usbrec.patterns import LazyPattern
from usbrec.thought_parts import is_thought_part

#: Fields of an object that hold thoughts, beside the headings of thoughts, and fields that hold the reply.
_THOUGHT_FIELDS = frozenset(
    {*(re.sub(r"[\W_]", "", one) for one in ABOVE), "cot", "innermonologue"}
    | {"innerthought", "innerthoughts", "internalreasoning", "internalthought", "internalthoughts"}
    | {"reasoningcontent", "useranalysis", "stepbystep", "reasoningsteps", "innervoice", "deliberation"}
)
_REPLY_FIELDS = frozenset(
    {"finalanswer", "finalresponse", "finalreply", "message", "text", "content", "output", "final"}
    | {"recommendation", "suggestion", "utterance", "say", "said", "speech", "speak"}
)
#: Fields beside them whose words nobody says.
_BESIDE = frozenset(
    {"confidence", "tone", "language", "intent", "emotion", "sentiment", "length", "style", "speaker", "turn"}
)
#: What somebody does in a turn, told beside it.
_ACTS = frozenset({"recommend", "reply", "respond", "answer", "ask", "speak", "say", "chat"})
_FENCE = LazyPattern(r"\s*```\w*[ \t]*\n(?P<inside>.*?)\n[ \t]*```[ \t]*(?=\n|\Z)(?P<behind>.*)", re.DOTALL)
_STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
#: One field as JSON or Python writes it; the last may be cut in its string.
_FIELD = LazyPattern(
    rf"""\s*(?P<name>{_STRING})\s*:\s*(?:(?P<string>{_STRING})|(?P<plain>-?\d[\d.]*|[Tt]rue|[Ff]alse|null|None)"""
    rf"""|(?P<cut>["'](?:[^"'\\]|\\.|(?<=\w)'(?=\w))*\Z))\s*(?P<next>[,}}]|\Z)""",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\n"}
#: An object is no longer.
_LONGEST = 20_000


def in_fields(answer: str) -> tuple[str, str] | None:
    """What is said and what was thought, of an answer that begins with an object with thoughts in it; None
    for any other."""
    text, behind = answer.strip(), ""
    if (fenced := _FENCE.fullmatch(text)) is not None:
        text, behind = fenced["inside"].strip(), fenced["behind"]
    if text[:1] not in ("{", "[") or len(text) > _LONGEST:
        return None
    found = _object(text)
    if found is None:
        return None
    fields, end = _lifted(found[0]), found[1]
    behind = (text[end:] + behind).strip()
    thoughts = [value for name, value in fields.items() if _joined(name) in _THOUGHT_FIELDS]
    replies = [(name, value) for name, value in fields.items() if _is_reply(name)]
    known = len(thoughts) + sum(map(_is_beside, fields, fields.values()))
    if not thoughts:
        return None
    if behind:
        # Thoughts alone, and the reply behind them: as it is, or as another object.
        further = _object(behind)
        if further is not None and not behind[further[1] :].strip():
            replies = [one for one in further[0].items() if _is_reply(one[0])]
            said = _words(replies[0][1]) if len(replies) == 1 == len(further[0]) else None
        else:
            said = behind if any(_joined(name) not in ("plan", "strategy") for name in fields) else None
        return None if said is None or len(fields) > known else (said, _written(thoughts))
    said = _words(replies[0][1]) if len(replies) == 1 else None
    if said is None or len(fields) > known + 1:
        return None
    return said, _written(thoughts)


def breaks_off_in_thought(answer: str) -> bool:
    """Whether an answer is an object that was cut in the middle of its thoughts, with no reply in it."""
    text = re.sub(r"\A\s*```\w*[ \t]*\n", "", answer).strip()
    found = _loosely(text) if text[:1] == "{" and len(text) <= _LONGEST else None
    if found is None or text.endswith("}") or found[1] < len(text):
        return False
    return all(_joined(name) in _THOUGHT_FIELDS - {"plan", "strategy"} for name in found[0])


def _object(text: str) -> tuple[Mapping[str, Any], int] | None:
    """The object that a text begins with, and where it ends; a list of one object counts as that."""
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return _loosely(text) if text.startswith("{") else None
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else _of_parts(value)
    if isinstance(value, dict) and len(value) == 1:
        name, inside = next(iter(value.items()))
        if isinstance(inside, dict) and len(inside) > 1 and _is_reply(name):
            # The whole answer in one field.
            value = inside
    return (value, end) if isinstance(value, dict) else None


def _lifted(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with what is said beside the thoughts, where it stands inside of theirs (AutoGPT's)."""
    inside = fields.get("thoughts")
    if (
        not isinstance(inside, dict)
        or not isinstance(inside.get("speak"), str)
        or any(map(_is_reply, fields))
    ):
        return fields
    thoughts = {name: value for name, value in inside.items() if name != "speak"}
    return {**fields, "thoughts": thoughts, "speak": inside["speak"]}


def _of_parts(parts: list[Any]) -> dict[str, Any] | None:
    """A list of parts, as a server gives a content, as an object with fields for thoughts and the reply; None
    for another list."""
    told: dict[str, list[str]] = {"thought": [], "reply": []}
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str):
            return None
        field = "thought" if is_thought_part(kind, part.get("thought")) else "reply"
        words = next(
            (part[name] for name in (kind, "text", "content") if isinstance(part.get(name), str)), None
        )
        if words is None or (field == "reply" and kind not in _SAID_PARTS):
            return None
        told[field].append(words)
    return {name: "\n".join(words) for name, words in told.items()} if all(told.values()) else None


_SAID_PARTS = frozenset({"text", "output_text", "output", "answer", "response", "reply", "final"})


def _loosely(text: str) -> tuple[Mapping[str, Any], int] | None:
    """The same of a flat object that is no JSON: in Python's quotes, or cut off behind some of its words."""
    fields: dict[str, Any] = {}
    place = 1
    while (found := _FIELD.match(text, place)) is not None:
        value = found["string"] or found["cut"]
        fields[_unquoted(found["name"])] = None if value is None else _unquoted(value)
        place = found.end()
        if found["next"] != ",":
            return fields, place
    return None


def _unquoted(literal: str) -> str:
    quote = literal[0]
    inside = literal[1:-1] if len(literal) > 1 and literal.endswith(quote) else literal[1:]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), inside, flags=re.DOTALL)


def _words(value: Any) -> str | None:
    """The words of a reply's field, also where it is an object with one such field."""
    if isinstance(value, dict) and len(value) == 1:
        name, inside = next(iter(value.items()))
        return inside if _is_reply(name) and isinstance(inside, str) else None
    return value if isinstance(value, str) else None


def _is_beside(name: str, value: Any) -> bool:
    """Whether a field tells nothing that is said: a number or yes and no, who speaks, what is done."""
    if _joined(name) in _THOUGHT_FIELDS or _is_reply(name):
        return False
    if _joined(name) in _BESIDE:
        return isinstance(value, str | int | float) and len(str(value)) <= _SHORT
    if name == "role":
        return bool(value == "assistant")
    return (name == "action" and value in _ACTS) or (name == "command" and isinstance(value, dict))


#: What is told beside a reply is a word or two.
_SHORT = 40


def _written(thoughts: list[Any]) -> str:
    return "\n".join(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in thoughts
    )


def _joined(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def _is_reply(name: str) -> bool:
    return _joined(name) in _REPLY_FIELDS or is_reply_name(re.sub(r"[_\s-]+", " ", name.lower()).strip())
