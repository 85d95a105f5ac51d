"""Streamed replies of llama.cpp: pieces put together, and ended early on a deadline or a cancelled task."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from usbrec.dialogue import Usage
from usbrec.llm.protocol import Completion


class StreamedReplies:
    """Collects the pieces of `count` replies, and ends them early on a deadline or a cancelled task."""

    def __init__(
        self,
        count: int,
        deadline: float | None,
        stop: threading.Event,
        on_delta: Callable[[str], None] | None,
    ) -> None:
        self._texts = [""] * count
        self._finish: list[str | None] = [None] * count
        self._pieces = 0
        self._deadline = deadline
        self._stop = stop
        self._on_delta = on_delta
        self._usage: Mapping[str, Any] = {}
        self.error: Any = None

    def receive(self, chunk: Any) -> bool:
        """Called by llama.cpp for each piece; True ends the request."""
        if "error" in chunk:
            self.error = chunk
            return True
        for choice in chunk["choices"]:
            piece = choice["delta"].get("content")
            if piece:
                self._pieces += 1
                self._texts[choice["index"]] += piece
                if self._on_delta is not None:
                    self._on_delta(piece)
            if choice["finish_reason"]:
                self._finish[choice["index"]] = choice["finish_reason"]
        self._usage = chunk.get("usage") or self._usage
        return is_over(self._deadline) or self._stop.is_set()

    def completions(self) -> list[Completion]:
        """Replies cut short by the deadline say "length"."""
        return [
            Completion(text.strip(), "stop" if finish == "stop" else "length")
            for text, finish in zip(self._texts, self._finish, strict=True)
        ]

    def usage(self, seconds: float) -> Usage:
        # llama.cpp counts the tokens of one reply only, so with several the pieces are counted.
        counted = int(self._usage.get("completion_tokens", 0)) if len(self._texts) == 1 else 0
        details = self._usage.get("prompt_tokens_details") or {}
        return Usage(
            calls=1,
            prompt_tokens=int(self._usage.get("prompt_tokens", 0)),
            completion_tokens=counted or self._pieces,
            cached_tokens=int(details.get("cached_tokens", 0)),
            seconds=round(seconds, 6),
        )


def is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() > deadline
