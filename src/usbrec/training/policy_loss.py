"""Policy-gradient losses: replies compared within their group, and every reply of a dialogue credited.

GRPO and RLOO as policy.py describes them. Where whole dialogues are learnt from, the group of a prompt is
episodes. The reply of round t is worth what was still gained from it on, its return
``G_t = s_T - s_(t-1)``: `s_t` is the judge's score of what was said until the seeker had answered it, `s_T`
the episode's, and `s_0` is 0. What the score was before a reply cannot depend on it, so taking it off changes
no expected gradient; a reply is not praised for what earlier ones had won. Its advantage is held against the
group's other episodes that reached the same round, as multi-turn GRPO does (Zeng et al. 2025), whose
turn-level rewards are rules of their own and not differences of one score. An episode of one round is the
plain method.

The places of a ranked list are credited likewise, each as a part of its reply (ranks.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from usbrec.training.settings import Method

#: Added to a group's spread before it divides (as TRL does): nearly equal replies are not blown up.
_LEAST_SPREAD = 1e-4

#: A number for each reply: of each prompt, of each of its episodes, of each round.
Rounds: TypeAlias = "Sequence[Sequence[Sequence[float | None]]]"


def advantages(groups: Sequence[Sequence[float | None]], method: Method) -> list[list[float]]:
    """How much better each reply of a group is than the others; a reply without a reward counts for nothing
    and learns nothing, and neither does one that is alone."""
    return [_compared(values, method) for values in groups]


def _compared(values: Sequence[float | None], method: Method) -> list[float]:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return [0.0] * len(values)
    mean = sum(known) / len(known)
    if method == "rloo":
        # value - mean of the others, written with the mean of all.
        scale = len(known) / (len(known) - 1)
    else:
        spread = (sum((value - mean) ** 2 for value in known) / (len(known) - 1)) ** 0.5
        scale = 1.0 / (spread + _LEAST_SPREAD)
    return [0.0 if value is None else (value - mean) * scale for value in values]


def returns(scores: Sequence[float | None]) -> list[float | None]:
    """What was gained from each reply of an episode on; `scores` are those after each. None where the score
    at the end or that before the reply is not known."""
    if not scores or scores[-1] is None:
        return [None] * len(scores)
    end = scores[-1]
    return [None if before is None else end - before for before in (0.0, *scores[:-1])]


def turn_advantages(gained: Rounds, method: Method) -> list[list[list[float]]]:
    """How much better each reply did than those of the same round in the other episodes of its prompt."""
    found = [[[0.0] * len(episode) for episode in group] for group in gained]
    for group, ours in zip(gained, found, strict=True):
        for turn in range(max(map(len, group), default=0)):
            reached = [place for place, episode in enumerate(group) if len(episode) > turn]
            compared = _compared([group[place][turn] for place in reached], method)
            for place, value in zip(reached, compared, strict=True):
                ours[place][turn] = value
    return found


def policy_loss(
    logps: Tensor,
    start: Tensor | None,
    reply: Tensor,
    rewards: Sequence[Sequence[float | None]],
    *,
    method: Method,
    kl: float,
) -> Tensor:
    """The loss of groups of replies, as a scalar with a gradient.

    `logps` and `start` (N,) are the log-probabilities of all reply tokens by the model in training and by
    the one it started from (None where `kl` is 0), `reply` (N,) the number of the reply each belongs to.
    """
    episodes = [[(value,) for value in group] for group in rewards]
    return dialogue_loss(logps, start, reply, episodes, method=method, kl=kl)


def dialogue_loss(
    logps: Tensor, start: Tensor | None, reply: Tensor, scores: Rounds, *, method: Method, kl: float
) -> Tensor:
    """The loss of groups of episodes, all of whose replies are learnt, as a scalar with a gradient.

    `scores` are those after each reply. Replies are numbered prompt by prompt, episode by episode, round by
    round; else as :func:`policy_loss`. GRPO takes the mean over all tokens, RLOO the sum over an episode's
    replies and the mean over episodes.
    """
    gained = [[returns(episode) for episode in group] for group in scores]
    return credited_loss(logps, start, reply, gained, method=method, kl=kl)


def credited_loss(
    logps: Tensor, start: Tensor | None, part: Tensor, gained: Rounds, *, method: Method, kl: float
) -> Tensor:
    """The same, given what was `gained` from each part of an episode on: from each of its replies, or from
    each place of its list. `part` (N,) is the number of the part that a token belongs to, counted prompt by
    prompt, episode by episode, part by part; a part may have no tokens."""
    if not len(logps):
        # Nothing but thoughts was said.
        return logps.sum()
    count = sum(len(episode) for group in gained for episode in group)
    if method == "rloo":
        sums = torch.zeros(count, device=logps.device).index_add(0, part, logps)
        if start is not None:
            far = torch.zeros(count, device=logps.device).index_add(0, part, logps.detach() - start)
            costs = iter((kl * far).tolist())
            gained = [[_less(episode, costs) for episode in group] for group in gained]
        gains = _flat(turn_advantages(gained, method), logps)
        return -(gains * (sums - sums.detach()).exp()).sum() / sum(map(len, gained))
    gains = _flat(turn_advantages(gained, method), logps)[part]
    # The ratio of a model to itself is 1; its gradient is that of the log-probability.
    loss = -(gains * (logps - logps.detach()).exp())
    if start is not None:
        loss = loss + kl * divergence(logps, start)
    return loss.mean()


def divergence(logps: Tensor, start: Tensor) -> Tensor:
    """Schulman's estimate of how far each drawn token's model is from the starting one, in nats: never
    negative, and right on average."""
    behind = start - logps
    return behind.exp() - behind - 1.0


def _less(gained: Sequence[float | None], costs: Iterator[float]) -> list[float | None]:
    """Returns less the distance from the starting model of a part and of all that follow it."""
    own = [next(costs) for _ in gained]
    return [None if value is None else value - sum(own[place:]) for place, value in enumerate(gained)]


def _flat(groups: Sequence[Sequence[Sequence[float]]], like: Tensor) -> Tensor:
    return torch.tensor(
        [value for group in groups for episode in group for value in episode], device=like.device
    )
