"""Response documents of OpenAI's protocol: completions, chunks and models.

They are plain dictionaries: importing `openai.types` takes 0.35 s of processor time and 14 MiB, on top of
0.9 s and 86 MiB for the whole service. tests/serve/test_serve_streams.py holds the documents against those
types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Item, Usage
from usbrec.play.protocol import SearchProgress
from usbrec.serve.answering import Finished, GenerationRequest, Said
from usbrec.serve.http.errors import ServiceError


@dataclass
class CompletionWriter:
    """Writes the documents of one completion; the events of a stream in their order."""

    id: str
    created: int
    generation: GenerationRequest
    #: Whether the stream ends with what the reply has cost.
    include_usage: bool = False
    #: A stream of completions ends with [DONE].
    says_done = True

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
        return {
            **self._head("chat.completion"),
            "choices": choices,
            "usage": usage_json(finished.usage),
            "usbrec": ours_json(finished, self.generation),
        }

    def begin(self) -> Iterator[dict[str, Any]]:
        for index in range(self.generation.sampling.n):
            yield self._chunk({"role": "assistant", "content": ""}, index=index)

    def piece(self, text: str) -> Iterator[dict[str, Any]]:
        """A piece of the first reply."""
        yield self._chunk({"content": text})

    def progress(self, progress: SearchProgress) -> Iterator[dict[str, Any]]:
        yield {**self._chunk({}), "usbrec": {"progress": progress.to_json()}}

    def end(self, finished: Finished, *, told: bool) -> Iterator[dict[str, Any]]:
        """All that is left; `told` says whether the first reply's text has been said already."""
        for index, said in enumerate(finished.said):
            if said.text and not (index == 0 and told):
                yield self._chunk({"content": said.text}, index=index)
            if said.tool_calls:
                # Whole: a program has no use for half a call.
                calls = [{"index": place, **call} for place, call in enumerate(said.tool_calls)]
                yield self._chunk({"tool_calls": calls}, index=index)
        for index, said in enumerate(finished.said):
            chunk = self._chunk({}, index=index, finish=finish_of(said))
            yield {**chunk, "usbrec": ours_json(finished, self.generation)} if index == 0 else chunk
        if self.include_usage:
            usage = usage_json(finished.usage)
            yield {**self._head("chat.completion.chunk"), "choices": [], "usage": usage}

    def failed(self, failure: ServiceError) -> dict[str, Any]:
        """An event that OpenAI's clients raise."""
        return failure.body()

    def _chunk(
        self, delta: Mapping[str, Any], *, index: int = 0, finish: str | None = None
    ) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.generation.model.name,
            "system_fingerprint": None,
        }


def ours_json(finished: Finished, generation: GenerationRequest) -> dict[str, Any]:
    """The field `usbrec` of an answer."""
    return {
        "enhanced": generation.model.enhanced,
        "passed_on": generation.passed_on,
        "items": items_json(finished),
        **({"units": dict(finished.units)} if finished.units else {}),
        "note": _note(finished, generation),
        "trace": finished.trace,
        **({"not_understood": list(finished.not_understood)} if finished.not_understood else {}),
        **({"constraints": [one.to_json() for one in finished.constraints]} if finished.constraints else {}),
        "session": finished.session,
        "turn": finished.turn,
    }


def _note(finished: Finished, generation: GenerationRequest) -> str | None:
    """What a client may wonder about; None for nothing."""
    texts = [said.text for said in finished.said]
    if len(texts) > 1 and len(set(texts)) == 1 and generation.sampling.temperature == 0.0:
        return (
            f"All {len(texts)} replies are the same, for temperature 0 draws the likeliest one each time. "
            "Ask with a higher temperature, or with n 1."
        )
    return None


def finish_of(said: Said) -> str:
    return "tool_calls" if said.tool_calls and said.finish == "stop" else said.finish


def _message(said: Said) -> dict[str, Any]:
    if not said.tool_calls:
        return {"content": said.text}
    return {"content": said.text or None, "tool_calls": [dict(call) for call in said.tool_calls]}


def items_json(finished: Finished) -> list[dict[str, Any]]:
    """The items that a reply names, each with the `columns` that are given back, where there are any."""
    told: Sequence[Mapping[str, Any]] = finished.shown or [{}] * len(finished.items)
    return [
        item_json(item) | ({"columns": dict(columns)} if columns else {})
        for item, columns in zip(finished.items, told, strict=True)
    ]


def item_json(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "year": item.year,
        "genres": list(item.genres),
        "people": list(item.people),
        "text": item.text,
    }


def is_counted(usage: Usage) -> bool:
    """Whether anything was counted: a model was asked, and its server has counted nothing, where not."""
    return not usage.calls or bool(usage.prompt_tokens or usage.completion_tokens)


def usage_json(usage: Usage) -> dict[str, Any] | None:
    """The tokens that a reply has cost; None where nobody has counted them."""
    if not is_counted(usage):
        return None
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
