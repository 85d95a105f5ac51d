"""Forced calls of tools: whether the calls of a reply are those that `tool_choice` asks for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any


def callable_names(tools: Sequence[Any], choice: Any) -> frozenset[str]:
    """The names of the functions that may be called: those that `choice` names, or all of `tools`."""
    if isinstance(choice, Mapping):
        allowed = choice.get("allowed_tools")
        among = (allowed if isinstance(allowed, Mapping) else choice).get("tools")
        named = frozenset(_names(among if isinstance(among, list) else [choice]))
        if named:
            return named
    return frozenset(_names(tools))


def absent_names(tools: Sequence[Any], choice: Any) -> list[str]:
    """The names that `choice` has and none of `tools`."""
    if not isinstance(choice, Mapping):
        return []
    there = frozenset(_names(tools))
    return sorted(callable_names([], choice) - there) if there else []


def fault_of_calls(calls: Sequence[Mapping[str, Any]], names: Collection[str]) -> str:
    """In words: what is wrong with calls in OpenAI's form, of functions of which only `names` may be called;
    "" for nothing. Without `names` any may be."""
    for call in calls:
        function = call.get("function") or {}
        name, arguments = function.get("name", ""), function.get("arguments", "")
        if not name or (names and name not in names):
            asked = ", ".join(sorted(names))
            return f"a call of {str(name)[:60]!r}, which is not what was asked for ({asked[:200]})"
        try:
            value = json.loads(arguments)
        except (ValueError, RecursionError, TypeError):
            value = None
        if not isinstance(value, dict):
            return f"a call of {name[:60]!r} whose arguments are no object in JSON: {str(arguments)[:60]!r}"
    return ""


def _names(tools: Sequence[Any]) -> Iterator[str]:
    for tool in tools:
        function = tool.get("function") if isinstance(tool, Mapping) else None
        # The form of the Responses API has the name beside the type.
        name = function.get("name") if isinstance(function, Mapping) else None
        name = name or (tool.get("name") if isinstance(tool, Mapping) else None)
        if isinstance(name, str) and name:
            yield name
