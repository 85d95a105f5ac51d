"""Adapters of every kind: a seat computes with them what PEFT does, or refuses them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import peft
import pytest
import torch

from support.architectures import tiny_of, write_tiny
from usbrec.errors import InputError
from usbrec.llm.transformers.adapters import merged
from usbrec.llm.transformers.checkpoint import load_model

IDS = torch.arange(3, 60)[None]
LAYERS = ["q_proj", "o_proj"]


def _written(folder: Path, config: Any) -> tuple[Path, Path, torch.Tensor]:
    """Base, adapter, and what PEFT's own model computes."""
    base, adapter = write_tiny(folder / "base", "Qwen2Config", {}), folder / "adapter"
    config.task_type = "CAUSAL_LM"
    torch.manual_seed(2)
    model = peft.get_peft_model(load_model(str(base), dtype=torch.float32), config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.requires_grad:
                weight += 0.15 * torch.randn_like(weight)
        computed = model(input_ids=IDS).logits
    embeddings = "embed_tokens" in (getattr(config, "target_modules", None) or ())
    model.save_pretrained(str(adapter), save_embedding_layers=embeddings)
    return base, adapter, computed


@pytest.mark.parametrize(
    "config",
    [
        peft.LoraConfig(target_modules=LAYERS, r=4, use_rslora=True),
        peft.LoraConfig(target_modules=LAYERS, r=4, use_dora=True),
        peft.LoraConfig(target_modules=LAYERS, r=4, bias="all", modules_to_save=["norm", "lm_head"]),
        peft.LoraConfig(target_modules=LAYERS, r=4, trainable_token_indices=[5, 6]),
        peft.IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"]),
        peft.LoHaConfig(target_modules=LAYERS, r=4),
        peft.VeraConfig(target_modules=LAYERS, r=4),
        peft.LoraConfig(target_modules=[*LAYERS, "embed_tokens"], r=4),
    ],
    ids=["rslora", "dora", "saved", "tokens", "ia3", "loha", "vera", "embeddings"],
)
def test_a_merged_adapter_computes_what_it_does_beside_the_weights(config: Any, tmp_path: Path) -> None:
    base, adapter, computed = _written(tmp_path, config)
    whole = merged(load_model(str(base), dtype=torch.float32), str(base), adapter)
    with torch.no_grad():
        assert torch.allclose(whole(input_ids=IDS).logits, computed, atol=1e-2)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (peft.PrefixTuningConfig(num_virtual_tokens=4), "changes no weights .PREFIX_TUNING"),
        (peft.PromptTuningConfig(num_virtual_tokens=4), "changes no weights .PROMPT_TUNING"),
    ],
    ids=["prefix", "prompt"],
)
def test_what_cannot_be_merged_is_refused(config: Any, told: str, tmp_path: Path) -> None:
    base, adapter, _ = _written(tmp_path, config)
    with pytest.raises(InputError, match=told):
        merged(load_model(str(base), dtype=torch.float32), str(base), adapter)


def test_an_adapter_of_another_base_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    base, adapter, _ = _written(tmp_path, peft.LoraConfig(target_modules=LAYERS, r=2))
    with caplog.at_level(logging.WARNING):
        merged(load_model(str(base), dtype=torch.float32), str(base), adapter)
        assert not caplog.records
        merged(tiny_of("Qwen2Config", {}), "another-base", adapter)
    assert f"was trained on {base}, and is put on another-base" in caplog.text
