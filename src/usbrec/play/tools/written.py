"""Calls of tools written as text: what a server without a parser for its model's calls hands on.

Such a text is no reply: what it searches for would be linked as if it were recommended, and what it
recommends by an id would not be found.
"""

from __future__ import annotations

import re
from collections.abc import Collection

#: How families of models open a call (Hermes, Qwen, Mistral, Llama, DeepSeek, Kimi, Gemma and kin).
_MARKS = re.compile(
    r"<tool_calls?\b|</tool_calls?>|\[TOOL_CALLS\]|<\|python_tag\|>|<function=|<function_calls?\b|<invoke\b"
    r"|<\|tool_calls?|<｜tool▁calls?|<\|tool▁|```tool_(?:code|call)|functools\[|<\|action_start\|>|<tool_code>"
    r"|<\|channel\|>\w* to=functions",
    re.IGNORECASE,
)


def is_written_call(text: str, names: Collection[str]) -> bool:
    """Whether a text holds a call of a tool, one of `names` where no mark says so."""
    if _MARKS.search(text) is not None:
        return True
    any_name = "|".join(map(re.escape, names))
    # As JSON, or as code; "recommend (one that ...)" is prose.
    return (
        re.search(rf"""["'](?:name|function|tool|action)["']\s*:\s*["'](?:{any_name})["']""", text)
        or re.search(rf"""\b(?:{any_name})\((?:\s*\)|\s*[{{"']|\s*\w+\s*=)""", text)
    ) is not None
