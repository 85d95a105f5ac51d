"""What a training compares the model with: the adapter it starts with, whole, and without dropout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from transformers import TrainerCallback

from support.architectures import TEMPLATE, tiny_of
from support.tiny_models import tiny_tokenizer
from usbrec.config import Training
from usbrec.training.data import Encoder, Example
from usbrec.training.trainers import make_policy_trainer, make_trainer

ROWS = [
    Example(f"s{place}", f"d{place}", ({"role": "user", "content": "A film?"},), "Take Up.", "No.")
    for place in range(2)
]
STARTS: dict[str, Any] = {
    "linear": peft.LoraConfig(target_modules=["q_proj"], r=2),
    "embeddings": peft.LoraConfig(target_modules=["q_proj", "embed_tokens"], r=2),
    "ia3": peft.IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"]),
}


@pytest.mark.parametrize("method", ["dpo", "kto"])
@pytest.mark.parametrize("start", STARTS)
def test_the_reference_is_the_model_that_training_starts_with(
    start: str, method: Any, tmp_path: Path
) -> None:
    tokenizer = tiny_tokenizer(TEMPLATE)
    model = peft.get_peft_model(tiny_of("Qwen2Config", {}), STARTS[start])
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.requires_grad:
                weight += 0.3 * torch.randn_like(weight)
    rows = [Encoder(tokenizer)(one) for one in ROWS]
    trainer = make_trainer(
        method,
        model,
        tokenizer,
        rows,
        Training(batch=2),
        work=tmp_path,
        seed=0,
        cpu=True,
        callback=TrainerCallback(),
    )
    ids = torch.tensor([rows[0].prompt + rows[0].chosen])
    with torch.no_grad():
        now = trainer.model.eval()(input_ids=ids).logits
        trainer.model.set_adapter("ref")
        assert torch.allclose(trainer.model(input_ids=ids).logits, now, atol=1e-5)


def test_policies_learn_without_dropout(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer(TEMPLATE)
    base = tiny_of("GPT2Config", {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256})
    model = peft.get_peft_model(base, peft.LoraConfig(target_modules=["c_attn"], fan_in_fan_out=True))
    players: Any = None
    trainer = make_policy_trainer(
        "grpo",
        model,
        tokenizer,
        [Encoder(tokenizer)(one) for one in ROWS],
        Training(batch=2),
        players,
        work=tmp_path,
        seed=0,
        cpu=True,
        callback=TrainerCallback(),
    )
    ids = torch.arange(3, 40)[None]
    learnt = trainer.model.train()(input_ids=ids).logits
    assert torch.equal(learnt, trainer.model(input_ids=ids).logits)
    assert torch.allclose(learnt, trainer.model.eval()(input_ids=ids).logits, atol=1e-5)
