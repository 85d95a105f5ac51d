"""An answer as it streams: in pieces of one size or split anywhere, and what of it is passed on."""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.llm.reasoning import separate
from usbrec.llm.reasoning_filter import ReasoningFilter


def streamed(answer: str, size: int) -> str:
    """What is passed on of an answer in pieces of this size, which is told apart as the whole answer is."""
    return split(answer, range(size, len(answer), size))


def split(answer: str, places: Sequence[int], *, holds: bool = False) -> str:
    """The same of an answer that is split at these places; `holds` as :class:`ReasoningFilter` has it."""
    passing, told, last = ReasoningFilter(holds=holds), "", 0
    for place in [*sorted({place % (len(answer) + 1) for place in places}), len(answer)]:
        told += passing.feed(answer[last:place])
        last = place
    rest, whole = passing.end()
    assert whole == separate(answer)
    return told + rest
