"""An answer as it streams: in pieces of one size, and what of it is passed on."""

from __future__ import annotations

from usbrec.llm.reasoning import separate
from usbrec.llm.reasoning_filter import ReasoningFilter


def streamed(answer: str, size: int) -> str:
    """What is passed on of an answer in pieces of this size, which is told apart as the whole answer is."""
    passing = ReasoningFilter()
    told = "".join(passing.feed(answer[place : place + size]) for place in range(0, len(answer), size))
    rest, whole = passing.end()
    assert whole == separate(answer)
    return told + rest
