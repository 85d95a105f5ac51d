"""Parts of a message's content: what is said in them, what is thought, and what nobody knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from usbrec.storage import parse_json
from usbrec.thought_parts import is_thought_part

#: What a part is; "other" is neither, such as a picture, or a kind that nobody knows.
Kind: TypeAlias = Literal["said", "thought", "other"]

#: Kinds of parts that are said, beside all that end in "_text".
_SAID = frozenset(
    {
        *("text", "output", "answer", "final", "final_answer", "response", "reply", "message", "content"),
        *("markdown", "assistant", "part", "parts"),
    }
)
#: And how further ones begin ("text_delta", "output_text.done").
_SAID_KINDS = ("text_", "text.", "output_text", "final_")
#: Where a part that is said holds its words, or further parts.
_WORDS = ("text", "content", "value", "output_text", "message", "parts", "output", "markdown", "answer")
_THOUGHTS = ("thinking", "text", "reasoning", "content", "summary", "thought", "thoughts", "value", "parts")
#: What marks a part as a thought, beside its kind.
_FLAGS = ("thought", "is_thought", "thinking", "is_thinking", "reasoning", "is_reasoning")
#: Channels of gpt-oss, and phases of OpenAI's, that are not the reply, beside those called like thoughts.
_CHANNELS = frozenset({"commentary"})
#: In a text that lists parts, the first one's type stands within so many characters.
_TO_TYPE = 40
#: Nested deeper, a text is none.
_DEEPEST = 4


def listed_parts(text: str) -> list[Any] | None:
    """The parts that a text lists, as JSON or as Python writes them; None unless all are parts and one of
    them is a thought, so that a reply in JSON stays as it is."""
    begun = text.lstrip()
    if not begun.startswith(("[{", "[ {", "[\n")) or "type" not in begun[:_TO_TYPE]:
        return None
    try:
        listed: Any = parse_json(begun)
    except ValueError:
        try:
            listed = ast.literal_eval(begun.rstrip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    is_parts = isinstance(listed, list) and all(isinstance(one, dict) and "type" in one for one in listed)
    return listed if is_parts and any(_kind(one) == "thought" for one in listed) else None


def said(content: Any) -> str:
    """What is said in a content; "" of thoughts, pictures and what nobody knows."""
    return "".join(text for kind, _, text in _walk(content) if kind == "said")


def thought(content: Any) -> str:
    """What is thought in the parts of a content, a line each."""
    if isinstance(content, str):
        return ""
    return "\n".join(text for kind, _, text in _walk(content) if kind == "thought" and text)


def refused(content: Any) -> str:
    """The words of the parts that refuse an answer, a line each; "" for none."""
    listed = content if isinstance(content, list) else ()
    found = [one for one in listed if isinstance(one, Mapping) and one.get("type") == "refusal"]
    return "\n".join(filter(None, (words_of(one.get("refusal") or one.get("text") or "") for one in found)))


def unknown(content: Any) -> str:
    """The name of the first kind of parts that hold words and are left out, because nobody knows whether they
    are said; "" for none."""
    if isinstance(content, str):
        return ""
    return next((name for kind, name, text in _walk(content) if kind == "other" and text), "")


def words_of(value: Any, depth: int = 0) -> str:
    """Thoughts in whatever shape: a text, a part, a list of parts."""
    if isinstance(value, str):
        return value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, Mapping):
        named = (value.get(name) for name in (*_THOUGHTS, str(value.get("type"))) if name != "type")
        return next((text for one in named if (text := words_of(one, depth + 1))), "")
    if isinstance(value, list):
        return "".join(words_of(one, depth + 1) for one in value)
    return ""


def _walk(content: Any, depth: int = 0) -> Iterator[tuple[Kind, str, str]]:
    """The parts of a content, also those inside others: what each is, its kind's name and its text."""
    if isinstance(content, str):
        yield "said", "text", content
    elif isinstance(content, list) and depth <= _DEEPEST:
        for part in content:
            yield from _walk(part, depth + 1)
    elif isinstance(content, Mapping) and depth <= _DEEPEST:
        kind, name = _kind(content), str(content.get("type"))
        if kind == "said":
            inside = (list(_walk(content[word], depth + 1)) for word in _WORDS if content.get(word))
            yield from next((found for found in inside if found), ())
        elif kind == "thought":
            yield kind, name, words_of(content)
        else:
            yield kind, name, words_of(content.get("text") or content.get("content"))


def _kind(part: Any) -> Kind:
    name = str(part.get("type") or "text").lower()
    channel = str(part.get("channel") or part.get("phase") or "").lower()
    if any(part.get(flag) in (True, "true") for flag in _FLAGS) or is_thought_part(name):
        return "thought"
    if channel in _CHANNELS or (channel and is_thought_part(channel)):
        return "thought"
    known = name in _SAID or name.endswith(("_text", ".text")) or name.startswith(_SAID_KINDS)
    return "said" if known else "other"
