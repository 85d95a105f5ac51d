"""Training methods, and the settings of those that learn by playing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Method = Literal["sft", "simpo", "dpo", "kto", "grpo", "rloo"]
METHODS: tuple[Method, ...] = get_args(Method)


def needs_pairs(method: Method) -> bool:
    """Whether the method learns from what is preferred over what, not from replies alone."""
    return method in ("simpo", "dpo", "kto")


def learns_by_playing(method: Method) -> bool:
    """Whether the method draws replies itself and learns from the scores of what follows from them."""
    return method in ("grpo", "rloo")


@dataclass(frozen=True, slots=True)
class Reward:
    """What became of a reply: its episode's score in [0, 2], None where there is none (the episode failed,
    or its score cannot be read), and whether a target was named."""

    value: float | None
    hit: bool = False


#: Plays replies to their scores: (sample id, reply) in, an outcome for each out, in order.
Play = Callable[[Sequence[tuple[str, str]]], Sequence[Reward]]
