"""Decoding state of one request: prefilled cache and the tokens of each sequence."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from usbrec.keys import derive_seed
from usbrec.llm.protocol import ChatRequest, Completion


@dataclass
class Prompt:
    """A prompt gone through: its tokens, its key-value cache, the logits (1, vocabulary) of what comes
    next, and how many tokens were not computed again."""

    ids: list[int]
    cache: Any
    logits: Any
    cached: int


@dataclass
class DecodingRequest:
    """A request on its way: its prompt, and the replies so far. `stopped` says that nobody waits any more."""

    request: ChatRequest
    prompt: Prompt
    stopped: Callable[[], bool] = lambda: False
    started: float = field(default_factory=time.monotonic)
    lines: list[Line] = field(init=False)
    told: str = ""

    def __post_init__(self) -> None:
        self.lines = [Line(self, index) for index in range(self.request.n)]

    def completions(self, tokenizer: Any) -> tuple[Completion, ...]:
        return tuple(line.completion(tokenizer) for line in self.lines)

    def over(self) -> bool:
        """Whether what is still open has to stay as it is."""
        late = self.request.deadline is not None and time.monotonic() - self.started >= self.request.deadline
        return late or self.stopped()

    def tell(self, tokenizer: Any) -> None:
        """Pass on what is new and whole of the only reply; at its end also what was held back."""
        if self.request.on_delta is None or self.request.n > 1:
            return
        line = self.lines[0]
        text = tokenizer.decode(line.said, skip_special_tokens=True)
        cut = _cut(text, self.request.stop)
        if cut is not None:
            text = text[:cut]
        elif line.finish is None:
            # A character of several tokens is told when it is whole.
            if text.endswith("\N{REPLACEMENT CHARACTER}"):
                return
            # What may become a stop text cannot be taken back once it is told.
            text = text[: len(text) - _begun(text, self.request.stop)]
        if len(text) > len(self.told):
            self.request.on_delta(text[len(self.told) :])
            self.told = text


class Line:
    """One reply: the tokens said, and its own random numbers."""

    def __init__(self, drawing: DecodingRequest, index: int) -> None:
        import torch

        self.drawing = drawing
        self.said: list[int] = []
        self.finish: str | None = None
        seed = derive_seed(drawing.request.seed, "reply", index) % 2**63
        self._draw = torch.Generator().manual_seed(seed)

    def chance(self) -> float:
        """The next random number, in [0, 1)."""
        import torch

        return float(torch.rand((), generator=self._draw, dtype=torch.float64))

    def say(self, token: int, ends: frozenset[int], tokenizer: Any) -> None:
        request = self.drawing.request
        if token in ends:
            self.finish = "stop"
            return
        self.said.append(token)
        if request.stop and _cut(tokenizer.decode(self.said), request.stop) is not None:
            self.finish = "stop"
        elif len(self.said) >= request.max_tokens or self.drawing.over():
            self.finish = "length"

    def completion(self, tokenizer: Any) -> Completion:
        text = tokenizer.decode(self.said, skip_special_tokens=True)
        cut = _cut(text, self.drawing.request.stop)
        return Completion(text if cut is None else text[:cut], "stop" if self.finish == "stop" else "length")


def _cut(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop text begins, or None."""
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    return min(found, default=None)


def _begun(text: str, stops: Sequence[str]) -> int:
    """How many characters at the end of `text` are the beginning of a stop text."""
    lengths = (length for stop in stops for length in range(1, len(stop)) if text.endswith(stop[:length]))
    return max(lengths, default=0)
