"""Packed log-probabilities: each prompt prefilled once however many replies it has.

The replies of a prompt stand behind it in one sequence. Each is at the positions it would have had alone,
and sees the prompt and itself only, so that the numbers are those of separate sequences; and the model's
head, a third of a small model's work, is used where a reply's token is predicted and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Tokens = Sequence[int]


@dataclass(frozen=True, slots=True)
class Packed:
    """One batch. All tensors are (B, T) but `mask` (B, 1, T, T), additive; `predicts` holds for every
    reply token (row, place that predicts it, token, reply number), (N, 4), replies numbered row by row."""

    ids: Tensor
    positions: Tensor
    mask: Tensor
    predicts: Tensor
    replies: int


def pack(
    rows: Sequence[tuple[Tokens, Sequence[Tokens]]],
    *,
    pad: int,
    dtype: torch.dtype,
    thoughts: Sequence[Sequence[int]] | None = None,
) -> Packed:
    """Lay out (prompt, its replies) as one batch; prompts and replies must not be empty.

    `thoughts` says of each reply how many of its first tokens are read and not predicted.
    """
    width = max(len(prompt) + sum(map(len, replies)) for prompt, replies in rows)
    ids = torch.full((len(rows), width), pad, dtype=torch.long)
    positions = torch.zeros((len(rows), width), dtype=torch.long)
    seen = torch.zeros((len(rows), width, width), dtype=torch.bool)
    predicts: list[tuple[int, int, int, int]] = []
    count = 0
    for row, (prompt, replies) in enumerate(rows):
        start = len(prompt)
        ids[row, :start] = torch.tensor(list(prompt))
        positions[row, :start] = torch.arange(start)
        seen[row, :start, :start] = torch.ones(start, start).tril().bool()
        place = start
        for number, reply in enumerate(replies):
            end = place + len(reply)
            ids[row, place:end] = torch.tensor(list(reply))
            positions[row, place:end] = torch.arange(start, start + len(reply))
            seen[row, place:end, :start] = True
            seen[row, place:end, place:end] = torch.ones(len(reply), len(reply)).tril().bool()
            before = [start - 1, *range(place, end - 1)]
            skipped = 0 if thoughts is None else thoughts[row][number]
            predicts += [
                (row, at, token, count) for at, token in list(zip(before, reply, strict=True))[skipped:]
            ]
            count += 1
            place = end
        # A place that sees nothing would be a softmax over nothing.
        seen[row, range(place, width), range(place, width)] = True
    mask = torch.zeros(seen.shape, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)
    return Packed(
        ids, positions, mask[:, None], torch.tensor(predicts, dtype=torch.long).reshape(-1, 4), count
    )


def reply_logps(model: Any, packed: Packed) -> tuple[Tensor, Tensor]:
    """For every reply the sum of its tokens' log-probabilities (float32) and their number, (replies,)."""
    logps, reply = token_logps(model, packed)
    zeros = torch.zeros(packed.replies, device=logps.device)
    return zeros.index_add(0, reply, logps), zeros.index_add(0, reply, torch.ones_like(logps))


def token_logps(model: Any, packed: Packed, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """The log-probability of every reply token at `temperature` (float32), and its reply's number, (N,)."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = inner.base_model(
        input_ids=packed.ids,
        attention_mask=packed.mask,
        position_ids=packed.positions,
        use_cache=False,
    ).last_hidden_state
    row, place, token, reply = packed.predicts.unbind(1)
    logits = inner.get_output_embeddings()(hidden[row, place]).float()
    if temperature != 1.0:
        logits = logits / temperature
    # Not log_softmax: it would hold another number for every word of the vocabulary.
    return logits.gather(1, token[:, None])[:, 0] - logits.logsumexp(-1), reply
