"""Names of parts of a message that hold thoughts, as servers and logs of chat models write them."""

from __future__ import annotations

#: What the parts of a list of contents are called that hold thoughts.
REASONING_PARTS = frozenset(
    {
        *(
            "thinking",
            "redacted_thinking",
            "reasoning",
            "reasoning_content",
            "reasoning_text",
            "summary_text",
        ),
        *("think", "thought", "thoughts", "reasoning_summary", "reasoning_details"),
        *("plan", "planning", "internal", "cot", "scratchpad", "reflection", "deliberation", "rationale"),
        *("inner_thoughts", "inner_monologue", "monologue", "critique", "draft", "notes"),
    }
)


#: And how further kinds of them begin ("reasoning.text", "thinking_delta").
_THOUGHT_KINDS = ("thinking", "thought", "reasoning", "analysis", "chain_of_thought", "internal_")


def is_thought_part(kind: object, marked: object = None) -> bool:
    """Whether a part of a list of contents is a thought, by its type or because it is `marked` (Google's)."""
    name = str(kind).lower().replace("-", "_")
    return name in REASONING_PARTS or name.startswith(_THOUGHT_KINDS) or marked is True
