"""Recommender protocol: a conversation in, replies out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from usbrec.dialogue import Conversation, Reply, Usage
from usbrec.llm.grammar import TitleGrammar


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far a search is: `drafts` are done with this stage, of so many (`of`)."""

    stage: Literal["drafting", "playing", "judging"]
    drafts: int
    of: int

    def to_json(self) -> dict[str, Any]:
        return {"stage": self.stage, "drafts": self.drafts, "of": self.of}


@dataclass(frozen=True, slots=True)
class Sampling:
    """How replies are drawn: `n` of them, and what decides each beside the conversation.

    `temperature` 0 means greedy; `seed` makes a draw repeatable where the recommender can. `drafts` is how
    many drafts a self-enhanced recommender makes (None: as it is set). `grammar` is what replies may be
    written with, for a language model. `deadline` is in seconds from the call. `on_delta` receives pieces of
    text as they come (n=1 only), `on_progress` how far a search is; these
    three are not part of what decides the answer.
    """

    n: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 64
    frequency_penalty: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int = 0
    drafts: int | None = None
    grammar: TitleGrammar | None = None
    deadline: float | None = field(default=None, compare=False)
    on_delta: Callable[[str], None] | None = field(default=None, compare=False)
    on_progress: Callable[[SearchProgress], None] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The replies to one conversation, `n` of them, what they cost together, and the search's trace."""

    replies: tuple[Reply, ...]
    usage: Usage = field(default_factory=Usage)
    trace: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """That of the first reply."""
        return self.replies[0].text


class Recommender(Protocol):
    """Whoever answers as the recommender: a language model, a model around one, rules, a user's own object.

    `name` says who it is in records and reports, `identity` what decides its replies beside conversation and
    sampling (JSON), `parallel` whether several may be asked for at once.
    """

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> Mapping[str, Any]: ...

    @property
    def parallel(self) -> bool: ...

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises ModelError when this conversation got no reply, ModelRefused when none would."""
        ...

    async def aclose(self) -> None: ...
