"""Decoding state of one request: prefilled cache and the tokens of each sequence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from usbrec.keys import derive_seed
from usbrec.llm.protocol import ChatRequest, Completion
from usbrec.llm.stops import begun, cut_place


class TokenLimit(Protocol):
    """Which tokens a reply may go on with."""

    def barred(self) -> Any:
        """Which tokens may not come next: booleans of shape (vocabulary,)."""
        ...

    def said(self, token: int) -> None: ...


@dataclass
class Prompt:
    """A prefilled prompt: its tokens, its key-value cache, the logits (1, vocabulary) of the next token, and
    how many tokens came from a cache."""

    ids: list[int]
    cache: Any
    logits: Any
    cached: int


@dataclass
class DecodingRequest:
    """A request being decoded: its prompt, and the replies so far. `stopped` says that it was cancelled."""

    request: ChatRequest
    prompt: Prompt
    stopped: Callable[[], bool] = lambda: False
    #: Makes what limits the tokens of one reply; None where nothing does.
    limit: Callable[[], TokenLimit] | None = None
    started: float = field(default_factory=time.monotonic)
    sequences: list[DecodingSequence] = field(init=False)
    told: str = ""

    def __post_init__(self) -> None:
        self.sequences = [DecodingSequence(self, index) for index in range(self.request.n)]

    def completions(self, tokenizer: Any) -> tuple[Completion, ...]:
        return tuple(sequence.completion(tokenizer) for sequence in self.sequences)

    def over(self) -> bool:
        """Whether the deadline has passed or the request was cancelled."""
        late = self.request.deadline is not None and time.monotonic() - self.started >= self.request.deadline
        return late or self.stopped()

    def tell(self, tokenizer: Any) -> None:
        """Stream the new complete characters of a single reply; at its end also what was held back."""
        if self.request.on_delta is None or self.request.n > 1:
            return
        sequence = self.sequences[0]
        text = tokenizer.decode(sequence.said, skip_special_tokens=True)
        cut = cut_place(text, self.request.stop)
        if cut is not None:
            text = text[:cut]
        elif sequence.finish is None:
            # A character of several tokens is streamed once it is complete.
            if text.endswith("\N{REPLACEMENT CHARACTER}"):
                return
            # What may become a stop text cannot be taken back once it is streamed.
            text = text[: len(text) - begun(text, self.request.stop)]
        if len(text) > len(self.told):
            self.request.on_delta(text[len(self.told) :])
            self.told = text


class DecodingSequence:
    """One reply: its tokens so far, and a random generator of its own."""

    def __init__(self, decoding: DecodingRequest, index: int) -> None:
        import torch

        self.decoding = decoding
        self.said: list[int] = []
        self.finish: str | None = None
        self._end: int | None = None
        self.limit = None if decoding.limit is None else decoding.limit()
        seed = derive_seed(decoding.request.seed, "reply", index) % 2**63
        self._draw = torch.Generator().manual_seed(seed)

    def chance(self) -> float:
        """The next random number, in [0, 1)."""
        import torch

        return float(torch.rand((), generator=self._draw, dtype=torch.float64))

    @property
    def tokens(self) -> tuple[int, ...]:
        """All that was drawn, the token that ended the reply included."""
        return (*self.said,) if self._end is None else (*self.said, self._end)

    def say(self, token: int, ends: frozenset[int], tokenizer: Any) -> None:
        request = self.decoding.request
        if token in ends:
            self.finish, self._end = "stop", token
            return
        self.said.append(token)
        if self.limit is not None:
            self.limit.said(token)
        if request.stop and cut_place(tokenizer.decode(self.said), request.stop) is not None:
            self.finish = "stop"
        elif len(self.said) >= request.max_tokens or self.decoding.over():
            self.finish = "length"

    def completion(self, tokenizer: Any) -> Completion:
        text = tokenizer.decode(self.said, skip_special_tokens=True)
        cut = cut_place(text, self.decoding.request.stop)
        return Completion(text if cut is None else text[:cut], "stop" if self.finish == "stop" else "length")
