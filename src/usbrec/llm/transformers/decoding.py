"""Batched decoding: replies to several prompts drawn at once, token by token.

On a processor a pass through a small model costs hardly more for sixteen tokens than for one, and on a GPU
for hundreds. So all replies share each forward pass until they end. The replies to one prompt read the same
keys and values; only the tokens of its own are cached for each reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usbrec.llm.transformers.sequences import DecodingRequest, DecodingSequence
from usbrec.llm.transformers.shared_prefix import PerPromptPass, SharedPrefixPass, forward_pass_of
from usbrec.llm.transformers.tokens import ReplyDecoder


def draw_all(
    model: Any, decoder: ReplyDecoder | None, ends: frozenset[int], decodings: Sequence[DecodingRequest]
) -> None:
    """Draw every reply of `decodings` to one of the tokens `ends`, or until the request is cancelled.

    `decoder` makes texts of tokens; None where no request has stop texts or is streamed.
    """
    import torch

    sequences = [sequence for decoding in decodings for sequence in decoding.sequences]
    if not sequences:
        return
    logits_nv = torch.cat([sequence.decoding.prompt.logits for sequence in sequences]).cpu()
    forward_pass: SharedPrefixPass | PerPromptPass | None = None
    with torch.inference_mode():
        while True:
            for sequence, token in zip(sequences, _tokens(logits_nv, sequences), strict=True):
                sequence.say(token, ends, decoder)
            for decoding in decodings:
                decoding.tell(decoder)
            going = [place for place, sequence in enumerate(sequences) if sequence.finish is None]
            if not going:
                return
            forward_pass = forward_pass or forward_pass_of(model, sequences)
            if len(going) < len(sequences):
                sequences = [sequences[place] for place in going]
                forward_pass.keep(going)
            logits_nv = forward_pass.next(sequences).float().cpu()


def _tokens(logits_nv: Any, sequences: Sequence[DecodingSequence]) -> list[int]:
    """The next token of each sequence, from logits of shape (sequences, vocabulary)."""
    import torch

    for logits_v, sequence in zip(logits_nv, sequences, strict=True):
        penalty = sequence.decoding.request.frequency_penalty
        if penalty and sequence.said:
            logits_v.index_add_(0, torch.tensor(sequence.said), torch.full((len(sequence.said),), -penalty))
        if sequence.limit is not None:
            logits_v[sequence.limit.barred()] = float("-inf")
    tokens: list[int] = logits_nv.argmax(-1).tolist()
    drawn = [place for place, sequence in enumerate(sequences) if sequence.decoding.request.temperature > 0.0]
    if not drawn:
        return tokens
    heat = torch.tensor([sequences[place].decoding.request.temperature for place in drawn])[:, None]
    chances_dv = (logits_nv[drawn] / heat).softmax(-1)
    for row, place in enumerate(drawn):
        top_p = sequences[place].decoding.request.top_p
        if top_p < 1.0:
            ordered, where = chances_dv[row].sort(descending=True)
            # The token that reaches top_p belongs to it.
            chances_dv[row, where[ordered.cumsum(0) - ordered >= top_p]] = 0.0
    sums_dv = chances_dv.cumsum(-1)
    chance = torch.tensor([sequences[place].chance() for place in drawn], dtype=sums_dv.dtype)[:, None]
    # Right of equal sums: a token without any chance is never drawn, also not by a 0.
    picked = torch.searchsorted(sums_dv, chance * sums_dv[:, -1:], right=True)[:, 0]
    for row, place in enumerate(drawn):
        last = int(chances_dv[row].nonzero()[-1])
        tokens[place] = min(int(picked[row]), last)
    return tokens
