"""Packed log-probabilities: each prompt prefilled once however many replies it has.

The replies of a prompt stand behind it in one sequence. Each is at the positions it would have had alone,
and sees the prompt and itself only, so that the numbers are those of separate sequences; and the model's
head, a third of a small model's work, is used where a reply's token is predicted and nowhere else.

Not every architecture allows that (layout.py finds out). For others each reply is a sequence by itself, and
the model's own logits are taken.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Tokens = Sequence[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """Whether the replies of a prompt may be one sequence with it, and up to how many tokens of prompt
    and reply (None: any number): layers with a window see no further."""

    shared: bool = True
    longest: int | None = None


#: The replies of each prompt behind it; each reply in a sequence of its own.
SHARED, EACH_BY_ITSELF = Layout(), Layout(shared=False)


@dataclass(frozen=True, slots=True)
class Packed:
    """One batch. All tensors are (B, T) but `mask`, which is (B, 1, T, T) and additive; `predicts` holds for
    every reply token (row, place that predicts it, token, reply number), (N, 4), replies numbered row by row.
    Where each reply is a sequence by itself, `mask` is (B, T), 1 for tokens and 0 for padding behind them."""

    ids: Tensor
    positions: Tensor
    mask: Tensor
    predicts: Tensor
    replies: int

    def to(self, device: Any) -> Packed:
        """The batch on `device`."""
        ids, positions, mask, predicts = (
            tensor.to(device) for tensor in (self.ids, self.positions, self.mask, self.predicts)
        )
        return Packed(ids, positions, mask, predicts, self.replies)


def pack(
    rows: Sequence[tuple[Tokens, Sequence[Tokens]]],
    *,
    pad: int,
    dtype: torch.dtype,
    thoughts: Sequence[Sequence[int]] | None = None,
    layout: Layout = SHARED,
) -> Packed:
    """Lay out (prompt, its replies) as one batch; prompts and replies must not be empty.

    `thoughts` says of each reply how many of its first tokens are read and not predicted.
    """
    longest = max((len(prompt) + max(map(len, replies), default=0) for prompt, replies in rows), default=0)
    if not layout.shared or (layout.longest is not None and longest > layout.longest):
        return _each_by_itself(rows, pad, thoughts)
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


def _each_by_itself(
    rows: Sequence[tuple[Tokens, Sequence[Tokens]]], pad: int, thoughts: Sequence[Sequence[int]] | None
) -> Packed:
    said = [
        (prompt, reply, 0 if thoughts is None else thoughts[row][number])
        for row, (prompt, replies) in enumerate(rows)
        for number, reply in enumerate(replies)
    ]
    width = max((len(prompt) + len(reply) for prompt, reply, _ in said), default=0)
    ids = torch.full((len(said), width), pad, dtype=torch.long)
    mask = torch.zeros((len(said), width), dtype=torch.long)
    predicts: list[tuple[int, int, int, int]] = []
    for row, (prompt, reply, skipped) in enumerate(said):
        start, end = len(prompt), len(prompt) + len(reply)
        ids[row, :end] = torch.tensor([*prompt, *reply])
        mask[row, :end] = 1
        predicts += [(row, place - 1, token, row) for place, token in list(enumerate(reply, start))[skipped:]]
    positions = torch.arange(width).expand(len(said), width)
    return Packed(ids, positions, mask, torch.tensor(predicts, dtype=torch.long).reshape(-1, 4), len(said))


def reply_logps(model: Any, packed: Packed) -> tuple[Tensor, Tensor]:
    """For every reply the sum of its tokens' log-probabilities (float32) and their number, (replies,)."""
    logps, reply = token_logps(model, packed)
    zeros = torch.zeros(packed.replies, device=logps.device)
    return zeros.index_add(0, reply, logps), zeros.index_add(0, reply, torch.ones_like(logps))


def token_logps(model: Any, packed: Packed, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """The log-probability of every reply token at `temperature` (float32), and its reply's number, (N,)."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    row, place, token, reply = packed.predicts.unbind(1)
    if packed.mask.dim() == 2:
        logits = _own_logits(inner, packed).float()
    else:
        hidden = inner.base_model(
            input_ids=packed.ids,
            attention_mask=packed.mask,
            position_ids=packed.positions,
            use_cache=False,
        ).last_hidden_state
        logits = inner.get_output_embeddings()(hidden[row, place]).float()
    if temperature != 1.0:
        logits = logits / temperature
    # Not log_softmax: it would hold another number for every word of the vocabulary.
    return logits.gather(1, token[:, None])[:, 0] - logits.logsumexp(-1), reply


def _own_logits(model: Any, packed: Packed) -> Tensor:
    """The logits (N, vocabulary) that the model itself gives where a token is predicted."""
    row, place, _, _ = packed.predicts.unbind(1)
    asked: dict[str, Any] = {"input_ids": packed.ids, "attention_mask": packed.mask, "use_cache": False}
    if "logits_to_keep" in inspect.signature(model.forward).parameters:
        # Of all places at once they would take more memory than the model.
        asked["logits_to_keep"], place = torch.unique(place, return_inverse=True)
    logits: Tensor = model(**asked).logits
    return logits[row, place]
