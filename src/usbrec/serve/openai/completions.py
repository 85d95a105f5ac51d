"""Response documents of OpenAI's protocol: completions, chunks and models.

They are plain dictionaries: importing `openai.types` takes 0.35 s of processor time and 14 MiB, on top of
0.9 s and 86 MiB for the whole service. tests/serve/test_serve_streams.py holds the documents against those
types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Item, Usage
from usbrec.play.protocol import SearchProgress
from usbrec.serve.answering import Finished, Said


@dataclass(frozen=True)
class CompletionWriter:
    """Writes the documents of one completion."""

    id: str
    created: int
    model: str
    enhanced: bool
    #: What the request went to the language model as it is for; None for a conversation.
    passed_on: str | None = None

    def whole(self, finished: Finished) -> dict[str, Any]:
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", **_message(said), "refusal": None},
                "logprobs": None,
                "finish_reason": finish_of(said),
            }
            for index, said in enumerate(finished.said)
        ]
        head = self._head("chat.completion")
        return {
            **head,
            "choices": choices,
            "usage": usage_json(finished.usage),
            "usbrec": self.ours(finished),
        }

    def chunk(self, delta: Mapping[str, Any], *, index: int = 0, finish: str | None = None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def progress(self, progress: SearchProgress) -> dict[str, Any]:
        return {**self.chunk({}), "usbrec": {"progress": progress.to_json()}}

    def last(self, finished: Finished, index: int) -> dict[str, Any]:
        chunk = self.chunk({}, index=index, finish=finish_of(finished.said[index]))
        return {**chunk, "usbrec": self.ours(finished)} if index == 0 else chunk

    def calls(self, said: Said, index: int) -> dict[str, Any]:
        """The calls of tools in one event: a program has no use for half a call."""
        calls = [{"index": place, **call} for place, call in enumerate(said.tool_calls)]
        return self.chunk({"tool_calls": calls}, index=index)

    def usage(self, finished: Finished) -> dict[str, Any]:
        return {
            **self._head("chat.completion.chunk"),
            "choices": [],
            "usage": usage_json(finished.usage),
        }

    def ours(self, finished: Finished) -> dict[str, Any]:
        return {
            "enhanced": self.enhanced,
            "passed_on": self.passed_on,
            "items": [item_json(item) for item in finished.items],
            "trace": finished.trace,
            "session": finished.session,
            "turn": finished.turn,
        }

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "system_fingerprint": None,
        }


def finish_of(said: Said) -> str:
    return "tool_calls" if said.tool_calls and said.finish == "stop" else said.finish


def _message(said: Said) -> dict[str, Any]:
    if not said.tool_calls:
        return {"content": said.text}
    return {"content": said.text or None, "tool_calls": [dict(call) for call in said.tool_calls]}


def item_json(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "year": item.year,
        "genres": list(item.genres),
        "people": list(item.people),
        "text": item.text,
    }


def usage_json(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def models_json(models: Sequence[tuple[str, bool]], candidates: int, created: int) -> dict[str, Any]:
    """The list of (name, enhanced) as GET /v1/models gives it."""
    return {"object": "list", "data": [model_json(*model, candidates, created) for model in models]}


def model_json(name: str, enhanced: bool, candidates: int, created: int) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": created,
        "owned_by": "usbrec",
        "usbrec": {"enhanced": enhanced, "candidates": candidates},
    }
