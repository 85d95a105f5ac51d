"""Bodies of chat completions, whole and streamed: replies, log-probabilities and usage read out of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from usbrec.dialogue import Usage
from usbrec.llm.protocol import Completion


class BodyMessage(BaseModel):
    content: str | None = None
    refusal: str | None = None


class BodyChoice(BaseModel):
    """One choice of a chat completion. `logprobs` is read only by `top_tokens`, whatever it holds."""

    message: BodyMessage
    finish_reason: str | None = None
    logprobs: Any = None

    @property
    def text(self) -> str:
        """The content, "" for none; half a surrogate pair, which no file can hold, becomes "?"."""
        return (self.message.content or "").encode("utf-8", "replace").decode("utf-8")

    def completion(self) -> Completion:
        cut = self.finish_reason in ("length", "content_filter")
        return Completion(self.text, "length" if cut else "stop")

    def why_empty(self) -> str:
        """In words for an error message: why there is no text."""
        if self.message.refusal:
            return "a refusal instead of an answer"
        if self.finish_reason == "length":
            return "no text within the limit of tokens (models that reason first need more max_tokens)"
        return "an answer without text"

    def top_tokens(self) -> list[tuple[str, float]]:
        """(token, probability) of the likeliest first tokens; empty when the server gave none."""
        try:
            listed = [
                (str(top["token"]), float(top["logprob"]))
                for top in self.logprobs["content"][0]["top_logprobs"]
            ]
        except (TypeError, KeyError, IndexError, ValueError, OverflowError):
            return []
        return [(token, math.exp(min(value, 0.0))) for token, value in listed if not math.isnan(value)]


class Body(BaseModel):
    """A chat completion as a server sends it. pydantic's ValidationError when it is none."""

    choices: list[BodyChoice] = Field(min_length=1)
    usage: Any = None

    def cost(self, seconds: float) -> Usage:
        """What the server says it counted. Servers that count nothing, or oddly, cost 0 tokens."""
        usage = self.usage if isinstance(self.usage, Mapping) else {}
        details = usage.get("prompt_tokens_details")
        return Usage(
            calls=1,
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
            cached_tokens=_count(details.get("cached_tokens")) if isinstance(details, Mapping) else 0,
            seconds=round(seconds, 6),
        )


class Delta(BaseModel):
    content: str | None = None


class ChunkChoice(BaseModel):
    delta: Delta = Delta()
    finish_reason: str | None = None


class Chunk(BaseModel):
    """One event of a streamed chat completion; the last may hold usage and no choices."""

    choices: list[ChunkChoice] = []
    usage: Any = None


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
