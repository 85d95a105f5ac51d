"""Training methods, and the settings of those that learn by playing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, Self, TypeAlias, get_args

Method = Literal["sft", "simpo", "dpo", "kto", "grpo", "rloo"]
METHODS: tuple[Method, ...] = get_args(Method)


def needs_pairs(method: Method) -> bool:
    """Whether the method learns from what is preferred over what, not from replies alone."""
    return method in ("simpo", "dpo", "kto")


def learns_by_playing(method: Method) -> bool:
    """Whether the method draws replies itself and learns from the scores of what follows from them."""
    return method in ("grpo", "rloo")


@dataclass(frozen=True, slots=True)
class Rank:
    """A place of a ranked list: the characters of the reply up to the end of its title, and what it gains,
    its relevance over the logarithm of its rank."""

    end: int
    gain: float


@dataclass(frozen=True, slots=True)
class Reward:
    """What became of a reply: its episode's score in [0, 2], None where there is none (the episode failed,
    or its score cannot be read), and whether a target was named. Of a list also its `ranks`, in order."""

    value: float | None
    hit: bool = False
    ranks: tuple[Rank, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a journal keeps it; without ranks where there are none, so that records of before stay."""
        written = asdict(self)
        return written if self.ranks else {name: written[name] for name in ("value", "hit")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["value"], data["hit"], tuple(Rank(**rank) for rank in data.get("ranks", ())))


#: Plays replies to their scores: (sample id, reply) in, an outcome for each out, in order.
Play = Callable[[Sequence[tuple[str, str]]], Sequence[Reward]]

#: What was said of a dialogue so far: replies, each with the seeker's answer.
Exchanges: TypeAlias = "tuple[tuple[str, str], ...]"


@dataclass(frozen=True, slots=True)
class Step:
    """What follows a reply: the seeker's answer, None where the dialogue has ended, and what all that was
    said until then is worth."""

    answer: str | None
    reward: Reward


class Dialogues(Protocol):
    """Whole dialogues, a reply at a time."""

    def prompt(self, sample_id: str, said: Exchanges) -> Sequence[Mapping[str, Any]]:
        """What the recommender's seat is shown behind `said`, as messages."""
        ...

    def step(self, asked: Sequence[tuple[str, Exchanges, str]]) -> Sequence[Step]:
        """What follows each (sample id, what was said, reply), in order."""
        ...
