"""Weights in half precision, and adapters put on whole: a model cast in memory is the model loaded so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from support import chat_templates as templates
from support.tiny_models import Family, tiny_model, write_checkpoint
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import ChatRequest, Message, open_model
from usbrec.llm.transformers.adapters import merged, with_adapter
from usbrec.llm.transformers.precision import in_precision


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_a_model_cast_in_memory_is_the_model_loaded_in_that_precision(family: Family, tmp_path: Path) -> None:
    tiny_model(family=family).save_pretrained(tmp_path)
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.bfloat16)
    cast = in_precision(AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32), torch.bfloat16)
    for (name, expected), (_, found) in zip(
        [*loaded.named_parameters(), *loaded.named_buffers()],
        [*cast.named_parameters(), *cast.named_buffers()],
        strict=True,
    ):
        assert expected.dtype == found.dtype, name
        assert torch.equal(expected, found), name
    assert loaded.config.dtype == cast.config.dtype
    ids = torch.arange(600)[None] % 256
    with torch.no_grad():
        assert torch.equal(loaded(ids).logits, cast(ids).logits)


def test_saved_buffers_are_cast_and_layers_that_stay_in_full_precision_stay() -> None:
    class Kept(torch.nn.Module):
        _keep_in_fp32_modules_strict = ("norm",)

        def __init__(self) -> None:
            super().__init__()
            self.norm, self.line = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
            self.register_buffer("mean", torch.ones(2))
            self.register_buffer("counts", torch.ones(2, dtype=torch.int64))
            self.register_buffer("computed", torch.ones(2), persistent=False)
            self.config = type("Config", (), {})()

    model: Any = in_precision(Kept(), torch.bfloat16)
    types = {name: held.dtype for name, held in [*model.named_parameters(), *model.named_buffers()]}
    assert types == {
        "norm.weight": torch.float32,
        "norm.bias": torch.float32,
        "line.weight": torch.bfloat16,
        "line.bias": torch.bfloat16,
        "mean": torch.bfloat16,
        "counts": torch.int64,
        "computed": torch.float32,
    }


def _adapter(folder: Path) -> Path:
    config = peft.LoraConfig(r=2, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    peft.get_peft_model(tiny_model(), config).save_pretrained(str(folder), save_embedding_layers=False)
    return folder


def _renamed(folder: Path, names: dict[str, str | None]) -> Path:
    """The adapter's weights, whose names begin with a key of `names`, called otherwise or left out."""
    file = folder / "adapter_model.safetensors"
    kept = {}
    for name, weight in load_file(file).items():
        new = next((to for part, to in names.items() if part in name), name)
        if new is not None:
            kept[name if new == name else new] = weight
    save_file(kept, file)
    return folder


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"layers.1.self_attn.v_proj": None}, "Found missing adapter keys"),
        (
            {"layers.0.self_attn.q_proj.lora_A": "base_model.model.model.other.lora_A.weight"},
            "Found missing adapter keys",
        ),
    ],
)
def test_an_adapter_that_fits_in_part_is_refused_wherever_it_is_put_on(
    changed: dict[str, str | None], told: str, tmp_path: Path
) -> None:
    base = write_checkpoint(tmp_path / "base", templates.STRICT)
    folder = _renamed(_adapter(tmp_path / "adapter"), changed)
    with pytest.raises(InputError, match=told):
        merged(tiny_model(), "base", folder)
    with pytest.raises(InputError, match=told):
        with_adapter(tiny_model(), "base", folder, trainable=True)
    with pytest.raises(InputError, match=told):
        _said(f"hf:{base}+{folder}")


def test_an_adapter_with_more_than_the_base_has_is_refused(tmp_path: Path) -> None:
    folder = _adapter(tmp_path / "adapter")
    file = folder / "adapter_model.safetensors"
    weights = load_file(file)
    more = {
        name.replace("layers.1", "layers.7"): weight.clone()
        for name, weight in weights.items()
        if "layers.1" in name
    }
    save_file(weights | more, file)
    base = write_checkpoint(tmp_path / "base", templates.STRICT)
    with pytest.raises(InputError, match=r"layers\.7.*is in no layer of it"):
        _said(f"hf:{base}+{folder}")


def _said(seat: str) -> str:
    import asyncio

    async def ask() -> str:
        model = open_model(seat, Models())
        try:
            return (await model.chat(ChatRequest((Message("user", "Hello"),), max_tokens=2))).text
        finally:
            await model.aclose()

    return asyncio.run(ask())
