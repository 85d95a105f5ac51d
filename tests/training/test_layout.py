"""Layouts for training: on every architecture a reply has the probability that its whole text gives it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import peft
import pytest
import torch

from support.architectures import KINDS, SCALED, WINDOW, tiny_of
from support.tiny_models import tiny_model
from usbrec.training.layout import layout_of
from usbrec.training.packed import EACH_BY_ITSELF, SHARED, Layout, pack, token_logps

ALL = {"plain attention": ("Qwen2Config", {}), **KINDS, **SCALED}


def drawn(*lengths: int) -> list[list[int]]:
    draw = random.Random(1)
    return [[draw.randrange(3, 250) for _ in range(length)] for length in lengths]


def by_the_whole_text(model: Any, prompt: Sequence[int], reply: Sequence[int], skipped: int = 0) -> Any:
    logits = model(input_ids=torch.tensor([[*prompt, *reply]]), use_cache=False).logits
    chances = logits[0, len(prompt) - 1 : -1].float().log_softmax(-1)
    return chances.gather(1, torch.tensor(reply)[:, None])[skipped:, 0]


@pytest.mark.parametrize("adapted", [False, True], ids=["base", "adapter"])
@pytest.mark.parametrize("kind", ALL)
def test_a_reply_has_the_probability_that_its_whole_text_gives(kind: str, adapted: bool) -> None:
    model = tiny_of(*ALL[kind])
    if adapted:
        targets = {
            name.rpartition(".")[2]
            for name, module in model.named_modules()
            if type(module) is torch.nn.Linear and any(part in name for part in ("attn", "attention", "conv"))
        }
        config = peft.LoraConfig(
            target_modules=sorted(targets), task_type="CAUSAL_LM", init_lora_weights=False
        )
        torch.manual_seed(1)
        model = peft.get_peft_model(model, config).eval()
    one, two, three, a, b, c, d, e = drawn(40, 23, 5, 7, 5, 9, 3, 4)
    rows = [(one, [a, b]), (two, [c]), (three, [d, e])]
    thoughts = [[2, 0], [1], [0, 0]]
    packed = pack(rows, pad=256, dtype=torch.float32, thoughts=thoughts, layout=layout_of(model))
    with torch.no_grad():
        found, reply = token_logps(model, packed)
        alone = [
            by_the_whole_text(model, prompt, said, skipped)
            for (prompt, replies), skips in zip(rows, thoughts, strict=True)
            for said, skipped in zip(replies, skips, strict=True)
        ]
    assert torch.allclose(found, torch.cat(alone), atol=1e-3)
    assert reply.tolist() == [number for number, one in enumerate(alone) for _ in one]


def test_replies_share_a_prompt_wherever_they_may() -> None:
    assert layout_of(tiny_model()) == SHARED
    assert layout_of(tiny_of("MistralConfig", {"sliding_window": 64, "head_dim": 8})) == Layout(longest=64)
    for kind in ("convolutions", "linear attention", "slopes in place of positions"):
        assert layout_of(tiny_of(*KINDS[kind])) == EACH_BY_ITSELF, kind
    for kind in SCALED:
        assert layout_of(tiny_of(*SCALED[kind])) == EACH_BY_ITSELF, kind


def test_a_cap_that_hardly_shows_is_one() -> None:
    kind, more = SCALED["capped logits"]
    weak = tiny_of(kind, {**more, "final_logit_softcapping": 30.0, "initializer_range": 0.05})
    assert layout_of(weak.to(torch.bfloat16)) == EACH_BY_ITSELF


def test_in_a_window_they_share_it_and_behind_it_they_do_not() -> None:
    layout = Layout(longest=WINDOW)
    short, prompt, reply, other = drawn(WINDOW - 4, WINDOW - 3, 4, 2)
    assert len(pack([(short, [reply, other])], pad=0, dtype=torch.float32, layout=layout).ids) == 1
    assert len(pack([(prompt, [reply, other])], pad=0, dtype=torch.float32, layout=layout).ids) == 2


def test_a_model_in_training_goes_on_training() -> None:
    model = tiny_of(*KINDS["convolutions"]).train()
    layout_of(model)
    assert model.training
    prompt, reply = drawn(6, 4)
    logps, _ = token_logps(
        model, pack([(prompt, [reply])], pad=0, dtype=torch.float32, layout=layout_of(model))
    )
    logps.sum().backward()
    assert all(weight.grad is not None for weight in model.lm_head.parameters())
