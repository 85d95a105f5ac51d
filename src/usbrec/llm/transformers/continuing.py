"""Whether a model goes on from a cache as from the whole text: tried with a few tokens when it is loaded."""

from __future__ import annotations

from typing import Any

from usbrec.errors import InputError
from usbrec.llm.transformers.shared_prefix import shares_prompts

#: Of what the beginning changes, the share that may be otherwise; half precision rounds more of it away.
_FAR, _FAR_IN_HALF = 0.01, 0.2
_TOKENS, _LAST = 32, 4


def continues_prompts(model: Any, name: str) -> bool:
    """Whether several tokens behind a cached beginning are computed as in the whole text.

    Where only single tokens are (some layers with a state begin anew with each longer text, and say
    nothing), a prompt has to be computed whole. Tried once a model. Raises InputError, naming the seat
    `name`, where single tokens are not either: such a model's replies would be wrong.
    """
    known: bool | None = getattr(model, "_usbrec_continues", None)
    if known is None:
        known = model._usbrec_continues = shares_prompts(model) or _tried(model, name)
    return known


def _tried(model: Any, name: str) -> bool:
    import torch

    server = "Run it by a server of its own, and name that as openai:MODEL with --base-url."
    try:
        after_one, after_several = _distances(model)
    except (TypeError, ValueError, AttributeError, RuntimeError, NotImplementedError, IndexError) as error:
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(f"{name}: cannot be decoded from a cache ({why[0][:200]}). {server}") from None
    far = _FAR if model.dtype == torch.float32 else _FAR_IN_HALF
    if not after_one < far:
        raise InputError(
            f"{name}: what it says from a cache is not what it says from the whole text: its replies would "
            f"be wrong. {server}"
        )
    return after_several < far


def _distances(model: Any) -> tuple[float, float]:
    """How far the next token's log-probabilities are from those after the whole text.

    Once with the last token behind a cache of the others, once with the last few; both as a share of how far
    they are without the others.
    """
    import torch
    from transformers import DynamicCache

    ids = torch.tensor(
        [[token % model.config.get_text_config().vocab_size for token in range(100, 100 + _TOKENS)]]
    )
    ids = ids.to(model.device)

    def without_cache(part: Any) -> Any:
        return model(input_ids=part, use_cache=False).logits[0, -1].float().log_softmax(-1)

    def from_cache(*parts: Any) -> Any:
        cache = DynamicCache(config=model.config)
        for part in parts:
            logits = model(input_ids=part, past_key_values=cache, use_cache=True).logits[0, -1]
        return logits.float().log_softmax(-1)

    found = []
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            whole = without_cache(ids)
            for last in (1, _LAST):
                apart = (whole - from_cache(ids[:, :-last], ids[:, -last:])).norm()
                alone = (whole - without_cache(ids[:, -last:])).norm()
                found.append(float(apart / alone.clamp(min=1e-6)))
    finally:
        model.train(was_training)
    return found[0], found[1]
