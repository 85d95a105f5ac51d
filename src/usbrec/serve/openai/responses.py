"""Response documents of OpenAI's Responses, whole and as the events of a stream.

They are plain dictionaries, like those of completions.py; tests/serve/test_serve_responses.py holds them
against the types of `openai`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from usbrec.dialogue import Usage
from usbrec.play.protocol import SearchProgress
from usbrec.serve.answering import Finished, GenerationRequest, Said
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.openai.completions import is_counted, ours_json
from usbrec.serve.openai.responses_schema import ResponsesBody

_AT = {"output_index": 0, "content_index": 0}


@dataclass
class ResponseWriter:
    """Writes the documents of one response; the events of a stream in their order."""

    #: 32 hexadecimal digits.
    number: str
    created: int
    body: ResponsesBody
    generation: GenerationRequest
    #: Whether the stream has begun the message.
    opened: bool = field(default=False, init=False)
    events: int = field(default=0, init=False)
    #: A stream of responses ends with its last event.
    says_done = False

    @property
    def id(self) -> str:
        return f"resp_{self.number}"

    def whole(self, finished: Finished) -> dict[str, Any]:
        said = finished.said[0]
        incomplete = said.finish == "length"
        return {
            **self._head("incomplete" if incomplete else "completed"),
            "incomplete_details": {"reason": "max_output_tokens"} if incomplete else None,
            "output": self._output(said),
            "usage": _usage_json(finished.usage),
            "usbrec": ours_json(finished, self.generation),
        }

    def begin(self) -> Iterator[dict[str, Any]]:
        response = {**self._head("in_progress"), "output": [], "usage": None}
        yield self._event("response.created", response=response)
        yield self._event("response.in_progress", response=response)

    def piece(self, text: str) -> Iterator[dict[str, Any]]:
        if not self.opened:
            self.opened = True
            item = self._message("", "in_progress")
            yield self._event("response.output_item.added", output_index=0, item={**item, "content": []})
            yield self._part("response.content_part.added", part=_part(""))
        yield self._part("response.output_text.delta", delta=text, logprobs=[])

    def progress(self, progress: SearchProgress) -> Iterator[dict[str, Any]]:
        yield self._event("response.usbrec.progress", usbrec={"progress": progress.to_json()})

    def end(self, finished: Finished, *, told: bool) -> Iterator[dict[str, Any]]:
        said = finished.said[0]
        document = self.whole(finished)
        if not told and (said.text or not said.tool_calls):
            yield from self.piece(said.text)
        for index, item in enumerate(document["output"]):
            if item["type"] == "message":
                yield self._part("response.output_text.done", text=said.text, logprobs=[])
                yield self._part("response.content_part.done", part=_part(said.text))
            else:
                begun = {**item, "arguments": "", "status": "in_progress"}
                yield self._event("response.output_item.added", output_index=index, item=begun)
                at = {"item_id": item["id"], "output_index": index}
                arguments = item["arguments"]
                yield self._event("response.function_call_arguments.delta", delta=arguments, **at)
                name = item["name"]
                yield self._event(
                    "response.function_call_arguments.done", arguments=arguments, name=name, **at
                )
            yield self._event("response.output_item.done", output_index=index, item=item)
        yield self._event(f"response.{document['status']}", response=document)

    def failed(self, failure: ServiceError) -> dict[str, Any]:
        """An event that clients raise, whether they look at `type` or, like OpenAI's, at `error`."""
        error = failure.body()
        return self._event("error", code=failure.code, message=failure.message, param=failure.param, **error)

    def _event(self, kind: str, **fields: Any) -> dict[str, Any]:
        event = {"type": kind, "sequence_number": self.events, **fields}
        self.events += 1
        return event

    def _part(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self._event(kind, item_id=f"msg_{self.number}", **_AT, **fields)

    def _output(self, said: Said) -> list[dict[str, Any]]:
        status = "incomplete" if said.finish == "length" else "completed"
        items = [self._message(said.text, status)] if said.text or not said.tool_calls else []
        for place, call in enumerate(said.tool_calls):
            items.append(
                {
                    "id": f"fc_{self.number}{place}",
                    "type": "function_call",
                    "status": status,
                    "call_id": call["id"],
                    "name": call["function"]["name"],
                    "arguments": call["function"]["arguments"],
                }
            )
        return items

    def _message(self, text: str, status: str) -> dict[str, Any]:
        return {
            "id": f"msg_{self.number}",
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": [_part(text)],
        }

    def _head(self, status: str) -> dict[str, Any]:
        """What is known before the reply; what was asked for is said back."""
        body, sampling = self.body, self.generation.sampling
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "background": False,
            "error": None,
            "incomplete_details": None,
            "instructions": body.instructions,
            "max_output_tokens": body.max_output_tokens,
            "metadata": body.metadata or {},
            "model": self.generation.model.name,
            "parallel_tool_calls": body.parallel_tool_calls is not False,
            "previous_response_id": None,
            "reasoning": {"effort": None, "summary": None},
            "service_tier": "default",
            "store": False,
            "temperature": sampling.temperature,
            "text": body.text or {"format": {"type": "text"}},
            "tool_choice": body.tool_choice or "auto",
            "tools": body.tools or [],
            "top_p": sampling.top_p,
            "truncation": "disabled",
            "user": None,
        }


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _usage_json(usage: Usage) -> Mapping[str, Any] | None:
    if not is_counted(usage):
        return None
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
