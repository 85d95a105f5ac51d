"""TRL environments: a seeker whom a tool-calling model talks to (`environment_factory`, TRL 1.16)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from usbrec.stages.environment import Environment, Talk

#: What the tool answers once the seeker says nothing more.
ENDED = "The conversation has ended."


class TrlSeeker:
    """One seeker at a time, as TRL wants an environment: `reset` begins a dialogue on a row's sample, and
    `say` is the tool that the model calls."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._talk: Talk | None = None

    def reset(self, sample_id: str, **_: Any) -> None:
        """A new dialogue. TRL hands in the row's columns."""
        self._talk = self._environment.begin(sample_id)

    def say(self, message: str) -> str:
        """
        Say something to the person you recommend to, and hear what they answer.

        Args:
            message: What you say to them.

        Returns:
            Their answer, or that the conversation has ended.
        """
        assert self._talk is not None
        if self._talk.ended:
            return ENDED
        (answer,) = self._environment.say_all([self._talk], [message])
        return ENDED if answer is None else answer

    def _close(self, last: str) -> Talk:
        """The dialogue, `last` said in it where it had not ended: what a model writes without the tool."""
        assert self._talk is not None
        if not self._talk.ended and (last.strip() or not self._talk.played):
            self._environment.say_all([self._talk], [last])
        return self._talk


def trl_environment(environment: Environment) -> Callable[[], TrlSeeker]:
    """An `environment_factory` for a model whose chat template knows tools: it speaks by calling `say`.

    Use :func:`trl_tool_reward` as the reward and the rows of :meth:`Environment.prompts`. What the model
    writes without calling the tool is its last word, and so the only one of a model that never calls it.
    """
    return lambda: TrlSeeker(environment)


def trl_tool_reward(
    completions: Sequence[Any],
    environments: Sequence[Any],
    log_metric: Callable[[str, float], None] | None = None,
    **_: Any,
) -> list[float | None]:
    """The scores of the dialogues; None for one that failed or whose score cannot be read: TRL compares the
    others of its group without it. A warning counts them, `unscored` logs their share, and ModelRefused is
    raised where none has a score. Rows of another environment get None."""
    found: list[float | None] = [None] * len(environments)
    ours = [place for place, one in enumerate(environments) if isinstance(one, TrlSeeker)]
    if not ours:
        return found
    talks = [environments[place]._close(_last_words(completions[place])) for place in ours]
    for place, score in zip(ours, environments[ours[0]]._environment.scores(talks), strict=True):
        found[place] = score
    if log_metric is not None:
        log_metric("unscored", sum(found[place] is None for place in ours) / len(ours))
    return found


def _last_words(completion: Sequence[Any]) -> str:
    """What the model wrote behind its last call of the tool."""
    last = completion[-1] if completion else {}
    if last.get("role") != "assistant" or last.get("tool_calls"):
        return ""
    content = last.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
