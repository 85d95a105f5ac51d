"""Batched decoding: replies to several prompts drawn at once, token by token.

On a processor a pass through a small model costs hardly more for sixteen tokens than for one, and on a GPU
for hundreds. So all replies go on in one pass, and whichever has ended leaves it. The replies to one
prompt read the same keys and values; only what each has said itself is kept for it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usbrec.llm.transformers.sequences import DecodingRequest, Line
from usbrec.llm.transformers.shared_prefix import Apart, Together, passes_of


def draw_all(model: Any, tokenizer: Any, drawings: Sequence[DecodingRequest]) -> None:
    """Draw every reply of `drawings` to its end, or until nobody waits for it any more."""
    import torch

    ends = model.generation_config.eos_token_id
    ends = frozenset({tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])})
    lines = [line for drawing in drawings for line in drawing.lines]
    if not lines:
        return
    logits_lv = torch.cat([line.drawing.prompt.logits for line in lines]).cpu()
    passes: Together | Apart | None = None
    with torch.inference_mode():
        while True:
            for line, token in zip(lines, _tokens(logits_lv, lines), strict=True):
                line.say(token, ends, tokenizer)
            for drawing in drawings:
                drawing.tell(tokenizer)
            going = [place for place, line in enumerate(lines) if line.finish is None]
            if not going:
                return
            passes = passes or passes_of(model, lines)
            if len(going) < len(lines):
                lines = [lines[place] for place in going]
                passes.keep(going)
            logits_lv = passes.next(lines).float().cpu()


def _tokens(logits_lv: Any, lines: Sequence[Line]) -> list[int]:
    """The next token of each line, from logits of shape (lines, vocabulary)."""
    import torch

    for logits_v, line in zip(logits_lv, lines, strict=True):
        penalty = line.drawing.request.frequency_penalty
        if penalty and line.said:
            logits_v.index_add_(0, torch.tensor(line.said), torch.full((len(line.said),), -penalty))
    tokens: list[int] = logits_lv.argmax(-1).tolist()
    drawn = [place for place, line in enumerate(lines) if line.drawing.request.temperature > 0.0]
    if not drawn:
        return tokens
    heat = torch.tensor([lines[place].drawing.request.temperature for place in drawn])[:, None]
    chances_dv = (logits_lv[drawn] / heat).softmax(-1)
    for row, place in enumerate(drawn):
        top_p = lines[place].drawing.request.top_p
        if top_p < 1.0:
            ordered, where = chances_dv[row].sort(descending=True)
            # The token that reaches top_p belongs to it.
            chances_dv[row, where[ordered.cumsum(0) - ordered >= top_p]] = 0.0
    sums_dv = chances_dv.cumsum(-1)
    chance = torch.tensor([lines[place].chance() for place in drawn], dtype=sums_dv.dtype)[:, None]
    # Right of equal sums: a token without any chance is never drawn, also not by a 0.
    picked = torch.searchsorted(sums_dv, chance * sums_dv[:, -1:], right=True)[:, 0]
    for row, place in enumerate(drawn):
        last = int(chances_dv[row].nonzero()[-1])
        tokens[place] = min(int(picked[row]), last)
    return tokens
