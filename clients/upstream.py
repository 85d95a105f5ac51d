"""Scripted model server for the clients: words, JSON by a schema, calls of tools and two kinds of failure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from support.servers import Answer, Seen, complaint, completion, stream

REPLY = "How about Casino (1995)?"
USAGE = {"prompt_tokens": 9, "completion_tokens": 6, "total_tokens": 15}


def answer(seen: Seen) -> Answer:
    """What a server says that heeds tools and response_format, and fails at who asks for it."""
    body = seen.body
    last = body["messages"][-1]
    said = str(last.get("content") or "")
    if "Please fail late." in said and body.get("stream"):
        return stream(_piece({"content": "How about "}), _piece({"content": "Ca"}), done=False, drop="midway")
    if "Please fail" in said:
        return complaint("The model is broken.", 500)
    if last["role"] == "tool":
        return _words(f"It is {said} long.", body)
    tools = body.get("tools")
    if tools:
        return _call(tools[0]["function"], body)
    asked = body.get("response_format") or {}
    if asked.get("type") == "json_schema":
        return _words(json.dumps(_example(asked["json_schema"]["schema"])), body)
    if asked.get("type") == "json_object":
        return _words('{"title": "Casino", "year": 1995}', body)
    system = str(body["messages"][0].get("content"))
    if "[[ ## completed ## ]]" in system:
        # The format that DSPy asks for in words.
        fields = re.findall(r"\[\[ ## (title|year) ## \]\]", system)
        found = {"title": "Casino (1995)", "year": "1995"}
        words = "\n\n".join(f"[[ ## {name} ## ]]\n{found[name]}" for name in dict.fromkeys(fields))
        return _words(f"{words}\n\n[[ ## completed ## ]]", body)
    if "Outputs will be a JSON object" in system:
        return _words('{"title": "Casino (1995)", "year": 1995}', body)
    if "<chat_history>" in said:
        return _words(_task(said), body)
    return _words(REPLY, body)


def _task(said: str) -> str:
    """What Open WebUI wants to know of a chat."""
    for word, found in (
        ('"follow_ups"', {"follow_ups": ["Another one?"]}),
        ('"tags"', {"tags": ["Films"]}),
        ('"title"', {"title": "Crime Films"}),
    ):
        if word in said:
            return json.dumps(found)
    return "{}"


def _words(text: str, body: Mapping[str, Any]) -> Answer:
    if not body.get("stream"):
        return completion(text, usage=USAGE)
    half = len(text) // 2
    return stream(_piece({"content": text[:half]}), _piece({"content": text[half:]}), _piece({}, "stop"))


def _call(function: Mapping[str, Any], body: Mapping[str, Any]) -> Answer:
    arguments = json.dumps(_example(function.get("parameters") or {}) or {"title": "Casino"})
    called = {"name": function["name"], "arguments": arguments}
    call = {"id": "call_1", "type": "function", "function": called}
    if body.get("stream"):
        first = {**call, "index": 0, "function": {**called, "arguments": ""}}
        rest = {"index": 0, "function": {"arguments": arguments}}
        pieces = ({"tool_calls": [first]}, {"tool_calls": [rest]})
        return stream(*map(_piece, pieces), _piece({}, "tool_calls"))
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return Answer(body={"choices": [choice], "usage": USAGE})


def _example(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A document that a schema allows, as far as these clients ask for."""
    known = {"title": "Casino", "year": 1995}
    kinds: Mapping[str, Any] = {"integer": 1995, "number": 1, "boolean": True, "array": [], "object": {}}
    return {
        name: known.get(name, kinds.get(str(field.get("type")), "Casino"))
        for name, field in (schema.get("properties") or {}).items()
    }


def _piece(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"id": "c", "choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}
